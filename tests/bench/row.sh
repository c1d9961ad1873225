# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by life.sh and many.sh: what they say of a row.
#   row_say NAME VALUE...       the line of JSON with the median of these whole numbers

row_say() {
	local sorted name=$1
	shift
	sorted=($(printf '%s\n' "$@" | sort -n))
	printf '{"row": "%s", "ops": 1, "samples": %d, "median": %d, "min": %d, "max": %d}\n' "$name" $# \
		"${sorted[$# / 2]}" "${sorted[0]}" "${sorted[-1]}"
}
