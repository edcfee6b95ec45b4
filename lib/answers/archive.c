/* archive - what an answer is made from; see archive.h. */
#include "archive.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "logfiles.h"
#include "readfile.h"
#include "sys.h"

/* Lines that are bad the daemon has told of. */
static void read_names(struct archive *a, size_t len)
{
	struct hosts_reader reader = { .offset = 0 };

	hosts_init(&a->hosts, a->hosts_memory);
	while (!hosts_read(&a->hosts, &reader, a->hosts_text, len))
		;
}

int archive_open(struct archive *a, char error[ERROR_MAX])
{
	const char *path = a->question.options.settings.hosts;
	char why[READFILE_WHY_MAX] = "no memory";
	ssize_t len = -1;

	filename_compile(&a->incidents, ARCHIVE_INCIDENTS);
	paper_begin(&a->paper);
	if (!path)
		return 0;
	a->hosts_memory = calloc(1, hosts_bytes());
	a->hosts_text = malloc(HOSTS_TEXT_BYTES);
	if (a->hosts_memory && a->hosts_text)
		len = readfile(a->sys, path, a->hosts_text, HOSTS_TEXT_BYTES,
			       why);
	if (len < 0) {
		snprintf(error, ERROR_MAX,
			 "hosts=%.800s: unable to read it: %s; allowed is a "
			 "file, or none",
			 path, why);
		return -1;
	}
	read_names(a, (size_t)len);
	return 0;
}

void archive_close(struct archive *a)
{
	paper_end(&a->paper);
	free(a->hosts_memory);
	free(a->hosts_text);
	a->hosts = (struct hosts){ .count = 0 };
	a->hosts_memory = NULL;
	a->hosts_text = NULL;
}

void archive_find_incidents(const struct archive *a, struct logfiles *files,
			    uint32_t from, struct diag *diag)
{
	const struct logfiles_wanted wanted = {
		.dir = a->question.options.settings.dir,
		.pattern = &a->incidents,
		.from = from,
		.until = UINT32_MAX,
	};

	logfiles_find(files, &wanted, diag);
}

void archive_say_none(struct archive *a, bool incomplete, const char *format,
		      ...)
{
	char what[ERROR_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	diag_say(&a->diag, "nothing found%s: %s",
		 incomplete ? " in what could be read" : "", what);
}

void archive_say_no_incidents(struct archive *a, bool incomplete)
{
	archive_say_none(a, incomplete, "no incidents in %s%s",
			 a->question.options.settings.dir,
			 incomplete ? "" : "; incidents=yes notes them");
}

int archive_status(struct archive *a, bool found, bool incomplete)
{
	if (!paper_flush(&a->paper)) {
		paper_say_failure(&a->paper, &a->diag);
		return ANSWER_NONE;
	}
	return found && !incomplete ? ANSWER_FOUND : ANSWER_NONE;
}
