/*
 * completion - what completes command lines in bash needs to know, on stdout.
 *
 * make runs it when it builds; completion.bash says what it is for.  All comes
 * from the tables of rooms rules and questions: names of options, and what may
 * stand behind them.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "questions.h"
#include "rules.h"

/* What help calls a value -> what bash knows by itself. */
static const char *kind_of(const char *value)
{
	static const char *const kinds[][2] = {
		{ "FILE", "<file>" },
		{ "DIRECTORY", "<directory>" },
		{ "USER", "<user>" },
		{ "GROUP", "<group>" },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(value, kinds[i][0]) == 0)
			return kinds[i][1];
	return NULL;
}

/* Whether these bytes can be typed as they are: one word, in lower case. */
static bool is_word(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!islower((unsigned char)text[i]))
			return false;
	return len > 0;
}

/* Cuts the next item off a list such as "text, json or html"; its length. */
static size_t next_item(const char **list)
{
	const char *end;
	size_t len;

	*list += strspn(*list, ",; ");
	if (strncmp(*list, "or ", 3) == 0)
		*list += 3;
	len = strcspn(*list, ",;");
	end = strstr(*list, " or ");
	return end && (size_t)(end - *list) < len ? (size_t)(end - *list) : len;
}

/* Whether there is nothing else to choose from than words. */
static bool has_words_only(const char *allowed)
{
	size_t len;

	for (; *allowed != '\0'; allowed += len) {
		len = next_item(&allowed);
		if (!is_word(allowed, len))
			return false;
	}
	return true;
}

/* These stand for something where numbers, paths and names may be as well. */
static bool is_special(const char *text, size_t len)
{
	return len == 4 &&
	       (memcmp(text, "none", 4) == 0 || memcmp(text, "last", 4) == 0);
}

static void print_words(const char *allowed)
{
	bool all = has_words_only(allowed);
	size_t len;

	for (; *allowed != '\0'; allowed += len) {
		len = next_item(&allowed);
		if (all || is_special(allowed, len))
			printf(" %.*s", (int)len, allowed);
	}
}

static void print_values(const char *mode, const char *name, const char *value,
			 const char *fallback, const char *allowed)
{
	const char *kind = kind_of(value);

	printf("\t%s:%s) echo '", mode, name);
	if (kind)
		printf("%s", kind);
	else if (strcmp(value, "PATTERN") == 0)
		printf("%s", fallback);
	print_words(allowed);
	printf("' ;;\n");
}

static void print_modes(void)
{
	const struct questions_mode *mode;
	size_t i;

	printf("_udplogger_modes=(");
	for (i = 0; (mode = questions_nth_mode(i)); i++)
		printf("%s--%s", i ? " " : "", mode->name);
	printf(")\n\n");
}

static void print_options(void)
{
	const struct questions_option *option;
	const struct questions_mode *mode;
	const struct rule *rule;
	size_t i, k;

	printf("# _udplogger_options MODE\n"
	       "_udplogger_options()\n{\n\tcase $1 in\n\t'') echo '");
	for (i = 0; (rule = rules_nth(i)); i++)
		printf("%s%s=", i ? " " : "", rule->name);
	printf("' ;;\n");
	for (k = 0; (mode = questions_nth_mode(k)); k++) {
		printf("\t--%s) echo '", mode->name);
		for (i = 0; (option = questions_nth(i)); i++)
			if (questions_has(option, mode->mode))
				printf("%s= ", option->name);
		printf("' ;;\n");
	}
	printf("\tesac\n}\n\n");
}

static void print_all_values(void)
{
	const struct questions_option *option;
	const struct questions_mode *mode;
	const struct rule *rule;
	char name[64];
	size_t i, k;

	printf("# _udplogger_values MODE:OPTION\n"
	       "_udplogger_values()\n{\n\tcase $1 in\n");
	for (i = 0; (rule = rules_nth(i)); i++)
		print_values("", rule->name, rule->value, rule->fallback,
			     rule->allowed);
	for (k = 0; (mode = questions_nth_mode(k)); k++) {
		snprintf(name, sizeof(name), "--%s", mode->name);
		for (i = 0; (option = questions_nth(i)); i++)
			if (questions_has(option, mode->mode))
				print_values(name, option->name, option->value,
					     option->fallback, option->allowed);
	}
	printf("\tesac\n}\n");
}

int main(void)
{
	print_modes();
	print_options();
	print_all_values();
	return fflush(stdout) == 0 ? 0 : 1;
}
