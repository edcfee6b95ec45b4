/*
 * questions - each thing that may be asked: its name, values and purpose.
 *
 * L2, as spans of time are; no I/O.  The command lines of the readers, their
 * help, the manual and what completes command lines follow these two tables.
 */
#ifndef UDPLOGGER_QUESTIONS_H
#define UDPLOGGER_QUESTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "question.h"

#define QUESTIONS_WORDS 10 /* to choose from, and a NULL */

struct questions_mode {
	const char *name; /* behind "--" */
	enum question_mode mode;
	const char *operand; /* what stands alone behind it; NULL: nothing */
	const char *needs; /* an option that has to be there; NULL: none */
	const char *help; /* LF between lines */
};

struct questions_option {
	const char *name;
	unsigned modes; /* a bit for each */
	const char *value; /* what help calls the value */
	const char *fallback; /* without it */
	const char *allowed;
	const char *help; /* LF between lines */
	/* NULL: it is an option of the daemon's, too, and read as such. */
	bool (*set)(const struct questions_option *option, struct question *q,
		    const char *text);
	size_t field; /* of a word's place, in struct question */
	const char *words[QUESTIONS_WORDS];
};

/* The mode, or the option, at @i, from 0; NULL behind the last. */
const struct questions_mode *questions_nth_mode(size_t i);
const struct questions_option *questions_nth(size_t i);

static inline bool questions_has(const struct questions_option *option,
				 enum question_mode mode)
{
	return option->modes & 1U << mode;
}

/*
 * The option of @name, @len bytes, of that mode; if there is none, that of any
 * mode; NULL: there is none at all.
 */
const struct questions_option *questions_find(const char *name, size_t len,
					      enum question_mode mode);

/* Writes "--incidents and --show", the modes that have an option. */
#define QUESTIONS_MODES_MAX 64
void questions_name_modes(char text[QUESTIONS_MODES_MAX],
			  const struct questions_option *option);

/* Writes what help prints, of all modes, into @help, with a NUL. */
#define QUESTIONS_HELP_MAX 8192
void questions_help(char help[QUESTIONS_HELP_MAX]);

#endif
