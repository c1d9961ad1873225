// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "abi/version.h"
#include "cli/check.h"
#include "dev/bridge.h"
#include "dev/device.h"
#include "dev/net.h"
#include "lib/conlog.h"
#include "lib/daemon.h"
#include "lib/sysctl.h"

/* Less than the smallest guest with a kernel of a distribution takes. */
enum { LEAST_MIB = 64, LOG_MIB = 16 };

static void rights(struct check *k)
{
	struct diag d;

	diag_set(&d, -EACCES, "user %u is not root", (unsigned)geteuid());
	diag_hint(&d, -EACCES, "run pav as root: sudo pav ...");
	check_told(k, "rights", geteuid() ? -EACCES : 0, "root", &d);
}

/* First line of a file, or an empty one. */
static void read_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, (int)size, f))
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
}

static void hypervisor(struct check *k)
{
	char extra[XENVER_EXTRAVERSION_LEN + 1] = "", type[32];
	struct sysctl_physinfo p;
	struct diag d = DIAG_INIT;
	int rc = hv_open(&k->h.hv, &d);
	long v;

	read_line("/sys/hypervisor/type", type, sizeof(type));
	if (rc && strcmp(type, "xen")) {
		diag_set(&d, rc, "this kernel runs on no hypervisor of this kind");
		diag_hint(&d, rc, "boot the entry of GRUB's menu that begins with Pavise");
	}
	if (rc) {
		check_missing(k, "hypervisor", &d);
		return;
	}
	rc = sysctl_physinfo(&k->h.hv, &p);
	if (rc) {
		diag_set(&d, rc, "the hypervisor lets this domain ask nothing: %s", strerror(-rc));
		diag_hint(&d, rc, "pav works in the control domain; this is a guest");
		check_missing(k, "hypervisor", &d);
		return;
	}
	k->has_hv = true;
	v = version_get(&k->h.hv, XENVER_version, NULL, 0);
	version_get(&k->h.hv, XENVER_extraversion, extra, XENVER_EXTRAVERSION_LEN);
	check_ok(k, "hypervisor", "%ld.%ld%s%s", v >> 16, v & 0xffff, extra,
		 strstr(extra, "pavise") ? "" : ", which is not Pavise");
}

static void devices(struct check *k)
{
	static const struct {
		const char *path, *module;
	} all[] = {
		{"/dev/xen/privcmd", "xen-privcmd"}, {"/dev/xen/hypercall", "xen-privcmd"},
		{"/dev/xen/evtchn", "xen-evtchn"},   {"/dev/xen/gntdev", "xen-gntdev"},
		{"/dev/xen/xenbus", "xenfs"},
	};
	struct diag d;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *what = strrchr(all[i].path, '/') + 1;
		int rc = access(all[i].path, R_OK | W_OK) ? -errno : 0;

		diag_set(&d, rc, "%s: %s", all[i].path, strerror(-rc));
		if (rc == -ENOENT)
			diag_hint(&d, rc, "load its driver: modprobe %s", all[i].module);
		else
			diag_hint(&d, rc, "run pav as root: sudo pav ...");
		check_told(k, what, rc, all[i].path, &d);
	}
}

static void drivers(struct check *k)
{
	static const char *const kinds[] = {"vbd", "vif"};
	struct diag d = DIAG_INIT;
	int control, n, rc;
	size_t i;

	for (i = 0; i < 2; i++)
		check_told(k, i ? "driver of cards" : "driver of disks",
			   device_check_driver(kinds[i], &d), i ? "xen-netback" : "xen-blkback",
			   &d);
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0) {
		rc = diag_set(&d, -errno, "/dev/loop-control: %s", strerror(errno));
		diag_hint(&d, rc,
			  rc == -EACCES ? "run pav as root: sudo pav ..."
					: "load the kernel's loop driver: modprobe loop");
		check_missing(k, "loop devices", &d);
		return;
	}
	n = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	if (n >= 0) {
		check_ok(k, "loop devices", "/dev/loop%d is free", n);
		return;
	}
	diag_set(&d, n, "no loop device is free for an image: %s", strerror(errno));
	diag_hint(&d, n,
		  "losetup -a shows their users; max_loop= on the kernel's command line "
		  "limits them");
	check_missing(k, "loop devices", &d);
}

/* A daemon that was stopped has its lock and socket, and serves nobody. */
static bool stopped(struct check *k, const char *name, int pid)
{
	char path[48], stat[512], state = 0;
	const char *at;
	struct diag d;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	read_line(path, stat, sizeof(stat));
	at = strrchr(stat, ')');
	state = at && at[1] ? at[2] : 0;
	if (state != 'T' && state != 't')
		return false;
	diag_set(&d, -ESRCH, "process %d of %s is stopped", pid, name);
	diag_hint(&d, -ESRCH, "let it go on: kill -CONT %d", pid);
	check_missing(k, name, &d);
	return true;
}

static void store(struct check *k)
{
	struct diag d = DIAG_INIT;
	char id[16];
	int pid, rc;

	read_line("/run/pavise/stored.pid", id, sizeof(id));
	pid = atoi(id);
	if (pid > 0 && stopped(k, "pav-stored", pid))
		return;
	k->h.store = store_open(&d);
	if (!k->h.store) {
		check_missing(k, "store", &d);
		return;
	}
	rc = store_get(k->h.store, 0, id, sizeof(id), "/local/domain/0/domid");
	if (rc >= 0 || rc == -ENOENT) {
		check_ok(k, "store", "it answers");
		return;
	}
	diag_set(&d, rc, "the store daemon gives no answer: %s", strerror(-rc));
	diag_hint(&d, rc, "see systemctl status pav-stored");
	check_missing(k, "store", &d);
}

static void serving(struct check *k, const char *name)
{
	int pid = daemon_pid(name);
	struct diag d;

	if (pid && stopped(k, name, pid))
		return;
	diag_set(&d, -ESRCH, "%s is not running", name);
	diag_hint(&d, -ESRCH, "start it: systemctl start %s (or run %s)", name, name);
	if (pid)
		check_ok(k, name, "runs as process %d", pid);
	else
		check_missing(k, name, &d);
}

static void bridges(struct check *k)
{
	struct diag d = DIAG_INIT;
	char path[300], found[256] = "";
	size_t n = 0;
	struct dirent *e;
	DIR *dir = opendir("/sys/class/net");

	while (dir && (e = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/bridge", e->d_name);
		if (e->d_name[0] != '.' && !access(path, F_OK) && n < sizeof(found))
			n += (size_t)snprintf(found + n, sizeof(found) - n, "%s%s", n ? " " : "",
					      e->d_name);
	}
	if (dir)
		closedir(dir);
	/* Cards that name no bridge want this one; a machine with another may do without. */
	check_told(k, "bridges", n ? 0 : bridge_check(NET_DEFAULT_BRIDGE, &d), found, &d);
}

static void memory(struct check *k)
{
	struct sysctl_physinfo p = {0};
	unsigned long long free_mib;
	struct diag d;
	int rc = sysctl_physinfo(&k->h.hv, &p);
	char found[96];

	free_mib = (p.free_pages - p.outstanding_pages) >> 8;
	snprintf(found, sizeof(found), "%llu MiB of %llu MiB are free", free_mib,
		 (unsigned long long)p.total_pages >> 8);
	if (!rc && free_mib < LEAST_MIB)
		rc = -ENOMEM;
	diag_set(&d, rc, "%s", found);
	diag_hint(&d, rc,
		  "take memory from the control domain: pav mem-set 0 SIZE, or dom0_mem= "
		  "on the hypervisor's command line");
	check_told(k, "memory", rc, found, &d);
}

static void folders(struct check *k)
{
	static const struct {
		const char *path, *remedy;
	} all[] = {
		{"/run/pavise", "the daemons make it: systemctl start pav-consoled"},
		{CONLOG_DIR, "pav-consoled makes it: systemctl start pav-consoled"},
		{"/etc/pavise", "it comes with the package: mkdir /etc/pavise"},
	};
	struct statvfs v;
	struct diag d;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int rc = access(all[i].path, W_OK | X_OK) ? -errno : 0;

		diag_set(&d, rc, "%s: %s", all[i].path, strerror(-rc));
		diag_hint(&d, rc, "%s",
			  rc == -EACCES ? "run pav as root: sudo pav ..." : all[i].remedy);
		if (!rc && !strcmp(all[i].path, CONLOG_DIR) && !statvfs(all[i].path, &v) &&
		    v.f_bavail * v.f_frsize < (unsigned long)LOG_MIB << 20) {
			rc = diag_set(&d, -ENOSPC, "%s: less than %d MiB are free for guests' logs",
				      all[i].path, LOG_MIB);
			diag_hint(&d, rc, "make room there");
		}
		check_told(k, "folder", rc, all[i].path, &d);
	}
}

void check_host(struct check *k)
{
	rights(k);
	hypervisor(k);
	devices(k);
	drivers(k);
	store(k);
	serving(k, "pav-consoled");
	serving(k, "pav-domd");
	bridges(k);
	if (k->has_hv)
		memory(k);
	folders(k);
}
