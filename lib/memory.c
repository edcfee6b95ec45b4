/* memory - all the memory that will ever be used; see memory.h. */
#include "memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector.h"
#include "filetable.h"
#include "hostsfile.h"
#include "netrx.h"
#include "retain.h"
#include "rules.h"
#include "settings.h"
#include "sys.h"
#include "tee.h"
#include "writer.h"

#define MIB ((size_t)1 << 20)

static size_t bytes_of(const struct settings *settings)
{
	return collector_bytes(settings) + netrx_bytes() +
	       settings->queue_bytes + filetable_bytes(settings) +
	       agenda_bytes(filetable_capacity(settings)) +
	       hostsfile_bytes(settings->hosts) + retain_bytes(settings);
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
	    take(&memory->named, hostsfile_bytes(settings->hosts)) &&
	    take(&memory->kept, retain_bytes(settings)) &&
	    take(&memory->shown, shown))
		return true;
	name_large(settings, large);
	snprintf(why, MEMORY_WHY_MAX, "unable to take %zu MiB of memory%s: %s",
		 mib, large, strerror(ENOMEM));
	return false;
}
