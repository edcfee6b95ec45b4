# judge.awk - what the report found against the goals, after report.awk.

# With one processor for both, times are of the sender, too.
function verdict(text, value, limit, unit)
{
	if (value >= 0 && alone == "yes" && text !~ /^resident/)
		printf "  %-66s %6.2f%s  no verdict, one processor\n", text, \
			value, unit
	else if (value >= 0)
		printf "  %-66s %6.2f%s  %s\n", text, value, unit, \
			value <= limit ? "ok" : "MISSED"
}

function judge_ratio(base, load, limit,    text, value)
{
	value = ratio_to(base, load, "udplogger")
	if (value < 0)
		return
	text = title[load] " to " base
	text = sprintf("%s (%.2f)", text, limit)
	if (noisy(load))
		printf "  %-66s %6.2f  no verdict, noise\n", text, value
	else
		verdict(text, value, limit, "")
}

function judge_flat(load,    one, many, text)
{
	one = ratio("drain-1", "udplogger")
	many = ratio(load, "udplogger")
	if (one <= 0 || many < 0)
		return
	text = "flat: " title[load] " to 1 (1.15)"
	if (noisy("drain-1") || noisy(load))
		printf "  %-66s %6.2f  no verdict, noise\n", text, many / one
	else
		verdict(text, many / one, 1.15, "")
}

# What a record costs, times its line as text, in the same round.
function judge_records(sources,    r, text)
{
	for (r in rounds)
		if (ns[r, "text-" sources, "udplogger"] > 0 && \
		    ns[r, "records-" sources, "udplogger"] > 0)
			keep("records", sources, \
				ns[r, "records-" sources, "udplogger"] / \
				ns[r, "text-" sources, "udplogger"])
	text = sprintf("extended record to its text, %d source%s (1.10)", \
		sources, sources > 1 ? "s" : "")
	verdict(text, middle("records", sources), 1.10, "")
}

# What a datagram of a million senders costs, times one of a thousand, in the same
# round.
function judge_million(kind, what,    r, text)
{
	for (r in rounds)
		if (ns[r, kind "-1000", "udplogger"] > 0 && \
		    ns[r, kind "-1000000", "udplogger"] > 0)
			keep("million", kind, \
				ns[r, kind "-1000000", "udplogger"] / \
				ns[r, kind "-1000", "udplogger"])
	text = sprintf("%s of 1,000,000 sources to those of 1,000 (1.50)", what)
	verdict(text, middle("million", kind), 1.50, "")
}

# What a file for each sender costs, times one for all, in the same round.
function judge_apart(    r, text)
{
	for (r in rounds)
		if (ns[r, "shared-1000", "udplogger"] > 0 && \
		    ns[r, "apart-1000", "udplogger"] > 0)
			keep("apart", "1000", ns[r, "apart-1000", "udplogger"] / \
				ns[r, "shared-1000", "udplogger"])
	text = "100,000/s, 1,000 sources: 1,000 files to one (2.00)"
	if (("apart-1000" in slow) && middle("apart", "1000") >= 0)
		printf "  %-66s %6.2f  no verdict, the sender fell behind\n", \
			text, middle("apart", "1000")
	else
		verdict(text, middle("apart", "1000"), 2.00, "")
}

function judge_memory(text, list, load, limit,    m)
{
	m = middle(list, load SUBSEP "udplogger")
	verdict(text, m < 0 ? m : m / 1024, limit, " MiB")
}

# The floor never pauses: what it is late is the machine's own doing.
function judge_p99(load,    m, floor, text)
{
	m = middle("p99", load SUBSEP "udplogger")
	floor = middle("p99", load SUBSEP "floor")
	text = title[load] ", p99 (2.5)"
	if (m >= 0 && floor > 1250)
		printf "  %-66s %6.2f ms  no verdict, noise\n", text, m / 1000
	else
		verdict(text, m < 0 ? m : m / 1000, 2.5, " ms")
}

# The slowest round of the floor is what this machine does by itself.
function judge_latency(    m, floor)
{
	m = middle("p50", "late-100" SUBSEP "udplogger")
	floor = middle("p50", "late-100" SUBSEP "floor")
	if (m >= 0 && floor > 0)
		verdict("latency at 100/s, p50, ratio (1.15)", m / floor, 1.15, "")
	floor = middle("p99", "late-100" SUBSEP "floor") < 0 ? -1 : high
	m = middle("p99", "late-100" SUBSEP "udplogger")
	if (m >= 0 && floor > 0)
		verdict("latency at 100/s, p99, to the floor\047s highest (1)", \
			m / floor, 1, "")
	judge_p99("late-10k")
	judge_p99("late-100k")
}

function judge_stored(load, text,    floor)
{
	if (middle("stored", load SUBSEP "floor") < 0)
		return
	floor = low
	if (middle("stored", load SUBSEP "udplogger") < 0)
		return
	text = title[load] ", stored (" text ")"
	if (low < 100 && low >= floor)
		printf "  %-66s %6.2f%%  no verdict, the floor stores %.2f%%\n", \
			text, low, floor
	else
		printf "  %-66s %6.2f%%  %s\n", text, low, \
			low == 100 ? "ok" : "MISSED"
}

# Ours alone: every line is there, or the log says what the kernel dropped.
function judge_every_line(load,    m)
{
	m = middle("stored", load SUBSEP "udplogger")
	if (m < 0)
		return
	printf "  %-66s %6.2f%%  %s\n", title[load] ", stored (100)", m, \
		m == 100 ? "ok" : refusals(load, "udplogger") ? \
		"no verdict, the rest is logged as lost" : "MISSED"
}

function judge_peak(    least)
{
	if (!("udplogger" in peak) || !("floor" in peak))
		return
	if (peak_by["udplogger"] == "sender") {
		print "  highest rate without loss: no verdict, it is the" \
			" most that is sent"
		return
	}
	least = peak["floor"]
	if (("floor-again" in peak) && peak["floor-again"] < least)
		least = peak["floor-again"]
	if (least > 0)
		verdict("highest rate without loss, floor to it (1)", \
			peak["udplogger"] > 0 ? least / peak["udplogger"] : 99, \
			1, "")
}

function judge()
{
	print "\ngoals of udplogger, ratio to the floor if nothing else is said"
	judge_ratio("floor-name", "drain-1", 1.05)
	judge_ratio("floor-name", "drain-1000", 1.08)
	judge_ratio("floor-name", "drain-60000", 1.15)
	judge_flat("drain-1000")
	judge_flat("drain-60000")
	judge_ratio("floor", "10k-1", 0.40)
	judge_ratio("floor-real", "100k-1", 0.50)
	judge_ratio("floor-real", "100k-1000x3", 0.46)
	judge_records(1)
	judge_records(1000)
	judge_million("text", "lines")
	judge_million("records", "records")
	judge_apart()
	judge_latency()
	judge_peak()
	judge_stored("blast-1", "100")
	judge_stored("sysrq-64", "100")
	judge_every_line("sysrq-100")
	judge_every_line("sysrq-1000")
	judge_every_line("sysrqrecords-100")
	judge_every_line("sysrqrecords-1000")
	judge_memory("resident, idle (2)", "idle", "all", 2)
	judge_memory("resident, 1,000 sources (2.5)", "kib", "drain-1000", 2.5)
	judge_memory("resident, 60,000 sources (12)", "kib", "drain-60000", 12)
	# 160 bytes for each, and 480, and 20 MiB for what does not grow.
	judge_memory("resident, 1,000,000 sources of text (172)", "kib", \
		"text-1000000", 172)
	judge_memory("resident, 1,000,000 sources of records (477)", "kib", \
		"records-1000000", 477)
	judge_memory("resident, 60,000 unfinished lines (28)", "kib", \
		"unfinished", 28)
	judge_memory("resident, 60,000 files, at most (120)", "most", \
		"apart-60000", 120)
}

END {
	report()
	if ("udplogger" in names)
		judge()
	show_losses()
	exit bad
}
