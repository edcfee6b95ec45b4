/*
 * wire - senders of extended netconsole on a network that loses, doubles and
 * delays; and what the log must say of loss at the end.
 *
 * Each message has a msgid.  What the log has told as lost, less what it has
 * taken back, must be the messages of which no part was delivered, among those
 * between the first and the last whose msgid the log has, replays and doubtful
 * ones left out; for each sender, in every story.  And each record that came in one datagram must be there.
 *
 * What happens is drawn by a function of the caller, byte by byte.  There is one
 * wire at a time.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_SENDERS 3
#define WIRE_HOST    100 /* that of sender 0, and so on */
#define WIRE_WHY_MAX 1024

struct wire_setup {
	unsigned (*draw)(void); /* 0 to 255 */
	/* Sends a datagram; false if it is known not to arrive. */
	bool (*deliver)(unsigned host, const char *bytes, size_t len);
	uint64_t (*now_ms)(void);
	bool boots; /* senders may begin anew */
	bool copies; /* a line may stand in the log twice */
	bool names; /* short names of tasks make many msgids doubtful */
	bool replays; /* senders send records again; then none in fragments */
	uint64_t reorder_ms;
};

/* Begins; nothing may be lost of what each sender sends at once. */
void wire_open(const struct wire_setup *setup);

/* Something happens to some sender. */
void wire_act(void);

/* What is delayed arrives, and each sender sends a last one. */
void wire_heal(void);

/* Reads a line of the log, whose text begins at @text; false: not of a sender. */
bool wire_read(unsigned host, const char *text, size_t len);

/* All was read.  @counted: what the daemon says was lost, and did not come. */
bool wire_close(uint64_t counted, char why[WIRE_WHY_MAX]);

#endif
