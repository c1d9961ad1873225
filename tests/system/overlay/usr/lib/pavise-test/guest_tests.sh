# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the control domain: one test guest after another from /srv/guest-tests, each with what it said on its
# console, in the form that tests/guest/judge.py reads. A folder there has the kernel, and if the test
# has them, further lines of configuration (cfg), lives with different command lines (lives), and commands
# that run beside it (beside.sh). Names as arguments select.

gt=/srv/guest-tests
mkdir -p /tmp/guest-tests

# gt_life TEST NAME EXTRA: one life of a guest, until it has gone or crashed.
gt_life() {
	local test=$1 name=$2 end=$((SECONDS + 900)) beside=
	printf '%s\n' "name = \"$name\"" "kernel = \"$gt/$test/kernel\"" 'memory = 16' 'vcpus = 2' \
		'on_crash = "preserve"' >"/tmp/guest-tests/$name.cfg"
	[ -f "$gt/$test/cfg" ] && cat "$gt/$test/cfg" >>"/tmp/guest-tests/$name.cfg"
	[ -n "$3" ] && echo "extra = \"$3\"" >>"/tmp/guest-tests/$name.cfg"
	if [ -f "$gt/$test/beside.sh" ]; then
		bash "$gt/$test/beside.sh" "$name" >/dev/null 2>&1 &
		beside=$!
	fi
	echo "=== $name"
	pav create "/tmp/guest-tests/$name.cfg" >"/tmp/guest-tests/$name.out" 2>&1 ||
		grep -q 'right after its start' "/tmp/guest-tests/$name.out" ||
		cat "/tmp/guest-tests/$name.out"
	while [ $SECONDS -lt $end ]; do
		pav domid "$name" >/dev/null 2>&1 || break
		pav list "$name" | grep -q -- '[0-9] ----c' && break
		sleep 0.1
	done
	pav console --log "$name" 2>/dev/null | tr -d '\r'
	if pav domid "$name" >/dev/null 2>&1; then
		echo "state: $(pav list "$name" | tail -n 1)"
		pav destroy "$name"
	fi
	[ -z "$beside" ] || kill $beside 2>/dev/null
	rm -f "/var/log/pavise/guest-$name.log"*
}

gt_all() {
	local dir test line
	for dir in "$gt"/*/; do
		test=$(basename "$dir")
		case " $* " in
		'  ' | *" $test "*) ;;
		*) continue ;;
		esac
		if [ -f "$dir/lives" ]; then
			while read -r name line; do
				gt_life "$test" "$test-$name" "$line"
			done <"$dir/lives"
		else
			gt_life "$test" "$test" ""
		fi
	done
	echo "=== "
}
