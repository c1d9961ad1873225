# SPDX-License-Identifier: GPL-2.0-or-later
# Configuration: .config as `make menuconfig` writes it, or Kconfig's defaults when there is none.

ifeq ($(wildcard .config),)
CONFIG_VGA := y
CONFIG_DEBUG_KEYS := y
CONFIG_DEBUG_INFO := y
else
include .config
endif

# $(call either,SYMBOL,object when y,object when not)
either = $(if $(filter y,$(CONFIG_$(1))),$(2),$(3))

.PHONY: menuconfig defconfig olddefconfig
## menuconfig: choose what is built in
menuconfig:
	$(Q)kconfig-mconf Kconfig

## defconfig: write .config with the defaults
defconfig:
	$(Q)kconfig-conf --alldefconfig Kconfig

## olddefconfig: bring an old .config up to date, defaults for what is new
olddefconfig:
	$(Q)kconfig-conf --olddefconfig Kconfig
