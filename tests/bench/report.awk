# report.awk - the single runs as a table of medians.  judge.awk has the verdicts,
# and what is done at the end; bars.awk draws the medians instead.
#
# Input: ROUND LOAD CONTESTANT and measure's names and values, or "failed" and
# the reason.  Exit status 1 when a line was lost or a run failed.

function set_titles()
{
	title["drain-1"] = "draining a full queue, 1 source"
	title["drain-100"] = "draining, 100 sources"
	title["drain-1000"] = "draining, 1,000 sources"
	title["drain-10000"] = "draining, 10,000 sources"
	title["drain-60000"] = "draining, 60,000 sources"
	title["drain-1000x3"] = "draining, 1,000 sources, 3 fragments a line"
	title["text-1"] = "draining, 1 source, lines with the kernel\047s time"
	title["records-1"] = "the same lines as extended records"
	title["text-1000"] = "draining, 1,000 sources, the kernel\047s time"
	title["records-1000"] = "the same lines as extended records"
	title["text-1000000"] = "draining, 1,000,000 sources, the kernel\047s time"
	title["records-1000000"] = "the same lines as extended records"
	title["usualtext-1"] = "text of 1,000 bytes"
	title["control-1"] = "control characters"
	title["latin-1"] = "characters of 2 bytes"
	title["invalid-1"] = "cut characters"
	title["crs-1"] = "16 newlines, and CRs between"
	title["usualrecord-1"] = "record of 1,000 bytes"
	title["fields-1"] = "header of 500 bytes"
	title["backslashes-1"] = "backslashes"
	title["recordcrs-1"] = "16 newlines, and CRs between, escaped"
	title["pairs-1"] = "short pairs"
	title["usualshort-1"] = "record of 100 bytes"
	title["losses-1"] = "each shows a loss"
	title["begun-1"] = "a fragment of one byte, of as many messages"
	title["holes-1"] = "fragments of one byte, in falling order"
	title["ahead-1"] = "each waits for one before it"
	title["usualjson-1"] = "record of 1,000 bytes as JSON"
	title["jsonkeys-1"] = "keys alone"
	title["jsonlatin-1"] = "characters of 2 bytes"
	title["new-60000"] = "draining, 60,000 sources never seen before"
	title["1k-1"] = "1,000/s, 1 source"
	title["10k-1"] = "10,000/s, 1 source"
	title["30k-1"] = "30,000/s, 1 source"
	title["100k-1"] = "100,000/s, 1 source"
	title["100k-1000"] = "100,000/s, 1,000 sources"
	title["100k-60000"] = "100,000/s, 60,000 sources"
	title["100k-1000x3"] = "100,000/s, 1,000 sources, 3 fragments a line"
	title["oom-64"] = "recording: OOM report of 64 machines, 100,000/s"
	title["serial-1"] = "recording: serial console, a byte each, 100,000/s"
	title["sysrq-64"] = "SysRq-T of 300 tasks from 64 machines at once"
	title["sysrq-100"] = "SysRq-T of 300 tasks from 100 machines at once"
	title["sysrq-1000"] = "SysRq-T of 300 tasks from 1,000 machines at once"
	title["sysrqrecords-100"] = "the same from 100 as extended records"
	title["sysrqrecords-1000"] = "the same from 1,000 as extended records"
	title["blast-1"] = "2,000,000 at 1,500,000/s, 128 MiB of buffer asked"
	title["shared-1000"] = "100,000/s, 1,000 sources into one file"
	title["apart-1000"] = "100,000/s, 1,000 sources into 1,000 files"
	title["apart-60000"] = "50,000/s, 60,000 sources into 60,000 files"
	title["late-100"] = "latency at 100/s"
	title["late-10k"] = "latency at 10,000/s"
	title["late-100k"] = "latency at 100,000/s"
	title["peak"] = "highest rate without loss"
	title["unfinished"] = "60,000 unfinished lines"
}

BEGIN {
	set_titles()
	noise_max = 0.10
	bad = 0
}

function keep(list, key, value)
{
	count[list, key]++
	values[list, key, count[list, key]] = value + 0
}

# Sorts what was kept; low, high and the median are left in globals.
function middle(list, key,    n, i, j, v, a)
{
	n = count[list, key]
	if (!n)
		return -1
	for (i = 1; i <= n; i++) {
		v = values[list, key, i]
		for (j = i - 1; j > 0 && a[j] > v; j--)
			a[j + 1] = a[j]
		a[j + 1] = v
	}
	low = a[1]
	high = a[n]
	return (a[int((n + 1) / 2)] + a[int((n + 2) / 2)]) / 2
}

# What others lose or fail to do is told, and is no failure of ours.
function complain(name, text)
{
	text = "  " name ", " text "\n"
	if (name ~ /^(floor.*|udplogger|peer)$/) {
		complaints = complaints text
		bad = 1
	} else {
		losers = losers text
	}
}

!($2 in loads) {
	loads[$2] = ++load_count
	load_name[load_count] = $2
}

!($3 in names) {
	names[$3] = ++name_count
}

$4 == "failed" {
	reason = $0
	sub(/^[^ ]+ [^ ]+ [^ ]+ failed */, "", reason)
	complain($3, title[$2] ": FAILED " reason)
	next
}

{
	split("", got)
	for (i = 4; i < NF; i += 2)
		got[$i] = $(i + 1)
	key = $2 SUBSEP $3
}

$2 == "peak" {
	peak[$3] = got["rate"]
	peak_by[$3] = got["by"]
	peaks_seen = 1
	next
}

$2 ~ /^late-/ {
	keep("p50", key, got["p50_us"])
	keep("p99", key, got["p99_us"])
	latency_seen = 1
	next
}

{
	wrong = got["lost"] + got["doubled"] + got["damaged"] + \
		got["disordered"]
	overwhelmed += (wrong && $2 ~ /^(blast|sysrq)/)
	# What a full socket refused is no fault if the log says so.
	refused = got["drops"] > 0 && got["drops"] == got["told"]
	told = title[$2] ": LOST " got["lost"] ", doubled " \
		got["doubled"] ", damaged " got["damaged"] ", out of order " \
		got["disordered"] " of " got["datagrams"] \
		" (kernel dropped " got["drops"] ", told of " got["told"] + 0 ")"
}

# Who takes what comes as fast as it can be sent?
$2 ~ /^(blast|sysrq|sysrqrecords)-/ {
	keep("stored", key, 100 * got["good"] / (got["good"] + got["lost"]))
	keep("rate", key, got["rate"])
	keep("refused", key, refused ? got["drops"] : 0)
	if (wrong > got["lost"] && !refused || \
	    ($2 ~ /^sysrq/ && $3 == "udplogger" && wrong && !refused))
		complain($3, told)
	next
}

{
	stored = got["good"] / (got["good"] + got["lost"])
	if (stored > 0)
		got["ns"] /= stored
	ns[$1, $2, $3] = got["ns"]
	rounds[$1] = 1
	keep("ns", key, got["ns"])
	keep("kib", key, got["kib"])
	keep("most", key, got["most_kib"])
	keep("idle", key, got["idle_kib"])
	if ($2 !~ /^(shared|apart)/) # with a large table of senders
		keep("idle", "all" SUBSEP $3, got["idle_kib"])
	if (wrong)
		complain($3, told)
	if ($2 ~ /^10k/ && got["rate"] < 9500 || \
	    $2 ~ /^(100k|shared|apart-1000)/ && got["rate"] < 95000)
		slow[$2] = got["rate"]
}

# The ratio within each round, so that slow drifts of the machine cancel.
function ratio_to(base, load, name,    r, key)
{
	key = load SUBSEP name SUBSEP base
	if (!(key in ratio_done)) {
		ratio_done[key] = 1
		for (r in rounds)
			if (((r, load, name) in ns) && ns[r, load, base] > 0)
				keep("ratio", key, ns[r, load, name] / \
					ns[r, load, base])
	}
	return middle("ratio", key)
}

function ratio(load, name)
{
	return ratio_to("floor", load, name)
}

function noisy(load,    r)
{
	r = ratio(load, "floor-again")
	return r < 0 || r > 1 + noise_max || r < 1 / (1 + noise_max)
}

function show_load(load,    i, name, key, m)
{
	printf "\n%s\n", title[load]
	for (i = 1; i <= contestants; i++) {
		name = order[i]
		key = load SUBSEP name
		m = middle("ns", key)
		if (m < 0)
			continue
		printf "  %-12s %8.0f ns  %-16s", name, m, \
			sprintf("(%.0f..%.0f)", low, high)
		m = ratio(load, name)
		if (name == "floor")
			printf "%5.2f", 1
		else if (m >= 0)
			printf "%5.2f  (%.2f..%.2f)", m, low, high
		printf "\n"
	}
	if (ratio(load, "floor-again") < 0)
		print "  no verdict: there is no second floor"
	else if (noisy(load))
		print "  NOISE TOO HIGH: the floor against itself is off by" \
			" more than 10%"
	if (load in slow)
		printf "  THE SENDER FELL BEHIND: %d/s\n", slow[load]
}

# A load of a forger, beside the usual one before it in the table.
function show_forged(load,    m)
{
	if (load ~ /^usual/)
		usual = load
	m = middle("ns", load SUBSEP "udplogger")
	printf "  %-44s %8.0f ns", title[load], m
	if (load != usual && m > 0)
		printf "  %5.2f", m / middle("ns", usual SUBSEP "udplogger")
	printf "\n"
}

function is_forged(load)
{
	return load ~ /^(usual|control|latin|invalid|crs|fields|backslashes)/ ||
		load ~ /^(recordcrs|pairs|losses|begun|holes|ahead|json)/
}

function mib(list, key,    m)
{
	m = middle(list, key)
	return m < 0 ? "-" : sprintf("%.1f", m / 1024)
}

function show_memory(    i, n)
{
	printf "\n%-14s %8s %8s %10s %12s\n", "resident MiB", "idle", \
		"1,000", "60,000", "unfinished"
	for (i = 1; i <= contestants; i++) {
		n = order[i]
		printf "  %-12s %8s %8s %10s %12s\n", n, \
			mib("idle", "all" SUBSEP n), \
			mib("kib", "drain-1000" SUBSEP n), \
			mib("kib", "drain-60000" SUBSEP n), \
			mib("kib", "unfinished" SUBSEP n)
	}
}

# Also those that were dropped are accounted for.
function refusals(load, name,    m)
{
	m = middle("refused", load SUBSEP name)
	return m > 0 ? sprintf("; %d dropped by the kernel, all in the log", m) : ""
}

function show_stored(load,    i, n, m)
{
	printf "\n%s: stored, lowest and median\n", title[load]
	for (i = 1; i <= contestants; i++) {
		n = order[i]
		m = middle("stored", load SUBSEP n)
		if (m >= 0)
			printf "  %-12s %7.2f%% %7.2f%%, sent at %d/s%s\n", n, low, \
				m, middle("rate", load SUBSEP n), refusals(load, n)
	}
}

function show_peaks(    i, n)
{
	print "\nhighest rate without loss in 5 s, of those that were tried"
	for (i = 1; i <= contestants; i++) {
		n = order[i]
		if (n in peak)
			printf "  %-12s %8d/s%s\n", n, peak[n], \
				peak_by[n] == "sender" ? \
				", or more: it is the most that is sent" : ""
	}
}

# For plot: "sources|rate CONTESTANT X NANOSECONDS".
function write_points(load,    i, n, x, kind, m)
{
	if (load ~ /^drain-[0-9]*$/) {
		kind = "sources"
		x = substr(load, 7)
	} else if (load ~ /^[0-9]*k-1$/) {
		kind = "rate"
		x = load * 1000
	} else {
		return
	}
	for (i = 1; i <= contestants; i++) {
		n = order[i]
		m = middle("ns", load SUBSEP n)
		if (m > 0 && n != "floor-again")
			print kind, n, x, m >plots
	}
}

function ms(list, load, name,    m)
{
	m = middle(list, load SUBSEP name)
	return m < 0 ? "-" : sprintf("%.3f (..%.3f)", m / 1000, high / 1000)
}

function show_latency(    i, j, n, loads, count)
{
	print "\nfrom sending a line until it can be seen in the file, ms:" \
		" median (..highest) of all rounds"
	count = split("late-100 late-10k late-100k", loads, " ")
	printf "%-14s", ""
	for (j = 1; j <= count; j++)
		printf " %17s %17s", substr(loads[j], 6) "/s p50", "p99"
	print ""
	for (i = 1; i <= contestants; i++) {
		n = order[i]
		printf "  %-12s", n
		for (j = 1; j <= count; j++)
			printf " %17s %17s", ms("p50", loads[j], n), \
				ms("p99", loads[j], n)
		print ""
	}
}

function report()
{
	contestants = split("floor floor-again floor-name floor-real udplogger peer " \
		"rsyslogd syslog-ng socat", all, " ")
	for (i = j = 1; i <= contestants; i++)
		if (all[i] in names)
			order[j++] = all[i]
	contestants = j - 1
	print "CPU time per stored datagram: median (lowest..highest),"
	print "and as a multiple of the floor in the same round"
	for (i = 1; i <= load_count; i++) {
		if (load_name[i] !~ /^(unfinished|peak|blast|sysrq|late-.*)/ && \
		    !is_forged(load_name[i]))
			show_load(load_name[i])
		if (plots)
			write_points(load_name[i])
	}
	for (i = 1; i <= load_count; i++)
		if (load_name[i] ~ /^(blast|sysrq)/)
			show_stored(load_name[i])
	for (i = 1; i <= load_count; i++)
		if (is_forged(load_name[i])) {
			if (!forged_seen++)
				print "\nwhat a forger may send, and times" \
					" the usual one of its length"
			show_forged(load_name[i])
		}
	if (peaks_seen)
		show_peaks()
	if (latency_seen)
		show_latency()
	show_memory()
}

function show_losses()
{
	if (losers)
		printf "\nof others\n%s", losers
	if (bad)
		printf "\nNOT EVERYTHING WAS STORED\n%s", complaints
	else
		print "\nevery line was stored once, whole and in order" \
			(losers ? ", but those of others" : "") \
			(overwhelmed ? ", and those of what came faster" \
			" than it could be taken" : "")
}
