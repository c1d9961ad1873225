# SPDX-License-Identifier: GPL-2.0-or-later
#
# Pavise's top makefile: common variables here, every object list in the folders' build.mk.
# `make help` prints the targets.

BUILD ?= build
export BUILD
CC ?= gcc
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

# Everything generated goes below $(BUILD); the ABI headers are the first of it.
ABI_INC := $(BUILD)/include

WARN := -Wall -Wextra -Werror -Wshadow -Wvla -Wimplicit-fallthrough \
	-Wmissing-prototypes -Wstrict-prototypes -Wundef

.DEFAULT_GOAL := all
.PHONY: all install clean help
.DELETE_ON_ERROR:

# The folders add to these: what `make` builds, further targets of `make check`, targets that copy
# below $(DESTDIR)$(PREFIX), and the programs among ALL that belong into the control domain.
ALL :=
CHECK :=
INSTALL :=
DOM0_TOOLS :=
PREFIX ?= /usr/local
DESTDIR ?=
# Where zsh looks for completions below $(PREFIX): that of local programs.
ZSH_DIR ?= share/zsh/site-functions

# $(call install-setting,file,path): a file below /etc; one that is there may be the user's, and stays.
install-setting = $(Q)test -e $(DESTDIR)$(2) || install -D -m 644 $(1) $(DESTDIR)$(2)

include config.mk
include guest-abi/build.mk
include hypervisor/build.mk
include pv-drivers/build.mk
include dom0-tools/build.mk
include debian/build.mk
include tests/build.mk

## all: build everything into $(BUILD)
all: $(ALL)

## install: copy tools and hypervisor below $(DESTDIR)$(PREFIX)
install: $(INSTALL)

## clean: remove $(BUILD)
clean:
	$(Q)rm -rf $(BUILD)

## help: list the targets
help:
	@grep -hE '^## [a-z-]+:' $(MAKEFILE_LIST) | sed 's/^## /  make /' | sort -u
