# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure one set of programs, unchanged, natively and in guests of several kinds.

exit status:
  0       all that was asked for is measured
  1       a row or a column is missing; the table says which, and why
  2       wrong use
  3       with --compare: something became slower by more than the threshold
  130     interrupted; what has been measured is kept
"""

import argparse
import os
import sys

import columns
import command
import machine
import prepare
import run
from progress import Progress
from result import Results
from rows import Rows

BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(machine.TOP, "build")))


def options(argv):
    p = argparse.ArgumentParser(prog="bench", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=command.names, metavar="A,B", help="these rows alone")
    p.add_argument("--columns", type=command.names, metavar="X,Y", help="these columns alone")
    p.add_argument("--list", action="store_true", help="print rows and columns, and end")
    p.add_argument("--json", metavar="FILE", default=os.path.join(BUILD, "bench/result.json"),
                   help="where the result goes [build/bench/result.json]")
    p.add_argument("--html", metavar="FILE", help="where the report goes [beside the result; none "
                   "with --from]")
    p.add_argument("--from", metavar="FILE", dest="old_runs", nargs="+",
                   help="measure nothing: print this result, or the columns of several")
    p.add_argument("--compare", metavar="OLD.json", help="say what changed since this result")
    p.add_argument("--threshold", type=float, default=1.0, metavar="PERCENT",
                   help="changes up to that are none [1]")
    p.add_argument("--wall", action="store_true",
                   help="ticks of this machine's time stamp instead of instructions")
    p.add_argument("--events", action="store_true",
                   help="count CR3 loads, MSR writes, entries and so on, too")
    p.add_argument("--jobs", type=int, metavar="N",
                   help="machines at the same time [number of CPUs; 1 with --wall]")
    p.add_argument("--timeout", type=float, default=1800, metavar="S",
                   help="seconds after which a machine is given up [1800]")
    opts = p.parse_args(argv)
    if opts.jobs is None:
        opts.jobs = 1 if opts.wall else os.cpu_count()
    if opts.jobs < 1 or opts.timeout <= 0 or opts.threshold < 0:
        p.error("--jobs, --timeout and --threshold are positive")
    return opts


def listing(rows):
    for column in columns.COLUMNS:
        print(f"column {column.name:12} {column.title}")
    for program, known in rows.by_program.items():
        for row in known:
            print(f"row {row:22} ({program})")


def choose(opts, rows):
    """The columns asked for; `rows` keeps the rows asked for."""
    chosen, unknown = list(columns.COLUMNS), []
    if opts.columns is not None:
        chosen, unknown = columns.choose(opts.columns)
    if opts.rows is not None:
        unknown += rows.choose(opts.rows)
    if unknown or not chosen or not rows.all():
        command.fail("bench", command.WRONG_USE,
                     f"no row or column {', '.join(unknown) or 'chosen'}; --list has them")
    return chosen


def measure(opts, argv):
    why = prepare.make(BUILD, [os.path.join(BUILD, "bench/micro")])
    if why:
        command.fail("bench", command.MISSING, f"could not make bench/micro: {why}")
    rows = Rows(os.path.join(BUILD, "bench/micro"))
    if opts.list:
        listing(rows)
        sys.exit(0)
    chosen = choose(opts, rows)
    setting = machine.Setting(BUILD, opts.timeout, rows, opts.wall, opts.events)
    results = Results.begin(["bench", *argv], setting.unit, machine.versions(BUILD),
                            {"cpu": machine.CPU, "guest_memory_mib": machine.GUEST_MEMORY,
                             "macro_memory_mib": machine.MACRO_MEMORY})
    run.run(setting, chosen, opts.jobs, results, Progress("bench"), prepare.prepare)
    results.write(opts.json)
    print(f"bench: result in {opts.json}", file=sys.stderr)
    return results


def main(argv):
    opts = options(argv)
    # It may be the very file that the new result replaces.
    old = command.read("bench", opts.compare) if opts.compare else None
    results = command.join("bench", None, opts.old_runs) if opts.old_runs else measure(opts, argv)
    html = opts.html or (None if opts.old_runs else os.path.splitext(opts.json)[0] + ".html")
    return command.show("bench", results, old, opts.threshold, html)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
