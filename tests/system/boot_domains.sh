#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 400
#
# Domains of a device tree: two that share pages and an event channel work together, beside a control domain, whose
# tools take them over as guests, and without one; those that cannot be made are left out, each with a message that
# names node and property; a tree with an error makes none. `pav boot-config` writes trees that it finds right,
# and unpacks a kernel that the hypervisor cannot: Debian's then runs to its userland with no control domain.

. tests/system/lib

make -s "BUILD=$BUILD" "$BUILD/guest/at_boot/pair" "$BUILD/tools/pav" "$BUILD/kernels/6.1-cloud/vmlinuz" \
	"$BUILD/guest/initrd-6.1"
pair=$BUILD/guest/at_boot/pair

# tree CAPABILITIES ARGS: the tree, with capabilities of `right` and further arguments of `left`.
tree() {
	sed "s/RIGHT/$1/; s/LEFT/$2/" tests/system/boot_domains.dts >"$tmp/tree.dts"
	dtc -q -I dts -O dtb -o "$tmp/tree.dtb" "$tmp/tree.dts"
}

# alone OPTION...: a machine without a control domain, until it goes off by itself.
alone() {
	timeout 120 tests/vm/vm --no-data --dom0-kernel none --hv-args noreboot=off --module "$tmp/tree.dtb" "$@" \
		</dev/null >"$tmp/alone" 2>&1 || { tail -n 40 "$tmp/alone"; exit 1; }
}

# says FILE TEXT
says() {
	grep -qF -- "$2" "$1" || { tail -n 40 "$1"; echo "it does not say: $2"; exit 1; }
	printf '%s: ok\n' "$2"
}

config() {
	status "$BUILD/tools/pav" boot-config "$@"
}

mkdir -p "$tmp/root/boot"
cat >"$tmp/web.cfg" <<-END
	name = "web"
	kernel = "/boot/vmlinuz-web"
	ramdisk = "/boot/initrd-web"
	extra = 'console=hvc0 x="a b"'
	memory = 300
	vcpus = 2
	cpus = "0-3,^1"
	disk = [ "/disk.img,raw,xvda,rw" ]
END
sed 's/web"/db"/; /ramdisk/d' "$tmp/web.cfg" >"$tmp/db.cfg"
expect "write a text" 0 "$(config write "$tmp/web.cfg" "$tmp/db.cfg" -o "$tmp/o.dts")"
says "$tmp/err" "guest 'web' starts without disks"
says "$tmp/err" "boot module: /boot/initrd-web initrd-web"
expect "write a blob" 0 "$(config write "$tmp/web.cfg" "$tmp/db.cfg" -o "$tmp/o.dtb")"
expect "check the text" 0 "$(config check --json "$tmp/o.dts")"
cp "$tmp/out" "$tmp/text.json"
expect "check the blob" 0 "$(config check --json "$tmp/o.dtb")"
cmp "$tmp/out" "$tmp/text.json"
expect "what it describes" 'web 300 2 vmlinuz-web initrd-web console=hvc0 x="a b" db' \
	"$(json "$tmp/out" "' '.join(str(r[0][k]) for k in 'name memory vcpus kernel ramdisk bootargs'.split()), r[1]['name']")"
says "$tmp/o.dts" 'affinity = < 0 2 3 >;'
expect "two of one name" 1 "$(config write "$tmp/web.cfg" "$tmp/web.cfg")"
sed -i 's/cpus = <2>/vcpus = <2>/' "$tmp/o.dts"
expect "an error" 1 "$(config check "$tmp/o.dts")"
says "$tmp/err" 'node /chosen/web, property vcpus: is not known'

mkdir "$tmp/modules"
cat >"$tmp/lz4.cfg" <<-END
	name = "lz4"
	kernel = "$BUILD/kernels/6.1-cloud/vmlinuz"
	ramdisk = "$BUILD/guest/initrd-6.1"
	extra = "console=hvc0 pavise.run=true"
	memory = 160
END
expect "a kernel packed by lz4" 0 "$(config write "$tmp/lz4.cfg")"
says "$tmp/err" "is packed by lz4, which the hypervisor does not undo: --modules"
expect "no folder for modules" 1 "$(config write "$tmp/lz4.cfg" -m "$tmp/none")"
says "$tmp/err" "cannot create $tmp/none/vmlinuz"
expect "put for the boot loader" 0 "$(config write "$tmp/lz4.cfg" -m "$tmp/modules" -o "$tmp/lz4.dts")"
says "$tmp/err" "boot module: $tmp/modules/vmlinuz vmlinuz"
cmp "$BUILD/guest/initrd-6.1" "$tmp/modules/initrd-6.1"
sed -i 's/console = "log";/console = "machine"; no-store; capabilities = "machine";/' "$tmp/lz4.dts"
dtc -q -I dts -O dtb -o "$tmp/tree.dtb" "$tmp/lz4.dts"
alone --module "$tmp/modules/vmlinuz vmlinuz" --module "$tmp/modules/initrd-6.1 initrd-6.1"
says "$tmp/alone" "userland reached, kernel 6.1"

printf 'no kernel' >"$tmp/junk"
tree '"console"' ' stay'
cp "$tmp/tree.dtb" "$tmp/root/boot/pavise.dtb"
vm --no-data --keep-log "$tmp/log" --overlay "$tmp/root" --module "$tmp/tree.dtb" --module "$tmp/junk junk" \
	--module "$pair pair verbose owner=1 ref=3 readonly=5 port=11 stay" --exec '
	. /usr/lib/pavise-test/guest.sh
	for n in left right; do
		for i in $(seq 60); do pav console --log $n 2>/dev/null | grep -q "stays" && break; sleep 1; done
		pav console --log $n | grep stays | sed "s/.*/log of $n/; q"
	done
	pav list | awk "{ print \"list\", \$1, \$2, \$3, \$4 }"
	pav vcpu-list left | awk "NR > 1 { print \"cpus of left:\", \$NF }"
	pav pause right && pav list right && pav unpause right
	pav boot-config adopt
	pav rename right other && pav destroy other && pav destroy left
	pav list | awk "{ print \"last\", \$1, \$2 }"
	xenstore-ls -f / | grep -E "domain/[17]( |/)|/name/(left|right|other)" | sed "s/^/forgotten: /"
' >"$tmp/out" 2>&1 || { tail -n 40 "$tmp/out"; exit 1; }
says "$tmp/out" 'log of left'
says "$tmp/out" 'log of right'
says "$tmp/out" 'list left 1 16 '
says "$tmp/out" 'list right 7 20 1'
says "$tmp/out" 'p--- '
says "$tmp/out" 'cpus of left: 1'
expect "nothing but these two and the control domain" 3 "$(grep -c '^list .* [0-9]' "$tmp/out")"
expect "destroyed" 'last Domain-0 0' "$(grep '^last .* [0-9]' "$tmp/out")"
expect "nothing of them left in the store" '' "$(grep forgotten "$tmp/out" || true)"
says "$tmp/log" '(d1) ok the page is clear'
says "$tmp/log" '(d1) stays 0'
says "$tmp/log" 'started by the hypervisor, is right'
says "$tmp/log" 'node /chosen/lost/kernel, property module-index: the boot loader gave no such module'
says "$tmp/log" 'node /chosen/damaged/kernel, property module-name: '
says "$tmp/log" 'node /chosen/small, property memory: '
says "$tmp/log" 'node /chosen/elsewhere, property affinity: none of these CPUs is there'

tree '"console", "machine"' ''
alone --module "$pair pair verbose owner=1 ref=3 readonly=5 port=11"
says "$tmp/alone" '(d1) end: 6 passed, 0 failed'
says "$tmp/alone" 'ok and cannot be written'
says "$tmp/alone" 'end: 5 passed, 0 failed'
says "$tmp/alone" 'domain 7 stopped, and the machine with it'

tree '"all"' ''
alone --module "$pair pair"
says "$tmp/alone" 'node /chosen/right, property capabilities: there are'
says "$tmp/alone" 'no domain to run'
