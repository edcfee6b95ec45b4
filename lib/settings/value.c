/* value - how the value of an option is read and shown; see value.h. */
#include "value.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decimal.h"

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

bool value_set_ip(const struct rule *rule, struct settings *settings,
		  const char *text)
{
	unsigned char binary[4];

	if (inet_pton(AF_INET, text, binary) != 1 && !is_ipv6(text))
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

bool value_set_seconds(const struct rule *rule, struct settings *settings,
		       const char *text)
{
	if (!value_set_number(rule, settings, text))
		return false;
	*number_field(settings, rule->field) *= 1000;
	return true;
}

/* Reads @text, with the letter of a unit behind it or not. */
static bool read_size(const struct rule *rule, const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	const unsigned char *at = (const unsigned char *)text;
	const char *unit;
	unsigned shift = 0;
	uint64_t value;

	if (!decimal_read(&at, at + strlen(text), rule->max, &value))
		return false;
	unit = *at != '\0' ? strchr(units, *at) : NULL;
	if (unit) {
		shift = 10 * (unsigned)(unit - units + 1);
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

bool value_set_days(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	uint64_t days;

	return decimal_parse(text, rule->max, &days) &&
	       set_amount(rule, settings, days);
}

/* The days before today are set; today is one more. */
bool value_set_keep(const struct rule *rule, struct settings *settings,
		    const char *text)
{
	uint64_t days;

	if (strcmp(text, "none") == 0)
		return set_amount(rule, settings, 0);
	return decimal_parse(text, rule->max, &days) &&
	       set_amount(rule, settings, days + 1);
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
	snprintf(value, RULES_VALUE_MAX, "%lu",
		 number_of(rule, settings) / 1000);
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
