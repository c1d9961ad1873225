# SPDX-License-Identifier: GPL-2.0-or-later
"""`pav bench`: measure operations of the kernel on the machine at hand, by the clock."""

import argparse
import os
import sys

import command
import facts
import here
import places
import run
import under
from progress import Progress
from result import Results
from rows import Rows

NAME = "pav bench"
MICRO = os.path.join(places.HERE, "micro")
SAMPLES_MAX = 999
ABOUT = """Measure operations of the kernel on this machine, each many times, by the clock.

Columns are where the rows are measured: natively, in the control domain, in a PV guest that is
made for it, in a container, in a guest of KVM. Compare boots of one machine by keeping each:

  pav bench --json=native.json          on Linux without hypervisor
  pav bench --from native.json          on Pavise: native beside dom0 and guest

Status: 0 all was measured; 1 a row or column is missing, the table says why; 2 wrong use;
3 something became slower since the result that was compared; 130 interrupted."""


class Help(argparse.RawDescriptionHelpFormatter):
    """As the other verbs of pav print theirs."""

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "Usage: ")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        command.fail(NAME, command.WRONG_USE, f"{message}\nTry '{NAME} --help'.")


def parser():
    p = Parser(prog=NAME, usage=f"{NAME} [options]", formatter_class=Help, add_help=False,
               description=ABOUT, allow_abbrev=False)
    add = p.add_argument_group("Options").add_argument
    add("--rows", type=command.names, metavar="A,B", help="measure these rows alone")
    add("--columns", type=command.names, metavar="X,Y",
        help="measure these columns alone; none: nothing")
    add("--list", action="store_true", help="print rows and columns, and end")
    add("--samples", type=int, default=25, metavar="N", help="samples of each row (25)")
    add("--cpu", type=int, metavar="N", help="CPU that all is held on (the last one)")
    add("--kernel", metavar="FILE", help="guests' kernel (that which runs, in /boot)")
    add("--memory", type=int, default=256, metavar="MIB", help="guests' memory (256)")
    add("--set", action="append", default=[], metavar="KEY=VALUE",
        help="one more setting for the PV guest, as of pav create")
    add("--timeout", type=float, default=600, metavar="SECONDS",
        help="time until a column is given up (600)")
    add("--json", metavar="FILE", help="keep the result there")
    add("--html", metavar="FILE", help="write a report there, one page that opens offline")
    add("--from", dest="old_runs", nargs="+", default=[], metavar="FILE",
        help="show columns of these results, too")
    add("--compare", metavar="FILE", help="say what changed since this result")
    add("--threshold", type=float, default=10, metavar="PERCENT",
        help="changes up to that are none (10)")
    add("-h", "--help", action="help", help="print this text")
    return p


def options(argv):
    p = parser()
    opts = p.parse_args(argv)
    cpus = os.sched_getaffinity(0)
    if opts.cpu is None:
        opts.cpu = max(cpus)
    if opts.cpu not in cpus:
        p.error(f"--cpu: there is no CPU {opts.cpu} for this process")
    if not 1 <= opts.samples <= SAMPLES_MAX:
        p.error(f"--samples: {opts.samples} is not from 1 to {SAMPLES_MAX}")
    if opts.memory < 1 or opts.timeout <= 0 or opts.threshold < 0:
        p.error("--memory, --timeout and --threshold are positive")
    if any("=" not in setting for setting in opts.set):
        p.error("--set: KEY=VALUE is expected")
    return opts


def listing(rows):
    for column in here.COLUMNS:
        lacks = column.lacks()
        print(f"column {column.name:17} {column.title}" + (f" (not now: {lacks})" if lacks else ""))
    for row in rows.all():
        print(f"row {row}")


def choose(opts, rows):
    """The columns to be measured; `rows` keeps the rows asked for."""
    if opts.rows is not None:
        unknown = rows.choose(opts.rows)
        if unknown or not rows.all():
            command.fail(NAME, command.WRONG_USE, f"there is no row {', '.join(unknown)}",
                         f"{NAME} --list has them")
    if opts.columns is None:
        return [column for column in here.COLUMNS if not column.lacks()]
    if opts.columns == ["none"]:
        return []
    known = {column.name: column for column in here.COLUMNS}
    for name in opts.columns:
        if name not in known:
            command.fail(NAME, command.WRONG_USE, f"there is no column {name}",
                         f"{NAME} --list has them")
        if known[name].lacks():
            command.fail(NAME, command.MISSING, f"column {name}: {known[name].lacks()}")
    return [column for column in here.COLUMNS if column.name in opts.columns]


def begin(opts, argv):
    """An empty result, with what it is measured on."""
    kind = under.hypervisor()
    versions = {"pavise": facts.output(under.PAV, "--version").rpartition(" ")[2],
                "xen": under.version() if kind == under.XEN else "",
                "linux": os.uname().release}
    host = under.host()
    results = Results.begin(NAME.split() + argv, "nanoseconds", versions, {
        "cpu": host["cpu"], "guest_memory_mib": opts.memory, "guest_kernel": opts.kernel})
    results.document["host"] = host
    return results


def measure(opts, chosen, rows, results):
    """Add the columns chosen."""
    setting = places.Setting(rows, opts.samples, opts.cpu, opts.kernel, opts.memory, opts.timeout,
                             tuple(opts.set), MICRO)
    run.run(setting, chosen, 1, results, Progress(NAME), lambda *_: None)


def main(argv):
    opts = options(argv)
    rows = Rows(MICRO)
    rows.only("micro")
    if opts.list:
        listing(rows)
        return 0
    chosen = choose(opts, rows)
    opts.kernel = opts.kernel or under.kernel()
    # It may be the very file that the new result replaces.
    old = command.read(NAME, opts.compare) if opts.compare else None
    for path in filter(None, (opts.json, opts.html)):
        folder = os.path.dirname(os.path.abspath(path))
        if not os.access(folder, os.W_OK):
            command.fail(NAME, command.WRONG_USE, f"{path}: folder {folder} cannot be written to")
    # What has not been measured here says nothing of this machine.
    results = command.join(NAME, begin(opts, argv) if chosen else None, opts.old_runs, opts.rows)
    twice = results and [column.name for column in chosen if column.name in results.columns]
    if twice:
        command.fail(NAME, command.WRONG_USE,
                     f"column {', '.join(twice)} of this machine is in a file of --from as well",
                     "name others by --columns, or none")
    if not results:
        command.fail(NAME, command.WRONG_USE, "there is no column to measure or to show",
                     f"{NAME} --list says what this machine lacks")
    if chosen:
        measure(opts, chosen, rows, results)
    if opts.json:
        try:
            results.write(opts.json)
        except OSError as why:
            command.fail(NAME, command.MISSING, f"result {opts.json}: {why.strerror}")
    return command.show(NAME, results, old, opts.threshold, opts.html)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
