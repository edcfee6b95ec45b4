/* world - an engine on the kernel of fakesys; see world.h. */
#include "world.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "configuration.h"
#include "ending.h"
#include "reload.h"
#include "rig.h"
#include "settings.h"
#include "signals.h"

#define HELD_BYTES 65536

struct engine engine;

#define LARGEST "{host}/%Y-%m-%d.log" /* needs the most memory */

static struct diag diag;
static struct openfile_common file_settings;
static void *collector_memory, *rx_memory, *writer_memory;
static void *table_memory, *blocks, *hosts_memory, *state_memory;
static size_t state_memory_bytes;

static struct configuration configuration;
static struct settings *const settings = &configuration.options.settings;
static struct reload reload;
static void *retain_memory, *earlier_memory;

static const struct settings initial = {
	.clients = WORLD_CLIENTS,
	.wbuf_bytes = WORLD_WBUF_BYTES,
	.held_bytes = HELD_BYTES,
	.timeout_ms = WORLD_TIMEOUT_MS,
	.queue_bytes = WORLD_SPOOL_BYTES,
	.files = WORLD_CLIENTS,
	.extended = true,
	.reorder_ms = WORLD_REORDER_MS,
};

static size_t collector_size(void)
{
	return (collector_bytes(settings) + SOURCE_BYTES - 1) / SOURCE_BYTES *
	       SOURCE_BYTES;
}

bool world_take_memory(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	*settings = initial;
	settings->incidents = true;
	filename_compile(&settings->file, LARGEST);
	collector_memory = aligned_alloc(SOURCE_BYTES, collector_size());
	rx_memory = calloc(1, netrx_bytes());
	writer_memory = rig_memory(agenda_bytes(filetable_capacity(settings)));
	table_memory = rig_memory(filetable_bytes(settings));
	blocks = rig_memory(WORLD_SPOOL_BYTES);
	hosts_memory = calloc(1, hostsfile_bytes("/hosts"));
	settings->conf = "/my.conf";
	retain_memory = calloc(1, retain_bytes(settings));
	earlier_memory = calloc(1, earlier_bytes(settings));
	settings->conf = NULL;
	return collector_memory && rx_memory && hosts_memory && retain_memory &&
	       earlier_memory;
}

void world_give_memory(void)
{
	fake_reset();
	free(collector_memory);
	free(rx_memory);
	free(writer_memory);
	free(hosts_memory);
	free(state_memory);
	state_memory = NULL;
	state_memory_bytes = 0;
	free(retain_memory);
	free(earlier_memory);
	free(table_memory);
	free(blocks);
}

static void set_up_intake(void)
{
	engine.intake = (struct intake){
		.sys = &fakesys,
		.diag = &diag,
		.collector = &engine.collector,
		.writer = &engine.writer,
	};
	netrx_init(&engine.intake.rx, &fakesys, rx_memory);
	world_add_socket(6666);
}

void world_add_socket(uint16_t port)
{
	const struct srcaddr local = rig_source(1, port);

	intake_add(&engine.intake, fake_udp(), &local, NETRX_SKIP_BYTES);
	intake_choose_stamps(&engine.intake, false);
}

static void set_up_files(const struct world_files *files)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 3, 5 };

	filename_compile(&settings->file, files->pattern);
	settings->files = files->most;
	memset(table_memory, 0, filetable_bytes(settings));
	filetable_init(&engine.files, settings, keys, table_memory, blocks);
	memset(writer_memory, 0, agenda_bytes(engine.files.capacity));
	writer_init(&engine.writer, &engine.files, &file_settings,
		    files->open_most, writer_memory);
}

void world_reset(time_t wall)
{
	static const struct world_files days = {
		.pattern = "%Y-%m-%d.log",
		.most = 1,
		.open_most = 8,
	};

	world_reset_files(wall, &days);
}

void world_reset_files(time_t wall, const struct world_files *files)
{
	static const uint64_t hash_keys[SRCADDR_HASH_KEYS] = { 1, 3, 5, 7, 11 };

	fake_reset();
	fake_set_wall(wall);
	signals_stop = 0;
	signals_reopen = 0;
	signals_counts = 0;
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	file_settings = (struct openfile_common){
		.sys = &fakesys,
		.diag = &diag,
		.names = { .dir = "/log" },
		.rules = { .sys = &fakesys, .mode = 0600 },
	};
	memset(&engine, 0, sizeof(engine));
	*settings = initial;
	settings->incidents = files->incidents;
	configuration.latest = 0;
	memset(collector_memory, 0, collector_size());
	engine.sys = &fakesys;
	engine.diag = &diag;
	pace_init(&engine.pace, LONG_MAX);
	set_up_files(files);
	collector_init(&engine.collector, settings, hash_keys, collector_memory,
		       &engine.files, NULL);
	set_up_intake();
	report_init(&engine.report, &diag, &engine.intake, &engine.retain);
	engine.life = (struct life){
		.sys = &fakesys,
		.collector = &engine.collector,
		.dir = "/log",
	};
	zone_init(&engine.zone, &fakesys);
}

bool engine_run(struct engine *e)
{
	engine_serve(e);
	return ending_finish(e);
}

void world_read_hosts(const char *path)
{
	memset(hosts_memory, 0, hosts_bytes());
	memset((char *)hosts_memory + hostsfile_bytes(path) / 2, 0,
	       hosts_bytes());
	hostsfile_init(&engine.hosts, &fakesys, &diag, path, hosts_memory);
}

void world_write_state(void)
{
	const struct state_setup setup = {
		.sys = &fakesys,
		.diag = &diag,
		.dir = "/run",
		.version = "1.2.3",
		.intake = &engine.intake,
		.retain = &engine.retain,
	};
	struct settings with_run = *settings;
	size_t bytes;

	with_run.run = "/run";
	bytes = state_bytes(&with_run);
	/* Many stories want it; to fetch 14 MB for each takes its time. */
	if (bytes != state_memory_bytes) {
		free(state_memory);
		state_memory = rig_memory(bytes);
		state_memory_bytes = bytes;
	} else {
		memset(state_memory, 0, bytes);
	}
	state_init(&engine.state, &with_run, &setup, state_memory);
	state_begin(&engine.state, sys_monotonic_ms(&fakesys));
}

static bool is_open(const void *writer, const char *name, const struct stat *st)
{
	return writer_has_open(writer, name, st);
}

void world_read_settings(void)
{
	static char name[] = "udplogger", conf[] = "conf=" WORLD_CONF;
	static char *argv[] = { name, conf, NULL };
	const struct retain_setup setup = {
		.sys = &fakesys,
		.diag = &diag,
		.settings = settings,
		.dir = "/log",
		.is_open = is_open,
		.context = &engine.writer,
		.key = 7,
	};

	settings->conf = WORLD_CONF;
	configuration.sys = &fakesys;
	configuration.argc = 2;
	configuration.argv = argv;
	configuration.dir = "/log";
	configuration.hosts = &engine.hosts;
	file_settings.link = (struct link){ .sys = &fakesys,
					    .diag = &diag,
					    .pattern = &settings->file };
	if (!engine.hosts.memory)
		hostsfile_init(&engine.hosts, &fakesys, &diag, NULL,
			       hosts_memory);
	retain_init(&engine.retain, &setup, retain_memory);
	earlier_init(&engine.earlier, &fakesys, &diag, &engine.files, "/log",
		     earlier_memory);
	reload = (struct reload){
		.configuration = &configuration,
		.diag = &diag,
		.files = &file_settings,
		.table = &engine.files,
		.earlier = &engine.earlier,
		.retain = &engine.retain,
		.collector = &engine.collector,
		.hosts = &engine.hosts,
		.intake = &engine.intake,
	};
	engine.reload = reload_settings;
	engine.reload_context = &reload;
}
