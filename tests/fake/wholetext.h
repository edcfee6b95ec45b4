/*
 * wholetext - what is in several files, and waits for them, as one text.
 *
 * Included by tests of the engine.
 */
#ifndef TESTS_WHOLETEXT_H
#define TESTS_WHOLETEXT_H

#include "unit.h"

#include <string.h>
#include <sys/uio.h>

#include "outq.h"
#include "world.h"

#define TEXT_MAX (1 << 16)

struct text {
	char bytes[TEXT_MAX]; /* with a NUL */
	size_t len;
};

static inline void text_begin(struct text *text)
{
	text->len = 0;
	text->bytes[0] = '\0';
}

static inline void text_add(struct text *text, const char *bytes, size_t len)
{
	assert_true(len < TEXT_MAX - text->len);
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
}

/* Of a file of that kernel; nothing if it isn't there. */
static inline void text_add_file(struct text *text, const char *path)
{
	text_add(text, fake_text(path), strlen(fake_text(path)));
}

/* What waits in a queue. */
static inline void text_add_queue(struct text *text, const struct outq *queue)
{
	struct iovec pieces[64];
	int n = outq_peek(queue, pieces, 64), k;

	for (k = 0; k < n; k++)
		text_add(text, pieces[k].iov_base, pieces[k].iov_len);
}

/* What waits for the file of that name. */
static inline void text_add_waiting(struct text *text, const char *name)
{
	uint32_t file = filetable_find(&engine.files, name);

	if (file != FILETABLE_NONE)
		text_add_queue(text, filetable_queue(&engine.files, file));
}

/* All files of the log, and all that waits for one; good until the next call. */
static inline const char *text_read_all(void)
{
	static struct text text;
	size_t i;

	text_begin(&text);
	for (i = 0; i < FAKE_NODES; i++)
		if (strncmp(fake.nodes[i].path, "/log/", 5) == 0 &&
		    S_ISREG(fake.nodes[i].mode))
			text_add(&text, fake.nodes[i].bytes, fake.nodes[i].len);
	for (i = 0; i < engine.files.count; i++)
		text_add_queue(&text, &engine.files.files[i].queue);
	return text.bytes;
}

#endif
