# SPDX-License-Identifier: GPL-2.0-or-later
"""What the figures do not say, in words; a paragraph each, by the unit of the figures."""

INSTRUCTIONS = """
A figure counts the instructions that one emulated CPU executed for an operation: those of the
program, its kernel, the hypervisor, and of other domains that had to run. All count alike: a
division, a cache miss and a NOP are one each.

Misses of the TLB and of caches count nothing, nor does what a switch of mode or of address space
takes beyond its instructions. On a real CPU these decide some rows: a column that loads CR3 more
often is slower there than its count. The same rows by the clock (--wall) show some of it, since the
emulator empties its TLB at each load of CR3; a real CPU with PCIDs does not.

KVM's columns are a floor: VMRUN and the exit from a guest are one instruction each, which on real
CPUs take about a thousand cycles, and walks of nested page tables are none.

Instructions times a time per instruction is no time: use the ratios, as those of the work done.
"""

TICKS = """
A figure is time of the machine that ran the emulator, in ticks of its time stamp. It tells how long
the emulator took, which translates and caches code and looks up addresses in its own way: it is not
the time that a real CPU would take.

Emptying the TLB is dear in the emulator: a load of CR3 or a full flush is followed by misses of its
software TLB. Columns with many of them look worse than on a CPU with PCIDs.

Figures vary with the load of that machine. Compare columns of one run, and look at the spread.
"""

ALWAYS = """
One CPU, one vCPU, nothing else running: contention, scheduling among many guests, and interrupts of
devices are not in these rows.

No mitigations of speculation that the emulated CPU does not ask for: on CPUs that need them,
entries and switches cost more, in some columns more than in others.

The emulated CPU is an AMD one; on it neither Linux nor Xen isolates page tables by itself.
"""


def paragraphs(unit):
    text = {"instructions": INSTRUCTIONS, "ticks": TICKS}[unit] + ALWAYS
    return [part for part in (" ".join(p.split()) for p in text.split("\n\n")) if part]
