#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Guests that start and end with the machine: in the order of their files' names, whatever is wrong with
# one of them; and at the end for good, those that do not react too. What systemd does with it is in
# long/deb_install.sh.

. tests/system/lib

# The kernel asks this program for the end; '_' is a blank.
answer="mkdir_/sbin;echo_'#!/bin/sh'>/sbin/poweroff;echo_poweroff_-f>>/sbin/poweroff;"
answer=$answer'chmod_755_/sbin/poweroff;echo_all_ready;sleep_100000'

# guest LINK NAME: as if its user wanted it to come again whenever it ends
guest() {
	mkdir -p "$tmp/files/etc/pavise/auto"
	cat >"$tmp/files/etc/pavise/$2.cfg" <<-END
		name = "$2"
		kernel = "/var/lib/pavise/vmlinuz-6.1"
		ramdisk = "/var/lib/pavise/initrd-6.1"
		extra = "console=hvc0 pavise.run=$answer"
		memory = 128
		on_poweroff = "restart"
	END
	ln -s "/etc/pavise/$2.cfg" "$tmp/files/etc/pavise/auto/$1"
}
guest 20-second second
guest 10-first first
guest 10-first~ old
echo 'name = "broken' >"$tmp/files/etc/pavise/auto/15-broken"
ln -s nowhere "$tmp/files/etc/pavise/auto/17-gone"
mkdir "$tmp/files/etc/pavise/auto/30-folder"

vm --overlay "$tmp/files" --exec '
	said() { "$@" 2>&1; echo "status ${PIPESTATUS[0]}"; }
	there() { echo "guests:" $(pav list | sed 1,2d | cut -d" " -f1); }
	said pav autostart
	said pav autostart /nowhere
	rm /etc/pavise/auto/1[57]*
	said pav autostart
	there
	until grep -q "all ready" /var/log/pavise/guest-first.log; do sleep 0.2; done
	pav pause second
	said pav shutdown --all --destroy
	said pav shutdown --all --wait --destroy --timeout=60
	there
	echo "restarts:" $(xenstore-list /pavise/restart 2>/dev/null)
	rm -r /etc/pavise/auto
	said pav autostart
' >"$tmp/found" || { cat "$tmp/found"; exit 1; }
cat >"$tmp/wanted" <<'END'
first: started, domain 1
pav autostart: /etc/pavise/auto/15-broken:1: this string has no closing quote
pav autostart: hint: pav.cfg(5) tells what a configuration may say
pav autostart: configuration /etc/pavise/auto/17-gone: No such file or directory
pav autostart: hint: give the path of a file such as /etc/pavise/demo.cfg
second: started, domain 2
status 1
pav autostart: folder /nowhere: No such file or directory
pav autostart: hint: give the path of a folder with configurations
status 1
first: there already, domain 1
second: there already, domain 2
status 0
guests: first second
pav shutdown: --destroy needs --wait
Try 'pav shutdown --help'.
status 2
pav shutdown: guest second does not end in time: destroyed
status 0
guests:
restarts:
status 0
END
diff "$tmp/wanted" "$tmp/found"
