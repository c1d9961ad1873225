# SPDX-License-Identifier: MIT
#
# Public headers from the .abi sources. Objects that include <abi/...> depend on $(ABI_HEADERS),
# best order-only ("| $(ABI_HEADERS)"): unchanged headers keep their time stamps.

ABI_SRC := $(sort $(wildcard guest-abi/abi/*.abi))
ABI_HEADERS := $(ABI_INC)/abi/.stamp

$(ABI_HEADERS): $(ABI_SRC) guest-abi/gen/parse.py guest-abi/gen/emit_c.py guest-abi/gen/emit_tables.py
	$(Q)python3 -B guest-abi/gen/emit_c.py $(ABI_INC)/abi $(ABI_SRC)
	$(Q)python3 -B guest-abi/gen/emit_tables.py $(ABI_INC)/abi $(ABI_SRC)
	$(Q)touch $@

.PHONY: abi
## abi: generate the public headers into $(BUILD)/include/abi
abi: $(ABI_HEADERS)

ALL += $(ABI_HEADERS)

include guest-abi/bootproto/build.mk guest-abi/guest/build.mk tests/abi/build.mk
