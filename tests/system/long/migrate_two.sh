#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 7200
#
# A guest of two vCPUs that works on clocks, memory, disk and a TCP connection moves by ssh, the first time by TLS,
# between two machines with one network and one disk, MOVES times (20). Before that moves fail at each step, and each
# time one machine has it, running, and the other nothing of it; at the step that nobody can see through from one side
# it stands still until it is settled. In the end nothing that the guest did was wrong, and the connection is the same.

. tests/system/lib

command -v ssh-keygen >/dev/null || { echo "needs openssh-client"; exit 77; }
moves=${MOVES:-20}
make -s "BUILD=$BUILD" vm "$BUILD/root/ssh.cpio" "$BUILD/tools/pav-tls" "$BUILD/tests/mover" "$BUILD/tests/cut_line"
mkdir -p "$tmp/root/srv" "$tmp/root/usr/sbin" "$tmp/root/root/.ssh" "$tmp/root/etc/pavise/tls" "$tmp/guest/bin"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=both machines" \
	-addext subjectAltName=IP:10.9.0.1,IP:10.9.0.2 -keyout "$tmp/root/etc/pavise/tls/key.pem" \
	-out "$tmp/root/etc/pavise/tls/cert.pem" 2>/dev/null
cp "$tmp/root/etc/pavise/tls/cert.pem" "$tmp/root/etc/pavise/tls/ca.pem"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/root/root/.ssh/id_ed25519"
cp "$tmp/root/root/.ssh/id_ed25519.pub" "$tmp/root/root/.ssh/authorized_keys"
cp "$BUILD/tests/mover" "$BUILD/tests/cut_line" "$tmp/root/srv"
cp "$BUILD/tools/pav-tls" "$tmp/root/usr/sbin"
cp "$BUILD/tests/mover" "$tmp/guest/bin"
tests/vm/cpio.py --split "$tmp/root/srv/mover.cpio" "$tmp/guest"
echo "moves=$moves" >"$tmp/root/srv/moves"
cat >"$tmp/root/srv/lib.sh" <<'END'
shared=/dev/$(basename "$(dirname "$(grep -lx shared /sys/block/vd*/serial)")")
ip addr flush dev xenbr0
ip addr add 10.9.0.$1/24 dev xenbr0
cat /var/lib/pavise/initrd-6.1 /srv/mover.cpio >/srv/initrd
cat >/srv/mover.cfg <<CFG
name = "mover"
kernel = "/var/lib/pavise/vmlinuz-6.1"
ramdisk = "/srv/initrd"
memory = 160
vcpus = 2
extra = "console=hvc0"
disk = [ "$shared,raw,xvda,rw" ]
vif = [ "bridge=xenbr0" ]
CFG
# To fill names and memory with.
grep -v 'vcpus\|disk\|vif\|name\|memory' /srv/mover.cfg >/srv/other.cfg
END
cat >"$tmp/root/srv/first.sh" <<'END'
. /srv/lib.sh 1
. /srv/moves
. /usr/lib/pavise-test/guest.sh
export TERM=dumb
failed=0
fail() { echo "FAILED $*"; failed=1; }
far() { ssh 10.9.0.2 "$@"; }

# tell: what the guest has done, and how long it was silent since the last time.
tell() {
	local lines=$(wc -l </srv/said) try

	kill -USR1 $listener
	for try in $(seq 600); do
		[ "$(wc -l </srv/said)" -gt "$lines" ] && break
		sleep 0.1
	done
	tail -n 1 /srv/said | sed 's/\.*;/;/'
}

# has WHERE: that machine alone has the guest, nothing was left of what failed, and all its work was right.
has() {
	local here there

	here=$(pav list | grep -c '^mover ')
	there=$(far pav list | grep -c '^mover ')
	[ "$1 $here $there" = "here 1 0" ] || [ "$1 $here $there" = "there 0 1" ] ||
		fail "should be $1: $here here, $there there"
	(xenstore-ls -f /pavise; far xenstore-ls -f /pavise) 2>/dev/null | grep 'creating/\|saving/' && fail "marks were left"
	tell | grep 'message.*clocks [0-9]* bad 0 memory [0-9]* bad 0 disk [0-9]* bad 0;' || {
		fail "the guest's work"
		tail -n 1 /srv/said
	}
}

# bad WHAT WORDS OPTION...: the move must fail so.
bad() {
	local what=$1 words=$2

	shift 2
	pav migrate "$@" >/srv/bad.out 2>&1 && fail "$what: no error" && exit 1
	while far pidof pav >/srv/pids; do sleep 1; done
	grep -q "$words" /srv/bad.out || { fail "$what"; cat /srv/bad.out; }
	has here
	echo "case $what"
}

# broken WHAT WORDS COMMAND: while a slow move, process $pid, is at work COMMAND is run, and the move must fail so.
broken() {
	local pid

	pav migrate --rate=8 mover 10.9.0.2 >/srv/bad.out 2>&1 &
	pid=$!
	until [ "$(far xenstore-ls -f /pavise | grep -c creating/)" = 1 ] || ! kill -0 $pid; do sleep 1; done
	eval "$3"
	wait $pid && fail "$1: no error" && exit 1
	ip link set xenbr0 up
	until far true; do sleep 1; done
	while far pidof pav >/srv/pids; do sleep 1; done
	grep -q "$2" /srv/bad.out || { fail "$1"; cat /srv/bad.out; }
	has here
	echo "case $1"
}

for try in $(seq 900); do
	ping -c 1 -W 1 10.9.0.2 >/dev/null 2>&1 && far true 2>/dev/null && break
done
/srv/mover listen 7000 >/srv/said &
listener=$!
listens 7000 || exit
pav create /srv/mover.cfg || exit
console_open pav console mover
console_await "userland reached" 600 || exit
console_send "ip link set eth0 up; ip addr add 10.9.0.3/24 dev eth0; mover 10.9.0.1 7000 /dev/xvda &"
has here

bad "no such program" "does '/srv/nothing 10.9.0.2 pav migrate-receive' work" --ssh=/srv/nothing mover 10.9.0.2
bad "another program" "says something else than" \
	--ssh="echo Some words that are longer than the greeting of a receiver is" mover there
bad "no such machine" "does '.* 10.9.0.77 pav migrate-receive' work" --ssh="ssh -o ConnectTimeout=3" mover 10.9.0.77
bad "nobody listens for TLS" "cannot reach 10.9.0.2 port 8002: Connection refused" --tls mover 10.9.0.2
far pav-tls --listen || fail "pav-tls does not listen"
far 'pav create -p /srv/other.cfg name=\"mover\" memory=128' || fail "no other guest"
pav migrate mover 10.9.0.2 >/srv/bad.out 2>&1 && fail "name taken: no error" && exit
grep -q "name 'mover' is taken" /srv/bad.out || { fail "name taken"; cat /srv/bad.out; }
far pav destroy mover
has here
echo "case name taken"
far '. /usr/lib/pavise-test/memory.sh
	pav create -p /srv/other.cfg name=\"big\" memory=$(($(free_kib) / 1024 - 100))' || fail "no big guest"
bad "no memory" "memory" mover 10.9.0.2
far pav destroy big
broken "cancelled" "cancelled; the guest goes on here" 'pav migrate mover 10.9.0.2 2>&1 |
	grep "is being saved or moved by process" || fail "moved twice at once"
	kill -INT $pid'
broken "sender killed" "pav migrate-receive: .* ends too early" 'kill -9 $pid'
broken "receiver killed" "10.9.0.2 has given up, the guest goes on here" 'far killall -9 pav'
broken "network gone" "10.9.0.2 has neither taken nor sent anything for 60 s" 'ip link set xenbr0 down'
bad "breaks before it is ready" "has given up" --stopped --ssh="/srv/cut_line ready ssh" mover 10.9.0.2
for where in go report; do
	pav migrate --stopped --ssh="/srv/cut_line $where ssh" mover 10.9.0.2 >/srv/bad.out 2>&1 && fail "$where: no error"
	grep -q "was told to start the guest and has not said" /srv/bad.out || { fail "$where"; cat /srv/bad.out; }
	pav list | grep -q 'mover .*s--' || fail "it does not stand still: $(pav list)"
	if [ $where = go ]; then
		while far pidof pav >/srv/pids; do sleep 1; done
		pav migrate --resume mover || fail "it cannot be woken"
		pav migrate --resume mover 2>&1 | grep -q "is not suspended" || fail "woken twice"
		has here
	else
		pav destroy mover
		has there
	fi
	echo "case breaks at $where"
done
far pav migrate mover 10.9.0.1 || fail "it does not come back"
has here

for ((n = 1; n <= moves; n++)); do
	if ((n % 2)); then
		pav migrate $([ $n != 1 ] || echo --tls) mover 10.9.0.2 || exit
		has there
	else
		far pav migrate mover 10.9.0.1 || exit
		has here
	fi
done
grep "broken" /srv/said && fail "the connection broke"
if ((moves % 2)); then far pav destroy mover; else pav destroy mover; fi
[ $failed = 0 ] && echo "all cases passed"
END
cat >"$tmp/root/srv/second.sh" <<'END'
. /srv/lib.sh 2
until [ -e /srv/end ]; do sleep 1; done
END

truncate -s 64M "$tmp/shared"
# machine SERVER NUMBER COMMAND: one of the two; SERVER (on, off): the one that waits for the other's network.
machine() {
	vm --overlay "$BUILD/root/ssh.cpio" --overlay "$tmp/root" --timeout 7000 --exec "$3" --qemu-args \
		"-netdev stream,id=peer,server=$1,addr.type=unix,addr.path=$tmp/net \
		-device virtio-net-pci,netdev=peer,mac=52:54:00:09:00:0$2 \
		-drive if=none,id=shared,format=raw,file=$tmp/shared,file.locking=off,cache=writethrough \
		-device virtio-blk-pci,drive=shared,serial=shared,share-rw=on"
}
machine on 2 'bash /srv/second.sh' >"$tmp/second" 2>&1 &
second=$!
until [ -e "$tmp/net" ] || ! kill -0 $second; do sleep 1; done
status=0
machine off 1 'bash /srv/first.sh; status=$?; ssh 10.9.0.2 touch /srv/end; exit $status' >"$tmp/first" ||
	status=$?
cat "$tmp/first"
[ $status = 0 ] || { kill $second; cat "$tmp/second"; exit 1; }
wait $second || { cat "$tmp/second"; exit 1; }
expect "moves" $((moves + 1)) "$(grep -c '^mover moved to .*, it stood still for' "$tmp/first")"
expect "end" 1 "$(grep -c '^all cases passed$' "$tmp/first")"
sed -n 's/^mover moved .*: \([0-9]*\) MiB in \([0-9.]*\) s.* for \([0-9]*\) ms$/\3 \1 \2/p' "$tmp/first" | sort -n |
	awk '{ still[NR] = $1; mib += $2; s += $3 }
	END { printf "stood still: least %d, median %d, most %d ms; in the mean %.0f MiB in %.1f s\n",
		still[1], still[int((NR + 1) / 2)], still[NR], mib / NR, s / NR }'
