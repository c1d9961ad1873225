#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every C source is as clang-format would write it (.clang-format). `make format` brings it there.
git ls-files -co --exclude-standard '*.c' '*.h' |
	while read -r f; do [ ! -e "$f" ] || echo "$f"; done |
	xargs -d '\n' clang-format --dry-run -Werror
