# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2012
# The files of run=, who reads them, --status and --heard.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

in_prom() {
	grep -q "^udplogger_$1\$" run/udplogger.prom
}

files_of_run() {
	mkdir run
	printf '127.0.0.1 web.example\n' >names
	start run=run hosts=names
	written() { [ -f run/udplogger.prom ]; }
	wait_for "the first files" written
	[ "$(stat -c %a run/udplogger.prom)" = 644 ] || fail "its mode"
	say 'one\ntwo\n'
	wait_lines 2
	finish
	in_prom 'lines_total 2' || fail "$(cat run/udplogger.prom)"
	in_prom 'host_lines_total{host="web.example"} 2' || fail "no host"
	in_prom 'incidents_total{class="panic"} 0' || fail "no class"
	[ "$(ls -A run | tr '\n' ' ')" = "senders udplogger.prom " ] ||
		fail "$(ls -A run)"
	awk -F '\t' 'NR > 1 && NF == 10 && $5 == 2 { ok = 1 }
		END { exit !ok }' run/senders || fail "$(cat run/senders)"
}

refused_run() {
	mkdir log
	for mode in '' --check; do
		"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log run=nosuch $mode \
			>out 2>err
		[ $? -eq 1 ] || fail "$mode: not 1: $(cat err)"
		grep -q 'run=nosuch: unable to write there: ' err ||
			fail "$(cat err)"
	done
	mkdir run
	ln -s /etc/passwd run/senders
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log run=run >out 2>err
	[ $? -eq 1 ] || fail "a symbolic link is not refused"
	grep -q 'run=run: .*is a symbolic link' err || fail "$(cat err)"
}

# Whatever is killed in the midst leaves whole files.
killed() {
	mkdir run
	start run=run
	written() { [ -f run/udplogger.prom ]; }
	wait_for "the first files" written
	cp run/senders before
	kill -KILL "$PID"
	await_end
	cmp before run/senders || fail "it is another one"
	printf 'torn' >run/.senders.new
	start run=run
	say 'one\n'
	wait_lines 1
	finish
	[ ! -e run/.senders.new ] || fail "it is still there"
	[ "$(wc -l <run/senders)" -eq 2 ] || fail "$(cat run/senders)"
}

heard() {
	mkdir run
	printf '127.0.0.1 web.example\n' >names
	start run=run hosts=names
	say 'one\n'
	wait_lines 1
	finish
	wants() {
		wanted=$1
		shift
		"$UDPLOGGER" --heard "$@" run=run >said 2>&1
		[ $? -eq "$wanted" ] || fail "$*: not $wanted: $(cat said)"
	}
	wants 0 web.example
	wants 0 127.0.0.1
	wants 1 other
	[ -s said ] || fail "no word"
	wants 1 127.0.0.2
	awk -F '\t' -v OFS='\t' 'NR > 1 { $4 = sprintf("%.3f", $4 - 100) } { print }' run/senders \
		>older
	cat older >run/senders
	wants 1 web.example
	wants 0 web.example since=200
	touch -d '-40 seconds' run/senders
	wants 2 web.example
	[ -s said ] || fail "no word"
	wants 64 web.example since=never
	"$UDPLOGGER" --heard web.example run=nowhere 2>said
	[ $? -eq 2 ] || fail "without files: not 2"
	"$UDPLOGGER" --heard web.example dir=. 2>said
	[ $? -eq 2 ] || fail "without run=: not 2"
}

# A file that nobody of ours would write.
hostile_senders() {
	mkdir -p run
	{
		printf 'name\taddress\tport\theard\tlines\trate\tlost\tboots\t'
		printf 'incident\tincident_time\n'
		printf '<script>alert(1)</script>"&\047\t192.0.2.1\t1\t'
		printf '1796000000.000\t7\t0.5\t0\t0\t-\t-\n'
		printf 'a\033[2J\t192.0.2.2\t1\t"><b>\t7\t0.5\t0\t0\t-\t-\n'
		printf 'short\trow\n'
		printf 'calm\t192.0.2.3\t1\t1796000001.000\t9\t1.5\t3\t2\t'
		printf 'panic\t1796000001.000\n'
	} >run/senders
}

status_text_and_json() {
	hostile_senders
	"$UDPLOGGER" --status run=run sort=lines >table || fail "status $?"
	grep -q '^calm ' table || fail "$(cat table)"
	grep -q "$(printf '\033')" table && fail "an escape sequence"
	[ "$(sed -n 4p table | cut -c 1-4)" = calm ] || fail "order: $(cat table)"
	"$UDPLOGGER" --status run=run format=json >objects || fail "status $?"
	has python3
	python3 - <<-'END' || fail "$(cat objects)"
		import json
		rows = [json.loads(line) for line in open("objects")]
		assert len(rows) == 4, rows
		calm = [r for r in rows if r.get("name") == "calm"][0]
		assert calm["lines"] == 9 and calm["incident"] == "panic"
	END
}

status_page() {
	hostile_senders
	"$UDPLOGGER" --status run=run format=html >page.html || fail "status $?"
	grep -q '<script' page.html && fail "a script"
	grep -q '<b>' page.html && fail "a tag"
	grep -q '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;' \
		page.html || fail "$(cat page.html)"
	browser=
	for name in chromium chromium-headless-shell chromium-browser; do
		command -v $name >/dev/null && browser=$name && break
	done
	[ -n "$browser" ] || skip "no chromium here"
	timeout 100 $browser --headless --no-sandbox --disable-gpu \
		--user-data-dir="$T/profile" --dump-dom "file://$T/page.html" \
		>dom 2>said || skip "$browser does not run here"
	# What a browser makes of it: no element but ours.
	tr '<' '\n' <dom | sed -n 's/^\([a-z0-9]*\)[ >].*/\1/p' | sort -u |
		tr '\n' ' ' >elements
	[ "$(cat elements)" = "body h1 head html meta p style table tbody td th \
thead title tr " ] || fail "$(cat elements)"
}

# Attached: its writes and waits, until end_trace.
trace() {
	has strace
	strace -y -p "$PID" -o trace -e trace=write,pselect6 2>/dev/null &
	TRACER=$!
	PIDS="$PIDS $TRACER"
	is_traced() { grep -q '^TracerPid:.*[1-9]' "/proc/$PID/status"; }
	wait_for_or_skip is_traced
}

wait_for_or_skip() {
	tries=0
	until "$@"; do
		[ $((tries += 1)) -lt 100 ] || skip "strace may not trace"
		nap
	done
}

end_trace() {
	kill -INT "$TRACER"
	wait_for "end of strace" gone "$TRACER"
}

# Of 60,000 senders each has its row; and between two writes the loop has gone
# round, so that what comes meanwhile waits for no more than one.
many_senders() {
	can_make 60000
	mkdir run
	start clients=65536 run=run
	trace
	"$LOAD" port="$PORT" sources=60000 count=60000 rate=50000 >load.out ||
		fail "load: $(cat load.out)"
	wait_lines 60000
	complete() { [ "$(wc -l <run/senders)" -eq 60001 ]; }
	wait_for "row for each" complete
	say 'one more\n'
	wait_lines 60001
	end_trace
	awk '/^pselect6/ { waited = 1 }
		/^write.*\/run\/.senders.new>/ {
			if (!waited) { print; exit 1 }
			waited = 0; n++
		}
		END { exit n < 10 }' trace >busy ||
		fail "no loop between writes, or few of them: $(cat busy)"
	finish
	awk -F '\t' 'NR > 1 {
			if (NF != 10 || seen[$2 " " $3]++) exit 1
			lines += $5; n++
		}
		END { exit !(n == 60001 && lines == 60001) }' run/senders ||
		fail "$(wc -l <run/senders) rows; $(tail -n 2 run/senders)"
	grep -q '^udplogger_senders 60001$' run/udplogger.prom ||
		fail "$(grep senders run/udplogger.prom)"
}

# It is said once, what was there stays whole, and then they are written again.
full_disk() {
	tmpfs size=32k
	mkdir logs
	start dir=logs run=log
	written() { [ -s log/udplogger.prom ]; }
	wait_for "the first files" written
	cp log/senders log/udplogger.prom .
	fill
	say 'one\n'
	wait_for "warning" says err 'unable to write .*/log/senders' ENOSPC
	sleep 11 # another pass
	say 'two\n'
	[ "$(warnings | grep -c '/log/senders')" -eq 1 ] ||
		fail "not once: $(warnings)"
	[ "$(warnings | wc -l)" -le 2 ] || fail "$(warnings)"
	for file in senders udplogger.prom; do
		cmp $file log/$file || fail "$file is another"
	done
	rm log/filler
	again() { grep -q '^udplogger_lines_total 2$' log/udplogger.prom; }
	wait_for "files" again
	recovered() { grep -q 'able to write .*/log/senders again' err; }
	wait_for "word of it" recovered
	[ "$(wc -l <log/senders)" -eq 2 ] || fail "$(cat log/senders)"
	finish
	[ "$(cat logs/*.log | wc -l)" -eq 2 ] || fail "not all lines"
	[ "$(ls -A log | tr '\n' ' ')" = "senders udplogger.prom " ] ||
		fail "$(ls -A log)"
}

promtool_reads_it() {
	has promtool
	mkdir run
	printf '127.0.0.1 web.example\n' >names
	start run=run hosts=names
	say 'one\n'
	wait_lines 1
	finish
	promtool check metrics <run/udplogger.prom >said 2>&1 ||
		fail "$(cat said)"
	[ ! -s said ] || fail "$(cat said)"
}

rules() {
	has promtool
	cp "$INIT/prometheus-rules.yml" \
		"$E2E/../prometheus/rules.test.yml" .
	promtool check rules prometheus-rules.yml >said 2>&1 ||
		fail "$(cat said)"
	promtool test rules rules.test.yml >said 2>&1 || fail "$(cat said)"
}

exporter_reads_it() {
	has prometheus-node-exporter
	has curl
	mkdir run collected
	ln -s "$T/run/udplogger.prom" collected/
	start run=run
	say 'one\n'
	wait_lines 1
	finish
	prometheus-node-exporter --collector.disable-defaults \
		--collector.textfile --web.listen-address=127.0.0.1:0 \
		--collector.textfile.directory="$T/collected" >said 2>&1 &
	PIDS="${PIDS-} $!"
	address() {
		url=$(sed -n 's/.*address=\([0-9.]*:[0-9]*\).*/\1/p' said |
			tail -n 1)
		[ -n "$url" ] && curl -s "http://$url/metrics" >metrics
	}
	wait_for "the exporter" address
	grep -q '^udplogger_lines_total 1$' metrics || fail "$(cat said)"
	grep -q '^node_textfile_scrape_error 0$' metrics || fail "$(cat said)"
}

t "the files of run= are written at the start and at the end" files_of_run
t "run= is checked like dir=" refused_run
t "a kill leaves whole files" killed
t "60,000 senders have their rows, and the loop is not held up" many_senders
t "a full disk is said once, and then all is written again" full_disk
t "--heard tells by its exit status" heard
t "--status: a table, and objects" status_text_and_json
t "--status: a page on which nothing acts" status_page
t "promtool has nothing to say of udplogger.prom" promtool_reads_it
t "the rules for Prometheus fire for what they are for" rules
t "node_exporter reads udplogger.prom" exporter_reads_it
