# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns: where the rows are measured. A further one is one more entry in COLUMNS."""

from dataclasses import dataclass

from crowds import Many, Pair
from kinds import Bare, Container, Guest, Hypercalls, Inner, Life, Stamp
from macro import Macro
from under import PAVISE, XEN

# TCG ignores CR0.TS for XSAVE: without eager-fpu Xen's guests would see each other's registers.
XEN_FAST = "xpti=0 spec-ctrl=no,eager-fpu"
XEN_XPTI = "xpti=true spec-ctrl=eager-fpu"


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    parts: tuple        # machines that are booted for it, each measuring the rows of one program


COLUMNS = (
    Column("native", "Linux on the machine itself", (Bare(None), Stamp(None), Macro("native"))),
    Column("container", "container of crun in the control domain on Pavise",
           (Container(PAVISE), Life("crun"), Macro("crun"))),
    Column("dom0", "control domain on Pavise", (Bare(PAVISE), Macro("dom0"))),
    Column("guest", "PV guest on Pavise",
           (Guest(PAVISE), Hypercalls(PAVISE), Pair(PAVISE), Life("pav"), Many("pav"), Stamp(PAVISE),
            Macro("pav"))),
    Column("guest-xpti", "PV guest on Pavise, page tables isolated",
           (Guest(PAVISE, "xpti=on"), Hypercalls(PAVISE, "xpti=on"), Pair(PAVISE, "xpti=on"),
            Macro("pav", "xpti=on"))),
    Column("xen", "PV guest on Debian's Xen",
           (Guest(XEN), Hypercalls(XEN), Pair(XEN), Life("xl"), Many("xl"), Stamp(XEN), Macro("xl"))),
    Column("xen-fast", "PV guest on Debian's Xen, " + XEN_FAST,
           (Guest(XEN, XEN_FAST), Hypercalls(XEN, XEN_FAST), Pair(XEN, XEN_FAST),
            Macro("xl", XEN_FAST))),
    Column("xen-xpti", "PV guest on Debian's Xen, page tables isolated",
           (Guest(XEN, XEN_XPTI), Hypercalls(XEN, XEN_XPTI), Pair(XEN, XEN_XPTI),
            Macro("xl", XEN_XPTI))),
    Column("kvm-npt", "guest of Linux KVM, nested paging",
           (Inner("npt"), Life("npt"), Many("npt"), Macro("npt"))),
    Column("kvm-shadow", "guest of Linux KVM, shadow paging",
           (Inner("shadow"), Life("shadow"), Macro("shadow"))),
    Column("tcg", "guest of QEMU's emulator on native Linux", (Inner("tcg"), Life("tcg"))),
)


def choose(names):
    """The columns of these names, in their order above, and the names that none has."""
    known = {column.name for column in COLUMNS}
    return ([column for column in COLUMNS if column.name in names],
            [name for name in names if name not in known])
