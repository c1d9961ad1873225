#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""manual.py DOCS INCLUDE_DIR: is the generated manual whole, and does it say what the headers say?

The pages are read as a reader would, from the HTML; the headers are asked through the compiler.
"""

import html
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RE_STRUCT = re.compile(r'<h4 id="(\w+)"><code>(struct|union) \w+</code>, (\d+) bytes</h4>(.*?)</table>',
                       re.S)
RE_FIELD = re.compile(r'<td><code>(\d+)</code></td><td><code>\w+</code></td>'
                      r'<td><code class="in0">(\w+)')
RE_CONST = re.compile(r'<tr id="(\w+)"><td>.*?</td><td><code>([^<]*)</code></td>')


def links(pages):
    """Every link to a page and a place in it that exist."""
    bad = []
    ids = {name: set(re.findall(r' id="([^"]+)"', text)) for name, text in pages.items()}
    for name, text in pages.items():
        for href in re.findall(r'href="([^"]+)"', text):
            page, _, place = href.partition("#")
            if page.endswith(".css"):
                continue
            if page and page not in pages or place and place not in ids[page or name]:
                bad.append(f"{name}: link to {href} leads nowhere")
    return bad


def assertions(pages):
    out, count = [], 0
    for name, text in sorted(pages.items()):
        if not name.startswith("data_"):
            continue
        out.append(f'#include "abi/{name[5:-5]}.h"')
        for agg, kind, size, rows in RE_STRUCT.findall(text):
            out.append(f'_Static_assert(sizeof({kind} {agg}) == {size}, "size of {agg}");')
            for offset, field in RE_FIELD.findall(rows):
                out.append(f"_Static_assert(offsetof({kind} {agg}, {field}) == {offset}, "
                           f'"{agg}.{field}");')
                count += 1
        for const, value in RE_CONST.findall(text):
            if not value.startswith('"'):
                out.append(f'_Static_assert({const} == ({html.unescape(value)}), "{const}");')
                count += 1
    return ["#include <stddef.h>", *out, ""], count


def compiles(lines, include):
    with tempfile.NamedTemporaryFile("w", suffix=".c") as f:
        f.write("\n".join(lines))
        f.flush()
        run = subprocess.run([os.environ.get("CC", "gcc"), "-std=c11", "-I", include, "-fsyntax-only",
                              f.name], capture_output=True, text=True, check=False)
    return [x for x in run.stderr.splitlines() if "error" in x]


def man_pages(where):
    bad = []
    for page in sorted(where.glob("man*/*")):
        run = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True,
                             text=True, check=False)
        bad += run.stderr.splitlines()
    return bad


def main():
    docs = Path(sys.argv[1])
    pages = {p.name: p.read_text() for p in docs.glob("*.html")}
    lines, count = assertions(pages)
    bad = links(pages) + compiles(lines, sys.argv[2]) + man_pages(docs / "man")
    if count < 1000:
        bad.append(f"only {count} offsets and constants found in the pages")
    print("\n".join(bad), end="\n" if bad else "")
    print(f"{len(pages)} pages, {count} offsets and constants compared")
    return 1 if bad else 0


sys.exit(main())
