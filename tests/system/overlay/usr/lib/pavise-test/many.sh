# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by commands that make many guests, in the control domain: small guests, and the books that
# must balance when they are gone.
#   many_begin                   write the guest's configuration, images and all
#   many_start N KIND [OPTION]   create guest "gN"; KIND: bare, or full (with disk and card)
#   many_reached N SECONDS       until its userland has used what it has
#   books_open FILE              write down what there is of everything that could leak
#   books_balance FILE WHAT      until that is so again, exactly; MemAvailable within a tolerance
# In bash.

. /usr/lib/pavise-test/memory.sh
many_memory=${many_memory:-96}
books_slack_kib=${books_slack_kib:-6144}

many_begin() {
	cat >/tmp/many.cfg <<-CFG
		kernel = "/var/lib/pavise/vmlinuz-6.1"
		ramdisk = "/var/lib/pavise/initrd-6.1"
		memory = $many_memory
		on_poweroff = "destroy"
	CFG
}

many_start() {
	local n=$1 kind=$2 image=/tmp/many-$1.img run
	shift 2
	if [ "$kind" = bare ]; then
		pav create /tmp/many.cfg "name=\"g$n\"" \
			'extra="console=hvc0 pavise.run=echo_reached-all;sleep_9999"' "$@"
		return
	fi
	[ -e "$image" ] || head -c 1048576 /dev/urandom >"$image"
	run="md5sum_/dev/xvda;ifconfig_eth0_192.168.100.$((n % 200 + 20));ping_-c_1_-w_60_192.168.100.1"
	pav create /tmp/many.cfg "name=\"g$n\"" \
		"extra=\"console=hvc0 pavise.run=$run&&echo_reached-all;sleep_9999\"" \
		"disk=[\"$image,raw,xvda,w\"]" 'vif=["bridge=xenbr0"]' "$@"
}

many_reached() {
	local try
	for ((try = 0; try < $2; try++)); do
		# The command line, which the kernel prints, has the word with something behind it.
		pav console --log "g$1" 2>/dev/null | tr -d '\r' | grep -qx reached-all && return 0
		sleep 1
	done
	echo "g$1 did not get that far:"
	pav console --log "g$1" | tail -n 25
	return 1
}

# Descriptors of each daemon: what it forgot to close is kept for ever.
books_daemons() {
	local daemon pid
	for daemon in pav-stored pav-consoled pav-domd; do
		for pid in $(pidof $daemon); do
			echo "$daemon: $(ls /proc/$pid/fd | wc -l) descriptors"
		done
	done
}

books() {
	available_kib >"$1.available"
	pav debug-keys q
	{
		# The last answer to the key; references and instruction pointers come and go.
		# What the control domain's tables grew to stays theirs, so it counts as free.
		pav dmesg | sed -n 's/.*\(domain [0-9]*: state.* tables [0-9]*\) .*/\1/p' |
			awk -v "free=$(free_kib)" '
				/^domain 0:/ { n = 0; free0 = free + 4 * $NF; sub(" tables.*", "") }
				{ line[n++] = $0 }
				END {
					print "free_memory_kib and tables: " free0
					for (i = 0; i < n; i++) print line[i]
				}'
		pav info | grep outstanding_claims
		echo "balloon: $(cat /sys/devices/system/xen_memory/xen_memory0/info/current_kb) KiB"
		books_daemons
		losetup -a
		ls /sys/class/net /sys/bus/xen-backend/devices
		sed -n 's/^ *[0-9]*: .*xen-dyn *\(.*\)/irq \1/p' /proc/interrupts | sort
		xenstore-ls -f | sed 's/ = .*//'
	} >"$1"
}

# What the kernel does behind our back takes its time: until nothing changes any more.
books_open() {
	local try
	for ((try = 0; try < 20; try++)); do
		books "$1"
		sleep 2
		books /tmp/books.now
		cmp -s "$1" /tmp/books.now && return
	done
	echo "the books do not come to rest:"
	diff "$1" /tmp/books.now
}

books_balance() {
	local try was now
	for ((try = 0; try < 30; try++)); do
		books /tmp/books.now
		was=$(cat "$1.available") now=$(cat /tmp/books.now.available)
		cmp -s "$1" /tmp/books.now && [ "$now" -ge $((was - books_slack_kib)) ] && break
		sleep 1
	done
	echo "books $2: MemAvailable $was -> $now KiB, $(grep free_memory "$1")" \
		"-> $(sed -n 's/^free_memory.*: //p' /tmp/books.now), $(grep -c ^/ "$1") ->" \
		"$(grep -c ^/ /tmp/books.now) store nodes, $(grep '^domain 0' /tmp/books.now)"
	if [ $try = 30 ]; then
		diff "$1" /tmp/books.now
		return 1
	fi
	echo "balanced: $2"
}

# many_row FROM TO: one after another. Of ten, one boots and uses disk and card, two are destroyed
# while they boot, one with devices never runs; the others neither run nor have devices.
many_row() {
	local n
	for ((n = $1; n <= $2; n++)); do
		case $((n % 10)) in
		0) many_start $n full && many_reached $n 200 ;;
		3) many_start $n full && sleep 1.$((n % 7)) ;;
		5) many_start $n full -p ;;
		7) many_start $n bare && sleep 0.$((n % 7)) ;;
		*) many_start $n bare -p ;;
		esac || return
		pav destroy g$n || return
		rm -f /tmp/many-$n.img /var/log/pavise/guest-g$n.log*
	done
}

# many_crowd COUNT: all at once, all with disk and card, all booting; destroyed together.
many_crowd() {
	local n pids= pid
	for ((n = 1; n <= $1; n++)); do
		many_start $n full || return
	done
	[ "$(pav list | grep -c '^g[0-9]')" = "$1" ] || { pav list; return 1; }
	for ((n = 1; n <= $1; n++)); do
		many_reached $n 600 || return
	done
	# Else the books would balance whatever happens.
	books /tmp/books.now
	grep '^domain 0:' /tmp/books.now | grep 'mapped [1-9]' || { cat /tmp/books.now; return 1; }
	for ((n = 1; n <= $1; n++)); do
		pav destroy g$n &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait $pid || return
	done
	rm -f /tmp/many-*.img /var/log/pavise/guest-g*
}
