/* filetable - the files that lines go to; see filetable.h. */
#include "filetable.h"

#include <string.h>

#include "carve.h"
#include "hosts.h"
#include "incidentsfile.h"
#include "settings.h"

#define DAYS	     16 /* entries, if all senders share a file; two a day */
#define ENTRIES_MORE 1024 /* than two for each sender, and */
#define ENTRIES_MOST 131072

/* With conf= the pattern may become one by sender. */
static bool may_be_by_sender(const struct settings *settings)
{
	return settings->file.by_sender || settings->conf;
}

uint32_t filetable_capacity(const struct settings *settings)
{
	unsigned long entries = 2 * settings->clients + ENTRIES_MORE;

	if (!may_be_by_sender(settings))
		return DAYS;
	return (uint32_t)(entries < ENTRIES_MOST ? entries : ENTRIES_MOST);
}

/* A power of two, so that chains, and ways to a free place, stay short. */
static uint32_t power_above(uint32_t count)
{
	uint32_t power = 16;

	while (power < 2 * count)
		power *= 2;
	return power;
}

/* Files of unnamed senders in a period. */
static uint32_t unnamed_most(const struct settings *settings)
{
	return may_be_by_sender(settings) ? (uint32_t)settings->files : 0;
}

static uint32_t senders_of(const struct settings *settings)
{
	return may_be_by_sender(settings) ? (uint32_t)settings->clients : 0;
}

static size_t name_bytes_of(const struct settings *settings)
{
	size_t least = settings->conf ? filename_moderate.max
				      : incidentsfile_pattern.max;

	return settings->file.max < least ? least : settings->file.max;
}

size_t filetable_bytes(const struct settings *settings)
{
	uint32_t capacity = filetable_capacity(settings);

	return carve_bytes((capacity + 1) * sizeof(struct filetable_file)) +
	       carve_bytes((size_t)capacity * name_bytes_of(settings)) +
	       carve_bytes(senders_of(settings) *
			   sizeof(struct filetable_sender)) +
	       carve_bytes(power_above(capacity) * sizeof(uint32_t)) +
	       carve_bytes(unnamed_bytes(unnamed_most(settings))) +
	       2 * carve_bytes(ilist_bytes(capacity));
}

static void begin_blocks(struct filetable *t, void *memory)
{
	pool_init(&t->blocks, memory, t->blocks_bytes,
		  t->pattern->by_sender ? OUTQ_SMALL_BYTES : OUTQ_BLOCK_BYTES);
}

/* Behind the last entry is one that never is a file's. */
void filetable_change(struct filetable *t)
{
	t->latest = t->capacity;
	memset(t->senders, 0, t->sender_count * sizeof(*t->senders));
	/* While lines wait, blocks stay as large as they are. */
	if (t->blocks.used == 0)
		begin_blocks(t, t->blocks.memory);
}

void filetable_init(struct filetable *t, const struct settings *settings,
		    const uint64_t hash_keys[FILETABLE_HASH_KEYS], void *memory,
		    void *blocks)
{
	uint32_t capacity = filetable_capacity(settings);
	uint32_t buckets = power_above(capacity);
	char *at = memory;

	*t = (struct filetable){
		.pattern = &settings->file,
		.bucket_mask = buckets - 1,
		.capacity = capacity,
		.name_bytes = name_bytes_of(settings),
		.sender_count = senders_of(settings),
		.blocks_bytes = settings->queue_bytes,
	};
	begin_blocks(t, blocks);
	memcpy(t->hash_keys, hash_keys, sizeof(t->hash_keys));
	t->files = carve(&at, (capacity + 1) * sizeof(struct filetable_file));
	t->names = carve(&at, (size_t)capacity * t->name_bytes);
	t->senders =
		carve(&at, t->sender_count * sizeof(struct filetable_sender));
	t->buckets = carve(&at, buckets * sizeof(uint32_t));
	memset(t->buckets, 0xff, buckets * sizeof(uint32_t));
	unnamed_init(&t->unnamed, unnamed_most(settings),
		     carve(&at, unnamed_bytes(unnamed_most(settings))));
	ilist_init(&t->dirty, carve(&at, ilist_bytes(capacity)));
	ilist_init(&t->idle, carve(&at, ilist_bytes(capacity)));
}

/*
 * Senders choose their addresses, but don't know the keys: names that fall into
 * one bucket can't be made on purpose.  Never 0.
 */
static uint64_t hash_name(const struct filetable *t, const char *name,
			  size_t len)
{
	uint64_t hash = t->hash_keys[0] ^ len;

	while (len > 0) {
		size_t n = len < sizeof(uint64_t) ? len : sizeof(uint64_t);
		uint64_t word = 0;

		memcpy(&word, name, n);
		hash = (hash ^ word) * (t->hash_keys[1] | 1);
		hash ^= hash >> 32;
		name += n;
		len -= n;
	}
	return hash == 0 ? 1 : hash;
}

static uint32_t *bucket_for(struct filetable *t, uint64_t hash)
{
	return &t->buckets[hash & t->bucket_mask];
}

static uint32_t find_file(const struct filetable *t, const char *name,
			  uint64_t hash)
{
	uint32_t number = t->buckets[hash & t->bucket_mask];

	while (number != FILETABLE_NONE &&
	       (t->files[number].hash != hash ||
		strcmp(filetable_name(t, number), name) != 0))
		number = t->files[number].chain;
	return number;
}

static void leave_bucket(struct filetable *t, uint32_t number)
{
	uint32_t *link = bucket_for(t, t->files[number].hash);

	while (*link != number)
		link = &t->files[*link].chain;
	*link = t->files[number].chain;
}

/* An entry that nobody needs. */
static uint32_t free_entry(struct filetable *t)
{
	uint32_t number = t->idle.first;

	if (t->count < t->capacity)
		return t->count++;
	if (number == ILIST_NONE)
		return FILETABLE_NONE;
	ilist_remove(&t->idle, number);
	leave_bucket(t, number);
	return number;
}

static uint32_t add_file(struct filetable *t, const char *name, size_t len,
			 uint64_t hash, uint32_t period)
{
	uint32_t number = free_entry(t);
	uint32_t *bucket = bucket_for(t, hash);

	if (number == FILETABLE_NONE)
		return number;
	memcpy(t->names + (size_t)number * t->name_bytes, name, len + 1);
	t->files[number] = (struct filetable_file){
		.hash = hash,
		.chain = *bucket,
		.period = period,
		.serial = ++t->serial,
	};
	outq_init(&t->files[number].queue, &t->blocks);
	*bucket = number;
	return number;
}

void filetable_count(struct filetable *t, uint32_t period, const char *name)
{
	if (t->pattern->by_sender)
		unnamed_may_have(&t->unnamed, period,
				 hash_name(t, name, strlen(name)));
}

/* Has @line go to the file of a host of ours. */
static void set_host(struct filename_parts *parts, const char *host)
{
	parts->host = parts->address = host;
	parts->host_len = parts->address_len = strlen(host);
	parts->port = 0;
}

static uint32_t find_or_add(struct filetable *t,
			    const struct filetable_line *line)
{
	struct filename_parts parts = {
		.period = line->period,
		.host = line->host,
		.host_len = line->host_len,
		.address = line->address,
		.address_len = line->address_len,
		.port = line->port,
		.local = line->local,
	};
	char name[FILENAME_BYTES];
	uint32_t number;
	uint64_t hash;
	size_t len;

	if (line->source == FILETABLE_NONE)
		set_host(&parts, HOSTS_UDPLOGGER);
	len = filename_write(t->pattern, &parts, name);
	hash = hash_name(t, name, len);
	if (t->pattern->by_sender && line->source != FILETABLE_NONE &&
	    !line->named &&
	    !unnamed_may_have(&t->unnamed, line->period, hash)) {
		t->shares = true;
		set_host(&parts, HOSTS_OTHERS);
		len = filename_write(t->pattern, &parts, name);
		hash = hash_name(t, name, len);
	}
	number = find_file(t, name, hash);
	if (number == FILETABLE_NONE)
		number = add_file(t, name, len, hash, line->period);
	return number;
}

/* The file that @line's sender had last, if it is still that. */
static uint32_t remembered(const struct filetable *t,
			   const struct filetable_line *line)
{
	uint32_t file = t->latest;

	if (t->count == 0)
		return FILETABLE_NONE;
	if (t->pattern->by_sender) {
		const struct filetable_sender *sender;

		if (line->source == FILETABLE_NONE)
			return FILETABLE_NONE;
		sender = &t->senders[line->source];
		file = sender->file;
		if (sender->serial == 0 || sender->names != line->names ||
		    t->files[file].serial != sender->serial)
			return FILETABLE_NONE;
	}
	return t->files[file].period == line->period ? file : FILETABLE_NONE;
}

uint32_t filetable_choose(struct filetable *t,
			  const struct filetable_line *line)
{
	uint32_t file = remembered(t, line);

	if (file == FILETABLE_NONE) {
		file = find_or_add(t, line);
		if (file == FILETABLE_NONE)
			return file;
		if (t->pattern->by_sender && line->source != FILETABLE_NONE)
			t->senders[line->source] = (struct filetable_sender){
				.file = file,
				.serial = t->files[file].serial,
				.names = line->names,
			};
	}
	t->latest = file;
	filetable_soil(t, file);
	return file;
}

uint32_t filetable_incidents(struct filetable *t, uint32_t day)
{
	const struct filename_parts parts = { .period = STAMP_PERIOD(day, 0) };
	char name[FILENAME_BYTES];
	size_t len = filename_write(&incidentsfile_pattern, &parts, name);
	uint64_t hash = hash_name(t, name, len);
	uint32_t file = find_file(t, name, hash);

	if (file == FILETABLE_NONE)
		file = add_file(t, name, len, hash, INCIDENTSFILE_PERIOD(day));
	if (file != FILETABLE_NONE)
		filetable_soil(t, file);
	return file;
}

uint32_t filetable_find(const struct filetable *t, const char *name)
{
	return find_file(t, name, hash_name(t, name, strlen(name)));
}

void filetable_forget(struct filetable *t, uint32_t source)
{
	if (t->pattern->by_sender)
		t->senders[source].serial = 0;
}

void filetable_soil(struct filetable *t, uint32_t file)
{
	struct filetable_file *f = &t->files[file];

	if (f->idle)
		ilist_remove(&t->idle, file);
	f->idle = false;
	if (!f->dirty) {
		ilist_append(&t->dirty, file);
		t->dirty_count++;
		f->dirty_ms = 0;
	}
	f->dirty = true;
}

void filetable_clean(struct filetable *t, uint32_t file)
{
	struct filetable_file *f = &t->files[file];

	if (f->dirty) {
		ilist_remove(&t->dirty, file);
		t->dirty_count--;
	}
	f->dirty = false;
}

void filetable_release(struct filetable *t, uint32_t file)
{
	filetable_clean(t, file);
	if (!t->files[file].idle)
		ilist_append(&t->idle, file);
	t->files[file].idle = true;
}

bool filetable_is_used(const struct filetable *t, uint32_t file)
{
	const struct outq *queue = &t->files[file].queue;

	return outq_waiting(queue) > 0 || outq_passed(queue) > 0 ||
	       outq_aside(queue) > 0;
}

size_t filetable_waiting(const struct filetable *t)
{
	size_t bytes = 0;
	uint32_t i;

	for (i = 0; i < t->count; i++)
		bytes += outq_waiting(&t->files[i].queue);
	return bytes;
}

size_t filetable_lines(const struct filetable *t)
{
	size_t lines = 0;
	uint32_t i;

	for (i = 0; i < t->count; i++)
		lines += outq_lines(&t->files[i].queue);
	return lines;
}

bool filetable_is_any_used(const struct filetable *t)
{
	uint32_t i;

	for (i = 0; i < t->count; i++)
		if (filetable_is_used(t, i))
			return true;
	return false;
}
