/* udpstat - why the kernel dropped datagrams; see udpstat.h. */
#include "udpstat.h"

#include <fcntl.h>
#include <string.h>

#include "decimal.h"
#include "sys.h"

#define FILE_MAX 16384 /* snmp6 has 6000 bytes in Linux 6.12 */

/* Reads the file at @path, which is text, into @text. */
static bool read_file(const struct sys *sys, const char *path,
		      char text[FILE_MAX])
{
	int fd = sys->open(path, O_RDONLY | O_CLOEXEC, 0);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return false;
	while (n > 0 && len < FILE_MAX - 1) {
		n = sys->pread(fd, text + len, FILE_MAX - 1 - len, (off_t)len);
		len += n > 0 ? (size_t)n : 0;
	}
	sys->close(fd);
	text[len] = '\0';
	return n >= 0;
}

/* The number at @text, behind spaces; 0 if there is none. */
static uint64_t number_at(const char *text)
{
	const unsigned char *at =
		(const unsigned char *)text + strspn(text, " \t");
	uint64_t number;

	if (!decimal_read(&at, at + strlen((const char *)at), UINT64_MAX,
			  &number))
		return 0;
	return number;
}

/* Where word @n of the line at @text begins, from 0; NULL if it has fewer. */
static const char *word_at(const char *text, unsigned n)
{
	for (; n > 0; n--) {
		text += strcspn(text, " \n");
		text += strspn(text, " ");
	}
	return *text == '\n' || *text == '\0' ? NULL : text;
}

/* In snmp, a line of names stands above one of values. */
static uint64_t count_ipv4(const char *text, const char *name)
{
	const char *names = strstr(text, "Udp: ");
	const char *values = names ? strstr(names + 1, "\nUdp: ") : NULL;
	size_t len = strlen(name);
	const char *word;
	unsigned n;

	if (!values)
		return 0;
	for (n = 1; (word = word_at(names, n)); n++)
		if (strncmp(word, name, len) == 0 &&
		    (word[len] == ' ' || word[len] == '\n'))
			break;
	word = word ? word_at(values + 1, n) : NULL;
	return word ? number_at(word) : 0;
}

/* In snmp6, each line is "NAME   VALUE". */
static uint64_t count_ipv6(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? number_at(at + strlen(name)) : 0;
}

bool udpstat_read(const struct sys *sys, struct udpstat *sums)
{
	char text[FILE_MAX];

	*sums = (struct udpstat){ .full = 0 };
	if (!read_file(sys, "/proc/self/net/snmp", text))
		return false;
	sums->full = count_ipv4(text, "RcvbufErrors");
	sums->memory = count_ipv4(text, "MemErrors");
	sums->checksum = count_ipv4(text, "InCsumErrors");
	/* A kernel without IPv6 has no snmp6. */
	if (read_file(sys, "/proc/self/net/snmp6", text)) {
		sums->full += count_ipv6(text, "\nUdp6RcvbufErrors ");
		sums->memory += count_ipv6(text, "\nUdp6MemErrors ");
		sums->checksum += count_ipv6(text, "\nUdp6InCsumErrors ");
	}
	return true;
}

const char *udpstat_cause(const struct udpstat *before,
			  const struct udpstat *after)
{
	static const char *const causes[] = {
		NULL,
		"receive buffer full",
		"memory for UDP full (net.ipv4.udp_mem)",
		"receive buffer or memory for UDP full",
		"wrong checksum",
		"receive buffer full or wrong checksum",
		"memory for UDP full or wrong checksum",
		"receive buffer or memory for UDP full or wrong checksum",
	};
	unsigned full = after->full != before->full;
	unsigned memory = after->memory != before->memory;
	unsigned checksum = after->checksum != before->checksum;

	return causes[full | memory << 1 | checksum << 2];
}
