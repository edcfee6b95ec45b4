/* class - the kinds of incidents that a kernel announces; see class.h. */
#include "class.h"

#include <string.h>

static const char *const names[CLASSES] = {
	[CLASS_NONE] = "none",	       [CLASS_PANIC] = "panic",
	[CLASS_OOPS] = "oops",	       [CLASS_SANITIZER] = "sanitizer",
	[CLASS_LOCKING] = "locking",   [CLASS_LOCKUP] = "lockup",
	[CLASS_HUNG] = "hung",	       [CLASS_WARNING] = "warning",
	[CLASS_OOM] = "oom",	       [CLASS_LEAK] = "leak",
	[CLASS_HARDWARE] = "hardware", [CLASS_STORAGE] = "storage",
	[CLASS_SYSRQ] = "sysrq",       [CLASS_BOOT] = "boot",
	[CLASS_SHUTDOWN] = "shutdown",
};

const char *class_name(enum incident_class class)
{
	return names[class];
}

enum incident_class class_named(const char *name, size_t len)
{
	enum incident_class class;

	for (class = CLASSES - 1; class > CLASS_NONE; class --)
		if (strlen(names[class]) == len &&
		    memcmp(names[class], name, len) == 0)
			break;
	return class;
}
