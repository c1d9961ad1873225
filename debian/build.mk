# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Debian package. It is put together in a copy of this folder, so that the tree stays as it is.

DEB := $(BUILD)/pavise_$(PAVISE_VERSION)_amd64.deb

.PHONY: deb deb-ready
# In a make of its own, as with `check`.
## deb: build the Debian package, $(BUILD)/pavise_VERSION_amd64.deb, and look it over with lintian
deb: $(BUILD)/deps.stamp
	$(Q)$(MAKE) --no-print-directory deb-ready

deb-ready: $(DEB)

$(DEB): all $(wildcard debian/* debian/source/*)
	@echo "  DEB     $@"
	$(Q)rm -rf $(BUILD)/deb
	$(Q)mkdir -p $(BUILD)/deb
	$(Q)cp -r debian $(BUILD)/deb
	$(Q)cd $(BUILD)/deb && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL PAVISE_TOP=$(CURDIR) \
		PAVISE_BUILD=$(abspath $(BUILD)) dpkg-buildpackage -b -uc -us >log 2>&1 || { cat log >&2; exit 1; }
	$(Q)lintian --allow-root --fail-on error,warning,info $@

CHECK += deb
