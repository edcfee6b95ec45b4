/*
 * errorname - what this libc calls an error, for tests that look for it.
 *
 *	errorname ENOSPC
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int error;
} errors[] = {
	{ "EACCES", EACCES }, { "ECONNREFUSED", ECONNREFUSED },
	{ "EMFILE", EMFILE }, { "ENOENT", ENOENT },
	{ "ENOMEM", ENOMEM }, { "ENOSPC", ENOSPC },
	{ "EROFS", EROFS },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc == 2 && i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(argv[1], errors[i].name))
			return puts(strerror(errors[i].error)) < 0;
	fprintf(stderr, "errorname: which one?\n");
	return EXIT_FAILURE;
}
