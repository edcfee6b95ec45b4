/* fuzz_options - a command line made of the input, cut at its NULs. */
#include "options.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "decimal.h"

#define ARGS_MAX 64

static int split(char *text, size_t len, char **argv)
{
	int argc = 1;
	size_t at = 0;

	argv[0] = text + len;
	while (at < len && argc < ARGS_MAX) {
		argv[argc++] = text + at;
		at += strlen(text + at) + 1;
	}
	argv[argc] = NULL;
	return argc;
}

static void check_error(const char *error)
{
	size_t len = strnlen(error, ERROR_MAX);

	MUST(len > 0 && len < ERROR_MAX);
	MUST(!memchr(error, '\n', len));
	MUST(reference_is_safe(error, len));
}

static bool is_size_of_buffer(unsigned long bytes)
{
	return bytes >= 65536 && bytes <= 1073741824;
}

static void check_settings(const struct settings *o)
{
	MUST(!o->ip || (strlen(o->ip) > 0 && strlen(o->ip) < RULES_IP_MAX));
	MUST(o->dir && strlen(o->dir) > 0);
	MUST(!o->uid || strlen(o->uid) > 0);
	MUST(!o->gid || strlen(o->gid) > 0);
	MUST(o->ports.count >= 1);
	MUST(o->timeout_ms >= 5000 && o->timeout_ms <= 600000);
	MUST(o->clients >= 10 && o->clients <= 1048576);
	MUST(o->wbuf_bytes >= 1024 && o->wbuf_bytes <= 1048576);
	MUST(is_size_of_buffer(o->rbuf_bytes));
	MUST((o->perm & ~0666UL) == 0);
	MUST(o->tee <= SETTINGS_TEE_AUTO);
}

/* Each argument alone is wrong or not, whatever stands around it. */
static bool is_refused(char *argument)
{
	char *argv[] = { argument, argument, NULL };
	char error[ERROR_MAX];
	struct options o;

	return options_parse(&o, 2, argv, error) != 0;
}

/* Behind it nothing is read. */
static bool is_text_wanted(const char *argument)
{
	return strcmp(argument, "-h") == 0 || strcmp(argument, "-V") == 0 ||
	       strcmp(argument, "--help") == 0 ||
	       strcmp(argument, "--version") == 0;
}

/* Good ones may not go together. */
static bool is_of_several(const char *error)
{
	return strstr(error, ": not allowed with ") ||
	       strstr(error, ": too small for wbuf=");
}

static void check_number(const char *text)
{
	uint64_t value = 0;
	char *end;

	if (!decimal_parse(text, 4000000000UL, &value))
		return;
	MUST(text[strspn(text, "0123456789")] == '\0');
	MUST(value <= 4000000000UL && value == strtoull(text, &end, 10));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char error[ERROR_MAX];
	char *argv[ARGS_MAX + 1];
	char *text = malloc(len + 1);
	bool refused = false;
	struct options o;
	int argc, i;

	if (!text)
		return 0;
	memcpy(text, bytes, len);
	text[len] = '\0';
	argc = split(text, len, argv);
	for (i = 1; i < argc && (i == 1 || !is_text_wanted(argv[i - 1])); i++) {
		refused = refused || is_refused(argv[i]);
		check_number(argv[i]);
	}
	if (options_parse(&o, argc, argv, error)) {
		check_error(error);
		MUST(refused || is_of_several(error));
	} else {
		MUST(!refused);
	}
	if (!refused)
		MUST(o.mode <= OPTIONS_VERSION);
	check_settings(&o.settings);
	free(text);
	return 0;
}
