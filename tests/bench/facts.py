# SPDX-License-Identifier: GPL-2.0-or-later
"""Facts about the machine that this runs on."""

import os
import platform
import re
import subprocess


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
