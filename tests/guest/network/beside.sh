# SPDX-License-Identifier: GPL-2.0-or-later
for try in $(seq 100); do
	ping -c 1 -W 1 192.168.100.77
	sleep 0.2
done
