/*
 * fuzz_tail - a file that grows, is truncated, renamed and replaced, followed.
 *
 * The input is what becomes of it.  A model knows what the file has, and which
 * lines are new at each reading.
 */
#include "tail.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "model.h"

#define PERIOD	  7
#define LINE_MOST (1024 * 1024) /* a longer line is passed over */
#define FILE_MOST (LINE_MOST + LINE_MOST / 4)

static char dir[] = "/dev/shm/udplogger.XXXXXX";
static char path[64], aside[64];

static struct tail tail;
static struct model_bytes file; /* what stands in it */
static size_t offset; /* behind the last whole line that was read */
static bool passes_over; /* a line that is too long */
static struct model_bytes expected, taken; /* lines with an LF */

static void remove_files(void)
{
	unlink(path);
	unlink(aside);
	rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (access("/dev/shm", W_OK) != 0)
		snprintf(dir, sizeof(dir), "/tmp/udplogger.XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/a", dir);
	snprintf(aside, sizeof(aside), "%s/b", dir);
	atexit(remove_files);
	return 0;
}

static void append(const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	MUST(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
	model_append(&file, bytes, len);
}

/* More than is read at once, and perhaps more than a line may have. */
static void append_many(uint8_t c, unsigned count)
{
	static char many[8192];

	memset(many, c == '\n' ? 'x' : c, sizeof(many));
	while (count-- > 0 && file.len + sizeof(many) <= FILE_MOST)
		append(many, sizeof(many));
}

static void cut(size_t len)
{
	if (len > file.len)
		return;
	MUST(truncate(path, (off_t)len) == 0);
	file.len = len;
}

static void take(void *context, const char *line, size_t len)
{
	(void)context;
	model_append(&taken, line, len);
	model_append(&taken, "\n", 1);
}

/* What is longer than a line may be was no line, and is none at its end. */
static void expect_lines(void)
{
	if (file.len < offset) {
		offset = 0;
		passes_over = false;
	}
	while (offset < file.len) {
		const unsigned char *from = file.at + offset;
		const unsigned char *lf = memchr(from, '\n', file.len - offset);
		size_t len = lf ? (size_t)(lf + 1 - from) : LINE_MOST;

		if (len > file.len - offset)
			return;
		if (lf && len <= LINE_MOST && !passes_over)
			model_append(&expected, from, len);
		passes_over = !lf;
		offset += len;
	}
}

static void read_on(void)
{
	taken.len = expected.len = 0;
	expect_lines();
	MUST(tail_read(&tail, path, PERIOD, take, NULL) ==
	     (access(path, F_OK) == 0));
	MUST(taken.len == expected.len);
	MUST(taken.len == 0 || memcmp(taken.at, expected.at, taken.len) == 0);
}

static void replace(void)
{
	if (access(path, F_OK) != 0)
		return;
	read_on();
	unlink(aside);
	MUST(rename(path, aside) == 0);
	/* Under another name nothing is new. */
	taken.len = 0;
	MUST(tail_read(&tail, aside, PERIOD, take, NULL) && taken.len == 0);
	file.len = offset = 0;
	passes_over = false;
	tail_forget(&tail, PERIOD + 1);
	append("", 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	size_t n;

	unlink(path);
	unlink(aside);
	file.len = offset = 0;
	passes_over = false;
	append("", 0);
	while (in.left > 0) {
		uint8_t code = input_byte(&in);

		switch (code % 8) {
		case 0:
			replace();
			break;
		case 1:
			cut(input_u16(&in));
			break;
		case 2:
			append_many(input_byte(&in), input_byte(&in));
			break;
		case 3:
			append("\n", 1);
			break;
		case 4:
			read_on();
			break;
		default:
			bytes = input_bytes(&in, code / 8, &n);
			append(bytes, n);
		}
	}
	read_on();
	tail_free(&tail);
	return 0;
}
