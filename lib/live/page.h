/*
 * page - the answer to --status as a page of HTML.
 *
 * L2.  It is static: no script, no picture, nothing is loaded.  On a narrow
 * screen each sender is a block of its own.  Whatever stands in the files, it
 * is text on the page: controls are escaped as in the log, then "&", "<", ">",
 * quotes.
 */
#ifndef UDPLOGGER_PAGE_H
#define UDPLOGGER_PAGE_H

#include <stddef.h>
#include <time.h>

struct paper;
struct told;

void page_write(struct paper *paper, const struct told *told, time_t now);

/*
 * Writes @text, as far as it fits, as text of a page; there is a NUL at its
 * end.
 */
#define PAGE_TEXT_MAX 2048
void page_text(char out[PAGE_TEXT_MAX], const char *text);

#endif
