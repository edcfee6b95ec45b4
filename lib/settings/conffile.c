/* conffile - the text of the file of conf=; see conffile.h. */
#include "conffile.h"

#include <stdio.h>
#include <string.h>

#include "escape.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static char *skip_blanks(char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

/* Puts a NUL behind the last byte before @end that is no blank. */
static void end_text(char *begin, char *end)
{
	while (end > begin && is_blank(end[-1]))
		end--;
	*end = '\0';
}

/* Where the comment begins, or @end. */
static char *find_comment(char *begin, char *end)
{
	char *at;

	for (at = begin; at < end; at++)
		if (*at == '#' && (at == begin || is_blank(at[-1])))
			return at;
	return end;
}

/* Takes the setting of a line apart; false if there is none. */
static bool read_line(struct conffile *file, char *begin, char *end)
{
	char *equals;

	file->key = NULL;
	file->value = NULL;
	file->wrong = NULL;
	if ((size_t)(end - begin) > CONFFILE_LINE_MAX)
		file->wrong = "the line has more than 4096 bytes";
	else if (memchr(begin, '\0', (size_t)(end - begin)))
		file->wrong = "the line has a NUL byte, which no text has";
	if (file->wrong)
		return true;
	begin = skip_blanks(begin, end);
	end = find_comment(begin, end);
	if (begin == end)
		return false;
	equals = memchr(begin, '=', (size_t)(end - begin));
	end_text(begin, equals ? equals : end);
	file->key = begin;
	if (equals) {
		file->value = skip_blanks(equals + 1, end);
		end_text(file->value, end);
	}
	return true;
}

bool conffile_next(struct conffile *file)
{
	bool found = false;

	if (file->offset == 0 && file->len >= 3 &&
	    memcmp(file->text, BYTE_ORDER_MARK, 3) == 0)
		file->offset = 3;
	while (!found && file->offset < file->len) {
		char *begin = file->text + file->offset;
		size_t rest = file->len - file->offset;
		char *end = memchr(begin, '\n', rest);

		if (!end)
			end = begin + rest;
		file->offset += (size_t)(end - begin) + 1;
		file->line++;
		found = read_line(file, begin, end);
	}
	return found;
}

bool conffile_can_hold(const char *value)
{
	size_t len = strlen(value);
	size_t i;

	if (len == 0 || is_blank(value[0]) || is_blank(value[len - 1]))
		return false;
	for (i = 0; i < len; i++)
		if (value[i] == '\n' ||
		    (i > 0 && value[i] == '#' && is_blank(value[i - 1])))
			return false;
	return true;
}

void conffile_show_path(char shown[CONFFILE_PATH_MAX], const char *path)
{
	char safe[(CONFFILE_PATH_MAX - 1) * ESCAPE_GROWTH];
	size_t len = strlen(path);
	size_t n = CONFFILE_PATH_MAX;

	if (len < CONFFILE_PATH_MAX)
		n = escape_text(safe, (const unsigned char *)path, len);
	if (n < CONFFILE_PATH_MAX) {
		memcpy(shown, safe, n);
		shown[n] = '\0';
	} else {
		escape_shown(shown, path);
	}
}

int conffile_place(char error[ERROR_MAX], const char *path, uint32_t line)
{
	char shown[CONFFILE_PATH_MAX];

	*error = '\0';
	if (!path)
		return 0;
	conffile_show_path(shown, path);
	return snprintf(error, ERROR_MAX, "%s:%lu: ", shown,
			(unsigned long)line);
}
