# SPDX-License-Identifier: MIT
"""The manual for man(1): pavise_<hypercall>(2), and pavise_abi(7) that lists them."""

import re
import textwrap

import parse

HEAD = '.\\" SPDX-License-Identifier: MIT\n.TH {} {} "" Pavise "Pavise guest ABI"\n.nh\n.ad l\n'


def esc(text):
    text = str(text).replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def sentence(text):
    return text[:1].upper() + text[1:]


def bold(text):
    return f"\\fB{esc(text)}\\fR"


def para(text):
    return [".PP", *[esc(x) for x in textwrap.wrap(text, 78)]]


def item(tag, text):
    return [".TP 14", tag, *([esc(x) for x in textwrap.wrap(text, 78)] or ["\\&"])]


class Page:
    def __init__(self, manual, call):
        self.m = manual
        self.call = call

    def synopsis(self):
        call = self.call
        args = ", ".join(a.name for a in call.args)
        out = [".SH SYNOPSIS", ".nf", '#include "abi/stubs.h"', ".PP",
               f"{bold('hypercall_' + call.name)}({esc(args)});", ".fi"]
        for reg, name, _, what in self.m.registers(call):
            out += item(f"{bold(reg)} {esc(name)}", what)
        return out

    def facts(self, entry):
        out = item("Who may call", self.m.who(entry))
        if entry.refusal:
            out += item("Refused", f"always -{entry.refusal[0]}: {entry.refusal[1]}")
        else:
            out += item("Preempted", self.m.preemption(entry))
        out += item("Xen 4.17", f"not served: {entry.not_in_peer}" if entry.not_in_peer else "has it")
        tests = [esc(t).replace("/", "/\\:").replace(":", ":\\:").replace("\\:\\:", "\\:")
                 for t in self.m.tests(entry)]
        return out + [".TP 14", "Shown by", ",\n".join(tests)]

    def fields(self, rows):
        out = [".PP", ".nf", ".RS 2"]
        for at, kind, depth, name, what in rows:
            line = f"{at:>5}  {'  ' * depth}{kind + ' ' + name:<32}"
            note = textwrap.wrap(what, 78 - len(line)) if len(line) < 60 else [what]
            out.append(esc((line + (note[0] if note else "")).rstrip()))
            out += [esc(" " * len(line) + x) for x in note[1:]]
        return out + [".RE", ".fi"]

    def argument(self, op):
        title, agg, members = self.m.argument(op)
        if members:
            rows = []
            for path in members:
                at, f = self.m.member(op, path)
                kind = f.type if isinstance(f.type, str) else f.type.kind
                rows.append((at, kind, 0, path, f.note))
                if kind in self.m.types:
                    rows += [(at + o, k, d + 1, n, w)
                             for o, k, d, n, w in self.m.rows(self.m.types[kind])]
            return [".PP", f"Uses of {bold(title)}:", *self.fields(rows)]
        if agg and agg.size <= 1024:
            return [".PP", f"Argument: {bold(title)}, {agg.size} bytes",
                    *self.fields(self.m.rows(agg))]
        return [".PP", f"Argument: {bold(title)}"] if title else []

    def errors(self, errors):
        out = []
        for name, cause in errors:
            out += item(bold(name if name.startswith("G") else "-" + name), cause)
        return out

    def operation(self, op):
        out = [f'.SS "{op.name} ({op.text})"']
        out += para((sentence(op.note) + ". " if op.note else "") + " ".join(op.about)) * bool(
            op.note or op.about)
        if not op.refusal:
            out += self.argument(op)
            out += para("Returns " + op.returns + ".") * bool(op.returns)
            out += self.errors(op.errors)
        return out + self.facts(op)

    def text(self):
        call = self.call
        out = [".SH NAME", f"pavise_{call.name} \\- {esc(call.note or 'refused')}"]
        out += self.synopsis() + [".SH DESCRIPTION"]
        out += para(" ".join(call.about) or "See below.") if not call.refused else para(
            f"Refused: {call.refused[1]}.")
        out += self.facts(call)
        if not call.refused:
            out += [".SH RETURN VALUE", *para(call.returns or "0, or a negated error number.")]
            out += [".SH ERRORS", *self.errors(call.errors)] * bool(call.errors)
        if call.name in self.m.examples:
            lines = self.m.examples[call.name].partition("\n")[2].strip().split("\n")
            out += [".SH EXAMPLE", ".nf", *[esc(x.expandtabs(8)) or "\\&" for x in lines], ".fi"]
        if call.ops:
            out += [".SH SUB-OPERATIONS"]
            for op in call.ops:
                out += self.operation(op)
        return HEAD.format(f"pavise_{call.name}".upper(), 2) + "\n".join(
            out + [".SH SEE ALSO", ".BR pavise_abi (7)", ""])


def index(manual):
    out = [".SH NAME", "pavise_abi \\- hypercalls of the Pavise hypervisor", ".SH DESCRIPTION"]
    out += para("Each hypercall has a page of its own in section 2. A call is made by SYSCALL in "
                "kernel mode, with its number in rax and its arguments in rdi, rsi, rdx, r10, r8; "
                "rax has the result, 0 and up or a negated error number. rcx, r11 and the argument "
                "registers do not survive.")
    for call in manual.calls:
        out += item(f"{bold('pavise_' + call.name)}(2), {call.number}",
                    (call.note or "") + (f" (refused: {call.refused[1]})" if call.refused else ""))
    out += [".SH ERRORS"]
    for name, c in manual.errors.items():
        out += item(bold(name if name.startswith("G") else "-" + name), f"{c.text}: {c.note}"
                    if c.note else c.text)
    return HEAD.format("PAVISE_ABI", 7) + "\n".join(out + [""])


def tidy(text):
    """A heading begins a paragraph by itself."""
    return re.sub(r"(?m)^(\.S[HS] .*)\n\.PP$", r"\1", text)


def write(manual, out):
    for section in ("man2", "man7"):
        (out / section).mkdir(parents=True, exist_ok=True)
        for old in (out / section).iterdir():
            old.unlink()
    for call in manual.calls:
        (out / "man2" / f"pavise_{call.name}.2").write_text(tidy(Page(manual, call).text()))
    (out / "man7" / "pavise_abi.7").write_text(tidy(index(manual)))
