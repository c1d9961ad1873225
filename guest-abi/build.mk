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

# Debian's Python, for it is the one that sees Debian's python3-markdown.
DOCS_PYTHON ?= /usr/bin/python3

.PHONY: docs
## docs: the ABI's reference manual, $(BUILD)/docs/index.html and $(BUILD)/docs/man
docs:
	$(Q)$(DOCS_PYTHON) -B guest-abi/gen/manual.py $(BUILD)/docs guest-abi tests

include guest-abi/bootproto/build.mk guest-abi/guest/build.mk tests/abi/build.mk
