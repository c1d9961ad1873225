# SPDX-License-Identifier: GPL-2.0-or-later
"""The kind of machine that measures the rows of `macro`: programs of Debian, a disk and TCP."""

import os

import guest
import rows
from cpio import pack
from kinds import (BASE, CONTAINER, HYPERVISOR, MAKERS, QEMU, VMLINUZ, By, hypervisor_arguments,
                   scripts)
from machine import MACRO_MEMORY, boot_rows
from under import PAVISE, XEN

MEMORY = "3G"
DOM0_MEMORY = "dom0_mem=1G,max:1G"
INIT = "rdinit=/bench/macro/init"
USERLAND, SERVER = "bench/macro.cpio", "bench/macro-server.cpio"
# The root of a guest: the control domain's, and the programs.
RAMDISK = (BASE[2], BASE[1], USERLAND)
SAMPLES = 3


def joined(path, parts):
    """Archives one after another, as the kernel takes them."""
    with open(path, "wb") as out:
        for part in parts:
            with open(part, "rb") as f:
                out.write(f.read())
            out.write(bytes(-out.tell() % 512))
    return path


class Macro(By):
    """macro.sh: `native`, in the control domain (`dom0`), in a container or a guest. The disk of a
    guest of `pav` or `xl` is a file of the control domain, which it talks to, too; the others have
    a loop device and talk to themselves."""
    program = "macro"
    weight = 4

    @property
    def without(self):
        """In the emulator KVM's guests that have devices come to a stand."""
        return rows.MACRO_DEVICE if self.how in ("npt", "shadow") else ()

    @property
    def hypervisor(self):
        return PAVISE if self.how == "dom0" else super().hypervisor

    def overlays(self):
        return {"native": [USERLAND], "dom0": [USERLAND], "pav": [SERVER],
                "crun": [USERLAND, CONTAINER],
                "xl": [SERVER, HYPERVISOR[XEN]]}.get(self.how, [QEMU])

    def needs(self):
        own = [HYPERVISOR[self.hypervisor]] if self.hypervisor else []
        return [*BASE, USERLAND, *self.overlays(), *own]

    def arguments(self, wanted, more=""):
        """For the kernel's command line."""
        return f"{INIT} macro.samples={SAMPLES} micro.rows={','.join(wanted)} {more}"

    def host_files(self, setting, tmp, wanted):
        """An overlay with what makes the guest or the container, and what a guest is booted from."""
        files = scripts(*MAKERS, "macro/host.sh")
        if self.how != "crun":
            extra = self.arguments(
                wanted, "macro.address=192.168.100.2/24 macro.server=192.168.100.1")
            config = guest.config(os.path.join(tmp, "config"), MACRO_MEMORY, extra,
                                  disk=["/bench/disk,raw,xvda,rw"], vif=["bridge=xenbr0"])
            ramdisk = joined(os.path.join(tmp, "ramdisk"), [setting.path(p) for p in RAMDISK])
            files |= {"bench/config": config, "bench/vmlinuz": setting.path(VMLINUZ),
                      "bench/ramdisk": ramdisk}
        return pack(os.path.join(tmp, "root.cpio"), files)

    def run(self, setting, tmp, on_row):
        wanted = self.wanted(setting)
        args = ["--mem", MEMORY, *hypervisor_arguments(setting, self.hypervisor,
                                                       f"{DOM0_MEMORY} {self.options}")]
        for overlay in self.overlays():
            args += ["--overlay", setting.path(overlay)]
        if self.how in ("native", "dom0"):
            args += ["--dom0-args", self.arguments(wanted), "--exec", "true"]
            return boot_rows(setting, tmp, args, "log", on_row)
        command = " ".join(["/bench/host.sh", self.how, str(SAMPLES), *wanted])
        if not self.hypervisor:
            command = f"/bench/inner.sh {self.how} {MACRO_MEMORY} '{self.arguments(wanted)}'"
        args += ["--overlay", self.host_files(setting, tmp, wanted), "--exec", command]
        return boot_rows(setting, tmp, args, "command", on_row, self.cpu)
