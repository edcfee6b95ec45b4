/*
 * extmsg - the header of an extended netconsole datagram, read.
 *
 * L0.  Everything is a view into the datagram; nothing is copied or changed.
 *
 * The form is that of /dev/kmsg (Linux Documentation/ABI/testing/dev-kmsg) with
 * what netconsole adds (Documentation/networking/netconsole.rst, "Extended
 * console", and drivers/net/netconsole.c):
 *
 *	[release ","] [replay] prio "," sequnum "," usec "," flag
 *		*("," field) [",ncfrag=" offset "/" total] ";" chunk
 *
 * and replay, where it is, may stand before the release as well.  Numbers are
 * decimal, without sign or leading zeros, as the kernel writes them.  Whatever
 * does not have exactly this form is not an extended datagram.
 */
#ifndef UDPLOGGER_EXTMSG_H
#define UDPLOGGER_EXTMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXTMSG_HEADER_MAX  512 /* bytes up to the ';'; kernels: about 200 */
#define EXTMSG_RELEASE_MAX 64 /* struct new_utsname, uapi/linux/utsname.h */
#define EXTMSG_CALLER_MAX  32 /* bytes kept of a caller; kernels: 11 */
#define EXTMSG_PRIO_MAX	   2047 /* facility 255, level 7 */
#define EXTMSG_TOTAL_MAX   73728 /* bytes of a whole message; kernels: 68 KiB */

/* Bytes in the datagram; @at is NULL where there are none. */
struct extmsg_part {
	const unsigned char *at;
	size_t len;
};

struct extmsg {
	struct extmsg_part release;
	bool replayed; /* the kernel sent it before, maybe only in part */
	unsigned prio; /* facility * 8 + level */
	uint64_t sequnum; /* of the record, since the sender's boot */
	uint64_t usec; /* the sender's clock, since its boot */
	unsigned char flag; /* '-', 'c' or '+' */
	struct extmsg_part caller; /* value of caller=, "T123" or "C0" */
	size_t header_len; /* all but release, replay, ncfrag */
	bool fragment;
	uint32_t offset; /* of the chunk in the whole message */
	uint32_t total; /* bytes of the whole message, more than @offset */
	struct extmsg_part
		chunk; /* what follows the ';', or the whole message */
};

/* The bytes of the whole message. */
static inline size_t extmsg_whole(const struct extmsg *msg)
{
	return msg->fragment ? msg->total : msg->chunk.len;
}

/*
 * Reads @len bytes at @bytes; false if they are no extended datagram: @msg is
 * void then.
 */
bool extmsg_read(struct extmsg *msg, const unsigned char *bytes, size_t len);

/*
 * Copies @msg to @to, and the texts that it views to @caller and @release, as
 * the datagram will be gone.  The copy has no chunk.
 */
void extmsg_keep(struct extmsg *to, unsigned char caller[EXTMSG_CALLER_MAX],
		 unsigned char release[EXTMSG_RELEASE_MAX],
		 const struct extmsg *msg);

#endif
