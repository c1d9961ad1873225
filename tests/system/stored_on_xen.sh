#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# The store daemon in place of xenstored on Debian's Xen: Debian's xl creates a guest, sees it end
# and destroys another one. In between the daemon is killed with the guest running; the one started
# after it must know everything, the guest's watch on control/shutdown included.

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

peer --no-data --overlay "$tmp/root" --timeout 800 --exec '
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
	booted() { [ "$(xenstore-read "/local/domain/$(xl domid "$1")/control/feature-poweroff")" = 1 ]; }
	# The guest empties the node once its kernel has taken the order.
	heard() { [ -z "$(xenstore-read "/local/domain/$(xl domid "$1")/control/shutdown")" ]; }
	echo "daemons: $(pidof pav-stored >/dev/null && echo ours) $(pidof xenstored)"
	before=$(xenstore-ls -f | wc -l)

	xl create /srv/short.cfg >/dev/null || exit
	until_ 120 gone short || exit
	echo "short: came and went"

	# -e: no xl stays behind, whose connection the kill would take away.
	xl create -e /srv/long.cfg >/dev/null || exit
	until_ 120 booted long || exit
	tree=$(xenstore-ls -fp)
	kill -9 "$(cat /run/pavise/stored.pid)"
	until_ 10 pav-stored --restore || exit
	[ "$(xenstore-ls -fp)" = "$tree" ] && echo "tree: the same"
	xl shutdown long || exit
	until_ 60 heard long || exit
	echo "long: heard of control/shutdown"
	xl destroy long || exit
	until_ 20 gone long || exit
	until_ 20 sh -c "[ \$(xenstore-ls -f | wc -l) = $before ]" || xenstore-ls -f
	echo "nodes: $(($(xenstore-ls -f | wc -l) - before)) more"
	xl list
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "daemon" "daemons: ours " "$(grep '^daemons:' "$tmp/out")"
expect "guest ended" 1 "$(grep -c '^short: came and went' "$tmp/out")"
expect "tree after kill -9" 1 "$(grep -c '^tree: the same' "$tmp/out")"
expect "watch after kill -9" 1 "$(grep -c '^long: heard' "$tmp/out")"
