#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Refuse includes that tests/lint/layers.txt does not allow. Names file and line of each."""
import os
import re
import subprocess
import sys

PROJECT = ("hv/", "arch/", "asm/", "abi/", "pv/", "host/", "guest-abi/", "pv-drivers/",
           "dom0-tools/", "hypervisor/", "tests/")
# Of every C, and the offsets for assembly that the build generates.
FREESTANDING = ("stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "asm_defs.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_layers(path):
    layers = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                folder, allowed = line.split(":")
                layers[folder.strip()] = allowed.split()
    return layers


def rule_for(layers, path):
    best = [f for f in layers if path.startswith(f + "/")]
    return layers[max(best, key=len)] if best else None


def allowed(rule, path, quote, name):
    if "any" in rule:
        return True
    if quote == '"' and (os.path.exists(os.path.join(os.path.dirname(path), name))
                         or "/" not in name):
        return True
    if not name.startswith(PROJECT):
        return "system" in rule or name in FREESTANDING
    return any(name.startswith(p) for p in rule)


def main():
    layers = read_layers("tests/lint/layers.txt")
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.c", "*.h", "*.S"],
                           capture_output=True, text=True, check=True).stdout.split()
    bad = 0
    for path in files:
        rule = rule_for(layers, path)
        if rule is None or not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                m = INCLUDE.match(line)
                if m and not allowed(rule, path, m.group(1), m.group(2)):
                    print(f"{path}:{number}: may not include {m.group(2)} "
                          f"(tests/lint/layers.txt)")
                    bad += 1
    return 1 if bad else 0


sys.exit(main())
