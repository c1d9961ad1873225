# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of machines in which several guests run at once."""

import os
from dataclasses import dataclass

import kinds
import rows
from cpio import pack
from machine import boot_rows
from part import Part

MANY = 100
MANY_MACHINES = 5       # of QEMU


def files(setting, tmp):
    """An overlay with the guests' program, and what makes them."""
    return pack(os.path.join(tmp, "crowd.cpio"), {
        "bench/pair": setting.path("bench/pair"),
        **kinds.scripts("console.sh", "pair/pair.sh", "many/many.sh")})


@dataclass(frozen=True)
class Pair(Part):
    """Two guests without an operating system, one of which measures."""
    hypervisor: str
    options: str = ""
    program = "pair"
    weight = 1
    profiled = True

    def needs(self):
        return kinds.first_needs(self)

    def run(self, setting, tmp, on_row):
        command = ["/bench/pair.sh", kinds.TOOL[self.hypervisor], *setting.named(self.program)]
        args = [*kinds.guest_machine(setting, self.hypervisor, self.options),
                "--overlay", files(setting, tmp), "--exec", " ".join(command)]
        return boot_rows(setting, tmp, args, "command", on_row)


@dataclass(frozen=True)
class Many(Part):
    """Guests made one after another and kept: those of tests/bench/pair by `pav` or `xl`, machines
    of QEMU by `npt`."""
    how: str
    program = "many"
    weight = 3

    @property
    def hypervisor(self):
        return {tool: name for name, tool in kinds.TOOL.items()}.get(self.how)

    @property
    def only(self):
        return None if self.hypervisor else rows.MANY[-1:]

    def needs(self):
        own = [kinds.HYPERVISOR[self.hypervisor]] if self.hypervisor else ["bench/qemu.cpio"]
        return [*kinds.BASE, "bench/pair", "bench/micro", *own]

    def run(self, setting, tmp, on_row):
        guests = MANY if self.hypervisor else MANY_MACHINES
        args = kinds.guest_machine(setting, self.hypervisor)
        if not self.hypervisor:
            args += ["--overlay", kinds.guest_files(setting, tmp, "")]
        args += ["--overlay", files(setting, tmp), "--exec", f"/bench/many.sh {self.how} {guests}"]
        return boot_rows(setting, tmp, args, "command", on_row,
                         cpu="" if self.hypervisor else kinds.SVM)
