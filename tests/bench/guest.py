# SPDX-License-Identifier: GPL-2.0-or-later
"""What a PV guest is booted from: its configuration, and the ramdisk of one that measures the rows
of `micro`."""

import glob
import json
import os

from cpio import pack


def config(path, memory, extra, **more):
    """Write the configuration of a guest of one vCPU, by default of what lies in /bench. `extra` is
    for its kernel's command line, `more` further settings, or others than these."""
    settings = {"name": "bench", "kernel": "/bench/vmlinuz", "ramdisk": "/bench/ramdisk",
                "memory": memory, "vcpus": 1, "tsc_mode": "native", "on_poweroff": "destroy",
                "extra": f"console=hvc0 {extra}", **more}
    with open(path, "w", encoding="utf-8") as f:
        for name, value in settings.items():
            f.write(f"{name} = {json.dumps(value, ensure_ascii=False)}\n")
    return path


def event_module(modules):
    """Of the kernel whose modules lie there, that of the device that a row is of; a list of one, or
    of none."""
    return glob.glob(os.path.join(modules, "kernel/drivers/xen/xen-evtchn.ko"))


def ramdisk(path, micro, modules):
    """The program, and that module."""
    return pack(path, {"init": micro, **{os.path.basename(module): module
                                         for module in event_module(modules)}})
