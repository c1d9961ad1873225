#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# life.sh pav|xl|crun|npt|shadow|tcg SAMPLES ROW...: in the machine that makes guests, how long it takes to
# make and end them; a line of JSON for each row, in nanoseconds of the clock there. Under a clock that
# counts instructions that is instructions, idle time included.

how=$1 samples=$2
shift 2
. /bench/console.sh
. /bench/row.sh
log=/tmp/guest.log
console_log "$how" bench
set -m # each background job a group of processes

now() { time=${EPOCHREALTIME/./}; }
fail() { echo "micro: $row: $1"; exit 1; }

# The guest's console, new for each guest, has a word of its program.
wait_begun() {
	for ((poll = 0; poll < 1000; poll++)); do
		[ -e "$log" ] && break
		console_pause 0.01
	done
	[ -e "$log" ] || fail "the guest has no console"
	console_open
	for ((poll = 0; poll < 60000; poll++)); do
		while console_line; do
			[[ $line == *"micro: "* ]] && return
		done
		console_pause 0.01
	done
	fail "the guest's program did not begin"
}

start() {
	case $how in
	pav | xl) $how create /bench/config >/tmp/created 2>&1 || fail "$(tail -n 1 /tmp/created)" ;;
	crun) /bench/container.sh /micro --samples 1 none >"$log" 2>&1 & ;;
	*) /bench/inner.sh "$how" 256 micro.rows=none >"$log" 2>&1 & ;;
	esac
}

end() {
	case $how in
	pav | xl) $how destroy bench >/dev/null 2>&1 ;;
	crun) wait ;;
	*)
		kill -- -$! 2>/dev/null
		wait 2>/dev/null
		;;
	esac
}

# Each row: what is timed is between the two calls of now.
first_line() {
	rm -f "$log"
	now
	begun=$time
	start
	wait_begun
	now
	end
}

create_paused() {
	now
	begun=$time
	$how create -p /bench/config >/tmp/created 2>&1 || fail "$(tail -n 1 /tmp/created)"
	now
	$how destroy bench
}

destroy() {
	$how create -p /bench/config >/tmp/created 2>&1 || fail "$(tail -n 1 /tmp/created)"
	now
	begun=$time
	$how destroy bench
	now
}

list() {
	now
	begun=$time
	$how list >/dev/null
	now
}

for row; do
	# Fills caches; a whole boot takes long, and a first one is as good.
	[ "$row" = first_line ] || "$row"
	took=()
	for ((i = 0; i < samples; i++)); do
		"$row"
		took+=($(((time - begun) * 1000)))
	done
	row_say "$row" "${took[@]}"
done
echo "micro: end"
