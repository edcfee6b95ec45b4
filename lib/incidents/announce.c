/* announce - lines that announce an incident; see announce.h. */
#include "announce.h"

#include <string.h>

#include "forms.h"
#include "glance.h"
#include "prefix.h"
#include "sysrq.h"
#include "words.h"

#define LINUX_VERSION "Linux version "

static struct words whole_line(const char *text, size_t len)
{
	struct words line = { text, text + len };

	if (len > 0 && text[len - 1] == '\r')
		line.end--;
	return line;
}

static void find_release(const struct words *message,
			 struct announcement *found)
{
	struct words w = *message;

	if (!words_skip(&w, LINUX_VERSION))
		return;
	found->release = w.at;
	while (w.at < w.end && *w.at != ' ')
		w.at++;
	found->release_length = (size_t)(w.at - found->release);
}

/* `=0`, `=-1000`: whether the message ends so. */
static bool ends_in_number(const struct words *message)
{
	const char *at = message->end;

	while (at > message->at && at[-1] >= '0' && at[-1] <= '9')
		at--;
	if (at == message->end || message->end - at > 4)
		return false;
	if (at > message->at && at[-1] == '-')
		at--;
	return at > message->at && at[-1] == '=';
}

/* The task's name has 15 bytes, and any but NUL (TASK_COMM_LEN). */
static bool is_oom(const struct words *message)
{
	static const char invoked[] = " invoked oom-killer: gfp_mask=";
	struct words w = *message;

	if (words_left(&w) < GLANCE_OOM_BYTES || !ends_in_number(&w))
		return false;
	for (; w.at <= message->at + 15; w.at++)
		if (words_begin(&w, invoked))
			return true;
	return false;
}

/* Looks at a message; @headed: the kernel itself says it. */
static bool look_behind(const struct words *message, bool headed,
			struct announcement *found)
{
	struct announcement a = { CLASS_NONE, message->at, words_left(message),
				  false,      NULL,	   0 };
	const struct form *form;
	bool dumps;

	if (words_left(message) == 0)
		return false;
	form = forms_find(message, headed);
	if (form) {
		a.class = (enum incident_class)form->class;
		a.moment = form->moment;
	} else if (is_oom(message)) {
		a.class = CLASS_OOM;
	}
	if (a.class == CLASS_SYSRQ) {
		a.class = sysrq_class(message, &dumps);
		a.moment = !dumps;
	} else if (a.class == CLASS_BOOT) {
		find_release(message, &a);
	}
	if (a.class != CLASS_NONE)
		*found = a;
	return a.class != CLASS_NONE;
}

/*
 * A line that may be something.  Behind half a line, what a process may say is
 * not believed: it may be a copy of what the kernel once said.
 */
bool announce_look_closely(const char *text, size_t len,
			   struct announcement *found)
{
	struct words line = whole_line(text, len);
	enum prefix who = prefix_skip(&line);

	if (who == PREFIX_USER)
		return false;
	if (look_behind(&line, who == PREFIX_KERNEL, found))
		return true;
	return who == PREFIX_NONE && prefix_skip_half(&line) != PREFIX_NONE &&
	       look_behind(&line, false, found);
}

bool announce_look_message(const char *text, size_t len,
			   struct announcement *found)
{
	struct words message;

	if (glance_rules_out_message(text, len))
		return false;
	message = whole_line(text, len);
	return look_behind(&message, true, found);
}

static bool is_ruler(const struct words *message)
{
	struct words w = *message;

	return words_skip_all(&w, '=', '=') >= 16 && words_left(&w) == 0;
}

/* The last line of a kill; before Linux 5.x it was the second of two. */
static bool is_killed(const struct words *message)
{
	return words_begin(message, "Out of memory: Killed process ") ||
	       words_begin(message, "Memory cgroup out of memory: Killed ") ||
	       words_begin(message, "Killed process ");
}

bool announce_ends(enum incident_class class, const char *text, size_t len)
{
	struct words message = whole_line(text, len);

	prefix_skip(&message);
	switch (class) {
	case CLASS_PANIC:
		return words_begin(&message, "---[ end Kernel panic") ||
		       words_begin(&message, "Rebooting in ");
	case CLASS_OOPS:
	case CLASS_WARNING:
		return words_begin(&message, "---[ end trace");
	case CLASS_SANITIZER:
		return words_begin(&message, "---[ end trace") ||
		       is_ruler(&message);
	case CLASS_LOCKING:
		return words_begin(&message, " </TASK>");
	case CLASS_OOM:
		return is_killed(&message);
	default:
		return false;
	}
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/*
 * Before Linux 5.10: `%-15.15s %c`, then what the task runs, and at the end in
 * hexadecimal its flags.
 */
static bool is_old_task(const struct words *message)
{
	static const char states[] = "RSDTtXxZPIKWN?";
	const char *at = message->at, *end = message->end;
	struct words w = { at + 17, end };

	if (end - at < 32 || *at == ' ' || at[15] != ' ' || !at[16] ||
	    !strchr(states, at[16]) || !words_skip(&w, " "))
		return false;
	words_skip_all(&w, ' ', ' ');
	words_skip(&w, "running task");
	while (w.at < end && (*w.at == ' ' || is_hex(*w.at)))
		w.at++;
	if (w.at[-1] != '0' || !words_skip(&w, "x"))
		return false;
	while (w.at < end && is_hex(*w.at))
		w.at++;
	return w.at == end;
}

bool announce_is_task(const char *text, size_t len)
{
	struct words message = whole_line(text, len);

	prefix_skip(&message);
	return words_begin(&message, "task:") || is_old_task(&message);
}
