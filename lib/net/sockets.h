/*
 * sockets - all the UDP sockets: those that were passed on, or one for each
 * port.
 *
 * L2.
 */
#ifndef UDPLOGGER_SOCKETS_H
#define UDPLOGGER_SOCKETS_H

#include <stdbool.h>

#include "backoff.h"
#include "bounds.h"
#include "listener.h"

struct diag;
struct intake;

struct sockets {
	struct listener each[SOCKETS_MAX];
	unsigned count;
	bool adopted; /* they were passed on, and stay open when we end */
	uint64_t join_ms; /* when sockets_join() has to be called */
	struct backoff backoff;
};

/*
 * Takes what a service manager has passed, or else opens what @settings say.
 * Returns as listener_open() does; then none is open.
 */
int sockets_open(struct sockets *sockets, const struct sys *sys,
		 const struct settings *settings, char error[ERROR_MAX]);

/*
 * What a socket lacks, from the one at *@at on, that it works without: an
 * address that no interface has yet, a group that can't be joined.  One line in
 * @error, and *@at is behind the socket; or false: nothing more.
 */
bool sockets_lack(const struct sockets *sockets,
		  const struct settings *settings, unsigned *at,
		  char error[ERROR_MAX]);

/*
 * Joins the groups that could not be joined before, if it is time; says which,
 * but not that one still can't.
 */
void sockets_join(struct sockets *sockets, const struct sys *sys,
		  struct diag *diag, uint64_t now_ms);

/*
 * Where the next run will listen as well, in whatever order the ports stand
 * then: the address of the least port, but no port that was chosen for this run
 * alone, as port=0 has it.  NULL: there are only such.
 */
const struct srcaddr *sockets_lasting(const struct sockets *sockets,
				      const struct settings *settings);

/* Adds them all to @in, and has it tell them apart if they are several. */
void sockets_feed(const struct sockets *sockets, struct intake *in);

/* The smallest receive buffer, in the units of rbuf=. */
long sockets_granted(const struct sockets *sockets);

#endif
