// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "dev/bridge.h"

int bridge_check(const char *name, struct diag *d)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/net/%s/bridge", name);
	if (!access(path, F_OK))
		return 0;
	if (if_nametoindex(name))
		return diag_hint(
			d, diag_set(d, -EINVAL, "%s is a network interface, but no bridge", name),
			"name a bridge, bridge=NAME; pav check shows those there are");
	diag_set(d, -ENODEV, "bridge %s does not exist", name);
	return diag_hint(d, -ENODEV, "make it: ip link add %s type bridge && ip link set %s up",
			 name, name);
}

static int request(unsigned long what, struct ifreq *r)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = fd < 0 || ioctl(fd, what, r) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

static struct ifreq for_name(const char *name)
{
	struct ifreq r = {0};

	snprintf(r.ifr_name, IFNAMSIZ, "%s", name);
	return r;
}

int bridge_mtu(const char *name)
{
	struct ifreq r = for_name(name);
	int rc = request(SIOCGIFMTU, &r);

	return rc ? rc : r.ifr_mtu;
}

static int set_up(const char *name)
{
	struct ifreq r = for_name(name);
	int rc = request(SIOCGIFFLAGS, &r);

	r.ifr_flags |= IFF_UP;
	return rc ? rc : request(SIOCSIFFLAGS, &r);
}

/* The bridge must never take this end's address as its own: the highest one is given to all. */
static int set_address(const char *name)
{
	static const unsigned char high[6] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct ifreq r = for_name(name);

	r.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(r.ifr_hwaddr.sa_data, high, sizeof(high));
	return request(SIOCSIFHWADDR, &r);
}

/* The control domain shall have no address of its own on the guest's wire. */
static void no_ipv6(const char *name)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		errno = 0;
	close(fd);
}

static int set_mtu(const char *name, int mtu)
{
	struct ifreq r = for_name(name);

	r.ifr_mtu = mtu;
	return request(SIOCSIFMTU, &r);
}

static int rename_to(const char *name, const char *newname)
{
	struct ifreq r = for_name(name);

	snprintf(r.ifr_newname, IFNAMSIZ, "%s", newname);
	return request(SIOCSIFNAME, &r);
}

static int enslave(const char *name, const char *bridge)
{
	struct ifreq r = for_name(bridge);

	r.ifr_ifindex = (int)if_nametoindex(name);
	return request(SIOCBRADDIF, &r);
}

int bridge_join(const char *ifname, const char *bridge, const char *newname, int mtu,
		struct diag *d)
{
	const char *what = "rename it";
	int rc = newname[0] ? rename_to(ifname, newname) : 0;

	if (!rc && newname[0])
		ifname = newname;
	if (!rc) {
		what = "set its address";
		rc = set_address(ifname);
	}
	no_ipv6(ifname);
	if (!rc && mtu > 0) {
		what = "set its mtu";
		rc = set_mtu(ifname, mtu);
	}
	if (!rc) {
		what = "add it to the bridge";
		rc = enslave(ifname, bridge);
	}
	if (!rc) {
		what = "bring it up";
		rc = set_up(ifname);
	}
	return rc ? diag_set(d, rc, "interface %s: cannot %s (bridge %s): %s", ifname, what, bridge,
			     strerror(-rc))
		  : 0;
}
