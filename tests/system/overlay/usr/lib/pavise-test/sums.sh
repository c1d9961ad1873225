# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read after guest.sh by commands that look whether a guest keeps its memory: the guest of small.cfg, whose
# shell is on the console that is open. Its echo must not look like an answer.
#   sums_work FILES     the guest writes so many files and their sums again and again, from now on
#   sums_look           until it has stopped; $right is how many of the sums are right

sums_work() {
	local files
	files=$(seq -s ' ' 0 $(($1 - 1)))
	console_send "f() { for k in $files; do head -c 999999 /dev/urandom >/f\$k; sha256sum /f\$k >/s\$k; done; }"
	console_send 'while [ ! -e /stop ]; do f; done & sleep 3; echo rea""dy'
	console_await "ready" 200
}

sums_look() {
	console_send 'touch /stop; wait; cat /s? | sha256sum -c | grep -c O""K$; rm /stop; echo thro""ugh'
	console_await "through" 300 || return
	right=$(echo "$REPLY" | tr -d '\r' | grep -x '[0-9][0-9]*')
}
