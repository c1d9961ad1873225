# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of machines that columns are made of; needs() is what make builds for them."""

import os
import re
from dataclasses import dataclass

import guest
import rows
from cpio import pack
from machine import GUEST_MEMORY, HERE, KERNEL, boot, boot_rows
from part import Part
from under import PAVISE, XEN

DOM0_MEMORY = "dom0_mem=512M,max:512M"
VMLINUZ = f"kernels/{KERNEL}/vmlinuz"
BASE = (VMLINUZ, f"root/modules-{KERNEL}.cpio", "root/base.cpio", "root/tools.cpio")
HYPERVISOR = {PAVISE: "pavise", XEN: "peer/xen/overlay.cpio"}
QEMU, CONTAINER = "bench/qemu.cpio", "bench/container.cpio"
LIFE_SAMPLES = 3
TOOL = {PAVISE: "pav", XEN: "xl"}
# What makes guests and containers.
MAKERS = ("console.sh", "guest.sh", "inner.sh", "container.sh", "container.json")
# A difference of two times that came out below zero, as paths prints it.
NEGATIVE = 1 << 48


def scripts(*names):
    """Files of this folder for an overlay."""
    return {f"bench/{os.path.basename(name)}": os.path.join(HERE, name) for name in names}


def hypervisor_arguments(setting, hypervisor, options):
    if hypervisor is None:
        return ["--hv", "none"]
    if hypervisor == XEN:
        return ["--hv", setting.path("peer/xen/xen.gz"), "--hv-args", options]
    return ["--hv-args", options]


def kernel_arguments(setting, program):
    """For the kernel's command line: which rows its init is to measure."""
    wanted = setting.named(program)
    return f"micro.rows={','.join(wanted)}" if wanted else ""


def guest_files(setting, tmp, arguments):
    """An overlay with kernel, ramdisk and configuration of a guest, and what makes it."""
    micro = setting.path("bench/micro")
    ramdisk = guest.ramdisk(os.path.join(tmp, "ramdisk"), micro,
                            setting.path(f"kernels/{KERNEL}/lib/modules/*"))
    config = guest.config(os.path.join(tmp, "config"), GUEST_MEMORY, arguments)
    return pack(os.path.join(tmp, "root.cpio"), {
        "bench/vmlinuz": setting.path(VMLINUZ), "bench/ramdisk": ramdisk,
        "bench/config": config, "bench/micro": micro, **scripts(*MAKERS, "row.sh", "life/life.sh")})


def guest_machine(setting, hypervisor, options=""):
    """A machine with the tools that make guests, or for no hypervisor QEMU."""
    if hypervisor is None:
        return ["--hv", "none", "--overlay", setting.path(QEMU)]
    args = hypervisor_arguments(setting, hypervisor, f"{DOM0_MEMORY} {options}")
    if hypervisor == XEN:
        args += ["--overlay", setting.path(HYPERVISOR[XEN])]
    return args


def once(value):
    """The figure of a row that is measured one time."""
    return {"samples": 1, "median": value, "min": value, "max": value}


@dataclass(frozen=True)
class On(Part):
    """Kinds whose machine has that hypervisor, with options of its own, or None."""
    hypervisor: str
    options: str = ""

    def needs(self):
        hypervisor = [HYPERVISOR[self.hypervisor]] if self.hypervisor else []
        return [*BASE, f"bench/{self.program}", *hypervisor]


@dataclass(frozen=True)
class By(Part):
    """Kinds whose guests are made by `pav`, `xl`, `crun`, or by QEMU on native Linux: `npt` or
    `shadow`, KVM with that paging, or `tcg`."""
    how: str
    options: str = ""

    @property
    def hypervisor(self):
        return {"pav": PAVISE, "crun": PAVISE, "xl": XEN}.get(self.how)

    @property
    def cpu(self):
        """What is added to the CPU's model."""
        return "" if self.hypervisor else ",+svm"

    def needs(self):
        container = [CONTAINER] if self.how == "crun" else []
        return [*BASE, "bench/micro", HYPERVISOR.get(self.hypervisor, QEMU), *container]


class Bare(On):
    """The kernel that is booted first, the program its init: native Linux or the control domain."""
    weight = 1
    profiled = True

    @property
    def without(self):
        return () if self.hypervisor else rows.PV

    def run(self, setting, tmp, on_row):
        overlay = pack(os.path.join(tmp, "root.cpio"), {"micro": setting.path("bench/micro")})
        args = [*hypervisor_arguments(setting, self.hypervisor, self.options),
                "--overlay", overlay, "--exec", "true",
                "--dom0-args", "rdinit=/micro " + kernel_arguments(setting, self.program)]
        return boot_rows(setting, tmp, args, "log", on_row)


class Container(On):
    """Debian's crun in the control domain; the program runs under a shell, not as process 1."""
    weight = 1
    profiled = True
    without = rows.UNCONTAINED

    def needs(self):
        return [*super().needs(), CONTAINER]

    def run(self, setting, tmp, on_row):
        command = " ".join(["/bench/container.sh /micro", *setting.named(self.program)])
        args = [*hypervisor_arguments(setting, self.hypervisor, self.options),
                "--overlay", setting.path(CONTAINER),
                "--overlay", guest_files(setting, tmp, ""), "--exec", command]
        return boot_rows(setting, tmp, args, "command", on_row)


class Guest(On):
    """A PV guest of one vCPU without devices, the program its init."""
    weight = 2
    profiled = True

    def run(self, setting, tmp, on_row):
        files = guest_files(setting, tmp, kernel_arguments(setting, self.program))
        args = [*guest_machine(setting, self.hypervisor, self.options), "--overlay", files,
                "--exec", f"/bench/guest.sh {TOOL[self.hypervisor]}"]
        return boot_rows(setting, tmp, args, "command", on_row)


class Inner(By):
    """A guest of QEMU on native Linux."""
    weight = 3
    without = rows.PV

    def run(self, setting, tmp, on_row):
        # Emulation in emulation is slow.
        few = " micro.samples=3" if self.how == "tcg" else ""
        command = f"/bench/inner.sh {self.how} {GUEST_MEMORY} " \
                  f"'{kernel_arguments(setting, self.program)}{few}'"
        args = [*guest_machine(setting, None), "--overlay", guest_files(setting, tmp, ""),
                "--exec", command]
        return boot_rows(setting, tmp, args, "command", on_row, self.cpu)


class Hypercalls(On):
    """tests/bench/paths, a guest without an operating system, in the control domain's place."""
    program = "paths"

    def needs(self):
        return [HYPERVISOR[self.hypervisor], "bench/paths"]

    def run(self, setting, tmp, on_row):
        names = {title: row for row, title in rows.PATHS.items()}
        wanted = setting.rows.by_program[self.program]
        line_of = re.compile(r"paths: (.*) (\d+)\s*$")
        complaints = []

        def take(line):
            found = line_of.search(line)
            if found and names.get(found.group(1)) in wanted:
                value = int(found.group(2))
                if value < NEGATIVE:
                    on_row(names[found.group(1)], once(value))
                else:
                    complaints.append(f"{found.group(1)}: less than this clock's noise")
            elif "failed" in line and "paths: " in line:
                complaints.append(line[line.index("paths: ") + len("paths: "):].strip())
                return True
            return "paths: done" in line

        boot(setting, tmp, [*hypervisor_arguments(setting, self.hypervisor, self.options),
                            "--dom0-kernel", setting.path("bench/paths"), "--exec", "true"],
             "log", take)
        return complaints


class Life(By):
    """Making and ending guests."""
    program = "life"
    weight = 2

    @property
    def only(self):
        return rows.LIFE if self.how in ("pav", "xl") else rows.LIFE[:1]

    def run(self, setting, tmp, on_row):
        args = guest_machine(setting, self.hypervisor, self.options)
        if self.how == "crun":
            args += ["--overlay", setting.path(CONTAINER)]
        samples = 1 if self.how == "tcg" else LIFE_SAMPLES
        command = " ".join(["/bench/life.sh", self.how, str(samples), *self.wanted(setting)])
        args += ["--overlay", guest_files(setting, tmp, "micro.rows=none"), "--exec", command]
        return boot_rows(setting, tmp, args, "command", on_row, self.cpu)


class Stamp(On):
    """How long it takes from power-on to the first program of what is booted first."""
    program = "stamp"

    def run(self, setting, tmp, on_row):
        def take(line):
            found = re.search(r"stamp: (\d+)\s*$", line)
            if found:
                on_row(rows.STAMP[0], once(int(found.group(1))))
            return found

        overlay = pack(os.path.join(tmp, "root.cpio"), {"stamp": setting.path("bench/stamp")})
        options = f"{DOM0_MEMORY} {self.options}"
        boot(setting, tmp, [*hypervisor_arguments(setting, self.hypervisor, options),
                            "--overlay", overlay, "--dom0-args", "rdinit=/stamp", "--exec", "true"],
             "log", take)
        return []
