/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * physdev_op: interrupt lines, port rights and PCI news of a domain that has hardware. Every
 * PV guest may set its virtual IOPL and I/O bitmap; the rest needs a pirq table.
 */
#include <abi/base.h>
#include <abi/physdev.h>
#include <arch/irq.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/msi.h>
#include <hv/priv.h>

/* The argument of any sub-operation. */
union physdev_op {
	struct physdev_eoi eoi;
	struct physdev_irq_status_query irq_status_query;
	struct physdev_set_iopl set_iopl;
	struct physdev_set_iobitmap set_iobitmap;
	struct physdev_apic apic;
	struct physdev_irq irq;
	struct physdev_map_pirq map_pirq;
	struct physdev_unmap_pirq unmap_pirq;
	struct physdev_setup_gsi setup_gsi;
};

typedef int physdev_fn(struct domain *d, union physdev_op *op);

static int physdev_eoi(struct domain *d, union physdev_op *op)
{
	return pirq_eoi(d, op->eoi.irq);
}

static int physdev_irq_status_query(struct domain *d, union physdev_op *op)
{
	op->irq_status_query.flags = pirq_status(d, op->irq_status_query.irq);
	return 0;
}

static int physdev_set_iopl(UNUSED struct domain *d, union physdev_op *op)
{
	if (op->set_iopl.iopl > 3)
		return -EINVAL;
	current_vcpu()->iopl = (uint8_t)op->set_iopl.iopl;
	return 0;
}

static int physdev_set_iobitmap(UNUSED struct domain *d, union physdev_op *op)
{
	struct vcpu *v = current_vcpu();

	if (op->set_iobitmap.nr_ports > 65536)
		return -EINVAL;
	v->io_bitmap_gva = op->set_iobitmap.bitmap;
	v->io_bitmap_ports = op->set_iobitmap.nr_ports;
	return 0;
}

static int physdev_apic_read(UNUSED struct domain *d, union physdev_op *op)
{
	return arch_ioapic_read((paddr_t){op->apic.apic_physbase}, op->apic.reg, &op->apic.value);
}

/* Vectors are ours; the number that the guest gets stands for nothing. */
static int physdev_alloc_irq_vector(UNUSED struct domain *d, union physdev_op *op)
{
	if (!arch_gsi_valid(op->irq.irq))
		return -EINVAL;
	op->irq.vector = op->irq.irq;
	return 0;
}

/* The bus field of the plain type has a segment only in the SEG form. */
static int map_msi(struct domain *d, struct physdev_map_pirq *op)
{
	bool seg = op->type == MAP_PIRQ_TYPE_MSI_SEG;
	struct pci_addr dev = {
		.segment = seg ? (uint16_t)((uint32_t)op->bus >> 16) : 0,
		.bus = (uint8_t)op->bus,
		.devfn = (uint8_t)op->devfn,
	};
	struct msi_source msi;
	uint32_t pirq;
	int rc;

	if (op->entry_nr < 0)
		return -EINVAL;
	rc = msi_source_find(dev, op->table_base, (uint32_t)op->entry_nr, &msi);
	if (!rc)
		rc = pirq_map_msi(d, &msi, &pirq);
	if (!rc)
		op->pirq = (int32_t)pirq;
	return rc;
}

/*
 * The domain that shall have the interrupt, with a reference. Another one than the caller gets a
 * table when it is first asked for.
 */
static int pirq_target(struct domain *d, domid_t id, struct domain **out)
{
	int rc = priv_target(id, out);

	if (rc || *out == d)
		return rc;
	rc = (*out)->vcpu[0] ? irq_domain_create(*out) : -EINVAL;
	if (rc)
		domain_put(*out);
	return rc;
}

/* A line that the caller may have itself it may let others have. */
static int map_for(struct domain *target, struct physdev_map_pirq *map, const struct domain *by)
{
	switch (map->type) {
	case MAP_PIRQ_TYPE_GSI:
		if (map->index < 0 || (map->pirq >= 0 && map->pirq != map->index))
			return -EINVAL;
		map->pirq = map->index;
		return pirq_map_gsi(target, (unsigned)map->index, by);
	case MAP_PIRQ_TYPE_MSI:
	case MAP_PIRQ_TYPE_MSI_SEG:
		return map_msi(target, map);
	case MAP_PIRQ_TYPE_MULTI_MSI: /* the kernel then asks for one */
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static int physdev_map_pirq(struct domain *d, union physdev_op *op)
{
	struct domain *target;
	int rc = pirq_target(d, op->map_pirq.domid, &target);

	if (rc)
		return rc;
	rc = map_for(target, &op->map_pirq, d);
	domain_put(target);
	return rc;
}

static int physdev_unmap_pirq(struct domain *d, union physdev_op *op)
{
	struct domain *target;
	int rc = pirq_target(d, op->unmap_pirq.domid, &target);

	if (rc)
		return rc;
	rc = pirq_unmap(target, (uint32_t)op->unmap_pirq.pirq);
	domain_put(target);
	return rc;
}

static int physdev_setup_gsi(struct domain *d, union physdev_op *op)
{
	const struct physdev_setup_gsi *in = &op->setup_gsi;

	if (in->gsi < 0)
		return -EINVAL;
	return pirq_setup_gsi(d, (unsigned)in->gsi, in->triggering, in->polarity);
}

/* Devices are found when their interrupts are set up, so news of them is not even read. */
static int physdev_pci_news(UNUSED struct domain *d, UNUSED union physdev_op *op)
{
	return 0;
}

#define CONTROL              1u /* for the control domain alone */
#define ANSWERS              2u /* the argument goes back to the guest */

#define ROW(name, type, how) [PHYSDEVOP_##name] = {physdev_##name, sizeof(struct type), how}
#define NEWS(name)           [PHYSDEVOP_##name] = {physdev_pci_news, 0, CONTROL}
static const struct {
	physdev_fn *fn;
	uint16_t size, how;
} physdev_ops[] = {
	ROW(irq_status_query, physdev_irq_status_query, ANSWERS),
	ROW(set_iopl, physdev_set_iopl, 0),
	ROW(set_iobitmap, physdev_set_iobitmap, 0),
	ROW(apic_read, physdev_apic, CONTROL | ANSWERS),
	ROW(alloc_irq_vector, physdev_irq, CONTROL | ANSWERS),
	ROW(eoi, physdev_eoi, 0),
	ROW(map_pirq, physdev_map_pirq, CONTROL | ANSWERS),
	ROW(unmap_pirq, physdev_unmap_pirq, CONTROL),
	ROW(setup_gsi, physdev_setup_gsi, CONTROL),
	NEWS(pci_mmcfg_reserved),
	NEWS(pci_device_add),
	NEWS(pci_device_remove),
};

HYPERCALL_HANDLER(physdev_op)
{
	struct domain *d = current_domain();
	union physdev_op op;
	uint16_t size, how;
	int rc;

	if (a1 >= ARRAY_SIZE(physdev_ops) || !physdev_ops[a1].fn)
		return -ENOSYS;
	size = physdev_ops[a1].size;
	how = physdev_ops[a1].how;
	if (how & CONTROL && !d->privileged)
		return -EPERM;
	if (size && copy_from_guest(&op, a2, size))
		return -EFAULT;
	rc = physdev_ops[a1].fn(d, &op);
	return !rc && how & ANSWERS ? copy_to_guest(a2, &op, size) : rc;
}
