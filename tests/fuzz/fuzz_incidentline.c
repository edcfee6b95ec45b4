/*
 * fuzz_incidentline - lines of incidents, whatever a kernel, or a forger, says.
 *
 * A line is one line, safe to look at, within its bound, and says the title and
 * the release that came, cut, and nothing more; as text and as JSON.
 */
#include "incidentline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "model.h"
#include "stamp.h"

#define TEXT_BEGIN "2026-11-22 12:00:00 web1 "
#define JSON_BEGIN                                        \
	"{\"time\":\"2026-11-22T12:00:00.123456+00:00\"," \
	"\"host\":\"web1\",\"address\":\"192.0.2.1\","    \
	"\"port\":6665,"

struct form {
	bool json;
	const char *begin; /* of a sender's line */
	const char *stamp;
	size_t stamp_len;
};

static const struct form forms[] = {
	{ false, TEXT_BEGIN, "2026-11-22 12:00:00 ", STAMP_BYTES },
	{ true, JSON_BEGIN, "2026-11-22T12:00:00.123456+00:00 ",
	  STAMP_ISO_BYTES },
};

/* How the text format shows @in, cut; valid until the next call. */
static const struct model_bytes *shown(const char *in, size_t len, size_t most)
{
	static struct model_bytes shown;
	const unsigned char *bytes = (const unsigned char *)in;

	if (len > most)
		len = most - model_cut_character(bytes, most);
	shown.len = 0;
	model_escape(&shown, bytes, len);
	return &shown;
}

/* Reads the string at *@at, behind its first quote, as a program would. */
static size_t read_string(const char **at, const char *end, char *out)
{
	size_t len = 0;

	while (*at < end && **at != '"') {
		char c = *(*at)++;

		if (c == '\\') {
			MUST(*at < end && strchr("\"\\t", **at));
			c = *(*at)++ == 't' ? '\t' : (*at)[-1];
		}
		out[len++] = c;
	}
	MUST(*at < end);
	++*at;
	return len;
}

/* The string of @member is @wanted; it stands there once. */
static void check_member(const char *line, size_t len, const char *member,
			 const struct model_bytes *wanted)
{
	char name[32];
	static char value[INCIDENTLINE_MAX];
	const char *at;
	size_t n;

	snprintf(name, sizeof(name), ",\"%s\":\"", member);
	at = strstr(line, name);
	MUST(at);
	at += strlen(name);
	n = read_string(&at, line + len, value);
	MUST(n == wanted->len);
	MUST(n == 0 || memcmp(value, wanted->at, n) == 0);
}

static void check_text(const char *line, const struct incident_line *said)
{
	const struct model_bytes *wanted;
	const char *at = line + strlen(TEXT_BEGIN);

	if (said->what == INCIDENT_BEGIN) {
		MUST(strncmp(at, "oops: ", 6) == 0);
		wanted = shown(said->title, said->length,
			       INCIDENTLINE_TITLE_MAX);
		MUST(strlen(at) == 6 + wanted->len + 1);
		MUST(wanted->len == 0 ||
		     memcmp(at + 6, wanted->at, wanted->len) == 0);
	} else if (said->what == INCIDENT_BOOT && said->release_length > 0) {
		wanted = shown(said->release, said->release_length,
			       INCIDENTLINE_RELEASE_MAX);
		MUST(strncmp(at, "oops: ", 6) == 0);
		MUST(memcmp(at + 6, wanted->at, wanted->len) == 0);
		MUST(strcmp(at + 6 + wanted->len, ", before that panic\n") ==
		     0);
	}
}

static void check_object(const char *line, size_t len,
			 const struct incident_line *said)
{
	MUST(line[len - 2] == '}');
	if (said->what == INCIDENT_BEGIN ||
	    (said->what == INCIDENT_BOOT && said->length > 0))
		check_member(line, len, "title",
			     shown(said->title, said->length,
				   INCIDENTLINE_TITLE_MAX));
	if (said->what == INCIDENT_BOOT && said->release_length > 0)
		check_member(line, len, "release",
			     shown(said->release, said->release_length,
				   INCIDENTLINE_RELEASE_MAX));
}

/* For a program that knows what is JSON; run. */
static void keep(const char *line, size_t len)
{
	const char *path = getenv("FUZZ_JSON");
	FILE *file = path ? fopen(path, "ab") : NULL;

	if (!file)
		return;
	fwrite(line, 1, len, file);
	fclose(file);
}

static void try_form(const struct form *form, const struct incident_line *said)
{
	const struct record record = {
		.stamp = form->stamp,
		.stamp_len = form->stamp_len,
		.prefix = "web1 192.0.2.1",
		.prefix_len = 5,
		.host_len = 4,
		.address = "192.0.2.1",
		.address_len = 9,
		.port = 6665,
	};
	/* Just as large as it may be, and a NUL. */
	char *line = malloc(INCIDENTLINE_MAX + 1);
	size_t len = incidentline_write(line, &record, said, form->json);

	MUST(len > 0 && len <= INCIDENTLINE_MAX);
	line[len] = '\0';
	MUST(memchr(line, '\n', len) == line + len - 1);
	MUST(reference_is_safe(line, len - 1));
	MUST(strncmp(line, form->begin, strlen(form->begin)) == 0);
	if (form->json) {
		check_object(line, len, said);
		keep(line, len);
	} else {
		check_text(line, said);
	}
	free(line);
}

static uint64_t draw(struct input *in)
{
	uint64_t value = 0;
	unsigned i;

	for (i = 0; i < sizeof(value); i++)
		value = value << 8 | input_byte(in);
	return value >> input_byte(in) % 64;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	struct incident_line said = {
		.what = (enum incident_what)(input_byte(&in) % 4),
		.class = "oops",
		.ended = "silence",
		.before = "panic",
		.after = input_byte(&in) % 2 > 0 ? "oops" : NULL,
	};
	size_t i;

	if (said.what >= INCIDENT_UNTOLD) /* is no sender's */
		said.what = INCIDENT_BEGIN;
	if (said.what == INCIDENT_END) {
		said.lines = draw(&in);
		said.bytes = draw(&in);
		said.milliseconds = draw(&in);
		said.lost = draw(&in);
		said.tasks = draw(&in);
	}
	said.release = (const char *)input_bytes(&in, input_byte(&in),
						 &said.release_length);
	said.title = (const char *)input_bytes(&in, in.left, &said.length);
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		try_form(&forms[i], &said);
	return 0;
}
