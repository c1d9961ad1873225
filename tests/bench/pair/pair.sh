#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pair.sh pav|xl [ROW...]: in the control domain, make the two guests of tests/bench/pair, tell each of the
# other, and print the meter's console until it ends.

tool=$1
shift
rows=$*
. /bench/console.sh

# start NAME EXTRA: make a guest; its number is in $id
start() {
	printf '%s\n' "name = \"$1\"" 'kernel = "/bench/pair"' 'memory = 8' 'vcpus = 2' 'tsc_mode = "native"' \
		"extra = \"$2\"" >"/tmp/$1.cfg"
	"$tool" create "/tmp/$1.cfg" >/tmp/created 2>&1 || { cat /tmp/created; exit 1; }
	id=$("$tool" domid "$1")
}

start peer ""
peer=$id
# Debian's Xen clears free memory in its idle time, which would make it late to wake.
console_pause 2
start meter "peer=$peer ${rows:+rows=${rows// /,}}"
xenstore-write "/local/domain/$peer/data/meter" "$id" || exit
console_follow "$tool" meter
