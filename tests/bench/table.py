# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables for a terminal: figures, and their ratios to native and to Xen."""

import shutil
import sys

import events
from result import NOISY

BASES = (("native", "native Linux"), ("xen", "a guest on Debian's Xen"))


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def ratio(value):
    return "-" if value is None else f"{value:.3f}" if value < 100 else f"{value:.1f}"


def count(value):
    return "-" if value is None else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def grid(head, lines):
    """Lines of text; columns as wide as what is in them, an empty list is an empty line. On a
    terminal too narrow for all, the columns go below one another."""
    widths = [max(len(line[i]) for line in [head, *lines] if line) for i in range(len(head))]
    limit = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 10000
    first = 1
    while first < len(head):
        last, room = first + 1, limit - widths[0] - widths[first] - 2
        while last < len(head) and room >= widths[last] + 2:
            room -= widths[last] + 2
            last += 1
        for line in [head, *lines]:
            if not line:
                yield ""
                continue
            cells = [line[0].ljust(widths[0])] + [line[i].rjust(widths[i] + 2)
                                                  for i in range(first, last)]
            yield "".join(cells).rstrip()
        yield ""
        first = last


def bases(results):
    """What ratios are to: columns, and in words; the first one where none of the usual ones is."""
    found = [(name, title) for name, title in BASES if name in results.columns]
    if found or len(results.columns) < 2:
        return found
    name, column = next(iter(results.columns.items()))
    return [(name, column["title"])]


def figure(results, name, row):
    """A median; beside noisy ones the others leave room for the mark."""
    mark = "*" if results.noisy(name, row) else ""
    return number(results.median(name, row)) + mark


def figures(results):
    names = list(results.columns)
    yield f"{results.document['unit'].capitalize()} per operation, median"
    lines = []
    for rows in results.document["programs"].values():
        lines += [[row, *(figure(results, name, row) for name in names)] for row in rows]
        lines.append([])
    yield from grid(["", *names], lines[:-1])
    if any(results.noisy(name, row) for name in names for row in results.rows()):
        yield f"*: disturbed, the middle half of the samples is over {NOISY * 100:.0f} % apart\n"
    if any(row not in column["rows"] and row not in column["missing"]
           for column in results.columns.values() for row in results.rows()):
        yield "-: has no such thing, or missing as said below\n"


def ratios(results, base, title):
    names = [name for name in results.columns
             if name != base and any(results.ratio(name, row, base) for row in results.rows())]
    lines = []
    for program, rows in results.document["programs"].items():
        known = [row for row in rows if results.median(base, row)]
        lines += [[row, *(ratio(results.ratio(name, row, base)) for name in names)]
                  for row in known]
        if any(row in results.mean_rows(program) for row in known):
            means = [results.mean(name, base, program) for name in names]
            lines.append(["geometric mean", *(ratio(mean) for mean, _ in means)])
            lines.append(["  of how many rows", *(str(count) for _, count in means)])
        if known:
            lines.append([])
    if names and lines:
        yield f"Ratio to {title}"
        yield from grid(["", *names], lines[:-1])


def counts(results):
    """A table for each kind of event that occurs: its title, its head, its lines."""
    names = results.counted()
    rows = [row for row in results.rows() if any(results.events(name, row) for name in names)]
    for key, title in events.TITLES.items():
        if any(results.events(name, row).get(key) for name in names for row in rows):
            yield f"{title[0].upper()}{title[1:]}", ["", *names], \
                [[row, *(count(results.events(name, row).get(key)) for name in names)]
                 for row in rows]


def missing(results):
    for name, reason, rows in results.missing():
        what = "all rows" if not results.columns[name]["rows"] else ", ".join(rows)
        yield f"missing in {name}: {what}: {reason}"
    uncounted = {}
    for name, column in results.columns.items():
        for program, why in column.get("uncounted", {}).items():
            uncounted.setdefault((program, why), []).append(name)
    for (program, why), names in uncounted.items():
        yield f"no events in {', '.join(names)}, rows of {program}: {why}"


# What a time may be due to, of the host's facts.
BESIDE = {"hypervisor": "hypervisor under the kernel", "load": "load at the beginning",
          "guests": "other guests"}
# What a hypervisor or its options change of the machine that a kernel sees.
MADE_UNLIKE = ("cpus", "memory_mib", "hypervisor", "load", "guests", "clocksource", "pavise", "xen")


def origins(results):
    """Of columns from other results: when they were measured, and on what else."""
    here = results.document
    for name, column in results.columns.items():
        there = column.get("of")
        if there:
            other = [f"{key} {was[key]} there, {now[key]} here"
                     for part in ("host", "versions", "machine")
                     for was, now in [(there[part], here[part])]
                     for key in was if was[key] != now.get(key, was[key])
                     and key not in MADE_UNLIKE]
            yield f"{name}: measured {there['begun']}" + (f"; {'; '.join(other)}" if other else "")


def text(results):
    document = results.document
    versions = ", ".join(f"{k} {v}" for k, v in document["versions"].items() if v)
    host = document["host"]
    parts = [f"{document['begun']}, {document['seconds']:.0f} s, on {host['cpus']} CPUs", versions]
    beside = [f"{title}: {host[key]}" for key, title in BESIDE.items() if key in host]
    if beside:
        parts.append("; ".join([host["cpu"], *beside]))
    parts += ["", *figures(results)]
    for base, title in bases(results):
        parts += ratios(results, base, title)
    for title, head, lines in counts(results):
        parts += [f"{title} per operation", *grid(head, lines)]
    return "\n".join([*parts, *origins(results), *missing(results)]).rstrip()
