/* prefix - what stands before a kernel's message; see prefix.h. */
#include "prefix.h"

#include <string.h>

#define MICROSECONDS  6 /* digits */
#define KERNEL_LEVELS 8 /* <0> to <7> are the kernel's own */

/* `<N>`, where N is facility * 8 + level. */
static enum prefix skip_level(struct words *line)
{
	struct words w = *line;
	const char *digits;
	size_t n;

	if (!words_skip(&w, "<"))
		return PREFIX_NONE;
	digits = w.at;
	n = words_skip_digits(&w);
	if (n == 0 || n > 3 || !words_skip(&w, ">"))
		return PREFIX_NONE;
	*line = w;
	return n == 1 && *digits < '0' + KERNEL_LEVELS ? PREFIX_KERNEL
						       : PREFIX_USER;
}

static bool skip_time(struct words *line)
{
	struct words w = *line;

	if (!words_skip(&w, "["))
		return false;
	words_skip_all(&w, ' ', ' ');
	if (words_skip_digits(&w) == 0 || !words_skip(&w, ".") ||
	    words_skip_digits(&w) != MICROSECONDS || !words_skip(&w, "]"))
		return false;
	*line = w;
	return true;
}

static void skip_caller(struct words *line, bool is_timed)
{
	struct words w = *line;

	if (is_timed)
		words_skip(&w, " ");
	if (!words_skip(&w, "["))
		return;
	words_skip_all(&w, ' ', ' ');
	if (!words_skip(&w, "T") && !words_skip(&w, "C"))
		return;
	if (words_skip_digits(&w) > 0 && words_skip(&w, "]"))
		*line = w;
}

enum prefix prefix_skip(struct words *line)
{
	const char *begin = line->at;
	enum prefix who = skip_level(line);
	bool is_timed = skip_time(line);

	if (is_timed && who == PREFIX_NONE)
		who = PREFIX_KERNEL;
	skip_caller(line, is_timed);
	if (line->at > begin)
		words_skip(line, " ");
	return who;
}

enum prefix prefix_skip_half(struct words *line)
{
	struct words w = *line, behind = *line;
	enum prefix who = PREFIX_NONE;

	while ((w.at = memchr(w.at, '[', words_left(&w)))) {
		struct words here = w;

		if (skip_time(&here)) {
			behind = w;
			who = PREFIX_KERNEL;
			w = here;
		} else {
			w.at++;
		}
	}
	if (who != PREFIX_NONE)
		prefix_skip(&behind);
	line->at = behind.at;
	return who;
}
