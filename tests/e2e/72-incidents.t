# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What kernels announce: incidents=.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# told: the lines of the file of incidents, without the stamp.
told() {
	cat log/????-??-??.incidents 2>/dev/null | cut -b 21-
}

has_told() {
	told | grep -q "$@"
}

# titles: what began, of each CLASS: its title.
titles() {
	told | grep -v -E '^[^ ]+ [a-z]+ ended \(|udplogger: ' |
		sed 's/^[^ ]* //' | cut -b 1-40
}

# began NAME OPTION...: the recording has these, from standard input.
began_in() {
	cat >.titles
	recording "$1"
	shift
	start incidents=yes "$@"
	replay --fast "$FILE"
	finish
	titles >.have
	same .titles .have
	n=$(told | grep -c -E '^[^ ]+ [a-z]+: ')
	moments=$(told | grep -c -E '^[^ ]+ (boot|shutdown): ')
	[ "$(told | grep -c ' ended (')" -eq "$((n - moments))" ] ||
		fail "not all that began has ended"
}

text() {
	began_in legacy-61-panic <<-END
		boot: 6.1.0-56-amd64, before that unknow
		shutdown: sysrq: Trigger a crash
		panic: Kernel panic - not syncing: sysrq
	END
	has_told ' panic ended (marker): 42 lines, 0\.[0-9] s, 0 lost$' ||
		fail "$(told)"
}

records() {
	began_in ext-72-oops <<-END
		boot: 7.2.13+deb14-amd64, before that un
		oops: BUG: kernel NULL pointer dereferen
	END
	has_told ' oops ended (marker): 30 lines, 0\.[0-9] s, 0 lost$' ||
		fail "$(told)"
}

boots() {
	began_in legacy-61-reboots <<-END
		boot: 6.1.0-56-amd64, before that unknow
		warning: WARNING: CPU: 0 PID: 1 at /tmp/
		boot: 6.1.0-56-amd64, before that silent
		boot: 6.1.0-56-amd64, before that silent
	END
	[ "$(told | tail -n 1)" = "udplogger: 2 incidents not told" ] ||
		fail "$(told | tail -n 1)"
}

dump() {
	began_in legacy-72-boot-sysrq <<-END
		boot: 7.2.13+deb14-amd64, before that un
		sysrq: sysrq: Show Memory
		sysrq: sysrq: Show Blocked State
		sysrq: sysrq: Show backtrace of all acti
		sysrq: sysrq: Show State
	END
	has_told ' sysrq ended ([a-z]*): 2774 lines, .* 0 lost, 119 tasks$' ||
		fail "$(told)"
}

none() {
	began_in ext-612-audit <<-END
		boot: 6.12.117+deb12-amd64, before that 
	END
}

json() {
	recording ext-72-panic0
	start incidents=yes format=json
	replay --fast "$FILE"
	finish
	"$E2E/../tools/json-lines" <"$(echo log/*.incidents)" >/dev/null || fail "that is no JSON"
	for words in '"class":"boot","title":"Linux version 7\.2.*,"release":"7\.2\.13+deb14-amd64","before":"unknown"}$' \
		'"class":"shutdown","title":"sysrq: Trigger a crash"}$' \
		'"class":"panic","title":"Kernel panic - not syncing: sysrq triggered crash"}$' \
		'"class":"panic","ended":"marker","lines":48,"bytes":[0-9]*,"seconds":[0-9.]*,"lost":0}$'; do
		grep -q "^{\"time\":\"[^\"]*\",\"address\":\"[^\"]*\",\"port\":[0-9]*,$words" log/*.incidents ||
			fail "no $words: $(cat log/*.incidents)"
	done
}

# Two seconds without a line, by the clock.
silence() {
	start incidents=yes
	say 'BUG: unable to handle page fault for address: 00ff\n'
	say 'Call Trace:\n'
	wait_for "its end" has_told ' oops ended (silence): 2 lines, 0\.[0-9] s, 0 lost$'
	has_told ' oops: BUG: unable to handle page fault' || fail "$(told)"
	alive
	finish
}

# At TERM it is open; the next run knows nothing of it.
restart() {
	start incidents=yes
	d 10.0.0.1 5001 'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:1]\n'
	paced 1 600 10
	send_in_background rec.dgrams
	wait_for "its begin" has_told ' lockup: '
	finish
	kill "$SENDER"
	wait "$SENDER"
	has_told ' lockup ended (open): [0-9]* lines, ' ||
		fail "$(told)"
	start incidents=yes
	rm rec.dgrams
	say 'and more of it\n'
	say 'Linux version 6.1.0 (x) #1\n'
	wait_for "the boot" has_told ' boot: 6\.1\.0, before that silent$'
	finish
	[ "$(told | wc -l)" -eq 3 ] || fail "$(told)"
}

# Its lines are spared, up to its end.
limit() {
	start incidents=yes limit=1
	for _ in 1 2 3 4 5 6 7 8; do
		d 10.0.0.1 5001 'Linux version 6.1.0 (x) #1\n'
	done
	d 10.0.0.1 5001 'WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n'
	numbered 1 500
	send
	wait_for "all lines" has_lines 509
	finish
	has_told ' warning ended ([a-z]*): 501 lines, ' || fail "$(told)"
	! logged | grep -q 'left out' || fail "lines are left out"
}

# Whoever forges senders is told of so often, and counted.
forged() {
	start incidents=yes clients=4000
	i=0
	while [ $i -lt 1020 ]; do
		i=$((i + 1))
		d "10.0.$((i / 250)).$((i % 250 + 1))" 5001 'kernel BUG at a.c:1!\n'
	done
	send
	wait_lines 1020
	finish
	n=$(told | grep -c ' oops: ')
	[ "$n" -ge 1000 ] || fail "only $n are told"
	[ "$(told | grep -c ' oops ended ')" -eq "$n" ] || fail "not all ended"
	rest=$(told | sed -n 's/^udplogger: \([0-9]*\) incidents not told$/\1/p' |
		awk '{ sum += $1 } END { print sum + 0 }')
	[ "$((n + rest))" -eq 1020 ] || fail "$n and $rest"
}

# But they hide no panic, though all are sent within two seconds.
hidden() {
	awk 'function say(address, text) {
			printf "@ 0 %s 5001 %d\n%s\n\n", address,
				length(text) + 1, text
		}
		BEGIN {
			for (i = 0; i < 1020; i++)
				say(sprintf("10.1.%d.%d", i / 250, i % 250 + 1),
					"Kernel panic - not syncing: forged")
			say("10.0.0.1", "Kernel panic - not syncing: real")
			for (i = 0; i < 1000; i++)
				say(i % 20 ? "10.1.1." i % 250 + 1 : "10.0.0.1",
					"Call Trace: " i)
		}' >hidden.dgrams
	start incidents=yes
	replay --fast hidden.dgrams
	finish
	[ "$(told | grep -c ' panic: Kernel panic - not syncing: real$')" -eq 1 ] ||
		fail "it is not told"
	has_told ' panic ended ([a-z]*): 51 lines' || fail "nor its end"
	told | awk '/ panic: / { n++ } / not told$/ { n += $2 }
		END { exit n != 1021 }' || fail "not all are told or counted"
}

off() {
	recording legacy-61-panic
	start
	replay --fast "$FILE"
	finish
	! ls log/*.incidents 2>/dev/null || fail "there is a file"
	same_log "$FILE"
}

needs_restart() {
	echo 'incidents=no' >conf
	start conf=conf
	echo 'incidents=yes' >conf
	kill -s HUP "$PID"
	said() { grep -q 'incidents=: needs a restart' err; }
	wait_for "a word on that" said
	finish
}

t "a panic in text" text
t "an oops in records" records
t "three boots are three" boots
t "dumps by sysrq, with their tasks" dump
t "audit records announce nothing" none
t "JSON has objects" json
t "silence ends it" silence
t "open at TERM; a new run begins anew" restart
t "limit= spares the lines of an incident" limit
t "forged senders are bounded, and counted" forged
t "forged senders hide no panic" hidden
t "off, there is none" off
t "a change needs a restart" needs_restart
