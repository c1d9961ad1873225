#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1500
#
# The store daemon in place of xenstored on Debian's Xen: Debian's xl creates a guest and sees it end,
# and destroys another one. The daemon is killed while that one runs; the daemon started after it must
# know everything, the guest's watch on control/shutdown included. (No guest is created after that:
# Debian's xenconsoled does not connect to a store again.)

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/pav-stored" "$BUILD/peer/xen/overlay.cpio" \
	"$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1"
mkdir -p "$tmp/root/usr/sbin" "$tmp/root/etc/pavise" "$tmp/root/srv"
cp "$BUILD/pav-stored" "$tmp/root/usr/sbin/"
# Started before the hook that would start xenstored, which leaves it alone then.
echo pav-stored >"$tmp/root/etc/pavise/daemons"
cp "$BUILD/kernels/6.1-cloud/vmlinuz" "$tmp/root/srv/vmlinuz"
cp "$BUILD/guest/initrd-6.1" "$tmp/root/srv/initrd"
for guest in short long; do
	cat >"$tmp/root/srv/$guest.cfg" <<END
name = "$guest"
kernel = "/srv/vmlinuz"
ramdisk = "/srv/initrd"
memory = 192
END
done
echo 'extra = "console=hvc0 pavise.run=true"' >>"$tmp/root/srv/short.cfg"
echo 'extra = "console=hvc0"' >>"$tmp/root/srv/long.cfg"

peer --no-data --overlay "$tmp/root" --timeout 1400 --exec '
	until_() {	# until_ SECONDS COMMAND...
		local n=$1
		shift
		while ! "$@" >/dev/null 2>&1; do
			n=$((n - 1))
			[ $n -gt 0 ] || { echo "no: $*"; return 1; }
			sleep 1
		done
	}
	gone() { ! xl domid "$1"; }
	# The last node that the kernel writes on its own.
	booted() { [ "$(xenstore-read "/local/domain/$(xl domid "$1")/control/feature-suspend")" = 1 ]; }
	# The guest empties the node once its kernel has taken the order.
	heard() { [ -z "$(xenstore-read "/local/domain/$(xl domid "$1")/control/shutdown")" ]; }
	echo "daemons: $(pidof pav-stored >/dev/null && echo ours) $(pidof xenstored)"
	before=$(xenstore-ls -f | wc -l)

	xl create -q /srv/short.cfg || exit
	until_ 600 gone short || exit
	echo "short: came and went"

	# -e: no xl stays behind, whose connection the kill would take away.
	xl create -q -e /srv/long.cfg || exit
	until_ 400 booted long || exit
	tree=$(xenstore-ls -fp)
	kill -9 "$(cat /run/pavise/stored.pid)"
	until_ 10 pav-stored --restore || exit
	[ "$(xenstore-ls -fp)" = "$tree" ] && echo "tree: the same"
	echo "kernel: $(XENSTORED_PATH=/dev/xen/xenbus xenstore-read /local/domain/0/name)"
	/usr/lib/xen-4.17/bin/xenstore-control check && echo "books: right"
	xl shutdown long || exit
	until_ 200 heard long || exit
	echo "long: heard of control/shutdown"
	xl destroy long || exit
	until_ 60 gone long || exit

	until_ 60 sh -c "[ \$(xenstore-ls -f | wc -l) = $before ]" || xenstore-ls -f
	echo "nodes: $(($(xenstore-ls -f | wc -l) - before)) more"
	xl list
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "daemon" "daemons: ours " "$(grep '^daemons:' "$tmp/out")"
expect "guest ended" 1 "$(grep -c '^short: came and went' "$tmp/out")"
expect "tree after kill -9" 1 "$(grep -c '^tree: the same' "$tmp/out")"
expect "kernel's ring after kill -9" "kernel: Domain-0" "$(grep '^kernel:' "$tmp/out")"
expect "books after kill -9" 1 "$(grep -c '^books: right' "$tmp/out")"
expect "watch after kill -9" 1 "$(grep -c '^long: heard' "$tmp/out")"
