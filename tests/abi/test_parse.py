#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ABI generator must refuse a description whose numbers do not hold, naming the line."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "guest-abi" / "gen"))
import emit_c
import parse

HEAD = "title Test.\n"


def load(**files):
    with tempfile.TemporaryDirectory() as tmp:
        paths = []
        for name, text in files.items():
            path = Path(tmp) / f"{name}.abi"
            path.write_text(text)
            paths.append(path)
        return parse.load(paths)


class Refused(unittest.TestCase):
    def refuse(self, why, text):
        with self.assertRaisesRegex(parse.AbiError, why):
            load(t=HEAD + text)

    def test_overlap(self):
        self.refuse(r"t.abi:4: b at 2 overlaps", "struct s 8 {\n0 u32 a\n2 u16 b\n}\n")

    def test_misaligned(self):
        self.refuse("b at 2 is not 4-byte aligned", "struct s 8 {\n0 u8 a\n2 u32 b\n}\n")

    def test_too_small(self):
        self.refuse("stated size 4, fields end at 8", "struct s 4 {\n0 u32 a\n4 u32 b\n}\n")

    def test_ragged_size(self):
        self.refuse("stated size 12", "struct s 12 {\n0 u64 a\n8 u32 b\n}\n")

    def test_union_too_large(self):
        self.refuse("largest member gives 4", "union u 8 {\n0 u32 a\n}\n")

    def test_union_offset(self):
        self.refuse("members of a union are at 0", "union u 8 {\n0 u32 a\n4 u32 b\n}\n")

    def test_inline_checked(self):
        self.refuse("y at 1 is not 2-byte aligned",
                    "struct s 8 {\n0 union u {\n0 struct x {\n0 u8 a\n1 u16 y\n}\n}\n}\n")

    def test_unknown_type(self):
        self.refuse("unknown type nowhere", "struct s 8 {\n0 nowhere a\n}\n")

    def test_field_twice(self):
        self.refuse("field a given twice", "struct s 8 {\n0 u32 a\n4 u32 a\n}\n")

    def test_constant_twice(self):
        self.refuse("A given twice", "A = 1\nA = 2\n")

    def test_hypercall_twice(self):
        self.refuse("hypercall 3 given twice", "hypercall 3 a() any\nhypercall 3 b() any\n")

    def test_unknown_caller(self):
        self.refuse("who may call", "hypercall 3 a() everybody\n")

    def test_unknown_error(self):
        self.refuse("unknown error EODD", "hypercall 3 a() any\nerror EODD cause\n")

    def test_unknown_kind(self):
        self.refuse("unknown kind gold", "struct s 4 {\n0 u32:gold a\n}\n")

    def test_unknown_target(self):
        self.refuse("a points to unknown t", "struct s 8 {\n0 ptr:t a\n}\n")

    def test_unknown_length(self):
        self.refuse("a is counted by unknown n", "struct s 8 {\n0 ptr:u8*n a\n}\n")

    def test_operation_without_call(self):
        self.refuse("before any hypercall", "op A = 1\n")

    def test_operation_of_unknown_structure(self):
        self.refuse("A takes unknown s", "hypercall 3 a(c:op, d:arg) any\nop A = 1 (s)\n")

    def test_open_brace(self):
        self.refuse("missing }", "struct s 8 {\n0 u64 a\n")

    def test_unreadable(self):
        self.refuse("t.abi:2: cannot read", "constant A 1\n")

    def test_empty_array(self):
        self.refuse("at least one element", "struct s 8 {\n0 u64 a[0]\n}\n")

    def test_include_loop(self):
        with self.assertRaisesRegex(parse.AbiError, "include loop"):
            load(a=HEAD + "include b\n", b=HEAD + "include a\n")


class Accepted(unittest.TestCase):
    def test_packed(self):
        _, types = load(t=HEAD + "struct s 5 packed {\n0 u8 a\n1 u32 b\n}\n")
        self.assertEqual(types["s"].size, 5)

    def test_holes_are_named(self):
        headers, emit_c.TYPES = load(t=HEAD + "struct s 16 {\n0 u8 a\n8 u32 b\n}\n")
        text = emit_c.emit_header(headers[0], headers)
        self.assertIn("_pad0[7];", text)
        self.assertIn("_pad1[4];", text)

    def test_table_is_sorted_and_lists_served_ones(self):
        headers, _ = load(t=HEAD + "ABI_ENOSYS = 38\nhypercall 9 b(x) control\n"
                          "hypercall 2 a() any\nhypercall 5 c() any\nrefused ENOSYS why\n")
        text = emit_c.emit_table(headers)
        self.assertLess(text.index("X(2, a, 0, any)"), text.index("X(9, b, 1, control)"))
        self.assertNotIn("X(5", text)


if __name__ == "__main__":
    unittest.main()
