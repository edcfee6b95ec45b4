/* hostsfile - the file of hosts=; see hostsfile.h. */
#include "hostsfile.h"

#include <stdio.h>
#include <string.h>

#include "carve.h"
#include "diag.h"
#include "readfile.h"

#define SAID_MOST 10 /* bad lines that are said one by one */

size_t hostsfile_bytes(const char *path)
{
	if (!path)
		return 0;
	return 2 * (carve_bytes(hosts_bytes()) + carve_bytes(HOSTS_TEXT_BYTES));
}

void hostsfile_init(struct hostsfile *file, const struct sys *sys,
		    struct diag *diag, const char *path, void *memory)
{
	*file = (struct hostsfile){
		.sys = sys,
		.diag = diag,
		.path = path,
		.memory = memory,
	};
}

/* Reads @len bytes at @text into @table; returns how many lines are bad. */
static int read_lines(struct hostsfile *file, struct hosts *table,
		      const char *text, size_t len, const char *fate)
{
	struct hosts_reader reader = { .offset = 0 };
	int bad = 0;

	while (!hosts_read(table, &reader, text, len))
		if (bad++ < SAID_MOST)
			diag_warn(file->diag, "hosts=: %s:%zu: %s; %s",
				  file->path, reader.line, reader.wrong, fate);
	if (bad > SAID_MOST)
		diag_warn(file->diag, "hosts=: %s: %d more lines are bad",
			  file->path, bad - SAID_MOST);
	return bad;
}

/* Reads the file into the table that isn't in use. */
static int read_other(struct hostsfile *file, const char *fate,
		      char why[READFILE_WHY_MAX])
{
	unsigned other = 1 - file->current;
	char *at = file->memory + other * (hostsfile_bytes(file->path) / 2);
	void *entries = carve(&at, hosts_bytes());
	char *text = carve(&at, HOSTS_TEXT_BYTES);
	ssize_t len =
		readfile(file->sys, file->path, text, HOSTS_TEXT_BYTES, why);

	file->tried = false;
	if (len < 0)
		return -1;
	/* What was never used costs nothing. */
	if (file->tables[other].count > 0)
		memset(entries, 0, hosts_bytes());
	hosts_init(&file->tables[other], entries);
	return read_lines(file, &file->tables[other], text, (size_t)len, fate);
}

int hostsfile_begin(struct hostsfile *file, char error[ERROR_MAX])
{
	char why[READFILE_WHY_MAX];
	int bad = file->path ? read_other(file, "it is left out", why) : 0;

	if (bad < 0)
		snprintf(error, ERROR_MAX,
			 "hosts=%.800s: unable to read it: %s", file->path,
			 why);
	else
		file->current = 1 - file->current;
	if (bad > 0)
		snprintf(error, ERROR_MAX, "hosts=%.800s: %s", file->path,
			 bad == 1 ? "a bad line" : "bad lines");
	return bad;
}

int hostsfile_try(struct hostsfile *file, const char *path, const char *fate,
		  char why[READFILE_WHY_MAX])
{
	const char *present = file->path;
	int bad;

	file->path = path;
	bad = read_other(file, fate, why);
	file->path = present;
	file->tried = bad == 0;
	return bad;
}

void hostsfile_change(struct hostsfile *file, const char *path)
{
	file->path = path;
}

bool hostsfile_read_again(struct hostsfile *file)
{
	char why[READFILE_WHY_MAX];
	int bad = 0;

	if (file->path && !file->tried)
		bad = read_other(file, "the former names stay", why);
	file->tried = false;
	if (bad < 0)
		diag_warn(file->diag,
			  "hosts=: unable to read %s: %s; the former names "
			  "stay",
			  file->path, why);
	if (bad == 0)
		file->current = 1 - file->current;
	return bad == 0;
}

const struct hosts *hostsfile_table(const struct hostsfile *file)
{
	return file->path ? &file->tables[file->current] : NULL;
}
