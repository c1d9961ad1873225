# SPDX-License-Identifier: GPL-2.0-or-later
"""Names for addresses: the hypervisor's by nm, the kernels' as they tell them themselves."""

import bisect
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build")))

# Labels for the table of addresses that may fault are no functions.
LABEL = re.compile(r"[a-z]{1,2}\d+(_\d+)?")
LINE = re.compile(r"([0-9a-f]{16}) [tTwWvVrRdDbB] (\S+)$")
# The page with the entry of `syscall` is mapped a second time for each CPU.
WINDOW, WINDOW_SIZE, PAGE = 0xffff878001000000, 1 << 29, 4096


def parse(text):
    """Address and name of each symbol of nm's or kallsyms' output, sorted."""
    found = {}
    for line in text.splitlines():
        m = LINE.match(line)
        if m and not LABEL.fullmatch(m.group(2)):
            found.setdefault(int(m.group(1), 16), m.group(2))
    return sorted(found.items())


def hypervisor(path):
    done = subprocess.run(["nm", path], capture_output=True, text=True, check=False)
    return parse(done.stdout)


def kernel(name):
    """Of a prepared kernel, once booted for it; none of another. Modules move, and are left out."""
    where = os.path.join(BUILD, "kernels", name)
    kept = os.path.join(where, "kallsyms")
    if not os.path.exists(os.path.join(where, "vmlinuz")):
        return []
    if not os.path.exists(kept):
        print(f"profile: boot kernel {name} for its symbols", file=sys.stderr)
        with open(kept + ".part", "w", encoding="ascii") as f:
            subprocess.run([os.path.join(TOP, "tests/vm/vm"), "--hv=none", "--no-data",
                            f"--dom0-kernel={where}/vmlinuz", "--dom0-args=nokaslr",
                            "--exec", r"grep -v '\[' /proc/kallsyms"], check=True, stdout=f)
        os.rename(kept + ".part", kept)
    with open(kept, encoding="ascii") as f:
        return parse(f.read())


class Names:
    """Finds functions; `measured` and `other` are kernels' names."""

    def __init__(self, hv, measured, other):
        mine = kernel(measured)
        self.tables = {"kernel": mine, "hypervisor": hypervisor(hv),
                       "other_kernel": mine if measured == other else kernel(other)}
        self.stub = next((a for a, n in self.tables["hypervisor"] if n == "entry_stub_page"), 0)

    def find(self, cls, va):
        """Function, and offset in it, of an address in hexadecimal."""
        at = int(va, 16)
        if self.stub and WINDOW <= at < WINDOW + WINDOW_SIZE:
            at = self.stub + at % PAGE
        table = self.tables.get(cls, [])
        i = bisect.bisect_right(table, (at, "\x7f")) - 1
        if i < 0 or i == len(table) - 1:
            return ("[module]" if "kernel" in cls and table else f"{at & -16:x}"), at % 16
        return table[i][1], at - table[i][0]


def disassemble(lines, names):
    """One text for each (class, address, bytes in hexadecimal)."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(b"".join(bytes.fromhex(code) for _, _, code in lines))
        f.flush()
        out = subprocess.run(["objdump", "-D", "-b", "binary", "-mi386:x86-64", "--no-show-raw-insn",
                              f.name], capture_output=True, text=True, check=True).stdout
    texts = {int(m.group(1), 16): m.group(2)
             for m in re.finditer(r"^ +([0-9a-f]+):\t(.*)$", out, re.M)}
    offset = 0
    for cls, va, code in lines:
        away = va - offset      # objdump takes the instructions to lie one behind the other

        def there(m, cls=cls, away=away):
            to = (int(m.group(2), 16) + away) % (1 << 64)
            return "{}{:x} <{}+{:#x}>".format(m.group(1), to, *names.find(cls, f"{to:x}"))

        yield re.sub(r"((?:call|j\w+) +|# )0x([0-9a-f]+)$", there, texts.get(offset, "?"))
        offset += len(code) // 2
