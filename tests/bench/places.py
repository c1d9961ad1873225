# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of the machine at hand in which the rows of `micro` are measured by the clock; lacks()
says why this machine has no such place, if it has none."""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

import events
import guest
import under
from part import Part
from process import PROCESSES, Lines, Missing, lines, text
from rows import PV, UNCONTAINED, Rows

HERE = os.path.dirname(os.path.abspath(__file__))
LOG = "/var/log/pavise/guest-{}.log"
LIFE_CHECK = 5          # seconds from one look whether the guest lives to the next
CONSOLE_WAIT = 10       # seconds until its console must be there
QEMU = "qemu-system-x86_64"
MODULES = f"/lib/modules/{os.uname().release}"


@dataclass(frozen=True)
class Setting:
    """What all columns of a run have in common."""
    rows: Rows
    samples: int
    cpu: int            # that all is held on
    kernel: str         # of guests
    memory: int         # theirs, MiB
    timeout: float      # seconds until one is given up
    more: tuple         # KEY=VALUE for `pav create`
    micro: str          # the program

    def of(self, _part):
        return self

    def count(self, _part, figures, _tmp):
        """Why there are no events; those there are stand in the program's lines."""
        why = None
        for figure in figures.values():
            why = figure.pop("uncounted", why)
            counters = figure.pop("counters", None)
            if counters:
                figure["events"] = counters
        events.derive(figures)
        return why

    def words(self, part):
        """The program's arguments."""
        return ["--time", "--samples", str(self.samples), *part.wanted(self)]

    def init_words(self, part):
        """The same for a kernel's command line."""
        return f"micro.time=1 micro.samples={self.samples} " \
               f"micro.rows={','.join(part.wanted(self))}"


def ramdisk(setting, tmp):
    return guest.ramdisk(os.path.join(tmp, "ramdisk"), setting.micro, MODULES)


def kernel(setting):
    if not os.path.isfile(setting.kernel):
        raise Missing(f"the guest's kernel {setting.kernel} is not there; name one by --kernel")
    return setting.kernel


def run(setting, tmp, args, on_row):
    """Run a program that prints its rows as micro does. Complaints: its own, or its last line."""
    reader = Lines(on_row)
    out = os.path.join(tmp, "out")
    end = time.monotonic() + setting.timeout
    with open(out, "wb") as f:
        process = PROCESSES.start(args, stdout=f, stderr=subprocess.STDOUT)
        try:
            any(reader.take(line) for line in lines(
                out, lambda: process.poll() is not None or time.monotonic() > end))
        finally:
            PROCESSES.reap(process, 1)
    given_up(setting, end)
    return reader.complaints or text(out).splitlines()[-1:]


def given_up(setting, end):
    """Missing if the user, or the time, has ended it."""
    if PROCESSES.ended:
        raise Missing("interrupted")
    if time.monotonic() > end:
        raise Missing(f"no end after {setting.timeout:g} s; --timeout gives it more")


@dataclass(frozen=True)
class Here(Part):
    """The machine itself."""

    @property
    def without(self):
        return () if os.path.exists("/dev/xen/evtchn") else PV

    def lacks(self):
        return ""

    def run(self, setting, tmp, on_row):
        return run(setting, tmp, [setting.micro, "--cpu", str(setting.cpu), *setting.words(self)],
                   on_row)


@dataclass(frozen=True)
class Container(Part):
    """A container of crun or runc, which podman and others use too."""
    without = UNCONTAINED

    @staticmethod
    def runtime():
        return shutil.which("crun") or shutil.which("runc")

    def lacks(self):
        return "" if self.runtime() else "neither crun nor runc is there; install Debian's crun"

    def run(self, setting, tmp, on_row):
        root = os.path.join(tmp, "rootfs")
        for folder in ("proc", "dev", "tmp"):
            os.makedirs(os.path.join(root, folder))
        shutil.copy(setting.micro, os.path.join(root, "micro"))
        with open(os.path.join(HERE, "container.json"), encoding="utf-8") as f:
            config = json.load(f)
        config["process"]["args"] = ["/micro", "--contained", "--cpu", str(setting.cpu),
                                     *setting.words(self)]
        with open(os.path.join(tmp, "config.json"), "w", encoding="utf-8") as f:
            json.dump(config, f)
        args = [self.runtime(), "run", "--bundle", tmp]
        if under.read("/proc/mounts").startswith("rootfs / rootfs"):
            args.append("--no-pivot")
        if os.path.basename(self.runtime()) == "crun":
            args.insert(1, "--cgroup-manager=disabled")
        return run(setting, tmp, [*args, f"bench-{os.getpid()}"], on_row)


@dataclass(frozen=True)
class Kvm(Part):
    """A guest of QEMU by KVM, with paging of that kind."""
    paging: str
    without = PV

    def lacks(self):
        paging = under.paging()
        if not paging:
            return "there is no /dev/kvm that may be used; load kvm_amd or kvm_intel"
        if paging != self.paging:
            return f"KVM pages by '{paging}', as its module was loaded"
        return "" if shutil.which(QEMU) else \
            f"{QEMU} is not there; install Debian's qemu-system-x86"

    def run(self, setting, tmp, on_row):
        return run(setting, tmp, [
            "taskset", "-c", str(setting.cpu), QEMU, "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-M", "microvm", "-accel", "kvm", "-cpu", "host",
            "-m", str(setting.memory), "-kernel", kernel(setting),
            "-initrd", ramdisk(setting, tmp), "-serial", "stdio",
            "-append", f"console=ttyS0 {setting.init_words(self)}"], on_row)


@dataclass(frozen=True)
class Guest(Part):
    """A PV guest of one vCPU without devices, made by pav; on Pavise with page tables isolated or
    not, as all its guests are."""
    isolated: bool = None

    @property
    def without(self):
        return () if guest.event_module(MODULES) else PV

    def lacks(self):
        if self.isolated is None or self.isolated == under.isolated():
            return ""
        return f"page tables are {'not ' if self.isolated else ''}isolated; boot with " \
               f"xpti={'on' if self.isolated else 'off'}"

    def run(self, setting, tmp, on_row):
        name = f"bench-{os.getpid()}"
        config = guest.config(os.path.join(tmp, "config"), setting.memory,
                              setting.init_words(self), name=name, kernel=kernel(setting),
                              ramdisk=ramdisk(setting, tmp), cpus=str(setting.cpu),
                              on_reboot="destroy", on_crash="destroy")
        made = subprocess.run([under.PAV, "create", "-q", config, *setting.more],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if made.returncode:
            raise Missing(" / ".join(made.stdout.strip().splitlines()) or "pav create failed")
        reader = Lines(on_row)
        try:
            self.follow(setting, name, reader)
        finally:
            # It is gone already if it has switched off.
            subprocess.run([under.PAV, "destroy", name], capture_output=True, check=False)
            if os.path.exists(LOG.format(name)):
                os.unlink(LOG.format(name))
        return reader.complaints

    def follow(self, setting, name, reader):
        """Read the guest's console until its program ends."""
        log, begun, last = LOG.format(name), time.monotonic(), ""
        while not os.path.exists(log):
            if time.monotonic() - begun > CONSOLE_WAIT:
                raise Missing(f"the guest's console {log} is not there; is pav-consoled running?")
            time.sleep(0.1)
        for line in lines(log, Watch(name, begun, begun + setting.timeout).ended):
            if reader.take(line):
                return
            last = line.strip() or last
        given_up(setting, begun + setting.timeout)
        raise Missing(f"the guest ended before its program did; its last words: {last}")


class Watch:
    """Looks whether a guest lives, now and then: looking takes time, its own as well."""

    def __init__(self, name, begun, end):
        self.name, self.end = name, end
        self.next = begun + LIFE_CHECK

    def ended(self):
        now = time.monotonic()
        if PROCESSES.ended or now > self.end:
            return True
        if now < self.next:
            return False
        self.next = now + LIFE_CHECK
        return subprocess.run(
            [under.PAV, "list", self.name], capture_output=True, check=False).returncode != 0
