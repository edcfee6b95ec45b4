/*
 * udplogger - receives netconsole, writes lines, one file per day.
 *
 * L3: the only place that knows every room.  Options, socket, privileges,
 * memory, and then the engine.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "banner.h"
#include "configuration.h"
#include "console.h"
#include "descriptors.h"
#include "diag.h"
#include "earlier.h"
#include "ending.h"
#include "engine.h"
#include "listening.h"
#include "logdir.h"
#include "memory.h"
#include "options.h"
#include "privilege.h"
#include "random.h"
#include "reload.h"
#include "rundir.h"
#include "settings.h"
#include "signals.h"
#include "sockets.h"
#include "state.h"
#include "sys.h"
#include "today.h"
#include "usage.h"

#ifndef UDPLOGGER_VERSION
#define UDPLOGGER_VERSION "unknown"
#define UDPLOGGER_CONF	  "/etc/udplogger.conf"
#endif

/* Exit statuses; 64 and 74 are EX_USAGE and EX_IOERR of sysexits.h. */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 64, EXIT_LOST = 74 };
#define GO_ON (-1)

struct daemon {
	const struct sys *sys;
	struct diag diag;
	struct diag on_stdout; /* for --check */
	struct configuration conf;
	const struct settings *settings; /* of @conf */
	struct privilege privilege;
	struct sockets sockets;
	struct console out;
	struct openfile_common file_settings;
	struct engine engine;
	struct reload reload;
	char dir[PATH_MAX];
	char run[PATH_MAX];
};

/* One line on stderr, then @status to exit with. */
static int refuse(struct daemon *d, int status, const char *error)
{
	diag_error(&d->diag, "%s", error);
	return status;
}

/* Writes into @error which file of today can't be opened, and @why. */
static void name_file(const struct daemon *d, const char *why, char *error)
{
	char path[LOGNAME_PATH_MAX];

	today_path(path, &d->settings->file, d->dir, engine_period(&d->engine));
	snprintf(error, ERROR_MAX, "dir=%.100s: unable to open %.700s: %s",
		 d->settings->dir, path, why);
}

#define HASH_KEYS (SRCADDR_HASH_KEYS + FILETABLE_HASH_KEYS)

/* Whether lines are shown on stdout, too. */
static bool is_shown(const struct daemon *d)
{
	return d->settings->tee == SETTINGS_TEE_YES ||
	       (d->settings->tee == SETTINGS_TEE_AUTO && d->out.is_terminal);
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
		.settings = d->settings,
		.dir = d->dir,
		.is_open = is_open,
		.context = &d->engine.writer,
		.key = key,
	};

	retain_init(&d->engine.retain, &setup, memory);
}

/* What it tells of its own work, on stderr and below run=. */
static void set_up_reports(struct daemon *d, void *memory)
{
	struct engine *e = &d->engine;
	const struct state_setup setup = {
		.sys = d->sys,
		.diag = &d->diag,
		.dir = d->run,
		.version = UDPLOGGER_VERSION,
		.intake = &e->intake,
		.retain = &e->retain,
	};

	report_init(&e->report, &d->diag, &e->intake, &e->retain);
	state_init(&e->state, d->settings, &setup, memory);
}

static void set_up_reload(struct daemon *d)
{
	struct engine *e = &d->engine;

	d->conf.dir = d->dir;
	d->conf.hosts = &e->hosts;
	d->reload = (struct reload){
		.configuration = &d->conf,
		.diag = &d->diag,
		.files = &d->file_settings,
		.table = &e->files,
		.earlier = &e->earlier,
		.retain = &e->retain,
		.collector = &e->collector,
		.hosts = &e->hosts,
		.intake = &e->intake,
	};
	e->reload = reload_settings;
	e->reload_context = &d->reload;
}

static void set_up_inlets(struct daemon *d)
{
	struct intake *in = &d->engine.intake;

	sockets_feed(&d->sockets, in);
	d->engine.adopted = d->sockets.adopted;
	d->engine.collector.sources.tells_local = in->count > 1;
	intake_choose_stamps(in, settings_stamps_iso(d->settings));
}

static bool set_up_engine(struct daemon *d, char *why)
{
	const struct settings *settings = d->settings;
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
	earlier_init(&e->earlier, d->sys, &d->diag, &e->files, d->dir,
		     memory.counted);
	e->intake = (struct intake){
		.sys = d->sys,
		.diag = &d->diag,
		.collector = &e->collector,
		.writer = &e->writer,
	};
	netrx_init(&e->intake.rx, d->sys, memory.received);
	e->intake.rx.by_address = settings->by_address;
	set_up_inlets(d);
	set_up_reload(d);
	e->sys = d->sys;
	e->diag = &d->diag;
	e->sockets = &d->sockets;
	e->life = (struct life){ .sys = d->sys,
				 .collector = &e->collector,
				 .dir = d->dir };
	set_up_reports(d, memory.told);
	pace_init(&e->pace, sockets_granted(&d->sockets));
	return true;
}

/* Whether what isn't there yet is waited for; else it is an error. */
static bool waits(const struct daemon *d)
{
	return d->conf.options.mode == OPTIONS_RUN;
}

/* As the user that it runs as. */
static int check_directories(const struct daemon *d, char *error)
{
	if (logdir_check(d->sys, d->dir, "dir=", d->settings->dir, waits(d),
			 error) ||
	    (d->settings->incidents &&
	     logdir_check_incidents(d->sys, d->dir, d->settings->dir,
				    engine_period(&d->engine), waits(d),
				    error)))
		return -1;
	return rundir_check(d->sys, d->run, d->settings->run, waits(d), error);
}

/* As the user that it runs as, who reads the file again on HUP. */
static int read_hosts(struct daemon *d)
{
	struct hostsfile *hosts = &d->engine.hosts;
	char error[ERROR_MAX];
	int bad = hostsfile_begin(hosts, error);

	if (bad < 0 || (bad > 0 && d->conf.options.mode == OPTIONS_CHECK))
		return refuse(d, EXIT_USAGE, error);
	source_rename(&d->engine.collector.sources, hostsfile_table(hosts));
	return GO_ON;
}

/* Everything up to the first datagram; GO_ON, or the status to exit with. */
static int set_up(struct daemon *d)
{
	char error[ERROR_MAX];

	if (privilege_find(&d->privilege, d->settings->uid, d->settings->gid,
			   error))
		return refuse(d, EXIT_USAGE, error);
	/* Before the socket: no signal may end us while datagrams wait. */
	signals_init(&d->engine.waiting);
	if (logdir_find(d->dir, "dir=", d->settings->dir, error) ||
	    rundir_find(d->run, d->settings->run, error))
		return refuse(d, EXIT_REFUSED, error);
	if (options_check_paths(d->settings, d->dir, error))
		return refuse(d, EXIT_USAGE, error);
	if (listening_start(&(struct listening){ .sys = d->sys,
						 .settings = d->settings,
						 .sockets = &d->sockets,
						 .diag = &d->diag,
						 .signals = &d->engine.waiting,
						 .waits = waits(d) },
			    error))
		return signals_stop ? EXIT_DONE
				    : refuse(d, EXIT_REFUSED, error);
	d->file_settings = (struct openfile_common){
		.sys = d->sys,
		.diag = &d->diag,
		.names = { .dir = d->dir },
		.rules = { .sys = d->sys,
			   .mode = (mode_t)d->settings->perm,
			   .owner = d->privilege.uid },
		.link = { .sys = d->sys,
			  .diag = &d->diag,
			  .name = d->settings->link,
			  .pattern = &d->settings->file },
	};
	safeopen_hold_reserve(&d->file_settings.rules);
	/* Opens the terminal anew, too; the user of uid= may not be able to. */
	if (!set_up_engine(d, error))
		return refuse(d, EXIT_REFUSED, error);
	if (privilege_drop(&d->privilege, d->sys, error) ||
	    check_directories(d, error))
		return refuse(d, EXIT_REFUSED, error);
	configuration_warn(&d->conf, &d->diag);
	if (d->sockets.adopted)
		configuration_warn_passed(&d->conf, &d->diag);
	return read_hosts(d);
}

static struct banner banner_of(const struct daemon *d)
{
	return (struct banner){
		.sys = d->sys,
		.settings = d->settings,
		.scopes = &d->engine.intake.rx.scopes,
		.sockets = &d->sockets,
		.privilege = &d->privilege,
		.zone = &d->engine.zone,
		.dir = d->dir,
	};
}

/* The status to end with, once stdout has all. */
static int end_output(struct daemon *d, bool written)
{
	if (written && !fflush(stdout))
		return EXIT_DONE;
	diag_unwritten(&d->diag, errno);
	return EXIT_REFUSED;
}

/* What would be done, and each setting, on stdout. */
static bool say_all(struct daemon *d)
{
	const struct banner banner = banner_of(d);
	struct banner_words words;
	struct settings settings;

	d->on_stdout.sys = d->sys;
	d->on_stdout.out = d->out;
	banner_fill(&banner, &settings, &words);
	return banner_say(&banner, &d->on_stdout, "would listen on") &&
	       configuration_list(&d->conf, &settings, stdout);
}

/* --check: as far as one can go without leaving a trace. */
static int check(struct daemon *d)
{
	const struct filename *pattern = &d->settings->file;
	char path[LOGNAME_PATH_MAX];
	char why[SAFEOPEN_WHY_MAX];
	char error[ERROR_MAX];

	today_path(path, &d->settings->file, d->dir, engine_period(&d->engine));
	if (pattern->by_sender && today_check(pattern, d->sys, &d->diag, d->dir,
					      engine_period(&d->engine)) > 0)
		return EXIT_REFUSED;
	if (!pattern->by_sender && today_look(d->sys, path, why)) {
		name_file(d, why, error);
		return refuse(d, EXIT_REFUSED, error);
	}
	return end_output(d, say_all(d));
}

static int run(struct daemon *d)
{
	const struct banner banner = banner_of(d);
	char why[SAFEOPEN_WHY_MAX];
	char error[ERROR_MAX];
	int status;

	umask(0);
	if (notify_open(&d->engine.report.notify, d->sys, error))
		diag_warn(&d->diag, "%s", error);
	earlier_count(&d->engine.earlier, engine_period(&d->engine));
	if (engine_begin(&d->engine, why)) {
		name_file(d, why, error);
		return refuse(d, EXIT_REFUSED, error);
	}
	diag_begin_times(&d->diag);
	banner_say(&banner, &d->diag, "listening on");
	life_begin(&d->engine.life, sockets_lasting(&d->sockets, d->settings),
		   UDPLOGGER_VERSION);
	report_begin(&d->engine.report, sys_monotonic_ms(d->sys));
	state_begin(&d->engine.state, sys_monotonic_ms(d->sys));
	engine_serve(&d->engine);
	status = ending_finish(&d->engine) ? EXIT_DONE : EXIT_LOST;
	report_end(&d->engine.report, sys_monotonic_ms(d->sys));
	return status;
}

int main(int argc, char *argv[])
{
	static struct daemon d = { .sys = &sys_linux, .conf.sys = &sys_linux };
	char error[ERROR_MAX];
	char help[USAGE_MAX + QUESTIONS_HELP_MAX];
	int status;

	if (asked_is_question(argc, argv))
		return answers_give(&sys_linux, argc, argv, UDPLOGGER_CONF);
	signals_ignore();
	console_fill_standard(d.sys);
	diag_open(&d.diag, d.sys);
	zone_init(&d.engine.zone, d.sys);
	d.conf.argc = argc;
	d.conf.argv = argv;
	if (configuration_read(&d.conf, error))
		return refuse(&d, EXIT_USAGE, error);
	d.settings = &d.conf.options.settings;
	if (d.conf.options.mode == OPTIONS_VERSION)
		return end_output(&d, puts("udplogger " UDPLOGGER_VERSION) > 0);
	if (d.conf.options.mode == OPTIONS_HELP) {
		usage_text(help);
		questions_help(help + strlen(help));
		return end_output(&d, fputs(help, stdout) >= 0);
	}
	status = set_up(&d);
	if (status != GO_ON)
		return status;
	return d.conf.options.mode == OPTIONS_CHECK ? check(&d) : run(&d);
}
