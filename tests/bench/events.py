# SPDX-License-Identifier: GPL-2.0-or-later
"""Events per operation: what the profiler counted between the marks of each row."""

import json

# Key in the result, title, what the profiler calls it.
KINDS = (
    ("cr3_loads", "CR3 loads", "mov_cr3"),
    ("cr_writes", "writes of other control registers", "mov_cr"),
    ("page_flushes", "INVLPG", "invlpg"),
    ("msr_writes", "MSR writes", "wrmsr"),
)
ENTRIES = (
    ("hypervisor_entries", "entries to the hypervisor", "hypervisor"),
    ("kernel_entries", "entries to the kernel", "kernel"),
)
SHARES = (
    ("kernel", "instructions of the kernel", ("kernel",)),
    ("hypervisor", "instructions of the hypervisor", ("hypervisor",)),
    ("others", "instructions of other domains", ("other_user", "other_kernel")),
)
# On a real machine, by its performance counters: named as the program micro names them.
COUNTERS = {
    "instructions": "instructions",
    "cycles": "cycles",
    "data_tlb_misses": "misses of the TLB by data",
    "code_tlb_misses": "misses of the TLB by code",
}
TITLES = {**{key: title for key, title, _ in (*KINDS, *ENTRIES, *SHARES)}, **COUNTERS}


def operations(figure):
    """How many there were between the marks: the samples', and those of the warm-up."""
    return figure["samples"] * figure["ops"] + figure["ops"] // 8 + 1


def of_region(region, count):
    events = {key: sum(of.get(name, 0) for of in region["events"].values()) / count
              for key, _, name in KINDS}
    events.update({key: region["entries"].get(name, 0) / count for key, _, name in ENTRIES})
    events.update({key: sum(region["instructions"].get(name, 0) for name in names) / count
                   for key, _, names in SHARES})
    return events


def add(figures, path):
    """Put `events` into the figures, from the profiler's file. Why that could not be, or None."""
    try:
        with open(path, encoding="utf-8") as f:
            regions = {region["region"]: region for region in json.load(f)["regions"]}
    except (OSError, ValueError, KeyError) as why:
        return f"no profile: {why}"
    for figure in figures.values():
        region = regions.get(figure.get("region"))
        if region:
            figure["events"] = {key: round(value, 3) for key, value
                                in of_region(region, operations(figure)).items()}
    derive(figures)
    return None


def derive(figures):
    """This row is a difference of two others, but its region holds the sum of both."""
    if "context_switch" not in figures:
        return
    figures["context_switch"].pop("events", None)
    two, one = (figures.get(row, {}).get("events") for row in ("pipe_two", "pipe_one"))
    if two and one:
        figures["context_switch"]["events"] = {key: round(two[key] / 2 - one[key], 3) + 0.0
                                               for key in two}
