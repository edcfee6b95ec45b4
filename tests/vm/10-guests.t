# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What a real kernel printed, by its serial console, is what was received.  See
# run.  The guest's network is QEMU's own: 10.0.2.2 is this machine's loopback.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

TOP=$E2E/../..

# The kernel ends QEMU with its case, however that is killed.
BOUND='setpriv --pdeathsig KILL --'
$BOUND true 2>/dev/null || BOUND=

# guest [WORD]...: boots, with what stands on stdin as its scene, and WORDs on
# the kernel's command line.  The kernel's console goes to ttyS0, what the scene
# says to ttyS1.
guest() {
	mkdir -p own
	cat >own/scene
	(cd own && find . | cpio -o -H newc --quiet) |
		cat "$VM_IMAGE/initrd" - >initrd
	$BOUND qemu-system-x86_64 -accel tcg -smp 2 -m 256 -nodefaults -no-reboot \
		-display none -monitor none -kernel "$VM_IMAGE/vmlinuz" \
		-initrd initrd -append "console=ttyS0 loglevel=8 $*" \
		-netdev user,id=net -device virtio-net-pci,netdev=net,romfile= \
		-serial file:ttyS0 -serial file:ttyS1 \
		</dev/null >qemu.said 2>&1 &
	GUEST=$!
	PIDS="$PIDS $GUEST"
}

printed() {
	[ -f ttyS0 ] && tr -d '\r' <ttyS0 | grep -q "$1" && return 0
	if gone "$GUEST"; then
		fail "the guest ended before it printed $1:" \
				"$(tail -n 1 ttyS0) $(cat qemu.said ttyS1)"
	fi
	return 1
}

received() {
	logged | grep -a -q -e "$1"
}

# dies: the guest panics, and stays as it is, until all of it was received.
dies() {
	wait_for "panic" printed 'end Kernel panic'
	# shellcheck disable=SC2034 # for wait_for
	E2E_LIMIT=20
	wait_for "end of the panic in the log" received 'end Kernel panic'
	kill "$GUEST"
	finish
}

# part FROM TO: the lines from the first with FROM on to that with TO.
part() {
	awk -v from="$1" -v to="$2" 'index($0, from) { on = 1 }
		on { print }
		on && index($0, to) { exit }'
}

# same_as_console FROM TO: the lines of the log are those of the console, in that
# part, which has more than a few.
same_as_console() {
	tr -d '\r' <ttyS0 | part "$1" "$2" >wanted
	texts | sed 's/ {[a-zA-Z_]*=.*}$//' | part "$1" "$2" >arrived
	[ "$(wc -l <wanted)" -gt 9 ] || fail "the console has nothing"
	same wanted arrived
}

# ask ARGUMENT...: a question, to answer; an error is one.
ask() {
	"$UDPLOGGER" "$@" >answer 2>err.asked ||
		fail "$*: status $?: $(cat err.asked answer)"
}

# plain: the answer to --show plain=yes, as a console has it.
plain() {
	grep -v '^udplogger: ' answer | sed 's/ {[a-zA-Z_]*=.*}$//'
}

# told CLASS: how many incidents of that class there were.
told() {
	"$UDPLOGGER" --incidents dir=log format=json "class=$1" 2>/dev/null |
		grep -c "\"class\":\"$1\""
}

# The readers know who died, and its last words are those of the console.
last_words() {
	ask --heard 127.0.0.1 run=run since=10m
	[ "$(told panic)" -eq 1 ] || fail "$(told panic) panics"
	ask --incidents dir=log host=127.0.0.1 format=json class=panic
	grep -q '"title":"Kernel panic - not syncing: .*"ended":"[a-z]*"' \
		answer || fail "$(cat answer)"
	ask --show dir=log host=127.0.0.1 incident=last plain=yes
	plain >arrived
	tr -d '\r' <ttyS0 |
		part 'Kernel panic - not syncing' 'end Kernel panic' >wanted
	[ "$(wc -l <wanted)" -gt 1 ] || fail "the console has no panic"
	same wanted arrived
}

# release: that of the kernel, from its first words on the console.
release() {
	tr -d '\r' <ttyS0 | sed -n 's/.*Linux version \([^ ]*\) .*/\1/p' |
		head -n 1
}

# What README says to type is typed: that is all that a stranger needs.
readme() {
	mkdir run
	start incidents=yes run=run
	sed -n 's/^  \(modprobe .*@10\.0\.2\.2.*\)/\1/p
		/^  dmesg/p
		/^  echo/p' "$TOP/README" | sed "s/,6666@/,$PORT@/" >typed
	[ "$(grep -c -e modprobe -e 'dmesg -n 8' -e hello -e sysrq-trigger \
		typed)" -eq 4 ] || fail "not in README: $(cat typed)"
	{
		grep modprobe typed
		grep -v modprobe typed
	} >scene
	guest <scene # behind a pipe it would be nobody's to end
	dies
	received ' hello$' || fail "no hello"
	received 'Kernel panic - not syncing: sysrq triggered crash' ||
		fail "no panic"
	same_as_console 'Linux version' 'end Kernel panic'
	last_words
	ask --incidents dir=log format=json class=boot
	grep -q "\"release\":\"$(release)\",\"before\":\"unknown\"" answer ||
		fail "no boot of $(release): $(cat answer)"
	ask --show dir=log host=127.0.0.1 boot=0 plain=yes
	plain | part 'Linux version' 'end Kernel panic' >arrived
	tr -d '\r' <ttyS0 | part 'Linux version' 'end Kernel panic' >wanted
	same wanted arrived
}

# The script of the manual makes the target; then a task hangs, and the machine
# dies of an oops.
extended() {
	mkdir run own
	start incidents=yes run=run
	awk '/^\.Bd / { on = 1; text = ""; next }
		/^\.Ed/ { if (text ~ /netconsole\\-to ADDRESS/) printf "%s", text
			on = 0 }
		on { text = text $0 "\n" }' "$TOP/man/netconsole-setup.7" |
		sed -e 's/\\-/-/g' -e 's/\\e/\\/g' >own/netconsole-to
	[ -s own/netconsole-to ] || fail "no script in the manual"
	guest hung_task_panic=0 <<-EOF
		(set -e -- 10.0.2.2 $PORT; . /netconsole-to)
		echo '<5>target is made' >/dev/kmsg
		dd if=/dev/zero of=/disk bs=1M count=8
		mke2fs -F /disk
		modprobe loop
		mount -t ext4 -o loop /disk /mnt
		echo 3 >/proc/sys/kernel/hung_task_timeout_secs
		echo 1 >/proc/sys/kernel/hung_task_check_interval_secs
		fsfreeze --freeze /mnt
		(echo x >/mnt/file) &
		until dmesg | grep -q 'blocked for more than'; do sleep 1; done
		echo w >/proc/sysrq-trigger
		echo '<5>now it dies' >/dev/kmsg
		echo c >/proc/sysrq-trigger
	EOF
	dies
	received 'INFO: task .* blocked for more than' || fail "nothing hung"
	same_as_console 'target is made' 'end Kernel panic'
	last_words
	[ "$(told hung)" -ge 1 ] || fail "no hung task is told of"
	number=$("$UDPLOGGER" --incidents dir=log format=json class=hung |
		sed -n '1s/.*"number":\([0-9]*\).*/\1/p')
	ask --show dir=log host=127.0.0.1 "incident=$number" plain=yes
	plain | head -n 1 | grep -q 'INFO: task .* blocked for more than' ||
		fail "the hung task: $(cat answer)"
	plain >arrived
	tr -d '\r' <ttyS0 | part 'blocked for more than' 'end Kernel panic' |
		head -n "$(wc -l <arrived)" >wanted
	same wanted arrived
	if ! grep -q 'userdata' ttyS1; then
		received 'now it dies {.*host=guest boot_id=[-0-9a-f]*' ||
			grep -q -a 'Linux version [1-5]\.\|Linux version 6\.[0-8]\.' \
				ttyS0 || fail "no host and boot_id"
	fi
}

# Two boots of one machine; the first ends in a reboot that was asked for.
reboot() {
	mkdir run
	start source=address notices=no incidents=yes run=run
	for boot in first second; do
		guest <<-EOF
			modprobe netconsole netconsole=+@/eth0,$PORT@10.0.2.2/52:55:0a:00:02:02
			echo '<5>this is the $boot boot' >/dev/kmsg
			sleep 2
			reboot -f
		EOF
		wait_for "end of the guest" gone "$GUEST"
		mv ttyS0 "console.$boot"
	done
	wait_for "second boot" received 'this is the second boot'
	finish
	texts >all
	for boot in first second; do
		cp "console.$boot" ttyS0
		tr -d '\r' <ttyS0 |
			part 'Linux version' "this is the $boot boot" >wanted
		part 'Linux version' "this is the $boot boot" <all |
			sed 's/ {[a-zA-Z_]*=.*}$//' >arrived
		same wanted arrived
		sed "1,/this is the first boot/d" all >rest
		mv rest all
	done
	logged | grep -q ' udplogger: sender booted$' || fail "no boot was seen"
	both_boots
}

# The readers tell one from the other, and how the first ended.
both_boots() {
	ask --heard 127.0.0.1 run=run since=10m
	[ "$(told boot)" -eq 2 ] || fail "$(told boot) boots"
	# Most kernels say it when their network is down already.
	heard=$(logged | grep -c 'reboot: Restarting system')
	[ "$(told shutdown)" -eq "$heard" ] ||
		fail "$(told shutdown) shutdowns of $heard"
	before='unknown silent '
	[ "$heard" -eq 0 ] || before='unknown planned '
	ask --incidents dir=log format=json class=boot
	sed -n 's/.*"before":"\([a-z]*\)".*/\1/p' answer | tr '\n' ' ' >before
	[ "$(cat before)" = "$before" ] || fail "$(cat answer)"
	for boot in first=-1 second=0; do
		mv "console.${boot%=*}" ttyS0
		tr -d '\r' <ttyS0 |
			part 'Linux version' "this is the ${boot%=*} boot" >wanted
		ask --show dir=log host=127.0.0.1 "boot=${boot#*=}" plain=yes
		plain | part 'Linux version' "this is the ${boot%=*} boot" \
			>arrived
		same wanted arrived
	done
}

t "by README alone: all of a panic is in the log" readme
t "by the manual's script: a task that hangs, and a panic" extended
t "a reboot is seen, and both boots are whole" reboot
