/* printed - what is printed on stdout, caught in memory; see printed.h. */
#include "printed.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int file = -1;
static int before = -1; /* what stdout is otherwise */
static char *text;

static void must(int ok)
{
	if (!ok) {
		perror("printed");
		abort();
	}
}

void printed_begin(void)
{
	must(fflush(stdout) == 0);
	if (file < 0)
		file = memfd_create("printed", MFD_CLOEXEC);
	must(file >= 0);
	must(ftruncate(file, 0) == 0);
	must(lseek(file, 0, SEEK_SET) == 0);
	before = dup(STDOUT_FILENO);
	must(before >= 0);
	must(dup2(file, STDOUT_FILENO) >= 0);
}

const char *printed_end(size_t *len)
{
	off_t size;

	must(fflush(stdout) == 0);
	must(dup2(before, STDOUT_FILENO) >= 0);
	close(before);
	size = lseek(file, 0, SEEK_END);
	must(size >= 0);
	free(text);
	text = malloc((size_t)size + 1);
	must(text != NULL);
	must(pread(file, text, (size_t)size, 0) == (ssize_t)size);
	text[size] = '\0';
	*len = (size_t)size;
	return text;
}
