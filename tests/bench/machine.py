# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines: one boot that measures rows, and the lines it prints."""

import json
import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass

import rows

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
VM = os.path.join(TOP, "tests/vm")

KERNEL = "6.1"
# With ERMS each byte of a string instruction would count as one; Xen does not bear TCG's SMAP.
CPU = "max,-smap,-erms"
GUEST_MEMORY = 256
OPTION_REFUSED = re.compile(r"command line: (.*option '.*)")


class Missing(Exception):
    """Why there is no figure."""


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

    def reap(self, process, patience):
        """Give it that many seconds to end by itself, for what is written then."""
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
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


def text(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


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
            complete = any(take(line) for line in lines(process, log if source == "log" else out))
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
