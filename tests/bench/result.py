# SPDX-License-Identifier: GPL-2.0-or-later
"""Results: figures of a run with what they were measured on, as JSON. README.md has the schema."""

import gzip
import json
import math
import os
import platform
import re
import shlex
import statistics
import subprocess
import time

import machine
from rows import OUT_OF_MEAN

FORMAT = "pavise-bench 1"
KEYS = {"format", "command", "begun", "seconds", "unit", "host", "versions", "machine", "programs",
        "columns"}


def output(*args):
    try:
        return subprocess.run(args, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def first_match(path, pattern):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            found = re.search(pattern, f.read(), re.M)
    except OSError:
        found = None
    return found.group(1) if found else ""


def host():
    return {
        "cpu": first_match("/proc/cpuinfo", r"^model name\s*: (.*)") or platform.processor(),
        "cpus": os.cpu_count(),
        "memory_mib": int(first_match("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0) // 1024,
        "kernel": platform.release(),
        "system": first_match("/etc/os-release", r'^PRETTY_NAME="(.*)"'),
    }


def xen_version(path):
    """As its banner has it: the text that follows the banner's format in the image."""
    try:
        with gzip.open(path) as f:
            found = re.search(rb"\0(\d+\.\d+\.\d[\w.+~-]*)\0", f.read())
    except OSError:
        found = None
    return found.group(1).decode() if found else ""


def versions(build):
    qemu = output(os.environ.get("QEMU", "qemu-system-x86_64"), "--version")
    return {
        "pavise": output("git", "-C", machine.TOP, "describe", "--always", "--dirty"),
        "xen": xen_version(os.path.join(build, "peer/xen/xen.gz")),
        "linux": first_match(os.path.join(build, f"kernels/{machine.KERNEL}/version"), r"(.*)"),
        "qemu": (re.search(r"version (.*)", qemu) or ["", ""])[1],
        "compiler": output("gcc", "-dumpfullversion"),
    }


class Results:
    """The document; `columns` in it is in the order of measuring."""

    def __init__(self, document):
        self.document = document

    @classmethod
    def begin(cls, setting, argv):
        return cls({"format": FORMAT, "command": shlex.join(["bench", *argv]),
                    "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "seconds": 0.0,
                    "unit": setting.unit, "host": host(),
                    "versions": versions(setting.build),
                    "machine": {"cpu": machine.CPU, "guest_memory_mib": machine.GUEST_MEMORY},
                    "programs": {}, "columns": {}})

    @classmethod
    def read(cls, path):
        """ValueError if it is not one of ours."""
        with open(path, encoding="utf-8") as f:
            document = json.load(f)
        if (not isinstance(document, dict) or document.get("format") != FORMAT
                or KEYS - set(document)):
            raise ValueError(f"not a result of format '{FORMAT}'")
        return cls(document)

    def write(self, path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path + ".part", "w", encoding="utf-8") as f:
            json.dump(self.document, f, indent=1)
            f.write("\n")
        os.rename(path + ".part", path)

    def add(self, column, jobs):
        """Take over what the jobs of a column have measured, and why rows are missing."""
        figures, missing = {}, {}
        for job in jobs:
            known = self.document["programs"].setdefault(job.part.program, [])
            known += [row for row in job.wanted if row not in known]
            figures.update(job.figures)
            missing.update({row: job.missing for row in job.wanted if row not in job.figures})
        self.document["columns"][column.name] = {
            "title": column.title, "seconds": round(sum(job.seconds for job in jobs), 1),
            "rows": figures, "missing": missing,
            "uncounted": {job.part.program: job.uncounted for job in jobs if job.uncounted}}

    @property
    def columns(self):
        return self.document["columns"]

    def rows(self):
        """Names of all rows, program by program."""
        return [row for rows in self.document["programs"].values() for row in rows]

    def median(self, column, row):
        figure = self.columns.get(column, {"rows": {}})["rows"].get(row)
        return figure["median"] if figure else None

    def events(self, column, row):
        """Events per operation by kind; empty if they were not counted."""
        return self.columns[column]["rows"].get(row, {}).get("events", {})

    def counted(self):
        """Columns whose events were counted."""
        return [name for name in self.columns if any(self.events(name, r) for r in self.rows())]

    def ratio(self, column, row, base):
        mine, other = self.median(column, row), self.median(base, row)
        return mine / other if mine is not None and other else None

    def mean_rows(self):
        """Operations of the kernel, but those that say nothing in a mean."""
        return [row for row in self.document["programs"].get("micro", []) if row not in OUT_OF_MEAN]

    def mean(self, column, base):
        """Geometric mean of the ratios, and of how many rows."""
        ratios = [self.ratio(column, row, base) for row in self.mean_rows()]
        return geometric([r for r in ratios if r])

    def missing(self):
        """(column, reason, rows) of all that is not there."""
        for name, column in self.columns.items():
            for reason in dict.fromkeys(column["missing"].values()):
                yield name, reason, [r for r, why in column["missing"].items() if why == reason]


def geometric(ratios):
    if not ratios:
        return None, 0
    return math.exp(statistics.fmean(math.log(r) for r in ratios)), len(ratios)
