# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparison of two results: what changed by more than a threshold."""

from result import geometric
from table import grid, number


def changes(new, old, threshold):
    """(column, row, old, new, per cent) of each median that changed by more than that."""
    for column in new.columns:
        for row in new.rows():
            a, b = old.median(column, row), new.median(column, row)
            if a and b is not None and abs(b / a - 1) * 100 > threshold:
                yield column, row, a, b, (b / a - 1) * 100


def unlike(new, old):
    """What differs in the set-up, which makes figures differ that nobody changed."""
    for key in ("unit", "machine"):
        if new.document[key] != old.document[key]:
            yield f"{key}: {old.document[key]} before, {new.document[key]} now"
    for key in ("linux", "qemu", "xen", "compiler"):
        a, b = old.document["versions"].get(key), new.document["versions"].get(key)
        if a != b:
            yield f"{key}: {a} before, {b} now"


def means(new, old):
    """One line for each column that both have, and program."""
    for column in new.columns:
        for program in new.means():
            pairs = [(old.median(column, row), new.median(column, row))
                     for row in new.mean_rows(program)]
            mean, count = geometric([b / a for a, b in pairs if a and b])
            if count:
                yield f"{column}: {(mean - 1) * 100:+.2f} % in the mean of {count} rows of " \
                      f"{program}"


def text(new, old, threshold):
    """What to print, and whether something became slower."""
    found = list(changes(new, old, threshold))
    lines = [f"Compared with {old.document['begun']}, {old.document['versions']['pavise']}"]
    lines += [f"note: {note}" for note in unlike(new, old)]
    lines += means(new, old)
    gone = [f"{column}/{row}" for column in old.columns if column in new.columns
            for row in old.columns[column]["rows"] if new.median(column, row) is None
            and row in new.rows()]
    if gone:
        lines.append("no longer measured: " + ", ".join(gone))
    if found:
        lines.append(f"Changed by more than {threshold:g} %:")
        lines += grid(["row", "column", "before", "now", "change"],
                      [[row, column, number(a), number(b), f"{change:+.1f} %"]
                       for column, row, a, b, change in found])
    else:
        lines.append(f"No change over {threshold:g} %")
    return "\n".join(lines).rstrip(), any(change > 0 for *_, change in found)
