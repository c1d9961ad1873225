# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by commands that talk to a guest on its console, in the control domain:
#   console_open COMMAND...     such as: console_open pav console demo
#   console_await TEXT SECONDS  until TEXT has come; $REPLY is what came up to it
#   console_send LINE
#   guest_login SECONDS         to the demo guest's shell
#   guest COMMAND [SECONDS]     run COMMAND there, print its output, return its status
#   guest_listen PORT COMMAND   run COMMAND there in the background until it listens on TCP PORT
#   listens PORT                wait until somebody here listens on TCP PORT
# Nothing waits for a fixed time: under emulation on a busy machine none is long enough.

console_out=/tmp/console.out
console_seen=0

# A script that fails says where its machine stood.
console_left() {
	local status=$?

	[ $status = 0 ] && return
	echo "failed with $status; the console ended in:"
	tail -c 300 $console_out 2>/dev/null
	echo
	timeout 20 pav list
	timeout 20 pav dmesg | tail -2
	exit $status
}
trap console_left EXIT

console_open() {
	rm -f /tmp/console.in
	mkfifo /tmp/console.in
	: >$console_out
	console_seen=0
	"$@" </tmp/console.in >$console_out 2>&1 &
	exec 4>/tmp/console.in
}

console_send() {
	printf '%s\r' "$1" >&4
}

console_await() {
	local LC_ALL=C try text
	for ((try = 0; try < $2 * 2; try++)); do
		text=$(tail -c +$((console_seen + 1)) $console_out 2>/dev/null; echo .)
		text=${text%.}
		if [[ $text == *"$1"* ]]; then
			REPLY=${text%%"$1"*}
			console_seen=$((console_seen + ${#REPLY} + ${#1}))
			return 0
		fi
		sleep 0.5
	done
	echo "console: no '$1' within $2 s, but: $text"
	return 1
}

guest_login() {
	# The prompt may have come before the console was opened: ask for another one.
	console_send ""
	console_await "login:" "$1" || return
	console_send root
	console_await "Password:" 600 || return
	console_send pavise
	console_await "root@demo" 600 || return
	# The quotes tell the answer from the echo of the question.
	console_send "stty -echo; bind 'set enable-bracketed-paste off'; PS1=; dmesg -n 1; echo rea''dy"
	console_await "ready" 600
}

guest() {
	console_send "$1; s=\$?; echo; echo end-of-\$s."
	console_await "end-of-" "${2:-600}" || return 255
	printf '%s' "${REPLY//$'\r'/}"
	console_await "." 600 || return 255
	return "$REPLY"
}

guest_listen() {
	guest "$2 & until ss -ltn | grep -q ':$1 '; do sleep 0.1; done; echo listening"
}

listens() {
	local try

	for try in $(seq 600); do
		netstat -ltn | grep -q ":$1 " && return
		sleep 0.1
	done
	echo "nobody listens on port $1"
	return 1
}
