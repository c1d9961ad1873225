#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check_man.sh PROGRAM... : each option that a program's --help names is in its manual page and the
# other way round; for pav the same for each verb, against the section of that verb.

status=0
man=dom0-tools/man

options() {
	grep -oE -- '--[a-z][a-z-]*' | sort -u
}

# compare WHERE HELP-TEXT PAGE-TEXT
compare() {
	missing=$(echo "$2" | options | grep -vx -e --help)
	there=$(echo "$3" | sed 's/\\-/-/g' | grep '^\.[BI]' | options | grep -vx -e --help)
	[ "$missing" = "$there" ] && return
	echo "check_man: $1: --help has [$(echo $missing)], the page [$(echo $there)]" >&2
	status=1
}

for program; do
	name=$(basename "$program")
	page=$man/$name.8
	[ -e "$page" ] || { echo "check_man: $page is missing" >&2; status=1; continue; }
	if [ "$name" != pav ]; then
		compare "$name" "$("$program" --help)" "$(cat "$page")"
		continue
	fi
	for verb in $("$program" help | sed -n 's/^  \([a-z-]*\) .*/\1/p' | grep -vx help); do
		section=$(sed 's/\\-/-/g' "$page" | awk -v v="$verb" '
			/^\.S[SH]/ { on = $1 == ".SS" && ($2 == v || $2 == "\"" v || $2 == "\"" v "\"") }
			on { print; seen = 1 }
			END { if (!seen) print "NONE" }')
		if [ "$section" = NONE ]; then
			echo "check_man: pav.8 does not have the verb $verb" >&2
			status=1
		fi
		compare "pav $verb" "$("$program" "$verb" --help | sed -n '/^Options:/,$p')" "$section"
	done
	for verb in $(sed -n 's/\\-/-/g; s/^\.SS "\([a-z-]*\).*/\1/p' "$page"); do
		"$program" "$verb" --help >/dev/null 2>&1 ||
			{ echo "check_man: pav.8 describes $verb, which is no verb" >&2; status=1; }
	done
done
exit $status
