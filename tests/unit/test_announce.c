/* Tests of announce and class: what a line announces, and its title. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "announce.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct line {
	const char *text;
	enum incident_class class;
	const char *title;
};

/* A line that is its own title, and one that announces nothing. */
#define L(text, class)                                      \
	{                                                   \
		"[    5.000000] " text, CLASS_##class, text \
	}
#define N(text)                      \
	{                            \
		text, CLASS_NONE, "" \
	}

/* Looks at @text in memory of its very length. */
static bool look(const char *text, struct announcement *found, char **bytes)
{
	size_t len = strlen(text);

	*bytes = malloc(len + 1);
	assert_non_null(*bytes);
	memcpy(*bytes + 1, text, len);
	return announce_look(*bytes + 1, len, found);
}

/* What @l announces, with its title; the bytes are gone then. */
static struct announcement announced(const struct line *l)
{
	struct announcement found = { CLASS_NONE, "", 0, false, NULL, 0 };
	char *bytes;

	if (!look(l->text, &found, &bytes) && found.class != CLASS_NONE)
		fail_msg("'%s' was written to", l->text);
	if (found.class != l->class)
		fail_msg("'%s' is %s", l->text, class_name(found.class));
	if (found.length != strlen(l->title) ||
	    memcmp(found.title, l->title, found.length) != 0)
		fail_msg("'%s' has the title '%.*s'", l->text,
			 (int)found.length, found.title);
	free(bytes);
	found.title = NULL;
	return found;
}

static void assert_announce(const struct line *lines, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		announced(&lines[i]);
}

static void test_a_message_is_found_behind_its_prefix(void **state)
{
	static const struct line lines[] = {
		{ "Oops: 0002 [#1] SMP", CLASS_OOPS, "Oops: 0002 [#1] SMP" },
		{ "[    1.234567] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[12345.678901] Oops: 1\r", CLASS_OOPS, "Oops: 1" },
		{ "[1234567.678901] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[    1.2345] Oops: 1 [#1]", CLASS_NONE, "" },
		{ "<1>[    1.234567] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "<1>Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[    1.234567][    T1] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[    1.234567][T123456] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[    1.234567] [ C1] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[ T7] Oops: 1 [#1]", CLASS_OOPS, "Oops: 1 [#1]" },
		{ "<0>[    1.234567] [T1] Oops: 1", CLASS_OOPS, "Oops: 1" },
		{ "[    1.234567]  Oops: 1", CLASS_NONE, "" },
	};

	(void)state;
	assert_announce(lines, COUNT(lines));
}

static void test_half_a_line_may_stand_before_the_time(void **state)
{
	static const struct line lines[] = {
		{ "box login: [    9.000001] BUG: Bad x", CLASS_OOPS,
		  "BUG: Bad x" },
		{ "** 7 printk messages dropped ** [    9.000001] UBSAN: x",
		  CLASS_SANITIZER, "UBSAN: x" },
		{ "a[    9.000001] b[    9.000002][ T1] UBSAN: c",
		  CLASS_SANITIZER, "UBSAN: c" },
		{ "a[    9.000001] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2",
		  CLASS_WARNING, "WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2" },
		/* It may be a copy, and anybody's. */
		{ "a[    9.000001] WARNING: no", CLASS_NONE, "" },
		{ "a[    9.000001] BUG: no", CLASS_NONE, "" },
		{ "a[    9.00001] BUG: Bad no", CLASS_NONE, "" },
		{ "a [9] BUG: Bad no", CLASS_NONE, "" },
	};

	(void)state;
	assert_announce(lines, COUNT(lines));
}

static void test_each_kind_is_told_from_the_others(void **state)
{
	static const struct line lines[] = {
		L("Kernel panic - not syncing: no init", PANIC),
		L("PANIC: early exception 0x0d IP 10:ffff error 0", PANIC),
		L("PANIC: double fault, error_code: 0x0", OOPS),
		L("BUG: kernel NULL pointer dereference, address: 0", OOPS),
		L("BUG: Bad page state in process a  pfn:1", OOPS),
		L("general protection fault, probably for x: 0000 [#1]", OOPS),
		L("divide error: 0000 [#3] SMP", OOPS),
		L("kernel BUG at fs/x.c:7!", OOPS),
		L("Unable to handle kernel paging request at 0", OOPS),
		L("CPU 3 Unable to handle kernel paging request", OOPS),
		L("Internal error: Oops - BUG: 0 [#1] SMP ARM", OOPS),
		L("addressing exception: 0005 ilc:3 [#1] SMP", OOPS),
		L("list_del corruption. prev->next should be 1", OOPS),
		L("BUG: KASAN: slab-out-of-bounds in f+0x1/0x2", SANITIZER),
		L("BUG: KFENCE: use-after-free read in f+0x1/0x2", SANITIZER),
		L("BUG kmalloc-64 (Tainted: G B): Redzone gone", SANITIZER),
		L("UBSAN: shift-out-of-bounds in x.c:5:2", SANITIZER),
		L("[ INFO: possible recursive locking detected ]", LOCKING),
		L("WARNING: possible circular locking dependency", LOCKING),
		L("WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
		  LOCKING),
		L("WARNING: suspicious RCU usage", LOCKING),
		L("WARNING: sh/7 still has locks held!", LOCKING),
		L("WARNING: CPU: 1 PID: 2 at kernel/locking/lockdep.c:9 f",
		  LOCKING),
		L("BUG: sleeping function called from invalid context",
		  LOCKING),
		L("BUG: using smp_processor_id() in preemptible code", LOCKING),
		L("INFO: trying to register non-static key.", LOCKING),
		L("watchdog: BUG: soft lockup - CPU#1 stuck for 22s!", LOCKUP),
		L("NMI watchdog: Watchdog detected hard LOCKUP on cpu 3",
		  LOCKUP),
		L("watchdog: CPU 2 self-detected hard LOCKUP @ f", LOCKUP),
		L("BUG: workqueue lockup - pool cpus=0", LOCKUP),
		L("rcu: INFO: rcu_preempt self-detected stall on CPU", LOCKUP),
		L("INFO: rcu_sched detected stalls on CPUs/tasks: { 1}",
		  LOCKUP),
		L("rcu: rcu_sched kthread starved for 5 jiffies!", LOCKUP),
		L("INFO: task a b:12 blocked for more than 120 seconds.", HUNG),
		L("INFO: task a:1 blocked in I/O wait for more than 9 seconds.",
		  HUNG),
		L("INFO: task a:1 can't die for more than 9 seconds.", HUNG),
		L("WARNING: CPU: 0 PID: 1 at kernel/x.c:5 f+0x1/0x2", WARNING),
		L("WARNING: at kernel/x.c:5 f+0x1/0x2()", WARNING),
		L("WARNING: fs/x.c:5 at f+0x1/0x2, CPU#1: sh/7", WARNING),
		L("refcount_t: underflow; use-after-free.", WARNING),
		L("a b c invoked oom-killer: gfp_mask=0x1, order=0, "
		  "oom_score_adj=-1000",
		  OOM),
		L("Out of memory: Killed process 5 (x) total-vm:1kB", OOM),
		L("Memory cgroup out of memory: Killed process 5 (x)", OOM),
		L("kmemleak: 3 new suspected memory leaks", LEAK),
		L("unreferenced object 0xffff888100000000 (size 64):", LEAK),
		L("mce: [Hardware Error]: Machine check events logged",
		  HARDWARE),
		L("{12}[Hardware Error]: event severity: fatal", HARDWARE),
		L("EDAC MC0: 1 UE memory read error on x", HARDWARE),
		L("pcieport 0000:00:01.0: AER: Corrected error received: x",
		  HARDWARE),
		L("Buffer I/O error on dev sda1, logical block 0", STORAGE),
		L("blk_update_request: I/O error, dev sda, sector 5", STORAGE),
		L("critical medium error, dev sdb, sector 9", STORAGE),
		L("EXT4-fs error (device sda1): f:5: inode #2: x", STORAGE),
		L("EXT4-fs (sda1): Remounting filesystem read-only", STORAGE),
		L("XFS (dm-0): Corruption detected. Unmount", STORAGE),
		L("BTRFS critical (device sda): corrupt leaf", STORAGE),
	};

	(void)state;
	assert_announce(lines, COUNT(lines));
}

static void test_ordinary_lines_announce_nothing(void **state)
{
	static const struct line lines[] = {
		N(""),
		N("["),
		N("<"),
		N("<6>"),
		N("=N"),
		N("WARNIN"),
		N("[    1.234567]"),
		N("[    1.234567] "),
		N("[    1.234567] B"),
		N("[    1.234567][    T1] B"),
		N("[    1.234567] usb 1-1: new high-speed USB device number 2"),
		N("[    1.234567] DEBUG: no BUG: at all"),
		N("[    1.234567] DEBUG: [    1.234567] BUG: at all"),
		N("[    0.000000] Kernel command line: panic=10 BUG: "),
		N("[    1.234567] INFO: lockdep is turned off."),
		N("[    1.234567] INFO: NMI handler (f) took too long to run"),
		N("[    1.234567] INFO: Stall ended before state dump start"),
		N("[    1.234567] rcu: INFO: Stall ended before state dump"),
		N("[    1.234567] EXT4-fs (a): INFO: recovery required on "
		  "readonly filesystem"),
		N("[    1.234567] kmemleak: Kernel memory leak detector on"),
		N("[    1.234567] EDAC MC: Ver: 3.0.0"),
		N("[    1.234567] pcieport 0000:00:01.0: AER: enabled with 5"),
		N("[    1.234567] NMI watchdog: Enabled."),
		N("[    1.234567] watchdog: Delayed init of the lockup"),
		N("[    1.234567] BUG UNIX (Not tainted): kasan: bad access "
		  "detected"),
		N("[    1.234567] audit: type=1112 msg=a invoked oom-killer: "
		  "gfp_mask=1, oom_score_adj=0"),
		N("[    1.234567] a invoked oom-killer: gfp_mask=0x1, order=0, "
		  "oom_score_adj=0A-1000\r"),
		N("[    1.234567] a invoked oom-killer: gfp_mask=0x1, order=0, "
		  "oom_score_adj=-"),
		N("[    1.234567] Buffer I/O error on dev fd0, logical block "
		  "0"),
		N("[    1.234567] sysrq: HELP : loglevel(0-9) reboot(b)"),
		N("[    1.234567] sysrq: This sysrq operation is disabled."),
		N(" [T1]BUG in (Tainted:  f+0x1/0x2 but no time before"),
		/* What a process said, or may have said. */
		N("<12>[    1.234567] BUG: in a program"),
		N("<30>Oops: 1 [#1]"),
		N("WARNING: of a program"),
		N("BUG: of a program"),
		N("Oops: of a program"),
	};

	(void)state;
	assert_announce(lines, COUNT(lines));
}

static void test_moments_have_nothing_behind_them(void **state)
{
	static const struct line moments[] = {
		L("Linux version 6.1.0 (gcc) #1", BOOT),
		L("U-Boot 2024.01 (Jan 01 2024)", BOOT),
		L("reboot: Restarting system", SHUTDOWN),
		L("reboot: Power down", SHUTDOWN),
		L("kexec_core: Starting new kernel", SHUTDOWN),
		L("sysrq: Resetting", SHUTDOWN),
		L("sysrq: SysRq : Trigger a crash", SHUTDOWN),
		L("SysRq : Emergency Sync", SYSRQ),
		L("sysrq: Kill All Tasks", SYSRQ),
	};
	static const struct line dumps[] = {
		L("sysrq: Show State", SYSRQ),
		L("SysRq : Show Blocked State", SYSRQ),
		L("sysrq: SysRq : Show backtrace of all active CPUs", SYSRQ),
		L("BUG: x", OOPS),
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(moments); i++)
		assert_true(announced(&moments[i]).moment);
	for (i = 0; i < COUNT(dumps); i++)
		assert_false(announced(&dumps[i]).moment);
}

static void test_a_message_of_a_record_has_no_prefix(void **state)
{
	static const char bug[] = "BUG: x", warning[] = "WARNING: of its own";
	static const char timed[] = "a[    1.234567] BUG: x";
	struct announcement found;

	(void)state;
	assert_true(announce_look_message(bug, sizeof(bug) - 1, &found));
	assert_int_equal(found.class, CLASS_OOPS);
	assert_ptr_equal(found.title, bug);
	assert_true(
		announce_look_message(warning, sizeof(warning) - 1, &found));
	assert_false(announce_look_message(timed, sizeof(timed) - 1, &found));
	assert_false(announce_look_message(bug, 0, &found));
}

static void test_each_class_has_its_last_line(void **state)
{
	static const struct line lines[] = {
		L("---[ end Kernel panic - not syncing: x ]---", PANIC),
		L("Rebooting in 10 seconds..", PANIC),
		L("---[ end trace 0000000000000000 ]---", OOPS),
		L("---[ end trace 0123456789abcdef ]---", WARNING),
		L("==================================", SANITIZER),
		L("---[ end trace ]---", SANITIZER),
		L(" </TASK>", LOCKING),
		L("Out of memory: Killed process 5 (x) total-vm:1kB", OOM),
		L("Killed process 5 (x) total-vm:1kB", OOM),
	};
	static const char *const not_last[] = {
		"",
		"Out of memory: Kill process 5 (x) score 900",
		"===",
		"======================= x",
		"------------[ cut here ]------",
	};
	enum incident_class c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lines); i++)
		assert_true(announce_ends(lines[i].class, lines[i].text,
					  strlen(lines[i].text)));
	for (i = 0; i < COUNT(not_last); i++)
		for (c = CLASS_NONE; c < CLASSES; c++)
			assert_false(announce_ends(c, not_last[i],
						   strlen(not_last[i])));
}

static void test_tasks_of_a_dump_are_told(void **state)
{
	static const char *const tasks[] = {
		"[    7.254578] task:init            state:R  running task",
		"task:a b             state:S stack:0     pid:2     ppid:0",
		"[    7.254578] systemd         S    0     1      0 0x00000000",
		"init            S ffff88003f 0     1      0 0x00000000",
		"a b             R  running task    13456   333      2 0x8",
	};
	static const char *const others[] = {
		"",
		"task",
		"[    7.254578] Call Trace:",
		" schedule+0x1/0x2",
		"[    7.254578]  ? f+0x24/0x40",
		"systemd         S",
		"Sched Debug Version: v0.11, 4.19.0 #1",
		"                S    0     1      0 0x00000000",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(tasks); i++)
		if (!announce_is_task(tasks[i], strlen(tasks[i])))
			fail_msg("'%s' is no task", tasks[i]);
	for (i = 0; i < COUNT(others); i++)
		if (announce_is_task(others[i], strlen(others[i])))
			fail_msg("'%s' is a task", others[i]);
}

static void test_a_boot_has_its_release(void **state)
{
	struct announcement found;
	char *bytes;

	(void)state;
	assert_true(look("[    0.000000] Linux version 6.1.9-x+ (gcc) #1",
			 &found, &bytes));
	assert_int_equal(found.class, CLASS_BOOT);
	assert_true(found.moment);
	assert_int_equal(found.release_length, 8);
	assert_memory_equal(found.release, "6.1.9-x+", 8);
	free(bytes);
}

static void test_each_class_has_its_name(void **state)
{
	enum incident_class c;

	(void)state;
	for (c = CLASS_PANIC; c < CLASSES; c++) {
		const char *name = class_name(c);

		assert_int_equal(class_named(name, strlen(name)), c);
		assert_int_equal(class_named(name, strlen(name) - 1),
				 CLASS_NONE);
	}
	assert_int_equal(class_named("none", 4), CLASS_NONE);
	assert_int_equal(class_named("", 0), CLASS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_is_found_behind_its_prefix),
		cmocka_unit_test(test_half_a_line_may_stand_before_the_time),
		cmocka_unit_test(test_each_kind_is_told_from_the_others),
		cmocka_unit_test(test_ordinary_lines_announce_nothing),
		cmocka_unit_test(test_moments_have_nothing_behind_them),
		cmocka_unit_test(test_a_message_of_a_record_has_no_prefix),
		cmocka_unit_test(test_each_class_has_its_last_line),
		cmocka_unit_test(test_tasks_of_a_dump_are_told),
		cmocka_unit_test(test_a_boot_has_its_release),
		cmocka_unit_test(test_each_class_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
