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
}

make_target() {
	cat >root/etc/systemd/system/try.service <<-END
		[Unit]
		After=basic.target
		[Service]
		Type=oneshot
		StandardOutput=file:/out/out
		StandardError=file:/out/err
		ExecStart=/bin/sh /out/try
		ExecStopPost=/bin/systemctl --force --force poweroff
	END
	cat >root/etc/systemd/system/try.target <<-END
		[Unit]
		Requires=basic.target try.service
	END
}

make_script() {
	printf '@ 0 10.0.0.1 5001 10\nwhole\npart\n' >root/out/sent.dgrams
	cat >root/out/try <<-'END'
		status() {
			cat "/proc/$(systemctl show -p MainPID --value \
				udplogger)/status"
		}
		send() {
			/opt/replay --fast /out/sent.dgrams 127.0.0.1 6666
		}
		systemctl start udplogger && echo started
		status >/out/status
		send && echo sent
		mv /var/log/udplogger/*.log /out/first
		systemctl reload udplogger && echo reloaded
		send && echo sent
		systemctl stop udplogger && echo stopped
		cp /var/log/udplogger/*.log /out/second
		systemctl show -p Result udplogger
		journalctl -q -o cat -t udplogger
	END
}

container() {
	timeout 120 systemd-nspawn -q --register=no --keep-unit \
		--private-network -D "$T/root" --bind-ro=/usr \
		-b systemd.unit=try.target </dev/null >console 2>&1
	[ -s root/out/out ] ||
		skip "no container here: $(grep -v '^$' console | head -n 1)"
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
		send() {
			/opt/replay --fast "/out/part$1" 127.0.0.1 6666
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
		between() {
			[ "$(systemctl show -p SubState --value \
				udplogger.service)" = start-pre ]
		}
		has() {
			[ "$(logged | wc -l)" -eq "$1" ]
		}
		systemctl start udplogger.socket && echo listening
		systemctl -q is-active udplogger.service || echo idle
		send 0
		poll has 40 && echo activated
		for part in 1 2 3; do
			rm /out/go
			systemctl --no-block restart udplogger.service
			poll between && send "$part"
			between && has $((part * 40)) && echo "sent $part"
			touch /out/go
			poll has $((part * 40 + 40)) && echo "restart $part"
		done
		systemctl stop udplogger.service
		has 160 && send 4
		poll has 200 && echo "activated again"
		systemctl stop udplogger.socket udplogger.service
		cp /var/log/udplogger/*.log /out/log
		systemctl show -p Result udplogger.service
		journalctl -q -o cat -t udplogger
	END
}

may_run() {
	as_root
	has systemd-nspawn
	[ -x /usr/lib/systemd/systemd ] || skip "no systemd"
}

socket_keeps() {
	may_run
	make_root
	make_target
	make_restarts
	container
	for word in listening idle activated '^sent 1' '^sent 2' \
		'^sent 3' '^restart 1' '^restart 2' '^restart 3' \
		'activated again' Result=success 'listening on \[::\]:6666' \
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
	may_run
	make_root
	make_target
	make_script
	container
	for word in started reloaded stopped Result=success \
		'listening on \[::\]:6666' 'rbuf=\([0-9]*\) (granted \1)'; do
		said "$word"
	done
	for set in CapInh CapPrm CapEff CapAmb; do
		grep -q "^$set:[[:space:]]*0000000000000000$" root/out/status ||
			fail "capabilities: $(grep "^$set" root/out/status)"
	done
	! grep -q '^Uid:[[:space:]]*0' root/out/status || fail "it runs as root"
	cut -d ' ' -f 4- root/out/first root/out/second >lines
	printf 'whole\npartwhole\npart\n' >wanted
	cmp wanted lines || fail "the log: $(cat lines)"
}

t "systemd starts, reloads and stops the unit" unit_runs
t "a restart loses nothing when systemd holds the socket" socket_keeps
