/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A card behind the control domain's network back-end: the guest answers ARP and echo requests
 * (ping) for the address `ip=` until it has answered `pings=` of them. The runner pings.
 */
#include <string.h>

#include "guest-abi/guest/store.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"
#include "pv-drivers/front/net.h"
#include "tests/guest/lib/test.h"

#define WAIT (60 * TIME_S)

static struct net card;
static uint8_t ip[4], frame[NET_FRAME_MAX];

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint16_t checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (; n > 1; n -= 2, p += 2)
		sum += get16(p);
	if (n)
		sum += (uint32_t)p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void swap_macs(void)
{
	memcpy(frame, frame + 6, 6);
	memcpy(frame + 6, card.mac, 6);
}

static bool answer_arp(size_t len)
{
	if (len < 42 || get16(frame + 20) != 1 || memcmp(frame + 38, ip, 4))
		return false;
	swap_macs();
	frame[21] = 2;
	memcpy(frame + 32, frame + 22, 10);
	memcpy(frame + 22, card.mac, 6);
	memcpy(frame + 28, ip, 4);
	return net_send(&card, frame, 42) == 0;
}

/* An echo request in one fragment, with a right checksum. */
static bool answer_ping(size_t len)
{
	size_t header = (size_t)(frame[14] & 15) * 4, total = get16(frame + 16);
	uint8_t *icmp = frame + 14 + header;
	uint16_t sum;

	if (len < 42 || header < 20 || 14 + total > len || total < header + 8 || frame[23] != 1 ||
	    memcmp(frame + 30, ip, 4) || icmp[0] != 8 || checksum(icmp, total - header))
		return false;
	swap_macs();
	memcpy(frame + 30, frame + 26, 4);
	memcpy(frame + 26, ip, 4);
	icmp[0] = 0;
	icmp[2] = icmp[3] = 0;
	sum = checksum(icmp, total - header);
	icmp[2] = (uint8_t)(sum >> 8);
	icmp[3] = (uint8_t)sum;
	return net_send(&card, frame, 14 + total) == 0;
}

static void parse_ip(const char *s)
{
	for (unsigned int i = 0; i < 4; i++) {
		ip[i] = (uint8_t)text_number(s);
		while (*s && *s != '.')
			s++;
		s += *s == '.';
	}
}

void test_main(void)
{
	uint64_t wanted = boot_option_number("pings", 3), end = time_now() + WAIT;
	unsigned int arps = 0, pings = 0;
	char text[20] = "";
	int64_t rc = store_init(), len;

	boot_option("ip", text, sizeof(text));
	parse_ip(text);
	if (!rc)
		rc = net_open(&card, 0);
	if (rc)
		test_give_up("open the card", rc);
	guest_print("network: ready\n");
	while (pings < wanted && time_now() < end) {
		len = net_receive(&card, frame, sizeof(frame), TIME_S);
		if (len < 0)
			test_give_up("receive", len);
		if (len < 14)
			continue;
		if (get16(frame + 12) == 0x806)
			arps += answer_arp((size_t)len);
		else if (get16(frame + 12) == 0x800)
			pings += answer_ping((size_t)len);
	}
	test_true("answered ARP", arps);
	test_equal("answered pings", (int64_t)wanted, pings);
	/* The last answer has to be on its way before the card goes. */
	time_wait(NULL, NULL, 200 * TIME_MS);
	test_equal("close", 0, net_close(&card));
}
