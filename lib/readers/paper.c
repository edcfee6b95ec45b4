/* paper - stdout for answers; see paper.h. */
#include "paper.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "decimal.h"
#include "diag.h"
#include "escape.h"

#define USUAL_COLUMNS 80
#define LEAST_COLUMNS 20
#define COLUMNS_MOST  10000
#define PIPE_BYTES    65536 /* as many as a pipe takes at once */

/* What the shell or the user says goes before what the terminal says. */
static unsigned count_columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns = 0;

	if (!text || !decimal_parse(text, COLUMNS_MOST, &columns) ||
	    columns == 0) {
		columns = USUAL_COLUMNS;
		if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		    size.ws_col > 0)
			columns = size.ws_col;
	}
	return columns < LEAST_COLUMNS ? LEAST_COLUMNS : (unsigned)columns;
}

void paper_begin(struct paper *paper)
{
	*paper = (struct paper){ .is_terminal = isatty(STDOUT_FILENO) };
	if (!paper->is_terminal)
		setvbuf(stdout, NULL, _IOFBF, PIPE_BYTES);
	paper->columns = paper->is_terminal ? count_columns() : PAPER_UNLIMITED;
}

/* The first reason counts. */
static void fail_paper(struct paper *paper, int error)
{
	if (!paper->has_failed)
		paper->error = error;
	paper->has_failed = true;
}

static void put_bytes_out(struct paper *paper, const char *bytes, size_t len)
{
	if (fwrite(bytes, 1, len, stdout) != len)
		fail_paper(paper, errno);
}

/* Makes room for @len bytes escaped. */
static bool make_safe_room(struct paper *paper, size_t len)
{
	size_t size = ESCAPE_GROWTH * len + 1;
	char *more;

	if (size <= paper->size)
		return true;
	more = realloc(paper->safe, size);
	if (!more) {
		fail_paper(paper, ENOMEM);
		return false;
	}
	paper->safe = more;
	paper->size = size;
	return true;
}

void paper_line(struct paper *paper, const char *line, size_t len)
{
	if (!paper->is_terminal) {
		put_bytes_out(paper, line, len);
	} else if (make_safe_room(paper, len)) {
		len = escape_text(paper->safe, (const unsigned char *)line,
				  len);
		put_bytes_out(paper, paper->safe, len);
	}
	put_bytes_out(paper, "\n", 1);
}

void paper_lines(struct paper *paper, const char *bytes, size_t len)
{
	const char *end = bytes + len;

	while (bytes < end) {
		const char *lf = memchr(bytes, '\n', (size_t)(end - bytes));

		if (!lf)
			lf = end;
		paper_line(paper, bytes, (size_t)(lf - bytes));
		bytes = lf < end ? lf + 1 : end;
	}
}

size_t paper_fit(const char *text, size_t len, size_t columns, size_t *taken)
{
	size_t at = 0;
	size_t count;

	for (count = 0; count < columns && at < len; count++) {
		size_t n =
			escape_kept((const unsigned char *)text + at, len - at);

		at += n > 0 ? n : 1;
	}
	*taken = count;
	return at;
}

void paper_row(struct paper *paper, const char *row, size_t len)
{
	size_t taken;

	if (paper->columns != PAPER_UNLIMITED)
		len = paper_fit(row, len, paper->columns, &taken);
	put_bytes_out(paper, row, len);
	put_bytes_out(paper, "\n", 1);
}

bool paper_flush(struct paper *paper)
{
	if (fflush(stdout) || ferror(stdout))
		fail_paper(paper, errno);
	return !paper->has_failed;
}

void paper_say_failure(const struct paper *paper, struct diag *diag)
{
	if (paper->has_failed)
		diag_unwritten(diag, paper->error);
}

bool paper_is_closed(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLNVAL));
}

void paper_end(struct paper *paper)
{
	free(paper->safe);
	paper->safe = NULL;
	paper->size = 0;
}
