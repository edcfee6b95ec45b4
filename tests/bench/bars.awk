# bars.awk - what a run found as bars of text, before and after a change: CPU time
# per stored datagram, the median of all rounds.
#
#	awk -f tests/bench/report.awk -f tests/bench/bars.awk RESULTS
#
# RESULTS: results.txt of a run with PEER=, which is the program as it was before.

function bar(name, as, load, most,    m, text)
{
	m = middle("ns", load SUBSEP name)
	if (m < 0)
		return
	text = sprintf("%" int(m * 44 / most + 0.5) "s", "")
	gsub(/ /, "#", text)
	printf "  %-11s %-44s %6.0f ns\n", as, text, m
}

function bars(load,    names, as, n, i, m, most)
{
	n = split("floor floor-name floor-real peer udplogger", names, " ")
	split("floor floor-name floor-real before after", as, " ")
	for (i = 1; i <= n; i++) {
		m = middle("ns", load SUBSEP names[i])
		most = m > most ? m : most
	}
	print "\n" title[load]
	for (i = 1; i <= n; i++)
		bar(names[i], as[i], load, most)
}

END {
	for (i = 1; i <= load_count; i++)
		if (middle("ns", load_name[i] SUBSEP "peer") > 0)
			bars(load_name[i])
}
