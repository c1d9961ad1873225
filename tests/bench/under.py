# SPDX-License-Identifier: GPL-2.0-or-later
"""What is under the kernel of the machine at hand, and other facts that decide figures."""

import os
import platform

import facts

PAVISE, XEN = "Pavise", "Xen"
PAV = os.environ.get("PAV", "pav")      # the program that called this one
SYS = "/sys/hypervisor"
CONTROL_DOMAIN = 1 << 11        # XENFEAT_dom0


def read(path):
    """The text of a file of the kernel's, without its last line's end; none if it is not there."""
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read().strip()
    except OSError:
        return ""


def hypervisor():
    """PAVISE, XEN, or None where the kernel runs on none that speaks their ABI."""
    if read(f"{SYS}/type") != "xen":
        return None
    return PAVISE if "pavise" in read(f"{SYS}/version/extra") else XEN


def control_domain():
    return bool(int(read(f"{SYS}/properties/features") or "0", 16) & CONTROL_DOMAIN)


def version():
    """Of the hypervisor."""
    return "".join([read(f"{SYS}/version/{part}") + dot for part, dot in
                    (("major", "."), ("minor", ""), ("extra", ""))])


def isolated():
    """Whether Pavise isolates page tables: by its command line, or by what it said at start-up."""
    for option in facts.output(PAV, "info").partition("xen_commandline")[2].splitlines()[:1]:
        for word in option.split():
            if word.startswith("xpti="):
                return word[len("xpti="):] in ("on", "yes", "true", "1")
    said = facts.output(PAV, "dmesg") + read("/var/log/pavise/hypervisor.log")
    return "page-table isolation: guests run" in said


def others():
    """How many guests run beside."""
    return max(len(facts.output(PAV, "list").splitlines()) - 2, 0)


def paging():
    """How KVM pages its guests' memory: "npt" by the CPU, "shadow" by software, or None."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return None
    by_cpu = read("/sys/module/kvm_amd/parameters/npt") or \
        read("/sys/module/kvm_intel/parameters/ept")
    return "shadow" if by_cpu in ("N", "0") else "npt"


def host():
    """Facts for the result."""
    kind = hypervisor()
    if kind:
        what = f"{kind} {version()}"
    elif " hypervisor" in facts.first_match("/proc/cpuinfo", r"^flags\s*:(.*)"):
        vendor = read("/sys/class/dmi/id/sys_vendor")
        what = "none of its own, in a virtual machine" + (f" of {vendor}" if vendor else "")
    else:
        what = "none"
    cpu = "/sys/devices/system/cpu"
    known = {
        "load": f"{os.getloadavg()[0]:.1f}",
        "guests": others() if kind and control_domain() else "",
        "hypervisor": what,
        "clocksource": read("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        "governor": read(f"{cpu}/cpu0/cpufreq/scaling_governor"),
        "hyperthreads": read(f"{cpu}/smt/control"),
        "meltdown": read(f"{cpu}/vulnerabilities/meltdown"),
    }
    return {**facts.host(), **{key: value for key, value in known.items() if value}}


def kernel():
    """Where Debian has the kernel that runs."""
    return f"/boot/vmlinuz-{platform.release()}"
