/*
 * reason - why an old file goes.
 *
 * L0.
 */
#ifndef UDPLOGGER_REASON_H
#define UDPLOGGER_REASON_H

/* Why a file goes: which limit was passed. */
enum retain_reason {
	RETAIN_NOTHING, /* none was */
	RETAIN_KEEP,
	RETAIN_MAX,
	RETAIN_FREE,
	RETAIN_REASONS
};

/* "keep": the option without its "=". */
static inline const char *retain_reason_name(enum retain_reason reason)
{
	static const char *const names[RETAIN_REASONS] = { "", "keep", "max",
							   "free" };

	return names[reason];
}

#endif
