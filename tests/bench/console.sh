# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by guest.sh and life.sh: following a guest's console, $log, without starting processes.
#   console_pause SECONDS   do nothing for so long
#   console_open            when the log is there
#   console_line            its next whole line, in $line; status 1 when there is none yet

exec 5<> <(:)

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
