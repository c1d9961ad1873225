#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The benchmark's runner measures what it is asked for, writes it down as documented, finds no change in a
# result compared with itself and a change in another, and says why a figure is missing. Speed is not tested.

. tests/system/lib

tests/bench/bench --events --rows null_syscall,null_hypercall,domain_switch --columns native,guest --json "$tmp/a.json" \
	>"$tmp/table" || { cat "$tmp/table"; exit 1; }
expect "rows of native" "['null_syscall']" "$(json "$tmp/a.json" "list(r['columns']['native']['rows'])")"
expect "rows of the guest" "['domain_switch', 'null_hypercall', 'null_syscall']" \
	"$(json "$tmp/a.json" "sorted(r['columns']['guest']['rows'])")"
expect "figures in order" True "$(json "$tmp/a.json" "all(0 < f['min'] <= f['median'] <= f['max'] \
	for c in r['columns'].values() for f in c['rows'].values())")"
expect "events of native" "1.0 0.0" "$(json "$tmp/a.json" "'{kernel_entries:.1f} {hypervisor_entries:.1f}'.format(
	**r['columns']['native']['rows']['null_syscall']['events'])")"
expect "a switch of domains loads CR3 once" 1.0 "$(json "$tmp/a.json" "'{cr3_loads:.1f}'.format(
	**r['columns']['guest']['rows']['domain_switch']['events'])")"
expect "nothing missing" "[{}, {}]" "$(json "$tmp/a.json" "[c['missing'] for c in r['columns'].values()]")"
expect "events in the table" 1 "$(grep -c '^Entries to the hypervisor per operation$' "$tmp/table")"
sed -i '/^Ratio/,$d' "$tmp/table"
expect "rows in the table" 2 "$(grep -cE '^null_(syscall|hypercall) +[0-9.-]+ ' "$tmp/table")"
expect "columns in the table" 1 "$(grep -cE '^ +native +guest$' "$tmp/table")"
expect "plots in the report" 1 "$(grep -c '<svg' "$tmp/a.html" | sed 's/^[1-9].*/1/')"
expect "what the report loads" 0 "$(grep -cE '(src|href)="?[a-z]+:|@import|url\(' "$tmp/a.html")"

bench="tests/bench/bench --from $tmp/a.json"
expect "compared with itself" 0 "$(status $bench --compare "$tmp/a.json")"
expect "no change" 1 "$(grep -c '^No change over 1 %$' "$tmp/out")"
json "$tmp/a.json" "(r['columns']['guest']['rows']['null_syscall'].update(median=1), json.dumps(r))[1]" \
	>"$tmp/faster.json"
expect "compared with a faster one" 3 "$(status $bench --compare "$tmp/faster.json")"
expect "the change" 1 "$(grep -cE '^null_syscall +guest +1.0 .* %$' "$tmp/out")"

expect "no such row" 2 "$(status tests/bench/bench --rows nothing --json "$tmp/b.json")"
expect "it is named" 1 "$(grep -c nothing "$tmp/err")"
expect "too little time" 1 "$(status tests/bench/bench --rows null_syscall --columns native --timeout 1 \
	--json "$tmp/b.json")"
expect "the reason" 1 "$(grep -c '^missing in native: all rows: vm: no end after 1 s' "$tmp/out")"
