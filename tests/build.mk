# SPDX-License-Identifier: GPL-2.0-or-later
#
# How tests are built and run. The folders' build.mk files add to the lists, this file has the rules;
# it is included last, when the lists are complete. tests/README.md has an example.
#
#   UNIT_TESTS += test_evtchn              tests/unit/test_evtchn.c, a libcheck program
#   test_evtchn-objs := hypervisor/core/evtchn.c ...     sources under test, compiled for the host
#   test_evtchn-cflags := -Ihypervisor/arch/host         further flags for those and for the test
#   test_evtchn-libs := -lfoo                            further libraries
#   FUZZ_TARGETS += fuzz_elf               tests/fuzz/fuzz_elf.c, a libFuzzer entry
#   fuzz_elf-objs, -cflags, -libs          as above; seeds in tests/fuzz/corpus/fuzz_elf/
#   ABI_HEADERS += ...                     generated headers that must exist before anything compiles
#   CHECK += target                        a further make target that `make check` runs

include tests/vm/build.mk tests/bench/build.mk tests/guest/build.mk tests/lint/build.mk

HOST_CC ?= gcc
HOST_CFLAGS ?= -std=gnu11 -O1 -g $(WARN) -D_GNU_SOURCE
HOST_INC := -I. -I$(ABI_INC) -Ihypervisor/include
# The sanitizers abort at the first finding: a report that is only printed would pass unseen.
TEST_SAN ?= -fsanitize=address,undefined -fno-sanitize-recover=all
TEST_LIBS := -lcheck -lsubunit -lm -lrt -lpthread
FUZZ_CC ?= clang
FUZZ_SAN := -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SECONDS ?= 60
COVERAGE_MIN ?= 85

H := $(BUILD)/host

# Objects of test $(2) in flavour $(1). Each test compiles its own set, as its flags are its own.
# A source below $(BUILD) is one that another rule generates.
host-objs = $(patsubst %,$(H)/$(1)/$(2)/%.o,$(patsubst $(BUILD)/%,gen/%,$(3) $($(2)-objs)))

# $(1) flavour, $(2) test, $(3) its source, $(4) compiler and flags, $(5) libraries
define host-program
$(H)/$(1)/$(2)/gen/%.o: $(BUILD)/% | $$(ABI_HEADERS)
	@mkdir -p $$(@D)
	$$(Q)$(4) $$(HOST_INC) $$($(2)-cflags) -MMD -MP -c -o $$@ $$<

$(H)/$(1)/$(2)/%.o: % | $$(ABI_HEADERS)
	@mkdir -p $$(@D)
	$$(Q)$(4) $$(HOST_INC) $$($(2)-cflags) -MMD -MP -c -o $$@ $$<

$(H)/$(1)/$(2)/$(2): $(call host-objs,$(1),$(2),$(3))
	@echo "  LINK    $$@"
	$$(Q)$(4) -o $$@ $$^ $$($(2)-libs) $(5)
endef

$(foreach t,$(UNIT_TESTS),$(eval $(call host-program,unit,$(t),tests/unit/$(t).c,\
	$(HOST_CC) $(HOST_CFLAGS) $(TEST_SAN),$(TEST_LIBS))))
$(foreach t,$(UNIT_TESTS),$(eval $(call host-program,cov,$(t),tests/unit/$(t).c,\
	$(HOST_CC) $(HOST_CFLAGS) -O0 --coverage,$(TEST_LIBS))))
$(foreach t,$(FUZZ_TARGETS),$(eval $(call host-program,fuzz,$(t),tests/fuzz/$(t).c,\
	$(FUZZ_CC) $(HOST_CFLAGS) $(FUZZ_SAN),)))
-include $(shell find $(H) -name '*.d' 2>/dev/null)

UNIT_BINS := $(foreach t,$(UNIT_TESTS),$(H)/unit/$(t)/$(t))
COV_BINS := $(foreach t,$(UNIT_TESTS),$(H)/cov/$(t)/$(t))
FUZZ_BINS := $(foreach t,$(FUZZ_TARGETS),$(H)/fuzz/$(t)/$(t))

# Programs that system tests run in the control domain: tests/system/progs/<name>.c.
$(BUILD)/tests/%: tests/system/progs/%.c $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) -I$(ABI_INC) -static -pthread -o $@ $<

T ?=
RUN = tests/run --work $(BUILD)/logs $(addprefix --only ,$(T))
SYSTEM_TESTS := $(sort $(wildcard tests/system/*.sh))
LONG_TESTS := $(sort $(wildcard tests/system/long/*.sh))

.PHONY: unit fuzz-build fuzz coverage system check check-run check-all check-all-run

## unit: build and run the unit tests (T=NAME... runs only those whose name contains one)
unit: $(UNIT_BINS)
	$(Q)$(RUN) $(addprefix unit:,$(UNIT_BINS))

## system: run the whole-machine tests; T=NAME... selects
system: all vm peer-xen
	$(Q)$(RUN) $(addprefix system:,$(SYSTEM_TESTS))

# In a make of its own, since makefiles ask the packages that `deps` installs for their flags.
## check: install what is missing, build, run unit, ABI, guest and main whole-machine tests
check: $(BUILD)/deps.stamp
	$(Q)$(MAKE) --no-print-directory check-run

check-run: all vm peer-xen $(UNIT_BINS)
	$(Q)$(RUN) $(addprefix unit:,$(UNIT_BINS)) $(addprefix make:,$(CHECK)) \
		$(addprefix system:,$(SYSTEM_TESTS))

## check-all: check, and the long matrices and soaks of tests/system/long
check-all: $(BUILD)/deps.stamp
	-$(Q)$(VM)/deps $(VM)/long-packages.txt
	$(Q)$(MAKE) --no-print-directory check-all-run

check-all-run: all vm peer-xen peer-libvirt $(UNIT_BINS) $(FUZZ_BINS)
	$(Q)$(RUN) $(addprefix unit:,$(UNIT_BINS)) $(addprefix make:,$(CHECK)) \
		$(addprefix system:,$(SYSTEM_TESTS) $(LONG_TESTS))

fuzz-build: $(FUZZ_BINS)

## fuzz: run every fuzz target for FUZZ_SECONDS (60) each; T=NAME... selects
fuzz: $(FUZZ_BINS)
	$(Q)tests/run --work $(BUILD)/fuzz --seconds $(FUZZ_SECONDS) $(addprefix --only ,$(T)) \
		$(addprefix fuzz:,$(FUZZ_BINS))

## coverage: line coverage of the host-tested objects, report in $(BUILD)/coverage
coverage: $(COV_BINS)
	$(Q)tests/coverage $(BUILD) $(COVERAGE_MIN) $(COV_BINS)
