/* settings - what an administrator decides; see settings.h. */
#include "settings.h"

#include <string.h>

#include "decimal.h"

static bool has_port(const struct settings_ports *ports, uint64_t port)
{
	uint16_t i;

	for (i = 0; i < ports->count; i++)
		if (ports->at[i] == port)
			return true;
	return false;
}

const char *settings_read_ports(struct settings_ports *ports, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);
	uint64_t port;

	*ports = (struct settings_ports){ .count = 0 };
	while (decimal_read(&at, end, UINT16_MAX, &port)) {
		if (ports->count == SOCKETS_MAX)
			return "too many ports";
		if (port > 0 && has_port(ports, port))
			return "a port stands there twice";
		ports->at[ports->count++] = (uint16_t)port;
		if (at == end)
			return NULL;
		if (*at++ != ',')
			break;
	}
	return "not allowed";
}

void settings_write_ports(char text[SETTINGS_PORTS_MAX],
			  const struct settings_ports *ports)
{
	char *to = text;
	uint16_t i;

	for (i = 0; i < ports->count; i++) {
		if (i > 0)
			*to++ = ',';
		to = decimal_write(to, ports->at[i], 1);
	}
	*to = '\0';
}
