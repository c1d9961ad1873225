#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Keep files, functions and lines short, sources free of #if, and each with its licence line."""
import os
import re
import subprocess
import sys

FILE_MAX = 800
FUNCTION_MAX = 80
COLUMN_MAX = 100
SPDX = {"guest-abi/": "MIT", "pv-drivers/": "MIT"}
SPDX_ELSE = "GPL-2.0-or-later"
# Beside these, scripts by their first two bytes. Documents, data and what tools generate carry no
# licence line.
CODE = (".c", ".h", ".S", ".py", ".sh", ".mk", ".lds", "Makefile")


def sources():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True,
                           text=True, check=True).stdout.splitlines()
    for path in filter(os.path.isfile, files):
        with open(path, "rb") as f:
            if path.endswith(CODE) or f.read(2) == b"#!":
                yield path


def functions(lines):
    """(name line, length) of each function: an opening brace alone in column 0 starts one."""
    start = None
    for i, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            start = i
        elif line.startswith("}") and start:
            yield start, i - start + 1
            start = None


def check(path):
    with open(path, encoding="utf-8") as f:
        lines = f.readlines()
    if len(lines) > FILE_MAX:
        yield f"{path}: {len(lines)} lines, over {FILE_MAX}: split it by idea"
    want = next((v for k, v in SPDX.items() if path.startswith(k)), SPDX_ELSE)
    if not any(f"SPDX-License-Identifier: {want}" in line for line in lines[:3]):
        yield f"{path}:1: no line 'SPDX-License-Identifier: {want}'"
    if path.endswith((".c", ".h")):
        for at, length in functions(lines):
            if length > FUNCTION_MAX:
                yield f"{path}:{at}: function of {length} lines, over {FUNCTION_MAX}"
    if path.endswith((".c", ".h", ".S")):
        for i, line in enumerate(lines, 1):
            if len(line.rstrip("\n").expandtabs(8)) > COLUMN_MAX:
                yield f"{path}:{i}: line over {COLUMN_MAX} columns"
    if path.endswith(".c"):
        for i, line in enumerate(lines, 1):
            if re.match(r"\s*#\s*(if|ifdef|ifndef)\b", line):
                yield f"{path}:{i}: #if in a source file: vary by linking instead"


def main():
    bad = [problem for path in sources() for problem in check(path)]
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


sys.exit(main())
