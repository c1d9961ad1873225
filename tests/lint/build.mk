# SPDX-License-Identifier: GPL-2.0-or-later
#
# The house's order, one check a rule. Each prints file, line and what is wrong, and nothing else.

.PHONY: lint lint-format lint-tree lint-layers lint-size lint-headers
## lint: format, layering, sizes, licences, headers that compile alone
lint: lint-format lint-tree lint-layers lint-size lint-headers

lint-format:
	$(Q)tests/lint/check_format.sh

lint-tree:
	$(Q)tests/lint/check_tree.py

lint-layers:
	$(Q)tests/lint/check_layers.py

lint-size:
	$(Q)tests/lint/check_size.py

lint-headers: $(ABI_HEADERS)
	$(Q)tests/lint/check_headers.sh $(ABI_INC)

CHECK += lint
