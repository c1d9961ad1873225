#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# container.sh [ROW...]: in the control domain, run the program in a container: namespaces and root of its
# own, the rights a container usually has, no filter of system calls, no limits.

cp /bench/micro /bench/box/rootfs/micro
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
cat >/bench/box/config.json <<END
{"ociVersion": "1.0.0", "root": {"path": "rootfs"}, "hostname": "box",
 "process": {"cwd": "/", "args": ["/bin/sh", "-c", "/micro $*; echo; echo micro: end"], "user": {"uid": 0, "gid": 0},
  "capabilities": {$(for set in bounding effective permitted; do
	printf '"%s": ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", ' $set
	printf '"CAP_SETUID", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_MKNOD"]'
	[ $set = permitted ] || printf ', '
done)}},
 "mounts": [
  {"destination": "/proc", "type": "proc", "source": "proc"},
  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
  {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev"]}],
 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"},
  {"type": "network"}, {"type": "cgroup"}]}}
END
exec crun --cgroup-manager=disabled run --no-pivot --bundle /bench/box box
