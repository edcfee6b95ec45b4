/* glance - whether a message may announce an incident; see glance.h. */
#include "glance.h"

#define M(byte) (UINT64_C(1) << ((byte)&63))
#define DIGITS	(UINT64_C(0x3ff) << ('0' & 63))
#define ANY	UINT64_MAX

#define BITS_4(n)  M(n), M((n) + 1), M((n) + 2), M((n) + 3)
#define BITS_16(n) BITS_4(n), BITS_4((n) + 4), BITS_4((n) + 8), BITS_4((n) + 12)
#define BITS_64	   BITS_16(0), BITS_16(16), BITS_16(32), BITS_16(48)

const struct glance_bytes glance_bytes = {
.second = {
	/* `<6>` */
	['<'] = DIGITS,
	['A'] = M('b') | M('l'),
	['B'] = M('E') | M('T') | M('U') | M('a') | M('o') | M('u'),
	['C'] = M('F') | M('P'),
	['D'] = M('E') | M('e'),
	['E'] = M('D') | M('F') | M('R') | M('X'),
	['F'] = M('2') | M('A'),
	['G'] = M('F'),
	['I'] = M('/') | M('N') | M('n'),
	['J'] = M('B'),
	['K'] = M('e'),
	['L'] = M('i'),
	['M'] = M('C') | M('a') | M('e') | M('i'),
	['N'] = M('I') | M('M'),
	['O'] = M('C') | M('o') | M('u'),
	['P'] = M('A') | M('o'),
	['R'] = M('E') | M('e'),
	['S'] = M('E') | M('Q') | M('e') | M('l') | M('t') | M('y'),
	['U'] = M('-') | M('B') | M('D') | M('h') | M('n'),
	['V'] = M('F'),
	['W'] = M('A') | M('a'),
	['X'] = M('F'),
	/* `[ T1]`, too */
	['['] = M(' ') | M('C') | M('H') | M('T'),
	['a'] = M('d') | M('l') | M('t'),
	['b'] = M('a') | M('l') | M('o'),
	['c'] = M('o') | M('p') | M('r'),
	['d'] = M('a') | M('e') | M('i') | M('o'),
	['e'] = M('n') | M('x'),
	['f'] = M('i') | M('p'),
	['g'] = M('e'),
	['h'] = M('u'),
	['i'] = M('l') | M('n'),
	['k'] = M('e') | M('m'),
	['l'] = M('i') | M('o'),
	['m'] = M('c') | M('d') | M('o'),
	['n'] = M('v'),
	['o'] = M('o') | M('v'),
	['p'] = M('a') | M('c') | M('r'),
	['r'] = M('c') | M('e') | M('u'),
	['s'] = M('d') | M('e') | M('i') | M('l') | M('m') | M('o') | M('p') |
		M('t') | M('y'),
	['t'] = M('h') | M('i') | M('r'),
	['u'] = M('n') | M('s'),
	['w'] = M('a'),
	/* `{7}[Hardware Error]` */
	['{'] = ANY,
},
.fifth = {
	['<'] = ANY,
	['A'] = M('n') | M('t'),
	['B'] = ANY,
	['C'] = ANY,
	['D'] = M('G') | M('m'),
	['E'] = M(' ') | M('-') | M('R') | M('s'),
	['F'] = M('-') | M('f') | M('z'),
	['G'] = M(':'),
	['I'] = M(':') | M('e') | M('f') | M('r'),
	['J'] = M(' ') | M(':'),
	['K'] = M('e'),
	['L'] = M('x'),
	['M'] = M(' ') | M('0') | M('i') | M('r'),
	['N'] = M(' ') | M('S') | M('w'),
	['O'] = ANY,
	['P'] = M('C') | M('r'),
	['R'] = M('E') | M('a'),
	['S'] = M(' ') | M('I') | M('S') | M('e') | M('o') | M('q') | M('t'),
	['U'] = M('N') | M('S') | M('f') | M('h') | M('l') | M('m') | M('n') |
		M('o') | M('p'),
	['V'] = M(' '),
	['W'] = M('I') | M('h'),
	['X'] = M('('),
	['['] = ANY,
	['a'] = ANY,
	['b'] = M(' ') | M('d') | M('u'),
	['c'] = M('0') | M('i') | M('r'),
	['d'] = M(' ') | M('c') | M('d') | M('g') | M('l'),
	['e'] = M('T') | M('r'),
	['f'] = M('e') | M('o'),
	['g'] = M('r'),
	['h'] = M(' '),
	['i'] = M(':') | M('g') | M('l'),
	['k'] = M('c') | M('e') | M('l'),
	['l'] = M(' ') | M('_'),
	['m'] = M(' ') | M('a') | M('t'),
	['n'] = M(' '),
	['o'] = M('f') | M('k'),
	['p'] = M('a') | M('e') | M('p') | M('t'),
	['r'] = ANY,
	['s'] = ANY,
	['t'] = M('m') | M('o') | M('s'),
	['u'] = M('c') | M('f') | M('g'),
	['w'] = M('h'),
	['{'] = ANY,
},
.bit = { BITS_64, BITS_64, BITS_64, BITS_64 },
};

/* What is behind `[%5lu.%06lu]` at the beginning; 0 if that is not there. */
static size_t behind_time(const char *line, size_t len)
{
	size_t at = sizeof("[    0.000000") - 1;

	while (at < len && at < 20 && line[at] != ']')
		at++;
	if (at >= len || line[at] != ']' || line[at - 7] != '.')
		return 0;
	return line[2] <= '9' ? at + 1 : 0;
}

/* Short, or with a caller, `[    T1]` or wider, or without a time. */
bool glance_rules_out_odd(const char *line, size_t len)
{
	const char *caller;
	size_t at;

	if (len < 4)
		return true;
	if (line[0] != '[')
		return glance_rules_out_message(line, len) &&
		       (len < 14 || !glance_has_time(line, len));
	at = behind_time(line, len);
	if (at == 0)
		return false;
	if (at < len && line[at] == '[') {
		caller = memchr(line + at, ']', len - at);
		if (!caller)
			return false;
		at = (size_t)(caller - line) + 1;
	}
	if (len - at < 6)
		return len - at < 5;
	return line[at] == ' ' && !glance_begins(line + at + 1) &&
	       !glance_ends(line, len);
}
