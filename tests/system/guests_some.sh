#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# Ten guests in a row and four at once, some that run and use a disk and a network card, some
# destroyed while they boot; then one whose console and store daemon are killed while it runs. When
# they are gone, nothing is left of them: free memory of hypervisor and control domain, event channels,
# grants, store nodes, loop devices, interrupts and the daemons' descriptors are as before.

. tests/system/lib

vm --mem 3G --timeout 850 --exec '
	. /usr/lib/pavise-test/many.sh
	many_begin
	# What grows to the most that was ever in use, such as handles for grants, grows now.
	many_crowd 4 || exit
	books_open /tmp/books || exit
	many_row 1 10 && books_balance /tmp/books "ten in a row" || exit
	many_crowd 4 && books_balance /tmp/books "four at once" || exit

	many_start 1 full && many_reached 1 200 || exit
	kill -9 $(pidof pav-consoled) $(pidof pav-stored)
	while pidof pav-consoled pav-stored; do sleep 0.1; done
	pav-stored && pav-consoled && pav list || exit
	pidof pav-domd || pav-domd || exit
	pav destroy g1 && rm -f /tmp/many-1.img /var/log/pavise/guest-g1* || exit
	books_balance /tmp/books "daemons killed" || exit
	dmesg | grep -E "WARNING|BUG:|Oops|stalls? on|blocked for more" && exit 1
	echo "step: end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "balanced" 3 "$(grep -c '^balanced' "$tmp/out")"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
