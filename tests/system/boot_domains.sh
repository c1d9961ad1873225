#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 400
#
# Domains of a device tree: two that share pages and an event channel work together, beside a control domain and
# without one; those that cannot be made are left out, each with a message that names node and property; a tree with
# an error makes none.

. tests/system/lib

make -s "$BUILD/guest/at_boot/pair"
pair=$BUILD/guest/at_boot/pair

# tree TEXT: the tree, the capabilities of `right` being TEXT.
tree() {
	sed "s/RIGHT/$1/" tests/system/boot_domains.dts >"$tmp/tree.dts"
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

printf 'no kernel' >"$tmp/junk"
tree '"console"'
vm --no-data --keep-log "$tmp/log" --module "$tmp/tree.dtb" --module "$tmp/junk junk" \
	--module "$pair pair verbose owner=1 ref=3 readonly=5 port=11 stay" --exec '
	for i in $(seq 60); do pav list 1 | grep -q "s-- " && break; sleep 1; done
	pav list | awk "{ print \"list\", \$1, \$2, \$3, \$4 }"
	pav vcpu-list 1 | awk "NR > 1 { print \"cpus of 1:\", \$NF }"
	pav pause 7 && pav list 7 && pav unpause 7
	pav destroy 7 && pav destroy 1
	pav list | awk "{ print \"last\", \$1, \$2 }"
' >"$tmp/out" 2>&1 || { tail -n 40 "$tmp/out"; exit 1; }
says "$tmp/out" 'list domain-1 1 16 '
says "$tmp/out" 'list domain-7 7 20 1'
says "$tmp/out" "p--- "
says "$tmp/out" 'cpus of 1: 1'
expect "nothing but these two" 2 "$(grep -c 'list domain-' "$tmp/out")"
expect "destroyed" 0 "$(grep -c 'last domain-' "$tmp/out" || true)"
says "$tmp/log" '(d1) ok the page is clear'
says "$tmp/log" '(d1) end: 6 passed, 0 failed'
says "$tmp/log" 'node /chosen/lost/kernel, property module-index: the boot loader gave no such module'
says "$tmp/log" 'node /chosen/damaged/kernel, property module-name: '
says "$tmp/log" 'node /chosen/small, property memory: '
says "$tmp/log" 'node /chosen/elsewhere, property affinity: none of these CPUs is there'

tree '"console", "machine"'
alone --module "$pair pair verbose owner=1 ref=3 readonly=5 port=11"
says "$tmp/alone" '(d1) end: 6 passed, 0 failed'
says "$tmp/alone" 'ok and cannot be written'
says "$tmp/alone" 'end: 5 passed, 0 failed'
says "$tmp/alone" 'domain 7 stopped, and the machine with it'

tree '"all"'
alone --module "$pair pair"
says "$tmp/alone" 'node /chosen/right, property capabilities: there are'
says "$tmp/alone" 'no domain to run'
