# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands `bench` and `pav bench` have in common: options, what is shown, exit status."""

import sys

import compare
import report
import table
from process import PROCESSES
from result import Results

MISSING, WRONG_USE, SLOWER, INTERRUPTED = 1, 2, 3, 130


def names(text):
    return [name for name in text.replace(",", " ").split() if name]


def fail(command, status, text, hint=None):
    """End the command: what failed, on what and why, and what to do."""
    print(f"{command}: {text}" + (f"\nhint: {hint}" if hint else ""), file=sys.stderr)
    sys.exit(status)


def read(command, path):
    try:
        return Results.read(path)
    except OSError as why:
        fail(command, WRONG_USE, f"result {path}: {why.strerror}")
    except ValueError as why:
        fail(command, WRONG_USE, f"result {path}: {why}", "it is a file that --json has written")


def join(command, results, paths, rows=None):
    """Put the columns of the results of these files, or of these rows alone, into `results`; None
    stands for the first file's."""
    for path in paths:
        other = read(command, path)
        if rows is not None:
            other.keep(rows)
        if results is None:
            results = other
            continue
        try:
            results.take(other)
        except ValueError as why:
            fail(command, WRONG_USE, f"result {path}: {why}")
    return results


def show(command, results, old, threshold, html):
    """Print the result, and what changed since an old one; write the report. The exit status."""
    if not results.rows():
        fail(command, MISSING, "none of these columns has any of these rows")
    if html:
        try:
            report.write(results, html)
        except OSError as why:
            fail(command, MISSING, f"report {html}: {why.strerror}")
        print(f"{command}: report in {html}", file=sys.stderr)
    print(table.text(results))
    slower = False
    if old:
        said, slower = compare.text(results, old, threshold)
        print("\n" + said)
    if PROCESSES.ended:
        return INTERRUPTED
    if any(results.missing()):
        return MISSING
    return SLOWER if slower else 0
