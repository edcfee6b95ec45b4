# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The recipes of init/pipelines, with the real programs: what arrived as a
# datagram is in the store.  A line may stand there twice where one of them was
# restarted; none is missing.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

export E2E_LIMIT=180
RATE=2000
LAST=8000

# --- the programs -------------------------------------------------------------

# module NAME: rsyslog has it.
module() {
	PATH=$PATH:/usr/sbin:/sbin
	has rsyslogd
	for place in /usr/lib/*/rsyslog /usr/lib/rsyslog /usr/lib64/rsyslog; do
		[ ! -e "$place/$1.so" ] || return 0
	done
	skip "rsyslog has no $1 here"
}

# recipe NAME SED: makes NAME.conf, for files in this directory.
recipe() {
	mkdir -p "spool-$1"
	{
		echo "global(workDirectory=\"$T/spool-$1\" maxMessageSize=\"1m\""
		echo "       parser.escapeControlCharactersOnReceive=\"off\")"
		sed "s|/var/log/udplogger|$T/log|; s|/var/log/fleet|$T/fleet|
			s|/var/spool/rsyslog|$T/spool-$1|
			s|\"1000\" freshStart|\"100\" freshStart|
			s|resumeInterval=\"5\"|resumeInterval=\"1\"|
			s|resumeIntervalMax=\"30\"|resumeIntervalMax=\"1\"|
			$2" "$INIT/pipelines/$1.conf"
	} >"$1.conf"
	rsyslogd -N1 -f "$T/$1.conf" >said 2>&1 || fail "$1: $(cat said)"
}

# rsyslog NAME: starts it with NAME.conf.  Its number is in NAME.pid.
rsyslog() {
	rm -f "$1.rsyslog"
	rsyslogd -n -f "$T/$1.conf" -i "$T/$1.rsyslog" >>"$1.said" 2>&1 &
	echo $! >"$1.pid"
	PIDS="${PIDS-} $!"
}

# ends NAME [SIGNAL]
ends() {
	pid=$(cat "$1.pid")
	kill -s "${2:-TERM}" "$pid" || fail "$1 is gone: $(tail -n 3 "$1.said")"
	wait_for "end of $1" gone "$pid"
	wait "$pid"
}

# --- RELP ---------------------------------------------------------------------

# The first receiver's port is the kernel's choice, and stays.
relp() {
	module imrelp
	module omrelp
	module imfile
	own_network
	recipe relp-receiver "s|port=\"2514\"|port=\"25140\"|"
	rsyslog relp-receiver
	receives() { [ -n "$(port_of "$(cat relp-receiver.pid)" tcp)" ]; }
	wait_for "RELP receiver" receives
	recipe relp-sender "s|port=\"2514\"|port=\"25140\"|
		s|logs.example.org|127.0.0.1|; ${1-}"
	rsyslog relp-sender
}

arrived() {
	find fleet -type f -exec cat {} + 2>/dev/null
}

# all_there LINES: wants so many, then that they are those of the log, in order.
all_there() {
	enough() { [ "$(arrived | wc -l)" -ge "$1" ]; }
	wait_for "$1 lines at the other end" enough "$1"
	arrived >there
	same whole_log there
}

# The log as it is, of all its days.
log_of_days() {
	find log -name "*.log*" | sort | while read -r file; do
		cat "$file"
	done >whole_log
	wc -l <whole_log
}

recordings() {
	for file in "$DATA"/*.dgrams; do
		replay --fast "$file"
	done
	numbered 1 2000
	send
	written() { grep -q -r 'line 002000' log; }
	wait_for "the last line" written
}

relp_text() {
	relp
	start
	recordings
	all_there "$(log_of_days)"
	finish
}

relp_json() {
	relp
	start format=json
	recordings
	all_there "$(log_of_days)"
	finish
}

relp_hosts() {
	relp "s|/log/\\*.log\"|/log/*/*.log\"|"
	start 'file={host}/%Y-%m-%d.log'
	recordings
	sort_of() { sort "$1" >"$1.sorted"; }
	lines=$(log_of_days)
	enough() { [ "$(arrived | wc -l)" -ge "$lines" ]; }
	wait_for "$lines lines at the other end" enough
	arrived >there
	sort_of there
	sort_of whole_log
	same whole_log.sorted there.sorted
	finish
}

# streaming: a stream of numbered lines begins, and has come through in part.
streaming() {
	start "$@"
	paced 1 $LAST $RATE
	mv rec.dgrams stream
	send_in_background stream --speed=1
	begun() { [ "$(come | wc -l)" -ge 100 ]; }
	wait_for "first lines at the other end" begun
}

# each_there: every line that was sent is there, whole, and few stand twice.
each_there() {
	sent_all
	awk -v last=$LAST 'BEGIN {
		for (i = 1; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	numbers() { come | sed 's/.*\(line [0-9]*\).*/\1/'; }
	complete() { [ "$(numbers | sort -u | wc -l)" -ge "$LAST" ]; }
	wait_for "lines at the other end" complete
	numbers | sort -u >.numbers
	same .wanted .numbers
	twice=$(($(numbers | wc -l) - LAST))
	[ "$twice" -le "${1-0}" ] || fail "$twice lines stand twice"
	finish
}

# over_midnight OPTION...: half of the lines on one day, half on the next.
over_midnight() {
	local_time 86395
	start "$@"
	FIRST=$(today)
	numbered 1 $((LAST / 2))
	send
	midnight() { [ "$(today)" != "$FIRST" ]; }
	wait_for midnight midnight
	numbered $((LAST / 2 + 1)) $LAST
	send
	sent_all() { :; }
	each_there 0
	[ "$(find log -name '*.log' | wc -l)" -eq 2 ] || fail "no midnight"
}

relp_midnight() {
	come() { arrived; }
	relp
	over_midnight
}

relp_receiver_restarts() {
	come() { arrived; }
	relp
	streaming
	for signal in TERM KILL; do
		ends relp-receiver $signal
		sleep 0.5
		rsyslog relp-receiver
		wait_for "RELP receiver" receives
		sleep 0.5
	done
	each_there $LAST
}

relp_sender_restarts() {
	come() { arrived; }
	relp
	streaming
	for signal in TERM KILL; do
		ends relp-sender $signal
		sleep 0.5
		rsyslog relp-sender
		sleep 0.5
	done
	each_there $LAST
}

# A sender that ends while lines wait for a receiver that is away.  The first
# lines are many, so that it has to remember how far it has come.
relp_sender_ends_meanwhile() {
	come() { arrived; }
	relp
	start
	numbered 1 2050
	send
	wait_lines 2050
	complete() { [ "$(come | wc -l)" -ge "$1" ]; }
	wait_for "first lines at the other end" complete 2050
	ends relp-sender
	ends relp-receiver
	numbered 2051 $LAST
	send
	wait_lines $LAST
	rsyslog relp-sender
	tries() { grep -q 'conn to srvr' relp-sender.said; }
	wait_for "an attempt to connect" tries
	ends relp-sender "$1"
	rsyslog relp-receiver
	wait_for "RELP receiver" receives
	rsyslog relp-sender
}

relp_sender_killed_meanwhile() {
	relp_sender_ends_meanwhile KILL
	sent_all() { :; }
	each_there 100
}

relp_sender_stopped_meanwhile() {
	relp_sender_ends_meanwhile TERM
	wait_for "lines at the other end" complete $((LAST - 1))
	come | sort -u >there
	[ "$(wc -l <there)" -ge $((LAST - 1)) ] ||
		fail "$(wc -l <there) of $LAST lines"
	finish
}

# full_disk OPTION...: udplogger's disk is full for a while.
full_disk() {
	streaming "$@"
	fill
	wait_for warning warned
	rm log/filler
	each_there 0
}

relp_full_disk() {
	come() { arrived; }
	own_namespace -nm
	tmpfs size=1m
	relp
	full_disk
}

relp_udplogger_restarts() {
	come() { arrived; }
	relp
	start
	numbered 1 $((LAST / 2))
	send
	wait_lines $((LAST / 2))
	kill -s KILL "$PID"
	wait_for "end of the daemon" gone "$PID"
	start
	numbered $((LAST / 2 + 1)) $LAST
	send
	sent_all() { :; }
	each_there 0
}

# --- Kafka --------------------------------------------------------------------

# cluster [:]: three brokers in memory, by librdkafka, as long as kcat runs, and
# an rsyslog, or, with :, none.
cluster() {
	module omkafka
	module mmjsonparse
	module imfile
	has kcat
	own_network
	mkfifo held
	sleep 1000 >held &
	PIDS="${PIDS-} $!"
	kcat -P -b 127.0.0.1:1 -t none -X test.mock.num.brokers=3 <held \
		>kcat.said 2>&1 &
	KAFKA=$!
	PIDS="${PIDS-} $KAFKA"
	brokers() { [ "$(port_of "$KAFKA" tcp | wc -l)" -eq 3 ]; }
	wait_for "three brokers" brokers
	BROKERS=$(port_of "$KAFKA" tcp | sed 's/.*/127.0.0.1:&/')
	recipe kafka "s|\"kafka1.example.org:9092\",|$(echo "$BROKERS" |
		sed 's/.*/"&"/' | tr '\n' , | sed 's/,$//')|
		s|\"kafka2.example.org:9092\"||"
	${1-rsyslog kafka}
}

# consumed TOPIC: lines of partition, key, and value, as they are in Kafka, but
# for the newline at the end of a value.
consumed() {
	timeout 30 kcat -C -b "$(echo "$BROKERS" | head -n 1)" -t "$1" -e -q \
		-f '%p %k %s\n' 2>/dev/null | grep .
}

# Of each machine the objects are in one partition, in the order of the log.
kafka_objects() {
	cluster
	start format=json
	recordings
	lines=$(log_of_days)
	enough() { [ "$(consumed console | wc -l)" -ge "$lines" ]; }
	wait_for "$lines objects in Kafka" enough
	consumed console >there
	cut -d ' ' -f 1,2 there | sort -u | cut -d ' ' -f 2 | sort |
		uniq -d >.split
	[ ! -s .split ] || fail "in several partitions: $(cat .split)"
	cut -d ' ' -f 2 there | sort -u >.hosts
	while read -r host; do
		grep "^[0-9]* $host " there | cut -d ' ' -f 3- >of_host
		grep "\"address\":\"$host\"" whole_log >log_of_host ||
			grep -v '"address"' whole_log >log_of_host
		same log_of_host of_host
	done <.hosts
	[ "$(wc -l <.hosts)" -gt 1 ] ||
		fail "only one machine"
	finish
}

kafka_restarts() {
	come() { consumed console; }
	cluster
	streaming format=json
	ends kafka
	sleep 0.5
	rsyslog kafka
	each_there $LAST
}

# The cluster stands still for a while.
kafka_away() {
	come() { consumed console; }
	cluster
	streaming format=json
	kill -STOP "$KAFKA"
	sleep 3
	kill -CONT "$KAFKA"
	each_there $LAST
}

# rsyslog writes what is left into a file, and reads it with the next line.
kafka_rsyslog_stopped_meanwhile() {
	come() { consumed console; }
	cluster :
	start format=json
	numbered 1 $((LAST - 1))
	send
	wait_lines $((LAST - 1))
	kill -STOP "$KAFKA"
	rsyslog kafka
	sleep 3
	ends kafka
	[ -s spool-kafka/udplogger-kafka.failed ] || fail "nothing was left"
	kill -CONT "$KAFKA"
	rsyslog kafka
	numbered $LAST $LAST
	send
	sent_all() { :; }
	each_there 0
}

kafka_midnight() {
	come() { consumed console; }
	cluster
	over_midnight format=json
}

kafka_full_disk() {
	come() { consumed console; }
	own_namespace -nm
	tmpfs size=4m
	cluster
	full_disk format=json
}

# --- PostgreSQL ---------------------------------------------------------------

as_postgres() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid="$(id -u postgres)" --regid="$(id -g postgres)" \
			--clear-groups "$@"
	else
		"$@"
	fi
}

sql() {
	psql -X -q -A -t -h "$T/pg" -U postgres -d "${DB-console}" -c "$1"
}

# database [:]: with an rsyslog that writes to it, or, with :, without.
database() {
	module ompgsql
	module imfile
	has psql
	BIN=$(find /usr/lib/postgresql/*/bin /usr/bin -name initdb 2>/dev/null |
		tail -n 1)
	[ -n "$BIN" ] || skip "no initdb here"
	BIN=${BIN%/initdb}
	[ "$(id -u)" -ne 0 ] || id postgres >/dev/null 2>&1 ||
		skip "no user postgres here"
	mkdir pg
	[ "$(id -u)" -ne 0 ] || {
		has_setpriv
		chown postgres pg
		chmod 755 "$T" "$E2E_SCRATCH"
	}
	cd pg || fail "cannot enter pg"
	as_postgres "$BIN/initdb" -A trust -E UTF8 --locale=C -U postgres \
		-D "$T/pg/data" >"$T/said" 2>&1 || fail "initdb: $(tail -n 3 "$T/said")"
	cd ..
	postgres_starts
	DB=postgres sql "CREATE DATABASE console" || fail "no database"
	psql -X -q -h "$T/pg" -U postgres -d console -v ON_ERROR_STOP=1 \
		-f "$INIT/pipelines/postgresql.sql" >said 2>&1 ||
		fail "$(cat said)"
	place="postgresql:///console?host=$T/pg\&user=postgres\&"
	recipe postgresql \
		"s|postgresql://rsyslog@db.example.org/console?|$place|"
	${1-rsyslog postgresql}
}

postgres_starts() {
	cd pg || fail "cannot enter pg"
	as_postgres "$BIN/postgres" -D "$T/pg/data" -c listen_addresses= \
		-c unix_socket_directories="$T/pg" -c fsync=off >>"$T/pg.said" 2>&1 &
	cd ..
	answers() { DB=postgres sql "SELECT 1" >/dev/null 2>&1; }
	wait_for "PostgreSQL" answers
	POSTGRES=$(head -n 1 pg/data/postmaster.pid)
	PIDS="${PIDS-} $POSTGRES"
}

postgresql_objects() {
	database
	start format=json
	recordings
	say '6,900,5000,-;nul \\x00 esc \\x1b quotes %s %s\n' "''" '"'
	lines=$(($(log_of_days)))
	enough() { [ "$(sql "SELECT count(*) FROM console")" -ge "$lines" ]; }
	wait_for "$lines rows" enough
	[ "$(sql "SELECT count(*) FROM console")" -eq "$lines" ] ||
		fail "$(sql "SELECT count(*) FROM console") rows"
	sql "SELECT message FROM console WHERE notice IS NULL
		AND message ~ '^line ' ORDER BY message" >there
	awk 'BEGIN { for (i = 1; i <= 2000; i++) printf "line %06d\n", i }' \
		>.wanted
	same .wanted there
	[ "$(sql "SELECT count(*) FROM last_heard")" -gt 1 ] ||
		fail "last_heard: $(sql "SELECT * FROM last_heard")"
	lost=$(grep '"notice":"messages-lost"' whole_log |
		sed 's/.*"lost":\([0-9]*\).*/\1/' | awk '{ n += $1 } END { print n + 0 }')
	[ "$(sql "SELECT coalesce(sum(lost), 0) FROM losses
		WHERE notice = 'messages-lost'")" -eq "$lost" ] ||
		fail "losses: $(sql "SELECT * FROM losses")"
	finish
}

# What one row costs more than other stores is time.
rows() {
	LAST=4000
	RATE=1000
	come() { sql "SELECT message FROM console WHERE message ~ '^line '"; }
}

postgresql_midnight() {
	rows
	database
	over_midnight format=json
}

postgresql_full_disk() {
	[ -n "${E2E_INSIDE-}" ] || [ "$(id -u)" -eq 0 ] ||
		skip "a namespace of a user has no other user"
	rows
	tmpfs size=4m
	database
	full_disk format=json
}

postgresql_restarts() {
	rows
	database
	streaming format=json
	kill -INT "$POSTGRES"
	wait_for "end of PostgreSQL" gone "$POSTGRES"
	sleep 0.5
	postgres_starts
	ends postgresql
	rsyslog postgresql
	each_there $LAST
}

# backlog: all lines wait in the log, for a rsyslog that is not there.
backlog() {
	rows
	database :
	start format=json
	numbered 1 $LAST
	send
	wait_lines $LAST
	sent_all() { :; }
}

# trigger CONDITION STATEMENT: the table meets that before a row.
trigger() {
	psql -X -q -h "$T/pg" -U postgres -d console -v ON_ERROR_STOP=1 \
		>said 2>&1 <<-EOF || fail "$(cat said)"
		CREATE SEQUENCE times;
		CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS \$\$
		BEGIN
			IF $1 THEN $2; END IF;
			RETURN NEW;
		END \$\$;
		CREATE TRIGGER meet BEFORE INSERT ON console
			FOR EACH ROW EXECUTE FUNCTION meet();
	EOF
}

# The server ends the connection at some rows, as if it was restarted there.
postgresql_connection_breaks() {
	backlog
	trigger "NEW.message ~ '^line 00[1-3]500' AND nextval('times') % 2 = 1" \
		"PERFORM pg_terminate_backend(pg_backend_pid())"
	rsyslog postgresql
	each_there 0
	[ "$(sql "SELECT last_value FROM times")" -eq 6 ] ||
		fail "the connection did not break"
}

postgresql_full() {
	backlog
	sql "ALTER DATABASE console SET statement_timeout = '500ms'"
	trigger "NEW.message ~ '^line 00[1-3]500' AND nextval('times') % 3 <> 0" \
		"RAISE disk_full"
	rsyslog postgresql
	each_there 0
	[ "$(sql "SELECT last_value FROM times")" -eq 9 ] ||
		fail "the table was never full"
}

# A server that is a standby, and then the primary.
postgresql_standby() {
	rows
	database
	streaming format=json
	kill -INT "$POSTGRES"
	wait_for "end of PostgreSQL" gone "$POSTGRES"
	as_postgres touch pg/data/standby.signal
	postgres_starts
	waits() { grep -q 'waits: cannot execute INSERT in a read-only' pg.said; }
	wait_for "a row that is refused" waits
	[ "$(sql "SELECT pg_promote()")" = t ] || fail "no primary"
	each_there 1
}

# What crashes leave, and text, among objects.
postgresql_no_objects() {
	backlog
	sed -n '1,2p' log/*.log >some
	{
		echo '{"time":"2026-11-30T22:15:11.807314+00:00","mess'
		echo '2026-11-30 22:15:11 10.0.0.1:5001 text'
		printf '{"time":"2026-11-30T22:15:11.80","message":"\303\n'
		printf '{"time":"2026-11-30T22:15:11.80","message":"\0\0\0\n'
		echo '{"time":"no time","message":"of a stranger"}'
		echo '{"message":"\u0000"}'
		echo '{"message":"of a zone","address":"fe80::1%eth0"}'
		echo 5
		echo '{"time":"2026-11-30T22:15:11.8Z","message":"\u00fc '"'"'€😀"}'
	} >bad
	for file in log/*.log; do
		sed -n '1,1500p' "$file" >new
		cat bad >>new
		sed -n '1501,$p' "$file" >>new
		cat new >"$file"
	done
	rsyslog postgresql
	each_there 0
	strings=$(sql "SELECT count(*) FROM console
		WHERE host IS NULL AND jsonb_typeof(line) = 'string'")
	[ "$strings" -eq 6 ] || fail "$strings strings"
	[ "$(sql "SELECT host || ' ' || address FROM console
		WHERE message = 'of a zone'")" = "fe80::1%eth0 fe80::1/128" ] ||
		fail "$(sql "SELECT * FROM console WHERE message ~ 'zone'")"
	[ "$(sql "SELECT message FROM console
		WHERE time = '2026-11-30T22:15:11.8Z'")" = "ü '€😀" ] ||
		fail "$(sql "SELECT * FROM console WHERE host IS NULL")"
}

# What is read is sent, and little of it twice.
postgresql_rsyslog_killed() {
	backlog
	rsyslog postgresql
	begun() { [ "$(come | wc -l)" -ge 500 ]; }
	wait_for "first rows" begun
	ends postgresql KILL
	rsyslog postgresql
	each_there 101
}

# torn NAME: of that recording, a.dgrams and b.dgrams, each with other datagrams
# left out, and b2.dgrams, what b gets after a restart.  In had are the numbers
# of all records that are there, and in lost is how many messages neither has,
# of those between two numbered ones that one of the three got.
torn() {
	recording "$1"
	python3 - "$FILE" <<-'EOF' || fail "python3"
		import random, re, sys
		data = open(sys.argv[1], "rb").read()
		lots = random.Random(1)
		at = boot = 0
		last = -1
		records = []
		while at < len(data):
		    end = data.index(b"\n", at)
		    head = data[at:end].split()
		    body = data[end + 1:end + 1 + int(head[4])]
		    at = end + len(body) + 2
		    sequnum, usec = re.match(rb"\d+,(\d+),(\d+),", body).groups()
		    boot += int(sequnum) < last
		    last = int(sequnum)
		    records.append((boot, last, int(usec), b" msgid=" in body, head, body))
		runs = {"a": [], "b": [], "b2": []}
		burst = 0
		for n, record in enumerate(records):
		    burst = burst - 1 if burst else 3 if lots.random() < .02 else 0
		    for who in "a", "b2" if n > len(records) / 2 else "b":
		        if not burst and lots.random() > .1:
		            runs[who].append(record)
		for who, had in runs.items():
		    with open(who + ".dgrams", "wb") as out:
		        for _, _, _, _, head, body in had:
		            out.write(b" ".join(head) + b"\n" + body + b"\n")
		had = {r[:3] for run in runs.values() for r in run}
		spans = set()
		for run in runs.values():
		    for b in range(boot + 1):
		        numbered = [r[:2] for r in run if r[3] and r[0] == b]
		        if numbered:
		            spans.add((min(numbered), max(numbered)))
		lost = [r for r in records if r[3] and r[:3] not in had and
		        any(first < r[:2] < last for first, last in spans)]
		with open("had", "w") as out:
		    for _, sequnum, usec in sorted(had, key=lambda r: r[1:]):
		        print(sequnum, usec, file=out)
		with open("lost", "w") as out:
		    print(len(lost), file=out)
	EOF
	[ "$(cat lost)" -ge 5 ] || fail "few are lost: $(cat lost)"
}

# Both get theirs at once; two boots are more than two seconds apart.
two_receive() {
	start dir=log-a format=json
	receiver_a=$PID
	send_in_background a.dgrams --speed=5
	start dir=log-b format=json
	replay --speed=5 b.dgrams
	finish
	start dir=log-b format=json
	replay --speed=5 b2.dgrams
	finish
	sent_all
	PID=$receiver_a
	finish
}

# What two log hosts have of a sender, and neither has.
postgresql_two_receivers() {
	has python3
	database :
	for receiver in a b; do
		mkdir "spool-$receiver" "log-$receiver"
		sed "s|\"$T/log/|\"$T/log-$receiver/|
			s|$T/spool-postgresql|$T/spool-$receiver|
			s|^global(|&localHostname=\"$receiver\" |" \
			postgresql.conf >"$receiver.conf"
		rsyslog "$receiver"
	done
	for name in ext-72-dropped ext-72-reboot; do
		torn $name
		sql "TRUNCATE console"
		rm -f log-*/*.log
		two_receive
		lines=$(cat log-a/*.log log-b/*.log | wc -l)
		enough() {
			[ "$(sql "SELECT count(*) FROM console")" -ge "$lines" ]
		}
		wait_for "$lines rows" enough
		sql "SELECT receiver, count(*) FROM console GROUP BY 1" >rows
		printf '%s|%s\n' a "$(cat log-a/*.log | wc -l)" \
			b "$(cat log-b/*.log | wc -l)" >wanted
		sort rows | cmp -s - wanted || fail "rows: $(cat rows)"
		sql "SELECT sequnum || ' ' || usec FROM once
			WHERE sequnum IS NOT NULL ORDER BY sequnum, usec" >there
		same had there
		[ "$(sql "SELECT count(DISTINCT boot) FROM console")" -ge 3 ] ||
			fail "there is no boot to be joined"
		sql "SELECT sum(missing) FROM lost_by_all" >missing
		same lost missing
		[ "$(sql "SELECT sum(lost) FROM lost_by_all")" -gt \
			"$(($(cat lost) * 2))" ] || fail "none was found elsewhere"
	done
	# As the manual asks.
	host=$(sql "SELECT DISTINCT host FROM once WHERE sequnum IS NOT NULL")
	sed -n "/^SELECT/,/;\$/{ s/web1/$host/; p; }" \
		"$INIT/../man/udplogger-fleet.7" >asked
	psql -X -q -A -t -h "$T/pg" -U postgres -d console -f asked >answered \
		2>&1
	[ "$(tail -n 1 answered)" = "$host|$(cat lost)" ] ||
		fail "$(tail -n 1 answered)"
	[ "$(wc -l <answered)" -gt "$(wc -l <had)" ] || fail "few lines"
}

t "text goes over RELP as it is" relp_text
t "objects go over RELP as they are" relp_json
t "directories of machines go over RELP" relp_hosts
t "over RELP midnight is no event" relp_midnight
t "a RELP receiver that restarts loses nothing" relp_receiver_restarts
t "a RELP sender that restarts loses nothing" relp_sender_restarts
t "a RELP sender killed while the other end is away loses nothing" \
	relp_sender_killed_meanwhile
t "a RELP sender stopped while the other end is away gives up one line" \
	relp_sender_stopped_meanwhile
t "a full disk before RELP loses nothing" relp_full_disk
t "udplogger that is killed in between loses no line" relp_udplogger_restarts
t "objects are in Kafka, in order for each machine" kafka_objects
t "rsyslog that restarts before Kafka loses nothing" kafka_restarts
t "Kafka that stands still loses nothing" kafka_away
t "rsyslog stopped while Kafka stands still loses nothing" \
	kafka_rsyslog_stopped_meanwhile
t "into Kafka midnight is no event" kafka_midnight
t "a full disk before Kafka loses nothing" kafka_full_disk
t "objects are in PostgreSQL, and questions are answered" postgresql_objects
t "PostgreSQL and rsyslog that restart lose nothing" postgresql_restarts
t "rsyslog that is killed before PostgreSQL loses nothing" \
	postgresql_rsyslog_killed
t "a connection to PostgreSQL that breaks loses nothing" \
	postgresql_connection_breaks
t "PostgreSQL whose disk is full for a while loses nothing" postgresql_full
t "PostgreSQL that is a standby for a while loses nothing" postgresql_standby
t "what is no object is in PostgreSQL, too, and stops nothing" \
	postgresql_no_objects
t "into PostgreSQL midnight is no event" postgresql_midnight
t "a full disk before PostgreSQL loses nothing" postgresql_full_disk
t "what two log hosts have is there once, and lost is what neither has" \
	postgresql_two_receivers
