/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl tbuf_op: the control domain's tools switch the trace, and learn where its buffers are. */
#include "domctl.h"
#include "sysctl.h"

#include <hv/cpumask.h>
#include <hv/errno.h>
#include <hv/trace.h>

int sysctl_tbuf_op(struct xen_sysctl *op)
{
	struct sysctl_tbuf_op *in = &op->u.tbuf_op;
	struct cpumask cpus;
	int rc;

	switch (in->cmd) {
	case XEN_SYSCTL_TBUFOP_get_info:
		trace_describe(in);
		return 0;
	case XEN_SYSCTL_TBUFOP_set_cpu_mask:
		rc = xenctl_bitmap_to_mask(&in->cpu_mask, &cpus);
		if (!rc)
			trace_set_cpus(&cpus);
		return rc;
	case XEN_SYSCTL_TBUFOP_set_evt_mask:
		trace_set_classes(in->evt_mask);
		return 0;
	case XEN_SYSCTL_TBUFOP_set_size:
		return trace_set_size(in->size);
	case XEN_SYSCTL_TBUFOP_enable:
		return trace_enable();
	case XEN_SYSCTL_TBUFOP_disable:
		trace_disable();
		return 0;
	default:
		return -EINVAL;
	}
}
