# SPDX-License-Identifier: MIT
#
# Sources that the hypervisor and the domain builder compile into themselves (with -I. and
# -I$(ABI_INC)), and their tests.

BOOTPROTO_SRC := $(addprefix guest-abi/bootproto/,elf.c notes.c bzimage.c layout.c)

UNIT_TESTS += test_bootproto_elf test_bootproto_notes test_bootproto_bzimage test_bootproto_layout
test_bootproto_elf-objs := guest-abi/bootproto/elf.c
test_bootproto_notes-objs := guest-abi/bootproto/elf.c guest-abi/bootproto/notes.c
test_bootproto_bzimage-objs := guest-abi/bootproto/bzimage.c
test_bootproto_layout-objs := guest-abi/bootproto/layout.c

FUZZ_TARGETS += fuzz_elf fuzz_notes fuzz_bzimage
fuzz_elf-objs := guest-abi/bootproto/elf.c
fuzz_notes-objs := $(BOOTPROTO_SRC)
fuzz_bzimage-objs := guest-abi/bootproto/bzimage.c
