/*
 * sysrq - what somebody asked of a kernel by the magic SysRq key.
 *
 * L0.  The texts are the action_msg of drivers/tty/sysrq.c and of those that
 * register a key; what says that no key was taken announces nothing.
 */
#ifndef UDPLOGGER_SYSRQ_H
#define UDPLOGGER_SYSRQ_H

#include <stdbool.h>

#include "class.h"
#include "words.h"

/*
 * The class of a message that begins with "sysrq: " or "SysRq : ": CLASS_SYSRQ,
 * CLASS_SHUTDOWN of those that end a boot, or CLASS_NONE.  *@dumps: lines that
 * were asked for come behind it.
 */
enum incident_class sysrq_class(const struct words *message, bool *dumps);

#endif
