/* casebook - incidents made of lines; see casebook.h. */
#include "casebook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "caseline.h"

/* A copy with a NUL; NULL: there is none, or no memory. */
static char *copy_bytes(struct casebook *book, const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy) {
		book->lacks_memory = true;
		return NULL;
	}
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

static char *copy_text(struct casebook *book, struct caseline_text text,
		       bool is_json)
{
	char *copy;

	if (!text.at)
		return NULL;
	if (text.len > CASEBOOK_TITLE_MAX)
		text.len = CASEBOOK_TITLE_MAX;
	copy = copy_bytes(book, text.at, text.len);
	if (copy && is_json)
		copy[jsonline_string(copy, text.at, text.len)] = '\0';
	return copy;
}

void casebook_source(char source[CASEBOOK_SOURCE_MAX],
		     const struct whom_seen *seen)
{
	bool brackets = seen->address && seen->port != WHOM_NO_PORT &&
			memchr(seen->address, ':', seen->address_len);
	int len = (int)(seen->host ? seen->host_len : seen->address_len);
	int n;

	if (len > CASEBOOK_SOURCE_MAX / 2)
		len = CASEBOOK_SOURCE_MAX / 2;
	if (seen->host) {
		snprintf(source, CASEBOOK_SOURCE_MAX, "%.*s", len, seen->host);
		return;
	}
	n = snprintf(source, CASEBOOK_SOURCE_MAX, "%s%.*s%s",
		     brackets ? "[" : "", len,
		     seen->address ? seen->address : "", brackets ? "]" : "");
	if (seen->port != WHOM_NO_PORT)
		snprintf(source + n, CASEBOOK_SOURCE_MAX - (size_t)n, ":%u",
			 (unsigned)seen->port);
}

/*
 * What hosts= knows now of a sender that has only a name, or only an address.
 */
static void complete(struct casebook *book, struct casebook_case *found)
{
	struct whom_seen seen;
	struct textmap_entry *entry;
	char text[SRCADDR_HOST_MAX];
	struct hosts_sender line;
	const char *name;
	uint32_t i;
	size_t len;

	if (!book->hosts)
		return;
	casebook_seen(found, &seen);
	if (!found->host) {
		name = whom_key(&seen, book->hosts, &len);
		if (name && name != found->address)
			found->host = copy_bytes(book, name, len);
		return;
	}
	for (i = 0; !book->has_named && hosts_nth(book->hosts, i, &line); i++) {
		entry = textmap_get(&book->named, line.name, line.name_len);
		if (entry)
			entry->count = entry->count == 0 ? i + 1 : UINT64_MAX;
	}
	book->has_named = true;
	entry = textmap_find(&book->named, found->host, strlen(found->host));
	if (found->address || !entry || entry->count > UINT32_MAX ||
	    !hosts_nth(book->hosts, (uint32_t)entry->count - 1, &line))
		return;
	len = srcaddr_host_text(text, &line.addr, NULL);
	found->address = copy_bytes(book, text, len);
	if (!line.any_port)
		found->port = line.addr.port;
}

/* The next number of its host. */
static uint64_t next_number(struct casebook *book, const struct whom_seen *seen)
{
	struct textmap_entry *entry;
	size_t len = 0;
	const char *key = whom_key(seen, book->hosts, &len);

	entry = textmap_get(&book->counts, key ? key : "", key ? len : 0);
	if (!entry) {
		book->lacks_memory = true;
		return 0;
	}
	return ++entry->count;
}

static bool is_moment(const struct caseline *c, const char *title)
{
	struct announcement announced;

	if (c->class == CLASS_BOOT || c->class == CLASS_SHUTDOWN)
		return true;
	return c->class == CLASS_SYSRQ && title &&
	       announce_look_message(title, strlen(title), &announced) &&
	       announced.moment;
}

static struct casebook_case *make_case(struct casebook *book,
				       const struct caseline *c,
				       const struct logline *line,
				       const struct timespan_stamp *stamp,
				       const char *source)
{
	const struct whom_seen *seen = &line->seen;
	struct casebook_case *found = calloc(1, sizeof(*found));

	if (!found) {
		book->lacks_memory = true;
		return NULL;
	}
	*found = (struct casebook_case){
		.number = next_number(book, seen),
		.class = c->class,
		.begin = *stamp,
		.source = copy_bytes(book, source, strlen(source)),
		.port = seen->port,
		.title = copy_text(book, c->title, c->is_json),
		.release = copy_text(book, c->release, c->is_json),
		.before = copy_text(book, c->before, c->is_json),
	};
	if (seen->host)
		found->host = copy_bytes(book, seen->host, seen->host_len);
	if (seen->address)
		found->address =
			copy_bytes(book, seen->address, seen->address_len);
	complete(book, found);
	found->is_moment = is_moment(c, found->title);
	return found;
}

static void end_case(struct casebook *book, struct casebook_case *found,
		     const struct caseline *c,
		     const struct timespan_stamp *stamp)
{
	found->has_ended = true;
	found->end = *stamp;
	found->ended = copy_text(book, c->ended, c->is_json);
	found->after = copy_text(book, c->after, c->is_json);
	found->has_bytes = c->has_bytes;
	found->has_tasks = c->has_tasks;
	found->lines = c->lines;
	found->bytes = c->bytes;
	found->milliseconds = c->milliseconds;
	found->lost = c->lost;
	found->tasks = c->tasks;
}

/* An end whose begin was in a file that is gone says too little. */
static void take_end(struct casebook *book, const struct caseline *c,
		     const struct timespan_stamp *stamp, const char *key,
		     struct casebook_news *news)
{
	struct textmap_entry *entry =
		textmap_find(&book->open, key, strlen(key));

	if (!entry || !entry->value)
		return;
	news->event = CASEBOOK_ENDED;
	news->found = entry->value;
	end_case(book, news->found, c, stamp);
	entry->value = NULL;
}

static void take_begin(struct casebook *book, const struct caseline *c,
		       const struct logline *line,
		       const struct timespan_stamp *stamp, const char *key,
		       struct casebook_news *news)
{
	struct textmap_entry *entry;
	char source[CASEBOOK_SOURCE_MAX];

	casebook_source(source, &line->seen);
	news->found = make_case(book, c, line, stamp, source);
	if (!news->found)
		return;
	news->event = CASEBOOK_MOMENT;
	if (news->found->is_moment)
		return;
	news->event = CASEBOOK_BEGUN;
	entry = textmap_get(&book->open, key, strlen(key));
	if (!entry) {
		book->lacks_memory = true;
		return;
	}
	news->abandoned = entry->value;
	entry->value = news->found;
}

void casebook_take(struct casebook *book, const struct logline *line,
		   const struct timespan_stamp *stamp,
		   struct casebook_news *news)
{
	char source[CASEBOOK_SOURCE_MAX], key[CASEBOOK_SOURCE_MAX + 32];
	struct caseline c;

	*news = (struct casebook_news){ .event = CASEBOOK_NOTHING };
	if (!caseline_read(&c, line))
		return;
	if (c.what == CASELINE_UNTOLD) {
		news->event = CASEBOOK_UNTOLD;
		news->untold = c.untold;
		return;
	}
	casebook_source(source, &line->seen);
	snprintf(key, sizeof(key), "%s %s", source, class_name(c.class));
	if (c.what == CASELINE_END)
		take_end(book, &c, stamp, key, news);
	else
		take_begin(book, &c, line, stamp, key, news);
}

void casebook_seen(const struct casebook_case *found, struct whom_seen *seen)
{
	*seen = (struct whom_seen){
		.host = found->host,
		.host_len = found->host ? strlen(found->host) : 0,
		.address = found->address,
		.address_len = found->address ? strlen(found->address) : 0,
		.port = found->port,
	};
}

void casebook_free_case(struct casebook_case *found)
{
	if (!found)
		return;
	free(found->source);
	free(found->host);
	free(found->address);
	free(found->title);
	free(found->release);
	free(found->before);
	free(found->ended);
	free(found->after);
	free(found);
}

void casebook_free(struct casebook *book)
{
	textmap_free(&book->counts);
	textmap_free(&book->open);
	textmap_free(&book->named);
	*book = (struct casebook){ .hosts = NULL };
}
