#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""look_at_root.py SOCKET PAVISE: by QEMU's monitor, look at what is mapped while a program runs.

Stops the machine until one of two CPUs is found in guest user mode, ten times, and prints each time which
parts of the hypervisor the root that is loaded then maps: one line, words in a fixed order. Then
it switches the machine off.
"""

import re
import socket
import subprocess
import sys
import time

TIMES = 10
DIRECTMAP = 0xffff810001000000
FRAME_TABLE = 0xffff808000000000
M2P = 0xffff800000000000
WINDOW_STACK = 0xffff878001047000
WINDOW_SIZE = 0x200000


class Monitor:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.read()

    def read(self):
        text = b""
        while not text.endswith(b"(qemu) "):
            data = self.socket.recv(65536)
            if not data:
                sys.exit("the machine is gone")
            text += data
        return text.decode(errors="replace")

    def ask(self, command):
        self.socket.sendall(command.encode() + b"\n")
        return self.read()

    def mapped(self, address):
        return "Cannot access memory" not in self.ask(f"x/1gx {address:#x}")


def symbols(image):
    out = subprocess.run(["nm", image], capture_output=True, text=True, check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in out.splitlines()}


def main():
    monitor, names = Monitor(sys.argv[1]), symbols(sys.argv[2])
    places = {
        "direct-map": DIRECTMAP, "frame-table": FRAME_TABLE, "m2p": M2P,
        "data": names["cpu_features"], "text": names["domain_create"],
        "entry-text": names["entry_syscall"],
    }
    found = turn = 0
    while found < TIMES:
        time.sleep(0.05)
        turn += 1
        monitor.ask("stop")
        monitor.ask(f"cpu {turn % 2}")
        places["stack"] = WINDOW_STACK + turn % 2 * WINDOW_SIZE
        places["other-stack"] = WINDOW_STACK + (turn + 1) % 2 * WINDOW_SIZE
        registers = monitor.ask("info registers")
        cpl = re.search(r"CPL=(\d)", registers).group(1)
        rip = int(re.search(r"RIP=([0-9a-f]+)", registers).group(1), 16)
        if cpl == "3" and rip < 1 << 47:
            found += 1
            print(" ".join(name for name, at in places.items() if monitor.mapped(at)))
        monitor.ask("cont")
    monitor.socket.sendall(b"quit\n")
    while monitor.socket.recv(65536):
        pass


if __name__ == "__main__":
    main()
