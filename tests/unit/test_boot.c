/* Tests of boot: which announcements are of one boot. */
#include "unit.h"

#include <string.h>

#include "boot.h"

static enum boot_sign sign_of(const char *title, bool record)
{
	return boot_sign(title, strlen(title), record);
}

static void test_each_announcement_has_its_sign(void **state)
{
	(void)state;
	assert_int_equal(sign_of("U-Boot 2024.01 (Jan 08 2024)", false),
			 BOOT_LOADER);
	assert_int_equal(sign_of("U-Boot SPL 2024.01", false), BOOT_LOADER);
	assert_int_equal(sign_of("Booting Linux on physical CPU 0x0", false),
			 BOOT_TEXT_KERNEL);
	assert_int_equal(sign_of("Booting Linux on physical CPU 0x0", true),
			 BOOT_RECORD_KERNEL);
	assert_int_equal(sign_of("Linux version 6.1.0 (x)", false),
			 BOOT_TEXT_VERSION);
	assert_int_equal(sign_of("Linux version 6.1.0 (x)", true),
			 BOOT_RECORD_VERSION);
}

#define SIGNS 8

/* How many boots the signs announce that come one after the other. */
static unsigned count_boots(const enum boot_sign signs[SIGNS])
{
	struct boot boot = { .signs = 0 };
	unsigned boots = 0;
	unsigned i;

	for (i = 0; i < SIGNS && signs[i]; i++) {
		boots += !boot_is_same(&boot, signs[i], i);
		boot_note(&boot, signs[i], i);
	}
	return boots;
}

static void test_what_comes_again_or_too_early_is_another_boot(void **state)
{
	static const struct {
		unsigned boots;
		enum boot_sign signs[SIGNS];
	} cases[] = {
		{ 1, { BOOT_TEXT_VERSION } },
		{ 1,
		  { BOOT_LOADER, BOOT_LOADER, BOOT_TEXT_KERNEL,
		    BOOT_TEXT_VERSION } },
		{ 1,
		  { BOOT_NUMBERS, BOOT_RECORD_KERNEL, BOOT_RECORD_VERSION } },
		/* Two targets of one machine, with source=address. */
		{ 1, { BOOT_TEXT_VERSION, BOOT_NUMBERS, BOOT_RECORD_VERSION } },
		{ 1, { BOOT_NUMBERS, BOOT_TEXT_VERSION, BOOT_RECORD_VERSION } },
		{ 3,
		  { BOOT_TEXT_VERSION, BOOT_TEXT_VERSION, BOOT_TEXT_VERSION } },
		{ 2,
		  { BOOT_RECORD_VERSION, BOOT_NUMBERS, BOOT_RECORD_VERSION } },
		{ 2, { BOOT_NUMBERS, BOOT_NUMBERS } },
		{ 2, { BOOT_TEXT_KERNEL, BOOT_TEXT_VERSION, BOOT_LOADER } },
		{ 2,
		  { BOOT_TEXT_KERNEL, BOOT_TEXT_VERSION, BOOT_TEXT_KERNEL,
		    BOOT_TEXT_VERSION } },
		{ 2, { BOOT_RECORD_VERSION, BOOT_RECORD_KERNEL } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (count_boots(cases[i].signs) != cases[i].boots)
			fail_msg("case %zu: %u boots, not %u", i,
				 count_boots(cases[i].signs), cases[i].boots);
}

static void test_what_comes_late_is_another_boot(void **state)
{
	struct boot boot = { .signs = 0 };

	(void)state;
	boot_note(&boot, BOOT_LOADER, 5000);
	assert_true(boot_is_same(&boot, BOOT_TEXT_VERSION, 5000 + BOOT_MS - 1));
	assert_false(boot_is_same(&boot, BOOT_TEXT_VERSION, 5000 + BOOT_MS));
}

static void test_what_comes_after_an_end_is_another_boot(void **state)
{
	static const enum boot_past pasts[] = { BOOT_OOPS, BOOT_PANIC,
						BOOT_PLANNED };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pasts) / sizeof(pasts[0]); i++) {
		struct boot boot = { .signs = 0 };

		boot_note(&boot, BOOT_NUMBERS, 0);
		boot.past = (uint16_t)pasts[i];
		assert_false(boot_is_same(&boot, BOOT_TEXT_VERSION, 1));
		boot_note(&boot, BOOT_TEXT_VERSION, 1);
		assert_int_equal(boot.past, BOOT_SILENT);
	}
}

static void test_how_the_boot_before_ended_has_a_word(void **state)
{
	(void)state;
	assert_string_equal(boot_before(BOOT_UNKNOWN), "unknown");
	assert_string_equal(boot_before(BOOT_SILENT), "silent");
	assert_string_equal(boot_before(BOOT_OOPS), "panic");
	assert_string_equal(boot_before(BOOT_PANIC), "panic");
	assert_string_equal(boot_before(BOOT_PLANNED), "planned");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_announcement_has_its_sign),
		cmocka_unit_test(
			test_what_comes_again_or_too_early_is_another_boot),
		cmocka_unit_test(test_what_comes_late_is_another_boot),
		cmocka_unit_test(test_what_comes_after_an_end_is_another_boot),
		cmocka_unit_test(test_how_the_boot_before_ended_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
