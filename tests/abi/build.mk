# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of the ABI description (package libxen-dev is needed):
#   reference   every number that Xen's public headers have too is the same there
#   headers     each generated header compiles alone and clean, as C11, as C++17, from assembly
#   test_parse  the generator refuses descriptions that do not hold

A := $(BUILD)/abi-check

$(A)/reference.c: $(ABI_SRC) guest-abi/gen/parse.py guest-abi/gen/emit_check.py
	$(Q)python3 -B guest-abi/gen/emit_check.py $@ $(ABI_SRC)

$(A)/reference: $(A)/reference.c
	$(Q)$(CC) -std=gnu11 -o $@ $<

.PHONY: check-abi
CHECK += check-abi
## check-abi: compare the ABI description with Xen's public headers (Debian's libxen-dev)
check-abi: $(A)/reference $(ABI_HEADERS)
	$(Q)$(A)/reference
	$(Q)tests/abi/headers $(ABI_INC)
	$(Q)python3 -B tests/abi/test_parse.py

# A guest that asks the hypervisor about every sub-operation; tests/system/abi_status.sh runs it.
$(eval $(call guest-program,abi-status,tests/abi/status/main.c))
