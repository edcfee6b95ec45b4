/* boot - which announcements are of one boot; see boot.h. */
#include "boot.h"

#include <string.h>

#define VERSION "Linux version"

static bool begins_with(const char *text, size_t len, const char *words)
{
	size_t n = strlen(words);

	return len >= n && memcmp(text, words, n) == 0;
}

enum boot_sign boot_sign(const char *title, size_t len, bool record)
{
	if (begins_with(title, len, VERSION))
		return record ? BOOT_RECORD_VERSION : BOOT_TEXT_VERSION;
	if (begins_with(title, len, "U-Boot"))
		return BOOT_LOADER;
	return record ? BOOT_RECORD_KERNEL : BOOT_TEXT_KERNEL;
}

/* The signs after which @sign is of another boot. */
static unsigned signs_that_end(enum boot_sign sign)
{
	switch (sign) {
	case BOOT_LOADER:
		return ~(unsigned)BOOT_LOADER;
	case BOOT_TEXT_KERNEL:
		return BOOT_TEXT_KERNEL | BOOT_TEXT_VERSION;
	case BOOT_NUMBERS:
		return BOOT_NUMBERS | BOOT_RECORD_KERNEL | BOOT_RECORD_VERSION;
	case BOOT_RECORD_KERNEL:
		return BOOT_RECORD_KERNEL | BOOT_RECORD_VERSION;
	default:
		return sign;
	}
}

/* What ends a boot ends it, however soon the next one comes. */
bool boot_is_same(const struct boot *boot, enum boot_sign sign, uint64_t now_ms)
{
	uint64_t begun_ms = (uint64_t)boot->begun_s * 1000;

	return boot->signs != 0 && boot->past == BOOT_SILENT &&
	       now_ms - begun_ms < BOOT_MS &&
	       (boot->signs & signs_that_end(sign)) == 0;
}

void boot_note(struct boot *boot, enum boot_sign sign, uint64_t now_ms)
{
	if (!boot_is_same(boot, sign, now_ms)) {
		boot->begun_s = (uint32_t)(now_ms / 1000);
		boot->signs = 0;
		boot->past = BOOT_SILENT;
	}
	boot->signs |= (uint16_t)sign;
}

const char *boot_before(enum boot_past past)
{
	switch (past) {
	case BOOT_OOPS:
	case BOOT_PANIC:
		return "panic";
	case BOOT_PLANNED:
		return "planned";
	case BOOT_SILENT:
		return "silent";
	default:
		return "unknown";
	}
}
