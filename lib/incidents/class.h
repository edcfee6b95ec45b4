/*
 * class - the kinds of incidents that a kernel announces.
 *
 * L0.  The names are those of --incidents, of the files of incidents, and of
 * class=.
 */
#ifndef UDPLOGGER_CLASS_H
#define UDPLOGGER_CLASS_H

#include <stddef.h>

enum incident_class {
	CLASS_NONE,
	CLASS_PANIC,
	CLASS_OOPS,
	CLASS_SANITIZER, /* KASAN, KMSAN, KCSAN, KFENCE, UBSAN, SLUB's checks */
	CLASS_LOCKING, /* lockdep, RCU, sleeping where it is forbidden */
	CLASS_LOCKUP, /* a processor that makes no progress */
	CLASS_HUNG, /* a task that makes none */
	CLASS_WARNING,
	CLASS_OOM,
	CLASS_LEAK,
	CLASS_HARDWARE,
	CLASS_STORAGE,
	CLASS_SYSRQ,
	CLASS_BOOT,
	CLASS_SHUTDOWN,
	CLASSES
};

/* "panic"; of CLASS_NONE "none". */
const char *class_name(enum incident_class class);

/* The class of that name, which needs no NUL; CLASS_NONE if there is none. */
enum incident_class class_named(const char *name, size_t len);

#endif
