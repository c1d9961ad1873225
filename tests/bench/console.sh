# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by guest.sh, pair.sh, many.sh and life.sh: following a guest's console without starting processes.
#   console_log TOOL NAME       where pav or xl keeps the console of the guest of this name: $log
#   console_pause SECONDS       do nothing for so long
#   console_open                when the log is there
#   console_line                its next whole line, in $line; status 1 when there is none yet
#   console_follow TOOL NAME    print all of it until the guest's program ends

exec 5<> <(:)

console_log() {
	case $1 in
	pav) log=/var/log/pavise/guest-$2.log ;;
	xl) log=/var/log/xen/console/guest-$2.log ;;
	esac
}

console_pause() {
	read -r -t "$1" <&5
}

console_open() {
	held=
	exec 4<"$log"
}

console_line() {
	if IFS= read -r line <&4; then
		line=$held$line
		held=
	else
		held+=$line
		return 1
	fi
}

console_follow() {
	local poll
	console_log "$1" "$2"
	until [ -e "$log" ]; do
		console_pause 0.2
	done
	console_open
	for ((poll = 1; ; poll++)); do
		while console_line; do
			printf '%s\n' "$line"
			[[ $line == *"micro: end"* ]] && return 0
		done
		if ((poll % 300 == 0)) && ! "$1" list "$2" >/dev/null 2>&1; then
			echo "the guest ended before its program"
			return 1
		fi
		console_pause 0.2
	done
}
