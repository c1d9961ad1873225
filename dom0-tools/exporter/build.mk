# SPDX-License-Identifier: GPL-2.0-or-later
#
# The exporter for Prometheus. Installed on its own, for it alone needs a shared library.

EXPORTER_SRC := $(addprefix dom0-tools/exporter/,main.c web.c scrape.c devstat.c text.c) \
	$(addprefix dom0-tools/trace/,counter.c event.c)

$(TOOLS_OUT)/pav-exporter: $(call tools-objs,$(EXPORTER_SRC)) $(TOOLS_OUT)/libtools.a
	@echo "  LINK    $@"
	$(Q)$(CC) -pie $(TOOLS_LDFLAGS) -o $@ $^ -lmicrohttpd $(TOOLS_LIBS)

-include $(patsubst %.o,%.d,$(call tools-objs,$(EXPORTER_SRC)))
ALL += $(TOOLS_OUT)/pav-exporter
INSTALL += install-exporter
INSTALL_MAN8 += dom0-tools/man/pav-exporter.8

.PHONY: install-exporter
install-exporter: $(TOOLS_OUT)/pav-exporter
	$(Q)install -d $(addprefix $(DESTDIR)$(PREFIX)/,sbin share/pavise/grafana)
	$(Q)install -s $< $(DESTDIR)$(PREFIX)/sbin
	$(Q)install -m 644 dom0-tools/exporter/grafana.json \
		$(DESTDIR)$(PREFIX)/share/pavise/grafana/pavise.json

UNIT_TESTS += test_exporter
test_exporter-objs := $(addprefix dom0-tools/exporter/,devstat.c text.c)
test_exporter-cflags := -Idom0-tools
