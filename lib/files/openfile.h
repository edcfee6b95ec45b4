/*
 * openfile - a log file while it is open: the file that bears the name,
 * ending as we left it.
 *
 * L2.  People may rename the file, delete it, truncate it, put something else
 * in its place.  Lines go to the file that bears the name; a look tells, before
 * a write.  Lines stay in their queue until a look after the write has found
 * the file still there: whoever renames it then, and reads it, reads them too.
 * If it wasn't there any more, they are written again, at once or when it turns
 * out that the file was removed; former.h.  A line never begins in the middle
 * of another.
 *
 * While the name is refused, lines may go to another file: one beside it, or
 * the file that is open, wherever its name is now.
 *
 * All times are monotonic milliseconds.  When a call fails, the bytes stay in
 * the queue, and it may be tried again at any time.
 */
#ifndef UDPLOGGER_OPENFILE_H
#define UDPLOGGER_OPENFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "filetable.h"
#include "former.h"
#include "incidentsfile.h"
#include "link.h"
#include "logname.h"
#include "safeopen.h"
#include "outq.h"

struct diag;
struct sys;

/* What all files have in common; outlives them. */
struct openfile_common {
	const struct sys *sys;
	struct diag *diag;
	struct logname names;
	struct safeopen_rules rules;
	struct link link;
	bool ends; /* the end: no former file is watched any more */
	uint32_t open_count; /* descriptors of files */
	uint8_t reopens; /* counts how often all were to be opened anew */
	struct openfile *latest; /* of logs, opened or written to */
	bool shares; /* some file may be written to under two names */
};

struct openfile {
	struct openfile_common *settings;
	uint32_t number; /* of its entry in the table */
	int fd; /* -1: not open; @former may have the same */
	uint32_t serial; /* of the open file in the table */
	uint8_t reopens; /* @settings->reopens when it was opened */
	uint8_t link; /* enum link_state, */
	uint8_t link_turns; /* and when it was that; link.h */
	dev_t device; /* of the open file */
	ino_t inode;
	bool stale; /* the file is to be opened anew by its name */
	uint8_t beside; /* the open file stands beside the name; 0: it has it */
	bool held; /* the open file is in use although it lost its name */
	bool unsure; /* the end may not be that of our last line */
	bool close_failed; /* close() failed last time; said once */
	off_t size; /* as we left it */
	uint64_t looked_ms; /* when it was last looked at */
	struct former former; /* the file before it; owns its descriptor */
};

void openfile_init(struct openfile *file, struct openfile_common *settings,
		   uint32_t number);

/* DIR/NAME; valid until it is called for another file. */
static inline const char *openfile_path(const struct openfile *file)
{
	return logname_path(&file->settings->names, file->number, 0);
}

/* The path at which the open file was opened; likewise. */
static inline const char *openfile_place(const struct openfile *file)
{
	return logname_path(&file->settings->names, file->number, file->beside);
}

/* Of the file that its entry is for now. */
static inline uint32_t openfile_serial(const struct openfile *file)
{
	return file->settings->names.table->files[file->number].serial;
}

/* STAMP_PERIOD() of its lines. */
static inline uint32_t openfile_period(const struct openfile *file)
{
	return file->settings->names.table->files[file->number].period;
}

/* Lines of the log never go to a file of incidents, for want of their own. */
static inline void openfile_note_use(struct openfile *file)
{
	if (!incidentsfile_has(openfile_period(file)))
		file->settings->latest = file;
}

/*
 * Opens, by its name, the file to which the waiting bytes of @queue will go,
 * and creates it if need be.  Only then the former file is closed.  Returns 0,
 * or -1 with errno and the reason in @why.
 */
int openfile_open(struct openfile *file, struct outq *queue, uint64_t now_ms,
		  char why[SAFEOPEN_WHY_MAX]);

/*
 * Opens it at the name that is @beside, from 1 to FILENAME_BESIDE; 0: by its
 * name, and no other file gives its descriptor.
 */
int openfile_open_at(struct openfile *file, struct outq *queue, unsigned beside,
		     uint64_t now_ms, char why[SAFEOPEN_WHY_MAX]);

/*
 * The name is refused: goes on in the open file, if it has a name anywhere.
 * False: it has not.
 */
bool openfile_hold(struct openfile *file);

/*
 * Likewise, where that has none: goes on in the file that was in use last, as
 * that of the day before is at midnight, whosever it is.  False: it has no name
 * either.
 */
bool openfile_share(struct openfile *file, struct outq *queue, uint64_t now_ms);

/* Whether lines go to another file than that of the name. */
static inline bool openfile_is_elsewhere(const struct openfile *file)
{
	return file->beside > 0 || file->held;
}

/* The next bytes go to the file of the name. */
static inline void openfile_forget(struct openfile *file)
{
	file->beside = 0;
	file->held = false;
}

/* Whether the file is open, without a look at it. */
static inline bool openfile_is_open(const struct openfile *file)
{
	return file->fd >= 0 && file->serial == openfile_serial(file) &&
	       !file->stale && file->reopens == file->settings->reopens;
}

/* Looks what became of the open file, once a millisecond at most. */
void openfile_check(struct openfile *file, struct outq *queue, uint64_t now_ms);

/*
 * Prepares the end of the open file for the waiting bytes of @queue.  Returns
 * 0, or -1 with errno.
 */
int openfile_prepare(struct openfile *file, struct outq *queue);

/*
 * Writes some of the waiting bytes of @queue, and passes them.  Returns how
 * many, or -1 with errno.
 */
ssize_t openfile_write(struct openfile *file, struct outq *queue);

/*
 * Looks now whether the written bytes can be seen.  False: the file lost its
 * name, and bytes may wait again.
 */
bool openfile_confirm(struct openfile *file, struct outq *queue,
		      uint64_t now_ms);

/* Looks, if it is time, at the former file; its lines may wait again. */
void openfile_watch(struct openfile *file, struct outq *queue, uint64_t now_ms);

/*
 * Ends that watch: lines that were set aside wait again, but for those that
 * went there knowingly, and can be seen there.
 */
void openfile_recall(struct openfile *file, struct outq *queue);

/*
 * Has the file opened by its name before the next write.  Until then it stays
 * open, as a deleted file's inode number may be given to a new file, and only
 * an open file's can't.
 */
static inline void openfile_reopen(struct openfile *file)
{
	file->stale = true;
}

/* Closes the file; no byte waits for it or is unconfirmed. */
void openfile_close(struct openfile *file);

/*
 * Cuts the torn line at the end of the file off, if the file still ends as we
 * left it; false if there is nothing to cut, or it can't be.  Not each time the
 * disk is full: when a file shrinks, tail(1) shows it again from its begin.
 */
bool openfile_cut(struct openfile *file, const struct outq *queue);

/*
 * Other files have their turn: where one of them may be this one, no piece of a
 * line stays at its end, and that line is written anew.
 */
static inline void openfile_rest(struct openfile *file)
{
	const struct filetable *table = file->settings->names.table;
	const struct outq *queue = filetable_queue(table, file->number);

	if (file->settings->shares && openfile_cut(file, queue))
		file->unsure = true;
}

#endif
