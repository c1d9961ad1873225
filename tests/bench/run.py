# SPDX-License-Identifier: GPL-2.0-or-later
"""Running: what columns are made of is measured, side by side or in turn.

A setting, what all of a run have in common, has `rows` (rows.Rows); `of(part)`, the setting for one
part; and `count(part, figures, tmp)`, which puts events into the figures or says why not.
"""

import signal
import tempfile
import threading
import time

from process import PROCESSES, Missing


class Job:
    """One part of a column: what measures the rows of one program."""

    def __init__(self, column, part, wanted):
        self.column, self.part, self.wanted = column, part, wanted
        self.figures = {}
        self.seconds = 0.0
        self.missing = None
        self.uncounted = None       # why there are no events

    def run(self, setting, progress):
        begun = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="bench.") as tmp:
                said = self.part.run(setting.of(self.part), tmp,
                                     lambda name, row: self.take(progress, name, row))
                self.uncounted = setting.count(self.part, self.figures, tmp)
            if len(self.figures) < len(self.wanted):
                self.missing = "; ".join(said) or "its line was not printed"
        except Missing as why:
            self.figures, self.missing = {}, str(why)
        except OSError as why:
            self.figures, self.missing = {}, f"{why.strerror}: {why.filename}"
        self.seconds = time.monotonic() - begun
        text = f"{self.column.name}/{self.part.program}: {len(self.figures)} rows, " \
               f"{self.seconds:.0f} s"
        for what, why in (("missing", self.missing), ("events", self.uncounted)):
            text += f"; {what}: {why}" if why else ""
        progress.done(self, text)

    def take(self, progress, name, row):
        if name in self.wanted:
            self.figures[name] = row
            progress.row(self, name)


def follow(threads, queue, progress):
    """Say how far they are until they end, or the user ends them."""
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.5)
            progress.tick(len(queue))
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        progress.tell("interrupted; what has been measured is kept")
        PROCESSES.end()
        for thread in threads:
            thread.join()
    progress.end()


def run(setting, columns, parallel, results, progress, prepare):
    """Measure; figures and reasons for missing ones go into results, and how long it took. What the
    jobs need is made first by `prepare`, which marks as missing those that lack something."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    jobs = [Job(column, part, part.wanted(setting))
            for column in columns for part in column.parts]
    jobs = [job for job in jobs if job.wanted]
    prepare(setting, jobs, progress)
    # Those that take longest come first, so that no CPU is idle at the end.
    queue = sorted((job for job in jobs if not job.missing), key=lambda job: -job.part.weight)
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not queue or PROCESSES.ended:
                    return
                job = queue.pop(0)
            progress.at[job] = ("boots", 0)
            job.run(setting, progress)

    threads = [threading.Thread(target=work) for _ in range(parallel)]
    for thread in threads:
        thread.start()
    follow(threads, queue, progress)
    for job in queue:
        job.missing = "interrupted"
    for column in columns:
        results.add(column, [job for job in jobs if job.column is column])
    results.document["seconds"] = round(time.monotonic() - begun, 1)
