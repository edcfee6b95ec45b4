/* manylines - the lines of many files, by time; see manylines.h. */
#include "manylines.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"

void manylines_begin(struct manylines *l, const struct logfiles *files,
		     const struct whom *sender, struct diag *diag)
{
	*l = (struct manylines){
		.files = files,
		.sender = sender,
		.diag = diag,
	};
}

static void say_missing(struct manylines *l, const char *path, const char *why)
{
	diag_warn(l->diag, "unable to read %s: %s", path, why);
	l->incomplete = true;
}

static void close_file(struct manylines *l, struct manylines_file *file)
{
	char why[LOGSCAN_WHY_MAX];

	if (!logscan_close(&file->scan, why))
		say_missing(l, file->path, why);
}

/* Whether a line is wanted, by as little of it as that takes. */
static bool is_wanted_line(const struct manylines *l, struct logline *line,
			   const char *bytes, size_t len)
{
	size_t at;

	if (l->sender && (len == 0 || *bytes != '{')) {
		at = logline_source(bytes, len);
		if (at == 0 || !whom_may_be(l->sender, bytes + at, len - at))
			return false;
	}
	return logline_read(line, bytes, len) &&
	       (!l->sender || whom_is(l->sender, &line->seen));
}

/* Goes to the file's next line that is wanted; false: it is closed. */
static bool advance(struct manylines *l, struct manylines_file *file)
{
	const char *bytes;
	size_t len;

	while (logscan_next(&file->scan, &bytes, &len))
		if (is_wanted_line(l, &file->line, bytes, len) &&
		    logline_time(&file->line, &file->stamp, &l->clock))
			return true;
	close_file(l, file);
	return false;
}

static void open_file_of_period(struct manylines *l, const char *path)
{
	struct manylines_file *file = &l->open[l->count];
	char why[LOGSCAN_WHY_MAX];

	*file = (struct manylines_file){ .path = path };
	if (!logscan_open(&file->scan, path, why))
		say_missing(l, path, why);
	else if (advance(l, file))
		l->count++;
}

/* Opens the files of the next period; false: there are none. */
static bool open_period(struct manylines *l)
{
	size_t first = l->next_file, end = first;

	if (first == l->files->count)
		return false;
	while (end < l->files->count &&
	       l->files->files[end].period == l->files->files[first].period)
		end++;
	l->next_file = end;
	free(l->open);
	l->count = 0;
	l->latest = NULL;
	l->open = calloc(end - first, sizeof(*l->open));
	if (!l->open) {
		say_missing(l, l->files->files[first].path, "no memory");
		return true;
	}
	for (; first < end; first++)
		open_file_of_period(l, l->files->files[first].path);
	return true;
}

static void remove_latest(struct manylines *l)
{
	size_t at = (size_t)(l->latest - l->open);

	memmove(l->latest, l->latest + 1,
		(l->count - at - 1) * sizeof(*l->latest));
	l->count--;
	l->latest = NULL;
}

/* Of lines of the same time, that of the file that comes first. */
static struct manylines_file *find_earliest(const struct manylines *l)
{
	struct manylines_file *earliest = NULL;
	size_t i;

	for (i = 0; i < l->count; i++)
		if (!earliest || l->open[i].stamp.us < earliest->stamp.us)
			earliest = &l->open[i];
	return earliest;
}

const struct logline *manylines_next(struct manylines *l,
				     struct timespan_stamp *stamp)
{
	if (l->latest && !advance(l, l->latest))
		remove_latest(l);
	do
		l->latest = find_earliest(l);
	while (!l->latest && open_period(l));
	if (!l->latest)
		return NULL;
	*stamp = l->latest->stamp;
	return &l->latest->line;
}

void manylines_end(struct manylines *l)
{
	while (l->count > 0)
		logscan_close(&l->open[--l->count].scan, NULL);
	free(l->open);
	l->open = NULL;
	l->latest = NULL;
	l->next_file = l->files->count;
}
