# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines: one boot that measures rows."""

import dataclasses
import gzip
import os
import re
from dataclasses import dataclass

import events
import facts
import rows
from process import PROCESSES, Lines, Missing, lines, text

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
VM = os.path.join(TOP, "tests/vm")

KERNEL = "6.1"
# With ERMS each byte of a string instruction would count as one; Xen does not bear TCG's SMAP.
CPU = "max,-smap,-erms"
GUEST_MEMORY = 256
MACRO_MEMORY = 1024     # of a guest that measures the rows of macro
OPTION_REFUSED = re.compile(r"command line: (.*option '.*)")


@dataclass(frozen=True)
class Setting:
    """What all machines of a run have in common."""
    build: str
    timeout: float
    rows: rows.Rows
    wall: bool          # time instead of instructions
    events: bool        # count events too

    @property
    def unit(self):
        return "ticks" if self.wall else "instructions"

    def path(self, name):
        return os.path.join(self.build, name)

    def named(self, program):
        """The rows of a program that were asked for by name; none if all are wanted."""
        return [] if self.rows.complete else self.rows.by_program[program]

    def of(self, part):
        """What it is for one machine."""
        return dataclasses.replace(self, events=self.events and part.profiled)

    def count(self, part, figures, tmp):
        """Put events into a machine's figures; why there are none, or None."""
        if not self.events:
            return None
        if not part.profiled:
            return "the profiler cannot tell what is whose there"
        return events.add(figures, profile(tmp))


def xen_version(path):
    """As its banner has it: the text that follows the banner's format in the image."""
    try:
        with gzip.open(path) as f:
            found = re.search(rb"\0(\d+\.\d+\.\d[\w.+~-]*)\0", f.read())
    except OSError:
        found = None
    return found.group(1).decode() if found else ""


def versions(build):
    qemu = facts.output(os.environ.get("QEMU", "qemu-system-x86_64"), "--version")
    return {
        "pavise": facts.output("git", "-C", TOP, "describe", "--always", "--dirty"),
        "xen": xen_version(os.path.join(build, "peer/xen/xen.gz")),
        "linux": facts.first_match(os.path.join(build, f"kernels/{KERNEL}/version"), r"(.*)"),
        "qemu": (re.search(r"version (.*)", qemu) or ["", ""])[1],
        "compiler": facts.output("gcc", "-dumpfullversion"),
    }


def profile(tmp):
    """Where the profiler of a machine writes."""
    return os.path.join(tmp, "profile.json")


def boot(setting, tmp, args, source, take, cpu=""):
    """Run tests/vm/vm and give `take` each line of its console (source "log") or of its command's
    output. `take` returns true when it has all it wants; Missing if that never happens. `cpu` is
    added to the CPU's model."""
    out, err, log = (os.path.join(tmp, name) for name in ("out", "err", "log"))
    count = ["--smp", "1"] if setting.wall else ["--icount"]
    args = [os.path.join(VM, "vm"), *count, "--cpu", CPU + cpu, "--no-data", "--keep-log", log,
            "--timeout", f"{setting.timeout:g}", *args]
    if setting.events:
        args.append(f"--qemu-args=-plugin {setting.path('bench/profile.so')},out={profile(tmp)}")
    open(log, "wb").close()
    with open(out, "wb") as out_file, open(err, "wb") as err_file:
        process = PROCESSES.start(args, stdout=out_file, stderr=err_file,
                                  env={**os.environ, "BUILD": setting.build})
        complete = False
        try:
            complete = any(take(line) for line in lines(
                log if source == "log" else out, lambda: process.poll() is not None))
        finally:
            PROCESSES.reap(process, 30 if complete else 0)
    refused = OPTION_REFUSED.search(text(log))
    if refused:
        raise Missing("the hypervisor says: " + refused.group(1).strip())
    if PROCESSES.ended:
        raise Missing("interrupted")
    if not complete:
        said = text(err).strip().splitlines() or ["vm: ended without a word"]
        raise Missing(" / ".join(text(out).strip().splitlines()[-3:] + said[-1:]))


def boot_rows(setting, tmp, args, source, on_row, cpu=""):
    """The same for a machine that prints its rows as micro does. Complaints."""
    reader = Lines(on_row)
    boot(setting, tmp, args, source, reader.take, cpu)
    return reader.complaints
