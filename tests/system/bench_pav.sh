#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `pav bench` measures rows in the control domain and in a guest that it makes, says what failed on what and
# why, and leaves no guest behind; its results are read by the benchmark and stand beside one another. A clock
# that counts instructions makes the figures repeat; that they are plausible is tested, not their size.

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/root/python.cpio" "$BUILD/root/kernel"
vm --icount --no-data --overlay "$BUILD/root/python.cpio" --overlay "$BUILD/root/kernel" --exec '
	step() {
		name=$1
		shift
		"$@" >/tmp/out 2>/tmp/err </dev/null
		echo "$name status $?"
		sed "s/^/$name: /" /tmp/out /tmp/err
	}
	step both pav bench --rows=null_syscall,read_zero,fault_zero --samples=3 --json=/tmp/both.json --html=/tmp/both.html
	step row pav bench --rows nothing
	step column pav bench --columns native
	step kernel pav bench --columns guest --rows stat --kernel /boot/none
	step guest pav bench --columns guest --rows stat --memory 100000
	step unwritten pav bench --json /none/result
	pav bench --columns guest >/tmp/out 2>/tmp/err &
	until pav list | grep -q bench; do sleep 0.1; done
	kill $!
	wait $!
	echo "stopped status $?"
	sed "s/^/stopped: /" /tmp/out
	step left pav list
	step report cat /tmp/both.html
	echo "json begins"
	cat /tmp/both.json' >"$tmp/run"
sed '1,/^json begins$/d' "$tmp/run" >"$tmp/both.json"
sed -i '/^json begins$/,$d' "$tmp/run"

# says NAME TEXT: how many lines of a step match.
says() {
	grep -cE "^$1: $2" "$tmp/run" || :
}

# ended NAME STATUS: what a step ended with.
ended() {
	expect "status of '$1'" "$2" "$(sed -n "s/^$1 status //p" "$tmp/run")"
}

ended both 0
expect "columns" 1 "$(says both ' +dom0 +guest$')"
expect "rows with two figures" 3 "$(says both '[a-z_]+ +[1-9][0-9]*\*? +[1-9][0-9]*\*?$')"
expect "ratios of the guest" 3 "$(says both '(null_syscall|read_zero|fault_zero) +[0-9]+\.[0-9]+$')"
expect "what it ran on" 1 "$(says both '.*; hypervisor under the kernel: Pavise .*; load at the beginning: [0-9]')"
expect "why nothing is counted" 1 "$(says both 'no events in dom0, guest, rows of micro: performance counter ')"
expect "what is in the report" "1 0" "$(says report '<h2>What the figures do not say') \
$(grep -cE '^report:.*((src|href)="?[a-z]+:|@import|url\()' "$tmp/run")"

ended row 2
expect "which row" 1 "$(says row '.*no row nothing')"
ended column 1
expect "why not that column" 1 "$(says column 'pav bench: column native: this kernel runs on Pavise; boot')"
ended kernel 1
expect "which kernel" 1 "$(says kernel 'missing in guest: .*/boot/none is not there; name one by --kernel')"
ended guest 1
expect "why there is no guest" 1 "$(says guest 'missing in guest: .*not enough memory.*hint: lower memory')"
ended unwritten 2
expect "where it cannot write" 1 "$(says unwritten 'pav bench: /none/result: folder /none ')"
ended stopped 130
expect "what it lacks" 1 "$(says stopped 'missing in guest: all rows: interrupted')"
expect "domains left" "1 0" "$(says left 'Domain-0') $(says left 'bench')"

expect "unit" nanoseconds "$(json "$tmp/both.json" "r['unit']")"
expect "figures in order" True "$(json "$tmp/both.json" "all(
	0 < f['min'] <= f['low'] <= f['median'] <= f['high'] <= f['max'] and f['samples'] == 3
	for c in r['columns'].values() for f in c['rows'].values())")"
# A system call takes 300 instructions at least, and a hypervisor that is in its way not thirty times that.
expect "a plausible system call" "[True, True]" "$(json "$tmp/both.json" \
	"[300 < r['columns'][c]['rows']['null_syscall']['median'] < 10000 for c in ('dom0', 'guest')]")"

expect "read by the benchmark" 0 "$(status tests/bench/bench --from "$tmp/both.json")"
expect "its columns" 1 "$(grep -cE '^ +dom0 +guest$' "$tmp/out")"
json "$tmp/both.json" "(r.update(columns={'native': r['columns']['dom0']}), r['host'].update(cpu='another'),
	json.dumps(r))[2]" >"$tmp/native.json"
pav="$BUILD/tools/pav bench --columns none --from $tmp/both.json"
expect "two results" 0 "$(status $pav "$tmp/native.json")"
expect "side by side" 2 "$(grep -cE '^ +(dom0 +guest +native|dom0 +guest)$' "$tmp/out")"
expect "what differs" 1 "$(grep -c '^native: measured .* cpu another there, ' "$tmp/out")"
expect "the same column twice" 2 "$(status $pav "$tmp/both.json")"
expect "compared with itself" 0 "$(status $pav --compare "$tmp/both.json")"
expect "no change" 1 "$(grep -c '^No change over 10 %$' "$tmp/out")"
