# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines: one boot that measures the rows of one program and gives their lines back."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import rows

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
VM = os.path.join(TOP, "tests/vm")
sys.path.insert(0, VM)
from cpio import Archive  # noqa: E402

PAVISE, XEN = "Pavise", "Xen"
KERNEL = "6.1"
# With ERMS each byte of a string instruction would count as one; Xen does not bear TCG's SMAP.
CPU = "max,-smap,-erms"
GUEST_MEMORY = 256
DOM0_MEMORY = "dom0_mem=512M,max:512M"
BASE = (f"kernels/{KERNEL}/vmlinuz", f"root/modules-{KERNEL}.cpio", "root/base.cpio",
        "root/tools.cpio")
HYPERVISOR = {PAVISE: "pavise", XEN: "peer/xen/overlay.cpio"}
OPTION_REFUSED = re.compile(r"command line: (.*option '.*)")


class Missing(Exception):
    """Why there is no figure."""


@dataclass(frozen=True)
class Setting:
    """What all machines of a run have in common."""
    build: str
    timeout: float
    rows: rows.Rows

    def path(self, name):
        return os.path.join(self.build, name)

    def wanted(self, program):
        """The rows of a program by name; none if all are wanted."""
        return [] if self.rows.complete else self.rows.by_program[program]


class Processes:
    """Machines that run, so that they can be ended together."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ended = False

    def start(self, args, **files):
        with self.lock:
            if self.ended:
                raise Missing("interrupted")
            process = subprocess.Popen(args, stdin=subprocess.DEVNULL, **files)
            self.running.add(process)
            return process

    def reap(self, process):
        process.terminate()
        process.wait()
        with self.lock:
            self.running.discard(process)

    def end(self):
        with self.lock:
            self.ended = True
            for process in self.running:
                process.terminate()


PROCESSES = Processes()


def lines(process, path):
    """Lines of a file that the process makes grow, as they come."""
    rest = b""
    with open(path, "rb") as f:
        while True:
            ended = process.poll() is not None
            data = f.read()
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace")
            if ended and not data:
                return
            if not data:
                time.sleep(0.1)


def boot(setting, tmp, args, source, take):
    """Run tests/vm/vm and give `take` each line of its console or of its command's output. `take`
    returns true when it has all it wants. Missing if that never happens."""
    out, err, log = (os.path.join(tmp, name) for name in ("out", "err", "log"))
    args = [os.path.join(VM, "vm"), "--icount", "--cpu", CPU, "--no-data", "--keep-log", log,
            "--timeout", f"{setting.timeout:g}", *args]
    open(log, "wb").close()
    with open(out, "wb") as out_file, open(err, "wb") as err_file:
        process = PROCESSES.start(args, stdout=out_file, stderr=err_file,
                                  env={**os.environ, "BUILD": setting.build})
        try:
            complete = any(take(line) for line in lines(process, log if source == "log" else out))
        finally:
            PROCESSES.reap(process)
    with open(log, encoding="utf-8", errors="replace") as f:
        refused = OPTION_REFUSED.search(f.read())
    if refused:
        raise Missing("the hypervisor says: " + refused.group(1).strip())
    if PROCESSES.ended:
        raise Missing("interrupted")
    if not complete:
        with open(err, encoding="utf-8", errors="replace") as f:
            said = f.read().strip().splitlines() or ["vm: ended without a word"]
        with open(out, encoding="utf-8", errors="replace") as f:
            said = f.read().strip().splitlines()[-3:] + said[-1:]
        raise Missing(" / ".join(said))


class Lines:
    """Reads what the program micro prints: rows, complaints, its end."""

    def __init__(self, on_row):
        self.on_row = on_row
        self.complaints = []

    def take(self, line):
        at = line.find('{"row"')
        if at >= 0:
            try:
                row = json.loads(line[at:])
            except ValueError:
                self.complaints.append("a line of the console was garbled")
                return False
            self.on_row(row.pop("row"), row)
        elif "micro: end" in line:
            return True
        elif "micro: " in line and "micro: begin" not in line:
            self.complaints.append(line[line.index("micro: ") + len("micro: "):].strip())
        return False


def hypervisor_arguments(setting, hypervisor, options):
    if hypervisor is None:
        return ["--hv", "none"]
    if hypervisor == XEN:
        return ["--hv", setting.path("peer/xen/xen.gz"), "--hv-args", options]
    return ["--hv-args", options]


def kernel_arguments(setting, program):
    """For the kernel's command line: which rows its init is to measure."""
    wanted = setting.wanted(program)
    return f"micro.rows={','.join(wanted)}" if wanted else ""


@dataclass(frozen=True)
class Bare:
    """The kernel that is booted first, the program its init: native Linux or the control domain."""
    hypervisor: str
    options: str = ""
    program = "micro"
    weight = 1

    def needs(self):
        return [*BASE, "bench/micro"] + ([HYPERVISOR[self.hypervisor]] if self.hypervisor else [])

    def run(self, setting, tmp, on_row):
        with open(os.path.join(tmp, "root.cpio"), "wb") as f:
            archive = Archive(f)
            archive.file("micro", setting.path("bench/micro"))
            archive.end()
        reader = Lines(on_row)
        boot(setting, tmp, [*hypervisor_arguments(setting, self.hypervisor, self.options),
                            "--overlay", os.path.join(tmp, "root.cpio"), "--dom0-args",
                            "rdinit=/micro " + kernel_arguments(setting, self.program),
                            "--exec", "true"], "log", reader.take)
        return reader.complaints


@dataclass(frozen=True)
class Guest:
    """A guest of one vCPU without devices, the program its init."""
    hypervisor: str
    options: str = ""
    program = "micro"
    weight = 1

    def needs(self):
        return [*BASE, HYPERVISOR[self.hypervisor], "bench/micro"]

    def overlay(self, setting, tmp):
        """Kernel, ramdisk and configuration of the guest, for the control domain's root."""
        ramdisk, config, path = (os.path.join(tmp, n) for n in ("ramdisk", "config", "root.cpio"))
        with open(ramdisk, "wb") as f:
            archive = Archive(f)
            archive.file("init", setting.path("bench/micro"))
            archive.end()
        with open(config, "w", encoding="utf-8") as f:
            f.write('name = "bench"\nkernel = "/bench/vmlinuz"\nramdisk = "/bench/ramdisk"\n'
                    f'memory = {GUEST_MEMORY}\nvcpus = 1\ntsc_mode = "native"\n'
                    'on_poweroff = "destroy"\n'
                    f'extra = "console=hvc0 {kernel_arguments(setting, self.program)}"\n')
        with open(path, "wb") as f:
            archive = Archive(f)
            archive.entry("bench", 0o040755, nlink=2)
            archive.file("bench/vmlinuz", setting.path(f"kernels/{KERNEL}/vmlinuz"))
            archive.file("bench/ramdisk", ramdisk)
            archive.file("bench/config", config)
            archive.file("bench/guest.sh", os.path.join(HERE, "guest.sh"))
            archive.end()
        return path

    def run(self, setting, tmp, on_row):
        args = hypervisor_arguments(setting, self.hypervisor, f"{DOM0_MEMORY} {self.options}")
        if self.hypervisor == XEN:
            args += ["--overlay", setting.path("peer/xen/overlay.cpio")]
        reader = Lines(on_row)
        tool = "xl" if self.hypervisor == XEN else "pav"
        boot(setting, tmp, [*args, "--overlay", self.overlay(setting, tmp),
                            "--exec", f"/bench/guest.sh {tool}"], "command", reader.take)
        return reader.complaints


@dataclass(frozen=True)
class Hypercalls:
    """tests/bench/paths, a guest without an operating system, in the control domain's place."""
    hypervisor: str
    options: str = ""
    program = "paths"
    weight = 0

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
                on_row(names[found.group(1)],
                       {"samples": 1, "median": value, "min": value, "max": value})
            elif "failed" in line and "paths: " in line:
                complaints.append(line[line.index("paths: ") + len("paths: "):].strip())
                return True
            return "paths: done" in line

        boot(setting, tmp, [*hypervisor_arguments(setting, self.hypervisor, self.options),
                            "--dom0-kernel", setting.path("bench/paths"), "--exec", "true"],
             "log", take)
        return complaints
