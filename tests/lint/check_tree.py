#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Keep the tree one that reads the same on every machine, with a README to each top folder."""
import os
import re
import subprocess
import sys

# Folders of some builder's machine; a name in brackets keeps this line from finding itself.
FOREIGN = re.compile(r"(?<![\w.$}/])/([w]ork|[w]orkspace|[h]ome/\w+|[t]mp/b-\w)")
# Those that hold no part of the project, but words about it.
NO_README = ("docs", "LICENSES")


def main():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True,
                           text=True, check=True).stdout.splitlines()
    bad = []
    for path in files:
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as f:
            for number, line in enumerate(f, 1):
                m = FOREIGN.search(line)
                if m:
                    bad.append(f"{path}:{number}: speaks of one machine's folder {m.group(0)}")
    for top in sorted({p.split("/")[0] for p in files if "/" in p and not p.startswith(".")}):
        if top not in NO_README and not os.path.exists(os.path.join(top, "README.md")):
            bad.append(f"{top}/: has no README.md")
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


sys.exit(main())
