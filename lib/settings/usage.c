/* usage - what --help prints; see usage.h. */
#include "usage.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rules.h"

static size_t help_option(char *out, size_t size, const struct rule *rule)
{
	char left[32];
	const char *line = rule->help;
	size_t len = 0;

	snprintf(left, sizeof(left), "%s=%s", rule->name, rule->value);
	while (*line != '\0' && len < size) {
		int n = (int)strcspn(line, "\n");

		len += (size_t)snprintf(out + len, size - len, "  %-17s %.*s\n",
					left, n, line);
		line += n + (line[n] == '\n');
		left[0] = '\0';
	}
	if (len < size)
		len += (size_t)snprintf(out + len, size - len,
					"  %-17s default %s; %s\n", "",
					rule->fallback, rule->allowed);
	return len;
}

void usage_text(char help[USAGE_MAX])
{
	const struct rule *rule;
	size_t len, i;

	len = (size_t)snprintf(
		help, USAGE_MAX, "%s",
		"Usage: udplogger [OPTION=VALUE]... [--check]\n"
		"       udplogger --incidents [QUESTION=VALUE]...\n"
		"       udplogger --show host=HOST [QUESTION=VALUE]...\n"
		"       udplogger --status [QUESTION=VALUE]...\n"
		"       udplogger --heard HOST [QUESTION=VALUE]...\n"
		"       udplogger --help | --version\n"
		"\n"
		"Receives what netconsole and serial-to-Ethernet converters\n"
		"send over UDP, and appends it, line by line, to a file per "
		"day.\n"
		"\n");
	for (i = 0; (rule = rules_nth(i)) && len < USAGE_MAX; i++)
		len += help_option(help + len, USAGE_MAX - len, rule);
	if (len < USAGE_MAX)
		len += (size_t)snprintf(
			help + len, USAGE_MAX - len, "%s",
			"\n"
			"  --check           test options, directory and "
			"address; say what would be\n"
			"                    done; receive nothing\n"
			"  -h, --help        print this\n"
			"  -V, --version     print the version\n"
			"\n"
			"Each option may also be written --OPTION=VALUE. "
			"Sizes take K, M, G and T,\n"
			"times ms, s, m and h. Signals: HUP reads conf= "
			"and hosts= again and\n"
			"reopens the files, USR1 prints counts, TERM writes "
			"what is held and\n"
			"ends. See udplogger(8).\n");
	assert(len < USAGE_MAX);
}
