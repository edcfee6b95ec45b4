/* told - the files of run=, read; see told.h. */
#include "told.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decimal.h"
#include "errortext.h"
#include "escape.h"

#define PREFIX	   "udplogger_"
#define BYTES_MOST (512 * 1024 * 1024) /* 1,048,576 of the longest rows */

static const char *const names[TOLD_FIELDS] = {
	"name", "address", "port",  "heard",	"lines",
	"rate", "lost",	   "boots", "incident", "incident_time"
};

const char *told_field_name(enum told_field field)
{
	return names[field];
}

static char *read_open(int fd, size_t size)
{
	char *text = malloc(size + 1);
	size_t len = 0;
	ssize_t n = 1;

	while (text && len < size && n > 0) {
		n = read(fd, text + len, size - len);
		if (n > 0)
			len += (size_t)n;
	}
	if (text)
		text[len] = '\0';
	if (text && n < 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* All of a regular file, and when it was written; NULL with errno. */
static char *read_told(const char *run, const char *name, time_t *written)
{
	char path[4200];
	char *text = NULL;
	struct stat st;
	int error = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", run, name);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st))
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EINVAL;
	else if (st.st_size > BYTES_MOST)
		error = EFBIG;
	else if (!(text = read_open(fd, (size_t)st.st_size)))
		error = errno;
	else
		*written = st.st_mtime;
	close(fd);
	errno = error;
	return text;
}

/* Splits a line, which ends in NUL, at its TABs. */
static bool split(struct told_sender *sender, char *line)
{
	unsigned i;

	for (i = 0; i < TOLD_FIELDS; i++) {
		char *tab = strchr(line, '\t');

		sender->fields[i] = line;
		if ((tab == NULL) != (i == TOLD_FIELDS - 1))
			return false;
		if (tab) {
			*tab = '\0';
			line = tab + 1;
		}
	}
	return true;
}

static size_t count_lf(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

static void take_row(struct told *told, char *line)
{
	struct told_sender *sender = &told->senders[told->count];

	if (!split(sender, line))
		return;
	if (!told_has(sender, TOLD_ADDRESS))
		told->gone = *sender;
	else
		told->count++;
}

/* A file that is cut short, or another's, tells of no sender's silence. */
static bool has_head(const char *text)
{
	size_t i, len;

	for (i = 0; i < TOLD_FIELDS; i++, text += len + 1) {
		len = strlen(names[i]);
		if (strncmp(text, names[i], len) != 0 ||
		    text[len] != (i < TOLD_FIELDS - 1 ? '\t' : '\n'))
			return false;
	}
	return true;
}

/* The first line is the head. */
static bool take_rows(struct told *told)
{
	char *line = told->text;
	bool is_head = true;
	char *end;

	told->senders = calloc(count_lf(line) + 1, sizeof(*told->senders));
	if (!told->senders)
		return false;
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!is_head)
			take_row(told, line);
		is_head = false;
	}
	return true;
}

int told_read(struct told *told, const char *run, time_t now,
	      char error[ERROR_MAX])
{
	char shown[ESCAPE_SHOWN_MAX];
	time_t ignored;
	bool has_begun;

	*told = (struct told){ .count = 0 };
	if (!run) {
		snprintf(error, ERROR_MAX,
			 "run=: not set, so nobody knows; allowed is run= of "
			 "the daemon, or conf= that has it");
		return -1;
	}
	told->text = read_told(run, "senders", &told->written);
	has_begun = told->text && has_head(told->text);
	if (!told->text || !take_rows(told)) {
		escape_shown(shown, run);
		snprintf(error, ERROR_MAX,
			 "run=%s: unable to read senders there: %s; nobody "
			 "knows",
			 shown, errortext(told->text ? ENOMEM : errno));
		return -1;
	}
	if (!has_begun) {
		escape_shown(shown, run);
		snprintf(error, ERROR_MAX,
			 "run=%s: senders there lacks the head that udplogger "
			 "writes; nobody knows",
			 shown);
		return -1;
	}
	told->counts = read_told(run, "udplogger.prom", &ignored);
	told->is_old = now - told->written > TOLD_OLD_SECONDS;
	return 0;
}

void told_forget(struct told *told)
{
	free(told->text);
	free(told->counts);
	free(told->senders);
	*told = (struct told){ .count = 0 };
}

uint64_t told_thousandths(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);
	uint64_t value;
	unsigned scale = 100;

	if (!decimal_read(&at, end, UINT64_MAX / 1000 - 1, &value))
		return 0;
	value *= 1000;
	if (*at != '.')
		return value;
	for (at++; decimal_is_digit(*at) && scale > 0; at++, scale /= 10)
		value += (uint64_t)(*at - '0') * scale;
	return value;
}

/* As JSON has it: no zero before another digit, and one point at most. */
bool told_is_number(const char *text, size_t len)
{
	size_t whole = 0, at;

	while (whole < len && decimal_is_digit((unsigned char)text[whole]))
		whole++;
	if (whole == 0 || (whole > 1 && text[0] == '0'))
		return false;
	if (whole == len)
		return true;
	for (at = whole + 1; at < len; at++)
		if (!decimal_is_digit((unsigned char)text[at]))
			return false;
	return text[whole] == '.' && len > whole + 1;
}

bool told_next_count(const struct told *told, size_t *at,
		     struct told_count *count)
{
	const char *line = told->counts ? told->counts + *at : "";
	const char *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		const char *name = line + strlen(PREFIX);
		size_t len;

		if (strncmp(line, PREFIX, strlen(PREFIX)) != 0)
			continue;
		len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
		*count = (struct told_count){ name, len, name + len + 1,
					      (size_t)(end - name) - len - 1 };
		if (len == 0 || name[len] != ' ' ||
		    !told_is_number(count->value, count->value_len))
			continue;
		*at = (size_t)(end + 1 - told->counts);
		return true;
	}
	return false;
}

uint64_t told_count_of(const struct told *told, const char *name)
{
	struct told_count count;
	size_t at = 0;

	while (told_next_count(told, &at, &count))
		if (strlen(name) == count.name_len &&
		    memcmp(name, count.name, count.name_len) == 0)
			return told_thousandths(count.value);
	return 0;
}

void told_version(const struct told *told, char version[TOLD_VERSION_MAX])
{
	static const char head[] = "\n" PREFIX "build_info{version=\"";
	const char *at = told->counts ? strstr(told->counts, head) : NULL;
	size_t len = 0;

	if (at)
		len = strcspn(at += strlen(head), "\"\\\n");
	snprintf(version, TOLD_VERSION_MAX, "%.*s",
		 (int)(len < TOLD_VERSION_MAX ? len : TOLD_VERSION_MAX),
		 at ? at : "");
}
