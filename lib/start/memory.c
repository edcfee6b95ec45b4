/* memory - all the memory that will ever be used; see memory.h. */
#include "memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector.h"
#include "earlier.h"
#include "errortext.h"
#include "filetable.h"
#include "hostsfile.h"
#include "netrx.h"
#include "retain.h"
#include "rules.h"
#include "settings.h"
#include "state.h"
#include "sys.h"
#include "tee.h"
#include "writer.h"

#define MIB	      ((size_t)1 << 20)
#define LARGE_CLIENTS 131072 /* where 2 MiB for each table are little */

/* With conf= a file of names may come later. */
static size_t hosts_bytes_of(const struct settings *settings)
{
	return hostsfile_bytes(settings->hosts ? settings->hosts
					       : settings->conf);
}

static size_t bytes_of(const struct settings *settings)
{
	return collector_bytes(settings) + netrx_bytes() +
	       settings->queue_bytes + filetable_bytes(settings) +
	       agenda_bytes(filetable_capacity(settings)) +
	       hosts_bytes_of(settings) + retain_bytes(settings) +
	       earlier_bytes(settings) + state_bytes(settings);
}

/* Sets what is called @name to its least. */
static void set_least(struct settings *settings, const char *name)
{
	const struct rule *rule = rules_find(name, strlen(name));
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, rule->min);
	rule->set(rule, settings, rule->min > 0 ? text : "none");
}

#define NAMES_MAX 100

/*
 * Names the options that are worth a MiB or more above their least: " (less
 * with smaller queue=, held=)".
 */
static void name_large(const struct settings *settings, char text[NAMES_MAX])
{
	static const char *const names[] = { "queue", "held", "clients", "wbuf",
					     "hosts" };
	const char *before = " (less with smaller ";
	size_t len = 0;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct settings least = *settings;

		set_least(&least, names[i]);
		if (bytes_of(&least) + MIB > bytes_of(settings))
			continue;
		len += (size_t)snprintf(text + len, NAMES_MAX - len,
					"%s%s=", before, names[i]);
		before = ", ";
	}
	snprintf(text + len, NAMES_MAX - len, "%s", len > 0 ? ")" : "");
}

static bool take(void **piece, size_t bytes)
{
	*piece = bytes > 0 ? sys_memory(bytes) : NULL;
	return *piece || bytes == 0;
}

/*
 * Datagrams of very many senders each find another page of the tables, and the
 * way to a page is longer than that to memory.
 */
static void enlarge_pages(const struct memory *memory,
			  const struct settings *settings)
{
	if (settings->clients < LARGE_CLIENTS)
		return;
	sys_memory_is_large(memory->collected, collector_bytes(settings));
	if (memory->told)
		sys_memory_is_large(memory->told, state_bytes(settings));
}

bool memory_take(struct memory *memory, const struct settings *settings,
		 bool shows, char why[MEMORY_WHY_MAX])
{
	size_t shown = shows ? TEE_BYTES : 0;
	char large[NAMES_MAX];
	size_t mib = (bytes_of(settings) + shown + MIB - 1) / MIB;

	if (take(&memory->collected, collector_bytes(settings)) &&
	    take(&memory->received, netrx_bytes()) &&
	    take(&memory->queued, settings->queue_bytes) &&
	    take(&memory->tabled, filetable_bytes(settings)) &&
	    take(&memory->written,
		 agenda_bytes(filetable_capacity(settings))) &&
	    take(&memory->named, hosts_bytes_of(settings)) &&
	    take(&memory->kept, retain_bytes(settings)) &&
	    take(&memory->counted, earlier_bytes(settings)) &&
	    take(&memory->told, state_bytes(settings)) &&
	    take(&memory->shown, shown)) {
		enlarge_pages(memory, settings);
		return true;
	}
	name_large(settings, large);
	snprintf(why, MEMORY_WHY_MAX, "unable to take %zu MiB of memory%s: %s",
		 mib, large, errortext(ENOMEM));
	return false;
}
