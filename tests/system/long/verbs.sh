#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1800
#
# Each verb of `pav` that changes a running guest or tells of it, on one machine with the demo guest:
# its effect is looked for inside the guest, or in what the hypervisor says. Then what becomes of
# small guests that end, each way to end with each policy. All JSON is read by a parser.

. tests/system/lib

mkdir -p "$tmp/root/srv"
cat >"$tmp/root/srv/lib.sh" <<'END'
. /usr/lib/pavise-test/guest.sh

die() { echo "FAILED: $*"; exit 1; }

# is WHAT WANTED FOUND
is() { [ "$2" = "$3" ] && echo "ok $1" || die "$1: wanted '$2', found '$3'"; }

# field KEY VERB...: what the verb's JSON has there, one line a row.
field() {
	local key=$1
	shift
	pav "$@" --json | sed -n 's/^ *"'"$key"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p'
}

# comes SECONDS WHAT WANTED COMMAND...: until the command prints that.
comes() {
	local try found what=$2 wanted=$3 seconds=$1
	shift 3
	for ((try = 0; try < seconds * 2; try++)); do
		found=$("$@" 2>/dev/null)
		[ "$found" = "$wanted" ] && echo "ok $what" && return
		sleep 0.5
	done
	pav list
	die "$what: wanted '$wanted', found '$found' after $seconds s"
}

# refused STATUS WORDS VERB...
refused() {
	local want=$1 words=$2 got=0
	shift 2
	pav "$@" >/tmp/refused 2>&1 || got=$?
	[ $got = $want ] && grep -q -- "$words" /tmp/refused && echo "ok pav $*: refused" && return
	cat /tmp/refused
	die "pav $*: status $got, wanted $want and '$words'"
}

json() {
	echo "json-begin $*"
	pav "$@" --json || die "pav $* --json"
	echo "json-end"
}

# inside COMMAND: in the guest; $said is what it printed. Not in a subshell: the console goes on.
inside() {
	guest "$1" 180 >/tmp/said || die "in the guest: $1: $(cat /tmp/said)"
	said=$(grep -v '^$' /tmp/said)
}

# inside_comes SECONDS WHAT WANTED COMMAND
inside_comes() {
	local try
	for ((try = 0; try < $1; try++)); do
		inside "$4"
		[ "$said" = "$3" ] && echo "ok $2" && return
		sleep 1
	done
	die "$2: the guest says '$said', wanted '$3'"
}
END

cat >"$tmp/root/srv/demo.sh" <<'END'
. /srv/lib.sh

# A guest that is being made has its name, and its console can be asked for.
pav create /etc/pavise/demo.cfg maxvcpus=4 vcpus=2 memory=256 maxmem=320 & maker=$!
until id=$(pav domid demo 2>/dev/null); do
	kill -0 $maker || die "no guest"
done
is "name while it is being made" demo "$(field name list "$id")"
console_open pav console demo
wait $maker || die "create"
guest_login 500 || exit
is "domid" "$id" "$(pav domid demo)"
is "domname" demo "$(pav domname "$id")"

echo "step: pause"
pav pause demo || exit
is "paused" p "$(field state list demo | tr -d 'rb-')"
before=$(field cpu_seconds list demo)
sleep 1
is "no time while paused" "$before" "$(field cpu_seconds list demo)"
pav unpause demo || exit
inside "echo awake" && is "unpaused" awake "$said"

echo "step: vcpus"
inside nproc && is "vCPUs at start" 2 "$said"
online() { pav vcpu-list demo --json | grep -c '"cpu"'; }
# A new vCPU is there for the guest; to use it is up to the guest's user space.
pav vcpu-set demo 4 || exit
inside_comes 60 "vcpu-set up" 0-3 "cat /sys/devices/system/cpu/present"
inside "for n in 2 3; do echo 1 >/sys/devices/system/cpu/cpu\$n/online; done; nproc"
is "all in use" 4 "$said"
comes 10 "hypervisor's count" 4 online
pav vcpu-set demo 1 || exit
inside_comes 60 "vcpu-set down" 1 nproc
comes 10 "hypervisor's count" 1 online
is "list's count" 1 "$(field vcpus list demo)"
refused 1 "at most 4 vCPUs" vcpu-set demo 5
refused 2 "not a number" vcpu-set demo none
pav vcpu-set demo 2 || exit
inside_comes 60 "vcpu-set again" 0-1 "cat /sys/devices/system/cpu/present"
inside "echo 1 >/sys/devices/system/cpu/cpu1/online; nproc" && is "both in use" 2 "$said"

inside "(while :; do :; done) & echo \$! >/tmp/busy; taskset -p -c 0 \$! >/dev/null; disown"
for cpu in 1 0 1; do
	pav vcpu-pin demo 0 $cpu || exit
	is "affinity" $cpu "$(field affinity vcpu-list demo | head -n 1)"
	comes 10 "vCPU 0 is on CPU $cpu" $cpu eval 'field cpu vcpu-list demo | head -n 1'
done
pav vcpu-pin demo all 0 || exit
is "all pinned" 4 "$(field affinity vcpu-list demo | grep -cx 0)"
pav vcpu-pin demo all all || exit
is "all free" 4 "$(field affinity vcpu-list demo | grep -cx all)"
refused 1 "no vCPU 4" vcpu-pin demo 4 0
refused 1 "cannot pin vCPU 0 of demo to CPUs 7" vcpu-pin demo 0 7
refused 2 "not a list of CPUs" vcpu-pin demo 0 x

echo "step: sched"
is "weight at start" 256 "$(field weight sched demo)"
pav sched demo -w 512 -c 20 || exit
is "weight" 512 "$(field weight sched demo)"
is "cap" 20 "$(field cap sched -d demo)"
refused 2 "weight is 1 to" sched demo -w 0
refused 2 "which guest" sched -w 3
share() {
	local from to=$((10 * $1))
	from=$(field cpu_seconds list demo)
	sleep "$1"
	field cpu_seconds list demo | awk -v "from=$from" -v "s=$1" '{ print int(($1 - from) * 100 / s) }'
}
capped=$(share 6)
[ "$capped" -le 35 ] || die "capped at 20 %, it took $capped %"
pav sched demo -c 0 || exit
free=$(share 6)
[ "$free" -ge $((capped * 2)) ] || die "it took $capped % with a cap of 20 %, and $free % without"
echo "ok cap: $capped %, without $free %"
top=$(pav top --batch -d 2 -n 2 | awk '$1 == "demo" { print int($4) }' | tail -n 1)
[ "$top" -ge 40 ] || die "top shows $top % for a busy guest"
echo "ok top: $top %"
is "top's JSON" demo "$(field name top | grep demo)"
inside "kill \$(cat /tmp/busy)"

echo "step: memory"
pages() { field memory list demo; }
limit() { field max_memory_kib list demo; }
total='sed -n "s/MemTotal: *\([0-9]*\) kB/\1/p" /proc/meminfo'
inside "$total" && start=$said
pav mem-set demo 200 || exit
comes 60 "mem-set down" 200 pages
inside "$total" && is "given back inside" $((56 * 1024)) $((start - said))
is "limit follows" $((201 * 1024)) "$(limit)"
pav mem-set demo 262144k || exit
comes 60 "mem-set up" 256 pages
pav mem-set demo 300M || exit
comes 60 "above what it began with" 300 pages
inside "$total" && is "more inside" $((44 * 1024)) $((said - start))
refused 1 "320 MiB at most" mem-set demo 400
refused 2 "not a size" mem-set demo much
pav mem-max demo 310 || exit
is "mem-max" $((311 * 1024)) "$(limit)"
refused 1 "310 MiB at most" mem-set demo 320
refused 1 "cannot be lower" mem-max demo 128
pav mem-set demo 256 || exit
comes 60 "mem-set back" 256 pages

echo "step: disks"
truncate -s 16M /tmp/extra.img
pav block-attach demo /tmp/extra.img,raw,xvdb,w || exit
inside_comes 30 "disk came" 16777216 "blockdev --getsize64 /dev/xvdb 2>&1 || :"
is "disks" "xvda xvdb" "$(echo $(field vdev block-list demo))"
is "states" "4 4" "$(echo $(field state block-list demo))"
refused 1 "has a disk xvdb already" block-attach demo /tmp/extra.img,raw,xvdb,w
refused 1 "in use by guest demo" block-attach demo /tmp/extra.img,raw,xvdc,w
refused 1 "No such file" block-attach demo /tmp/none.img,raw,xvdc,w
inside "head -c 5000000 /dev/urandom | tee /dev/xvdb | sha256sum; sync" && written=$said
pav block-detach demo xvdb || exit
inside_comes 30 "disk went" gone "test -e /dev/xvdb || echo gone"
is "written through" "$written" "$(head -c 5000000 /tmp/extra.img | sha256sum)"
is "loop device went" "" "$(losetup -a | grep extra)"
pav block-attach demo /tmp/extra.img,raw,xvdb,r || exit
inside_comes 30 "read-only" 1 "blockdev --getro /dev/xvdb 2>&1 || :"
is "mode" r "$(field mode block-list demo | tail -n 1)"
pav block-detach demo xvdb --force || exit
inside_comes 30 "disk went by force" gone "test -e /dev/xvdb || echo gone"
loop=$(losetup -f --show /tmp/extra.img)
pav block-attach demo "phy:$loop,xvdc,w" || exit
inside_comes 30 "block device of the machine" "$written" "head -c 5000000 /dev/xvdc | sha256sum"
pav block-detach demo xvdc && losetup -d "$loop" || exit
refused 1 "has no vbd" block-detach demo xvdc
refused 2 "not a disk name" block-detach demo disk

echo "step: cards"
mac=00:16:3e:12:34:56
has="grep -lx $mac /sys/class/net/*/address | cut -d/ -f5 | sed 's/.*/yes/'"
pav network-attach demo bridge=xenbr0 mac=$mac || exit
inside_comes 30 "card came" yes "$has"
is "cards" "0 1" "$(echo $(field id network-list demo))"
is "address" $mac "$(field mac network-list demo | tail -n 1)"
inside "ip netns add t; ip link set \$(grep -lx $mac /sys/class/net/*/address | cut -d/ -f5) netns t name c"
inside "ip netns exec t ip addr add 192.168.100.77/24 dev c; ip netns exec t ip link set c up"
ping -c 1 -w 30 192.168.100.77 >/dev/null || die "the new card does not answer"
is "traffic" $mac "$(ip neigh show 192.168.100.77 | sed 's/.*lladdr \([^ ]*\).*/\1/')"
inside "ip netns exec t ip link set c netns 1; ip netns del t"
pav network-detach demo $mac || exit
inside_comes 30 "card went" no "grep -qx $mac /sys/class/net/*/address || echo no"
is "port went" "" "$(ls /sys/class/net | grep "vif$id.1")"
pav network-attach demo && pav network-attach demo || exit
is "cards of their own addresses" 3 "$(field mac network-list demo | sort -u | grep -c ^00:16:3e)"
pav network-detach demo 1 && pav network-detach demo 2 || exit
is "one card left" 0 "$(field id network-list demo)"
refused 1 "bridge none0 does not exist" network-attach demo bridge=none0
refused 1 "no card 00:00" network-detach demo 00:00:00:00:00:00
refused 1 "has no vif" network-detach demo 5

echo "step: signals"
inside "dmesg -C"
pav trigger demo nmi || exit
inside_comes 20 "nmi" 1 "dmesg | grep -c 'NMI received'"
pav trigger demo nmi 1 || exit
inside_comes 20 "nmi to vCPU 1" 1 "dmesg | grep 'NMI received' | grep -c 'CPU 1'"
refused 1 "will not send power" trigger demo power
refused 1 "will not send nmi" trigger demo nmi 9
refused 2 "not one of" trigger demo bang
pav sysrq demo h || exit
inside_comes 20 "sysrq" 1 "dmesg | grep -c 'sysrq: HELP'"
refused 2 "not one letter" sysrq demo help

echo "step: names"
pav rename demo other || exit
is "new name" "$id" "$(pav domid other)"
is "new name shown" other "$(field name list "$id")"
is "new name in the store" other "$(xenstore-read "/local/domain/$id/name")"
refused 1 "no guest 'demo'" domid demo
refused 1 "is the control domain's own" rename other Domain-0
pav rename other demo || exit
refused 1 "no domain 77" domname 77

echo "step: tells"
inside "cut -d. -f1 /proc/uptime"
up=$(field uptime uptime demo)
[ "$up" -ge "$said" ] && [ "$up" -le $((said + 60)) ] || die "up for $up s, the guest says $said"
up=$(field uptime uptime Domain-0) kernels=$(cut -d. -f1 /proc/uptime)
[ $((kernels - up)) -le 5 ] || die "control domain up for $up s, its kernel says $kernels"
is "memory adds up" 1 "$(($(field free_memory info) <= $(field total_memory info)))"
is "CPUs" 2 "$(field nr_cpus info)"
pav debug-keys h && pav dmesg | tail -n 40 | grep -q "key 'h': this list" || die "no help from the debugger"
pav dmesg -c >/dev/null && is "dmesg cleared" "" "$(pav dmesg)"
for verb in info list top uptime vcpu-list sched; do
	json $verb
done
for verb in "list demo" "uptime demo" "vcpu-list demo" "sched demo" "block-list demo" "network-list demo"; do
	json $verb
done
echo "json-begin create -n"
pav create -n --json /etc/pavise/demo.cfg name=third disk='[]' || exit
echo "json-end"

# Started again by the guest's policy; its console can be asked for between two lives. What was
# attached is kept, what was detached is not.
echo "step: reboot"
pav block-attach demo /tmp/extra.img,raw,xvdd,r || exit
pav mem-set demo 272 && pav vcpu-set demo 1 && pav rename demo demo2 && pav rename demo2 demo || exit
pav reboot demo || exit
until [ "$(field state list demo 2>/dev/null | tr -dc s)" = s ] || [ "$(pav domid demo 2>/dev/null)" != "$id" ]; do
	sleep 0.1
done
exec 4>&-
console_open pav console demo
guest_login 500 || exit
[ "$(pav domid demo)" -gt "$id" ] || die "the guest has not begun a new life"
is "disks of the new life" "xvda xvdd" "$(echo $(field vdev block-list demo))"
is "cards of the new life" 0 "$(field id network-list demo)"
is "memory of the new life" 272 "$(pages)"
is "vCPUs of the new life" 1 "$(online)"
pav shutdown -w -t 300 -a || exit
refused 1 "no guest 'demo'" domid demo
echo "step: end"
END

cat >"$tmp/root/srv/ends.sh" <<'END'
. /srv/lib.sh
cat >/tmp/small.cfg <<-CFG
	kernel = "/var/lib/pavise/vmlinuz-6.1"
	ramdisk = "/var/lib/pavise/initrd-6.1"
	extra = "console=hvc0"
	memory = 96
CFG
actions="destroy restart rename-restart preserve"
declare -A ids

lives() {
	local try
	for ((try = 0; try < 600; try++)); do
		# What is typed before the prompt is there, the shell throws away.
		pav console --log "$1" 2>/dev/null | grep -q '^/ # ' && return
		sleep 0.5
	done
	die "$1 does not get to its shell: $(pav console --log "$1" | tail)"
}

states() { pav list --json | grep -A 5 "\"name\": \"$1" | sed -n 's/.*"state": "\([^"]*\)".*/\1/p' | tr -d 'rbp-'; }

# A guest that runs again: another domain of that name, which is not the one that ended.
again() {
	local now
	now=$(pav domid "$1" 2>/dev/null) && [ "$now" -gt "$2" ] && [ -z "$(field shutdown_code list "$now")" ] &&
		echo again
}

# after EVENT ACTION LETTER: the guest has ended; LETTER is the state of one that is kept.
after() {
	local name=$1-$2 id=${ids[$2]}
	case $2 in
	destroy | coredump-destroy)
		comes 60 "$name: gone" "" eval "pav list --json | grep $name"
		is "$name: nothing in the store" "" "$(xenstore-ls -f | grep "domain/$id[ /]")"
		;;
	restart | coredump-restart)
		comes 300 "$name: runs again" again again "$name" "$id"
		is "$name: the old one is gone" 1 "$(pav list --json | grep -c "\"$name")"
		;;
	rename-restart)
		comes 300 "$name: runs again" again again "$name" "$id"
		is "$name: the old one is kept" "$name-$id" "$(pav domname "$id")"
		is "$name: in its state" "$3" "$(field state list "$id" | tr -d 'rbp-')"
		is "$name: without its disk" "" "$(field vdev block-list "$id")"
		is "$name: the new one has it" xvda "$(field vdev block-list "$name")"
		pav destroy "$id" || exit
		;;
	preserve)
		comes 60 "$name: kept" "$3" states "$name"
		is "$name: the same domain" "$id" "$(pav domid "$name")"
		sleep 3
		is "$name: left alone" "$3" "$(states "$name")"
		;;
	esac
	case $2 in
	coredump-*)
		# The dump is of this guest: its memory has what it printed.
		is "$name: dumped" 1 "$(ls /var/lib/pavise/dump/$name-*.core | wc -l)"
		grep -qa "userland reached" /var/lib/pavise/dump/$name-*.core || die "$name: an empty dump"
		rm /var/lib/pavise/dump/$name-*.core
		;;
	esac
	case $2 in
	destroy | coredump-destroy) return ;;
	esac
	[ "$2" = preserve ] || lives "$name"
	pav destroy "$name" || exit
}

# A console that is long in coming is waited for; Ctrl-] ends that.
echo "step: waiting"
kill -STOP $(pidof pav-consoled)
pav create /tmp/small.cfg name=late & maker=$!
until pav domid late >/dev/null 2>&1; do
	kill -0 $maker || die "no guest"
done
{ sleep 3; printf '\035'; } | timeout 30 pav console late 2>/tmp/waiting
is "leaving while waiting" 0 $?
is "said so" 1 "$(grep -c 'Waiting for the console of late' /tmp/waiting)"
kill -CONT $(pidof pav-consoled)
wait $maker && lives late && pav destroy late || exit

for event in poweroff reboot crash; do
	echo "step: $event"
	case $event in
	poweroff) type="poweroff -f" letter=s ;;
	reboot) type="reboot -f" letter=s ;;
	crash)
		type="echo c >/proc/sysrq-trigger" letter=c
		actions="$actions coredump-destroy coredump-restart"
		;;
	esac
	for action in $actions; do
		truncate -s 1M "/tmp/$action.img"
		pav create /tmp/small.cfg "name=$event-$action" "on_$event=$action" \
			"disk=[\"/tmp/$action.img,raw,xvda,w\"]" || exit
		ids[$action]=$(pav domid "$event-$action")
	done
	for action in $actions; do
		lives "$event-$action"
		printf '%s\r' "$type" >"$(xenstore-read "/local/domain/${ids[$action]}/console/tty")"
	done
	for action in $actions; do
		after "$event" "$action" "$letter"
	done
done
is "nobody is left" 1 "$(pav list --json | grep -c '"domid"')"
is "no loop device is left" "" "$(losetup -a | grep /tmp)"
echo "step: end"
END

vm --smp 2 --mem 3G --timeout 1700 --overlay "$tmp/root" \
	--exec "${VERBS_PARTS-bash /srv/demo.sh && bash /srv/ends.sh}" >"$tmp/out" ||
	{ cat "$tmp/out"; exit 1; }
python3 - "$tmp/out" <<'END'
import json, sys
verb, text, seen = None, [], 0
for line in open(sys.argv[1]):
    if line.startswith("json-begin"):
        verb, text = line.split(None, 1)[1].strip(), []
    elif line.startswith("json-end"):
        try:
            json.loads("".join(text))
        except ValueError as why:
            sys.exit(f"pav {verb} --json: {why}")
        verb, seen = None, seen + 1
    elif verb:
        text.append(line)
    else:
        print(line, end="")
print(f"{seen} valid pieces of JSON")
sys.exit(0 if seen == 13 or "VERBS_PARTS" in __import__("os").environ else "JSON is missing")
END
