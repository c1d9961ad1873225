/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels from user mode, by the kernel's /dev/xen/evtchn: in PV domains alone. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Linux's header uses it and defines it not. */
typedef unsigned short domid_t;
#include <xen/evtchn.h>

#include "micro.h"

#define DEVICE "/dev/xen/evtchn"
#define SELF   0x7ff0 /* DOMID_SELF: ABI, domain identifiers */

/* Debian's kernel has the device in a module, which a guest's ramdisk holds beside this program. */
static int open_device(void)
{
	static const char *const places[] = {"", "/lib/modules/%s/kernel/drivers/xen"};
	int fd = open(DEVICE, O_RDWR);
	struct utsname kernel;

	uname(&kernel);
	for (unsigned i = 0; fd < 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		char folder[200], path[256];
		int module;

		snprintf(folder, sizeof(folder), places[i], kernel.release);
		snprintf(path, sizeof(path), "%s/xen-evtchn.ko", folder);
		module = open(path, O_RDONLY);
		if (module < 0)
			continue;
		syscall(SYS_finit_module, module, "", 0);
		close(module);
		fd = open(DEVICE, O_RDWR);
	}
	if (fd < 0)
		die(DEVICE);
	return fd;
}

/* Send through one end of a channel to oneself, take the event at the other, take the next. */
static uint64_t event_user(unsigned n)
{
	int fd = open_device();
	struct ioctl_evtchn_bind_unbound_port wait = {.remote_domain = SELF};
	int port = ioctl(fd, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &wait);
	struct ioctl_evtchn_bind_interdomain join = {
		.remote_domain = SELF,
		.remote_port = (unsigned)port,
	};
	struct ioctl_evtchn_notify other;
	uint32_t came;
	uint64_t t;
	int far;

	if (port < 0)
		die("bind an event channel");
	far = ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &join);
	if (far < 0)
		die("bind the other end of an event channel");
	other.port = (unsigned)far;
	/* The end that joins begins with an event. */
	if (read(fd, &came, sizeof(came)) != sizeof(came) ||
	    write(fd, &came, sizeof(came)) != sizeof(came))
		die("take the first event");
	t = row_begin();
	while (n--) {
		if (ioctl(fd, IOCTL_EVTCHN_NOTIFY, &other))
			die("send an event");
		if (read(fd, &came, sizeof(came)) != sizeof(came) || came != (uint32_t)port)
			die("take an event");
		if (write(fd, &came, sizeof(came)) != sizeof(came))
			die("unmask an event channel");
	}
	t = row_end(t);
	close(fd);
	return t;
}

const struct row rows_event[] = {
	{"event_user", event_user, 200},
	{NULL, NULL, 0},
};
