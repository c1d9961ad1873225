# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress: which rows of which columns have been measured so far."""

import os
import sys
import threading
import time

EVERY = 15              # seconds from one word about it to the next, off a terminal


class Progress:
    """On a terminal one line that changes; else a line now and then."""

    def __init__(self, name):
        self.name = name        # of the command
        self.begun = self.said = time.monotonic()
        self.lock = threading.Lock()
        self.at = {}            # what runs: (row last measured, rows measured)
        self.terminal = sys.stderr.isatty()

    def tell(self, text):
        with self.lock:
            clear = "\r\033[K" if self.terminal else ""
            print(f"{clear}{self.name}: [{time.monotonic() - self.begun:5.0f} s] {text}",
                  file=sys.stderr, flush=True)

    def row(self, job, name):
        with self.lock:
            self.at[job] = (name, self.at.get(job, ("", 0))[1] + 1)

    def done(self, job, text):
        with self.lock:
            self.at.pop(job, None)
        self.tell(text)

    def end(self):
        """Leave a clean line for what is printed next."""
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def tick(self, waiting):
        with self.lock:
            at = [f"{job.column.name}/{job.part.program} {n} {name}".rstrip()
                  for job, (name, n) in self.at.items()]
        text = ", ".join(at) + (f"; {waiting} to begin" if waiting else "") or "ends"
        now = time.monotonic()
        if self.terminal:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
            line = f"{self.name}: [{now - self.begun:5.0f} s] {text}"[:columns - 1]
            with self.lock:
                print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif now - self.said > EVERY:
            self.said = now
            self.tell(text)
