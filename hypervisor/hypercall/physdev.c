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

typedef int64_t physdev_fn(struct domain *d, uint64_t gva);

static int64_t physdev_eoi(struct domain *d, uint64_t gva)
{
	struct physdev_eoi op;

	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	return pirq_eoi(d, op.irq);
}

static int64_t physdev_irq_status_query(struct domain *d, uint64_t gva)
{
	struct physdev_irq_status_query op;

	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	op.flags = pirq_needs_eoi(d, op.irq) ? XENIRQSTAT_needs_eoi : 0;
	return copy_to_guest(gva, &op, sizeof(op)) ? -EFAULT : 0;
}

static int64_t physdev_set_iopl(UNUSED struct domain *d, uint64_t gva)
{
	struct physdev_set_iopl op;

	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	if (op.iopl > 3)
		return -EINVAL;
	current_vcpu()->iopl = (uint8_t)op.iopl;
	return 0;
}

static int64_t physdev_set_iobitmap(UNUSED struct domain *d, uint64_t gva)
{
	struct physdev_set_iobitmap op;
	struct vcpu *v = current_vcpu();

	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	if (op.nr_ports > 65536)
		return -EINVAL;
	v->io_bitmap_gva = op.bitmap;
	v->io_bitmap_ports = op.nr_ports;
	return 0;
}

static int64_t physdev_apic_read(struct domain *d, uint64_t gva)
{
	struct physdev_apic op;
	int rc;

	if (!d->privileged)
		return -EPERM;
	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	rc = arch_ioapic_read((paddr_t){op.apic_physbase}, op.reg, &op.value);
	if (rc)
		return rc;
	return copy_to_guest(gva, &op, sizeof(op)) ? -EFAULT : 0;
}

/* Vectors are ours; the number that the guest gets stands for nothing. */
static int64_t physdev_alloc_irq_vector(struct domain *d, uint64_t gva)
{
	struct physdev_irq op;

	if (!d->privileged)
		return -EPERM;
	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	if (!arch_gsi_valid(op.irq))
		return -EINVAL;
	op.vector = op.irq;
	return copy_to_guest(gva, &op, sizeof(op)) ? -EFAULT : 0;
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

static int64_t physdev_map_pirq(struct domain *d, uint64_t gva)
{
	struct physdev_map_pirq op;
	int rc;

	if (!d->privileged)
		return -EPERM;
	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	if (op.domid != DOMID_SELF && op.domid != d->id)
		return -EOPNOTSUPP; /* no pass-through to other domains yet */
	switch (op.type) {
	case MAP_PIRQ_TYPE_GSI:
		if (op.index < 0 || (op.pirq >= 0 && op.pirq != op.index))
			return -EINVAL;
		rc = pirq_map_gsi(d, (unsigned)op.index);
		op.pirq = op.index;
		break;
	case MAP_PIRQ_TYPE_MSI:
	case MAP_PIRQ_TYPE_MSI_SEG:
		rc = map_msi(d, &op);
		break;
	case MAP_PIRQ_TYPE_MULTI_MSI: /* the kernel then asks for one */
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
	if (rc)
		return rc;
	return copy_to_guest(gva, &op, sizeof(op)) ? -EFAULT : 0;
}

static int64_t physdev_unmap_pirq(struct domain *d, uint64_t gva)
{
	struct physdev_unmap_pirq op;

	if (!d->privileged)
		return -EPERM;
	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	if (op.domid != DOMID_SELF && op.domid != d->id)
		return -ESRCH;
	return pirq_unmap(d, (uint32_t)op.pirq);
}

static int64_t physdev_setup_gsi(struct domain *d, uint64_t gva)
{
	struct physdev_setup_gsi op;

	if (!d->privileged)
		return -EPERM;
	if (copy_from_guest(&op, gva, sizeof(op)))
		return -EFAULT;
	if (op.gsi < 0)
		return -EINVAL;
	return pirq_setup_gsi(d, (unsigned)op.gsi, op.triggering, op.polarity);
}

/* Devices are found when their interrupts are set up, so news of them needs no record. */
static int64_t physdev_pci_news(struct domain *d, UNUSED uint64_t gva)
{
	return d->privileged ? 0 : -EPERM;
}

#define ROW(name, fn) [PHYSDEVOP_##name] = (fn)
static physdev_fn *const physdev_ops[] = {
	ROW(irq_status_query, physdev_irq_status_query),
	ROW(set_iopl, physdev_set_iopl),
	ROW(set_iobitmap, physdev_set_iobitmap),
	ROW(apic_read, physdev_apic_read),
	ROW(alloc_irq_vector, physdev_alloc_irq_vector),
	ROW(eoi, physdev_eoi),
	ROW(map_pirq, physdev_map_pirq),
	ROW(unmap_pirq, physdev_unmap_pirq),
	ROW(setup_gsi, physdev_setup_gsi),
	ROW(pci_mmcfg_reserved, physdev_pci_news),
	ROW(pci_device_add, physdev_pci_news),
	ROW(pci_device_remove, physdev_pci_news),
};
#undef ROW

HYPERCALL_HANDLER(physdev_op)
{
	if (a1 >= ARRAY_SIZE(physdev_ops) || !physdev_ops[a1])
		return -ENOSYS;
	return physdev_ops[a1](current_domain(), a2);
}
