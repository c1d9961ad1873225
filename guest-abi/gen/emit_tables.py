#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write what is made of the hypercalls as a whole: emit_tables.py OUTDIR FILE.abi...

stubs.h: how guests call; names.h: numbers to names; grammar.h: every argument, field by field.
"""

import re
import sys
from pathlib import Path

import parse
from emit_c import C_TYPES, comment, write

CALL_H = """\
/*
 * The instruction itself. Whoever calls in another way (through a hypercall page, or from user
 * mode through a driver) defines ABI_HYPERCALL(nr, a1, a2, a3, a4, a5) before including this.
 */
#ifndef ABI_HYPERCALL
static inline int64_t abi_syscall(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
				  uint64_t a5)
{
	int64_t result;

	__asm__ volatile("mov %[a4], %%r10\\n\\tmov %[a5], %%r8\\n\\tsyscall"
			 : "=a"(result), "+D"(a1), "+S"(a2), "+d"(a3)
			 : "a"(nr), [a4] "r"(a4), [a5] "r"(a5)
			 : "rcx", "r8", "r10", "r11", "memory");
	return result;
}
#define ABI_HYPERCALL(nr, a1, a2, a3, a4, a5) abi_syscall(nr, a1, a2, a3, a4, a5)
#endif

/* A pointer as the ABI has it. */
#define ABI_PTR(p) ((uint64_t)(uintptr_t)(p))
"""

GRAMMAR_H = """\
enum abi_kind {
%s
};

/* Who writes a field: the caller, the hypervisor, or one after the other. */
enum abi_way { ABI_IN, ABI_OUT, ABI_INOUT };

/* A field of an argument. Members of unions overlap. */
struct abi_field {
	const char *name;
	uint16_t offset;
	uint16_t size;    /* of one element */
	uint16_t count;   /* elements; 1 if it is no array */
	uint16_t kind;    /* enum abi_kind */
	uint16_t target;  /* of a pointer: size of an element there; 0 if unknown */
	int16_t length;   /* of a pointer: index of the field that counts its elements, or -1 */
	uint16_t way;     /* enum abi_way */
};

/* A number preset in an argument so that a call with nothing else in it does no harm. */
struct abi_preset {
	uint16_t offset;
	uint16_t size; /* 0: there is none */
	uint64_t value;
};

/*
 * A sub-operation, or a hypercall without (op is -1). refused: the error that it always gives, 0 if
 * it is served. Registers: that of the sub-operation's number (-1: it is in memory), of the
 * structure's address (-1: none), of the number of structures (-1: there is one). Bits by number:
 * the errors that it may return (ABI_E*) and those that it may put into its status (GNTST_*).
 */
struct abi_op {
	const char *name;
	int32_t call;
	int32_t op;
	uint16_t control; /* for the control domain alone */
	uint16_t refused;
	uint16_t peer;    /* Xen 4.17 serves it */
	uint16_t probe;   /* may be called with an argument of zeros but for the preset */
	uint16_t size;    /* of the structure */
	int16_t op_register, arg_register, count_register;
	uint16_t nr_registers;
	const struct abi_field *fields;
	uint16_t nr_fields;
	struct abi_preset preset;
	uint8_t registers[6]; /* kinds of the arguments in registers */
	uint64_t errors[2];
	uint16_t statuses;
};
"""


def served_by(op):
    return not op.refusal


def c_param(arg, types):
    if arg.kind == "arg":
        return f"void *{arg.name}"
    if arg.kind == "op":
        return f"unsigned int {arg.name}"
    if arg.kind == "ptr" and arg.target:
        t = arg.target
        return f"{C_TYPES.get(t) or types[t].kind + ' ' + t} *{arg.name}"
    return f"uint64_t {arg.name}"


def stub_call(call):
    values = [f"ABI_PTR({a.name})" if a.kind in ("arg", "ptr") else a.name for a in call.args]
    values += ["0"] * (5 - len(values))
    return f"ABI_HYPERCALL(HC_{call.name.upper()}, {', '.join(values)})"


def function(name, params, lines, note):
    head = f"static inline int64_t {name}({', '.join(params) or 'void'})"
    if len(head) > 100:
        cut = head.rindex(", ", 0, 100) + 1
        head = head[:cut] + "\n\t" + head[cut + 1:]
    return [*comment([note])] * bool(note) + [head, "{", *[f"\t{x}" for x in lines], "}", ""]


def op_stub(op, types):
    """One function per sub-operation: its number filled in, its structure typed."""
    call = op.call
    params, lines, given = [], [], []
    for a in call.args:
        if a.kind == "op":
            given.append(op.name)
        elif a.kind == "arg":
            kind = re.sub(r"\[\w*\]$", "", op.args[0]).partition(":")[0] if op.args else ""
            if kind:
                params.append(c_param(parse.Arg(a.name, "ptr", kind), types))
            given.append(a.name if kind else "(void *)0")
        else:
            params.append(c_param(a, types))
            given.append(a.name)
    if call.fixed:
        shared = next(a.name for a in call.args if a.target == call.fixed)
        fields = {f.name: f for f in types[call.fixed].fields}
        if "cmd" not in fields or len(call.args) > 1:
            return []
        lines.append(f"{shared}->cmd = {op.name};")
        if "interface_version" in fields:
            lines.append(f"{shared}->interface_version = {version_of(call)};")
    lines.append(f"return hypercall_{call.name}({', '.join(given)});")
    return function(op.name.lower(), params, lines, op.note)


def version_of(call):
    return {"domctl": "XEN_DOMCTL_INTERFACE_VERSION", "sysctl": "XEN_SYSCTL_INTERFACE_VERSION",
            "platform_op": "XENPF_INTERFACE_VERSION"}[call.name]


def emit_stubs(headers, types):
    calls = [c for c in parse.calls(headers) if not c.refused]
    names = sorted({c.header for c in calls} | {"base"})
    out = ["#ifndef ABI_STUBS_H", "#define ABI_STUBS_H", ""]
    out += [f'#include "abi/{n}.h"' for n in names]
    out += ["", "#ifndef __ASSEMBLER__", "", CALL_H]
    for call in calls:
        out += function(f"hypercall_{call.name}", [c_param(a, types) for a in call.args],
                        [f"return {stub_call(call)};"], call.note)
        for op in filter(served_by, call.ops):
            out += op_stub(op, types)
    return out + ["#endif", "", "#endif", ""]


def switch(name, params, what, cases, note):
    out = [*comment([note]), f"static inline const char *{name}({params})", "{", f"\tswitch ({what}) {{"]
    for value, result in cases:
        out += [f"\tcase {value}:", f'\t\treturn "{result}";']
    return out + ["\tdefault:", "\t\treturn 0;", "\t}", "}", ""]


def emit_names(headers):
    calls = parse.calls(headers)
    out = ["#ifndef ABI_NAMES_H", "#define ABI_NAMES_H", "", "#ifndef __ASSEMBLER__", ""]
    out += switch("abi_hypercall_name", "unsigned int nr", "nr",
                  [(c.number, c.name) for c in calls],
                  "Name of a hypercall; 0 if it has none.")
    for c in calls:
        if c.ops:
            out += switch(f"abi_{c.name}_name", "unsigned int op", "op",
                          [(o.number, o.name) for o in c.ops], f"Sub-operations of {c.name}.")
    out += [*comment(["Name of a sub-operation of a hypercall; 0 if it has none."]),
            "static inline const char *abi_op_name(unsigned int nr, unsigned int op)",
            "{", "\tswitch (nr) {"]
    for c in calls:
        if c.ops:
            out += [f"\tcase {c.number}:", f"\t\treturn abi_{c.name}_name(op);"]
    out += ["\tdefault:", "\t\treturn 0;", "\t}", "}", ""]
    errors = [(c.text, c.name[4:]) for h in headers for c in h.of(parse.Const)
              if c.name.startswith("ABI_E")]
    out += switch("abi_error_name", "int error", "error < 0 ? -error : error", errors,
                  "Name of an error, negated or not; 0 if it has none.")
    return out + ["#endif", "", "#endif", ""]


def way_of(note):
    """Notes say what the hypervisor writes: "out...", or "in: ..., out: ..."."""
    if re.match(r"out\b", note):
        return "ABI_OUT"
    return "ABI_INOUT" if ", out:" in note else "ABI_IN"


def flat(agg, types, base=0, prefix="", rest=None):
    """Every scalar of a structure: (name, offset, field, way), lengths named within their own level."""
    for f in agg.fields:
        name = prefix + f.name if f.name else prefix
        inner = f.type if isinstance(f.type, parse.Aggregate) else types.get(f.type)
        way = rest or way_of(f.note)
        if "as are all that follow" in f.note:
            rest = way
        if inner:
            for i in range(f.count or 1):
                yield from flat(inner, types, base + f.offset + i * inner.size,
                                f"{name}." if f.name else name, rest)
        else:
            yield name, base + f.offset, prefix, f, way


def fields_of(op, call, types):
    """-> (size, [fields]) of the structure that a sub-operation takes."""
    args = op.args if op else [a.target for a in call.args if a.target in types]
    if call.fixed:
        whole = list(flat(types[call.fixed], types))
        keep = [w for w in whole if any(w[0] == a or w[0].startswith(a + ".") for a in args)
                or w[0] in ("cmd", "interface_version", "domain")]
        return types[call.fixed].size, keep
    if not args:
        return 0, []
    base, _, rest = args[0].partition("[")
    kind, _, means = base.partition(":")
    if kind in types:
        return types[kind].size, list(flat(types[kind], types))
    count = int(rest[:-1]) if rest[:-1].isdigit() else 0
    f = parse.Field(0, kind, "value", count, "-", "", "", means or "value")
    return parse.INT_SIZES[kind] * (count or 1), [("value", 0, "", f, "ABI_INOUT")]


def field_rows(fields, types):
    names = [row[0] for row in fields]
    for name, offset, prefix, f, way in fields:
        target = f.target and (parse.INT_SIZES.get(f.target) or types[f.target].size)
        length = names.index(prefix + f.length) if prefix + f.length in names and f.length else -1
        yield (f'\t{{"{name}", {offset}, {parse.INT_SIZES[f.type]}, {f.count or 1}, '
               f"ABI_KIND_{f.kind}, {target or 0}, {length}, {way}}},")


def preset(op, call, types):
    for p in op.probe if op else call.probe:
        path, _, value = p.partition(" = ")
        if value:
            offset, f = parse.path_field(types, call.fixed, path)
            return f"{{{offset}, {parse.INT_SIZES[f.type]}, {value}}}"
    return "{0, 0, 0}"


def error_bits(entry, call, errors):
    """Of the sub-operation and of its hypercall: errors in two words, statuses in another."""
    numbers = {int(errors[name]) for name, _ in entry.errors + call.errors}
    words = [sum(1 << n - at for n in numbers if at <= n < at + 64) for at in (0, 64)]
    statuses = sum(1 << -n for n in numbers if n < 0)
    return f"{{{words[0]:#x}, {words[1]:#x}}}, {statuses:#x}"


def op_row(op, call, errors, types, fields):
    entry = op or call
    kinds = [a.kind for a in call.args]
    size, _ = fields_of(op, call, types)
    at = next((i for i, a in enumerate(call.args)
               if a.kind == "arg" or a.kind == "ptr" and a.target in types), -1)
    length = call.args[at].length if at >= 0 else ""
    names = [a.name for a in call.args]
    if kinds[at:at + 1] == ["arg"] and "count" in names:
        length = "count"
    regs = ", ".join(f"ABI_KIND_{k}" for k in kinds) or "0"
    number = op.text if op else "-1"
    probe = 0 if any(p.startswith("none") for p in entry.probe) else 1
    return (f'\t{{"{entry.name}", {call.number}, {number}, {int(entry.who == "control")}, '
            f"{errors[entry.refusal[0]] if entry.refusal else 0}, {int(not entry.not_in_peer)}, "
            f"{probe}, {size},\n\t "
            f"{kinds.index('op') if 'op' in kinds else -1}, {at}, "
            f"{names.index(length) if length else -1}, {len(kinds)}, {fields[0]}, {fields[1]}, "
            f"{preset(op, call, types)}, {{{regs}}}, {error_bits(entry, call, errors)}}},")


def emit_grammar(headers, types):
    errors = {c.name.removeprefix("ABI_"): c.text for h in headers for c in h.of(parse.Const)
              if c.name.startswith(("ABI_E", "GNTST_"))}
    kinds = "\n".join(f"\tABI_KIND_{k}, /* {v} */" for k, v in parse.KINDS.items())
    out = ["#ifndef ABI_GRAMMAR_H", "#define ABI_GRAMMAR_H", "", '#include "abi/assert.h"', "",
           "#ifndef __ASSEMBLER__", "", GRAMMAR_H % kinds]
    tables, rows = {}, []
    for call in parse.calls(headers):
        for op in call.ops or [None]:
            _, fields = fields_of(op, call, types)
            text = "\n".join(field_rows(fields, types))
            if text and text not in tables:
                tables[text] = f"abi_fields_{len(tables)}"
                out += [f"static const struct abi_field {tables[text]}[] = {{", text, "};", ""]
            rows.append(op_row(op, call, errors, types, (tables.get(text, "0"), len(fields))))
    out += ["static const struct abi_op abi_ops[] = {", *rows, "};", "",
            f"#define ABI_NR_OPS {len(rows)}"]
    return out + ["", "#endif", "", "#endif", ""]


def main():
    out = Path(sys.argv[1])
    headers, types = parse.load(sys.argv[2:])
    for name, title, lines in (
            ("stubs.h", "How guests call: one function per hypercall and sub-operation.",
             emit_stubs(headers, types)),
            ("names.h", "Names of hypercalls, sub-operations and errors.", emit_names(headers)),
            ("grammar.h", "Every hypercall and sub-operation with its argument, field by field.",
             emit_grammar(headers, types))):
        head = ["/* SPDX-License-Identifier: MIT */",
                *comment([title, "Generated by guest-abi/gen/emit_tables.py from guest-abi/abi."])]
        write(out / name, "\n".join(head + lines))


if __name__ == "__main__":
    try:
        main()
    except parse.AbiError as err:
        sys.exit(f"emit_tables.py: {err}")
