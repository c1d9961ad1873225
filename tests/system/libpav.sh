#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 400
#
# libpav as another program gets it: installed, found by pkg-config, linked with the example of its documentation,
# which makes a guest, changes, saves, restores and ends it, and is refused what cannot work. Linked with the archive
# alone the example builds, too.

. tests/system/lib

make -s "BUILD=$BUILD" install-libpav "DESTDIR=$tmp/root" PREFIX=/usr
make -s "BUILD=$BUILD" "$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1"
export PKG_CONFIG_SYSROOT_DIR="$tmp/root" PKG_CONFIG_PATH="$tmp/root/usr/lib/x86_64-linux-gnu/pkgconfig"
mkdir -p "$tmp/root/srv"
${CC:-gcc} -Wall -Wextra -Werror -o "$tmp/root/srv/tour" "$tmp/root/usr/share/doc/pavise/examples/libpav-tour.c" \
	$(pkg-config --cflags --libs libpav)
${CC:-gcc} -static -o "$tmp/static" "$tmp/root/usr/share/doc/pavise/examples/libpav-tour.c" \
	$(pkg-config --cflags --static --libs libpav)
expect "without root and hypervisor" 1 "$(status "$tmp/static" a b c d)"
expect "object, cause and remedy" 2 "$(grep -c 'privcmd: \|^(.*)$' "$tmp/err")"
rm -r "$tmp/root/usr/include" "$tmp/root/usr/share" "$tmp/root/usr/lib/x86_64-linux-gnu/"*.a
tests/vm/closure --from-host "$tmp/root" "$BUILD/root/base"
cp "$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1" "$tmp/root/srv/"

vm --no-data --overlay "$tmp/root" --timeout 380 --exec '
	cd /srv && truncate -s 16M a.img && mkdir images
	# Folders of a kind stay once there was one of the kind.
	nodes() { xenstore-ls -f | grep -v "^/tool\|= \"\"$"; }
	nodes >before
	./tour /srv/vmlinuz /srv/initrd-6.1 /srv/a.img /srv/images || { echo "status $?"; pav list; exit 1; }
	nodes | diff before - && echo "nothing left"
	ls images | wc -l
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "end" "end of the tour nothing left 0" "$(tail -n 3 "$tmp/out" | tr -d '\r' | tr '\n' ' ' | sed 's/ $//')"
