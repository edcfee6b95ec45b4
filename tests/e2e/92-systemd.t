# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The unit under a real systemd: one that runs as process 1 of a container with
# this machine's /usr, a root directory and a network of its own.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# A root directory that is no more than what systemd asks for.
make_root() {
	mkdir -p root/etc/systemd/system root/opt root/out root/usr \
		root/var/log root/run root/proc root/sys root/dev root/tmp
	for link in bin sbin lib lib64; do
		[ -d "/usr/$link" ] && ln -s "usr/$link" "root/$link"
	done
	cp -L /etc/os-release /etc/passwd /etc/group /etc/nsswitch.conf root/etc/
	cp -a /etc/ld.so.* root/etc/ 2>/dev/null
	cp -a /etc/dbus-1 root/etc/ 2>/dev/null
	echo 0123456789abcdef0123456789abcdef >root/etc/machine-id
	cp "$UDPLOGGER" root/opt/udplogger
	cp "$REPLAY" root/opt/replay
	sed 's,/usr/local/sbin,/opt,' "$INIT/udplogger.service" \
		>root/etc/systemd/system/udplogger.service
	cp "$INIT/udplogger.socket" root/etc/systemd/system/
	# Lines are counted here, and notices= would add some.
	grep -v '^notices=' "$INIT/udplogger.conf" >root/etc/udplogger.conf
	systemd-sysusers --root="$T/root" "$INIT/udplogger.sysusers" \
		>/dev/null 2>&1 || skip "no systemd-sysusers"
}

# What the scripts in the container have in common.
make_common() {
	printf '@ 0 10.0.0.1 5001 10\nwhole\npart\n' >root/out/sent.dgrams
	cat >root/out/common <<-'END'
		# show NAME: a property of the service.
		show() {
			systemctl show -p "$1" --value udplogger.service
		}
		send() {
			/opt/replay --fast --window=0 "/out/$1" 127.0.0.1 6666
		}
		logged() {
			cat /var/log/udplogger/*.log 2>/dev/null
		}
		# poll COMMAND...: until it succeeds, for 20 s at most.
		poll() {
			tries=0
			until "$@"; do
				[ "$tries" -lt 200 ] || return
				sleep 0.1
				tries=$((tries + 1))
			done
		}
		has() {
			[ "$(logged | wc -l)" -eq "$1" ]
		}
		# said LEVEL WORDS: such a message is in the journal.
		said() {
			journalctl --sync
			journalctl -q -o cat -t udplogger -p "$1" |
				grep -q "$2"
		}
	END
}

make_script() {
	cat >root/out/try <<-'END'
		. /out/common
		status_is() {
			show StatusText | grep -q "$1"
		}
		reloaded() {
			[ -e /var/log/udplogger/*.log ]
		}
		systemctl start udplogger && echo started
		cat "/proc/$(show MainPID)/status" >/out/status
		stat -c '%A %U:%G %n' /var/log/udplogger /var/log/udplogger/* \
			>/out/modes
		send sent.dgrams && poll has 1 && echo sent
		mv /var/log/udplogger/*.log /out/first
		systemctl reload udplogger && echo reloaded
		poll reloaded && echo reopened
		send sent.dgrams && poll has 1 && echo "sent again"
		show ActiveState
		poll status_is ' 0 lost' && echo "has a status"
		systemctl stop udplogger && echo stopped
		cp /var/log/udplogger/*.log /out/second
		said err . || said warning . || echo "all is well"
		systemctl stop udplogger.socket
		show Result
		journalctl -q -o cat -t udplogger
	END
}

# Ten restarts, and ten reloads with another form of lines, in a stream of 2,000
# lines a second.
make_load() {
	paced 1 20000 2000
	mv rec.dgrams root/out/stream
	cat >root/out/try <<-'END'
		. /out/common
		systemctl start udplogger && echo started
		/opt/replay --speed=1 --window=0 /out/stream 127.0.0.1 6666 &
		sender=$!
		form=yes
		for turn in 1 2 3 4 5 6 7 8 9 10; do
			systemctl restart udplogger && echo "restarted $turn"
			echo "level=$form" >>/etc/udplogger.conf
			systemctl reload udplogger && echo "reloaded $turn"
			form=$([ $form = yes ] && echo no || echo yes)
		done
		wait $sender && echo sent
		poll has 20000
		systemctl stop udplogger.socket udplogger.service
		show Result
		cp /var/log/udplogger/*.log /out/log
		journalctl -q -o cat -t udplogger
	END
}

# A typo, in the file and at its side; meanwhile things are sent.
make_typo() {
	numbered 1 40
	mv rec.dgrams root/out/part1
	numbered 41 80
	mv rec.dgrams root/out/part2
	mkdir root/etc/default
	cat >root/out/try <<-'END'
		. /out/common
		rests() {
			systemctl restart udplogger 2>/out/answer
			echo "$1 $?"
		}
		systemctl start udplogger && echo started
		echo 'prot=7777' >>/etc/udplogger.conf
		rests 'restart'
		systemctl start udplogger
		echo "start $?"
		said err ':[0-9]*: prot=: .*did you mean port=' && echo reason
		send part1
		poll said err 'prot=.*prot=' # for as long as it takes
		systemctl -q is-active udplogger.socket && echo kept
		sed -i '$d' /etc/udplogger.conf
		rests repaired
		poll has 40 && echo "nothing lost"
		echo 'UDPLOGGER_OPTS="rbuf=256M level=perhaps"' \
			>/etc/default/udplogger
		rests 'second restart'
		said err 'level=perhaps' && echo "second reason"
		echo 'UDPLOGGER_OPTS="rbuf=256M level=yes"' \
			>/etc/default/udplogger
		rests 'second repaired'
		said warning 'grants a receive buffer of 134217728 bytes' &&
			echo "buffer stays"
		echo 'UDPLOGGER_OPTS=rbuf=64K' >/etc/default/udplogger
		rests 'third restart'
		said info 'rbuf=65536 (granted 134217728)' &&
			echo "buffer stays large"
		send part2
		poll has 80 && echo received
		systemctl stop udplogger.socket udplogger.service
		show Result
		cp /var/log/udplogger/*.log /out/log
		journalctl -q -o cat -t udplogger
	END
}

said() {
	grep -q "$1" root/out/out || fail "no '$1' in: $(cat root/out/out \
		root/out/err)"
}

# Sends 40 lines before the service has run, 40 in each of three restarts, when
# the old one is gone and the new one not there, and 40 that start it again
# after it was stopped.  With the drop-in that moment lasts until there is a
# file go.
make_restarts() {
	mkdir root/etc/systemd/system/udplogger.service.d
	cat >root/etc/systemd/system/udplogger.service.d/gate.conf <<-'END'
		[Service]
		ExecStartPre=/bin/sh -c 'until [ -e /out/go ]; do sleep 0.1; done'
	END
	touch root/out/go
	for part in 0 1 2 3 4; do
		numbered $((part * 40 + 1)) $((part * 40 + 40))
		mv rec.dgrams "root/out/part$part"
	done
	cat >root/out/try <<-'END'
		. /out/common
		between() {
			[ "$(show SubState)" = start-pre ]
		}
		systemctl start udplogger.socket && echo listening
		systemctl -q is-active udplogger.service || echo idle
		send part0
		poll has 40 && echo activated
		for part in 1 2 3; do
			rm /out/go
			systemctl --no-block restart udplogger.service
			poll between && send "part$part"
			between && has $((part * 40)) && echo "sent $part"
			touch /out/go
			poll has $((part * 40 + 40)) && echo "restart $part"
		done
		systemctl stop udplogger.service
		has 160 && send part4
		poll has 200 && echo "activated again"
		systemctl stop udplogger.socket udplogger.service
		cp /var/log/udplogger/*.log /out/log
		show Result
		journalctl -q -o cat -t udplogger
	END
}

# The unit of 0.2.0 had a user that systemd makes, and so a private directory.
make_former() {
	mkdir root/etc/systemd/system/udplogger.service.d
	cat >root/etc/systemd/system/udplogger.service.d/former.conf <<-'END'
		[Service]
		DynamicUser=yes
		User=former
		Group=former
		LogsDirectoryMode=0700
	END
	cat >root/out/try <<-'END'
		. /out/common
		systemctl start udplogger && echo started
		send sent.dgrams && poll has 1
		systemctl stop udplogger.socket udplogger.service
		[ -d /var/log/private/udplogger ] && echo private
		rm -r /etc/systemd/system/udplogger.service.d
		systemctl daemon-reload
		systemctl start udplogger && echo "started again"
		send sent.dgrams && poll has 3
		systemctl stop udplogger.socket udplogger.service
		[ ! -h /var/log/udplogger ] && echo moved
		stat -c '%U:%G %n' /var/log/udplogger /var/log/udplogger/*
		cp /var/log/udplogger/*.log /out/log
		show Result
		journalctl -q -o cat -t udplogger
	END
}

# A socket for each rack of consoles, and one for IPv4 apart.
make_several() {
	mkdir root/etc/systemd/system/udplogger.socket.d
	cat >root/etc/systemd/system/udplogger.socket.d/several.conf <<-'END'
		[Socket]
		ListenDatagram=
		ListenDatagram=6666
		ListenDatagram=[::1]:6667
		ListenDatagram=127.0.0.1:6668
	END
	printf '@ 0 10.0.0.1 5001 5\nline\n\n' >root/out/line.dgrams
	cat >root/out/try <<-'END'
		. /out/common
		all() {
			cat /var/log/udplogger/*/*.log | grep -c ' line$'
		}
		have() {
			[ "$(all)" -eq "$1" ]
		}
		to() {
			/opt/replay --fast --window=0 /out/line.dgrams "$@"
		}
		echo 'file={lport}/%Y-%m-%d.log' >>/etc/udplogger.conf
		echo 'port=7777' >>/etc/udplogger.conf
		ip link set lo up 2>/dev/null
		systemctl start udplogger && echo started
		to 127.0.0.1 6666 && to ::1 6667 && to 127.0.0.1 6668 && echo sent
		poll have 3 && echo received
		systemctl stop udplogger.service
		to 127.0.0.1 6666 && to 127.0.0.1 6668
		poll have 5 && echo activated
		(cd /var/log/udplogger && wc -l */*.log)
		said warning 'port= has no effect, as LISTEN_FDS' && echo warned
		systemctl stop udplogger.socket udplogger.service
		show Result
		journalctl -q -o cat -t udplogger
	END
}

may_run() {
	as_root
	has systemd-nspawn
	[ -x /usr/lib/systemd/systemd ] || skip "no systemd"
}

inside() {
	may_run
	make_root
	make_common
	"$1"
	boot_root 120 err --bind-ro=/usr /bin/sh /out/try
}

socket_keeps() {
	inside make_restarts
	for word in listening idle activated '^sent 1' '^sent 2' \
		'^sent 3' '^restart 1' '^restart 2' '^restart 3' \
		'activated again' '^success' 'listening on \[::\]:6666' \
		'rbuf=\([0-9]*\) (granted \1)'; do
		said "$word"
	done
	[ "$(grep -c 'listening on ' root/out/out)" -eq 5 ] ||
		fail "it was not started 5 times: $(cat root/out/out)"
	mkdir log
	cp root/out/log "log/$(today).log"
	want_numbers 1 200
}

unit_runs() {
	inside make_script
	for word in started '^sent' reloaded reopened '^active' \
		'^sent again' 'has a status' stopped 'all is well' '^success' \
		'listening on \[::\]:6666' 'rbuf=\([0-9]*\) (granted \1)'; do
		said "$word"
	done
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		grep -q "^$set:[[:space:]]*0000000000000000$" root/out/status ||
			fail "capabilities: $(grep "^$set" root/out/status)"
	done
	! grep -q '^Uid:[[:space:]]*0' root/out/status || fail "it runs as root"
	cat >wanted <<-END
		drwxr-s--- udplogger:adm /var/log/udplogger
		-rw-r----- udplogger:adm /var/log/udplogger/$(today).log
	END
	diff wanted root/out/modes || fail "the log is not for group adm"
	cut -d ' ' -f 4- root/out/first root/out/second >lines
	printf 'whole\npartwhole\npart\n' >wanted
	cmp wanted lines || fail "the log: $(cat lines)"
}

former_log_moves() {
	inside make_former
	for word in started '^private' 'started again' '^moved' \
		"^udplogger:adm .*/$(today).log" '^success'; do
		said "$word"
	done
	[ "$(wc -l <root/out/log)" -eq 4 ] || fail "$(cat root/out/log)"
}

load_is_kept() {
	inside make_load
	for word in started '^restarted 1' '^restarted 10' '^reloaded 10' \
		'^sent' '^success'; do
		said "$word"
	done
	mkdir log
	cp root/out/log "log/$(today).log"
	want_numbers 1 20000
}

several_sockets() {
	inside make_several
	for word in started '^sent' '^received' '^activated' '^warned' \
		'^success' 'listening on \[::\]:6666' \
		'listening on \[::1\]:6667' 'listening on 127.0.0.1:6668' \
		'^ *2 6666/' '^ *1 6667/' '^ *2 6668/'; do
		said "$word"
	done
}

typo_is_refused() {
	inside make_typo
	for word in started '^restart 1' '^start 1' '^reason' '^kept' \
		'^repaired 0' 'nothing lost' '^second restart 1' \
		'second reason' '^second repaired 0' 'buffer stays' \
		'^third restart 0' 'buffer stays large' '^received' \
		'^success'; do
		said "$word"
	done
	mkdir log
	cp root/out/log "log/$(today).log"
	want_numbers 1 80
}

t "systemd starts, reloads and stops the unit" unit_runs
t "a restart loses nothing when systemd holds the socket" socket_keeps
t "restarts and reloads under load lose nothing" load_is_kept
t "several ListenDatagram= are a socket each" several_sockets
t "a restart with a typo fails, and loses nothing" typo_is_refused
t "the log of the former unit, with its dynamic user, goes on" former_log_moves
