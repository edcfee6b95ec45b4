/*
 * udplogger - receives netconsole, writes lines, one file per day.
 *
 * L3: the only place that knows every room.  Options, socket, privileges,
 * memory, and then the engine.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "banner.h"
#include "console.h"
#include "descriptors.h"
#include "diag.h"
#include "earlier.h"
#include "engine.h"
#include "listener.h"
#include "memory.h"
#include "options.h"
#include "privilege.h"
#include "random.h"
#include "service.h"
#include "settings.h"
#include "signals.h"
#include "sys.h"
#include "usage.h"

#ifndef UDPLOGGER_VERSION
#define UDPLOGGER_VERSION "unknown"
#endif

/* Exit statuses; 64 and 74 are EX_USAGE and EX_IOERR of sysexits.h. */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 64, EXIT_LOST = 74 };
#define GO_ON (-1)

struct daemon {
	const struct sys *sys;
	struct diag diag;
	struct diag on_stdout; /* for --check */
	struct options options;
	struct privilege privilege;
	struct listener listener;
	struct console out;
	struct openfile_common file_settings;
	struct engine engine;
	char dir[PATH_MAX];
};

/* One line on stderr, then @status to exit with. */
static int refuse(struct daemon *d, int status, const char *error)
{
	diag_say(&d->diag, "%s", error);
	return status;
}

/* DIR as it was given, but absolute, since messages name files by it. */
static int set_dir(struct daemon *d, char *error)
{
	const char *dir = d->options.settings.dir;
	char here[PATH_MAX] = "";
	int len;

	if (dir[0] == '/' || !getcwd(here, sizeof(here)))
		len = snprintf(d->dir, sizeof(d->dir), "%s", dir);
	else if (strcmp(dir, ".") == 0)
		len = snprintf(d->dir, sizeof(d->dir), "%s", here);
	else
		len = snprintf(d->dir, sizeof(d->dir), "%s/%s", here, dir);
	if (len < (int)sizeof(d->dir))
		return 0;
	snprintf(error, ERROR_MAX, "dir=%.100s...: %s", dir,
		 strerror(ENAMETOOLONG));
	return -1;
}

/*
 * A fault that may pass by itself is no reason not to start: writer_begin()
 * finds it again and says it.
 */
static int check_dir(struct daemon *d, char *error)
{
	struct stat st = { .st_mode = S_IFDIR };
	int reason = 0;

	if (d->sys->stat(d->dir, &st))
		reason = errno;
	else if (!S_ISDIR(st.st_mode))
		reason = ENOTDIR;
	else if (d->sys->access(d->dir, W_OK | X_OK))
		reason = errno;
	if (reason == 0 ||
	    (d->options.mode == OPTIONS_RUN && safeopen_may_pass(reason)))
		return 0;
	snprintf(error, ERROR_MAX, "dir=%.800s: unable to write there: %s",
		 d->options.settings.dir, strerror(reason));
	return -1;
}

/* The path of the present file, if all senders share one. */
static void write_path(const struct daemon *d, char path[OPENFILE_PATH_MAX])
{
	const struct filename_parts parts = {
		.period = engine_period(&d->engine),
	};
	char name[FILENAME_BYTES];

	filename_write(&d->options.settings.file, &parts, name);
	snprintf(path, OPENFILE_PATH_MAX, "%s/%s", d->dir, name);
}

/* Writes into @error which file of today can't be opened, and @why. */
static void name_file(const struct daemon *d, const char *why, char *error)
{
	char path[OPENFILE_PATH_MAX];

	write_path(d, path);
	snprintf(error, ERROR_MAX, "dir=%.100s: unable to open %.700s: %s",
		 d->options.settings.dir, path, why);
}

#define HASH_KEYS (SRCADDR_HASH_KEYS + FILETABLE_HASH_KEYS)

/* Whether lines are shown on stdout, too. */
static bool is_shown(const struct daemon *d)
{
	return d->options.settings.tee == SETTINGS_TEE_YES ||
	       (d->options.settings.tee == SETTINGS_TEE_AUTO &&
		d->out.is_terminal);
}

static bool is_open(const void *writer, const char *name, const struct stat *st)
{
	return writer_has_open(writer, name, st);
}

/* What removes old files; hashes of its own have @key. */
static void set_up_retain(struct daemon *d, uint64_t key, void *memory)
{
	const struct retain_setup setup = {
		.sys = d->sys,
		.diag = &d->diag,
		.settings = &d->options.settings,
		.dir = d->dir,
		.is_open = is_open,
		.context = &d->engine.writer,
		.key = key,
	};

	retain_init(&d->engine.retain, &setup, memory);
}

static bool set_up_engine(struct daemon *d, char *why)
{
	const struct settings *settings = &d->options.settings;
	struct engine *e = &d->engine;
	uint64_t hash_keys[HASH_KEYS] = { 1, 3, 5, 7, 9, 11, 13, 15, 17 };
	struct memory memory;

	console_open(&d->out, d->sys, STDOUT_FILENO);
	if (!memory_take(&memory, settings, is_shown(d), why))
		return false;
	/* Senders must not know the keys, or they could make hashes collide. */
	if (!random_fill(hash_keys, sizeof(hash_keys)))
		diag_warn(&d->diag, "neither getrandom() nor /dev/urandom: "
				    "senders may guess how they are hashed");
	filetable_init(&e->files, settings, hash_keys + SRCADDR_HASH_KEYS,
		       memory.tabled, memory.queued);
	if (memory.shown)
		tee_init(&e->tee, d->sys, &d->out, memory.shown);
	collector_init(&e->collector, settings, hash_keys, memory.collected,
		       &e->files, memory.shown ? &e->tee.queue : NULL);
	hostsfile_init(&e->hosts, d->sys, &d->diag, settings->hosts,
		       memory.named);
	e->collector.sources.scopes = &e->intake.rx.scopes;
	writer_init(&e->writer, &e->files, &d->file_settings,
		    descriptors_for_files(), memory.written);
	set_up_retain(d, hash_keys[0], memory.kept);
	e->intake = (struct intake){
		.sys = d->sys,
		.diag = &d->diag,
		.collector = &e->collector,
		.writer = &e->writer,
	};
	drops_init(&e->intake.drops, d->sys, d->listener.fd);
	netrx_init(&e->intake.rx, d->sys, d->listener.fd, &e->intake.drops,
		   memory.received);
	e->intake.rx.by_address = settings->by_address;
	netrx_learn_scope(&e->intake.rx, d->listener.local.scope);
	/* Stamps of whole seconds can be known without asking the kernel. */
	netrx_skip(&e->intake.rx,
		   !settings_stamps_iso(settings) &&
			   d->listener.granted_bytes >= NETRX_SKIP_BYTES);
	if (e->adopted)
		drops_adopt(&e->intake.drops);
	e->sys = d->sys;
	e->diag = &d->diag;
	e->pause_us = pace_pause_us(d->listener.granted_bytes);
	return true;
}

/* False when a signal to stop came meanwhile. */
static bool wait_a_second(struct daemon *d)
{
	static const struct timespec second = { .tv_sec = 1 };

	d->sys->pselect(0, NULL, NULL, &second, &d->engine.waiting);
	return signals_stop == 0;
}

/* An interface that isn't there yet, at boot, is waited for. */
static int open_socket(struct daemon *d, char *error)
{
	const struct settings *settings = &d->options.settings;
	bool waits = d->options.mode == OPTIONS_RUN;
	bool said = false;
	int result;

	while ((result = listener_open(&d->listener, d->sys, settings,
				       error)) == LISTENER_LATER &&
	       waits) {
		if (!said)
			diag_warn(&d->diag, "%s; it is tried again", error);
		said = true;
		waits = wait_a_second(d);
	}
	if (result == 0 && d->listener.address_waits) {
		snprintf(error, ERROR_MAX,
			 "ip=%s: no interface of this machine has this address",
			 settings->ip);
		if (d->options.mode == OPTIONS_CHECK)
			return -1;
		diag_warn(&d->diag, "%s; it is waited for", error);
	}
	return result;
}

static int listen_there(struct daemon *d, char *error)
{
	int fd = service_socket(d->sys, error);

	d->engine.adopted = fd >= 0;
	if (fd == SERVICE_REFUSED)
		return -1;
	if (d->engine.adopted)
		return listener_adopt(&d->listener, d->sys, fd,
				      &d->options.settings, error);
	return open_socket(d, error);
}

/* As the user that it runs as, who reads the file again on HUP. */
static int read_hosts(struct daemon *d)
{
	struct hostsfile *hosts = &d->engine.hosts;
	char error[ERROR_MAX];
	int bad = hostsfile_begin(hosts, error);

	if (bad < 0)
		return refuse(d, EXIT_USAGE, error);
	source_rename(&d->engine.collector.sources, hostsfile_table(hosts));
	return bad > 0 && d->options.mode == OPTIONS_CHECK ? EXIT_USAGE : GO_ON;
}

/* Everything up to the first datagram; GO_ON, or the status to exit with. */
static int set_up(struct daemon *d)
{
	char error[ERROR_MAX];

	if (privilege_find(&d->privilege, d->options.settings.uid,
			   d->options.settings.gid, error))
		return refuse(d, EXIT_USAGE, error);
	/*
	 * Handlers before the socket: no signal may end us with datagrams
	 * waiting.
	 */
	signals_init(&d->engine.waiting);
	if (set_dir(d, error) || listen_there(d, error))
		return signals_stop ? EXIT_DONE
				    : refuse(d, EXIT_REFUSED, error);
	d->file_settings = (struct openfile_common){
		.sys = d->sys,
		.diag = &d->diag,
		.dir = d->dir,
		.rules = { .sys = d->sys,
			   .mode = (mode_t)d->options.settings.perm,
			   .owner = d->privilege.uid },
	};
	safeopen_hold_reserve(&d->file_settings.rules);
	/*
	 * Also opens the terminal anew, which the user of uid= may not be able
	 * to.
	 */
	if (!set_up_engine(d, error))
		return refuse(d, EXIT_REFUSED, error);
	if (privilege_drop(&d->privilege, d->sys, error) || check_dir(d, error))
		return refuse(d, EXIT_REFUSED, error);
	return read_hosts(d);
}

static bool say_banner(struct daemon *d, struct diag *diag, const char *verb)
{
	const struct banner banner = {
		.sys = d->sys,
		.settings = &d->options.settings,
		.scopes = &d->engine.intake.rx.scopes,
		.listener = &d->listener,
		.privilege = &d->privilege,
		.zone = &d->engine.zone,
		.dir = d->dir,
		.tee = d->engine.collector.output.tee != NULL,
	};

	return banner_say(&banner, diag, verb);
}

/* --check: as far as one can go without leaving a trace. */
static int check(struct daemon *d)
{
	bool has_file = !d->options.settings.file.by_sender;
	char path[OPENFILE_PATH_MAX];
	char why[SAFEOPEN_WHY_MAX];
	char error[ERROR_MAX];
	int result;

	d->on_stdout.sys = d->sys;
	d->on_stdout.out = d->out;
	write_path(d, path);
	result = has_file ? safeopen_look(d->sys, path, why) : 0;
	if (has_file && result == 0 && d->sys->access(path, W_OK) &&
	    errno != ENOENT) {
		snprintf(why, sizeof(why), "%s", strerror(errno));
		result = -1;
	}
	if (result) {
		name_file(d, why, error);
		return refuse(d, EXIT_REFUSED, error);
	}
	return say_banner(d, &d->on_stdout, "would listen on") ? EXIT_DONE
							       : EXIT_REFUSED;
}

static int run(struct daemon *d)
{
	char why[SAFEOPEN_WHY_MAX];
	char error[ERROR_MAX];

	umask(0);
	earlier_count(&d->engine.files, d->sys, &d->diag, d->dir,
		      engine_period(&d->engine));
	if (engine_begin(&d->engine, why)) {
		name_file(d, why, error);
		return refuse(d, EXIT_REFUSED, error);
	}
	say_banner(d, &d->diag, "listening on");
	return engine_run(&d->engine) ? EXIT_DONE : EXIT_LOST;
}

static int print(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) ? EXIT_REFUSED
							 : EXIT_DONE;
}

int main(int argc, char *argv[])
{
	static struct daemon d = { .sys = &sys_linux };
	char error[ERROR_MAX];
	char help[USAGE_MAX];
	int status;

	signals_ignore();
	console_fill_standard(d.sys);
	d.diag.sys = d.sys;
	console_open(&d.diag.out, d.sys, STDERR_FILENO);
	zone_init(&d.engine.zone, d.sys);
	if (options_parse(&d.options, argc, argv, error))
		return refuse(&d, EXIT_USAGE, error);
	if (d.options.mode == OPTIONS_VERSION)
		return print("udplogger " UDPLOGGER_VERSION "\n");
	if (d.options.mode == OPTIONS_HELP) {
		usage_text(help);
		return print(help);
	}
	status = set_up(&d);
	if (status != GO_ON)
		return status;
	return d.options.mode == OPTIONS_CHECK ? check(&d) : run(&d);
}
