# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of the ABI description (package libxen-dev is needed):
#   reference   every number that Xen's public headers have too is the same there
#   headers     each generated header compiles alone and clean, as C11, as C++17, from assembly
#   examples    those of the manual compile clean
#   manual      every link leads somewhere, the pages for man are well-formed, and sizes, offsets and
#               constants that the pages show are those that the compiler sees in the headers
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
	$(Q)tests/abi/examples $(ABI_INC)
	$(Q)python3 -B tests/abi/test_parse.py

.PHONY: check-docs
CHECK += check-docs
## check-docs: generate the manual and compare it with the headers
check-docs: docs $(ABI_HEADERS)
	$(Q)python3 -B tests/abi/manual.py $(BUILD)/docs $(ABI_INC)

# A guest that asks the hypervisor about every sub-operation; tests/system/abi_status.sh runs it.
$(eval $(call guest-program,abi-status,tests/abi/status/main.c))
