#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge what the test guests said: judge.py HYPERVISOR README RESULT

RESULT is what guest_tests.sh printed. README has a table of expected differences, a row being
| hypervisor | test | check | reason |; test and check are shell patterns. A failure without a row is one,
and so is a row that no failure needs any more.
"""
import fnmatch
import re
import sys


def rows(path, hypervisor):
    with open(path, encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if len(cells) == 4 and cells[0] == hypervisor:
                yield cells[1], cells[2].strip("`")


def lives(path):
    """(name, lines) of each life of a guest."""
    name, lines = None, []
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            if line.startswith("=== "):
                if name:
                    yield name, lines
                name, lines = line[4:].strip(), []
            elif name:
                lines.append(line.rstrip("\n"))


def failures(name, lines):
    """Names of failed checks, and how many passed."""
    text = "\n".join(lines)
    if re.search(r"^expect crash ", text, re.M):
        crashed = re.search(r"^state: .*[0-9] ----c", text, re.M)
        return ([] if crashed else ["crashed"]), int(bool(crashed))
    end = re.search(r"^end: (\d+) passed, (\d+) failed$", text, re.M)
    if not end:
        return ["reaches its end"], 0
    return re.findall(r"^FAIL (.*): (?:wanted|does not hold)", text, re.M), int(end.group(1))


def main():
    hypervisor, readme, result = sys.argv[1:]
    expected = list(rows(readme, hypervisor))
    used, bad, guests, checks, known = set(), 0, 0, 0, 0
    for name, lines in lives(result):
        guests += 1
        found, passed = failures(name, lines)
        print("".join(f"{line}\n" for line in lines if line.startswith(f"{name}: ")), end="")
        checks += passed
        told = False
        for check in found:
            match = [r for r in expected
                     if fnmatch.fnmatch(name, r[0]) and fnmatch.fnmatch(check, r[1])]
            used.update(match)
            known += bool(match)
            if not match:
                bad += 1
                print(f"FAIL {name}: {check}")
                told = True
        if told:
            print("\n".join("    " + l for l in lines[-20:]))
    for row in expected:
        if row not in used and any(fnmatch.fnmatch(n, row[0]) for n, _ in lives(result)):
            bad += 1
            print(f"the row for {hypervisor}, {row[0]}, {row[1]} is not needed any more")
    print(f"guest tests on {hypervisor}: {guests} guests, {checks} checks passed, {known} expected "
          f"differences, {bad} failed")
    return 1 if bad or not guests else 0


if __name__ == "__main__":
    sys.exit(main())
