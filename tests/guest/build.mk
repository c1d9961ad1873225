# SPDX-License-Identifier: GPL-2.0-or-later
# Test guests: a folder with a main.c becomes $(BUILD)/guest/tests/<folder>. What else one links is in
# <folder>-src.

GUEST_TESTS := $(patsubst tests/guest/%/main.c,%,$(sort $(wildcard tests/guest/*/main.c)))
GUEST_TEST_LIB := tests/guest/lib/test.c

bad_calls-src := $(addprefix tests/guest/bad_calls/,books.c call.c rules.c wrong.c)
block-src := $(PV_FRONT_SRC)
network-src := $(PV_FRONT_SRC)
two_roots-src := $(addprefix tests/guest/two_roots/,apart.c changes.c emulated.c modes.c \
	secrets.c slots.c tree.c turns.c)

$(foreach t,$(GUEST_TESTS),$(eval $(call guest-program,guest/tests/$(t),tests/guest/$(t)/main.c \
	$(GUEST_TEST_LIB) $($(t)-src))))

# Started by the hypervisor itself: tests/system/boot_domains.sh.
$(eval $(call guest-program,guest/at_boot/pair,tests/guest/at_boot/pair.c $(GUEST_TEST_LIB)))

# What whole-machine tests run as guests.
$(eval $(call guest-program,guest/printer,tests/system/guests/printer.c))
