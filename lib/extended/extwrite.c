/* extwrite - a record of extended netconsole for the log; see extwrite.h. */
#include "extwrite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "carve.h"
#include "format.h"
#include "json.h"
#include "settings.h"

size_t extwrite_bytes(void)
{
	return carve_bytes(EXTWRITE_LINE_MAX) +
	       carve_bytes(EXTBODY_LIST_MAX(FRAGMENTS_WHOLE_MAX)) +
	       carve_bytes(JSON_PAIRS * sizeof(struct extbody_pair));
}

void extwrite_init(struct extwrite *w, const struct settings *settings,
		   const struct extwrite_sink *sink, void *memory)
{
	char *at = memory;

	*w = (struct extwrite){ .settings = settings, .sink = *sink };
	w->line = carve(&at, EXTWRITE_LINE_MAX);
	w->listed = carve(&at, EXTBODY_LIST_MAX(FRAGMENTS_WHOLE_MAX));
	w->pairs = carve(&at, JSON_PAIRS * sizeof(*w->pairs));
}

static bool put_notice(struct extwrite *w, const struct extwrite_record *r,
		       const char *notice, uint64_t lost, const char *text)
{
	struct record record = {
		.notice = notice,
		.lost = lost,
		.text = (const unsigned char *)text,
		.text_len = strlen(text),
	};

	return w->sink.put(w->sink.owner, r->source, &r->arrival, &record);
}

/* Writes the lines of a record that come after *@at, and moves that. */
static bool write_lines(struct extwrite *w, const struct extwrite_record *r,
			size_t *at)
{
	while (*at <= r->body.text.len) {
		size_t next = *at;
		struct record record = { .text = w->line };

		record.text_len =
			extbody_show(r->header, &r->body, w->settings->level,
				     &next, w->line);

		if (!w->sink.put(w->sink.owner, r->source, &r->arrival,
				 &record))
			return false;
		*at = next;
	}
	return true;
}

/* Decodes all the lines, with LFs between them. */
static size_t join_lines(const struct extwrite_record *r, unsigned char *out)
{
	size_t at = 0;
	size_t len = 0;

	while (at <= r->body.text.len) {
		if (at > 0)
			out[len++] = '\n';
		len += extbody_line(r->body.text, &at, out + len);
	}
	return len;
}

static bool write_whole(struct extwrite *w, const struct extwrite_record *r,
			size_t *at)
{
	struct record_extended extended = {
		.header = r->header,
		.pairs = w->pairs,
		.pairs_len = r->body.pairs.len,
		.missing = r->missing,
	};
	struct record record = { .text = w->line, .extended = &extended };

	if (*at > r->body.text.len)
		return true;
	record.text_len = join_lines(r, w->line);
	extended.pair_count = extbody_list(r->body.pairs, w->listed, w->pairs,
					   JSON_PAIRS, &extended.rest);
	if (!w->sink.put(w->sink.owner, r->source, &r->arrival, &record))
		return false;
	*at = r->body.text.len + 1;
	return true;
}

static bool put_loss(struct extwrite *w, const struct extwrite_record *r,
		     const struct order_loss *loss)
{
	char text[96];

	snprintf(text, sizeof(text),
		 "%" PRIu32 " messages lost (msgid %" PRIu32 "..%" PRIu32 ")",
		 loss->lost, loss->first, loss->last);
	return put_notice(w, r, "messages-lost", loss->lost, text);
}

static bool put_late(struct extwrite *w, const struct extwrite_record *r,
		     uint32_t msgid)
{
	char text[96];

	snprintf(text, sizeof(text),
		 "1 messages late, not lost (msgid %" PRIu32 "..%" PRIu32 ")",
		 msgid, msgid);
	return put_notice(w, r, "message-late", 0, text);
}

/* Tells what the msgid of a record says of those before it. */
static bool tell_loss(struct extwrite *w, struct order *s,
		      const struct extwrite_record *r, uint32_t msgid)
{
	bool late = order_is_late(s, r->header);
	struct order_loss loss = order_loss(s, msgid, r->spared, late);

	if (loss.lost > 0 && !put_loss(w, r, &loss))
		return false;
	if (loss.late && !put_late(w, r, msgid))
		return false;
	w->counts.lost += loss.lost;
	if (loss.late && w->counts.lost > 0)
		w->counts.lost--;
	order_told(s, &loss, msgid, late);
	return true;
}

/* It is in the log. */
static void pass(struct extwrite *w, struct order *s,
		 const struct extwrite_record *r)
{
	int64_t left_out;

	if (r->missing > 0 && !r->numbered && !order_is_late(s, r->header))
		order_unnumbered(s);
	if (r->missing == 0)
		order_remember(s, r->header, r->whole.len);
	left_out = order_pass(s, r->header);
	if (left_out >= 0)
		w->counts.gaps += (uint64_t)left_out;
	else if (w->counts.gaps > 0)
		w->counts.gaps--;
}

bool extwrite_put(struct extwrite *w, struct order *s,
		  struct extwrite_record *r, size_t *at)
{
	uint32_t msgid;

	extbody_split(&r->body, r->header, r->whole);
	r->numbered = extbody_msgid(&r->body, &msgid);
	if (*at == 0 && r->numbered && !r->accounted &&
	    !tell_loss(w, s, r, msgid))
		return false;
	if (!(w->settings->json ? write_whole(w, r, at)
				: write_lines(w, r, at)))
		return false;
	pass(w, s, r);
	return true;
}

bool extwrite_booted(struct extwrite *w, const struct extwrite_record *r)
{
	return put_notice(w, r, "booted", 0, "sender booted");
}
