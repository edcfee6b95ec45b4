/* world - an engine on the kernel of fakesys; see world.h. */
#include "world.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "settings.h"
#include "signals.h"

#define HELD_BYTES 65536

struct engine engine;

#define WORLD_FILES 8

static struct diag diag;
static struct filetable files; /* as it begins */
static struct openfile_common file_settings;
static void *collector_memory, *rx_memory, *writer_memory;

static const struct settings settings = {
	.clients = WORLD_CLIENTS,
	.wbuf_bytes = WORLD_WBUF_BYTES,
	.held_bytes = HELD_BYTES,
	.timeout_ms = WORLD_TIMEOUT_MS,
	.extended = true,
	.reorder_ms = WORLD_REORDER_MS,
};

static size_t collector_size(void)
{
	return (collector_bytes(&settings) + SOURCE_BYTES - 1) / SOURCE_BYTES *
	       SOURCE_BYTES;
}

bool world_take_memory(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	collector_memory = aligned_alloc(SOURCE_BYTES, collector_size());
	rx_memory = calloc(1, netrx_bytes());
	writer_memory = rig_memory(agenda_bytes(WORLD_FILES));
	rig_files_init(&files, WORLD_SPOOL_BYTES);
	return collector_memory && rx_memory;
}

void world_give_memory(void)
{
	fake_reset();
	free(collector_memory);
	free(rx_memory);
	free(writer_memory);
	rig_files_free(&files);
}

static void set_up_intake(void)
{
	engine.intake = (struct intake){
		.sys = &fakesys,
		.diag = &diag,
		.collector = &engine.collector,
		.writer = &engine.writer,
	};
	drops_init(&engine.intake.drops, &fakesys, fake_udp());
	netrx_init(&engine.intake.rx, &fakesys, engine.intake.drops.fd,
		   &engine.intake.drops, rx_memory);
	netrx_skip(&engine.intake.rx, true);
}

void world_reset(time_t wall)
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
		.dir = "/log",
		.rules = { .sys = &fakesys, .mode = 0600 },
	};
	memset(&engine, 0, sizeof(engine));
	memset(collector_memory, 0, collector_size());
	engine.sys = &fakesys;
	engine.diag = &diag;
	engine.pause_us = PACE_PAUSE_US;
	rig_files_reset(&files);
	engine.files = files;
	memset(writer_memory, 0, agenda_bytes(WORLD_FILES));
	collector_init(&engine.collector, &settings, hash_keys,
		       collector_memory, &engine.files, NULL);
	writer_init(&engine.writer, &engine.files, &file_settings, WORLD_FILES,
		    writer_memory);
	set_up_intake();
	zone_init(&engine.zone, &fakesys);
}
