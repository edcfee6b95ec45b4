/* sysrq - the magic SysRq key; see sysrq.h. */
#include "sysrq.h"

#include <stddef.h>

static const struct command {
	const char *begins;
	enum incident_class class;
	bool dumps;
} commands[] = {
	{ "Show ", CLASS_SYSRQ, true },
	{ "Dump ", CLASS_SYSRQ, true },
	{ "Replay kernel logs", CLASS_SYSRQ, true },
	{ "Trigger a crash", CLASS_SHUTDOWN, false },
	{ "Resetting", CLASS_SHUTDOWN, false },
	{ "Power Off", CLASS_SHUTDOWN, false },
	{ "Changing Loglevel", CLASS_SYSRQ, false },
	{ "SAK", CLASS_SYSRQ, false },
	{ "Keyboard mode set to ", CLASS_SYSRQ, false },
	{ "Emergency Sync", CLASS_SYSRQ, false },
	{ "Emergency Remount R/O", CLASS_SYSRQ, false },
	{ "Emergency Thaw of all frozen filesystems", CLASS_SYSRQ, false },
	{ "Terminate All Tasks", CLASS_SYSRQ, false },
	{ "Kill All Tasks", CLASS_SYSRQ, false },
	{ "Manual OOM execution", CLASS_SYSRQ, false },
	{ "Nice All RT Tasks", CLASS_SYSRQ, false },
	{ "DEBUG", CLASS_SYSRQ, false },
	{ "Reset", CLASS_SYSRQ, false }, /* sched_ext */
};

enum incident_class sysrq_class(const struct words *message, bool *dumps)
{
	struct words w = *message;
	size_t i;

	*dumps = false;
	/* Linux 4.0 to 4.17 have both. */
	words_skip(&w, "sysrq: ");
	words_skip(&w, "SysRq : ");
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (words_begin(&w, commands[i].begins)) {
			*dumps = commands[i].dumps;
			return commands[i].class;
		}
	return CLASS_NONE;
}
