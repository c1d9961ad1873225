#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# Guests move to another domain of the same machine by Debian's xl while they work. A page that changed
# and was not logged would be there in an old state. A guest without devices, which rewrites files in
# its memory: found by the comparison of all memory that `xl migrate --debug` makes once the guest
# stands still. One with disk and network (there back-ends write after that, and rightly so), which
# also writes its disk and has programs that write and verify memory: found by its own sums.

. tests/system/lib

mkdir -p "$tmp/root/srv"
cat >"$tmp/root/srv/migrate.sh" <<'END'
. /usr/lib/pavise-test/guest.sh
. /usr/lib/pavise-test/sums.sh

cat >/tmp/load <<'LOAD'
files() {
	while [ ! -e /run/stop ]; do
		for k in 0 1 2 3 4 5 6 7 8 9; do
			head -c 1500000 /dev/urandom >/dev/shm/f$k
			sha256sum /dev/shm/f$k >/dev/shm/s$k
		done
		echo round >>/dev/shm/rounds
	done
}
disk() {
	while [ ! -e /run/stop ]; do
		head -c 200000 /dev/urandom | tee /root/blob | sha256sum >/root/sum
		sync
		sleep 1
	done
}
files &
files=$!
disk &
disk=$!
stress-ng -q --vm 1 --vm-bytes 32M --verify -t 0 &
stress=$!
LOAD
cat >/tmp/verdict <<'VERDICT'
touch /run/stop
wait $files $disk
kill -INT $stress
wait $stress && echo "stress right"
cat /dev/shm/s* | sha256sum -c --quiet && echo "sums right"
[ "$(sha256sum </root/blob)" = "$(cat /root/sum)" ] && echo "disk right"
echo "rounds: $(wc -l </dev/shm/rounds)"
VERDICT

# read_there FILE: let the guest's shell read it, by the network for its terminal takes short lines only.
read_there() {
	guest_listen 5001 "nc -l -N 5001 >/run/script" || exit
	nc.openbsd -N 10.0.2.20 5001 <"$1" || exit
	guest "wait \$!; . /run/script" 300 || exit
}

# move NAME OPTION...: and see what was complained of; the new domain's console.
move() {
	local name=$1 old
	shift
	old=$(xl domid $name)
	xl migrate "$@" -s '' $name 'xl migrate-receive' >/tmp/move 2>&1
	echo "migrate: status $?"
	tr '\r' '\n' </tmp/move | grep -i 'error\|verify pfn\|fail' | head -20
	[ "$(xl domid $name)" -gt "$old" ] || exit
	console_open xenconsole --interactive "$(xl domid $name)"
}

xl create /usr/lib/pavise-test/small.cfg || exit
console_open xenconsole --interactive "$(xl domid small)"
console_await "userland reached" 200 || exit
sums_work 8 || exit
move small --debug
sums_look || exit
echo "small guest's sums: $right"
xl destroy small

xl create /etc/pavise/demo.cfg vcpus=2 || exit
console_open xenconsole --interactive "$(xl domid demo)"
guest_login 500 || exit
read_there /tmp/load
move demo
guest "ping -c 1 10.0.2.2" || exit
move demo
read_there /tmp/verdict
guest "ping -c 1 10.0.2.2" || exit
xl shutdown -w demo || exit
for try in $(seq 60); do
	xl domid demo >/dev/null 2>&1 || break
	sleep 1
done
echo "domains left: $(($(xl list | wc -l) - 1))"
END
vm --overlay "$BUILD/peer/xen/overlay.cpio" --overlay "$tmp/root" --net --timeout 3500 \
	--exec 'bash /srv/migrate.sh' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "migrations" 3 "$(grep -c '^migrate: status 0$' "$tmp/out")"
expect "complaints" 0 "$(grep -ci 'error\|verify pfn\|fail' "$tmp/out")"
expect "pings answered" 2 "$(grep -c '1 packets transmitted, 1 received' "$tmp/out")"
for line in "small guest's sums: 8" 'stress right' 'sums right' 'disk right' 'domains left: 1'; do
	expect "$line" 1 "$(grep -c "^$line\$" "$tmp/out")"
done
