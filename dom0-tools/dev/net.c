// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "dev/bridge.h"
#include "dev/net.h"

enum { CONNECT_MS = 60000 };

const char *net_bridge(const struct vif_conf *c)
{
	return c->bridge[0] ? c->bridge : NET_DEFAULT_BRIDGE;
}

int net_check(const struct vif_conf *c, struct diag *d)
{
	int rc;

	if (c->script && strcmp(c->script, "vif-bridge") &&
	    strcmp(c->script, "/etc/xen/scripts/vif-bridge")) {
		diag_set(d, -EOPNOTSUPP, "vif: script '%s' is known but not served yet", c->script);
		return diag_hint(d, -EOPNOTSUPP, "cards are put on a bridge: bridge=NAME");
	}
	rc = bridge_check(net_bridge(c), d);
	if (rc)
		return diag_at(d, rc, "vif");
	return device_check_driver("vif", d);
}

void net_draw_mac(uint8_t mac[6])
{
	static const uint8_t prefix[3] = {0x00, 0x16, 0x3e};

	memcpy(mac, prefix, 3);
	if (getrandom(mac + 3, 3, 0) != 3)
		memset(mac + 3, 0, 3);
	mac[3] &= 0x7f;
}

void net_write(struct host *h, uint32_t tx, const struct device *dev, const struct vif_conf *c)
{
	const uint8_t *m = c->mac;
	char mac[18];

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	device_write_common(h, tx, dev);
	device_put_back(h, tx, dev, "script", "/etc/xen/scripts/vif-bridge");
	device_put_back(h, tx, dev, "mac", "%s", mac);
	device_put_back(h, tx, dev, "bridge", "%s", net_bridge(c));
	device_put_back(h, tx, dev, "handle", "%u", dev->devid);
	device_put_back(h, tx, dev, "type", "vif");
	if (c->ip)
		device_put_back(h, tx, dev, "ip", "%s", c->ip);
	if (c->rate_bytes)
		device_put_back(h, tx, dev, "rate", "%llu,%u", (unsigned long long)c->rate_bytes,
				c->rate_usecs);
	if (c->mtu)
		device_put_back(h, tx, dev, "mtu", "%u", c->mtu);
	if (c->vifname[0])
		device_put_back(h, tx, dev, "vifname", "%s", c->vifname);
	device_put_back(h, tx, dev, "hotplug-status", "%s", "");
	device_put_front(h, tx, dev, "handle", "%u", dev->devid);
	device_put_front(h, tx, dev, "mac", "%s", mac);
	if (c->mtu)
		device_put_front(h, tx, dev, "mtu", "%u", c->mtu);
	device_put_front(h, tx, dev, "trusted", "%d", c->trusted);
}

int net_finish(struct host *h, const struct device *dev, const struct vif_conf *c, struct diag *d)
{
	uint64_t end = host_now() + CONNECT_MS * 1000000ull;
	char ifname[IFNAMSIZ], why[256] = "";
	int mtu = c->mtu ? (int)c->mtu : bridge_mtu(net_bridge(c));
	int rc;

	snprintf(ifname, sizeof(ifname), "vif%u.%u", dev->domid, dev->devid);
	while (!if_nametoindex(ifname)) {
		device_error(h, dev, why, sizeof(why));
		if (why[0] || host_now() > end) {
			rc = why[0] ? -EIO : -ETIMEDOUT;
			diag_set(d, rc, "card %u: the network back-end made no interface %s: %s",
				 dev->devid, ifname, why[0] ? why : "no answer within a minute");
			return diag_hint(d, rc, "see the control domain's kernel log (dmesg)");
		}
		host_sleep(1);
	}
	rc = bridge_join(ifname, net_bridge(c), c->vifname, mtu, d);
	if (rc)
		return diag_at(d, rc, "card %u", dev->devid);
	rc = store_writef(h->store, 0, dev->back, "hotplug-status", "connected");
	return rc ? diag_set(d, rc, "card %u: store: %s", dev->devid, strerror(-rc)) : 0;
}
