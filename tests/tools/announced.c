/*
 * announced - what the lines of a file announce, as lib/incidents/announce sees
 * it.
 *
 *	announced [FILE]
 *
 * Prints `CLASS<TAB>TITLE` for each line that announces something, in a form
 * for people and scripts: bytes of titles that are not printable are `?`.
 * Standard input is read without FILE.
 */
#include "announce.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_title(const struct announcement *found)
{
	size_t i;

	printf("%s\t", class_name(found->class));
	for (i = 0; i < found->length; i++) {
		char c = found->title[i];

		putchar(c >= 0x20 && c <= 0x7e ? c : '?');
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	FILE *file = argc > 1 ? fopen(argv[1], "r") : stdin;
	struct announcement found;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file) {
		fprintf(stderr, "announced: %s: %s\n", argv[1],
			strerror(errno));
		return 1;
	}
	while ((len = getline(&line, &size, file)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		if (announce_look(line, (size_t)len, &found))
			print_title(&found);
	}
	free(line);
	return 0;
}
