# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Recordings of real kernels, replayed to the real program.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# replayed NAME MAP OPTION...: sends it and compares.
replayed() {
	recording "$1"
	how=$2
	shift 2
	start "$@"
	replay --fast --map="$how" "$FILE"
	finish
	same_log "$FILE"
}

sysrq_burst() { replayed legacy-61-sysrq-burst loopback; }
odd() { replayed legacy-61-odd loopback; }
notime() { replayed legacy-61-notime loopback; }
panic() { replayed legacy-61-panic loopback; }
oom_hung() { replayed legacy-61-oom-hung loopback; }
reboots() { replayed legacy-61-reboots loopback; }
audit() { replayed legacy-61-audit loopback; }
two_mixed() { replayed two-mixed loopback extended=no; }
serial() { replayed serial-udp-61 loopback; }

small_wbuf() {
	recording legacy-61-odd
	start wbuf=1024 raw=yes
	replay --fast "$FILE"
	finish
	same_log "$FILE" --wbuf=1024 --raw
}

# The addresses that the kernels really had.
recorded_addresses() {
	own_network
	for n in 1 2 3; do
		ip address add 10.99.0.$n/24 dev lo || skip "cannot add addresses"
	done
	for name in two-mixed legacy-61-sysrq-burst legacy-61-odd \
		legacy-61-notime legacy-61-panic legacy-61-oom-hung \
		legacy-61-reboots legacy-61-audit; do
		recording $name
		rm -rf log
		start ip=10.99.0.1 extended=no
		TO=10.99.0.1 replay --fast --map=asis "$FILE"
		finish
		: >sources
		same_log "$FILE"
		lines | grep -q '^10\.99\.0\.2:6665 ' || fail "not from 10.99.0.2"
	done
}

# The prompt stands for 2.01 s in the recording, which is 6.7 s here; the
# kernel's line after it waits 3.4 s for the next.
login_prompt() {
	recording serial-udp-61
	start timeout=5
	replay --speed=0.3 --first=77447 --last=77526 "$FILE"
	finish
	want '%s\n' 'capguest login: ' \
		'[    9.956949] a kernel line after the prompt' \
		'root' 'Password: '
	same_log "$FILE" --first=77447 --last=77526 --timeout=5 --speed=0.3
}

# truth LEAST NAME TRUTH...: the machine's own ring buffer is a second witness,
# through another wire.  LEAST is how many lines it has at least.
truth() {
	least=$1
	recording "$2"
	shift 2
	start
	replay --fast "$FILE"
	finish
	: >.ring
	for part; do
		ring "$part" | grep -v 'kernel line after the prompt' >>.ring
	done
	[ "$(wc -l <.ring)" -ge "$least" ] || fail "no truth in $NAME"
	texts >.texts || exit 1
	in_ring_order
}

kernels_truth() {
	truth 9000 legacy-61-sysrq-burst ttyS1
}

more_truth() {
	truth 500 legacy-61-oom-hung ttyS1
	rm -rf log
	truth 1300 legacy-61-reboots ttyS1.b1 ttyS1.b2 ttyS1.b3
	rm -rf log
	truth 3000 two-mixed ttyS1
	rm -rf log
	truth 3000 legacy-72-boot-sysrq ttyS1
}

serial_truth() {
	truth 1200 serial-udp-61 ttyS1
}

# Every line of .ring is in .texts, in its order; .texts may have more.
in_ring_order() {
	awk '
	NR == FNR { ring[++n] = $0; next }
	at < n && $0 == ring[at + 1] { at++ }
	END { if (at < n) { print ring[at + 1]; exit 1 } }
	' .ring .texts >.first || fail "not in the log: $(cat .first)"
}

paced() {
	recording legacy-61-panic
	start
	replay --speed=4 "$FILE"
	finish
	same_log "$FILE"
}

t "SysRq-T of 300 tasks is stored line by line" sysrq_burst
t "records cut at 1000 bytes and odd bytes are stored" odd
t "records without time stamps are stored" notime
t "a panic is stored" panic
t "an OOM report and hung-task warnings are stored" oom_hung
t "three boots of one machine are stored" reboots
t "audit records are stored" audit
t "two senders interleaved do not mix" two_mixed
t "a serial console, one byte per datagram, is stored" serial
t "raw=yes stores a recording's bytes as they came" small_wbuf
t "the senders' own addresses are in the log" recorded_addresses
t "a recording at four times its own pace is stored" paced
t "a login prompt is written when it has waited long enough" login_prompt
t "every line of the sender's ring buffer is in the log" kernels_truth
t "so are those of an OOM, three boots, and one of two senders" more_truth
t "every console line of the sender's ring buffer is in the log" serial_truth
