#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the reference manual: manual.py OUTDIR GUEST-ABI TESTS

OUTDIR gets the HTML pages, OUTDIR/man/man2 and man7 the manual pages. GUEST-ABI holds abi/, manual/ and
examples/; TESTS is where the tests that the source names must exist.
"""

import sys
from pathlib import Path

import manual_html
import manual_man
import parse

REGISTERS = ("rdi", "rsi", "rdx", "r10", "r8")


class Manual:
    """Everything the pages are made of, and the questions that both kinds of them ask."""

    def __init__(self, source):
        self.headers, self.types = parse.load(sorted((source / "abi").glob("*.abi")))
        self.calls = parse.calls(self.headers)
        self.chapters = sorted((source / "manual").glob("*.md"))
        self.examples = {p.stem: p.read_text() for p in (source / "examples").glob("*.c")}
        self.errors = {c.name[4:]: c for h in self.headers for c in h.of(parse.Const)
                       if c.name.startswith("ABI_E")}
        self.errors |= {c.name: c for h in self.headers for c in h.of(parse.Const)
                        if c.name.startswith("GNTST_")}

    def check(self, tests):
        """What the source promises must be there: an example per call, and each named test."""
        for call in self.calls:
            if not call.refused and call.name not in self.examples:
                raise parse.AbiError(f"{call.where}: there is no examples/{call.name}.c")
            for entry in [call, *call.ops]:
                if not entry.refusal and not self.tests(entry):
                    raise parse.AbiError(f"{entry.where}: {entry.name} names no test")
                for test in entry.tests:
                    path, _, case = test.partition(":")
                    if not (tests / path).exists():
                        raise parse.AbiError(f"{entry.where}: there is no tests/{path}")
                    if case and f"({case})" not in (tests / path).read_text():
                        raise parse.AbiError(f"{entry.where}: {path} has no test {case}")

    @staticmethod
    def tests(entry):
        status = ["system/abi_status.sh"]
        if entry.refusal or isinstance(entry, parse.Hypercall) and entry.ops:
            return entry.tests or status
        return entry.tests or (entry.call.tests if isinstance(entry, parse.Op) else [])

    @staticmethod
    def preemption(entry):
        if isinstance(entry, parse.Op):
            return entry.preempt or entry.call.preempt or "no: it runs to its end"
        some = any(o.preempt for o in entry.ops)
        return entry.preempt or ("as the sub-operation says" if some else "no: it runs to its end")

    @staticmethod
    def registers(call):
        return [("rax", str(call.number), "", "number of the hypercall")] + [
            (reg, a.name, a.kind, parse.KINDS[a.kind] if a.kind != "ptr" else
             f"address of {a.target}" + (f", {a.length} of them" if a.length else ""))
            for reg, a in zip(REGISTERS, call.args)]

    @staticmethod
    def status(entry):
        return f"refused, {entry.refusal[0]}" if entry.refusal else "served"

    @staticmethod
    def who(entry):
        return "the control domain alone" if entry.who == "control" else "every domain"

    def argument(self, op):
        """-> (title, Aggregate or None, members) of what a sub-operation takes."""
        if not op.args:
            return "", None, []
        if op.call.fixed:
            return op.call.fixed, None, op.args
        name, _, rest = op.args[0].partition("[")
        base, _, kind = name.partition(":")
        array = f", an array of {rest[:-1]}" if rest[:-1] else ", an array" if rest else ""
        if base in self.types:
            return base + array, self.types[base], []
        return base + array + (f": {parse.KINDS[kind]}" if kind else ""), None, []

    def member(self, op, path):
        """-> (offset, Field) of a member of the structure that all sub-operations share."""
        return parse.path_field(self.types, op.call.fixed, path)

    def rows(self, agg, depth=0, base=0):
        """Fields for a table: (offset, type, name, what it is), inline structures unfolded."""
        for f in agg.fields:
            inline = isinstance(f.type, parse.Aggregate)
            kind = f.type.kind if inline else f.type
            what = f.note
            if f.kind == "ptr" and f.target:
                what = f"address of {f.target}" + (f", {f.length} of them" if f.length else "") + (
                    f"; {f.note}" if f.note else "")
            elif f.kind not in ("value", "ptr", "", "flags", "count"):
                what = parse.KINDS[f.kind] + (f"; {f.note}" if f.note else "")
            name = f.name + (f"[{f.count}]" if f.count else "")
            yield base + f.offset, kind, depth, name, what
            if inline:
                yield from self.rows(f.type, depth + 1, base + f.offset)


def main():
    out, source, tests = (Path(a) for a in sys.argv[1:4])
    manual = Manual(source)
    manual.check(tests)
    manual_html.write(manual, out)
    manual_man.write(manual, out / "man")


if __name__ == "__main__":
    try:
        main()
    except parse.AbiError as err:
        sys.exit(f"manual.py: {err}")
