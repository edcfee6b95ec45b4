/* tee - finished lines on stdout too; see tee.h. */
#include "tee.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/uio.h>

#include "sys.h"

void tee_init(struct tee *tee, const struct sys *sys, const struct console *out,
	      void *memory)
{
	*tee = (struct tee){ .sys = sys, .out = *out };
	pool_init(&tee->blocks, memory, TEE_BYTES, OUTQ_BLOCK_BYTES);
	outq_init(&tee->queue, &tee->blocks);
}

/* Says how many lines weren't shown, once there is room again. */
static void say_not_shown(struct tee *tee, uint64_t not_shown)
{
	char text[96];
	int len;

	if (not_shown == tee->said)
		return;
	len = snprintf(text, sizeof(text),
		       "udplogger: %" PRIu64 " lines are not shown here; "
		       "the log has them\n",
		       not_shown - tee->said);
	if (outq_put(&tee->queue, text, (size_t)len))
		tee->said = not_shown;
}

static ssize_t write_some(struct tee *tee)
{
	struct iovec piece;
	ssize_t n;

	outq_peek(&tee->queue, &piece, 1);
	n = console_write(&tee->out, tee->sys, piece.iov_base, piece.iov_len);
	if (n > 0)
		outq_take(&tee->queue, (size_t)n);
	return n;
}

bool tee_drain(struct tee *tee, uint64_t not_shown)
{
	unsigned tries = 0;
	ssize_t n;

	tee->blocked = false;
	while (!tee->dead && !tee->blocked) {
		if (outq_waiting(&tee->queue) == 0)
			say_not_shown(tee, not_shown);
		if (outq_waiting(&tee->queue) == 0)
			break;
		n = write_some(tee);
		if (n > 0 ||
		    (n < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX))
			continue;
		if (n == 0 || errno == EAGAIN || errno == EINTR)
			tee->blocked = true;
		else
			tee->dead = true; /* EPIPE, EIO of a hung-up terminal */
	}
	return !tee->dead;
}
