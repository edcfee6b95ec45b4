/*
 * fuzz_conffile - the file of conf= is the input: its lines against a model
 * that reads one at a time, and what options make of it.
 */
#include "conffile.h"
#include "options.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

#define PATH "my.conf"

/* The text of line @number from 1 on, without its end; NULL: there is none. */
static const uint8_t *model_line(const uint8_t *bytes, size_t len,
				 size_t number, size_t *line_len)
{
	const uint8_t *end = bytes + len;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		bytes += 3;
	while (bytes < end) {
		const uint8_t *lf = memchr(bytes, '\n', (size_t)(end - bytes));

		*line_len = (size_t)((lf ? lf : end) - bytes);
		if (--number == 0)
			return bytes;
		bytes += *line_len + 1;
	}
	return NULL;
}

static bool is_blank(uint8_t c)
{
	return c != '\0' && strchr(" \t\r\v\f", c);
}

/* Whether a line that is not wrong sets nothing. */
static bool model_is_empty(const uint8_t *line, size_t len)
{
	size_t i = 0;

	while (i < len && is_blank(line[i]))
		i++;
	return i == len || line[i] == '#';
}

static bool stands_in(const uint8_t *line, size_t len, const char *text)
{
	size_t n = strlen(text);
	size_t i;

	for (i = 0; i + n <= len; i++)
		if (memcmp(line + i, text, n) == 0)
			return true;
	return false;
}

/* A key or a value. */
static void check_text(const char *text, const uint8_t *line, size_t len)
{
	size_t n = strlen(text);

	MUST(n <= len && !memchr(text, '\n', n));
	MUST(n == 0 ||
	     !(is_blank((uint8_t)text[0]) || is_blank((uint8_t)text[n - 1])));
	MUST(stands_in(line, len, text));
}

/* Lines between those that are told are empty, and none is told twice. */
static void check_lines(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);
	struct conffile file = { .text = text, .len = len };
	size_t line_len, last = 0;
	const uint8_t *line;

	if (!text)
		return;
	memcpy(text, bytes, len);
	while (conffile_next(&file)) {
		MUST(file.line > last);
		while (++last < file.line) {
			line = model_line(bytes, len, last, &line_len);
			MUST(line && model_is_empty(line, line_len));
		}
		line = model_line(bytes, len, file.line, &line_len);
		MUST(line && (file.wrong || !model_is_empty(line, line_len)));
		MUST(!file.wrong == (file.key != NULL));
		MUST(!file.wrong == (line_len <= CONFFILE_LINE_MAX &&
				     !memchr(line, '\0', line_len)));
		if (file.key)
			check_text(file.key, line, line_len);
		if (file.key && file.value)
			check_text(file.value, line, line_len);
		if (file.key && file.value && file.value[0] != '\0')
			MUST(conffile_can_hold(file.value));
	}
	while ((line = model_line(bytes, len, ++last, &line_len)))
		MUST(model_is_empty(line, line_len));
	free(text);
}

static int read_options(struct options *o, char *text, size_t len, char *error)
{
	char name[] = "udplogger", conf[] = "conf=" PATH;
	char *argv[] = { name, conf, NULL };
	const struct options_file file = { PATH, text, len };

	return options_parse_file(o, 2, argv, &file, error);
}

static void check_error(const char *error)
{
	size_t len = strnlen(error, ERROR_MAX);

	MUST(len > 0 && len < ERROR_MAX);
	MUST(!memchr(error, '\n', len));
	MUST(reference_is_safe(error, len));
	MUST(strncmp(error, PATH ":", strlen(PATH ":")) == 0);
}

/* Written as such a file, with what can stand there, the same comes of it. */
static void check_again(const struct options *o)
{
	static char text[RULES_MAX * (RULES_VALUE_MAX + 64)];
	char value[RULES_VALUE_MAX], again[RULES_VALUE_MAX];
	char error[ERROR_MAX];
	const struct rule *rule;
	struct options second;
	size_t i, len = 0;

	for (i = 1; (rule = rules_nth(i)); i++) {
		rule->show(rule, &o->settings, value);
		if (o->origins[rules_place(rule)] == OPTIONS_DEFAULT)
			continue;
		MUST(conffile_can_hold(value));
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s=%s\n", rule->name, value);
	}
	MUST(read_options(&second, text, len, error) == 0);
	for (i = 1; (rule = rules_nth(i)); i++) {
		rule->show(rule, &o->settings, value);
		rule->show(rule, &second.settings, again);
		MUST(strcmp(value, again) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char error[ERROR_MAX];
	struct options o;
	char *text;

	if (len > CONFFILE_BYTES)
		return 0;
	check_lines(bytes, len);
	text = malloc(len + 1);
	if (!text)
		return 0;
	memcpy(text, bytes, len);
	if (read_options(&o, text, len, error))
		check_error(error);
	else
		check_again(&o);
	free(text);
	return 0;
}
