# SPDX-License-Identifier: MIT

# The console back-end is linked into pav-consoled.
PV_CONS_SRC := pv-drivers/ring/bytes.c pv-drivers/back/cons.c

UNIT_TESTS += test_cons
test_cons-objs := $(PV_CONS_SRC)
FUZZ_TARGETS += fuzz_cons
fuzz_cons-objs := $(PV_CONS_SRC)
