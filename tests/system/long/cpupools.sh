#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
#
# Pools of CPUs by pav: a guest whose two vCPUs are always busy runs where its pool has CPUs and nowhere else,
# created there or moved, and has the CPU time that follows; names; what is
# in use is refused to be taken away. In the end all is as in the beginning.

. tests/system/lib

vm --timeout 580 --exec '
	. /usr/lib/pavise-test/many.sh
	die() { echo "FAILED: $*"; pav cpupool-list --cpus; pav vcpu-list; exit 1; }
	is() { [ "$2" = "$3" ] && echo "ok $1" || die "$1: wanted \"$2\", found \"$3\""; }
	field() { local key=$1; shift; "$@" --json | sed -n "s/^ *\"$key\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p"; }
	pools() { echo $(field name pav cpupool-list) : $(field cpus pav cpupool-list) : $(field domains pav cpupool-list); }
	refused() {
		local words=$1; shift
		pav "$@" >/tmp/refused 2>&1 && die "pav $* is not refused"
		grep -q "$words" /tmp/refused && echo "ok refused: $(head -n 1 /tmp/refused)" || die "$(cat /tmp/refused)"
	}
	# Percent of one CPU that the guest takes, and the CPUs its vCPUs are on.
	share() {
		local from=$(field cpu_seconds pav list g1) begin=$(cut -d" " -f1 /proc/uptime)
		sleep 5
		field cpu_seconds pav list g1 | awk -v "f=$from" -v "b=$begin" -v "e=$(cut -d" " -f1 /proc/uptime)" \
			"{ print int((\$1 - f) * 100 / (e - b)) }"
	}
	on() { echo $(field cpu pav vcpu-list g1 | sort -u); }

	is "at first" "Pool-0 : 0-1 : 1" "$(pools)"
	refused "no CPU is free" cpupool-create name=small
	refused "CPU 1 is not free" cpupool-create name=small cpus=1
	is "nothing half made" "Pool-0 : 0-1 : 1" "$(pools)"
	pav cpupool-cpu-remove Pool-0 1 || exit
	is "free" "In no pool: 1" "$(pav cpupool-list --cpus | tail -n 1)"
	pav cpupool-create name=small cpus=1 || exit
	is "two pools" "Pool-0 small : 0 1 : 1 0" "$(pools)"
	refused "there is a CPU pool .small. already" cpupool-create name=small
	refused "must be 1 to 63" cpupool-create name=7
	refused "is not known for a CPU pool" cpupool-create name=x nodes=0
	refused "last one of pool" cpupool-cpu-remove Pool-0 0
	refused "the control domain cannot be" cpupool-migrate Domain-0 small
	refused "it stays" cpupool-destroy Pool-0

	many_begin
	refused "no CPU pool .none." create /tmp/many.cfg name=g1 pool=none
	pav create /tmp/many.cfg name=g1 pool=small vcpus=2 \
		"extra=\"console=hvc0 pavise.run=echo_reached-all;(while_true;do_true;done)&while_true;do_true;done\"" || exit
	many_reached 1 300 || exit
	is "made there" "Pool-0 small : 0 1 : 1 1" "$(pools)"
	is "runs there" 1 "$(on)"
	one=$(share)
	[ $one -le 115 ] && [ $one -ge 50 ] || die "$one % of one CPU"
	refused "pin vCPU 0 of g1 to CPUs 0" vcpu-pin g1 0 0
	refused "no CPU pool .none." cpupool-migrate g1 none
	refused "has 1 domain" cpupool-destroy small
	refused "last one of pool small" cpupool-cpu-remove small 1
	refused "CPU 0 is not in pool small" cpupool-cpu-remove small 0
	pav cpupool-rename small tiny || exit
	is "renamed" "Pool-0 tiny : 0 1 : 1 1" "$(pools)"
	pav cpupool-migrate g1 0 || exit
	for try in $(seq 60); do [ "$(on)" = 0 ] && break; sleep 0.5; done
	is "moved" 0 "$(on)"
	refused "there is a CPU pool .Pool-0. already" cpupool-rename tiny Pool-0
	is "empty" "Pool-0 tiny : 0 1 : 2 0" "$(pools)"
	pav cpupool-cpu-remove tiny 1 || exit
	refused "needs a CPU" cpupool-migrate g1 tiny
	pav cpupool-cpu-add Pool-0 1 || exit
	two=$(share)
	[ $two -ge $((one * 6 / 5)) ] || die "$one % with one CPU, $two % with two"
	echo "share: $one % with one CPU, $two % with two"
	pav cpupool-destroy tiny && pav destroy g1 || exit
	is "at last" "Pool-0 : 0-1 : 1" "$(pools)"
	is "no names left" 0 "$(xenstore-list /local/pool)"
	echo "step: end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
grep -E '^(ok|share)' "$tmp/out"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
