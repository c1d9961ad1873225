#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# Debian's xl creates the same guests, from the same files, on Pavise and on Debian's Xen: neither
# `xl create -p` of a tiny guest nor `xl create` until the guest's init speaks takes more instructions on
# Pavise. Figures are in microseconds of a clock that counts instructions, a thousand to each.

. tests/system/lib

mkdir -p "$tmp/root/srv"
cat >"$tmp/root/srv/tiny.cfg" <<'END'
name = "tiny"
kernel = "/var/lib/pavise/vmlinuz-6.1"
memory = 128
END
cat >"$tmp/root/srv/create.sh" <<'END'
now() { echo "${EPOCHREALTIME/./}"; }
# The first creation fills the page cache.
for try in 1 2 3 4; do
	start=$(now)
	xl create -p /srv/tiny.cfg >/tmp/out 2>&1 || { cat /tmp/out; exit 1; }
	made=$(now)
	xl destroy tiny || exit
	[ $try = 1 ] || echo "create-p $((made - start)) destroy $(($(now) - made))"
done
log=/var/log/xen/console/guest-g.log
for try in 1 2 3; do
	rm -f $log
	start=$(now)
	xl create /usr/lib/pavise-test/small.cfg 'name="g"' vcpus=1 >/tmp/out 2>&1 || { cat /tmp/out; exit 1; }
	made=$(now)
	until grep -q "userland reached" $log 2>/dev/null; do sleep 0.02; done
	echo "create $((made - start)) init $(($(now) - start))"
	xl destroy g || exit
done
END

# figures OPTION...: the medians on one hypervisor, a line each
figures() {
	tests/vm/vm --icount --overlay tests/system/overlay --overlay "$BUILD/peer/xen/overlay.cpio" \
		--overlay "$tmp/root" --timeout 1100 "$@" --exec 'bash /srv/create.sh' >"$tmp/out" 2>&1 ||
		{ cat "$tmp/out" >&2; return 1; }
	cat "$tmp/out" >&2
	for what in create-p destroy create init; do
		sed -n "s/.*\<$what \([0-9]*\).*/\1/p" "$tmp/out" | sort -n | sed -n 2p
	done
}

ours=$(figures)
xen=$(figures --hv "$BUILD/peer/xen/xen.gz")
failed=0
n=0
for what in "create -p" "destroy" "create" "create to init"; do
	n=$((n + 1))
	a=$(echo "$ours" | sed -n ${n}p)
	b=$(echo "$xen" | sed -n ${n}p)
	echo "xl $what: Pavise $a, Xen $b: $((a * 1000 / b)) per mille of Xen"
	[ "$a" -le "$b" ] || failed=1
done
exit $failed
