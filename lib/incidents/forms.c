/* forms - the texts by which kernels announce an incident; see forms.h. */
#include "forms.h"

#define IS(words, class)                                 \
	{                                                \
		words, NULL, CLASS_##class, false, false \
	}
#define HAS(words, class, has)                          \
	{                                               \
		words, has, CLASS_##class, false, false \
	}
#define MOMENT(words, class)                            \
	{                                               \
		words, NULL, CLASS_##class, true, false \
	}
#define HEADED(words, class)                            \
	{                                               \
		words, NULL, CLASS_##class, false, true \
	}
#define PARTING(words)                                  \
	{                                               \
		words, NULL, CLASS_SHUTDOWN, true, true \
	}
#define NOTHING(words, has)                          \
	{                                            \
		words, has, CLASS_NONE, false, false \
	}

/* What die() of most architectures puts behind the words: [#1], [#2] ... */
#define DIES(words) HAS(words, OOPS, "[#")

/* What stands behind the class of lockdep's reports. */
#define LOCKING(label)                                              \
	IS(label "possible circular locking", LOCKING),             \
		IS(label "possible recursive locking", LOCKING),    \
		IS(label "possible irq lock inversion", LOCKING),   \
		HAS(label, LOCKING, "-unsafe lock order detected"), \
		IS(label "inconsistent lock state", LOCKING),       \
		IS(label "suspicious RCU usage", LOCKING),          \
		IS(label "suspicious rcu_", LOCKING),               \
		IS(label "bad unlock balance", LOCKING),            \
		IS(label "bad contention", LOCKING),                \
		IS(label "held lock freed", LOCKING),               \
		IS(label "lock held ", LOCKING),                    \
		IS(label "Nested lock was not taken", LOCKING),     \
		HAS(label, LOCKING, " still has locks held"),       \
		IS(label "Invalid wait context", LOCKING)

/* In the order of their first bytes; among those the first decides. */
static const struct form forms[] = {
	IS("Aborting journal on device", STORAGE),
	IS("Alignment trap: not handling instruction", OOPS),
	IS("BUG: KASAN", SANITIZER),
	IS("BUG: KASan", SANITIZER),
	IS("BUG: KMSAN", SANITIZER),
	IS("BUG: KCSAN", SANITIZER),
	IS("BUG: KFENCE", SANITIZER),
	IS("BUG: soft lockup", LOCKUP),
	IS("BUG: workqueue lockup", LOCKUP),
	IS("BUG: memory leak", LEAK),
	LOCKING("BUG: "),
	IS("BUG: sleeping function called", LOCKING),
	IS("BUG: scheduling while atomic", LOCKING),
	IS("BUG: workqueue leaked lock", LOCKING),
	IS("BUG: spinlock ", LOCKING),
	IS("BUG: rwlock ", LOCKING),
	IS("BUG: key ", LOCKING),
	IS("BUG: MAX_", LOCKING),
	IS("BUG: assuming ", LOCKING),
	IS("BUG: looking up invalid subclass", LOCKING),
	HAS("BUG: using ", LOCKING, " in preemptible"),
	IS("BUG: unable to handle ", OOPS),
	IS("BUG: Unable to handle ", OOPS),
	IS("BUG: kernel NULL pointer ", OOPS),
	IS("BUG: Kernel NULL pointer ", OOPS),
	IS("BUG: stack guard page was hit", OOPS),
	IS("BUG: Bad ", OOPS),
	IS("BUG: Dentry ", OOPS),
	IS("BUG: non-zero ", OOPS),
	HEADED("BUG:", OOPS),
	/* SLUB; KASAN has announced what it reports as this. */
	NOTHING("BUG ", "kasan: bad access detected"),
	HAS("BUG ", SANITIZER, " (Not tainted): "),
	HAS("BUG ", SANITIZER, " (Tainted: "),
	IS("BERT: Error records from previous boot", HARDWARE),
	IS("BTRFS error (device ", STORAGE),
	IS("BTRFS critical (device ", STORAGE),
	IS("BTRFS: error (device ", STORAGE),
	HAS("Bad mode in ", OOPS, " handler detected"),
	HEADED("Badness at ", WARNING),
	/* Where there is no floppy, its controller may still be. */
	NOTHING("Buffer I/O error on dev", " fd"),
	IS("Buffer I/O error", STORAGE),
	MOMENT("Booting Linux on ", BOOT),
	MOMENT("Booting the kernel", BOOT),
	IS("CFI failure at ", OOPS),
	HAS("CPU ", OOPS, " Unable to handle kernel "),
	HAS("CPU ", HARDWARE, ": Machine Check Exception: "),
	IS("DEBUG_LOCKS_WARN_ON(", LOCKING),
	MOMENT("Decompressing Linux...", BOOT),
	HAS("EDAC ", HARDWARE, " UE "),
	HAS("EDAC ", HARDWARE, " CE "),
	MOMENT("EFI stub: Booting Linux", BOOT),
	HEADED("ERROR: (device ", STORAGE), /* JFS */
	IS("EXT2-fs error", STORAGE),
	IS("EXT3-fs error", STORAGE),
	IS("EXT4-fs error", STORAGE),
	HAS("EXT4-fs (", STORAGE, "Remounting filesystem read-only"),
	HAS("EXT4-fs (", STORAGE, "Data will be lost"),
	HAS("EXT3-fs (", STORAGE, "Remounting filesystem read-only"),
	HAS("F2FS-fs (", STORAGE, "Remounting filesystem read-only"),
	HAS("F2FS-fs (", STORAGE, "Stopped filesystem due to "),
	HAS("FAT-fs (", STORAGE, ": error, "),
	HEADED("Freezing of tasks failed after ", HUNG),
	HEADED("Freezing user space processes failed after ", HUNG),
	HEADED("Freezing remaining freezable tasks failed after ", HUNG),
	HAS("GFS2: fsid=", STORAGE, " fatal: "),
	LOCKING("INFO: "),
	IS("INFO: trying to register non-static key", LOCKING),
	HAS("INFO: rcu_", LOCKUP, " stall"),
	HAS("INFO: task ", HUNG, " for more than "),
	HEADED("INFO: task ", HUNG), /* whose name has an LF in it */
	/* SLUB, when what stands before it was lost. */
	IS("INFO: Allocated in ", SANITIZER),
	IS("INFO: Freed in ", SANITIZER),
	NOTHING("I/O error, dev fd", NULL),
	IS("I/O error, dev ", STORAGE),
	IS("Insufficient stack space to handle exception", OOPS),
	DIES("Internal error: "),
	HEADED("Internal error: ", OOPS),
	IS("JBD2: Detected IO errors", STORAGE),
	IS("JBD: Detected IO errors", STORAGE),
	HAS("JBD2: ", STORAGE, " I/O error"),
	IS("Kernel panic - not syncing", PANIC),
	IS("Kernel BUG at ", OOPS),
	DIES("Kernel BUG "),
	DIES("Kernel bug detected"),
	IS("Kernel Fault: Code=", OOPS),
	IS("Kernel stack overflow", OOPS),
	MOMENT("Linux version ", BOOT),
	IS("Memory cgroup out of memory: ", OOM),
	HAS("Memory failure: ", HARDWARE, ": recovery action for "),
	IS("Machine Check Exception", HARDWARE),
	IS("Machine check events logged", HARDWARE),
	IS("Machine check in kernel mode", HARDWARE),
	HAS("MCE: CPU", HARDWARE, ": machine check ("),
	HAS("MCE 0x", HARDWARE, ": recovery action for "),
	IS("Missing ENDBR: ", OOPS),
	HAS("NMI watchdog: ", LOCKUP, "soft lockup - CPU#"),
	HAS("NMI watchdog: ", LOCKUP, "hard LOCKUP"),
	HEADED("NMI: ", HARDWARE),
	IS("NILFS error (device ", STORAGE),
	HAS("NILFS (", STORAGE, "Remounting filesystem read-only"),
	DIES("Oops"),
	HEADED("Oops: ", OOPS),
	HEADED("Oops - ", OOPS),
	IS("OCFS2: ERROR (device ", STORAGE),
	IS("Out of memory: Kill", OOM),
	IS("Out of memory and no killable processes", OOM),
	HEADED("Out of memory", OOM),
	IS("PANIC: double fault", OOPS),
	IS("PANIC: early exception", PANIC),
	PARTING("Power down."),
	IS("REISERFS error (device ", STORAGE),
	IS("REISERFS abort (device ", STORAGE),
	PARTING("Restarting system"),
	IS("SError Interrupt on CPU", HARDWARE),
	IS("SQUASHFS error: ", STORAGE),
	IS("Slab corruption", SANITIZER),
	MOMENT("SeaBIOS (version ", BOOT),
	PARTING("Starting new kernel"),
	IS("SysRq : ", SYSRQ),
	PARTING("System halted."),
	MOMENT("U-Boot ", BOOT),
	IS("UBIFS error (", STORAGE),
	IS("UBSAN:", SANITIZER),
	IS("UDF-fs: error (device ", STORAGE),
	IS("Uhhuh. NMI ", HARDWARE),
	IS("Unable to handle kernel ", OOPS),
	HAS("Unexpected kernel ", OOPS, " exception at EL1"),
	IS("Unhandled fault: ", OOPS),
	IS("Unhandled prefetch abort: ", OOPS),
	HAS("Unhandled ", OOPS, " exception on CPU"),
	MOMENT("Uncompressing Linux...", BOOT),
	IS("VFS: Busy inodes after unmount of ", OOPS),
	IS("VFS: Close: file count is ", OOPS),
	LOCKING("WARNING: "),
	/* What lockdep finds wrong with itself, or with a key. */
	HAS("WARNING: ", LOCKING, "/lockdep.c:"),
	IS("WARNING: kmemcheck: Caught ", SANITIZER),
	IS("WARNING: CPU: ", WARNING),
	IS("WARNING: at ", WARNING),
	HAS("WARNING: ", WARNING, ", CPU#"),
	IS("WARNING: kernel stack ", WARNING),
	NOTHING("WARNING: workqueue cpumask", NULL),
	NOTHING("WARNING: The mand mount option", NULL),
	NOTHING("WARNING: fbcon: Driver ", NULL),
	NOTHING("WARNING: Unprivileged eBPF ", NULL),
	NOTHING("WARNING: See https://", NULL),
	HEADED("WARNING:", WARNING),
	HAS("Watchdog ", LOCKUP, "ard LOCKUP"),
	HAS("XFS (", STORAGE, "Corruption "),
	HAS("XFS (", STORAGE, "corruption detected"),
	HAS("XFS (", STORAGE, "Shutting down "),
	HAS("XFS (", STORAGE, "shut down due to "),
	HAS("XFS (", STORAGE, "Internal error "),
	HAS("XFS (", STORAGE, "I/O error"),
	HAS("XFS (", STORAGE, "CRC error"),
	IS("[ INFO: ", LOCKING),
	IS("[ BUG: ", LOCKING),
	IS("[Hardware Error]: ", HARDWARE),
	HAS("ata", STORAGE, ": exception Emask "),
	DIES("addressing exception: "),
	DIES("alignment check: "),
	IS("bad: scheduling from the idle thread!", LOCKING),
	NOTHING("blk_update_request: operation not supported", NULL),
	NOTHING("blk_update_request: ", " dev fd"),
	HAS("blk_update_request: ", STORAGE, " error, dev "),
	DIES("bounds: "),
	HAS("cpu 0x", OOPS, ": Vector: "),
	DIES("control protection fault: "),
	HAS("critical ", STORAGE, " error, dev "),
	DIES("data exception: "),
	DIES("debug: "),
	DIES("device not available: "),
	DIES("divide error: "),
	DIES("double fault: "),
	IS("detected buffer overflow in ", OOPS),
	IS("device offline error, dev ", STORAGE),
	HAS("device-mapper: multipath: ", STORAGE, "Failing path "),
	HAS("device-mapper: verity: ", STORAGE, " is corrupted"),
	NOTHING("end_request: ", " dev fd"),
	HAS("end_request: ", STORAGE, " error, dev "),
	HAS("exFAT-fs (", STORAGE, ": error, "),
	DIES("fixpoint divide exception: "),
	DIES("fpu exception: "),
	IS("general protection fault", OOPS),
	IS("huh, entered softirq ", LOCKING),
	DIES("illegal operation: "),
	DIES("int3: "),
	DIES("invalid TSS: "),
	DIES("invalid opcode: "),
	IS("kernel BUG at ", OOPS),
	IS("kernel stack overflow", OOPS),
	MOMENT("kexec_core: Starting new kernel", SHUTDOWN),
	MOMENT("kexec: Starting new kernel", SHUTDOWN),
	HAS("kmemleak: ", LEAK, " suspected memory leak"),
	IS("kmemleak: unreferenced object", LEAK),
	IS("list_add corruption", OOPS),
	IS("list_add double add", OOPS),
	IS("list_del corruption", OOPS),
	IS("lost page write due to I/O error", STORAGE),
	IS("mce: [Hardware Error]: ", HARDWARE),
	IS("mce: Uncorrected hardware memory error", HARDWARE),
	HAS("md/raid", STORAGE, ": Disk failure on "),
	DIES("monitor event: "),
	HAS("nvme nvme", STORAGE, " timeout, "),
	HAS("nvme nvme", STORAGE, "controller is down"),
	HAS("nvme nvme", STORAGE, "Device not ready; aborting "),
	HAS("nvme ", HARDWARE, ": PCIe Bus Error: "),
	IS("oom-kill:constraint=", OOM),
	DIES("overflow: "),
	IS("pagealloc: ", SANITIZER),
	NOTHING("pcieport ", "AER: enabled"),
	HAS("pcieport ", HARDWARE, ": AER: "),
	HAS("pcieport ", HARDWARE, ": PCIe Bus Error: "),
	HAS("pcieport ", HARDWARE, ": containment event, "),
	NOTHING("print_req_error: ", " dev fd"),
	HAS("print_req_error: ", STORAGE, " error, dev "),
	DIES("protection exception: "),
	IS("protection error, dev ", STORAGE),
	HAS("rcu: INFO: ", LOCKUP, " stall"),
	HAS("rcu: rcu_", LOCKUP, " kthread starved for "),
	HAS("rcu: rcu_", LOCKUP, " kthread timer wakeup didn't happen "),
	HAS("rcu_", LOCKUP, " kthread starved for "),
	MOMENT("reboot: Restarting system", SHUTDOWN),
	MOMENT("reboot: Power down", SHUTDOWN),
	MOMENT("reboot: System halted", SHUTDOWN),
	IS("reboot: HARDWARE PROTECTION shutdown", HARDWARE),
	IS("refcount_t: ", WARNING),
	IS("rust_kernel: panicked at ", OOPS),
	IS("sysrq: ", SYSRQ),
	HAS("sd ", STORAGE, "rejecting I/O to offline device"),
	HAS("sd ", STORAGE, "Sense Key : Medium Error"),
	HAS("sd ", STORAGE, "Sense Key : Hardware Error"),
	DIES("segment not present: "),
	IS("segment-related general protection fault", OOPS),
	DIES("simd exception: "),
	IS("slab error in ", SANITIZER),
	IS("smp: csd: Detected non-responsive CSD lock", LOCKUP),
	IS("softirq: huh, entered softirq ", LOCKING),
	DIES("specification exception: "),
	DIES("stack segment: "),
	HAS("thermal ", HARDWARE, "critical temperature reached"),
	IS("timeout error, dev ", STORAGE),
	IS("traps: PANIC: double fault", OOPS),
	IS("unreferenced object", LEAK),
	IS("unregister_netdevice: waiting for ", HUNG),
	IS("usercopy: Kernel memory ", OOPS),
	IS("usercopy: kernel memory ", OOPS),
	IS("watchdog: BUG: soft lockup", LOCKUP),
	HAS("watchdog: ", LOCKUP, "ard LOCKUP"),
	HAS("{", HARDWARE, "}[Hardware Error]: "),
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

const struct form *forms_number(size_t i)
{
	return i < FORMS ? &forms[i] : NULL;
}

/* The first form of those that begin with @byte, or of what comes behind. */
static size_t first_of(unsigned char byte)
{
	size_t low = 0, high = FORMS;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if ((unsigned char)forms[middle].begins[0] < byte)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Without a call: of those that are asked, nearly all differ soon. */
static bool fits(const struct form *form, const struct words *message)
{
	const char *literal = form->begins, *at = message->at;

	while (*literal && at < message->end && *literal == *at) {
		literal++;
		at++;
	}
	return !*literal && (!form->has || words_have(message, form->has));
}

const struct form *forms_find(const struct words *message, bool headed)
{
	size_t i;
	char second;

	if (words_left(message) < 2)
		return NULL;
	second = message->at[1];
	for (i = first_of((unsigned char)*message->at); i < FORMS; i++) {
		const struct form *form = &forms[i];

		if (form->begins[0] != message->at[0])
			break;
		if (form->begins[1] != second && form->begins[1])
			continue;
		if ((headed || !form->headed) && fits(form, message))
			return form->class == CLASS_NONE ? NULL : form;
	}
	return NULL;
}
