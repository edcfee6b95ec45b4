/* Tests of forms and glance: all of the table is found, and found fast. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "forms.h"
#include "glance.h"

#define LONGEST 256

/* A message as the form wants it. */
static size_t message_of(const struct form *form, char text[LONGEST])
{
	int n = snprintf(text, LONGEST, "%s%s%s%s", form->begins,
			 form->begins[1] ? "" : "1", form->has ? "x " : "",
			 form->has ? form->has : "");

	assert_between(n, 1, LONGEST - 1);
	return (size_t)n;
}

static void test_each_form_is_found(void **state)
{
	const struct form *form;
	char text[LONGEST];
	size_t i;

	(void)state;
	for (i = 0; (form = forms_number(i)); i++) {
		size_t len = message_of(form, text);
		const struct words message = { text, text + len };
		const struct form *found = forms_find(&message, true);

		if (form->class == CLASS_NONE
			    ? found != NULL
			    : !found || found->class != form->class)
			fail_msg("'%s' is found as '%s'", text,
				 found ? found->begins : "nothing");
	}
	assert_true(i > 100);
}

/* An uptime of seconds, days, years; a level; half a line; nothing. */
static const char *const before[] = {
	"[    1.000000] ",
	"[12345.000000] ",
	"[123456.000000] ",
	"[1234567.000000] ",
	"[12345678.000000] ",
	"[123456789.000000] ",
	"[1234567890.000000] ",
	"[1234567.000000][   T1] ",
	"[    1.000000] [   T1] ",
	"<0>",
	"<6>[    1.000000] ",
	"[x] debian login: [    1.000000] ",
	"$ [1.000000]",
	"",
};

static void test_no_form_is_ruled_out_by_a_glance(void **state)
{
	const struct form *form;
	char text[LONGEST], line[LONGEST + 64];
	size_t i, k;

	(void)state;
	for (i = 0; (form = forms_number(i)); i++) {
		size_t len = message_of(form, text);

		if (glance_rules_out_message(text, len))
			fail_msg("'%s' is ruled out", text);
		for (k = 0; k < sizeof(before) / sizeof(*before); k++) {
			len = (size_t)sprintf(line, "%s%s", before[k], text);
			if (glance_rules_out(line, len))
				fail_msg("'%s' is ruled out", line);
		}
	}
}

/* In memory of its very length. */
static void assert_not_ruled_out(const char *piece, size_t len)
{
	char *bytes = malloc(len + 1);
	struct announcement found;

	assert_non_null(bytes);
	memcpy(bytes + 1, piece, len);
	if (announce_look_closely(bytes + 1, len, &found) &&
	    glance_rules_out(bytes + 1, len))
		fail_msg("'%.*s' is ruled out", (int)len, piece);
	free(bytes);
}

static void test_nor_is_a_piece_of_it_that_announces_as_much(void **state)
{
	const struct form *form;
	char text[LONGEST], line[LONGEST + 64];
	size_t i, k, cut, len;

	(void)state;
	for (i = 0; (form = forms_number(i)); i++) {
		message_of(form, text);
		for (k = 0; k < sizeof(before) / sizeof(*before); k++) {
			len = (size_t)sprintf(line, "%s%s", before[k], text);
			for (cut = 0; cut < len; cut++) {
				assert_not_ruled_out(line + cut, len - cut);
				assert_not_ruled_out(line, cut);
			}
		}
	}
}

/* Nearly all lines have to be, or it would be no glance. */
static void test_usual_lines_are_ruled_out_by_a_glance(void **state)
{
	static const char *const lines[] = {
		"[    1.000000] usb 1-1: new high-speed USB device number 2",
		"[123456.000000] usb 1-1: new high-speed USB device number 2",
		"[1234567890.000000] usb 1-1: new high-speed USB device",
		"[    1.000000][   T1] usb 1-1: new high-speed USB device",
		"usb 1-1: new high-speed USB device number 2 [again] [",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_true(glance_rules_out(lines[i], strlen(lines[i])));
}

static void test_what_a_process_may_say_needs_the_kernels_word(void **state)
{
	const struct form *form;
	char text[LONGEST];
	size_t i, count = 0;

	(void)state;
	for (i = 0; (form = forms_number(i)); i++) {
		size_t len = message_of(form, text);
		const struct words message = { text, text + len };
		const struct form *found = forms_find(&message, false);

		if (!form->headed)
			continue;
		count++;
		if (found)
			fail_msg("'%s' is found as '%s'", text, found->begins);
	}
	assert_true(count > 0);
}

static void test_the_forms_are_in_the_order_of_their_first_bytes(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; forms_number(i); i++)
		if ((unsigned char)forms_number(i)->begins[0] <
		    (unsigned char)forms_number(i - 1)->begins[0])
			fail_msg("'%s' is too far down",
				 forms_number(i)->begins);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_form_is_found),
		cmocka_unit_test(test_no_form_is_ruled_out_by_a_glance),
		cmocka_unit_test(
			test_nor_is_a_piece_of_it_that_announces_as_much),
		cmocka_unit_test(test_usual_lines_are_ruled_out_by_a_glance),
		cmocka_unit_test(
			test_what_a_process_may_say_needs_the_kernels_word),
		cmocka_unit_test(
			test_the_forms_are_in_the_order_of_their_first_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
