/*
 * bounds - what rooms of several folders must agree on.
 *
 * L0.
 */
#ifndef UDPLOGGER_BOUNDS_H
#define UDPLOGGER_BOUNDS_H

#define SOCKETS_MAX 16 /* UDP sockets at once */

/* An error text: one line, without LF, that names what was wrong. */
#define ERROR_MAX 1024

#endif
