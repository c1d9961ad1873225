#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# container.sh COMMAND: in the control domain, run a command in a container: namespaces and root of its own,
# the rights a container usually has, no filter of system calls, no limits (container.json). In the
# environment: `root`, if not one that holds the program micro, and `devices`, as the configuration has them.

if [ -z "$root" ]; then
	root=rootfs
	cp /bench/micro /bench/box/rootfs/micro
fi
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
sed -e "s|\"args\": \[\]|\"args\": [\"/bin/sh\", \"-c\", \"$*; echo; echo micro: end\"]|" \
	-e "s|\"path\": \"rootfs\"|\"path\": \"$root\"|" \
	-e "s|\"linux\": {|&${devices:+\"devices\": [$devices], }|" /bench/container.json >/bench/box/config.json
exec crun --cgroup-manager=disabled run --no-pivot --bundle /bench/box box
