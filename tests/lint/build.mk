# SPDX-License-Identifier: GPL-2.0-or-later
#
# The house's order, one check a rule. Each prints file, line and what is wrong, and nothing else.

.PHONY: lint format lint-format lint-tree lint-layers lint-size lint-headers
## lint: format, layering, sizes, licences, headers that compile alone, manual pages
lint: lint-format lint-tree lint-layers lint-size lint-headers check-man

lint-format:
	$(Q)tests/lint/check_format.sh

## format: bring all C sources into the format that lint asks for
format:
	$(Q)git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

lint-tree:
	$(Q)tests/lint/check_tree.py

lint-layers:
	$(Q)tests/lint/check_layers.py

lint-size:
	$(Q)tests/lint/check_size.py

lint-headers: $(ABI_HEADERS)
	$(Q)tests/lint/check_headers.sh $(ABI_INC)

CHECK += lint
