#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check_libpav.sh FOLDER HEADER PAGE: library and archive define what the header declares and no more, the library
# cannot print or end the process, and the manual page names each function.

set -eu
folder=$1 header=$2 page=$3
status=0

declared=$(grep -v typedef "$header" | tr '\n' ' ' | sed 's,/\*[^*]*\*\(\**[^*/][^*]*\*\)*/,,g' | grep -oE '[ *]pav_[a-z_]+\(' | tr -d ' *(' | sort -u)
same() {
	[ "$2" = "$declared" ] && return
	echo "check_libpav: $1 defines [$(echo $2)], the header declares [$(echo $declared)]" >&2
	status=1
}
same "the library" "$(nm -D --defined-only "$folder/libpav.so" | sed -n 's/.* [A-Z] \(.*\)@@.*/\1/p' | grep -v ^PAV_ | sort -u)"
same "the archive" "$(nm -g --defined-only "$folder/libpav.a" | sed -n 's/.* [A-Z] \(.*\)/\1/p' | sort -u)"
same "the page" "$(sed 's/\\-/-/g' "$page" | grep -oE 'pav_[a-z_]+\(' | tr -d '(' | sort -u)"

for symbol in exit stderr stdout printf puts perror abort syslog; do
	if nm -D --undefined-only "$folder/libpav.so" | grep -qE " $symbol(@|\$)"; then
		echo "check_libpav: the library uses $symbol" >&2
		status=1
	fi
done
readelf -d "$folder/libpav.so" | grep -q 'SONAME.*\[libpav.so.0\]' || { echo "check_libpav: no soname" >&2; status=1; }
exit $status
