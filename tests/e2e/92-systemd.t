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

unit_runs() {
	as_root
	has systemd-nspawn
	[ -x /usr/lib/systemd/systemd ] || skip "no systemd"
	make_root
	make_target
	make_script
	container
	for word in started reloaded stopped Result=success \
		'listening on \[::\]:6666' 'rbuf=\([0-9]*\) (granted \1)' \
		'netconsole=@/.*,6666@[0-9]'; do
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
