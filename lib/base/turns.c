/* turns - who makes way; see turns.h. */
#include "turns.h"

static uint32_t word_count(uint32_t members)
{
	return members / 64 + 1;
}

size_t turns_bytes(uint32_t members)
{
	return word_count(members) * sizeof(uint64_t);
}

void turns_init(struct turns *turns, uint32_t members, void *memory)
{
	*turns = (struct turns){ .heard = memory, .members = members };
}

/* Goes on to a silent member, or to the end, in the word of @next. */
static void pass_heard(struct turns *turns)
{
	uint64_t *word = &turns->heard[turns->next / 64];
	uint64_t had_turn = UINT64_MAX << turns->next % 64;
	uint64_t silent = ~*word & had_turn;
	uint32_t first = 64;

	if (silent != 0) {
		first = (uint32_t)__builtin_ctzll(silent);
		had_turn &= (UINT64_C(1) << first) - 1;
	}
	*word &= ~had_turn;
	turns->next += first - turns->next % 64;
}

/* The last word has a bit behind the last member, which is never set. */
uint32_t turns_who(struct turns *turns)
{
	if (turns->next >= turns->members)
		turns->next = 0;
	while (turns->heard[turns->next / 64] >> turns->next % 64 & 1) {
		pass_heard(turns);
		if (turns->next >= turns->members)
			turns->next = 0;
	}
	return turns->next;
}

uint32_t turns_replace(struct turns *turns)
{
	uint32_t who = turns_who(turns);

	turns->next = who + 1;
	return who;
}
