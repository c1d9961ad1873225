# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns of the machine at hand; named as those of columns.py are."""

from dataclasses import dataclass

import under
from places import Container, Guest, Here, Kvm


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    below: str          # the hypervisor under the kernel, or None
    parts: tuple

    def lacks(self):
        """Why this machine cannot have it, or nothing."""
        below = under.hypervisor()
        if below != self.below:
            now = f"this kernel runs on {below}" if below else "this kernel runs on no hypervisor"
            return f"{now}; boot the machine {f'on {self.below}' if self.below else 'without it'}"
        if below and not under.control_domain():
            return f"this is a guest on {below}; measure in the control domain"
        return self.parts[0].lacks()


COLUMNS = (
    Column("native", "Linux on the machine itself", None, (Here(),)),
    Column("native-container", "container on native Linux", None, (Container(),)),
    Column("kvm-npt", "guest of Linux KVM, nested paging", None, (Kvm("npt"),)),
    Column("kvm-shadow", "guest of Linux KVM, shadow paging", None, (Kvm("shadow"),)),
    Column("dom0", "control domain on Pavise", under.PAVISE, (Here(),)),
    Column("container", "container in the control domain on Pavise", under.PAVISE, (Container(),)),
    Column("guest", "PV guest on Pavise", under.PAVISE, (Guest(False),)),
    Column("guest-xpti", "PV guest on Pavise, page tables isolated", under.PAVISE, (Guest(True),)),
    Column("xen-dom0", "control domain on Xen", under.XEN, (Here(),)),
    Column("xen-container", "container in the control domain on Xen", under.XEN, (Container(),)),
    Column("xen", "PV guest on Xen", under.XEN, (Guest(),)),
)
