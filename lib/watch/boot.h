/*
 * boot - which announcements are of one boot, and how the boot before ended.
 *
 * L0.  A boot is announced several times: by a boot loader, by the kernel's
 * first words, and by the numbers of extended records, which begin anew.  Each
 * comes once in a boot and, among those that came the same way, in that order;
 * so what comes again, or too early, is of another boot, however soon.
 */
#ifndef UDPLOGGER_BOOT_H
#define UDPLOGGER_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_MS 20000 /* from the first announcement of a boot to the last */

/* What announces; each is a bit. */
enum boot_sign {
	BOOT_LOADER = 1, /* "U-Boot "; perhaps several */
	BOOT_TEXT_KERNEL = 2, /* "Booting Linux on", in text */
	BOOT_TEXT_VERSION = 4, /* "Linux version", in text */
	BOOT_NUMBERS = 8, /* of extended records */
	BOOT_RECORD_KERNEL = 16, /* the same two in records */
	BOOT_RECORD_VERSION = 32
};

/* What is known of the present boot of a sender. */
enum boot_past {
	BOOT_UNKNOWN, /* nothing was heard of it yet */
	BOOT_SILENT, /* nothing that would end it */
	BOOT_OOPS, /* the words before a panic, perhaps */
	BOOT_PANIC,
	BOOT_PLANNED,
	BOOT_PASTS
};

/* Of one sender; zeroed at first. */
struct boot {
	uint32_t begun_s; /* monotonic, of its first announcement */
	uint16_t signs; /* enum boot_sign, of those seen in it */
	uint16_t past; /* enum boot_past */
};

/* What the announcement of @title is; @record: it came in a record. */
enum boot_sign boot_sign(const char *title, size_t len, bool record);

/* Whether @sign announces the boot that is known already. */
bool boot_is_same(const struct boot *boot, enum boot_sign sign,
		  uint64_t now_ms);

/* Notes @sign; it begins a boot unless boot_is_same(). */
void boot_note(struct boot *boot, enum boot_sign sign, uint64_t now_ms);

/* "panic", "planned", "silent" or "unknown". */
const char *boot_before(enum boot_past past);

#endif
