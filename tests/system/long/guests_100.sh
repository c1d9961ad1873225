#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 6600
#
# A hundred guests at once on one CPU, ninety-nine of them taking all they get: each lives, and one
# that sleeps most of the time is woken no later than on Debian's Xen with its own tools. Also what the
# control domain does while nobody wants anything of it.

. tests/system/lib

GUESTS=${GUESTS:-99}
mkdir -p "$tmp/root/srv"
cp "$BUILD/bench/wake" "$tmp/root/srv/wake"
cat >"$tmp/root/srv/hundred.sh" <<'END'
# hundred.sh TOOL LOGS GUESTS: the sleeper alone, then among the others.
tool=$1 log=$2 guests=$3
config() { printf 'name = "%s"\nkernel = "/srv/wake"\nmemory = %d\nextra = "%s"\n' "$@" >/tmp/$1.cfg; }
idle() { awk '{ print $2 }' /proc/uptime; }
for n in $(seq $guests); do
	config b$n 8 burn
	$tool create -p /tmp/b$n.cfg >/tmp/out 2>&1 || { cat /tmp/out; exit 1; }
done
config sleeper 8 sleep
$tool create /tmp/sleeper.cfg >/tmp/out 2>&1 || { cat /tmp/out; exit 1; }
sleep 3
before=$(idle)
sleep 10
echo "idle $(echo "$before $(idle)" | awk '{ print ($2 - $1) * 10 }')"
echo "alone $(grep -a 'round' $log/guest-sleeper.log | tail -n 1)"
for n in $(seq $guests); do $tool unpause b$n; done
sleep 30
echo "among $(grep -a 'round' $log/guest-sleeper.log | tail -n 1)"
echo "alive $(grep -la 'wake: alive' $log/guest-b*.log | wc -l)"
$tool list | tail -n +2 | wc -l
END

# figures NAME TOOL LOGS OPTION...
figures() {
	name=$1 tool=$2 logs=$3
	shift 3
	tests/vm/vm --icount --mem 3G --no-data --overlay "$tmp/root" --timeout 3000 "$@" \
		--exec "bash /srv/hundred.sh $tool $logs $GUESTS" >"$tmp/$name" 2>&1 ||
		{ cat "$tmp/$name" >&2; return 1; }
	sed "s/^/$name: /" "$tmp/$name"
}

# within NAME: how late at most, for 99 of 100 wake-ups among the others
within() {
	sed -n 's/^among .* within \([0-9]*\) ns.*/\1/p' "$tmp/$1"
}

figures pavise pav /var/log/pavise
figures xen xl /var/log/xen/console --hv "$BUILD/peer/xen/xen.gz" \
	--overlay "$BUILD/peer/xen/overlay.cpio"
expect "alive" "alive $GUESTS" "$(grep alive "$tmp/pavise")"
expect "domains" $((GUESTS + 2)) "$(tail -n 1 "$tmp/pavise")"
echo "woken within $(within pavise) ns on Pavise, $(within xen) ns on Xen"
[ "$(within pavise)" -le "$(within xen)" ]
