/*
 * fuzz_names - patterns of file names, and the file of hosts=.
 *
 * The first line of the input is a pattern.  A name that it makes, of a sender
 * and a day that the rest gives, is a path that stays below DIR and is known
 * again, as are the directories above it.  Where it is no pattern, all of the
 * input is a file of names.
 */
#include "filename.h"
#include "hosts.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"

#define PATTERN_MAX 400
#define FIELDS_MAX  2 /* of senders, that a name is surely known again with */
#define COMPONENT   255

static unsigned draw(struct input *in, unsigned below)
{
	return input_byte(in) % below;
}

/* Up to FILENAME_HOST_MAX bytes of a sender; at least one. */
static size_t draw_host(struct input *in, char host[FILENAME_HOST_MAX + 1])
{
	static const char set[] = "a1.-_:%A9";
	size_t len = draw(in, FILENAME_HOST_MAX) + 1, i;

	for (i = 0; i < len; i++)
		host[i] = set[draw(in, sizeof(set) - 1)];
	if (host[0] == '.')
		host[0] = 'h';
	host[len] = '\0';
	return len;
}

static struct filename_parts draw_parts(struct input *in, char *host,
					char *address)
{
	int32_t day = (int32_t)(draw(in, 100) + 1970) * 10000 +
		      (int32_t)(draw(in, 12) + 1) * 100 +
		      (int32_t)draw(in, 28) + 1;

	return (struct filename_parts){
		.period = STAMP_PERIOD(day, draw(in, 24)),
		.port = draw(in, 256) * 256 + draw(in, 256),
		.host_len = draw_host(in, host),
		.address_len = draw_host(in, address),
		.host = host,
		.address = address,
	};
}

static void check_path(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");

		MUST(len > 0 && len <= COMPONENT && *path != '.');
		path += len;
		MUST(strcmp(path, "/") != 0);
		path += *path == '/';
	}
}

static unsigned count_fields(const char *pattern)
{
	unsigned count = 0;

	while ((pattern = strchr(pattern, '{'))) {
		pattern++;
		count++;
	}
	return count;
}

/* The name and each directory above it. */
static void check_known(const struct filename *name, char *text,
			const struct filename_parts *parts)
{
	struct filename_found found;
	char *slash;

	MUST(filename_match(name, text, &found));
	if (!name->by_sender) {
		MUST(STAMP_PERIOD_DAY(found.period) ==
		     STAMP_PERIOD_DAY(parts->period));
		MUST(!name->by_hour || found.period == parts->period);
	}
	MUST(name->by_sender || found.holder == 0);
	while ((slash = strrchr(text, '/'))) {
		*slash = '\0';
		MUST(filename_match_directory(name, text));
	}
}

static void check_pattern(const struct filename *name, struct input *in)
{
	char host[FILENAME_HOST_MAX + 1], address[FILENAME_HOST_MAX + 1];
	struct filename_parts parts = draw_parts(in, host, address);
	unsigned beside = draw(in, FILENAME_BESIDE + 1);
	char text[FILENAME_BYTES], own[FILENAME_BYTES];
	struct filename_found found;
	size_t len = filename_write(name, &parts, text);

	MUST(len == strlen(text) && len < name->max);
	if (beside > 0) {
		memcpy(own, text, len + 1);
		filename_beside(name, own, beside, text);
		len += 2;
		MUST(len == strlen(text) && len < name->max);
	}
	check_path(text);
	if (count_fields(name->pattern) <= FIELDS_MAX)
		check_known(name, text, &parts);
	/* And any text. */
	len = in->left < sizeof(text) - 1 ? in->left : sizeof(text) - 1;
	memcpy(text, in->bytes, len);
	text[len] = '\0';
	if (filename_match(name, text, &found))
		MUST(STAMP_PERIOD_DAY(found.period) % 100 <= 31);
	filename_match_directory(name, text);
}

static void check_host(const char *host, size_t len)
{
	size_t i;

	MUST(len > 0 && len <= HOSTS_NAME_MAX && *host != '.');
	for (i = 0; i < len; i++)
		MUST(host[i] != '\0' && strchr(FILENAME_SAFE, host[i]));
	MUST(len != strlen(HOSTS_OTHERS) || memcmp(host, HOSTS_OTHERS, len));
	MUST(len != strlen(HOSTS_UDPLOGGER) ||
	     memcmp(host, HOSTS_UDPLOGGER, len));
}

static void check_hosts(const char *text, size_t len)
{
	static void *memory;
	struct hosts_reader reader = { .offset = 0 };
	struct srcaddr addr = { .ip = { [10] = 0xff, [11] = 0xff, 10 } };
	struct hosts hosts;
	size_t lines = 0, before = 0, name_len;
	unsigned last;

	if (!memory)
		memory = malloc(hosts_bytes());
	MUST(memory);
	memset(memory, 0, hosts_bytes());
	hosts_init(&hosts, memory);
	while (!hosts_read(&hosts, &reader, text, len)) {
		MUST(reader.wrong && reader.offset > before);
		MUST(reader.offset <= len + 1 && reader.line > lines);
		lines = reader.line;
		before = reader.offset;
	}
	for (last = 0; last < 10; last++) {
		const char *host;

		addr.ip[15] = (uint8_t)last;
		addr.port = 5000;
		host = hosts_name(&hosts, &addr, &name_len);
		if (host)
			check_host(host, name_len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *lf = memchr(bytes, '\n', len);
	struct input in = { bytes + len, 0 };
	char pattern[PATTERN_MAX + 1];
	struct filename name;
	size_t n = lf ? (size_t)(lf - bytes) : len;

	if (n > PATTERN_MAX)
		n = PATTERN_MAX;
	memcpy(pattern, bytes, n);
	pattern[n] = '\0';
	if (lf)
		in = (struct input){ lf + 1, len - (size_t)(lf + 1 - bytes) };
	if (filename_compile(&name, pattern))
		check_hosts((const char *)bytes, len);
	else
		check_pattern(&name, &in);
	return 0;
}
