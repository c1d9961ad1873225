# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that run for the benchmark, and the lines they print."""

import json
import subprocess
import threading
import time


class Missing(Exception):
    """Why there is no figure."""


class Processes:
    """Those that run, so that they can be ended together."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ended = False

    def start(self, args, **files):
        with self.lock:
            if self.ended:
                raise Missing("interrupted")
            process = subprocess.Popen(args, stdin=subprocess.DEVNULL, **files)
            self.running.add(process)
            return process

    def reap(self, process, patience):
        """Give it that many seconds to end by itself, for what is written then."""
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()
        with self.lock:
            self.running.discard(process)

    def end(self):
        with self.lock:
            self.ended = True
            for process in self.running:
                process.terminate()


PROCESSES = Processes()


def text(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def lines(path, ended):
    """Lines of a file that grows, as they come, until `ended()`."""
    rest = b""
    with open(path, "rb") as f:
        while True:
            last = ended()
            data = f.read()
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace")
            if last and not data:
                return
            if not data:
                time.sleep(0.1)


class Lines:
    """Reads what the program micro prints: rows, complaints, its end."""

    def __init__(self, on_row):
        self.on_row = on_row
        self.complaints = []

    def take(self, line):
        at = line.find('{"row"')
        if at >= 0:
            try:
                row = json.loads(line[at:])
            except ValueError:
                self.complaints.append("a line of the console was garbled")
                return False
            self.on_row(row.pop("row"), row)
        elif "micro: end" in line:
            return True
        elif "micro: " in line and "micro: begin" not in line:
            self.complaints.append(line[line.index("micro: ") + len("micro: "):].strip())
        return False
