# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by /init: bridge xenbr0 for the guests. With a network card (vm --net) the card is its port and
# the addresses are those of QEMU's user network; without, it is a network of this machine alone.

ip link set lo up
if modprobe -q bridge && ip link add xenbr0 type bridge forward_delay 0 2>/dev/null; then
	card=
	for dev in /sys/class/net/*/device; do
		[ -e "$dev" ] && card=$(basename "$(dirname "$dev")") && break
	done
	if [ -n "$card" ]; then
		ip link set "$card" master xenbr0
		ip link set "$card" up
		ip addr add 10.0.2.15/24 dev xenbr0
		ip link set xenbr0 up
		ip route add default via 10.0.2.2
		echo "nameserver 10.0.2.3" >/etc/resolv.conf
	else
		ip addr add 192.168.100.1/24 dev xenbr0
		ip link set xenbr0 up
	fi
fi
