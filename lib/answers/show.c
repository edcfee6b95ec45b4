/* show - the lines of one sender; see show.h. */
#include "show.h"

#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "boots.h"
#include "caselist.h"
#include "extract.h"
#include "manylines.h"

struct show {
	struct archive *a;
	struct whom sender;
	struct caselist list;
	struct boots boots;
	struct extract extract;
	const struct casebook_case *found; /* of incident= */
	struct timespan span; /* of the files that are read */
	char *text;
	size_t size;
	bool has_files; /* that may have the lines */
	bool has_shown;
	bool incomplete;
};

/* Of text that stays as it is, no copy is made. */
static void show_plain(struct show *s, const struct logline *line)
{
	struct paper *paper = &s->a->paper;
	size_t size = LOGLINE_TEXT_MAX(line->len);
	char *more;

	if (!line->is_json) {
		paper_line(paper, line->text, line->text_len);
		return;
	}
	more = size > s->size ? realloc(s->text, size) : s->text;
	if (!more) {
		s->incomplete = true;
		return;
	}
	s->text = more;
	s->size = size > s->size ? size : s->size;
	paper_lines(paper, s->text, logline_plain(s->text, line));
}

static void show_line(struct show *s, const struct logline *line)
{
	s->has_shown = true;
	if (s->a->question.plain)
		show_plain(s, line);
	else
		paper_line(&s->a->paper, line->line, line->len);
}

/* False: nothing that comes later is wanted. */
static bool take_shown(struct show *s, const struct logline *line,
		       const struct timespan_stamp *stamp)
{
	const struct question *q = &s->a->question;
	enum extract_verdict verdict;

	if (s->found) {
		verdict = extract_look(&s->extract, line, stamp);
		if (verdict == EXTRACT_PART)
			show_line(s, line);
		return verdict != EXTRACT_BEHIND;
	}
	/* Each line is looked at, as boots are counted by them. */
	if ((!q->has_boot || boots_has(&s->boots, q->boot, line, stamp)) &&
	    timespan_has(&q->span, stamp->us))
		show_line(s, line);
	return true;
}

static uint32_t period_of(const struct filename *pattern, int64_t us)
{
	uint32_t period = timespan_period(us);

	return pattern->by_hour ? period
				: STAMP_PERIOD(STAMP_PERIOD_DAY(period), 0);
}

static void show_files(struct show *s)
{
	const struct settings *settings = &s->a->question.options.settings;
	struct logfiles_wanted wanted = {
		.dir = settings->dir,
		.pattern = &settings->file,
		.sender = &s->sender,
		.until = UINT32_MAX,
	};
	const struct logline *line;
	struct timespan_stamp stamp;
	struct manylines lines;
	struct logfiles files;

	if (s->span.from_us != INT64_MIN)
		wanted.from = period_of(&settings->file, s->span.from_us);
	if (s->span.until_us != INT64_MAX)
		wanted.until = period_of(&settings->file, s->span.until_us - 1);
	logfiles_find(&files, &wanted, &s->a->diag);
	s->has_files = files.count > 0;
	manylines_begin(&lines, &files, &s->sender, &s->a->diag);
	while (!s->a->paper.has_failed &&
	       (line = manylines_next(&lines, &stamp)))
		if (!take_shown(s, line, &stamp))
			break;
	s->incomplete |= lines.incomplete || files.incomplete;
	manylines_end(&lines);
	logfiles_free(&files);
}

static bool is_dull(enum incident_class class)
{
	return class == CLASS_BOOT || class == CLASS_SHUTDOWN ||
	       class == CLASS_SYSRQ;
}

/* The incident that is asked for; NULL: there is none. */
static const struct casebook_case *find_incident(const struct show *s)
{
	const struct question *q = &s->a->question;
	size_t i = s->list.count;

	while (i-- > 0) {
		const struct casebook_case *found = s->list.items[i].found;

		if (found && caselist_is_asked(s->a, &s->sender, found) &&
		    (q->incident == QUESTION_LAST
			     ? !is_dull(found->class)
			     : found->number == q->incident))
			return found;
	}
	return NULL;
}

static void narrow(struct timespan *span, const struct timespan *to)
{
	if (span->from_us < to->from_us)
		span->from_us = to->from_us;
	if (span->until_us > to->until_us)
		span->until_us = to->until_us;
}

static bool prepare_incident(struct show *s)
{
	const struct question *q = &s->a->question;
	const char *dir = q->options.settings.dir;

	s->found = find_incident(s);
	if (s->found) {
		extract_begin(&s->extract, s->found);
		extract_span(s->found, &s->span);
		return true;
	}
	if (!s->list.has_files)
		archive_say_no_incidents(s->a, s->incomplete);
	else if (q->incident == QUESTION_LAST)
		archive_say_none(s->a, s->incomplete,
				 "no incident of %s in %s but boots, "
				 "shutdowns and SysRq, if any",
				 q->host, dir);
	else
		archive_say_none(s->a, s->incomplete,
				 "no incident %llu of %s in %s",
				 (unsigned long long)q->incident, q->host, dir);
	return false;
}

static bool prepare_boot(struct show *s)
{
	const struct question *q = &s->a->question;
	struct timespan of_boot;

	boots_take(&s->boots, &s->list, &s->sender);
	if (boots_span(&s->boots, q->boot, &of_boot)) {
		narrow(&s->span, &of_boot);
		return true;
	}
	archive_say_none(s->a, s->incomplete, "no boot -%llu of %s in %s",
			 (unsigned long long)q->boot, q->host,
			 q->options.settings.dir);
	return false;
}

/* False: there is nothing to show, which was said. */
static bool prepare_show(struct show *s)
{
	const struct question *q = &s->a->question;

	s->span = q->span;
	if (!q->has_boot && !q->has_incident)
		return true;
	caselist_read(&s->list, s->a);
	s->incomplete |= s->list.incomplete;
	return q->has_incident ? prepare_incident(s) : prepare_boot(s);
}

static void show_all(struct show *s)
{
	const struct question *q = &s->a->question;
	const struct settings *settings = &q->options.settings;

	show_files(s);
	if (!s->has_shown && s->found && !s->extract.has_begun) {
		extract_begin_again(&s->extract);
		show_files(s);
	}
	if (!s->has_shown && s->has_files)
		archive_say_none(s->a, s->incomplete,
				 "no such lines of %s in %s", q->host,
				 settings->dir);
	else if (!s->has_shown)
		archive_say_none(s->a, s->incomplete,
				 "no file of such lines of %s in %s, as "
				 "file=%s names them",
				 q->host, settings->dir,
				 settings->file.pattern);
}

int show_answer(struct archive *a)
{
	struct show s = { .a = a };
	int status;

	whom_init(&s.sender, a->question.host, &a->hosts);
	if (prepare_show(&s))
		show_all(&s);
	status = archive_status(a, s.has_shown, s.incomplete);
	extract_end(&s.extract);
	boots_free(&s.boots);
	caselist_free(&s.list);
	free(s.text);
	return status;
}
