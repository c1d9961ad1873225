#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# Ten guests in a row and four at once, some that run and use a disk and a network card, some
# destroyed while they boot; one for which memory runs out while it is made; one whose console and
# store daemon are killed while it runs. When they are gone, nothing is left of them: free memory of
# hypervisor and control domain, event channels, grants, store nodes, loop devices, interrupts and the
# daemons' descriptors are as before.

. tests/system/lib

vm --mem 3G --timeout 2350 --exec '
	. /usr/lib/pavise-test/many.sh
	. /usr/lib/pavise-test/boots.sh
	many_begin
	# What grows to the most that was ever in use, such as handles for grants, grows now.
	many_crowd 4 || exit
	books_open /tmp/books || exit
	many_row 1 10 && books_balance /tmp/books "ten in a row" || exit
	many_crowd 4 && books_balance /tmp/books "four at once" || exit

	# Two at once that each find memory enough, but there is not enough for both.
	free=$(pav info --json | sed -n "s/.*\"free_memory\": *\([0-9]*\).*/\1/p")
	pav create /tmp/many.cfg "name=\"big1\"" "memory=$((free * 6 / 10))" -p & first=$!
	pav create /tmp/many.cfg "name=\"big2\"" "memory=$((free * 6 / 10))" -p & second=$!
	wait $first; failed=$?
	wait $second; failed=$failed$?
	case $failed in
	10) pav destroy big2 ;;
	01) pav destroy big1 ;;
	*) echo "status $failed"; false ;;
	esac || exit
	books_balance /tmp/books "no memory left" || exit

	many_start 1 full && many_reached 1 200 || exit
	kill -9 $(pidof pav-consoled) $(pidof pav-stored)
	while pidof pav-consoled pav-stored; do sleep 0.1; done
	pav-stored && pav-consoled && pav list || exit
	pidof pav-domd || pav-domd || exit
	pav destroy g1 && rm -f /tmp/many-1.img /var/log/pavise/guest-g1* || exit
	books_balance /tmp/books "daemons killed" || exit
	machine_well || exit
	echo "step: end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "balanced" 4 "$(grep -c '^balanced' "$tmp/out")"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
