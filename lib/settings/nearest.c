/* nearest - what was meant by a name that is none; see nearest.h. */
#include "nearest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rules.h"

#define NAME_MAX_BYTES 15 /* longer ones are no slips of the pen */

static const char *const flag_names[] = { "check",     "help", "version",
					  "incidents", "show", "status",
					  "heard" };
#define FLAGS (sizeof(flag_names) / sizeof(flag_names[0]))

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static uint8_t lesser(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

/*
 * The mistakes from the first @i bytes of @a to the first @j of @b, when those
 * of all shorter beginnings stand in @table.
 */
static uint8_t mistakes(uint8_t table[][NAME_MAX_BYTES + 1], const char *a,
			size_t i, const char *b, size_t j)
{
	bool same = fold(a[i - 1]) == b[j - 1];
	uint8_t least = (uint8_t)(table[i - 1][j - 1] + !same);

	least = lesser(least, (uint8_t)(table[i - 1][j] + 1));
	least = lesser(least, (uint8_t)(table[i][j - 1] + 1));
	if (i > 1 && j > 1 && fold(a[i - 1]) == b[j - 2] &&
	    fold(a[i - 2]) == b[j - 1])
		least = lesser(least, (uint8_t)(table[i - 2][j - 2] + 1));
	return least;
}

static uint8_t distance(const char *a, size_t a_len, const char *b,
			size_t b_len)
{
	uint8_t table[NAME_MAX_BYTES + 1][NAME_MAX_BYTES + 1];
	size_t i, j;

	for (i = 0; i <= a_len; i++)
		for (j = 0; j <= b_len; j++)
			if (i == 0 || j == 0)
				table[i][j] = (uint8_t)(i + j);
			else
				table[i][j] = mistakes(table, a, i, b, j);
	return table[a_len][b_len];
}

uint8_t nearest_mistakes(const char *name, size_t len, const char *right)
{
	size_t right_len = strlen(right);
	uint8_t most = right_len >= 5 ? 2 : 1;
	uint8_t far;

	if (len > NAME_MAX_BYTES || right_len > NAME_MAX_BYTES)
		return NEAREST_FAR;
	if (len >= 3 && len < right_len && memcmp(name, right, len) == 0)
		return 1;
	far = distance(name, len, right, right_len);
	return far <= most && far < len ? far : NEAREST_FAR;
}

/* Notes in @meant what is nearer than @nearest; returns how near it is. */
static uint8_t note(char meant[NEAREST_MAX], uint8_t nearest, uint8_t far,
		    const char *before, const char *right, const char *behind)
{
	if (far >= nearest)
		return nearest;
	snprintf(meant, NEAREST_MAX, "%s%s%s", before, right, behind);
	return far;
}

static uint8_t note_flags(char meant[NEAREST_MAX], uint8_t nearest,
			  const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < FLAGS; i++)
		nearest = note(meant, nearest,
			       nearest_mistakes(name, len, flag_names[i]), "--",
			       flag_names[i], "");
	return nearest;
}

bool nearest_option(char meant[NEAREST_MAX], const char *name, size_t len,
		    enum nearest_flags flags)
{
	const struct rule *rule;
	uint8_t nearest = NEAREST_FAR;
	size_t i;

	if (flags == NEAREST_FLAGS_FIRST)
		nearest = note_flags(meant, nearest, name, len);
	for (i = 0; (rule = rules_nth(i)); i++)
		nearest = note(meant, nearest,
			       nearest_mistakes(name, len, rule->name), "",
			       rule->name, "=");
	if (flags == NEAREST_FLAGS_LAST)
		nearest = note_flags(meant, nearest, name, len);
	return nearest != NEAREST_FAR;
}
