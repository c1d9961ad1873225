#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh crun|pav|xl SAMPLES ROW...: in the control domain, what macro.sh in a container or a guest talks to
# there, and that container, or the guest of /bench/config.

how=$1 samples=$2
shift 2
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
exec /bench/guest.sh "$how"
