# SPDX-License-Identifier: GPL-2.0-or-later
"""Running: makes what columns need, boots their machines side by side, and says how far it is."""

import dataclasses
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import events
import machine

EVERY = 15              # seconds from one word about the progress to the next, off a terminal


def make(build, targets):
    """None, or what make said last."""
    done = subprocess.run(["make", "-s", "-C", machine.TOP, f"BUILD={build}", *targets],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return None
    return (done.stdout.strip().splitlines() or ["make failed without a word"])[-1]


class Progress:
    """On a terminal one line that changes; else a line now and then."""

    def __init__(self):
        self.begun = self.said = time.monotonic()
        self.lock = threading.Lock()
        self.at = {}            # what runs: (row last measured, rows measured)
        self.terminal = sys.stderr.isatty()

    def tell(self, text):
        with self.lock:
            clear = "\r\033[K" if self.terminal else ""
            print(f"{clear}bench: [{time.monotonic() - self.begun:5.0f} s] {text}", file=sys.stderr,
                  flush=True)

    def row(self, job, name):
        with self.lock:
            self.at[job] = (name, self.at.get(job, ("", 0))[1] + 1)

    def done(self, job, text):
        with self.lock:
            self.at.pop(job, None)
        self.tell(text)

    def tick(self, waiting):
        with self.lock:
            at = [f"{job.column.name}/{job.part.program} {n} {name}".rstrip()
                  for job, (name, n) in self.at.items()]
        text = ", ".join(at) + (f"; {waiting} to begin" if waiting else "") or "ends"
        now = time.monotonic()
        if self.terminal:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns
            line = f"bench: [{now - self.begun:5.0f} s] {text}"[:columns - 1]
            with self.lock:
                print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif now - self.said > EVERY:
            self.said = now
            self.tell(text)


class Job:
    """One machine of one column."""

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
                if setting.events and not self.part.profiled:
                    setting = dataclasses.replace(setting, events=False)
                    self.uncounted = "the profiler cannot tell what is whose there"
                said = self.part.run(setting, tmp, lambda name, row: self.take(progress, name, row))
                if setting.events:
                    self.uncounted = events.add(self.figures, machine.profile(tmp))
            if len(self.figures) < len(self.wanted):
                self.missing = "; ".join(said) or "its line was not printed"
        except machine.Missing as why:
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


def prepare(setting, jobs, progress):
    """Build what the jobs need, once and before they run; those that lack something are marked."""
    needs = sorted({need for job in jobs for need in job.part.needs()}
                   | ({"bench/profile.so"} if setting.events else set()))
    progress.tell("preparing " + ", ".join(needs))
    if make(setting.build, [os.path.join(setting.build, need) for need in needs]) is None:
        return
    for job in jobs:
        for need in job.part.needs():
            why = make(setting.build, [os.path.join(setting.build, need)])
            if why:
                job.missing = f"{need} could not be made: {why}"
                break


def wanted_of(setting, part):
    return [row for row in setting.rows.by_program[part.program]
            if part.only is None or row in part.only]


def run(setting, columns, parallel, results):
    """Measure; figures and reasons for missing ones go into results."""
    jobs = [Job(column, part, wanted_of(setting, part))
            for column in columns for part in column.parts]
    jobs = [job for job in jobs if job.wanted]
    progress = Progress()
    prepare(setting, jobs, progress)
    # Those that take longest come first, so that no CPU is idle at the end.
    queue = sorted((job for job in jobs if not job.missing), key=lambda job: -job.part.weight)
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not queue or machine.PROCESSES.ended:
                    return
                job = queue.pop(0)
            progress.at[job] = ("boots", 0)
            job.run(setting, progress)

    threads = [threading.Thread(target=work) for _ in range(parallel)]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.5)
            progress.tick(len(queue))
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        progress.tell("interrupted; what has been measured is kept")
        machine.PROCESSES.end()
        for thread in threads:
            thread.join()
    for job in queue:
        job.missing = "interrupted"
    for column in columns:
        results.add(column, [job for job in jobs if job.column is column])
