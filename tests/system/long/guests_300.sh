#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 9000
#
# Three hundred guests at once on a machine of 16 GiB: some of them Debian's kernel (LINUX of them, 96 MiB each: the
# kernel alone spans 62), the others guests of 8 MiB without an operating system. Each goes on writing to its console
# when all are there. How long `pav list` and `pav top` take among them is
# printed; nothing is left when they are gone.

. tests/system/lib

GUESTS=${GUESTS:-300} LINUX=${LINUX:-100}
make -s "BUILD=$BUILD" "$BUILD/bench/wake"
mkdir -p "$tmp/root/srv"
cp "$BUILD/bench/wake" "$tmp/root/srv/wake"
cat >"$tmp/root/srv/crowd.sh" <<'END'
# crowd.sh GUESTS LINUX: in bash
guests=$1 linux=$2
# The store's journal is in memory, and grows for some thousand guests until it is written anew.
books_slack_kib=16384
. /usr/lib/pavise-test/many.sh
. /usr/lib/pavise-test/boots.sh
log() { echo /var/log/pavise/guest-$1.log; }
free_mib() { pav info --json | sed -n 's/.*"free_memory": *\([0-9]*\).*/\1/p'; }

# ms COMMAND...: how long it took
ms() {
	local begin=${EPOCHREALTIME/./} end
	"$@" >/tmp/ms.out || return
	end=${EPOCHREALTIME/./}
	echo "took: $(((end - begin) / 1000)) ms, $(wc -l </tmp/ms.out) lines: $*"
}

# silent: guests whose logs have not grown since /tmp/sizes/NAME was written
silent() {
	local name
	for name in $names; do
		[ "$(stat -c %s "$(log $name)")" -gt "$(cat /tmp/sizes/$name)" ] || echo $name
	done
}

many_begin
many_crowd 2 || exit
books_open /tmp/books || exit
before=$(free_mib) names=
for ((n = 1; n <= guests; n++)); do
	if [ $n -le $linux ]; then
		pav create /tmp/many.cfg "name=\"g$n\"" \
			'extra="console=hvc0 pavise.run=echo_reached-all;while_sleep_5;do_uptime;done"' || exit
	else
		printf 'name = "g%d"\nkernel = "/srv/wake"\nmemory = 8\nextra = "beat"\n' $n >/tmp/small.cfg
		pav create /tmp/small.cfg || exit
	fi
	names="$names g$n"
done
for ((n = 1; n <= linux; n++)); do
	many_reached $n 3000 || exit
done
echo "memory: $((before - $(free_mib))) MiB for $guests guests, $(free_mib) MiB free"
mkdir -p /tmp/sizes
for name in $names; do
	stat -c %s "$(log $name)" >/tmp/sizes/$name
done
for ((try = 0; try < 300; try++)); do
	[ -z "$(silent)" ] && break
	sleep 1
done
echo "alive: $((guests - $(silent | wc -l)))"
ms pav list && ms pav list --json && ms pav top --batch --iterations 1 || exit
for name in $names; do
	pav destroy $name || exit
	rm -f /var/log/pavise/guest-$name.log*
done
books_balance /tmp/books "$guests guests" || exit
machine_well || exit
echo "step: end"
END

vm --mem 16G --hv-args "dom0_mem=1G,max:1G" --timeout 8900 --exec "bash /srv/crowd.sh $GUESTS $LINUX" \
	--overlay "$tmp/root" >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "alive" "alive: $GUESTS" "$(grep '^alive' "$tmp/out")"
expect "balanced" 1 "$(grep -c '^balanced' "$tmp/out")"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
