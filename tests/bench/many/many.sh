#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# many.sh pav|xl GUESTS, many.sh npt GUESTS: in the machine that makes guests, make so many and keep them. A
# line of JSON for each row: how long it takes to make one more beside those that there are, in nanoseconds of
# the clock there; and the memory that each costs beyond its own, in KiB.

tool=$1 guests=$2
memory=4096 # KiB of a guest
. /bench/console.sh
. /bench/row.sh

fail() { echo "micro: guest $n: $1"; exit 1; }

available_kib() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# The same tool on both hypervisors: xl tells whole MiB only.
free_kib() {
	pav info --json | sed -n 's/.*"free_memory_kib": *\([0-9]*\).*/\1/p'
}

# Until its program has said a word.
wait_begun() {
	for ((poll = 0; poll < 6000; poll++)); do
		if [ -e "$log" ]; then
			[ -n "$opened" ] || { console_open; opened=yes; }
			while console_line; do
				[[ $line == *"micro: begin"* ]] && return
			done
		fi
		console_pause 0.01
	done
	fail "its program did not begin"
}

make_one() {
	opened=
	printf '%s\n' "name = \"g$n\"" 'kernel = "/bench/pair"' "memory = $((memory / 1024))" >/tmp/config
	begun=${EPOCHREALTIME/./}
	"$tool" create -p /tmp/config >/tmp/created 2>&1 || fail "$(tail -n 1 /tmp/created)"
	took[n]=$(((${EPOCHREALTIME/./} - begun) * 1000))
	"$tool" unpause "g$n" || exit
	console_log "$tool" "g$n"
	wait_begun
}

domains() {
	# The first fills caches, and makes the daemons grow to their usual size.
	n=0 make_one
	available=$(available_kib) free=$(free_kib)
	for ((n = 1; n <= guests; n++)); do
		make_one
	done
	available=$((available - $(available_kib))) free=$((free - $(free_kib)))
	row_say create_1st ${took[1]}
	for n in 10 50 100; do
		((n <= guests)) && row_say create_${n}th ${took[@]:n - 2:3}
	done
	row_say hypervisor_kib_per_guest $((free / guests - memory))
	row_say control_kib_per_guest $((available / guests))
}

# What the processes of QEMU have of guests' memory: mappings as large as that is.
own_kib() {
	cat /proc/[0-9]*/smaps 2>/dev/null | awk -v "size=$1" '
		/^Size:/ { guests = $2 == size }
		/^Rss:/ && guests { sum += $2 }
		END { print sum + 0 }'
}

# By KVM: what QEMU and the kernel have taken for a machine when it could run its first instruction. To run
# them would take long here; what they take then comes on top.
machines() {
	memory=262144
	for ((n = 0; n <= guests; n++)); do
		/bench/inner.sh "$tool" $((memory / 1024)) "" -S >/tmp/guest-$n.log 2>&1 &
		console_pause 5
		((n)) || { available=$(available_kib) own=$(own_kib $memory); }
	done
	available=$((available - $(available_kib))) own=$(($(own_kib $memory) - own))
	[ "$(pidof qemu-system-x86_64 | wc -w)" = $((guests + 1)) ] || fail "$(tail -n 1 /tmp/guest-0.log)"
	row_say control_kib_per_guest $(((available - own) / guests))
	kill $(pidof qemu-system-x86_64)
}

case $tool in
pav | xl) domains ;;
*) machines ;;
esac
echo "micro: end"
