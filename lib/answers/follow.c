/* follow - new incidents as they come; see follow.h. */
#include "follow.h"

#include <errno.h>
#include <time.h>

#include "archive.h"
#include "caselist.h"
#include "caseshow.h"
#include "errortext.h"
#include "logfiles.h"
#include "logscan.h"
#include "whom.h"
#include "tail.h"

#define SECONDS_A_DAY 86400
#define PAUSE_NS      500000000L

struct follow {
	struct archive *a;
	const struct whom *sender; /* of host=; NULL: any */
	struct casebook book;
	struct timespan_clock clock;
	struct tail tail;
	bool is_live; /* what is read from now on is new */
	bool cant_read; /* it was said */
	bool lacks_directory; /* likewise */
};

/* Old ones are printed only if from= asks for them. */
static bool is_printed(const struct follow *f,
		       const struct casebook_case *found)
{
	return (f->is_live || f->a->question.has_from) &&
	       caselist_is_asked(f->a, f->sender, found);
}

static void print_begin(struct follow *f, const struct casebook_case *found)
{
	if (f->a->question.format == QUESTION_TEXT && is_printed(f, found))
		caseshow_line(&f->a->paper, found);
}

/* The end of the way of a case; one that was open before is new, too. */
static void print_end(struct follow *f, struct casebook_case *found)
{
	if (found && f->a->question.format == QUESTION_JSON &&
	    is_printed(f, found))
		caseshow_object(&f->a->paper, found);
	casebook_free_case(found);
}

static void take_news(struct follow *f, const struct casebook_news *news)
{
	print_end(f, news->abandoned);
	switch (news->event) {
	case CASEBOOK_BEGUN:
		print_begin(f, news->found);
		break;
	case CASEBOOK_MOMENT:
		print_begin(f, news->found);
		print_end(f, news->found);
		break;
	case CASEBOOK_ENDED:
		print_end(f, news->found);
		break;
	default:
		break;
	}
}

static void take_followed(void *context, const char *bytes, size_t len)
{
	struct follow *f = context;
	struct casebook_news news;
	struct timespan_stamp stamp;
	struct logline line;

	if (!logline_read(&line, bytes, len) ||
	    !logline_time(&line, &stamp, &f->clock))
		return;
	casebook_take(&f->book, &line, &stamp, &news);
	take_news(f, &news);
}

/* A file that can't be read is said once, as it is tried again and again. */
static void say_unreadable(struct follow *f, const char *path, const char *why)
{
	if (!f->cant_read || !f->is_live)
		diag_warn(&f->a->diag, "unable to read %s: %s", path, why);
	f->cant_read = true;
}

/* What is compressed is complete, and read once. */
static void scan_packed(struct follow *f, const char *path)
{
	char why[LOGSCAN_WHY_MAX];
	struct logscan scan;
	const char *line;
	size_t len;

	if (!logscan_open(&scan, path, why)) {
		say_unreadable(f, path, why);
		return;
	}
	while (logscan_next(&scan, &line, &len))
		take_followed(f, line, len);
	if (!logscan_close(&scan, why))
		say_unreadable(f, path, why);
}

/*
 * Reads what is new in the files of the day @from and later.  False: DIR can't
 * be read, which is said once, until it can.
 */
static bool look_at_files(struct follow *f, uint32_t from)
{
	struct diag *diag = f->lacks_directory ? NULL : &f->a->diag;
	struct logfiles files;
	size_t i;

	archive_find_incidents(f->a, &files, from, diag);
	f->lacks_directory = files.incomplete;
	for (i = 0; i < files.count; i++) {
		const struct logfile *file = &files.files[i];

		if (logscan_suffix(file->path) > 0) {
			if (!f->is_live)
				scan_packed(f, file->path);
		} else if (!tail_read(&f->tail, file->path, file->period,
				      take_followed, f) &&
			   errno != ENOENT) {
			say_unreadable(f, file->path, errortext(errno));
		}
	}
	logfiles_free(&files);
	return !f->lacks_directory;
}

/* The day before that of the clock, as a stamp may be of shortly before. */
static uint32_t yesterday(void)
{
	int64_t second = time(NULL) - SECONDS_A_DAY;
	uint32_t period = timespan_period(second * TIMESPAN_SECOND_US);

	return STAMP_PERIOD(STAMP_PERIOD_DAY(period), 0);
}

static void wait_for_new(struct follow *f)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NS };

	f->is_live = true;
	while (paper_flush(&f->a->paper) && !paper_is_closed()) {
		nanosleep(&pause, NULL);
		tail_forget(&f->tail, yesterday());
		look_at_files(f, yesterday());
	}
}

int follow_answer(struct archive *a)
{
	struct follow f = { .a = a, .book = { .hosts = &a->hosts } };
	struct whom sender;
	bool can_begin;

	if (a->question.host) {
		whom_init(&sender, a->question.host, &a->hosts);
		f.sender = &sender;
	}
	can_begin = look_at_files(&f, 0);
	if (can_begin)
		wait_for_new(&f);
	tail_free(&f.tail);
	casebook_free(&f.book);
	return archive_status(a, can_begin, false);
}
