# SPDX-License-Identifier: GPL-2.0-or-later
"""Plots of a result as SVG, drawn by gnuplot."""

import subprocess

from rows import OUT_OF_MEAN

STYLE = ("set grid\nset border 3 back\nset tics nomirror noenhanced\nset key noenhanced\n"
         "set style fill solid 0.7 noborder\n")


class NoPlot(Exception):
    """Why there is none."""


def draw(script, width, height):
    """An <svg> element, to stand in an HTML page."""
    head = f"set terminal svg size {width},{height} dynamic font 'sans-serif,13'\n"
    try:
        done = subprocess.run(["gnuplot"], input=head + STYLE + script, capture_output=True,
                              text=True, check=False)
    except FileNotFoundError:
        raise NoPlot("gnuplot is not installed (Debian's package gnuplot-nox)") from None
    if done.returncode or "<svg" not in done.stdout:
        raise NoPlot("gnuplot failed: " + done.stderr.strip())
    return done.stdout[done.stdout.index("<svg"):]


def means(results, base, program):
    """Bars: the geometric mean of each column's ratios to a base, of a program's rows."""
    bars = [(name, *results.mean(name, base, program)) for name in results.columns]
    bars = [(name, mean, count) for name, mean, count in bars if count]
    data = "\n".join(f'{i} {mean:.4f} "{name}" "{mean:.2f}"'
                     for i, (name, mean, count) in enumerate(bars))
    return draw(f"$d << END\n{data}\nEND\nset yrange [0:*]\nset boxwidth 0.6\nunset key\n"
                f"set xtics rotate by 30 right\nset ylabel '{program}, ratio to {base}'\n"
                "set offsets 0.6,0.6,0.3,0\n"
                "plot $d using 1:2:xtic(3) with boxes lc rgb '#4477aa', "
                "$d using 1:2:4 with labels offset 0,0.7\n", 760, 340)


def ratios(results, base):
    """Points on a line for each row: the ratios of all columns to a base."""
    rows = [row for row in results.rows() if results.median(base, row) and row not in OUT_OF_MEAN]
    names = [name for name in results.columns
             if any(results.ratio(name, row, base) for row in rows)]
    data, plots = [], []
    for n, name in enumerate(names):
        points = [f"{results.ratio(name, row, base):.4f} {i}" for i, row in enumerate(rows)
                  if results.ratio(name, row, base)]
        data.append(f"$d{n} << END\n" + "\n".join(points) + "\nEND\n")
        plots.append(f"$d{n} with points pt {n % 8 * 2 + 1 if n < 8 else n} ps 0.9 lw 1.5 "
                     f"title '{name}'")
    tics = ", ".join(f"'{row}' {i}" for i, row in enumerate(rows))
    return draw("".join(data) +
                f"set logscale x 2\nset lmargin 24\nset ytics ({tics})\n"
                f"set yrange [{len(rows)}:-1]\n"
                f"set xlabel 'ratio to {base}, logarithmic'\nset key outside right top\n"
                "plot " + ", ".join(plots) + "\n", 980, 120 + 22 * len(rows))
