/* facts - what the daemon counts; see facts.h. */
#include "facts.h"

#include "collector.h"
#include "intake.h"
#include "retain.h"
#include "sys.h"
#include "writer.h"

#define LOOKS_MOST 64 /* at files that have a fault of their own */

/* Whether lines can't be written: to the disk, or to one of the first files. */
static bool is_failing(const struct agenda *a)
{
	const struct ilist *parked = &a->lists[AGENDA_PARKED];
	uint32_t file = parked->first;
	unsigned looks;

	if (a->disk.failing)
		return true;
	for (looks = 0; file != ILIST_NONE && looks < LOOKS_MOST; looks++) {
		if (a->logs[file].retry.failing)
			return true;
		file = parked->links[file].next;
	}
	return false;
}

/* The wall time of the monotonic @ms, which is in the past. */
static struct timespec wall_time(const struct sys *sys, uint64_t ms,
				 uint64_t now_ms)
{
	uint64_t ago = now_ms - ms;
	struct timespec time = { 0, 0 };

	sys->clock_gettime(CLOCK_REALTIME, &time);
	time.tv_sec -= (time_t)(ago / 1000);
	time.tv_nsec -= (long)(ago % 1000) * 1000000;
	if (time.tv_nsec < 0) {
		time.tv_nsec += 1000000000;
		time.tv_sec--;
	}
	return time;
}

/* What is late or forged may take from these sums; a counter never shrinks. */
static void raise(uint64_t *count, uint64_t to)
{
	if (*count < to)
		*count = to;
}

/* All are 0 without incidents=. */
static void gather_incidents(struct promfile_facts *f,
			     const struct incident_counts *counts)
{
	unsigned i;

	for (i = 0; i < CLASSES; i++)
		f->incidents[i] = counts->begun[i];
	f->boots[PROMFILE_PANIC] =
		counts->boots[BOOT_PANIC] + counts->boots[BOOT_OOPS];
	f->boots[PROMFILE_PLANNED] = counts->boots[BOOT_PLANNED];
	f->boots[PROMFILE_SILENT] = counts->boots[BOOT_SILENT];
	f->boots[PROMFILE_UNKNOWN] = counts->boots[BOOT_UNKNOWN];
}

void facts_gather(struct promfile_facts *f, const struct sys *sys,
		  const struct intake *intake, const struct retain *retain,
		  uint64_t now_ms)
{
	const struct collector *c = intake->collector;
	const struct extpass_counts *records = &c->extended.pass.counts;
	const struct agenda *agenda = &intake->writer->agenda;
	unsigned i;

	f->datagrams = c->counts.datagrams;
	f->bytes = c->counts.bytes;
	f->lines = c->output.lines;
	raise(&f->drops, intake_lost(intake));
	f->lost = records->lost + records->late;
	if (records->withheld > 0)
		raise(&f->withheld, (uint64_t)records->withheld);
	f->doubles = c->extended.doubles;
	f->late = records->late;
	f->left_out = c->limit.total;
	f->open_files = agenda->settings->open_count;
	f->senders = c->sources.count;
	f->evictions = c->counts.evictions;
	for (i = 0; i < RETAIN_REASONS; i++)
		f->removed[i] = retain->removed_for[i];
	gather_incidents(f, &c->incidents.counts);
	f->write_failing = is_failing(agenda);
	if (agenda->written_ms > 0)
		f->last_write = wall_time(sys, agenda->written_ms, now_ms);
}

bool facts_add_waiting(const struct intake *intake, uint32_t *file,
		       uint32_t most, uint64_t *bytes)
{
	const struct filetable *files = intake->writer->files;
	uint32_t left = most;

	for (; left > 0 && *file < files->count; left--, ++*file)
		*bytes += outq_waiting(&files->files[*file].queue);
	return *file < files->count;
}
