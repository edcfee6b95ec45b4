/*
 * configuration - command line and file of conf= together: what is in force,
 * and where it came from.
 *
 * L3.
 */
#ifndef UDPLOGGER_CONFIGURATION_H
#define UDPLOGGER_CONFIGURATION_H

#include <stdbool.h>
#include <stdio.h>

#include "bounds.h"
#include "conffile.h"
#include "options.h"

struct diag;
struct hostsfile;
struct sys;

struct configuration {
	/* Set up by main(). */
	const struct sys *sys;
	int argc;
	char *const *argv;

	/* Before it is read again. */
	const char *dir; /* DIR, absolute */
	struct hostsfile *hosts; /* tried if it is to be another; or NULL */

	struct options options; /* in force; its texts stay here and in argv */
	struct options fresh; /* as it was read again */
	/*
	 * Of the file: at the start, for what stays, and in turns each time
	 * that it is read again, for what is live.
	 */
	char texts[3][CONFFILE_BYTES + 1];
	unsigned latest;
};

/*
 * Reads the command line, and the file if it names one.  Returns 0, or -1 with
 * one line in @error.  The file is not read for --help and --version.
 */
int configuration_read(struct configuration *c, char error[ERROR_MAX]);

/*
 * Reads the file again, and sets what is live.  Says what changed, and what
 * needs a restart.  False: there is no file, or it is wrong, which is said;
 * then nothing has changed.
 */
bool configuration_read_again(struct configuration *c, struct diag *diag);

/*
 * Warns of a line of the file that has no effect, and if the user that this is
 * now can't read the file again, as HUP would have it.
 */
void configuration_warn(const struct configuration *c, struct diag *diag);

/* Warns of ip= and port=, which don't count where sockets were passed on. */
void configuration_warn_passed(const struct configuration *c,
			       struct diag *diag);

/*
 * Writes each setting as a line of such a file, with a comment that says where
 * it came from: "port=514 # /etc/udplogger.conf:3".  @settings have the values.
 * False: not all could be written.
 */
bool configuration_list(const struct configuration *c,
			const struct settings *settings, FILE *out);

#endif
