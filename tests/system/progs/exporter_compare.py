#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""exporter_compare.py DIR: are the figures in DIR/metrics those of the tools, in the files beside it?"""

import json
import re
import sys

SAMPLE = re.compile(r'([a-z_:][a-z0-9_:]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\S+)\n')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"')
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def read_metrics(path):
    """{name: {labels as a frozenset: value}}; each line must be of the format, each family in one piece."""
    metrics, family, types = {}, None, {}
    for line in open(path):
        if line.startswith("# "):
            word, name, rest = line[2:].split(" ", 2)
            if word == "HELP":
                assert name not in types, f"{name} begins twice"
                family = name
            else:
                assert word == "TYPE" and name == family and rest.strip() in ("counter", "gauge"), line
                assert (rest.strip() == "counter") == name.endswith("_total"), line
                types[name] = rest.strip()
                metrics[name] = {}
            continue
        m = SAMPLE.fullmatch(line)
        assert m and m[1] == family, f"not of the format, or not where it belongs: {line!r}"
        labels = frozenset((k, re.sub(r"\\.", lambda e: ESCAPES[e[0]], v)) for k, v in LABEL.findall(m[2] or ""))
        assert labels not in metrics[family], f"twice: {line!r}"
        metrics[family][labels] = float(m[3])
    return metrics


class Compared:
    def __init__(self, metrics):
        self.metrics, self.done = metrics, 0

    def value(self, metric, labels):
        found = self.metrics["pavise_" + metric].get(frozenset(labels.items()))
        assert found is not None, f"pavise_{metric} has nothing for {labels}"
        return found

    def same(self, wanted, metric, slack=0.0, **labels):
        found = self.value(metric, labels)
        assert abs(found - wanted) <= slack, f"pavise_{metric} {labels}: {found}, the tools say {wanted}"
        self.done += 1


def sysfs(path):
    return {k: int(v) for k, v in (line.strip().split(":") for line in open(path))}


def domains(c, rows):
    for r in rows:
        who = {"domid": str(r["domid"]), "name": r["name"]}
        still = "p" in r["state"]
        c.same(r["cpu_seconds"], "domain_cpu_seconds_total", 1e-6 if still else 30, **who)
        # The tool rounds to MiB.
        c.same(r["memory"] << 20, "domain_memory_bytes", (1 << 20) - 1, **who)
        if r["domid"]:
            c.same(r["max_memory_kib"] << 10, "domain_memory_max_bytes", **who)
        c.same(r["vcpus"], "domain_vcpus_online", **who)
        c.same(r["max_vcpus"], "domain_vcpus", **who)
        c.same(1, "domain_info", uuid=r["uuid"], **who)
        for state in ("paused", "shutdown", "crashed", "dying"):
            c.same(state == "paused" and still, "domain_state", state=state, **who)
    assert len(rows) == 3 and {r["name"] for r in rows} >= {"g1", 'od"d\\'}, rows


def counters(c, domain, who):
    for name, value in domain["counters"].items():
        if isinstance(value, int):
            c.same(value, f"domain_{name}_total", **who)
            continue
        for element, n in value.items():
            c.same(n, f"domain_{name}_total", **{name[:-1]: element}, **who)
        shown = [k for k in c.metrics[f"pavise_domain_{name}_total"] if ("domid", who["domid"]) in k]
        assert len(shown) == len(value), f"{name}: {shown}"


def main():
    at = sys.argv[1] + "/"
    c = Compared(read_metrics(at + "metrics"))
    rows = json.load(open(at + "list"))
    domains(c, rows)
    counted, = json.load(open(at + "counters"))
    who = {"domid": str(counted["domid"]), "name": "g1"}
    counters(c, counted, who)

    info = json.load(open(at + "info"))
    c.same(info["nr_cpus"], "host_cpus")
    c.same(info["total_memory"] << 20, "host_memory_bytes", (1 << 20) - 1)
    c.same(info["free_memory_kib"] << 10, "host_memory_free_bytes", 4 << 20)
    c.same(len(rows), "host_domains")
    assert len(c.metrics["pavise_host_cpu_idle_seconds_total"]) == info["nr_cpus"]

    disk, card = sysfs(at + "disk"), sysfs(at + "card")
    assert disk["rd_sect"] * 512 >= 1 << 20, "the guest has not read its disk"
    assert card["rx_packets"] > 0 and card["tx_packets"] > 0, "the guest has not used its card"
    for name, value in (("reads", disk["rd_req"]), ("writes", disk["wr_req"]),
                        ("read_bytes", disk["rd_sect"] * 512), ("written_bytes", disk["wr_sect"] * 512)):
        c.same(value, f"domain_disk_{name}_total", device="xvda", **who)
    for name, value in (("receive_bytes", card["tx_bytes"]), ("receive_packets", card["tx_packets"]),
                        ("transmit_bytes", card["rx_bytes"]), ("transmit_packets", card["rx_packets"])):
        # The bridge may have sent it something since.
        c.same(value, f"domain_network_{name}_total", 200, device="0", **who)
    print(f"{c.done} figures as the tools say: ok")


main()
