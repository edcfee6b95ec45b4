/* value - how the value of an option is read and shown; see value.h. */
#include "value.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decimal.h"
#include "linkname.h"

static unsigned long *number_field(struct settings *settings, size_t field)
{
	return (unsigned long *)(void *)((char *)settings + field);
}

bool value_set_text(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	memcpy((char *)settings + rule->field, &text, sizeof(text));
	return true;
}

bool value_set_option(const struct rule *rule, struct settings *settings,
		      const char *text)
{
	bool none = strcmp(text, "none") == 0;

	return *text != '\0' &&
	       value_set_text(rule, settings, none ? NULL : text);
}

bool value_set_file(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	(void)rule;
	return filename_compile(&settings->file, text) == NULL;
}

const char *value_wrong_file(const char *text)
{
	struct filename file;

	return filename_compile(&file, text);
}

void value_show_file(const struct rule *rule, const struct settings *settings,
		     char value[RULES_VALUE_MAX])
{
	(void)rule;
	snprintf(value, RULES_VALUE_MAX, "%s", settings->file.pattern);
}

bool value_set_ports(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	struct settings_ports ports;

	(void)rule;
	if (settings_read_ports(&ports, text))
		return false;
	settings->ports = ports;
	return true;
}

const char *value_wrong_ports(const char *text)
{
	struct settings_ports ports;

	return settings_read_ports(&ports, text);
}

void value_show_ports(const struct rule *rule, const struct settings *settings,
		      char value[RULES_VALUE_MAX])
{
	(void)rule;
	settings_write_ports(value, &settings->ports);
}

bool value_set_link(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	return !linkname_wrong(text) && value_set_option(rule, settings, text);
}

static bool is_ipv6(const char *text)
{
	unsigned char binary[16];
	char ip[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (len >= sizeof(ip) || strlen(text) >= RULES_IP_MAX)
		return false;
	if (text[len] == '%' && text[len + 1] == '\0')
		return false;
	memcpy(ip, text, len);
	ip[len] = '\0';
	return inet_pton(AF_INET6, ip, binary) == 1;
}

/* A multicast group may have an interface behind it. */
static bool is_ipv4(const char *text)
{
	size_t len = strcspn(text, "%");
	unsigned char binary[4];
	char ip[INET_ADDRSTRLEN];

	if (len >= sizeof(ip) || strlen(text) >= RULES_IP_MAX)
		return false;
	memcpy(ip, text, len);
	ip[len] = '\0';
	return inet_pton(AF_INET, ip, binary) == 1 &&
	       (text[len] == '\0' ||
		(text[len + 1] != '\0' && (binary[0] & 0xf0) == 0xe0));
}

bool value_set_ip(const struct rule *rule, struct settings *settings,
		  const char *text)
{
	if (!is_ipv4(text) && !is_ipv6(text))
		return false;
	return value_set_text(rule, settings, text);
}

/*
 * A number is taken as an id, below (uid_t)-1, which means "no change" to the
 * kernel.  Whether a name exists is for privilege_find() to find out.
 */
bool value_set_id(const struct rule *rule, struct settings *settings,
		  const char *text)
{
	uint64_t id;

	if (text[strspn(text, "0123456789")] == '\0' &&
	    !decimal_parse(text, UINT32_MAX - 1, &id))
		return false;
	return value_set_text(rule, settings, text);
}

bool value_set_number(const struct rule *rule, struct settings *settings,
		      const char *text)
{
	uint64_t value;

	if (!decimal_parse(text, rule->max, &value) || value < rule->min)
		return false;
	*number_field(settings, rule->field) = (unsigned long)value;
	return true;
}

/* Reads milliseconds; without a unit, the number is one of @unit_ms. */
static bool set_time(const struct rule *rule, struct settings *settings,
		     const char *text, uint64_t unit_ms)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }
	};
	const unsigned char *at = (const unsigned char *)text;
	uint64_t ms = unit_ms;
	uint64_t value;
	size_t i;

	if (!decimal_read(&at, at + strlen(text), UINT32_MAX, &value))
		return false;
	if (*at != '\0')
		ms = 0;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp((const char *)at, units[i].unit) == 0)
			ms = units[i].ms;
	if (ms == 0 || value * ms < rule->min * unit_ms ||
	    value * ms > rule->max * unit_ms)
		return false;
	*number_field(settings, rule->field) = (unsigned long)(value * ms);
	return true;
}

bool value_set_seconds(const struct rule *rule, struct settings *settings,
		       const char *text)
{
	return set_time(rule, settings, text, 1000);
}

bool value_set_ms(const struct rule *rule, struct settings *settings,
		  const char *text)
{
	return set_time(rule, settings, text, 1);
}

/* Reads @text, with the letter of a unit behind it or not. */
static bool read_size(const struct rule *rule, const char *text, uint64_t *size)
{
	static const char units[] = "KkMmGgTt";
	const unsigned char *at = (const unsigned char *)text;
	const char *unit;
	unsigned shift = 0;
	uint64_t value;

	if (!decimal_read(&at, at + strlen(text), rule->max, &value))
		return false;
	unit = *at != '\0' ? strchr(units, *at) : NULL;
	if (unit) {
		shift = 10 * (unsigned)((unit - units) / 2 + 1);
		at++;
	}
	if (*at != '\0' || value > rule->max >> shift ||
	    value << shift < rule->min)
		return false;
	*size = value << shift;
	return true;
}

bool value_set_size(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	uint64_t size;

	if (!read_size(rule, text, &size))
		return false;
	*number_field(settings, rule->field) = (unsigned long)size;
	return true;
}

static bool set_amount(const struct rule *rule, struct settings *settings,
		       uint64_t amount)
{
	memcpy((char *)settings + rule->field, &amount, sizeof(amount));
	return true;
}

/* Reads @text, with the letter of its unit behind it or not. */
static bool read_days(const struct rule *rule, const char *text, uint64_t *days)
{
	const unsigned char *at = (const unsigned char *)text;

	return decimal_read(&at, at + strlen(text), rule->max, days) &&
	       (*at == '\0' || strcmp((const char *)at, "d") == 0);
}

bool value_set_days(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	uint64_t days;

	return read_days(rule, text, &days) && set_amount(rule, settings, days);
}

/* The days before today are set; today is one more. */
bool value_set_keep(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	uint64_t days;

	if (strcmp(text, "none") == 0)
		return set_amount(rule, settings, 0);
	return read_days(rule, text, &days) &&
	       set_amount(rule, settings, days + 1);
}

bool value_set_count(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	uint64_t count;

	if (strcmp(text, "none") == 0)
		return set_amount(rule, settings, 0);
	return decimal_parse(text, rule->max, &count) && count >= rule->min &&
	       set_amount(rule, settings, count);
}

bool value_set_limit(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	uint64_t size;

	if (strcmp(text, "none") == 0)
		return set_amount(rule, settings, 0);
	return read_size(rule, text, &size) && set_amount(rule, settings, size);
}

bool value_set_perm(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	unsigned long value = 0;

	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '7' || value > rule->max)
			return false;
		value = value * 8 + (unsigned long)(*text - '0');
	}
	if ((value & ~rule->max) != 0)
		return false;
	settings->perm = value;
	return true;
}

bool value_set_word(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	uint8_t i;

	for (i = 0; i < RULES_WORDS && rule->words[i]; i++)
		if (strcmp(text, rule->words[i]) == 0) {
			*((uint8_t *)settings + rule->field) = i;
			return true;
		}
	return false;
}

void value_show_text(const struct rule *rule, const struct settings *settings,
		     char value[RULES_VALUE_MAX])
{
	const char *text;

	memcpy(&text, (const char *)settings + rule->field, sizeof(text));
	snprintf(value, RULES_VALUE_MAX, "%s", text ? text : rule->fallback);
}

static unsigned long number_of(const struct rule *rule,
			       const struct settings *settings)
{
	unsigned long number;

	memcpy(&number, (const char *)settings + rule->field, sizeof(number));
	return number;
}

void value_show_number(const struct rule *rule, const struct settings *settings,
		       char value[RULES_VALUE_MAX])
{
	snprintf(value, RULES_VALUE_MAX, "%lu", number_of(rule, settings));
}

static uint64_t amount_of(const struct rule *rule,
			  const struct settings *settings)
{
	uint64_t amount;

	memcpy(&amount, (const char *)settings + rule->field, sizeof(amount));
	return amount;
}

void value_show_days(const struct rule *rule, const struct settings *settings,
		     char value[RULES_VALUE_MAX])
{
	snprintf(value, RULES_VALUE_MAX, "%" PRIu64, amount_of(rule, settings));
}

void value_show_keep(const struct rule *rule, const struct settings *settings,
		     char value[RULES_VALUE_MAX])
{
	uint64_t days = amount_of(rule, settings);

	if (days == 0)
		snprintf(value, RULES_VALUE_MAX, "none");
	else
		snprintf(value, RULES_VALUE_MAX, "%" PRIu64, days - 1);
}

void value_show_limit(const struct rule *rule, const struct settings *settings,
		      char value[RULES_VALUE_MAX])
{
	if (amount_of(rule, settings) == 0)
		snprintf(value, RULES_VALUE_MAX, "none");
	else
		value_show_days(rule, settings, value);
}

void value_show_seconds(const struct rule *rule,
			const struct settings *settings,
			char value[RULES_VALUE_MAX])
{
	unsigned long ms = number_of(rule, settings);

	if (ms % 1000 == 0)
		snprintf(value, RULES_VALUE_MAX, "%lu", ms / 1000);
	else
		snprintf(value, RULES_VALUE_MAX, "%lums", ms);
}

void value_show_perm(const struct rule *rule, const struct settings *settings,
		     char value[RULES_VALUE_MAX])
{
	(void)rule;
	snprintf(value, RULES_VALUE_MAX, "%04lo", settings->perm);
}

void value_show_word(const struct rule *rule, const struct settings *settings,
		     char value[RULES_VALUE_MAX])
{
	uint8_t i = *((const uint8_t *)settings + rule->field);

	snprintf(value, RULES_VALUE_MAX, "%s", rule->words[i]);
}
