# SPDX-License-Identifier: MIT

# The console back-end is linked into pav-consoled.
PV_CONS_SRC := pv-drivers/ring/bytes.c pv-drivers/back/cons.c

# Front-ends for guests on the guest library; a program links those that it uses.
PV_FRONT_SRC := pv-drivers/ring/requests.c pv-drivers/front/front.c pv-drivers/front/blk.c \
	pv-drivers/front/net.c

UNIT_TESTS += test_cons test_requests
test_requests-objs := pv-drivers/ring/requests.c
test_cons-objs := $(PV_CONS_SRC)
FUZZ_TARGETS += fuzz_cons
fuzz_cons-objs := $(PV_CONS_SRC)
