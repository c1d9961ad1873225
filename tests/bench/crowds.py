# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of machines in which several guests run at once."""

import os

import kinds
import rows
from cpio import pack
from machine import boot_rows

MANY = 100
MANY_MACHINES = 5       # of QEMU


def files(setting, tmp):
    """An overlay with the guests' program, and what makes them."""
    return pack(os.path.join(tmp, "crowd.cpio"), {
        "bench/pair": setting.path("bench/pair"),
        **kinds.scripts("console.sh", "row.sh", "pair/pair.sh", "many/many.sh")})


class Pair(kinds.On):
    """Two guests without an operating system, one of which measures."""
    program = "pair"
    weight = 1
    profiled = True

    def run(self, setting, tmp, on_row):
        command = ["/bench/pair.sh", kinds.TOOL[self.hypervisor], *setting.named(self.program)]
        args = [*kinds.guest_machine(setting, self.hypervisor, self.options),
                "--overlay", files(setting, tmp), "--exec", " ".join(command)]
        return boot_rows(setting, tmp, args, "command", on_row)


class Many(kinds.By):
    """Guests made one after another and kept: those of tests/bench/pair by `pav` or `xl`, machines
    of QEMU by `npt`."""
    program = "many"
    weight = 3

    @property
    def only(self):
        return None if self.hypervisor else rows.MANY[-1:]

    def needs(self):
        return [*super().needs(), "bench/pair"]

    def run(self, setting, tmp, on_row):
        guests = MANY if self.hypervisor else MANY_MACHINES
        args = kinds.guest_machine(setting, self.hypervisor, self.options)
        if not self.hypervisor:
            args += ["--overlay", kinds.guest_files(setting, tmp, "")]
        args += ["--overlay", files(setting, tmp), "--exec", f"/bench/many.sh {self.how} {guests}"]
        return boot_rows(setting, tmp, args, "command", on_row, self.cpu)
