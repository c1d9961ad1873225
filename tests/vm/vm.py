# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot hypervisor and control domain in QEMU; run a command there, or give its console to the user.

exit status with --exec:
  0..255  COMMAND's own, unless "vm: ..." on standard error says one of:
  2       wrong use
  121     the hypervisor crashed
  122     the control domain's kernel crashed (panic)
  123     the machine was reset or switched off before COMMAND ended
  124     time-out
  125     the machine could not be prepared or started
In all cases but the first the end of the console's log is shown on standard error.

The console of hypervisor and kernel is the first serial port. COMMAND's output, standard error
included, comes through the second one unchanged. COMMAND is run by bash, as root, with nothing on
standard input.
"""

import argparse
import gzip
import os
import re
import secrets
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

from cpio import Archive

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build")))

WRONG_USE, HV_CRASH, KERNEL_CRASH, ENDED, TIMEOUT, NOT_STARTED = 2, 121, 122, 123, 124, 125

# What the console says when the machine is lost. The hypervisor is looked for first, since a crash of
# the control domain's kernel may be what it reports.
HV_LOST = re.compile(rb"Panic on CPU \d|Xen BUG at |FATAL (PAGE FAULT|TRAP|ERROR)|\*\*\* panic: ")
KERNEL_LOST = re.compile(rb"Kernel panic - not syncing|Hardware Dom0 (crashed|halted)|"
                         rb"[Dd]om(ain )?0 crashed")
# On a busy machine an emulated CPU may rest for half a minute: the kernel's watchdogs wait longer.
LINUX_ARGS = "panic=0 watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
GRACE = 2.0             # seconds in which a crash may finish what it has to say


class Failure(Exception):
    """Ends the run with a message and an exit status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def options(argv):
    p = argparse.ArgumentParser(prog="vm", description=__doc__, usage="vm [OPTION]... [--exec COMMAND]",
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--accel", choices=("tcg", "kvm"), default="tcg")
    p.add_argument("--hv", metavar="IMAGE", default=os.path.join(BUILD, "pavise"),
                   help="hypervisor, any Multiboot image, may be gzipped; 'none': boot the kernel "
                   "alone [build/pavise]")
    p.add_argument("--hv-args", metavar="STR", default="",
                   help="added to its command line; replaces a default of the same name")
    p.add_argument("--dom0-kernel", metavar="IMAGE", default="6.1",
                   help="bzImage, or the name of a prepared one: 6.1, 6.12 [6.1]; or an ELF guest "
                   "without an operating system, which is then all that is loaded; 'none': only "
                   "the modules")
    p.add_argument("--module", metavar="FILE [TEXT]", action="append", default=[],
                   help="one more boot module, behind kernel and root; may be repeated")
    p.add_argument("--dom0-args", metavar="STR", default="", help="the same for the kernel")
    p.add_argument("--overlay", metavar="DIR|CPIO", action="append", default=[],
                   help="files laid over the control domain's root; may be repeated")
    p.add_argument("--disk", metavar="FILE", action="append", default=[],
                   help="disk of the machine (raw, or qcow2 by its name), written to; may be repeated")
    p.add_argument("--no-data", action="store_true",
                   help="without the disk that holds the demo guest (/var/lib/pavise); otherwise it "
                   "is there, and what is written to it is dropped at the end")
    p.add_argument("--net", action="store_true",
                   help="network card with QEMU's user network; port of the bridge xenbr0")
    p.add_argument("--nic", metavar="MODEL", default="virtio-net-pci", help="[virtio-net-pci]")
    p.add_argument("--machine", choices=("pc", "q35"), default="pc")
    p.add_argument("--smp", metavar="N", type=int, help="CPUs [2; 1 with --icount]")
    p.add_argument("--mem", metavar="SIZE", default="2G", help="memory of the machine [2G]")
    p.add_argument("--cpu", metavar="MODEL", help="[max; max,-smap for Xen]")
    p.add_argument("--icount", action="store_true",
                   help="one instruction is one nanosecond; the same in every run")
    p.add_argument("--grub", action="store_true", help="boot by GRUB from a CD (Multiboot 2)")
    p.add_argument("--uefi", action="store_true", help="with UEFI firmware; implies --grub")
    p.add_argument("--qemu", metavar="PROGRAM",
                   default=os.environ.get("QEMU", "qemu-system-x86_64"), help="[$QEMU or %(default)s]")
    p.add_argument("--qemu-args", metavar="STR", default="", help="further arguments for QEMU")
    p.add_argument("--timeout", metavar="S", type=float, help="seconds until it is given up "
                   "[600 with --exec, none without]")
    p.add_argument("--keep-log", metavar="FILE", help="where the console's log goes")
    p.add_argument("--exec", metavar="COMMAND", dest="command",
                   help="run it, print its output, end; without it the console is yours "
                   "(Ctrl-a x ends QEMU)")
    opts = p.parse_args(argv)
    if opts.uefi:
        opts.grub = True
    if opts.hv == "none" and opts.grub:
        p.error("--hv none boots without GRUB")
    if opts.dom0_kernel == "none" and (opts.grub or opts.hv == "none" or opts.command is not None):
        p.error("--dom0-kernel none goes neither with --exec nor with --grub or --hv none")
    if opts.smp is None:
        opts.smp = 1 if opts.icount else 2
    if opts.icount and (opts.smp != 1 or opts.accel == "kvm"):
        p.error("--icount needs --smp 1 and --accel tcg")
    if opts.timeout is None and opts.command is not None:
        opts.timeout = 600
    return opts


def make(*targets):
    """Prepare what is missing; it says on standard error what it does."""
    cmd = ["make", "-s", "-C", TOP, f"BUILD={BUILD}", *targets]
    if subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode:
        raise Failure(NOT_STARTED, "could not prepare " + " ".join(targets))


def built(path, *targets):
    """Path below the build folder; made by make if it is not there."""
    path = os.path.join(BUILD, path)
    if not os.path.exists(path):
        make(*(targets or (path,)))
    return path


def must_exist(path, what):
    if not os.path.exists(path):
        raise Failure(WRONG_USE, f"{what} {path}: no such file")
    return os.path.abspath(path)


def hypervisor(opts, tmp):
    """Path of the image, uncompressed, and whether it is Xen."""
    if opts.hv == os.path.join(BUILD, "pavise"):
        path = built("pavise", "pavise")
    else:
        path = must_exist(opts.hv, "hypervisor")
    with open(path, "rb") as f:
        image = f.read()
    if image[:2] == b"\x1f\x8b":
        image = gzip.decompress(image)
        path = os.path.join(tmp, "hypervisor")
        with open(path, "wb") as f:
            f.write(image)
    return path, b"Xen version %d.%d" in image


def kernel(opts):
    """Path of the control domain's kernel and of the archive with its modules. No archive: None;
    False if the kernel is an ELF guest, which no root is laid under."""
    name = opts.dom0_kernel
    if name == "none":
        return None, False
    if re.fullmatch(r"\d+\.\d+", name):
        return built(f"kernels/{name}/vmlinuz"), built(f"root/modules-{name}.cpio")
    path = must_exist(name, "kernel")
    with open(path, "rb") as f:
        head = f.read(0x10000)
    if head[:4] == b"\x7fELF":
        return path, False
    if head[0x202:0x206] != b"HdrS":
        raise Failure(WRONG_USE, f"kernel {name}: not a bzImage")
    at = struct.unpack_from("<H", head, 0x20e)[0] + 0x200
    version = head[at:head.index(b"\0", at)].split(b" ")[0].decode()
    for known in sorted(os.listdir(os.path.join(BUILD, "kernels"))):
        if known.endswith("-cloud"):    # the guests'
            continue
        try:
            with open(os.path.join(BUILD, "kernels", known, "version"), encoding="ascii") as f:
                if f.read().strip() == version:
                    return path, built(f"root/modules-{known}.cpio")
        except FileNotFoundError:
            continue
    print(f"vm: no modules for kernel {version}: give them by --overlay", file=sys.stderr)
    return path, None


def initrd(opts, modules, token, tmp):
    """The control domain's root: archives one after another, later ones over earlier ones."""
    path = os.path.join(tmp, "initrd")
    parts = [built("root/base.cpio"), modules, built("root/tools.cpio")]
    with open(path, "wb") as out:
        for part in [p for p in parts if p] + [p for p in opts.overlay if not os.path.isdir(p)]:
            with open(must_exist(part, "overlay"), "rb") as f:
                shutil.copyfileobj(f, out, 1 << 20)
            out.write(bytes(-out.tell() % 512))
        archive = Archive(out)
        archive.entry("dev", 0o040755, nlink=2)
        archive.entry("dev/console", 0o020600, rdev=(5, 1))
        for part in opts.overlay:
            if os.path.isdir(part):
                archive.tree(part)
        if opts.command is not None:
            archive.entry("pavise-command", 0o100644, opts.command.encode() + b"\n")
            archive.entry("pavise-token", 0o100600, token)
        archive.end()
    return path


def with_defaults(defaults, given):
    """Defaults whose name is not among the given arguments, then these."""
    names = {a.split("=")[0] for a in given.split()}
    return " ".join([a for a in defaults.split() if a.split("=")[0] not in names] + given.split())


def further_modules(opts):
    """(path, text) of each --module."""
    for given in opts.module:
        name, _, text = given.partition(" ")
        yield must_exist(name, "module"), text


def grub_cd(hv, hv_args, linux, linux_args, root, further, tmp):
    """A CD from which GRUB boots the images; works for BIOS and UEFI."""
    top = os.path.join(tmp, "cd")
    os.makedirs(os.path.join(top, "boot/grub"))
    for path, name in ((hv, "hypervisor"), (linux, "vmlinuz"), (root, "initrd")):
        shutil.copyfile(path, os.path.join(top, "boot", name))
    lines = ""
    for n, (path, text) in enumerate(further):
        shutil.copyfile(path, os.path.join(top, f"boot/module{n}"))
        lines += f"\tmodule2 /boot/module{n} {text}\n"
    with open(os.path.join(top, "boot/grub/grub.cfg"), "w", encoding="utf-8") as f:
        f.write("serial --unit=0 --speed=115200\nterminal_output serial\n"
                "set timeout=0\nmenuentry machine {\n"
                f"\tmultiboot2 /boot/hypervisor {hv_args}\n"
                f"\tmodule2 /boot/vmlinuz {linux_args}\n"
                "\tmodule2 /boot/initrd\n" + lines + "}\n")
    cd = os.path.join(tmp, "machine.iso")
    done = subprocess.run(["grub-mkrescue", "-o", cd, top], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Failure(NOT_STARTED, "grub-mkrescue failed:\n" + done.stdout)
    return cd


def boot_arguments(opts, token, tmp):
    """QEMU's arguments that name what is booted, and the CPU model that suits it."""
    linux, modules = kernel(opts)
    if modules is False and (opts.hv == "none" or opts.grub):
        raise Failure(WRONG_USE, f"{linux}: an ELF guest is booted by a hypervisor, without GRUB")
    root = None if modules is False else initrd(opts, modules, token, tmp)
    if opts.hv == "none":
        args = with_defaults("console=ttyS0 " + LINUX_ARGS, opts.dom0_args)
        return ["-kernel", linux, "-initrd", root, "-append", args], "max"
    hv, is_xen = hypervisor(opts, tmp)
    cpu = "max"
    hv_args = "console=com1 com1=115200,8n1 dom0_mem=640M,max:640M loglvl=info noreboot"
    if is_xen:
        cpu = "max,-smap"
        hv_args += " spec-ctrl=eager-fpu"
    hv_args = with_defaults(hv_args, opts.hv_args)
    linux_args = with_defaults("console=hvc0 " + LINUX_ARGS, opts.dom0_args)
    if opts.grub:
        cd = grub_cd(hv, hv_args, linux, linux_args, root, further_modules(opts), tmp)
        return ["-cdrom", cd, "-boot", "d"], cpu
    modules = [f"{linux} {linux_args}"] if linux else []
    modules += ([root] if root else []) + [f"{f} {text}" for f, text in further_modules(opts)]
    modules = ",".join(m.replace(",", ",,") for m in modules)
    return ["-kernel", hv, "-append", hv_args, "-initrd", modules], cpu


def disk_arguments(opts):
    args = []
    for n, path in enumerate(opts.disk):
        fmt = "qcow2" if path.endswith(".qcow2") else "raw"
        path = must_exist(path, "disk").replace(",", ",,")
        args += ["-drive", f"if=virtio,id=disk{n},format={fmt},file={path}"]
    if not opts.no_data:
        path = built("guest/data.img").replace(",", ",,")
        args += ["-drive", f"if=virtio,id=data,format=raw,snapshot=on,file={path}"]
    return args


def qemu_version(program):
    out = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    m = re.search(r"version (\d+)", out)
    return int(m.group(1)) if m else 0


def machine_arguments(opts, token, tmp):
    boot, cpu = boot_arguments(opts, token, tmp)
    args = [opts.qemu, "-nodefaults", "-no-user-config", "-display", "none", "-vga", "std",
            "-no-reboot", "-machine", opts.machine, "-m", opts.mem, "-smp", str(opts.smp)]
    if opts.accel == "kvm":
        args += ["-accel", "kvm"]
    else:
        args += ["-accel", "tcg" if opts.icount else "tcg,thread=multi"]
    if opts.icount:
        args += ["-icount", "shift=0,sleep=off", "-seed", "1",
                 "-rtc", "base=2025-01-01T00:00:00,clock=vm"]
        cpu += ",-erms"         # else each byte of a string instruction counts as one
        if qemu_version(opts.qemu) >= 10:
            cpu += ",-x2apic"   # else "Bad icount read"
    args += ["-cpu", opts.cpu or cpu]
    if opts.uefi:
        for code in ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE_4M.fd"):
            if os.path.exists(code):
                break
        variables = os.path.join(tmp, "vars.fd")
        shutil.copy(code.replace("CODE", "VARS"), variables)
        args += ["-drive", f"if=pflash,format=raw,readonly=on,file={code}",
                 "-drive", f"if=pflash,format=raw,file={variables}"]
    if opts.net:
        args += ["-netdev", "user,id=net0", "-device", f"{opts.nic},netdev=net0"]
    return args + boot + disk_arguments(opts) + shlex.split(opts.qemu_args)


def stop(p):
    """End QEMU; SIGTERM lets it write out what it holds of the disks."""
    if p.poll() is None:
        p.terminate()
        try:
            p.wait(10)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()


class Run:
    """A machine that runs one command."""

    def __init__(self, opts, token, log):
        self.opts, self.token, self.log = opts, token, log
        self.status = None      # COMMAND's, when the end mark has been seen
        self.begun = False

    def output(self, pipe):
        """Copy what is between the marks to standard output. The end of what has been read is held
        back as long as it may be the beginning of a mark."""
        begin, end = self.token + b" begin\n", self.token + b" end "
        held = b""
        while True:
            data = pipe.read1(65536)
            held += data
            if not self.begun and begin in held:
                held = held.split(begin, 1)[1]
                self.begun = True
            if self.begun:
                at = held.find(end)
                if at >= 0:
                    self.write(held[:at])
                    held = held[at:]
                    if held.endswith(b"\n"):
                        self.status = int(held[len(end):])
                        return
                elif len(held) > len(end):
                    self.write(held[:-len(end)])
                    held = held[-len(end):]
            if not data:
                if self.begun and end not in held:
                    self.write(held)
                return

    @staticmethod
    def write(data):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def crash(self, text):
        if HV_LOST.search(text):
            return HV_CRASH, "the hypervisor crashed"
        if KERNEL_LOST.search(text):
            return KERNEL_CRASH, "the control domain's kernel crashed"
        return None

    def run(self, args):
        """COMMAND's exit status; Failure if there is none."""
        p = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        reader = threading.Thread(target=self.output, args=(p.stdout,), daemon=True)
        reader.start()
        try:
            return self.watch(p, reader)
        finally:
            stop(p)

    def watch(self, p, reader):
        deadline = time.monotonic() + self.opts.timeout
        seen, lost_at = b"", None
        with open(self.log, "rb") as log:
            while True:
                reader.join(0.1)
                if self.status is not None:
                    return self.status
                seen = seen[-200:] + log.read()
                now = time.monotonic()
                if lost_at is None and self.crash(seen):
                    lost, lost_at = self.crash(seen), now
                elif lost_at is not None and (now - lost_at > GRACE or p.poll() is not None):
                    # The first message may be the kernel's and the real one follow.
                    raise Failure(*(self.crash(seen) or lost))
                if p.poll() is not None and not reader.is_alive():
                    self.ended(p, seen + log.read())
                if now > deadline:
                    where = "while COMMAND ran" if self.begun else "before COMMAND began"
                    raise Failure(TIMEOUT, f"no end after {self.opts.timeout:g} s, {where}")

    def ended(self, p, seen):
        errors = p.stderr.read().decode(errors="replace").strip()
        lost = self.crash(seen)
        if lost:
            raise Failure(*lost)
        if p.returncode:
            raise Failure(NOT_STARTED, f"QEMU failed: {errors}")
        raise Failure(ENDED, "the machine was reset or switched off before COMMAND ended")


def show_tail(log, lines=40):
    with open(log, "rb") as f:
        tail = f.read()[-20000:].decode(errors="replace").splitlines()[-lines:]
    for line in tail:
        print("  | " + line.rstrip(), file=sys.stderr)


def interactive(opts, args):
    chardev = "stdio,id=console,mux=on,signal=off"
    if opts.keep_log:
        chardev += ",logfile=" + opts.keep_log.replace(",", ",,")
    args += ["-chardev", chardev, "-serial", "chardev:console", "-mon", "chardev=console"]
    if opts.timeout:
        args = ["timeout", "--foreground", str(opts.timeout)] + args
    return subprocess.run(args, check=False).returncode


def main(argv):
    opts = options(argv)
    token = b"pavise-" + secrets.token_hex(16).encode()
    with tempfile.TemporaryDirectory(prefix="vm.") as tmp:
        log = os.path.abspath(opts.keep_log) if opts.keep_log else os.path.join(tmp, "console.log")
        try:
            if not shutil.which(opts.qemu):
                make("deps")
            args = machine_arguments(opts, token, tmp)
            if opts.command is None:
                return interactive(opts, args)
            open(log, "wb").close()
            args += ["-chardev", "file,id=console,path=" + log.replace(",", ",,"),
                     "-serial", "chardev:console",
                     "-chardev", "stdio,id=command,signal=off", "-serial", "chardev:command"]
            return Run(opts, token, log).run(args)
        except Failure as failure:
            if os.path.exists(log):
                show_tail(log)
            print(f"vm: {failure}", file=sys.stderr)
            return failure.status
        except KeyboardInterrupt:
            return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
