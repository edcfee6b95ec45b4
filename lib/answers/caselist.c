/* caselist - all incidents that are in DIR; see caselist.h. */
#include "caselist.h"

#include <stdlib.h>

#include "archive.h"
#include "caseshow.h"
#include "manylines.h"

static void add_item(struct caselist *list, const struct caselist_item *item)
{
	struct caselist_item *more;

	if (list->count == list->room) {
		list->room = list->room * 2 + 256;
		more = realloc(list->items, list->room * sizeof(*more));
		if (!more) {
			list->incomplete = true;
			list->room = list->count;
			return;
		}
		list->items = more;
	}
	list->items[list->count++] = *item;
}

static void take_incident_line(struct caselist *list, struct casebook *book,
			       const struct logline *line,
			       const struct timespan_stamp *stamp)
{
	struct caselist_item item = { .stamp = *stamp };
	struct casebook_news news;

	casebook_take(book, line, stamp, &news);
	item.found = news.found;
	item.untold = news.untold;
	if (news.event == CASEBOOK_BEGUN || news.event == CASEBOOK_MOMENT ||
	    news.event == CASEBOOK_UNTOLD)
		add_item(list, &item);
}

void caselist_read(struct caselist *list, struct archive *a)
{
	struct casebook book = { .hosts = &a->hosts };
	const struct logline *line;
	struct timespan_stamp stamp;
	struct manylines lines;
	struct logfiles files;

	*list = (struct caselist){ .count = 0 };
	archive_find_incidents(a, &files, 0, &a->diag);
	list->has_files = files.count > 0;
	manylines_begin(&lines, &files, NULL, &a->diag);
	while ((line = manylines_next(&lines, &stamp)))
		take_incident_line(list, &book, line, &stamp);
	if (book.lacks_memory)
		diag_warn(&a->diag, "no memory for all incidents");
	list->incomplete |=
		lines.incomplete || files.incomplete || book.lacks_memory;
	manylines_end(&lines);
	logfiles_free(&files);
	casebook_free(&book);
}

void caselist_free(struct caselist *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		casebook_free_case(list->items[i].found);
	free(list->items);
	*list = (struct caselist){ .count = 0 };
}

bool caselist_is_asked(const struct archive *a, const struct whom *sender,
		       const struct casebook_case *found)
{
	const struct question *q = &a->question;
	struct whom_seen seen;

	if (q->class != CLASS_NONE && found->class != q->class)
		return false;
	casebook_seen(found, &seen);
	return timespan_has(&q->span, found->begin.us) &&
	       (!sender || whom_is(sender, &seen));
}

/* What was not told is of no sender and no class. */
static bool is_item_asked(const struct archive *a, const struct whom *sender,
			  const struct caselist_item *item)
{
	const struct question *q = &a->question;

	if (item->found)
		return caselist_is_asked(a, sender, item->found);
	return !sender && q->class == CLASS_NONE &&
	       q->format == QUESTION_TEXT &&
	       timespan_has(&q->span, item->stamp.us);
}

/* Leaves those that are asked for. */
static void choose_items(struct caselist *list, const struct archive *a,
			 const struct whom *sender)
{
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++)
		if (is_item_asked(a, sender, &list->items[i]))
			list->items[kept++] = list->items[i];
		else
			casebook_free_case(list->items[i].found);
	list->count = kept;
}

static void show_table(const struct caselist *list, struct paper *paper)
{
	struct caseshow_widths widths = { .number = 0 };
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].found)
			caseshow_measure(&widths, list->items[i].found);
	caseshow_fit(&widths, paper);
	caseshow_head(paper, &widths);
	for (i = 0; i < list->count; i++) {
		const struct caselist_item *item = &list->items[i];

		if (item->found)
			caseshow_row(paper, &widths, item->found);
		else
			caseshow_untold(paper, &item->stamp, item->untold);
	}
}

static void show_objects(const struct caselist *list, struct paper *paper)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		caseshow_object(paper, list->items[i].found);
}

int caselist_answer(struct archive *a)
{
	const struct question *q = &a->question;
	struct whom sender;
	struct caselist list;
	int status;

	if (q->host)
		whom_init(&sender, q->host, &a->hosts);
	caselist_read(&list, a);
	choose_items(&list, a, q->host ? &sender : NULL);
	if (list.count > 0 && q->format == QUESTION_JSON)
		show_objects(&list, &a->paper);
	else if (list.count > 0)
		show_table(&list, &a->paper);
	else if (list.has_files)
		archive_say_none(a, list.incomplete, "no such incident in %s",
				 q->options.settings.dir);
	else
		archive_say_no_incidents(a, list.incomplete);
	status = archive_status(a, list.count > 0, list.incomplete);
	caselist_free(&list);
	return status;
}
