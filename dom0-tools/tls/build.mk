# SPDX-License-Identifier: GPL-2.0-or-later
#
# TLS in ssh's place. Installed on its own, for it alone needs GnuTLS.

TLS_SRC := $(addprefix dom0-tools/tls/,address.c frame.c main.c relay.c serve.c session.c)

$(TOOLS_OUT)/pav-tls: $(call tools-objs,$(TLS_SRC)) $(TOOLS_OUT)/libtools.a
	@echo "  LINK    $@"
	$(Q)$(CC) -pie $(TOOLS_LDFLAGS) -o $@ $^ -lgnutls

-include $(patsubst %.o,%.d,$(call tools-objs,$(TLS_SRC)))
ALL += $(TOOLS_OUT)/pav-tls
INSTALL += install-tls
INSTALL_MAN8 += dom0-tools/man/pav-tls.8

.PHONY: install-tls
install-tls: $(TOOLS_OUT)/pav-tls
	$(Q)install -d $(DESTDIR)$(PREFIX)/sbin
	$(Q)install -s $< $(DESTDIR)$(PREFIX)/sbin

UNIT_TESTS += test_tls
test_tls-objs := $(addprefix dom0-tools/tls/,address.c frame.c) $(addprefix dom0-tools/lib/,diag.c plain.c)
test_tls-cflags := -Idom0-tools
