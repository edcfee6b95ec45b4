/* words - a piece of a line; see words.h. */
#include "words.h"

bool words_have(const struct words *w, const char *literal)
{
	struct words look = *w;

	while (look.at < look.end) {
		look.at = memchr(look.at, literal[0], words_left(&look));
		if (!look.at)
			return false;
		if (words_begin(&look, literal))
			return true;
		look.at++;
	}
	return false;
}
