# SPDX-License-Identifier: MIT
"""Reader of the .abi language (guest-abi/README.md describes it).

load() turns all .abi files into Header objects and refuses whatever would make the generated
files differ from what the source says: a field off its stated offset or off its natural
alignment, a wrong size, an unknown type, kind or error, a name or a number given twice.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

INT_SIZES = {"u8": 1, "s8": 1, "char": 1, "u16": 2, "s16": 2, "u32": 4, "s32": 4,
             "u64": 8, "s64": 8, "ptr": 8}
WHO = ("any", "control")

# What a number stands for; fuzzers draw fitting values by it, the manual explains it.
KINDS = {
    "value": "plain number", "op": "number of a sub-operation", "arg": "address of the "
    "sub-operation's structure", "ptr": "linear address of the caller", "cmd": "number of a "
    "sub-operation, in memory", "version": "interface version", "domid": "domain id",
    "vcpu": "number of a virtual CPU", "cpu": "number of a CPU of the machine",
    "port": "event channel", "pirq": "interrupt line of the domain", "virq": "virtual interrupt",
    "gref": "grant reference", "handle": "handle of a grant mapping", "mfn": "machine frame",
    "pfn": "frame as the domain numbers it", "vaddr": "linear address", "maddr":
    "machine address", "pte": "page-table entry", "count": "number of elements", "size":
    "number of bytes", "index": "index", "flags": "flag bits", "time": "system time in ns",
}
TEXTS = ("returns", "preempt", "peer")          # attributes that are one text

RE_CONST = re.compile(r"([A-Za-z_]\w*) = (-?(?:0x[0-9a-f]+|\d+)|\"[^\"]*\")(?: as (\S+))?$")
RE_AGGREGATE = re.compile(r"(struct|union) (\w+) (\d+)( packed)?(?: as (\S+))? \{$")
RE_FIELD = re.compile(r"(\d+) (\w+)(?::([\w*]+))? (\w+)(?:\[(\d+)\])?(?: as (\S+))?$")
RE_INLINE = re.compile(r"(\d+) (struct|union) (\w+)?(?:\[(\d+)\])?(?: ?as (\S+))? ?\{$")
RE_HYPERCALL = re.compile(r"hypercall (\d+) (\w+)\(([\w:*, ]*)\) (\w+)(?: as (\S+))?$")
RE_OP = re.compile(r"op (\w+) = (0x[0-9a-f]+|\d+)(?: \(([^)]*)\))?(?: (\w+))?(?: as (\S+))?$")
RE_ATTRIBUTE = re.compile(r"(>|error|returns|preempt|peer|refused|test|probe) (.*)$")


class AbiError(Exception):
    """A mistake in a .abi file; the text starts with file:line."""


@dataclass
class Const:
    name: str
    text: str           # as written, so that hexadecimal stays hexadecimal
    xen: str            # name in the reference headers, "-" when there is none
    note: str


@dataclass(kw_only=True)
class Call:
    """What hypercalls and their sub-operations have in common."""
    who: str = "any"
    where: str = ""
    about: list = field(default_factory=list)
    errors: list = field(default_factory=list)  # (name, cause)
    returns: str = ""
    preempt: str = ""                           # how it goes on; empty: runs to its end
    refused: tuple = ()                         # (error, why)
    peer: str = ""                              # why Xen 4.17 does not serve it; empty: it does
    tests: list = field(default_factory=list)   # "path" or "path:case" below tests/
    probe: list = field(default_factory=list)   # "none why" or "field = value"


@dataclass
class Op(Const, Call):
    """A sub-operation; its number is a constant, too."""
    args: list          # its structure, or members of the one that all sub-operations share
    call: object

    @property
    def number(self):
        return int(self.text, 0)

    @property
    def refusal(self):
        return self.refused or self.call.refused

    @property
    def not_in_peer(self):
        return self.peer or self.call.peer


@dataclass
class Arg:
    name: str
    kind: str
    target: str = ""    # of a ptr: what is there
    length: str = ""    # of a ptr: the argument or field that counts the elements


@dataclass
class Aggregate:
    kind: str           # "struct" or "union"
    name: str           # "" for an unnamed inline one
    xen: str
    note: str
    where: str
    size: int = 0       # computed for inline ones
    align: int = 1
    packed: bool = False
    fields: list = field(default_factory=list)


@dataclass
class Field:
    offset: int
    type: object        # a key of INT_SIZES, the name of an Aggregate, or an inline Aggregate
    name: str
    count: int          # 0: not an array
    xen: str
    note: str
    where: str
    kind: str = ""      # key of KINDS
    target: str = ""    # as in Arg
    length: str = ""


@dataclass
class Hypercall(Call):
    number: int
    name: str
    args: list          # Arg
    note: str
    xen: str
    ops: list = field(default_factory=list)
    header: str = ""

    @property
    def refusal(self):
        return self.refused

    @property
    def not_in_peer(self):
        return self.peer

    @property
    def fixed(self):
        """The structure that every sub-operation shares, when its number is a member of it."""
        targets = [a.target for a in self.args if a.kind == "ptr" and a.target in self.types]
        return targets[0] if self.ops and targets else ""

    types = {}


@dataclass
class Doc:
    lines: list


@dataclass
class Header:
    name: str
    title: str = ""
    includes: list = field(default_factory=list)
    xen_headers: list = field(default_factory=list)
    items: list = field(default_factory=list)

    def of(self, kind):
        return [i for i in self.items if isinstance(i, kind)]


class Reader:
    """State of reading one file: the header so far and the stack of open braces."""

    def __init__(self, path):
        self.path = path
        self.header = Header(path.stem)
        self.open = []
        self.where = str(path)
        self.call = None        # the hypercall that sub-operations belong to
        self.entry = None       # what attribute lines belong to

    def fail(self, why):
        raise AbiError(f"{self.where}: {why}")

    def read(self):
        for number, raw in enumerate(self.path.read_text().splitlines(), 1):
            self.where = f"{self.path}:{number}"
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith(":"):
                self.doc(line[1:].strip())
                continue
            if m := RE_ATTRIBUTE.match(line):
                self.attribute(m[1], m[2])
                continue
            body, _, note = line.partition(" -- ")
            self.line(" ".join(body.split()), note.strip())
        if self.open:
            self.fail("missing }")
        if not self.header.title:
            self.fail("no title line")
        return self.header

    def doc(self, text):
        if self.open:
            self.fail("documentation lines stand outside braces; use -- inside")
        items = self.header.items
        if items and isinstance(items[-1], Doc):
            items[-1].lines.append(text)
        else:
            items.append(Doc([text]))

    def line(self, body, note):
        if self.open:
            self.inside(body, note)
            return
        word, _, rest = body.partition(" ")
        if word == "title":
            self.header.title = rest
        elif word == "include":
            self.header.includes += rest.split()
        elif word == "xen":
            self.header.xen_headers += rest.split()
        elif m := RE_CONST.match(body):
            self.header.items.append(Const(m[1], m[2], self.xen_name(m[3], m[1]), note))
        elif m := RE_AGGREGATE.match(body):
            top = Aggregate(m[1], m[2], m[5] or "-", note, self.where, int(m[3]), 1, bool(m[4]))
            self.header.items.append(top)
            self.open.append(top)
        elif m := RE_HYPERCALL.match(body):
            self.hypercall(m, note)
        elif m := RE_OP.match(body):
            self.op(m, note)
        else:
            self.fail(f"cannot read '{body}'")

    def caller(self, who):
        if who not in WHO:
            self.fail(f"who may call must be one of {', '.join(WHO)}")
        return who

    def hypercall(self, m, note):
        args = [self.arg(*a.strip().partition(":")[::2]) for a in m[3].split(",") if a.strip()]
        self.call = self.entry = Hypercall(int(m[1]), m[2], args, note,
                                           m[5] or f"__HYPERVISOR_{m[2]}", who=self.caller(m[4]),
                                           where=self.where, header=self.header.name)
        self.header.items.append(self.call)

    def op(self, m, note):
        if not self.call:
            self.fail("a sub-operation before any hypercall")
        args = [a.strip() for a in (m[3] or "").split(",") if a.strip()]
        self.entry = Op(m[1], m[2], self.xen_name(m[5], m[1]), note, args, self.call,
                        who=self.caller(m[4] or self.call.who), where=self.where)
        self.call.ops.append(self.entry)
        self.header.items.append(self.entry)

    def attribute(self, word, text):
        if not self.entry:
            self.fail(f"'{word}' after neither hypercall nor sub-operation")
        if word in TEXTS:
            setattr(self.entry, word, text)
        elif word == ">":
            self.entry.about.append(text)
        elif word == "error":
            self.entry.errors.append(tuple(text.split(" ", 1)))
        elif word == "refused":
            self.entry.refused = tuple(text.split(" ", 1))
        elif word == "test":
            self.entry.tests += text.split()
        else:
            self.entry.probe.append(text)

    def arg(self, name, kind):
        """NAME:KIND of an argument or field; a pointer's kind is ptr:TARGET*LENGTH."""
        kind, _, target = kind.partition(":")
        target, _, length = target.partition("*")
        if kind and kind not in KINDS:
            self.fail(f"{name}: unknown kind {kind}")
        return Arg(name, kind or "value", target, length)

    def inside(self, body, note):
        if body == "}":
            self.open.pop()
        elif m := RE_INLINE.match(body):
            name = m[3] or ""
            inner = Aggregate(m[2], "", "-", note, self.where)
            self.add(int(m[1]), inner, name, m[4], m[5] or name, note, "")
            self.open.append(inner)
        elif m := RE_FIELD.match(body):
            self.add(int(m[1]), m[2], m[4], m[5], m[6] or m[4], note, m[3] or "")
        else:
            self.fail(f"cannot read field '{body}'")

    def add(self, offset, kind, name, count, xen, note, means):
        if count == "0":
            self.fail("an array needs at least one element")
        a = self.arg(name, f"ptr:{means}" if kind == "ptr" else means)
        self.open[-1].fields.append(Field(offset, kind, name, int(count or 0), xen, note,
                                          self.where, a.kind, a.target, a.length))

    def xen_name(self, given, own):
        return given or (own if self.header.xen_headers else "-")


def measure(agg, types):
    """Check every offset of agg, fill in the size of inline ones; -> (size, alignment)."""
    end, align = 0, 1
    seen = set()
    for f in agg.fields:
        if f.name and f.name in seen:
            raise AbiError(f"{f.where}: field {f.name} given twice")
        seen.add(f.name)
        size, al = size_of(f, types)
        al = 1 if agg.packed else al
        if f.offset % al:
            raise AbiError(f"{f.where}: {f.name} at {f.offset} is not {al}-byte aligned")
        if agg.kind == "union" and f.offset:
            raise AbiError(f"{f.where}: members of a union are at 0")
        if agg.kind == "struct" and f.offset < end:
            raise AbiError(f"{f.where}: {f.name} at {f.offset} overlaps its forerunner, end {end}")
        end, align = max(end, f.offset + size), max(align, al)
    rounded = (end + align - 1) // align * align
    if not agg.fields:
        raise AbiError(f"{agg.where}: no fields")
    if not agg.name:
        agg.size = rounded
    if agg.size < end or agg.size % align:
        raise AbiError(f"{agg.where}: stated size {agg.size}, fields end at {end}, align {align}")
    if agg.kind == "union" and agg.size != rounded:
        raise AbiError(f"{agg.where}: stated size {agg.size}, largest member gives {rounded}")
    agg.align = align
    return agg.size, align


def size_of(f, types):
    if isinstance(f.type, Aggregate):
        size, align = measure(f.type, types)
    elif f.type in INT_SIZES:
        size = align = INT_SIZES[f.type]
    elif f.type in types:
        size, align = types[f.type].size, types[f.type].align
    else:
        raise AbiError(f"{f.where}: unknown type {f.type} (define it before its use)")
    return size * (f.count or 1), align


def in_order(headers):
    """Headers sorted so that each follows those it includes."""
    done, result = set(), []

    def visit(name, path):
        if name in done:
            return
        if name in path or name not in headers:
            raise AbiError(f"{' -> '.join(path + [name])}: include loop or no such file")
        for inc in headers[name].includes:
            visit(inc, path + [name])
        done.add(name)
        result.append(headers[name])

    for name in sorted(headers):
        visit(name, [])
    return result


def targets_exist(item, where, members, types):
    """What pointers among the members name must be a type and a neighbour."""
    for m in members:
        if m.target and m.target not in types and m.target not in INT_SIZES:
            raise AbiError(f"{where}: {m.name} points to unknown {m.target}")
        if m.length and m.length not in [n.name for n in members]:
            raise AbiError(f"{where}: {m.name} is counted by unknown {m.length}")
        if isinstance(m, Field) and isinstance(m.type, Aggregate):
            targets_exist(m.type, m.where, m.type.fields, types)


def path_field(types, name, path):
    """-> (offset, Field) of a.b.c in the named structure, or None."""
    agg, base, found = types[name], 0, None
    for part in path.split("."):
        found = next((f for f in agg.fields if f.name == part), None) if agg else None
        if not found:
            return None
        base += found.offset
        agg = found.type if isinstance(found.type, Aggregate) else types.get(found.type)
    return base, found


def check_call(c, types, errors):
    for name, _ in c.errors + ([c.refusal] if c.refusal else []):
        if name not in errors:
            raise AbiError(f"{c.where}: unknown error {name}")
    if isinstance(c, Hypercall):
        targets_exist(c, c.where, c.args, types)
        return
    for a in c.args:
        plain = re.sub(r"\[\w*\]$", "", a).partition(":")[0]
        fixed = c.call.fixed
        if not (path_field(types, fixed, a) if fixed else plain in types or plain in INT_SIZES):
            raise AbiError(f"{c.where}: {c.name} takes unknown {a}")


def load(paths):
    """Read and check all files; -> (headers in include order, {type name: Aggregate})."""
    headers = {Path(p).stem: Reader(Path(p)).read() for p in paths}
    types, names, numbers = {}, set(), set()
    ordered = in_order(headers)
    for header in ordered:
        for item in header.of(Const):
            if item.name in names:
                raise AbiError(f"{header.name}.abi: {item.name} given twice")
            names.add(item.name)
        for agg in header.of(Aggregate):
            if agg.name in types:
                raise AbiError(f"{agg.where}: {agg.name} given twice")
            measure(agg, types)
            types[agg.name] = agg
        for call in header.of(Hypercall):
            if call.number in numbers:
                raise AbiError(f"{header.name}.abi: hypercall {call.number} given twice")
            numbers.add(call.number)
    Hypercall.types = types
    errors = {n.partition("_")[2] for n in names if n.startswith("ABI_E")}
    errors |= {n for n in names if n.startswith("GNTST_")}
    for header in ordered:
        for agg in header.of(Aggregate):
            targets_exist(agg, agg.where, agg.fields, types)
        for item in header.of(Call):
            check_call(item, types, errors)
    return ordered, types


def calls(headers):
    """Every hypercall, by number."""
    return sorted((c for h in headers for c in h.of(Hypercall)), key=lambda c: c.number)
