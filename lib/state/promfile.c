/* promfile - what udplogger.prom says; see promfile.h. */
#include "promfile.h"

#include <string.h>

#include "decimal.h"

#define HEARD "udplogger_host_last_heard_timestamp_seconds"
#define LINES "udplogger_host_lines_total"

#define VERSION_MAX 64

static char *prom_text(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	return to + len;
}

/* The format's escapes in the value of a label. */
static char *append_label(char *to, const char *value, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (value[i] == '\\' || value[i] == '"' || value[i] == '\n')
			*to++ = '\\';
		*to++ = value[i] == '\n' ? 'n' : value[i];
	}
	return to;
}

static char *append_head(char *to, const char *name, const char *type,
			 const char *help)
{
	to = prom_text(
		prom_text(prom_text(prom_text(to, "# HELP "), name), " "),
		help);
	to = prom_text(
		prom_text(prom_text(prom_text(to, "\n# TYPE "), name), " "),
		type);
	return prom_text(to, "\n");
}

static char *append_number(char *to, const char *name, uint64_t value)
{
	to = decimal_write(prom_text(prom_text(to, name), " "), value, 1);
	return prom_text(to, "\n");
}

/* A metric of one series. */
static char *append_one(char *to, const char *name, const char *type,
			const char *help, uint64_t value)
{
	return append_number(append_head(to, name, type, help), name, value);
}

static char *append_series(char *to, const char *name, const char *label,
			   const char *value, uint64_t number)
{
	to = prom_text(prom_text(prom_text(prom_text(to, name), "{"), label),
		       "=\"");
	to = prom_text(append_label(to, value, strlen(value)), "\"}");
	return append_number(to, "", number);
}

char *promfile_time(char *to, const struct timespec *time)
{
	uint64_t seconds = time->tv_sec > 0 ? (uint64_t)time->tv_sec : 0;

	*(to = decimal_write(to, seconds, 1)) = '.';
	return decimal_write(to + 1, (uint64_t)time->tv_nsec / 1000000, 3);
}

static char *append_time(char *to, const char *name, const char *help,
			 const struct timespec *time)
{
	to = prom_text(prom_text(append_head(to, name, "gauge", help), name),
		       " ");
	return prom_text(promfile_time(to, time), "\n");
}

static char *add_version(char *to, const struct promfile_facts *f)
{
	size_t len = strlen(f->version);

	to = append_head(to, "udplogger_build_info", "gauge",
			 "What runs; always 1.");
	to = prom_text(to, "udplogger_build_info{version=\"");
	to = append_label(to, f->version,
			  len < VERSION_MAX ? len : VERSION_MAX);
	return prom_text(to, "\"} 1\n");
}

static char *add_received(char *to, const struct promfile_facts *f)
{
	to = append_one(to, "udplogger_datagrams_total", "counter",
			"Datagrams taken in.", f->datagrams);
	to = append_one(to, "udplogger_bytes_total", "counter",
			"Bytes of these datagrams.", f->bytes);
	to = append_one(to, "udplogger_lines_total", "counter",
			"Lines, or objects of JSON, for the log.", f->lines);
	return append_one(to, "udplogger_drops_total", "counter",
			  "Datagrams that the kernel dropped on this machine.",
			  f->drops);
}

static char *add_messages(char *to, const struct promfile_facts *f)
{
	to = append_one(to, "udplogger_messages_lost_total", "counter",
			"Messages lost on the network, by their msgids.",
			f->lost);
	to = append_one(to, "udplogger_withheld_total", "counter",
			"Records that senders left out: the sequnum has a gap, "
			"and the msgid has none.",
			f->withheld);
	to = append_one(to, "udplogger_doubles_total", "counter",
			"Datagrams that came twice.", f->doubles);
	to = append_one(to, "udplogger_late_total", "counter",
			"Messages that came after they were told as lost.",
			f->late);
	return append_one(to, "udplogger_left_out_total", "counter",
			  "Lines left out because of limit=.", f->left_out);
}

static char *add_incidents(char *to, const struct promfile_facts *f)
{
	static const char *const befores[PROMFILE_BEFORES] = {
		"panic", "planned", "silent", "unknown"
	};
	const char *name = "udplogger_incidents_total";
	unsigned i;

	to = append_head(to, name, "counter",
			 "Incidents that kernels announced, by their class.");
	for (i = CLASS_NONE + 1; i < CLASSES; i++)
		to = append_series(to, name, "class", class_name(i),
				   f->incidents[i]);
	name = "udplogger_boots_total";
	to = append_head(to, name, "counter",
			 "Boots of senders, by how the boot before had ended.");
	for (i = 0; i < PROMFILE_BEFORES; i++)
		to = append_series(to, name, "before", befores[i], f->boots[i]);
	return to;
}

static char *add_present(char *to, const struct promfile_facts *f)
{
	to = append_one(to, "udplogger_queue_bytes", "gauge",
			"Bytes of lines that wait for the disk.",
			f->queue_bytes);
	to = append_one(to, "udplogger_open_files", "gauge",
			"Log files that are open.", f->open_files);
	to = append_one(to, "udplogger_senders", "gauge",
			"Senders in the table.", f->senders);
	return append_one(to, "udplogger_evictions_total", "counter",
			  "Senders that made room for others in the table.",
			  f->evictions);
}

static char *add_files(char *to, const struct promfile_facts *f)
{
	const char *name = "udplogger_removed_files_total";
	unsigned i;

	to = append_head(to, name, "counter",
			 "Log files removed, by the option that wants it.");
	for (i = RETAIN_NOTHING + 1; i < RETAIN_REASONS; i++)
		to = append_series(to, name, "reason", retain_reason_name(i),
				   f->removed[i]);
	to = append_one(to, "udplogger_write_failing", "gauge",
			"1 while lines can't be written to their file.",
			f->write_failing);
	to = append_time(to, "udplogger_last_write_timestamp_seconds",
			 "When a log file took bytes last; 0 if none did yet.",
			 &f->last_write);
	return append_time(to, "udplogger_start_timestamp_seconds",
			   "When this run began; totals count from there.",
			   &f->started);
}

size_t promfile_head(char out[PROMFILE_HEAD_MAX],
		     const struct promfile_facts *facts)
{
	char *to = add_version(out, facts);

	to = add_messages(add_received(to, facts), facts);
	to = add_present(add_incidents(to, facts), facts);
	return (size_t)(add_files(to, facts) - out);
}

size_t promfile_heard_head(char out[PROMFILE_HOST_MAX])
{
	return (size_t)(append_head(out, HEARD, "gauge",
				    "When a sender that hosts= names was heard "
				    "last.") -
			out);
}

size_t promfile_lines_head(char out[PROMFILE_HOST_MAX])
{
	return (size_t)(append_head(out, LINES, "counter",
				    "Lines of a sender that hosts= names.") -
			out);
}

static char *append_host(char *to, const char *metric, const char *name,
			 size_t len)
{
	to = prom_text(prom_text(to, metric), "{host=\"");
	return prom_text(append_label(to, name, len), "\"} ");
}

size_t promfile_heard(char out[PROMFILE_HOST_MAX], const char *name, size_t len,
		      const struct timespec *heard)
{
	char *to = promfile_time(append_host(out, HEARD, name, len), heard);

	return (size_t)(prom_text(to, "\n") - out);
}

size_t promfile_lines(char out[PROMFILE_HOST_MAX], const char *name, size_t len,
		      uint64_t lines)
{
	char *to = decimal_write(append_host(out, LINES, name, len), lines, 1);

	return (size_t)(prom_text(to, "\n") - out);
}
