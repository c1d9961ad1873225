#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1800
#
# `pav trace` while a guest boots: its hypercalls, faults, states and events by name, live and from a file;
# the file for trace viewers is JSON; nothing is recorded when it has ended, and all works as before.

. tests/system/lib

vm --timeout 1750 --exec '
	. /usr/lib/pavise-test/boots.sh
	pav trace --events=sched -t 1 | grep -q "running *was=" || { echo "no states"; exit 1; }
	pav trace --raw /tmp/raw & tracer=$!
	boot_guest 6.1 2 || exit
	kill -INT $tracer && wait $tracer || exit
	[ "$(stat -c %s /tmp/raw)" -gt 100000 ] || exit
	pav trace --read /tmp/raw --format count >/tmp/count || exit
	head -40 /tmp/count
	for event in mmu_update multicall iret page_fault running event sched_op.SCHEDOP_block \
			event_channel_op.EVTCHNOP_send; do
		grep -q "^domain-1 .* $event\$" /tmp/count || { echo "no $event"; exit 1; }
	done
	pav trace --read /tmp/raw --domain 1 --events hypercalls | grep -v "d1v[01]" | head -3
	pav trace --read /tmp/raw --format chrome --output /tmp/chrome.json || exit
	cp /tmp/chrome.json /dev/shm/ && head -c 300 /tmp/chrome.json && tail -c 3 /tmp/chrome.json
	pav trace --read /etc/passwd && exit 1
	pav trace --events nonsense && exit 1
	boot_guest 6.12 2 || exit
	echo "step: end"
' >"$tmp/out" 2>&1 || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
