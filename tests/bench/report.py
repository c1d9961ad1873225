# SPDX-License-Identifier: GPL-2.0-or-later
"""A result as one HTML page that needs nothing else: plots, ratios, spread, what was measured on,
and what the figures do not say."""

import math
from html import escape

import plot
import unsaid
from rows import MEANS
from table import bases, counts, figure, origins, ratio

CSS = """body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; }
table { border-collapse: collapse; margin: 0.7em 0 1.5em; }
td, th { border-bottom: 1px solid #ddd; padding: 0.15em 0.6em; text-align: right; }
td:first-child, th:first-child { text-align: left; }
tr.mean td { border-top: 2px solid #555; font-weight: bold; }
svg { max-width: 100%; height: auto; }"""


def table(head, lines):
    """Lines are (class, cells)."""
    yield "<table><tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"
    for style, cells in lines:
        row = "".join(cell if cell.startswith("<td") else f"<td>{escape(cell)}</td>"
                      for cell in cells)
        yield f'<tr class="{style}">{row}</tr>' if style else f"<tr>{row}</tr>"
    yield "</table>"


def shade(value):
    """A cell: the further above 1, the redder; the further below, the greener."""
    if value is None:
        return "-"
    depth = min(abs(math.log2(value)) / 3, 1) * 35
    hue = 10 if value > 1 else 130
    return f'<td style="background: hsl({hue} 70% {100 - depth:.0f}%)">{ratio(value)}</td>'


def ratios(results, base, title):
    names = [name for name in results.columns if name != base]
    rows = [row for row in results.rows() if results.median(base, row)]
    if not names or not rows:
        return
    yield f"<h2>Ratio to {escape(title)}</h2>"
    means = [program for program in results.means()
             if any(results.median(base, row) for row in results.mean_rows(program))]
    try:
        for program in means:
            yield plot.means(results, base, program)
        yield plot.ratios(results, base)
    except plot.NoPlot as why:
        yield f"<p>No plot: {escape(str(why))}.</p>"
    lines = [("", [row, *(shade(results.ratio(name, row, base)) for name in names)])
             for row in rows]
    lines += [("mean", [f"geometric mean of {MEANS[program]}",
                        *(ratio(results.mean(name, base, program)[0]) for name in names)])
              for program in means]
    yield from table(["", *names], lines)


def figures(results):
    names = list(results.columns)
    yield f"<h2>{escape(results.document['unit'].capitalize())} per operation</h2><p>Median.</p>"
    yield from table(["", *names], [
        ("", [row, *(figure(results, name, row) for name in names)])
        for row in results.rows()])
    yield f"<h2>Spread</h2><p>{escape(unsaid.spread(results.document['unit']))}</p>"
    yield from table(["", *names], [
        ("", [row, *(percent(results.spread(name, row)) for name in names)])
        for program in ("micro", "pair", "macro")
        for row in results.document["programs"].get(program, [])])


def events(results):
    if not results.counted():
        return
    yield ("<h2>Events per operation</h2>"
           f"<p>{escape(unsaid.counted(results.document['unit']))}</p>")
    for title, head, lines in counts(results):
        yield f"<h3>{escape(title)}</h3>"
        yield from table(head, [("", line) for line in lines])


def percent(part):
    return "-" if part is None else f"{part * 100:.1f}"


def setting(results):
    document = results.document
    yield "<h2>What was measured, and on what</h2>"
    yield from table(["column", "", "seconds"], [
        ("", [name, column["title"], f"{column['seconds']:.0f}"])
        for name, column in results.columns.items()])
    yield from (f"<p>{escape(origin)}</p>" for origin in origins(results))
    facts = [("begun", document["begun"]), ("took", f"{document['seconds']:.0f} s"),
             ("command", document["command"])]
    for of, part in (("host", "host"), ("version", "versions"), ("machine", "machine")):
        facts += [(f"{of}: {key}", value) for key, value in document[part].items()]
    yield from table(["", ""], [("", [key, str(value)]) for key, value in facts])


def page(results):
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>Pavise: benchmark of {escape(results.document['begun'])}</title>"
    yield f"<style>{CSS}</style></head><body>"
    yield "<h1>What paravirtualization costs</h1>"
    yield ("<p>One set of programs, unchanged, in each column. Ratios below 1 are faster. The "
           "means leave out rows whose ratios say nothing: <code>clock_gettime</code>, which asks "
           "no kernel natively, <code>outb</code>, which is one instruction there, and "
           "<code>sleep_late</code>, which is a delay.</p>")
    gaps = list(results.missing())
    if gaps:
        yield "<h2>Missing</h2><ul>"
        for name, reason, rows in gaps:
            yield f"<li>{escape(name)}: {escape(', '.join(rows))}: {escape(reason)}</li>"
        yield "</ul>"
    for base, title in bases(results):
        yield from ratios(results, base, title)
    yield from figures(results)
    yield from events(results)
    yield "<h2>What the figures do not say</h2><ul>"
    for text in unsaid.paragraphs(results.document["unit"]):
        yield f"<li>{escape(text)}</li>"
    yield "</ul>"
    yield from setting(results)
    yield "</body></html>"


def write(results, path):
    text = "\n".join(page(results)) + "\n"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
