#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 7200
#
# A saved guest crosses between Debian's xl on Debian's Xen and pav on this hypervisor, both ways, while
# it works: saved there, restored and saved here, restored there; its sums are right each time. Then the
# same between xl and pav on this hypervisor, and pav saves a guest that xl has made and runs.

. tests/system/lib

mkdir -p "$tmp/root/srv"
truncate -s 1G "$tmp/disk.img"
mke2fs -q -F -t ext4 -L cross "$tmp/disk.img"

cat >"$tmp/root/srv/lib.sh" <<'END'
export TERM=dumb
. /usr/lib/pavise-test/guest.sh
. /usr/lib/pavise-test/sums.sh
. /usr/lib/pavise-test/xl.sh
mkdir -p /mnt
mount "$(busybox blkid | sed -n '/LABEL="cross"/s/:.*//p')" /mnt || exit

# The guest's console by whichever tool made it.
open_console() {
	case $1 in
	xl) console_open xenconsole --interactive "$(command xl domid small)" ;;
	pav) console_open pav console small ;;
	esac
}

begin() {
	xl create /usr/lib/pavise-test/small.cfg
	open_console xl
	console_await "userland reached" 400 || exit
	sums_work 4 || exit
}

# sums WHERE: of what it had then and has written since; then it goes on.
sums() {
	sums_look || exit
	echo "$1: sums $right"
	sums_work 4 || exit
}
END
cat >"$tmp/root/srv/there.sh" <<'END'
. /srv/lib.sh
begin
xl save small /mnt/there
umount /mnt
END
cat >"$tmp/root/srv/here.sh" <<'END'
. /srv/lib.sh
pav restore /mnt/there || exit
open_console pav
sums here
pav save small /mnt/here || exit
umount /mnt
END
cat >"$tmp/root/srv/back.sh" <<'END'
. /srv/lib.sh
xl restore /mnt/here
open_console xl
sums back
umount /mnt
END

cat >"$tmp/root/srv/mixed.sh" <<'END'
. /srv/lib.sh
begin
pav save small /mnt/there || exit
command xl list small 2>/dev/null && exit 1
umount /mnt
END

# stage MACHINE STAGE OPTION...: what it found, in $tmp/found.
stage() {
	local who=$1 what=$2
	shift 2
	$who --disk "$tmp/disk.img" --overlay "$tmp/root" --timeout 1100 "$@" \
		--exec "bash /srv/$what.sh" >"$tmp/out" || { cat "$tmp/out"; exit 1; }
	grep 'sums' "$tmp/out" >>"$tmp/found" || true
}
stage peer there
stage vm here
stage peer back
expect "saved by xl on Xen, restored by pav" "here: sums 4" "$(grep here "$tmp/found")"
expect "saved by pav, restored by xl on Xen" "back: sums 4" "$(grep back "$tmp/found")"

: >"$tmp/found"
stage vm there --overlay "$BUILD/peer/xen/overlay.cpio"
stage vm here
stage vm back --overlay "$BUILD/peer/xen/overlay.cpio"
expect "saved by xl here, restored by pav" "here: sums 4" "$(grep here "$tmp/found")"
expect "saved by pav, restored by xl here" "back: sums 4" "$(grep back "$tmp/found")"

: >"$tmp/found"
stage vm mixed --overlay "$BUILD/peer/xen/overlay.cpio"
stage vm here
expect "made by xl, saved and restored by pav" "here: sums 4" "$(grep here "$tmp/found")"
