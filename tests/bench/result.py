# SPDX-License-Identifier: GPL-2.0-or-later
"""Results: figures of a run with what they were measured on, as JSON. README.md has the schema."""

import json
import math
import os
import shlex
import statistics
import time

import facts
from rows import MEANS, OUT_OF_MEAN

FORMAT = "pavise-bench 1"
NOISY = 0.1
KEYS = {"format", "command", "begun", "seconds", "unit", "host", "versions", "machine", "programs",
        "columns"}


class Results:
    """The document; `columns` in it is in the order of measuring."""

    def __init__(self, document):
        self.document = document

    @classmethod
    def begin(cls, command, unit, versions, machine):
        """Of a run that begins now: the command's words, and what README.md says of the others."""
        return cls({"format": FORMAT, "command": shlex.join(command),
                    "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "seconds": 0.0,
                    "unit": unit, "host": facts.host(), "versions": versions, "machine": machine,
                    "programs": {}, "columns": {}})

    @classmethod
    def read(cls, path):
        """ValueError if it is not one of ours."""
        with open(path, encoding="utf-8") as f:
            document = json.load(f)
        if (not isinstance(document, dict) or document.get("format") != FORMAT
                or KEYS - set(document)):
            raise ValueError(f"not a result of format '{FORMAT}'")
        return cls(document)

    def write(self, path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path + ".part", "w", encoding="utf-8") as f:
            json.dump(self.document, f, indent=1)
            f.write("\n")
        os.rename(path + ".part", path)

    def know(self, program, rows):
        """These rows of a program have been asked for."""
        known = self.document["programs"].setdefault(program, [])
        known += [row for row in rows if row not in known]

    def add(self, column, jobs):
        """Take over what the jobs of a column have measured, and why rows are missing."""
        figures, missing = {}, {}
        for job in jobs:
            self.know(job.part.program, job.wanted)
            figures.update(job.figures)
            missing.update({row: job.missing for row in job.wanted if row not in job.figures})
        self.document["columns"][column.name] = {
            "title": column.title, "seconds": round(sum(job.seconds for job in jobs), 1),
            "rows": figures, "missing": missing,
            "uncounted": {job.part.program: job.uncounted for job in jobs if job.uncounted}}

    def keep(self, rows):
        """Forget all rows but these."""
        programs = self.document["programs"]
        for program, known in programs.items():
            programs[program] = [row for row in known if row in rows]
        for column in self.columns.values():
            for part in ("rows", "missing"):
                column[part] = {row: of for row, of in column[part].items() if row in rows}

    def take(self, other):
        """Add the columns of another result, with what they were measured on. ValueError if they
        cannot stand beside these."""
        if other.document["unit"] != self.document["unit"]:
            raise ValueError(f"its figures are {other.document['unit']}, the others "
                             f"{self.document['unit']}")
        twice = [name for name in other.columns if name in self.columns]
        if twice:
            raise ValueError(f"column {', '.join(twice)} is in another one, or measured, too")
        for program, rows in other.document["programs"].items():
            self.know(program, rows)
        of = {key: other.document[key] for key in ("begun", "host", "versions", "machine")}
        for name, column in other.columns.items():
            self.columns[name] = {"of": of, **column}

    @property
    def columns(self):
        return self.document["columns"]

    def rows(self):
        """Names of all rows, program by program."""
        return [row for rows in self.document["programs"].values() for row in rows]

    def median(self, column, row):
        figure = self.columns.get(column, {"rows": {}})["rows"].get(row)
        return figure["median"] if figure else None

    def events(self, column, row):
        """Events per operation by kind; empty if they were not counted."""
        return self.columns[column]["rows"].get(row, {}).get("events", {})

    def spread(self, column, row):
        """How far apart the samples are, of their median, or None: all of them where work is
        counted; of time the middle half, as whatever else the machine does moves single ones."""
        figure = self.columns[column]["rows"].get(row)
        if not figure or not figure["median"]:
            return None
        least, most = ("low", "high") if self.document["unit"] == "nanoseconds" else ("min", "max")
        return (figure[most] - figure[least]) / figure["median"]

    def noisy(self, column, row):
        """Whether a time has been disturbed too much to be relied on."""
        return self.document["unit"] == "nanoseconds" and \
            (self.spread(column, row) or 0) > NOISY

    def counted(self):
        """Columns whose events were counted."""
        return [name for name in self.columns if any(self.events(name, r) for r in self.rows())]

    def ratio(self, column, row, base):
        mine, other = self.median(column, row), self.median(base, row)
        return mine / other if mine is not None and other else None

    def means(self):
        """Programs of this result whose rows have a mean."""
        return [program for program in MEANS if self.mean_rows(program)]

    def mean_rows(self, program):
        """Its rows, but those that say nothing in a mean; none if it has no mean."""
        rows = self.document["programs"].get(program, []) if program in MEANS else []
        return [row for row in rows if row not in OUT_OF_MEAN]

    def mean(self, column, base, program):
        """Geometric mean of the ratios, and of how many rows."""
        ratios = [self.ratio(column, row, base) for row in self.mean_rows(program)]
        return geometric([r for r in ratios if r])

    def missing(self):
        """(column, reason, rows) of all that is not there."""
        for name, column in self.columns.items():
            for reason in dict.fromkeys(column["missing"].values()):
                yield name, reason, [r for r, why in column["missing"].items() if why == reason]


def geometric(ratios):
    if not ratios:
        return None, 0
    return math.exp(statistics.fmean(math.log(r) for r in ratios)), len(ratios)
