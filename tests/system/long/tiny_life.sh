#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 5400
#
# What a guest costs the machine beyond itself: `pav create -p` and `pav destroy` of a paused guest of 4 MiB,
# alone and among hundreds, beside the same by `xl` on Debian's Xen; `pav list`; memory of hypervisor and
# control domain for each guest. Figures are in microseconds of a clock that counts instructions, a thousand
# to each.

. tests/system/lib

KEPT=${KEPT:-300}
mkdir -p "$tmp/root/srv"
make -s "BUILD=$BUILD" "$BUILD/tests/timed"
cp "$BUILD/bench/wake" "$BUILD/tests/timed" tests/system/overlay/usr/lib/pavise-test/memory.sh "$tmp/root/srv"
cat >"$tmp/root/srv/tiny.sh" <<'END'
# tiny.sh TOOL KEPT: a few lives alone; then that many guests are made and kept, and ended again.
. /srv/memory.sh
tool=$1 kept=$2
config() { printf 'name = "%s"\nkernel = "/srv/wake"\nmemory = 4\nextra = "sleep"\n' $1 >/tmp/tiny.cfg; }
timed() {
	/srv/timed "$1" "/usr/sbin/$2" "${@:3}" >/tmp/out 2>/tmp/took || { cat /tmp/out /tmp/took; exit 1; }
	grep "^$1 " /tmp/took
}
# Lives are dearer by a twentieth once caches were dropped, so that comes before all of them.
available_kib >/dev/null
config tiny
for try in 1 2 3 4 5 6; do
	[ $try = 1 ] && said= || said=1-
	timed ${said}create $tool create -p /tmp/tiny.cfg
	timed ${said}destroy $tool destroy tiny
done
[ $kept = 0 ] && exit
free=$(free_kib) available=$(available_kib)
for ((n = 1; n <= kept; n++)); do
	config g$n
	$tool create -p /tmp/tiny.cfg >/dev/null || exit
	[ $n = 200 ] && timed list $tool list
done
config tiny
for try in 1 2 3 4 5; do
	timed $kept-create $tool create -p /tmp/tiny.cfg
	timed $kept-destroy $tool destroy tiny
done
echo "hypervisor $(((free - $(free_kib)) / kept - 4096))"
echo "control $(((available - $(available_kib)) / kept))"
for ((n = 1; n <= kept; n++)); do
	$tool destroy g$n || exit
done
END

# run NAME TOOL KEPT OPTION...
run() {
	name=$1 command="bash /srv/tiny.sh $2 $3"
	shift 3
	tests/vm/vm --icount --mem $((2 + KEPT / 200))G --no-data --hv-args dom0_mem=768M,max:768M --overlay "$tmp/root" \
		--timeout 2600 "$@" --exec "$command" >"$tmp/$name" 2>&1 || { cat "$tmp/$name"; return 1; }
}
# median NAME WHAT
median() { sed -n "s/^$2 //p" "$tmp/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# within WHAT FOUND MOST
within() {
	echo "$1: $2, at most $3"
	[ "$2" -le "$3" ] || failed=1
}

failed=0
run pavise pav "$KEPT"
run xen xl 0 --hv "$BUILD/peer/xen/xen.gz" --overlay "$BUILD/peer/xen/overlay.cpio"
create=$(median pavise 1-create) destroy=$(median pavise 1-destroy)
xl=$(($(median xen 1-create) + $(median xen 1-destroy)))
within "create -p" "$create" 10000
within "destroy" "$destroy" 6000
within "both, per mille of xl's $xl" $(((create + destroy) * 1000 / xl)) 150
within "create -p with $KEPT guests there" "$(median pavise "$KEPT-create")" $((create * 105 / 100))
within "destroy with $KEPT guests there" "$(median pavise "$KEPT-destroy")" $((destroy * 105 / 100))
within "list of 200 guests" "$(median pavise list)" 25000
within "hypervisor memory for each guest, KiB" "$(median pavise hypervisor)" 64
within "control domain memory for each guest, KiB" "$(median pavise control)" 97
exit $failed
