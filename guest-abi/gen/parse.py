# SPDX-License-Identifier: MIT
"""Reader of the .abi language (guest-abi/README.md describes it).

load() turns all .abi files into Header objects and refuses whatever would make the generated
headers differ from what the source says: a field off its stated offset or off its natural
alignment, a wrong size, an unknown type, a name or a hypercall number given twice.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

INT_SIZES = {"u8": 1, "s8": 1, "char": 1, "u16": 2, "s16": 2, "u32": 4, "s32": 4,
             "u64": 8, "s64": 8, "ptr": 8}
WHO = ("any", "control", "absent")

RE_CONST = re.compile(r"([A-Za-z_]\w*) = (-?(?:0x[0-9a-f]+|\d+)|\"[^\"]*\")(?: as (\S+))?$")
RE_AGGREGATE = re.compile(r"(struct|union) (\w+) (\d+)( packed)?(?: as (\S+))? \{$")
RE_FIELD = re.compile(r"(\d+) (\w+) (\w+)(?:\[(\d+)\])?(?: as (\S+))?$")
RE_INLINE = re.compile(r"(\d+) (struct|union) (\w+)?(?:\[(\d+)\])?(?: ?as (\S+))? ?\{$")
RE_HYPERCALL = re.compile(r"hypercall (\d+) (\w+)\(([\w, ]*)\) (\w+)$")


class AbiError(Exception):
    """A mistake in a .abi file; the text starts with file:line."""


@dataclass
class Const:
    name: str
    text: str           # as written, so that hexadecimal stays hexadecimal
    xen: str            # name in the reference headers, "-" when there is none
    note: str


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


@dataclass
class Hypercall:
    number: int
    name: str
    args: list
    who: str
    note: str


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
            if m[4] not in WHO:
                self.fail(f"who may call must be one of {', '.join(WHO)}")
            args = [a.strip() for a in m[3].split(",") if a.strip()]
            self.header.items.append(Hypercall(int(m[1]), m[2], args, m[4], note))
        else:
            self.fail(f"cannot read '{body}'")

    def inside(self, body, note):
        if body == "}":
            self.open.pop()
        elif m := RE_INLINE.match(body):
            name = m[3] or ""
            inner = Aggregate(m[2], "", "-", note, self.where)
            self.add(int(m[1]), inner, name, m[4], m[5] or name, note)
            self.open.append(inner)
        elif m := RE_FIELD.match(body):
            self.add(int(m[1]), m[2], m[3], m[4], m[5] or m[3], note)
        else:
            self.fail(f"cannot read field '{body}'")

    def add(self, offset, kind, name, count, xen, note):
        if count == "0":
            self.fail("an array needs at least one element")
        self.open[-1].fields.append(
            Field(offset, kind, name, int(count or 0), xen, note, self.where))

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
    return ordered, types
