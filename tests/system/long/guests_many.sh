#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 5400
#
# Two hundred guests created and destroyed in a row, and twenty at once, as guests_some.sh has
# it with fewer: afterwards everything that could leak is as before. So it is after the destruction of
# a guest whose console ring is still mapped.

. tests/system/lib

vm --mem 4G --timeout 5300 --exec '
	. /usr/lib/pavise-test/many.sh
	. /usr/lib/pavise-test/boots.sh
	many_begin
	many_crowd 20 || exit
	books_open /tmp/books || exit
	many_row 1 200 && books_balance /tmp/books "200 in a row" || exit
	many_crowd 20 && books_balance /tmp/books "20 at once" || exit

	# A guest whose frames somebody holds stays, dying, and goes when they are let go.
	many_start 1 full && many_reached 1 200 || exit
	kill -STOP $(pidof pav-consoled) || exit
	pav destroy g1 && exit 1
	pav list
	kill -CONT $(pidof pav-consoled) && rm -f /tmp/many-1.img /var/log/pavise/guest-g1* || exit
	books_balance /tmp/books "held while destroyed" || exit
	machine_well || exit
	echo "step: end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "balanced" 3 "$(grep -c '^balanced' "$tmp/out")"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
