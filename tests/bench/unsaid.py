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

Rows in KiB are memory: of a guest here of 4 MiB without an operating system, of KVM a machine of
QEMU that has not run yet; what QEMU holds of the guest's kernel, its image, is in it.

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

NANOSECONDS = """
A figure is time by the clock of one machine as it is: its caches, its TLBs and its speed are in it,
and whatever else the machine did meanwhile. Look at the spread, and measure again what is marked:
programs that run beside, hyperthreads, and a CPU that changes its speed may move figures more than
a hypervisor does.

The program of a guest is alone in it; natively and in the control domain the machine's services run
beside it, with what they ask of the kernel for all: auditing, filters of system calls, control
groups.

Columns of two runs, such as one natively and one on a hypervisor, are comparable if machine, kernel
and settings were the same: what differed is said with the figures. Where the machine is a virtual
one itself, its host's work is in each figure, and native means without a hypervisor of its own.

Performance counters count the program and its kernel, not what a hypervisor does for them.

One vCPU, held on one CPU: scheduling among many guests and devices are not in these rows.
"""

EMULATED = """
One CPU, one vCPU, nothing else running: contention and scheduling among many guests are in no row
but those of many guests, interrupts of devices only in those of macro that use disk or card.

Rows of macro are time by the clock of the machine that the programs run in, idle time included.
Their disk is a file in memory, and whatever they talk to runs on the same CPU: drivers between cost
all that they take, where a device that works by itself would hide a part of it.

No mitigations of speculation that the emulated CPU does not ask for: on CPUs that need them,
entries and switches cost more, in some columns more than in others.

The emulated CPU is an AMD one; on it neither Linux nor Xen isolates page tables by itself.
"""

# What tables show, in words.
SPREAD_OF_ALL = """From the least to the most of the samples of a row, in per cent of their median;
hypercalls are measured once."""
SPREAD_OF_HALF = """The middle half of the samples of a row, from its first quartile to its third,
in per cent of their median: a sample that was disturbed does not move it."""
COUNTED_BY_PROFILER = """Of the whole machine, between the marks of a row. On this CPU, which has no
PCIDs, each load of CR3 empties the TLB but for global pages. Natively nothing enters a hypervisor.
Guests within guests are not counted."""
COUNTED_BY_CPU = """By the CPU's performance counters, in a run of its own after the samples: the
program, the processes it made, and the kernel for them."""


def spread(unit):
    return SPREAD_OF_HALF if unit == "nanoseconds" else SPREAD_OF_ALL


def counted(unit):
    return COUNTED_BY_CPU if unit == "nanoseconds" else COUNTED_BY_PROFILER


def paragraphs(unit):
    text = {"instructions": INSTRUCTIONS + EMULATED, "ticks": TICKS + EMULATED,
            "nanoseconds": NANOSECONDS}[unit]
    return [part for part in (" ".join(p.split()) for p in text.split("\n\n")) if part]
