/* fuzz_announce - any bytes as a line, with a time before it and without. */
#include "announce.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"

static const char time_of[] = "[    1.000000] ";
#define TIME_BYTES (sizeof(time_of) - 1)

struct looked {
	bool found;
	struct announcement what;
};

static bool is_within(const char *piece, size_t piece_len, const char *text,
		      size_t len)
{
	return piece >= text && (size_t)(piece - text) <= len &&
	       piece_len <= len - (size_t)(piece - text);
}

static void check_found(const struct announcement *a, const char *text,
			size_t len)
{
	MUST(a->class > CLASS_NONE && a->class < CLASSES);
	MUST(a->length > 0 && is_within(a->title, a->length, text, len));
	if (a->release)
		MUST(a->class == CLASS_BOOT &&
		     is_within(a->release, a->release_length, a->title,
			       a->length));
	if (a->class == CLASS_BOOT || a->class == CLASS_SHUTDOWN)
		MUST(a->moment);
}

static bool is_same(const struct looked *a, const struct looked *b)
{
	if (a->found != b->found)
		return false;
	return !a->found ||
	       (a->what.class == b->what.class &&
		a->what.moment == b->what.moment &&
		a->what.length == b->what.length &&
		memcmp(a->what.title, b->what.title, a->what.length) == 0);
}

/* What is a caller only behind a time: `[ T1]`, `[C12]`. */
static bool has_caller(const char *text, size_t len)
{
	size_t i = 1;

	if (len == 0 || text[0] != '[')
		return false;
	while (i < len && text[i] == ' ')
		i++;
	return i < len && (text[i] == 'T' || text[i] == 'C');
}

static struct looked look_line(const char *text, size_t len)
{
	struct looked all = { false, { CLASS_NONE, "", 0, false, NULL, 0 } };
	struct looked closely = all;

	all.found = announce_look(text, len, &all.what);
	closely.found = announce_look_closely(text, len, &closely.what);
	/* The glance takes `[1 x  .123456] ` for a time, and looks no further. */
	MUST(is_same(&all, &closely) ||
	     (len > 0 && text[0] == '[' && !all.found));
	if (all.found)
		check_found(&all.what, text, len);
	return all;
}

static void check_ends(const char *text, size_t len)
{
	enum incident_class class;

	MUST(!announce_ends(CLASS_NONE, text, len));
	for (class = CLASS_PANIC; class < CLASSES; class ++)
		announce_ends(class, text, len);
	announce_is_task(text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1), *timed = malloc(len + TIME_BYTES);
	struct looked message = { false, { CLASS_NONE, "", 0, 0, NULL, 0 } };
	struct looked line;

	if (!text || !timed)
		abort();
	/* No byte before or behind is anybody's. */
	memcpy(text + 1, bytes, len);
	memcpy(timed, time_of, TIME_BYTES);
	memcpy(timed + TIME_BYTES, bytes, len);
	look_line(text + 1, len);
	line = look_line(timed, len + TIME_BYTES);
	message.found = announce_look_message(text + 1, len, &message.what);
	if (message.found)
		check_found(&message.what, text + 1, len);
	MUST(has_caller(text + 1, len) || is_same(&line, &message));
	check_ends(text + 1, len);
	check_ends(timed, len + TIME_BYTES);
	free(text);
	free(timed);
	return 0;
}
