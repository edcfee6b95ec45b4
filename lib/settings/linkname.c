/* linkname - the name of link=, and where the link stands; see linkname.h. */
#include "linkname.h"

#include <stdio.h>
#include <string.h>

const char *linkname_wrong(const char *name)
{
	if (*name == '.')
		return "it begins with a dot";
	if (name[strspn(name, FILENAME_SAFE)] != '\0')
		return "it has other bytes than a name";
	if (strlen(name) > LINKNAME_MAX)
		return "it is longer than 250 bytes";
	return *name == '\0' ? "it is empty" : NULL;
}

/* Whether the @len bytes of a good pattern at @at tell of a sender. */
static bool has_sender(const char *at, size_t len)
{
	return memchr(at, '{', len) != NULL;
}

/* Likewise, of a date. */
static bool has_date(const char *at, size_t len)
{
	const char *end = at + len;

	while ((at = memchr(at, '%', (size_t)(end - at)))) {
		if (at[1] != '%')
			return true;
		at += 2;
	}
	return false;
}

unsigned linkname_depth(const char *pattern)
{
	unsigned components = 0;
	unsigned depth = 0;
	const char *slash;

	for (; (slash = strchr(pattern, '/')); pattern = slash + 1) {
		components++;
		if (has_sender(pattern, (size_t)(slash - pattern)))
			depth = components;
	}
	return depth;
}

const char *linkname_below(const char *name, unsigned depth)
{
	while (depth-- > 0)
		name = strchr(name, '/') + 1;
	return name;
}

const char *linkname_wrong_with(const char *name, const struct filename *file)
{
	const char *pattern = file->pattern;
	const char *below = linkname_below(pattern, linkname_depth(pattern));
	const char *last = strrchr(pattern, '/');

	last = last ? last + 1 : pattern;
	if (has_sender(last, strlen(last)))
		return "senders share a directory, and one link cannot lead to "
		       "the files of all; allowed are {host}, {address}, "
		       "{port} and {lport} in names of directories alone";
	if (has_date(pattern, (size_t)(below - pattern)))
		return "the link would be in the directory of a date; allowed "
		       "are %Y, %m, %d and %H below the last directory with "
		       "{host}, {address}, {port} or {lport}";
	if (filename_match_component(file, (size_t)(below - pattern), name))
		return "a file or a directory may get that name; allowed is "
		       "one that it can't have";
	return NULL;
}

/* Whether a file or a directory in DIR can have that name. */
static bool may_be_called(const struct filename *file, const char *name)
{
	size_t len = strcspn(file->pattern, "/");

	/* A sender that is called so would have itself to blame. */
	return has_date(file->pattern, len) &&
	       filename_match_component(file, 0, name);
}

/* All digits are 1, or 2 and 0 of the year, so no part is another's. */
const char *linkname_wrong_with_incidents(const struct filename *file)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst",
						".bz2" };
	const size_t count = sizeof(suffixes) / sizeof(suffixes[0]);
	char beside[8] = "";
	char name[64];
	size_t i;

	for (i = 0; i < (FILENAME_BESIDE + 1) * count; i++) {
		if (i >= count)
			snprintf(beside, sizeof(beside), ".%zu", i / count);
		snprintf(name, sizeof(name), "2011-11-11%s.incidents%s", beside,
			 suffixes[i % count]);
		if (may_be_called(file, name))
			return "a file or a directory may get the name of a "
			       "file of incidents, YYYY-MM-DD.incidents; "
			       "allowed is a pattern that can't make it";
	}
	return NULL;
}

size_t linkname_longest(const char *link, const struct filename *file,
			bool incidents)
{
	const size_t least = incidents ? sizeof("YYYY-MM-DD.N.incidents") : 0;
	size_t longest = file->max < least ? least : file->max;

	return link ? longest + strlen(link) + strlen(LINKNAME_SPARE) : longest;
}
