#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# Debian's own xl, store and console daemons on this hypervisor: a guest's life from creation to its end,
# with what changes it in between, saved and restored, and a pool of CPUs for it. Every verb must end with
# status 0 and no word from libxl of an error.

. tests/system/lib

mkdir -p "$tmp/root/srv" "$tmp/root/etc/pavise-init.d"
if [ -n "${STORED-}" ]; then
	# Before the hook that would start xenstored, which leaves it alone then.
	cat >"$tmp/root/etc/pavise-init.d/$STORED.sh" <<-END
		/usr/lib/xen-4.17/bin/$STORED --pid-file /run/xenstored.pid
		until [ -S /run/xenstored/socket ]; do sleep 1; done
	END
fi
cat >"$tmp/root/srv/xl.sh" <<'END'
. /usr/lib/pavise-test/xl.sh

# says FILE TEXT: wait for it.
says() {
	for try in $(seq 600); do
		grep -q "$2" "$1" && return
		sleep 1
	done
	echo "FAILED: no '$2' in $1"
	exit 1
}

log=/var/log/xen/console/guest-g.log
echo "store: $(basename "$(readlink -f /proc/$(cat /run/xenstored.pid)/exe)")"
xl info -n
xl create /usr/lib/pavise-test/small.cfg 'name="g"'
says $log 'userland reached'
xl list -v
xl vcpu-pin g 0 1
xl vcpu-pin g all all 0
xl sched-credit2 -d g -w 512 -c 50
xl sched-credit2 -d g -c 0
xl pause g
xl unpause g
xl mem-max g 160
xl mem-set g 120
xl sysrq g h
xl trigger g nmi
xl uptime
xl debug-keys q
xl dmesg
xl rename g h
xl rename h g
xl dump-core g /var/lib/pavise/core
xl cpupool-cpu-remove Pool-0 1
xl cpupool-create 'name="p"' 'sched="credit2"' 'cpus=["1"]'
xl cpupool-migrate g p
xl vcpu-list g
echo "vCPUs on CPU 1: $(grep -c '^g  *[0-9]*  *[01]  *1 ' /tmp/out)"
xl cpupool-migrate g Pool-0
xl cpupool-destroy p
xl cpupool-cpu-add Pool-0 1
xl vcpu-set g 1
xl vcpu-set g 2
xl save g /var/lib/pavise/saved
xl restore /var/lib/pavise/saved
says $log 'Restarting tasks'
xl domid g
echo "domain after restore: $(cat /tmp/out)"
xl destroy g
xl list
echo "domains left: $(($(wc -l </tmp/out) - 1))"
END
vm --overlay "$BUILD/peer/xen/overlay.cpio" --overlay "$tmp/root" --timeout 3500 \
	--exec 'sh /srv/xl.sh' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "store" "store: ${STORED:-xenstored}" "$(grep '^store:' "$tmp/out")"
for line in 'vCPUs on CPU 1: 2' 'domain after restore: 2' 'domains left: 1'; do
	expect "$line" 1 "$(grep -c "^$line\$" "$tmp/out")"
done
