#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# What one look of pav-exporter costs with 1 and with 100 guests, each with a disk and a card: instructions of the
# whole machine, hypervisor, store daemon and kernel included, by a clock that counts them.

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/root/exporter.cpio"
mkdir -p "$tmp/root/srv"
cp "$BUILD/bench/wake" "$tmp/root/srv"
tests/vm/vm --icount --mem 2G --no-data --hv-args dom0_mem=768M,max:768M --overlay "$tmp/root" \
	--overlay "$BUILD/root/exporter.cpio" --timeout 2300 --exec '
	ip link set lo up
	made=0
	guests() {
		while [ $made -lt $1 ]; do
			made=$((made + 1))
			truncate -s 1M /tmp/$made.img
			printf "name = \"g$made\"\nkernel = \"/srv/wake\"\nmemory = 4\nextra = \"sleep\"\n" >/tmp/g.cfg
			printf "disk = [\"/tmp/$made.img,raw,xvda,w\"]\nvif = [\"\"]\n" >>/tmp/g.cfg
			pav create -p /tmp/g.cfg || exit
		done
	}
	look() {
		for try in 1 2 3; do
			sleep 2
			wget -q -O /tmp/metrics http://127.0.0.1:9795/metrics || exit
		done
		echo "look $1 $(sed -n "s/^pavise_scrape_seconds //p" /tmp/metrics) $(wc -c </tmp/metrics)" \
			"$(grep -c "^pavise_domain_disk_reads" /tmp/metrics)"
	}
	pav-exporter || exit
	guests 1 && look 1
	guests 100 && look 100
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }

# cost GUESTS: thousands of instructions
cost() { awk -v "n=$1" '$1 == "look" && $2 == n { print int($3 * 1000000) }' "$tmp/out"; }
cat "$tmp/out"
expect "disks shown" 100 "$(awk '$2 == 100 { print $5 }' "$tmp/out")"
each=$((($(cost 100) - $(cost 1)) / 99))
echo "thousand instructions: $(cost 1) with one guest, $(cost 100) with 100, $each for each further one"
expect "at most 60 million with 100 guests" yes "$([ "$(cost 100)" -le 60000 ] && echo yes)"
