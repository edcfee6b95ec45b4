/*
 * fuzz_archive - --incidents and --show, over files of a day.
 *
 * The input is lines of the log and of the file of incidents, in the order of
 * time; or whatever bytes.  A model knows which lines are of the sender that is
 * asked for: all of them are shown; each is of one boot, and boots come one
 * after the other; and the lines of an incident are a part of them.
 */
#include "archive.h"
#include "asked.h"
#include "caselist.h"
#include "printed.h"
#include "runfiles.h"
#include "show.h"
#include "sys.h"

#include <fcntl.h>
#include <stdarg.h>

#include "common.h"
#include "model.h"

#define NAME	   "2026-11-28"
#define SENDER	   "10.0.0.1:6665"
#define BEGIN_S	   36000 /* of the day */
#define LINES_MOST 48 /* as each incident is asked for */
#define ASKED_MOST 16

static struct archive archive = { .sys = &sys_linux };
static struct model_bytes log_file, incidents_file;
static struct model_bytes wanted; /* lines of the sender */
static unsigned boots;

static void remove_files(void)
{
	unlink(runfiles_path(NAME ".log"));
	unlink(runfiles_path(NAME ".incidents"));
	runfiles_remove();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "UTC0", 1);
	tzset();
	runfiles_make();
	atexit(remove_files);
	archive.diag.sys = &sys_linux;
	archive.diag.out.fd = open("/dev/null", O_WRONLY);
	return 0;
}

/* The answer to a question, which ends well; its exit status in *@status. */
static const char *ask(size_t *len, int *status, const char *mode,
		       const char *option)
{
	char dir[64], error[ERROR_MAX];
	char *argv[] = { "udplogger",	 (char *)mode,	 dir,
			 "host=" SENDER, (char *)option, NULL };
	const char *text;

	snprintf(dir, sizeof(dir), "dir=%s", runfiles);
	MUST(asked_read(&archive.question, &sys_linux, 5, argv, "/nonexistent",
			1796000100, error) == 0);
	MUST(archive_open(&archive, error) == 0);
	printed_begin();
	*status = archive.question.mode == QUESTION_SHOW
			  ? show_answer(&archive)
			  : caselist_answer(&archive);
	text = printed_end(len);
	archive_close(&archive);
	asked_forget(&archive.question);
	MUST(*status == ANSWER_FOUND || *status == ANSWER_NONE);
	return text;
}

static void put_format(struct model_bytes *to, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	model_append(to, text, strlen(text));
}

static const char *const senders[] = { SENDER, "10.0.0.1:6666", "web1",
				       "10.0.0.11:6665" };

/* What is no end of a line. */
static void put_text(struct model_bytes *to, struct input *in, size_t most)
{
	size_t len, i;
	const uint8_t *bytes = input_bytes(in, most, &len);

	for (i = 0; i < len; i++)
		model_append(to,
			     bytes[i] == '\n' ? " " : (const char *)&bytes[i],
			     1);
}

static void put_log_line(struct input *in, unsigned code, const char *stamp,
			 const char *sender)
{
	static const char *const texts[] = {
		"[    0.000000] Linux version 6.1 (a@b)",
		"BUG: title",
		"udplogger: sender booted",
		"its line",
		"",
	};
	size_t before = log_file.len;

	put_format(&log_file, "%s %s %s", stamp, sender, texts[code % 5]);
	put_text(&log_file, in, code / 5 % 8);
	model_append(&log_file, "\n", 1);
	if (strcmp(sender, SENDER) == 0)
		model_append(&wanted, log_file.at + before,
			     log_file.len - before);
}

static void put_incident(struct input *in, unsigned code, const char *stamp,
			 const char *sender)
{
	put_format(&incidents_file, "%s %s ", stamp, sender);
	switch (code % 8) {
	case 0:
	case 1:
		put_format(&incidents_file, "boot: 6.1, before that silent");
		boots += strcmp(sender, SENDER) == 0;
		break;
	case 2:
		put_format(&incidents_file, "oops: BUG: title");
		break;
	case 3:
		put_format(&incidents_file,
			   "oops ended (silence): %u lines, 1.5 s, 2 lost",
			   code / 8);
		break;
	case 4:
		put_format(&incidents_file, "panic: its line");
		break;
	case 5:
		put_format(&incidents_file,
			   "panic ended (limit): %u lines, 0.0 s, 0 lost, "
			   "after oops",
			   code / 8);
		break;
	default:
		put_text(&incidents_file, in, code / 8);
	}
	model_append(&incidents_file, "\n", 1);
}

static void put_lines(struct input *in)
{
	unsigned second = BEGIN_S, lines = 0;
	char stamp[32];

	while (in->left > 0 && lines++ < LINES_MOST) {
		unsigned code = input_byte(in);
		const char *sender =
			senders[code / 4 % 8 < 5 ? 0 : code / 4 % 4];

		second += code % 4 > 1 ? code % 4 - 1 : 0;
		snprintf(stamp, sizeof(stamp), NAME " %02u:%02u:%02u",
			 second / 3600, second / 60 % 60, second % 60);
		if (code >= 128)
			put_incident(in, input_byte(in), stamp, sender);
		else
			put_log_line(in, input_byte(in), stamp, sender);
	}
}

/* All lines; and those of each boot, one after the other. */
static void check_lines(void)
{
	const char *text;
	char option[32];
	size_t len, at = 0;
	int status;
	unsigned back;

	text = ask(&len, &status, "--show", "conf=none");
	MUST(status == (wanted.len > 0 ? ANSWER_FOUND : ANSWER_NONE));
	MUST(len == wanted.len);
	MUST(len == 0 || memcmp(text, wanted.at, len) == 0);
	for (back = boots + 1; back-- > 0;) {
		snprintf(option, sizeof(option), "boot=%s%u",
			 back > 0 ? "-" : "", back);
		text = ask(&len, &status, "--show", option);
		MUST(len <= wanted.len - at);
		MUST(len == 0 || memcmp(text, wanted.at + at, len) == 0);
		at += len;
	}
	MUST(at == wanted.len);
}

/* Objects, each on a line that is safe, with numbers from 1 on. */
static unsigned check_objects(void)
{
	const char *path = getenv("FUZZ_JSON");
	FILE *file = path ? fopen(path, "ab") : NULL;
	unsigned count = 0;
	const char *text;
	char begin[32];
	size_t len;
	int status;

	text = ask(&len, &status, "--incidents", "format=json");
	if (file) {
		fwrite(text, 1, len, file);
		fclose(file);
	}
	MUST((status == ANSWER_FOUND) == (len > 0));
	for (; len > 0; count++) {
		const char *lf = memchr(text, '\n', len);

		MUST(lf && reference_is_safe(text, (size_t)(lf - text)));
		snprintf(begin, sizeof(begin), "{\"number\":");
		MUST(strncmp(text, begin, strlen(begin)) == 0);
		len -= (size_t)(lf + 1 - text);
		text = lf + 1;
	}
	return count;
}

static void check_incidents(bool known)
{
	unsigned count = check_objects();
	char option[32];
	const char *text;
	size_t len;
	int status;

	for (count = count < ASKED_MOST ? count : ASKED_MOST; count > 0;
	     count--) {
		snprintf(option, sizeof(option), "incident=%u", count);
		text = ask(&len, &status, "--show", option);
		MUST(!known || len == 0 ||
		     (wanted.at && memmem(wanted.at, wanted.len, text, len)));
	}
	ask(&len, &status, "--show", "incident=last");
	ask(&len, &status, "--show", "plain=yes");
	text = ask(&len, &status, "--incidents", "format=text");
	for (; len > 0; len--, text++)
		MUST(*text == '\n' || reference_is_safe(text, 1) ||
		     (unsigned char)*text >= 0x80);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	bool known = input_byte(&in) % 4 > 0;

	log_file.len = incidents_file.len = wanted.len = 0;
	boots = 0;
	if (known) {
		put_lines(&in);
	} else {
		size_t n = input_u16(&in);
		const uint8_t *part = input_bytes(&in, n, &n);

		model_append(&log_file, part, n);
		model_append(&incidents_file, in.bytes, in.left);
	}
	runfiles_put(NAME ".log", log_file.at, log_file.len);
	runfiles_put(NAME ".incidents", incidents_file.at, incidents_file.len);
	if (known)
		check_lines();
	check_incidents(known);
	return 0;
}
