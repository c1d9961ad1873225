// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines from pin or message to event channel: who may have and share them, when they are masked,
 * what errors leave behind, and physdev_op, by which the control domain's kernel asks for them.
 */
#include <abi/base.h>
#include <abi/physdev.h>
#include <check.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/msi.h>
#include <stdlib.h>
#include <string.h>
#include "core_sim.h"
#include "host.h"
#include "suite.h"

#define VECTORS   8
#define LEVEL_GSI 17
#define EDGE_GSI  4
#define OTHERS    23 /* a GSI the domain has no right to */

static struct domain *d0, *d1;

/* A device with one MSI capability that can mask. */
static const struct pci_addr dev = {0, 0, 0x20};
#define MSI_CAP  0x40
#define MSI_MASK (MSI_CAP + 12)

static void device_init(void)
{
	memset(&host_pci, 0, sizeof(host_pci));
	host_pci.dev = dev;
	arch_pci_write(dev, 0, 2, 0x1af4);
	arch_pci_write(dev, 0x06, 2, 0x10);
	arch_pci_write(dev, 0x34, 1, MSI_CAP);
	arch_pci_write(dev, MSI_CAP, 4, 0x01000005);
}

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 2);
	d1 = sim_domain(1, 1);
	host_irq_init(VECTORS);
	device_init();
	ck_assert_int_eq(irq_domain_create(d0), 0);
	ck_assert_int_eq(rangeset_add(&d0->irq_caps, 0, OTHERS - 1), 0);
}

static void stop(void)
{
	sim_stop();
	ck_assert_uint_eq(host_vectors_left, VECTORS);
	for (unsigned i = 0; i < HOST_GSIS; i++)
		ck_assert(host_pin[i].masked);
}

static bool came_to(struct domain *d, evtchn_port_t port)
{
	bool yes = sim_pending(d, port);

	sim_ack(d->vcpu[0]);
	return yes;
}

static bool came(evtchn_port_t port)
{
	return came_to(d0, port);
}

static evtchn_port_t bound_by(struct domain *d, uint32_t pirq)
{
	evtchn_port_t port;

	ck_assert_int_eq(evtchn_bind_pirq(d, pirq, &port), 0);
	return port;
}

static evtchn_port_t bound(uint32_t pirq)
{
	return bound_by(d0, pirq);
}

static int map_gsi(uint32_t gsi)
{
	return pirq_map_gsi(d0, gsi, d0);
}

/* As the control domain does for a device of another domain. */
static void give(uint32_t gsi)
{
	ck_assert_int_eq(irq_domain_create(d1), 0);
	ck_assert_int_eq(pirq_map_gsi(d1, gsi, d0), 0);
	ck_assert_int_eq(rangeset_add(&d1->irq_caps, gsi, gsi), 0);
}

START_TEST(level_line)
{
	evtchn_port_t port;

	ck_assert_int_eq(map_gsi(LEVEL_GSI), 0);
	ck_assert_int_eq(map_gsi(LEVEL_GSI), 0);
	ck_assert(!host_gsi_raise(LEVEL_GSI));
	ck_assert_uint_eq(pirq_status(d0, LEVEL_GSI), XENIRQSTAT_needs_eoi);
	port = bound(LEVEL_GSI);
	ck_assert(host_pin[LEVEL_GSI].level && host_pin[LEVEL_GSI].active_low);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(came(port));
	/* Still asserted: silent until the guest has handled it. */
	ck_assert(!host_gsi_raise(LEVEL_GSI));
	ck_assert_int_eq(pirq_eoi(d0, LEVEL_GSI), 0);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(came(port));
	ck_assert_int_eq(evtchn_close(d0, port), 0);
	/* EOI of a line that nobody listens to must not open it. */
	ck_assert_int_eq(pirq_eoi(d0, LEVEL_GSI), 0);
	ck_assert(!host_gsi_raise(LEVEL_GSI));
}
END_TEST

START_TEST(edge_line)
{
	evtchn_port_t port;

	ck_assert_int_eq(map_gsi(EDGE_GSI), 0);
	ck_assert_uint_eq(pirq_status(d0, EDGE_GSI), 0);
	port = bound(EDGE_GSI);
	ck_assert(!host_pin[EDGE_GSI].level);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert(host_gsi_raise(EDGE_GSI));
		ck_assert(came(port));
	}
	/* One that was under way when the port was closed reaches nobody. */
	ck_assert_int_eq(evtchn_close(d0, port), 0);
	ck_assert(host_pin[EDGE_GSI].masked);
	host_pin[EDGE_GSI].masked = false;
	ck_assert(!host_gsi_raise(EDGE_GSI));
	ck_assert(!came(port));
	host_pin[EDGE_GSI].masked = true;
	/* An edge would be lost for one of two. */
	port = bound(EDGE_GSI);
	give(EDGE_GSI);
	ck_assert_int_eq(evtchn_bind_pirq(d1, EDGE_GSI, &port), -EBUSY);
}
END_TEST

START_TEST(trigger_of_a_line)
{
	evtchn_port_t port;

	/* ISA lines by firmware: 9 is level, and the timer's is not where its number says. */
	ck_assert_int_eq(map_gsi(9), 0);
	ck_assert_uint_eq(pirq_status(d0, 9), XENIRQSTAT_needs_eoi);
	ck_assert_int_eq(map_gsi(2), 0);
	ck_assert_uint_eq(pirq_status(d0, 2), 0);
	ck_assert_int_eq(pirq_setup_gsi(d0, LEVEL_GSI, false, false), 0);
	port = bound(LEVEL_GSI);
	ck_assert(!host_pin[LEVEL_GSI].level && !host_pin[LEVEL_GSI].active_low);
	/* Changing a bound line leaves it open. */
	ck_assert_int_eq(pirq_setup_gsi(d0, LEVEL_GSI, true, true), 0);
	ck_assert(host_pin[LEVEL_GSI].level && host_pin[LEVEL_GSI].active_low);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(came(port));
}
END_TEST

START_TEST(refused)
{
	struct msi_source msi = {.dev = dev, .cap = MSI_CAP};
	evtchn_port_t port, later;
	uint32_t nr;

	ck_assert_int_eq(map_gsi(OTHERS), -EPERM);
	ck_assert_int_eq(pirq_setup_gsi(d0, OTHERS, true, true), -EPERM);
	ck_assert_int_eq(map_gsi(HOST_GSIS), -EINVAL);
	ck_assert_int_eq(map_gsi(UINT32_MAX), -EINVAL);
	/* Without a table there is nothing to have. */
	ck_assert_int_eq(pirq_map_gsi(d1, 1, d0), -EINVAL);
	ck_assert_int_eq(pirq_map_msi(d1, &msi, &nr), -EPERM);
	ck_assert_int_eq(pirq_unmap(d1, 1), -EINVAL);
	ck_assert_int_eq(pirq_eoi(d1, 1), -EINVAL);
	ck_assert_uint_eq(pirq_status(d1, 1), 0);
	ck_assert_int_eq(pirq_bind(d1, 1, 1), -EINVAL);
	pirq_unbind(d1, 1, 1);

	ck_assert_int_eq(pirq_unmap(d0, 1), -EINVAL);
	ck_assert_int_eq(pirq_eoi(d0, 100000), -EINVAL);
	ck_assert_int_eq(evtchn_bind_pirq(d0, 1, &port), -EINVAL);
	ck_assert_int_eq(map_gsi(1), 0);
	port = bound(1);
	ck_assert_int_eq(pirq_bind(d0, 1, port + 1), -EEXIST);
	ck_assert(host_gsi_raise(1));
	ck_assert(came(port));
	/* Off its port, which stays, and whose closing does nothing to those who come later. */
	ck_assert_int_eq(pirq_unmap(d0, 1), 0);
	ck_assert(host_pin[1].masked);
	ck_assert_int_eq(map_gsi(1), 0);
	later = bound(1);
	ck_assert_int_eq(evtchn_close(d0, port), 0);
	ck_assert(host_gsi_raise(1));
	ck_assert(came(later));
	ck_assert_int_eq(pirq_unmap(d0, 1), 0);
	ck_assert_int_eq(pirq_unmap(d0, 1), -EINVAL);
	ck_assert_uint_eq(host_vectors_left, VECTORS);
}
END_TEST

START_TEST(no_vector_left)
{
	struct msi_source msi = {.dev = dev, .cap = MSI_CAP};
	uint32_t active = d0->evtchn.active, nr = 0;
	evtchn_port_t port;

	host_irq_init(0);
	ck_assert_int_eq(map_gsi(1), 0);
	ck_assert_int_eq(evtchn_bind_pirq(d0, 1, &port), -ENOSPC);
	ck_assert_uint_eq(d0->evtchn.active, active);
	ck_assert(host_pin[1].masked);
	ck_assert_int_eq(pirq_map_msi(d0, &msi, &nr), -ENOSPC);
	ck_assert_int_eq(pirq_unmap(d0, HOST_GSIS), -EINVAL);
	host_irq_init(VECTORS);
	port = bound(1);
	ck_assert(host_gsi_raise(1));
	ck_assert(came(port));
}
END_TEST

/* What the device would write raises the event that it is bound to. */
static bool message_fires(void)
{
	uint8_t vector = (uint8_t)arch_pci_read(dev, MSI_CAP + 8, 2);

	return host_vector_fire((struct irq_vector){0, vector});
}

START_TEST(message)
{
	struct msi_source msi;
	evtchn_port_t port;
	uint32_t nr, other;

	ck_assert_int_eq(msi_source_find(dev, 0, 0, &msi), 0);
	ck_assert_int_eq(pirq_map_msi(d0, &msi, &nr), 0);
	ck_assert_uint_ge(nr, HOST_GSIS);
	ck_assert_uint_eq(arch_pci_read(dev, MSI_MASK, 4), 1);
	ck_assert_uint_eq(pirq_status(d0, nr), 0);
	port = bound(nr);
	ck_assert_uint_eq(arch_pci_read(dev, MSI_MASK, 4), 0);
	ck_assert(message_fires());
	ck_assert(came(port));
	ck_assert(message_fires());
	ck_assert(came(port));
	ck_assert_int_eq(pirq_map_msi(d0, &msi, &other), 0);
	ck_assert_uint_ne(other, nr);
	ck_assert_int_eq(evtchn_close(d0, port), 0);
	ck_assert_uint_eq(arch_pci_read(dev, MSI_MASK, 4), 1);
	ck_assert_int_eq(pirq_unmap(d0, nr), 0);
	ck_assert_int_eq(pirq_unmap(d0, other), 0);
	ck_assert_uint_eq(host_vectors_left, VECTORS);
	ck_assert(!message_fires());
}
END_TEST

/* A line of two domains comes to both, and again when both have handled it. */
START_TEST(shared_line)
{
	evtchn_port_t one, two;

	ck_assert_int_eq(map_gsi(LEVEL_GSI), 0);
	one = bound(LEVEL_GSI);
	give(LEVEL_GSI);
	ck_assert_uint_eq(pirq_status(d0, LEVEL_GSI), XENIRQSTAT_needs_eoi);
	two = bound_by(d1, LEVEL_GSI);
	ck_assert_uint_eq(pirq_status(d0, LEVEL_GSI), XENIRQSTAT_needs_eoi | XENIRQSTAT_shared);
	ck_assert_uint_eq(host_vectors_left, VECTORS - 1);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert(host_gsi_raise(LEVEL_GSI));
		ck_assert(came(one) && came_to(d1, two));
		ck_assert_int_eq(pirq_eoi(i & 1 ? d1 : d0, LEVEL_GSI), 0);
		ck_assert_int_eq(pirq_eoi(i & 1 ? d1 : d0, LEVEL_GSI), 0);
		ck_assert(!host_gsi_raise(LEVEL_GSI));
		ck_assert_int_eq(pirq_eoi(i & 1 ? d0 : d1, LEVEL_GSI), 0);
	}
	/* Who comes while the line waits for another does not open it. */
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert_int_eq(pirq_eoi(d1, LEVEL_GSI), 0);
	ck_assert_int_eq(evtchn_close(d1, two), 0);
	two = bound_by(d1, LEVEL_GSI);
	ck_assert(!host_gsi_raise(LEVEL_GSI));
	/* Who goes is waited for no longer: the first of them, for whom the vector was taken. */
	ck_assert(came(one));
	ck_assert_int_eq(evtchn_close(d0, one), 0);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(!came(one) && came_to(d1, two));
	ck_assert_uint_eq(pirq_status(d1, LEVEL_GSI), XENIRQSTAT_needs_eoi);
}
END_TEST

/* One that has not said EOI dies: the line is open for the other. */
START_TEST(death_opens_shared_line)
{
	evtchn_port_t one, two;

	ck_assert_int_eq(map_gsi(LEVEL_GSI), 0);
	one = bound(LEVEL_GSI);
	give(LEVEL_GSI);
	two = bound_by(d1, LEVEL_GSI);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(came(one) && came_to(d1, two));
	ck_assert_int_eq(pirq_eoi(d0, LEVEL_GSI), 0);
	ck_assert(!host_gsi_raise(LEVEL_GSI));
	sim_kill(d1);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(came(one));
}
END_TEST

START_TEST(death_shuts_lines)
{
	struct msi_source msi;
	uint32_t nr;

	ck_assert_int_eq(msi_source_find(dev, 0, 0, &msi), 0);
	give(LEVEL_GSI);
	bound_by(d1, LEVEL_GSI);
	ck_assert(!host_pin[LEVEL_GSI].masked);
	ck_assert_int_eq(pirq_map_msi(d1, &msi, &nr), 0);
	bound_by(d1, nr);
	ck_assert_uint_eq(arch_pci_read(dev, MSI_MASK, 4), 0);
	/* In flight when it dies. */
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(message_fires());
	sim_kill(d1);
	ck_assert(host_pin[LEVEL_GSI].masked);
	ck_assert_uint_eq(arch_pci_read(dev, MSI_MASK, 4), 1);
	ck_assert_uint_eq(host_vectors_left, VECTORS);
	ck_assert_int_eq(irq_domain_create(d1), -ESRCH);
}
END_TEST

/* ---- physdev_op ---- */

static int64_t op(struct domain *d, unsigned cmd, void *arg)
{
	sim_enter(d->vcpu[0]);
	return hc_physdev_op(cmd, (uint64_t)(uintptr_t)arg, 0, 0, 0);
}

START_TEST(physdev_who_and_what)
{
	static const unsigned control[] = {
		PHYSDEVOP_apic_read,         PHYSDEVOP_alloc_irq_vector,  PHYSDEVOP_map_pirq,
		PHYSDEVOP_unmap_pirq,        PHYSDEVOP_setup_gsi,         PHYSDEVOP_pci_device_add,
		PHYSDEVOP_pci_device_remove, PHYSDEVOP_pci_mmcfg_reserved};
	static const unsigned any[] = {PHYSDEVOP_eoi, PHYSDEVOP_irq_status_query,
				       PHYSDEVOP_set_iopl, PHYSDEVOP_set_iobitmap};
	char arg[64] = {0};

	for (unsigned i = 0; i < ARRAY_SIZE(control); i++) {
		ck_assert_int_eq(op(d1, control[i], arg), -EPERM);
		/* News of devices are taken unread. */
		ck_assert_int_eq(op(d0, control[i], NULL), i < 5 ? -EFAULT : 0);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(any); i++)
		ck_assert_int_eq(op(d1, any[i], NULL), -EFAULT);
	ck_assert_int_eq(op(d0, 1000, arg), -ENOSYS);
	ck_assert_int_eq(op(d0, 0, arg), -ENOSYS);
}
END_TEST

START_TEST(physdev_lines)
{
	struct physdev_map_pirq m = {.domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .pirq = -1};
	struct physdev_unmap_pirq u = {.domid = 0, .pirq = LEVEL_GSI};
	struct physdev_setup_gsi g = {.gsi = LEVEL_GSI, .polarity = 1};
	struct physdev_irq_status_query q = {LEVEL_GSI, 9};
	struct physdev_eoi e = {LEVEL_GSI};
	struct physdev_irq v = {LEVEL_GSI, 0};
	struct physdev_apic a = {0xfec00000, 1, 0};

	m.index = LEVEL_GSI;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), 0);
	ck_assert_int_eq(m.pirq, LEVEL_GSI);
	ck_assert_int_eq(op(d0, PHYSDEVOP_irq_status_query, &q), 0);
	ck_assert_uint_eq(q.flags, XENIRQSTAT_needs_eoi);
	ck_assert_int_eq(op(d0, PHYSDEVOP_eoi, &e), 0);
	ck_assert_int_eq(op(d0, PHYSDEVOP_setup_gsi, &g), 0);
	ck_assert_int_eq(op(d0, PHYSDEVOP_irq_status_query, &q), 0);
	ck_assert_uint_eq(q.flags, 0);
	g.gsi = -1;
	ck_assert_int_eq(op(d0, PHYSDEVOP_setup_gsi, &g), -EINVAL);
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), 0);
	u.domid = 77;
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), -ESRCH);

	m = (struct physdev_map_pirq){.domid = 77, .type = MAP_PIRQ_TYPE_GSI, .pirq = -1};
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -ESRCH);
	m = (struct physdev_map_pirq){.domid = 0, .type = MAP_PIRQ_TYPE_GSI, .index = 3, .pirq = 4};
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -EINVAL);
	m.index = -1;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -EINVAL);
	m.type = MAP_PIRQ_TYPE_MULTI_MSI;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -EOPNOTSUPP);
	m.type = MAP_PIRQ_TYPE_UNKNOWN;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -EINVAL);

	ck_assert_int_eq(op(d0, PHYSDEVOP_alloc_irq_vector, &v), 0);
	v.irq = HOST_GSIS;
	ck_assert_int_eq(op(d0, PHYSDEVOP_alloc_irq_vector, &v), -EINVAL);
	ck_assert_int_eq(op(d0, PHYSDEVOP_apic_read, &a), 0);
	ck_assert_uint_eq(a.value >> 16, HOST_GSIS - 1);
	a.apic_physbase = 0;
	ck_assert_int_eq(op(d0, PHYSDEVOP_apic_read, &a), -EINVAL);
}
END_TEST

START_TEST(physdev_messages)
{
	struct physdev_map_pirq m = {.domid = DOMID_SELF, .pirq = -1, .devfn = dev.devfn};
	struct physdev_unmap_pirq u = {.domid = DOMID_SELF};

	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), 0);
	ck_assert_int_ge(m.pirq, HOST_GSIS);
	u.pirq = m.pirq;
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), 0);
	m.type = MAP_PIRQ_TYPE_MSI_SEG;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), 0);
	/* The segment is in the upper half of the bus, in this type alone. */
	m.bus = 1 << 16;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -ENODEV);
	m.type = MAP_PIRQ_TYPE_MSI;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), 0);
	m.entry_nr = -1;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), -EINVAL);
}
END_TEST

/* The control domain's kernel and tools, for a domain that a device was given to. */
START_TEST(physdev_for_others)
{
	struct physdev_map_pirq m = {.domid = 1, .pirq = -1, .devfn = dev.devfn};
	struct physdev_map_pirq g = {.domid = 1, .type = MAP_PIRQ_TYPE_GSI, .pirq = -1};
	struct physdev_unmap_pirq u = {.domid = 1};
	evtchn_port_t port, line;

	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &m), 0);
	port = bound_by(d1, (uint32_t)m.pirq);
	ck_assert(message_fires());
	ck_assert(came_to(d1, port));
	g.index = OTHERS;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &g), -EPERM);
	g.index = LEVEL_GSI;
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &g), 0);
	ck_assert_int_eq(g.pirq, LEVEL_GSI);
	/* The tools say that it may, by a domctl of its own. */
	ck_assert_int_eq(evtchn_bind_pirq(d1, LEVEL_GSI, &line), -EPERM);
	ck_assert_int_eq(rangeset_add(&d1->irq_caps, LEVEL_GSI, LEVEL_GSI), 0);
	line = bound_by(d1, LEVEL_GSI);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	ck_assert(came_to(d1, line));
	ck_assert_int_eq(op(d1, PHYSDEVOP_eoi, &(struct physdev_eoi){LEVEL_GSI}), 0);
	ck_assert(host_gsi_raise(LEVEL_GSI));
	/* Taken away while it is in use: silent, and the ports can still be closed. */
	u.pirq = m.pirq;
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), 0);
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), -EINVAL);
	u.pirq = LEVEL_GSI;
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), 0);
	ck_assert(host_pin[LEVEL_GSI].masked);
	ck_assert(!message_fires());
	ck_assert_uint_eq(host_vectors_left, VECTORS);
	ck_assert_int_eq(evtchn_close(d1, port), 0);
	ck_assert_int_eq(evtchn_close(d1, line), 0);
	/* It dies: nothing is given to it any more. */
	domain_ref(d1);
	sim_kill(d1);
	ck_assert_int_eq(op(d0, PHYSDEVOP_map_pirq, &g), -ESRCH);
	ck_assert_int_eq(op(d0, PHYSDEVOP_unmap_pirq, &u), -ESRCH);
	domain_put(d1);
}
END_TEST

START_TEST(physdev_port_rights)
{
	struct physdev_set_iopl i = {3};
	struct physdev_set_iobitmap b = {.bitmap = 0x1000, .nr_ports = 65536};

	ck_assert_int_eq(op(d1, PHYSDEVOP_set_iopl, &i), 0);
	ck_assert_uint_eq(d1->vcpu[0]->iopl, 3);
	i.iopl = 4;
	ck_assert_int_eq(op(d1, PHYSDEVOP_set_iopl, &i), -EINVAL);
	ck_assert_uint_eq(d1->vcpu[0]->iopl, 3);
	ck_assert_int_eq(op(d1, PHYSDEVOP_set_iobitmap, &b), 0);
	ck_assert_uint_eq(d1->vcpu[0]->io_bitmap_ports, 65536);
	b.nr_ports++;
	ck_assert_int_eq(op(d1, PHYSDEVOP_set_iobitmap, &b), -EINVAL);
	ck_assert_uint_eq(d1->vcpu[0]->io_bitmap_ports, 65536);
	ck_assert_uint_eq(d1->vcpu[0]->io_bitmap_gva, 0x1000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("irq");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, stop);
	tcase_add_test(t, level_line);
	tcase_add_test(t, edge_line);
	tcase_add_test(t, trigger_of_a_line);
	tcase_add_test(t, refused);
	tcase_add_test(t, no_vector_left);
	tcase_add_test(t, message);
	tcase_add_test(t, shared_line);
	tcase_add_test(t, death_opens_shared_line);
	tcase_add_test(t, death_shuts_lines);
	tcase_add_test(t, physdev_who_and_what);
	tcase_add_test(t, physdev_lines);
	tcase_add_test(t, physdev_messages);
	tcase_add_test(t, physdev_for_others);
	tcase_add_test(t, physdev_port_rights);
	suite_add_tcase(s, t);
	return suite_run(s);
}
