#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
#
# Limits of a disk and a card: by its own clock, a guest reads, writes and sends no faster than its configuration
# says, and not much slower; then as pav block-rate and network-rate set it while it runs; and without a limit it is
# faster. What was set is kept in the guest's record; a guest that is gone leaves nothing; wrong rates are refused.

. tests/system/lib

vm --timeout 580 --exec '
	. /usr/lib/pavise-test/many.sh
	die() { echo "FAILED: $*"; pav block-list g1; tail -n 20 /tmp/log; exit 1; }
	refused() {
		local words=$1; shift
		pav "$@" >/tmp/refused 2>&1 && die "pav $* is not refused"
		grep -q "$words" /tmp/refused && echo "ok refused: $(head -n 1 /tmp/refused)" || die "$(cat /tmp/refused)"
	}
	log() { pav console --log g1 2>/dev/null | tr -d "\r"; }
	number=0
	# rate KIB COMMAND: how many KiB a second, if the command carries that many.
	rate() {
		local try
		number=$((number + 1))
		printf "%s\r" "sync; time $2; echo don\"\"e-$number" >$tty
		for ((try = 0; try < 300; try++)); do
			log >/tmp/log
			grep -q "^done-$number\$" /tmp/log && break
			sleep 0.5
		done
		found=$(sed "/^done-$number\$/q" /tmp/log | sed -n "s/^real[^0-9]*\([0-9]*\)m *\([0-9.]*\)s/\1 \2/p" | tail -n 1 |
			awk -v "k=$1" "{ print int(k / (\$1 * 60 + \$2 + 0.001)) }")
		[ "$found" ] || die "no time for $2"
	}
	# within WHAT LIMIT: not above it by more than a fifth (what waits in buffers counts as sent), nor below its half.
	within() {
		echo "$1: $found KiB/s, limit $2"
		[ $found -le $(($2 * 12 / 10)) ] && [ $found -ge $(($2 / 2)) ] || die "$1"
	}
	above() {
		echo "$1: $found KiB/s"
		[ $found -gt $2 ] || die "$1: not above $2"
	}
	reads() { rate $1 "dd if=/dev/xvda of=/dev/null bs=512k count=$(($1 / 512)) iflag=direct"; }
	writes() { rate $1 "dd if=/dev/zero of=/dev/xvda bs=512k count=$(($1 / 512)) oflag=direct"; }
	sends() { rate $1 "dd if=/dev/zero bs=64k count=$(($1 / 64)) | nc 192.168.100.1 9000"; }

	truncate -s 32M /tmp/d.img
	many_begin
	disk="disk=[\"/tmp/d.img,raw,xvda,w,rate=1024000B/s\"]" card="vif=[\"bridge=xenbr0,rate=1024000B/s\"]"
	refused "disk xvda: rate: .*control" create /tmp/many.cfg name=g1 "$disk"
	mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit
	refused "not a rate" create /tmp/many.cfg name=g1 "disk=[\"/tmp/d.img,raw,xvda,w,rate=fast\"]"
	pav create /tmp/many.cfg name=g1 "extra=\"console=hvc0\"" "$disk" "$card" || exit
	id=$(pav domid g1)
	for ((try = 0; try < 600; try++)); do log | grep -q "^/ # " && break; sleep 0.5; done
	tty=$(xenstore-read /local/domain/$id/console/tty)
	nc.openbsd -lk 9000 >/dev/null &
	rate 1 "ifconfig eth0 192.168.100.30"

	reads 4096; within "read" 1000
	writes 4096; within "written" 1000
	sends 4096; within "sent" 1000
	pav block-rate g1 xvda 256000B/s && pav network-rate g1 0 256000B/s || exit
	reads 1024; within "read, limit changed" 250
	sends 2048; within "sent, limit changed" 250
	kept=$(for piece in $(xenstore-list /pavise/domain/$id/config); do
		xenstore-read /pavise/domain/$id/config/$piece
	done | tr -d "\n" | grep -o "rate=[^,\"]*" | tr "\n" " ")
	[ "$kept" = "rate=256000B/s rate=256000B/s " ] || die "kept: $kept"
	refused "not a rate" block-rate g1 xvda fast
	refused "no disk" block-rate g1 xvdb 1MB/s
	refused "not a rate" network-rate g1 0 10
	refused "no card" network-rate g1 3 10Mb/s
	pav block-rate g1 xvda none && pav network-rate g1 0 none || exit
	reads 16384; above "read without a limit" 1500
	sends 8192; above "sent without a limit" 500
	pav block-rate g1 xvda 1MB/s && pav destroy g1 || exit
	for ((try = 0; try < 60; try++)); do
		left=$(xenstore-list /pavise/limit; ls -d /sys/fs/cgroup/pavise-* 2>/dev/null)
		[ "$left" ] || break
		sleep 0.5
	done
	[ -z "$left" ] || die "left: $left"
	echo "step: end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
