#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 7200
#
# A guest of two vCPUs under load: 1 GiB by TCP to it and 1 GiB from it, checksums equal; then
# stress-ng for five minutes on CPU, memory, fork, context switch, mmap and sockets. Nothing fails, and
# neither the kernels nor the hypervisor complain.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh

vm --net --mem 3G --timeout 7100 --keep-log "$tmp/console" --exec '
	. /usr/lib/pavise-test/guest.sh
	. /usr/lib/pavise-test/boots.sh
	step() { echo "step: $1"; }
	pav create /etc/pavise/demo.cfg vcpus=2 memory=768 || exit
	console_open pav console demo
	guest_login 600 || exit
	guest "nproc" >/tmp/n && grep -q "^2" /tmp/n || exit

	# Both sides make and sum the data on its way, in large pieces, so that the link bounds it.
	stream="for i in \$(seq 16); do echo \$i; cat /dev/shm/block; done"
	head -c 67108864 /dev/urandom >/dev/shm/block
	eval "$stream" | md5sum >/tmp/sum
	guest_listen 5001 "nc -l -N 5001 | md5sum >/tmp/sum" || exit
	eval "$stream" | nc.openbsd -N 10.0.2.20 5001 || exit
	guest "wait; cat /tmp/sum" 900 >/tmp/there || exit
	grep -qF "$(cut -c 1-32 /tmp/sum)" /tmp/there || { cat /tmp/sum /tmp/there; exit 1; }
	rm /dev/shm/block
	step "tcp in"
	guest "head -c 67108864 /dev/urandom >/dev/shm/block" 600 || exit
	nc.openbsd -l -N 5002 | md5sum >/tmp/sum &
	listens 5002 || exit
	guest "($stream) | tee >(md5sum >/tmp/sum) | nc -N 10.0.2.15 5002" 1800 || exit
	wait $!
	guest "rm /dev/shm/block; cat /tmp/sum" >/tmp/there || exit
	grep -qF "$(cut -c 1-32 /tmp/sum)" /tmp/there || { cat /tmp/sum /tmp/there; exit 1; }
	step "tcp out"

	load="--cpu 2 --vm 2 --vm-bytes 128M --fork 2 --switch 2 --mmap 2 --mmap-bytes 128M --sock 2"
	guest "stress-ng $load --timeout 300 --metrics-brief --verify" 1200 || exit
	step stress
	guest "dmesg" >/tmp/guest.log || exit
	kernel_well /tmp/guest.log || exit
	pav shutdown -w demo || exit
	step end
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
kernel_well "$tmp/console"
hypervisor_well "$tmp/console"
expect "stress-ng" 1 "$(grep -c 'successful run completed' "$tmp/out")"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
