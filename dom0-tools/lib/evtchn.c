// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "abi/base.h"
#include "abi/evtchn.h"
#include "abi/evtchn_dev.h"
#include "lib/evtchn.h"

int evtchn_open(void)
{
	int fd = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static int result(int rc)
{
	return rc < 0 ? -errno : rc;
}

int evtchn_bind(int fd, uint16_t dom, uint32_t remote_port)
{
	struct evtchn_dev_bind_interdomain arg = {dom, remote_port};

	return result(ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &arg));
}

int evtchn_bind_virq(int fd, uint32_t virq)
{
	return result(ioctl(fd, IOCTL_EVTCHN_BIND_VIRQ, &virq));
}

int evtchn_unbind(int fd, uint32_t port)
{
	return result(ioctl(fd, IOCTL_EVTCHN_UNBIND, &port));
}

int evtchn_notify(int fd, uint32_t port)
{
	return result(ioctl(fd, IOCTL_EVTCHN_NOTIFY, &port));
}

int evtchn_read(int fd, uint32_t *ports, unsigned max)
{
	ssize_t n = read(fd, ports, max * sizeof(*ports));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return (int)((size_t)n / sizeof(*ports));
}

int evtchn_unmask(int fd, uint32_t port)
{
	return write(fd, &port, sizeof(port)) < 0 ? -errno : 0;
}

int evtchn_alloc_unbound(struct hv *hv, uint16_t dom, uint16_t remote)
{
	struct evtchn_alloc_unbound a = {.dom = dom, .remote_dom = remote};
	long rc = hv_op(hv, HC_EVENT_CHANNEL_OP, EVTCHNOP_alloc_unbound, &a, sizeof(a));

	return rc ? (int)rc : (int)a.port;
}
