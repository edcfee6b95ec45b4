/* logfiles - which files have the lines of some days; see logfiles.h. */
#include "logfiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "decimal.h"
#include "diag.h"
#include "errortext.h"
#include "logscan.h"
#include "whom.h"

struct search {
	const struct logfiles_wanted *wanted;
	struct logfiles *found;
	struct diag *diag;
};

/* Cuts ".N" from the end of @name; returns N, or 0. */
static unsigned cut_rotation(char *name)
{
	char *dot = strrchr(name, '.');
	uint64_t number;

	if (!dot || !decimal_parse(dot + 1, 99999, &number) || number == 0)
		return 0;
	*dot = '\0';
	return (unsigned)number;
}

/* Whether @name, below DIR, is that of a file that is looked for. */
static bool is_log_name(const struct search *search, const char *name,
			struct logfile *file)
{
	const struct logfiles_wanted *wanted = search->wanted;
	struct filename_found found;
	char plain[FILENAME_BYTES];
	size_t len = strlen(name);

	*file = (struct logfile){ .path = NULL };
	if (len >= sizeof(plain))
		return false;
	memcpy(plain, name, len + 1);
	if (!filename_match(wanted->pattern, plain, &found)) {
		plain[len - logscan_suffix(plain)] = '\0';
		file->rotation = cut_rotation(plain);
		if (file->rotation == 0 ||
		    !filename_match(wanted->pattern, plain, &found))
			return false;
	}
	file->period = found.period;
	return found.period >= wanted->from && found.period <= wanted->until &&
	       (!wanted->sender ||
		whom_may_have_file(wanted->sender, wanted->pattern, plain));
}

static void run_out(struct search *search)
{
	if (!search->found->incomplete && search->diag)
		diag_warn(search->diag, "no memory for the names of files");
	search->found->incomplete = true;
}

static void add_log(struct search *search, const struct logfile *file,
		    const char *path)
{
	struct logfiles *found = search->found;
	struct logfile *more;

	if (found->count == found->room) {
		found->room = found->room * 2 + 64;
		more = realloc(found->files, found->room * sizeof(*more));
		if (!more) {
			found->room = found->count;
			run_out(search);
			return;
		}
		found->files = more;
	}
	found->files[found->count] = *file;
	found->files[found->count].path = strdup(path);
	if (!found->files[found->count].path)
		run_out(search);
	else
		found->count++;
}

/* A link to something else may have a directory's name, below DIR. */
static void miss_directory(struct search *search, const char *path, bool below)
{
	if (below && errno == ENOTDIR)
		return;
	if (search->diag)
		diag_warn(search->diag, "unable to read %s: %s", path,
			  errortext(errno));
	search->found->incomplete = true;
}

/*
 * The entries of a directory at @path; what stands in it is below DIR behind
 * @below bytes of that.  @part is where its part of the pattern begins.
 */
static void search_directory(struct search *search, const char *path,
			     size_t below, size_t part)
{
	const char *pattern = search->wanted->pattern->pattern;
	const char *slash = strchr(pattern + part, '/');
	DIR *dir = opendir(path);
	char inside[4096 + FILENAME_BYTES];
	struct dirent *entry;
	struct logfile file;

	if (!dir) {
		miss_directory(search, path, part > 0);
		return;
	}
	while ((entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    snprintf(inside, sizeof(inside), "%s/%s", path,
			     entry->d_name) >= (int)sizeof(inside))
			continue;
		if (!slash) {
			if (is_log_name(search, inside + below, &file))
				add_log(search, &file, inside);
		} else if (filename_match_component(search->wanted->pattern,
						    part, entry->d_name) &&
			   entry->d_type != DT_REG) {
			search_directory(search, inside, below,
					 (size_t)(slash + 1 - pattern));
		}
	}
	closedir(dir);
}

/* Names beside a name, with a number, are longer than that. */
static int compare_names(const char *a, const char *b)
{
	size_t a_len = strlen(a) - logscan_suffix(a);
	size_t b_len = strlen(b) - logscan_suffix(b);

	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return strcmp(a, b);
}

static int compare_files(const void *a, const void *b)
{
	const struct logfile *x = a;
	const struct logfile *y = b;

	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	if (x->rotation != y->rotation)
		return x->rotation > y->rotation ? -1 : 1;
	return compare_names(x->path, y->path);
}

/* A file that is just being compressed is there twice. */
static bool is_packed_copy(const struct logfile *file,
			   const struct logfile *before)
{
	size_t len = strlen(before->path);

	return logscan_suffix(file->path) > 0 &&
	       strncmp(file->path, before->path, len) == 0 &&
	       strlen(file->path) - logscan_suffix(file->path) == len;
}

static void drop_copies(struct logfiles *found)
{
	size_t i, kept = 0;

	for (i = 0; i < found->count; i++) {
		if (kept > 0 &&
		    is_packed_copy(&found->files[i], &found->files[kept - 1]))
			free(found->files[i].path);
		else
			found->files[kept++] = found->files[i];
	}
	found->count = kept;
}

void logfiles_find(struct logfiles *found, const struct logfiles_wanted *wanted,
		   struct diag *diag)
{
	struct search search = {
		.wanted = wanted,
		.found = found,
		.diag = diag,
	};

	*found = (struct logfiles){ .count = 0 };
	search_directory(&search, wanted->dir, strlen(wanted->dir) + 1, 0);
	if (found->count > 0)
		qsort(found->files, found->count, sizeof(*found->files),
		      compare_files);
	drop_copies(found);
}

void logfiles_free(struct logfiles *found)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		free(found->files[i].path);
	free(found->files);
	*found = (struct logfiles){ .count = 0 };
}
