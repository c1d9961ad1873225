#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh crun|pav|xl|npt|shadow MEMORY SAMPLES ROW...: in the machine that has the container or the guest,
# what macro.sh talks to there, and macro.sh in it. A guest of pav or xl has all it needs in /bench/config.

how=$1 memory=$2 samples=$3
shift 3
address=192.168.100.2/24 server=192.168.100.1
dd if=/dev/zero of=/bench/disk bs=1M count=64 2>/dev/null
if [ "$how" = crun ]; then
	disk=$(losetup -f --show /bench/disk)
	mkdir /bench/whole
	mount --bind / /bench/whole
	export root=/bench/whole
	export devices="{\"path\": \"$disk\", \"type\": \"b\", \"major\": 7, \"minor\": ${disk#/dev/loop}}"
	exec /bench/container.sh PATH=/usr/bin:/bin "disk=$disk" /bench/macro/macro.sh "$samples" "$@"
fi
iperf3 -s -D >/dev/null
case $how in pav | xl) exec /bench/guest.sh "$how" ;; esac
modprobe -a tun vhost_net
ip tuntap add tap0 mode tap vnet_hdr
ip link set tap0 master xenbr0 up
exec /bench/inner.sh "$how" "$memory" "rdinit=/bench/macro/init macro.samples=$samples \
macro.address=$address macro.server=$server micro.rows=$(IFS=,; echo "$*")" \
	-drive file=/bench/disk,format=raw,if=none,id=disk -device virtio-blk-pci,drive=disk \
	-netdev tap,id=card,ifname=tap0,script=no,downscript=no,vhost=on \
	-device virtio-net-pci,netdev=card,romfile=
