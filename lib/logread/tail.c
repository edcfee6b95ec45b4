/* tail - what was added to a file; see tail.h. */
#include "tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_BYTES 65536
#define LINE_MOST   (1024 * 1024) /* a longer one is no incident's */

static struct tail_place *place_of(struct tail *t, const struct stat *st,
				   uint32_t period)
{
	struct tail_place *more;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->places[i].device == st->st_dev &&
		    t->places[i].inode == st->st_ino &&
		    t->places[i].period == period)
			return &t->places[i];
	if (t->count == t->room) {
		t->room = t->room * 2 + 16;
		more = realloc(t->places, t->room * sizeof(*more));
		if (!more) {
			t->room = t->count;
			return NULL;
		}
		t->places = more;
	}
	t->places[t->count] = (struct tail_place){
		.device = st->st_dev,
		.inode = st->st_ino,
		.period = period,
	};
	return &t->places[t->count++];
}

static bool make_tail_room(struct tail *t, size_t size)
{
	char *more;

	if (t->size >= size)
		return true;
	more = realloc(t->bytes, size);
	if (!more)
		return false;
	t->bytes = more;
	t->size = size;
	return true;
}

/*
 * Hands out the whole lines of @len bytes, but not the rest of one that was too
 * long; returns how many bytes they have.
 */
static size_t take_lines(struct tail_place *place, const char *bytes,
			 size_t len, tail_taker *take, void *context)
{
	const char *at = bytes;
	const char *lf;

	while ((lf = memchr(at, '\n', len - (size_t)(at - bytes)))) {
		if (!place->passes_over)
			take(context, at, (size_t)(lf - at));
		place->passes_over = false;
		at = lf + 1;
	}
	return (size_t)(at - bytes);
}

/* Reads from @place to the end of the file. */
static bool read_on(struct tail *t, int fd, struct tail_place *place,
		    tail_taker *take, void *context)
{
	size_t size = FIRST_BYTES;

	for (;;) {
		ssize_t n;
		size_t whole;

		if (!make_tail_room(t, size)) {
			errno = ENOMEM;
			return false;
		}
		n = pread(fd, t->bytes, t->size, place->offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		whole = take_lines(place, t->bytes, (size_t)n, take, context);
		place->offset += (off_t)whole;
		if (whole > 0)
			continue;
		/* The last line is not whole yet; or it is very long. */
		if ((size_t)n < t->size)
			return true;
		if (t->size < LINE_MOST) {
			size = t->size * 2;
			continue;
		}
		place->passes_over = true;
		place->offset += n;
	}
}

bool tail_read(struct tail *t, const char *path, uint32_t period,
	       tail_taker *take, void *context)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct tail_place *place;
	struct stat st;
	bool read = false;
	int error;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		errno = ENOMEM;
		place = place_of(t, &st, period);
		if (place && st.st_size < place->offset) {
			place->offset = 0;
			place->passes_over = false;
		}
		read = place && (st.st_size == place->offset ||
				 read_on(t, fd, place, take, context));
	} else {
		errno = EINVAL;
	}
	error = errno;
	close(fd);
	errno = error;
	return read;
}

void tail_forget(struct tail *t, uint32_t period)
{
	size_t i, kept = 0;

	for (i = 0; i < t->count; i++)
		if (t->places[i].period >= period)
			t->places[kept++] = t->places[i];
	t->count = kept;
}

void tail_free(struct tail *t)
{
	free(t->places);
	free(t->bytes);
	*t = (struct tail){ .count = 0 };
}
