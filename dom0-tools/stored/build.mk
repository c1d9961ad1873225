# SPDX-License-Identifier: GPL-2.0-or-later
#
# The store daemon. Sources above the line are pure and host-tested; port_xen.c is the seam, for
# which tests link port_fake.c.

STORED := dom0-tools/stored
STORED_PURE := $(addprefix $(STORED)/,mem.c path.c perm.c kids.c node.c dom.c quota.c watch.c txn.c db.c \
	conn.c journal.c state.c state_load.c log.c proto.c ops_node.c ops_conn.c ops_dom.c \
	control.c ring.c init.c update.c) dom0-tools/lib/plain.c
# ----
STORED_SRC := $(STORED_PURE) $(addprefix $(STORED)/,port_xen.c sock.c server.c process.c relaunch.c main.c) \
	$(addprefix dom0-tools/lib/,diag.c opt.c store.c hcall.c evtchn.c gnttab.c foreign.c sysctl.c)
STORED_OBJ := $(patsubst %.c,$(BUILD)/stored-obj/%.o,$(STORED_SRC))
STORED_CFLAGS ?= -O2 -g
STORED_FLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -I$(ABI_INC) -Idom0-tools \
	-DPAVISE_VERSION='"$(PAVISE_VERSION)"'

$(BUILD)/stored-obj/%.o: %.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(STORED_CFLAGS) $(STORED_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/pav-stored: $(STORED_OBJ)
	@echo "  LINK    $@"
	$(Q)$(CC) $(STORED_CFLAGS) -o $@ $^

-include $(STORED_OBJ:.o=.d)

ALL += $(BUILD)/pav-stored
# For the install rule of dom0-tools/build.mk: daemons go to sbin, pages to man8.
INSTALL_SBIN += $(BUILD)/pav-stored
INSTALL_MAN8 += dom0-tools/man/pav-stored.8

STORED_TEST_FLAGS := -Idom0-tools -I$(STORED)
UNIT_TESTS += test_stored_node test_stored_proto test_stored_quota test_stored_ring test_stored_update test_store_client
test_stored_node-objs := $(addprefix $(STORED)/,mem.c path.c perm.c kids.c node.c)
test_stored_node-cflags := $(STORED_TEST_FLAGS)
test_stored_proto-objs := $(STORED_PURE) $(STORED)/port_fake.c
test_stored_proto-cflags := $(STORED_TEST_FLAGS)
test_stored_quota-objs := $(STORED_PURE) $(STORED)/port_fake.c
test_stored_quota-cflags := $(STORED_TEST_FLAGS)
test_stored_ring-objs := $(STORED_PURE) $(STORED)/port_fake.c
test_stored_ring-cflags := $(STORED_TEST_FLAGS)
test_stored_update-objs := $(STORED_PURE) $(STORED)/port_fake.c
test_stored_update-cflags := $(STORED_TEST_FLAGS)
test_store_client-objs := $(STORED_PURE) $(addprefix $(STORED)/,sock.c server.c relaunch.c port_fake.c) \
	$(addprefix dom0-tools/lib/,store.c diag.c)
test_store_client-cflags := $(STORED_TEST_FLAGS)

FUZZ_TARGETS += fuzz_stored_proto fuzz_stored_state
fuzz_stored_proto-objs := $(STORED_PURE) $(STORED)/port_fake.c
fuzz_stored_proto-cflags := $(STORED_TEST_FLAGS)
fuzz_stored_state-objs := $(STORED_PURE) $(STORED)/port_fake.c
fuzz_stored_state-cflags := $(STORED_TEST_FLAGS)
