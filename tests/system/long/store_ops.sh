#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# What requests to the store cost the whole machine, client, daemon and kernel, by the same client over the
# socket: pav-stored beside both daemons that Debian ships, all on this hypervisor. With 1, 100 and 1000
# domains' nodes and watches, and with 1, 100 and 400 connections that do nothing, it may not vary by more
# than 5 %, nor be dearer than the cheaper one of the others.

. tests/system/lib

make -s "BUILD=$BUILD" "$BUILD/tests/store_ops"
mkdir -p "$tmp/root/srv" "$tmp/root.oxenstored/etc/pavise-init.d"
cp "$BUILD/tests/store_ops" "$tmp/root/srv"
cat >"$tmp/root.oxenstored/etc/pavise-init.d/oxenstored.sh" <<'END'
/usr/lib/xen-4.17/bin/oxenstored --pid-file /run/xenstored.pid
until [ -S /run/xenstored/socket ]; do sleep 1; done
END

# run NAME OPTION...
run() {
	name=$1
	shift
	tests/vm/vm --icount --mem 2G --no-data --overlay "$tmp/root" --timeout 2600 "$@" \
		--exec '/srv/store_ops /run/xenstored/socket' >"$tmp/$name" 2>&1 || { cat "$tmp/$name"; return 1; }
}
run pav-stored
run xenstored --overlay "$BUILD/peer/xen/overlay.cpio"
run oxenstored --overlay "$BUILD/peer/xen/overlay.cpio" --overlay "$tmp/root.oxenstored"

cd "$tmp"
awk '
	NF == 3 && $2 ~ /^[0-9]+-(domains|idle)$/ {
		figure[$1 " " $2, FILENAME] = $3
		if (FILENAME == "pav-stored")
			row[++rows] = $1 " " $2
	}
	END {
		printf "%-26s %12s %12s %12s\n", "instructions", "pav-stored", "xenstored", "oxenstored"
		for (i = 1; i <= rows; i++) {
			split(row[i], part, " ")
			ours = figure[row[i], "pav-stored"]
			c = figure[row[i], "xenstored"]
			ocaml = figure[row[i], "oxenstored"]
			printf "%-26s %12d %12d %12d\n", row[i], ours, c, ocaml
			if (!c || !ocaml || ours >= (c < ocaml ? c : ocaml)) {
				print row[i] ": not below both"
				bad = 1
			}
			if (!(part[1] in base))
				base[part[1]] = ours
			if (ours > base[part[1]] * 1.05) {
				print row[i] ": " ours / base[part[1]] " of that with one domain"
				bad = 1
			}
		}
		exit bad || rows != 30
	}' pav-stored xenstored oxenstored
