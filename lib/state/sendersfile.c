/* sendersfile - what the file "senders" says; see sendersfile.h. */
#include "sendersfile.h"

#include <string.h>

#include "decimal.h"
#include "promfile.h"

static const char head[] = "name\taddress\tport\theard\tlines\trate\tlost\t"
			   "boots\tincident\tincident_time\n";

size_t sendersfile_head(char out[SENDERSFILE_ROW_MAX])
{
	memcpy(out, head, sizeof(head) - 1);
	return sizeof(head) - 1;
}

static char *put_field(char *to, const char *bytes, size_t len)
{
	memcpy(to, len > 0 ? bytes : "-", len > 0 ? len : 1);
	to += len > 0 ? len : 1;
	*to++ = '\t';
	return to;
}

static char *put_count(char *to, uint64_t value)
{
	to = decimal_write(to, value, 1);
	*to++ = '\t';
	return to;
}

static char *put_time(char *to, const struct timespec *time)
{
	if (time->tv_sec <= 0)
		return put_field(to, NULL, 0);
	to = promfile_time(to, time);
	*to++ = '\t';
	return to;
}

static char *put_rate(char *to, uint64_t tenths)
{
	to = decimal_write(to, tenths / 10, 1);
	*to++ = '.';
	return put_count(to, tenths % 10);
}

static char *put_incident(char *to, const struct sendersfile_row *row)
{
	struct timespec time = {
		.tv_sec = (time_t)(row->incident_ms / 1000),
		.tv_nsec = (long)(row->incident_ms % 1000) * 1000000,
	};
	const char *name = row->incident ? row->incident : "";

	if (!row->incident)
		time.tv_sec = 0;
	return put_time(put_field(to, name, strlen(name)), &time);
}

size_t sendersfile_row(char out[SENDERSFILE_ROW_MAX],
		       const struct sendersfile_row *row)
{
	char *to = put_field(out, row->name, row->name_len);

	to = put_field(to, row->address, strlen(row->address));
	to = row->has_port ? put_count(to, row->port) : put_field(to, NULL, 0);
	to = put_count(put_time(to, &row->heard), row->lines);
	to = put_count(put_rate(to, row->rate_tenths), row->lost);
	to = put_incident(put_count(to, row->boots), row);
	to[-1] = '\n';
	return (size_t)(to - out);
}
