#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 400
#
# What pav shows without changing anything: a dry run tells what a creation would make, or fails with its words,
# and leaves nothing; check finds what is missing on the machine and in a configuration. What a guest may have
# chosen (its name in the store, console output) reaches no terminal as it is.

. tests/system/lib

mkdir -p "$tmp/root/srv"
make -s BUILD="$BUILD" "$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1"
cp "$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1" "$tmp/root/srv/"
make -s BUILD="$BUILD" "$BUILD/tests/on_pty"
mkdir -p "$tmp/root/lib/terminfo/l"
cp /lib/terminfo/l/linux "$tmp/root/lib/terminfo/l/"
cp "$BUILD/tests/on_pty" "$tmp/root/srv/"
cat >"$tmp/root/srv/a.cfg" <<'END'
name = "a"
kernel = "/srv/vmlinuz"
ramdisk = "/srv/initrd-6.1"
extra = "console=hvc0"
memory = 128
maxmem = 160
vcpus = 1
maxvcpus = 2
disk = [ "/srv/a.img,raw,xvda,w" ]
vif = [ "mac=00:16:3e:01:02:03" ]
END
cat >"$tmp/root/srv/run.sh" <<'END'
cd /srv
export NO_COLOR=1
truncate -s 16M a.img
snapshot() { xenstore-ls -f | grep -v '^/tool'; losetup -a; pav list | sed 's/[0-9.]*$//'; }
snapshot >before

echo "=== plan"; pav create -n a.cfg || echo failed
echo "=== plan json"; pav create -n --json a.cfg
echo "=== refused"
for bad in memory=900000 kernel=/srv/none 'disk=["/srv/none,raw,xvda,w"]' 'vif=["bridge=no0"]' cpus=x \
	'disk=["/srv/a.img,raw,xvda,w","/srv/a.img,raw,xvdb,r"]'; do
	pav create -n a.cfg "$bad" 2>dry; dry=$?
	pav create a.cfg "$bad" 2>real
	echo "$dry $(cmp dry real && echo same) $(head -n 1 dry)"
done
# A loop device goes when the kernel has let go of it.
for try in $(seq 100); do
	snapshot >after
	cmp -s after before && echo "=== nothing left" && break
	sleep 0.1
done
diff before after
pav create -p a.cfg || echo failed
pav create -n a.cfg; echo "=== taken $?"
pav create -n a.cfg name=b; echo "=== in use $?"

kill $(cat /run/pavise/pav-domd.pid)
echo "=== check"; pav check; echo "status $?"
pav-domd >/dev/null 2>&1
pav check a.cfg name=b 'disk=[]' >/dev/null; echo "=== fine: $?"
echo "=== check file"; pav check a.cfg kernel=/srv/a.cfg 'vif=["bridge=no0"]'; echo "status $?"
kill -STOP $(cat /run/pavise/pav-consoled.pid)
echo "=== check stopped"; pav check | grep -A1 pav-consoled
kill -CONT $(cat /run/pavise/pav-consoled.pid)
echo "=== check json"; pav check --json

id=$(pav domid a)
xenstore-write /local/domain/$id/name "$(printf 'a\033]0;evil\007\nforged 7')"
echo "=== names"
pav list; pav uptime; pav vcpu-list; pav sched; pav domname $id; pav list --json; pav top --batch -n 1
pav destroy "$(printf 'no\033[2J')"
echo "=== top"
pav top --batch -n 2 -d 1 --sort name; pav top --batch -n 1 --sort none; echo "status $?"
echo "=== top json"; pav top --json -d 1 --sort id
echo "=== end"
{
	for key in m n d v a i c r '\e[B' '\e[A' ' '; do
		printf 'wait 700\ntype %s\n' "$key"
	done
	printf 'wait 700\nsize 6 50\nwait 700\nsize 2 9\nwait 700\nsize 30 100\nwait 700\ntype q\n'
} | TERM=linux /srv/on_pty pav top -d 1 >screen 2>&1
status=$?
echo "=== screen"
echo "status $status"
# Later looks print what has changed alone; each first one prints all.
for order in cpu memory net disk vcpus name id; do
	TERM=linux /srv/on_pty pav top -n 1 --sort $order </dev/null
done | cat screen - | tr -c ' -~' '\n'
echo "=== end"
pav destroy $id
pav create a.cfg extra='console=hvc0 pavise.run=printf_\\\\033]0\\\\073evil\\\\007seen\\\\033[5n\\\\n' --watch 1
until pav console --log a | grep -q '^seen'; do sleep 1; done
echo "=== console"; pav console --log a | grep '^seen'; cat /var/log/pavise/guest-a.log | grep '^seen'
echo "=== end"
END

vm --no-data --overlay "$tmp/root" --timeout 380 --exec 'bash /srv/run.sh 2>&1' >"$tmp/out" ||
	{ cat "$tmp/out"; exit 1; }
tr -d '\r' <"$tmp/out" >"$tmp/text"
cat -v "$tmp/text"

part() {
	sed -n "/^=== $1\$/,/^=== /p" "$tmp/text" | grep -v '^==='
}

# has WHAT PART WORDS
has() {
	part "$2" | grep -q -- "$3" || { echo "$1: no '$3' in:"; part "$2"; exit 1; }
	echo "$1: ok"
}

has "memory" plan "^memory  *128 MiB, at most 160 MiB"
has "vCPUs" plan "^vcpus  *1, at most 2"
has "disk" plan "^disk xvda  *.*a.img, writable, as a loop device of back-end xen-blkback"
has "card" plan "^card 0  *bridge xenbr0, address 00:16:3e:01:02:03"
part "plan json" >"$tmp/json"
expect "plan as JSON" "131072 xvda xenbr0" \
	"$(json "$tmp/json" 'r["memory_kib"], r["disks"][0]["vdev"], r["cards"][0]["bridge"]' | tr -d "(,')")"
expect "refused as by create" 6 "$(part refused | grep -c '^1 same .*a')"
for line in "nothing left" "taken 1" "in use 1" "fine: 0"; do
	expect "$line" 1 "$(grep -c "^=== $line" "$tmp/text")"
done
has "machine" check "^ok  *hypervisor"
has "what is missing" check "^missing pav-domd"
has "its status" check "^status 1"
has "kernel" "check file" "^missing kernel .*neither an ELF"
has "card" "check file" "^missing card 0 .*no0"
has "remedy" "check file" "ip link add no0"
has "stopped daemon" "check stopped" "^missing pav-consoled .*stopped"
part "check json" >"$tmp/json"
expect "check as JSON" 0 "$(json "$tmp/json" 'len([x for x in r if x["state"] == "missing"])')"
has "top by name" top "^Domain-0  *0 "
expect "top's rounds" 2 "$(part top | grep -c '^2 domains, ')"
has "top's columns" top "READ(B/s) WRITE(B/s)  *RECV(B/s)"
has "wrong column" top "^status 2"
part "top json" >"$tmp/json"
expect "top as JSON" "0 True" "$(json "$tmp/json" 'r[0]["domid"], r[0]["cpu_percent"] > 0' | tr -d '(),')"
for order in cpu memory net disk vcpus name id; do
	has "screen by $order" screen "by $order"
done
has "screen reversed" screen "eversed"
has "screen left" screen "^status 0"
expect "no escape on a terminal" 0 "$(tr -dc '\033\007' <"$tmp/text" | wc -c)"
has "name" names 'a\\x1b\]0;evil\\x07\\x0aforged'
expect "no forged line" 0 "$(part names | grep -c '^forged')"
expect "console" "seen seen" "$(echo $(part console))"
