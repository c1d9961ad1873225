#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# container.sh [ROW...]: in the control domain, run the program in a container: namespaces and root of its
# own, the rights a container usually has, no filter of system calls, no limits (container.json).

cp /bench/micro /bench/box/rootfs/micro
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
sed "s|\"args\": \[\]|\"args\": [\"/bin/sh\", \"-c\", \"/micro $*; echo; echo micro: end\"]|" \
	/bench/container.json >/bench/box/config.json
exec crun --cgroup-manager=disabled run --no-pivot --bundle /bench/box box
