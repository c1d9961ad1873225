# SPDX-License-Identifier: GPL-2.0-or-later
#
# libpav: what is below the CLI for other programs, as a shared library and as an archive of one object. Both export
# what begins with pav_ alone. The shared one takes the system's libraries, unlike `pav` (README.md, "Libraries").

LIBPAV_SRC := $(addprefix dom0-tools/libpav/,console.c event.c handle.c image.c life.c look.c tune.c)
LIBPAV_SONAME := libpav.so.0
LIBPAV_FILE := libpav.so.0.1
LIBPAV_OUT := $(BUILD)/libpav
LIBPAV_OBJ := $(patsubst %.c,$(LIBPAV_OUT)/obj/%.o,$(LIBPAV_SRC) $(TOOLS_LIB_SRC))
LIBPAV_LIBS := -ljansson -lz -llz4 -llzma -lzstd -lxxhash
# Where programs look for libraries below $(PREFIX).
LIB_DIR ?= lib/x86_64-linux-gnu

$(LIBPAV_OUT)/obj/%.o: %.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -fPIE,$(TOOLS_CFLAGS)) -fPIC -ffunction-sections -fdata-sections -MMD -MP -c -o $@ $<

$(LIBPAV_OUT)/$(LIBPAV_FILE): $(LIBPAV_OBJ) dom0-tools/libpav/libpav.map
	@echo "  LINK    $@"
	$(Q)$(CC) -shared -Wl,-soname,$(LIBPAV_SONAME) -Wl,--version-script,dom0-tools/libpav/libpav.map \
		-Wl,--gc-sections -Wl,-z,defs $(TOOLS_LDFLAGS) -o $@ $(LIBPAV_OBJ) $(LIBPAV_LIBS)
	$(Q)ln -sf $(LIBPAV_FILE) $(LIBPAV_OUT)/$(LIBPAV_SONAME)
	$(Q)ln -sf $(LIBPAV_SONAME) $(LIBPAV_OUT)/libpav.so

$(LIBPAV_OUT)/libpav.a: $(LIBPAV_OBJ)
	@echo "  AR      $@"
	$(Q)ld -r -o $(LIBPAV_OUT)/libpav.o $^
	$(Q)objcopy --wildcard --keep-global-symbol='pav_*' $(LIBPAV_OUT)/libpav.o
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(LIBPAV_OUT)/libpav.o

$(LIBPAV_OUT)/tour: dom0-tools/libpav/tour.c $(LIBPAV_OUT)/$(LIBPAV_FILE)
	@echo "  LINK    $@"
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -Idom0-tools/libpav -o $@ $< -L$(LIBPAV_OUT) -lpav

-include $(LIBPAV_OBJ:.o=.d)

.PHONY: install-libpav check-libpav
install-libpav: $(LIBPAV_OUT)/$(LIBPAV_FILE) $(LIBPAV_OUT)/libpav.a
	$(Q)install -d $(addprefix $(DESTDIR)$(PREFIX)/,$(LIB_DIR)/pkgconfig include/pavise share/man/man3 \
		share/doc/pavise/examples)
	$(Q)install -m 644 -s $(LIBPAV_OUT)/$(LIBPAV_FILE) $(DESTDIR)$(PREFIX)/$(LIB_DIR)
	$(Q)ln -sf $(LIBPAV_FILE) $(DESTDIR)$(PREFIX)/$(LIB_DIR)/$(LIBPAV_SONAME)
	$(Q)ln -sf $(LIBPAV_SONAME) $(DESTDIR)$(PREFIX)/$(LIB_DIR)/libpav.so
	$(Q)install -m 644 $(LIBPAV_OUT)/libpav.a $(DESTDIR)$(PREFIX)/$(LIB_DIR)
	$(Q)objcopy -g $(DESTDIR)$(PREFIX)/$(LIB_DIR)/libpav.a
	$(Q)install -m 644 dom0-tools/libpav/pavise/pav.h $(DESTDIR)$(PREFIX)/include/pavise
	$(Q)install -m 644 dom0-tools/man/libpav.3 $(DESTDIR)$(PREFIX)/share/man/man3
	$(Q)install -m 644 dom0-tools/libpav/tour.c $(DESTDIR)$(PREFIX)/share/doc/pavise/examples/libpav-tour.c
	$(Q)sed 's,@PREFIX@,$(PREFIX),; s,@LIB@,$(LIB_DIR),; s,@VERSION@,$(PAVISE_VERSION),' dom0-tools/libpav/libpav.pc.in \
		>$(DESTDIR)$(PREFIX)/$(LIB_DIR)/pkgconfig/libpav.pc

## check-libpav: what the library exports, needs and says in its manual page
check-libpav: $(LIBPAV_OUT)/$(LIBPAV_FILE) $(LIBPAV_OUT)/libpav.a
	$(Q)tests/lint/check_libpav.sh $(LIBPAV_OUT) dom0-tools/libpav/pavise/pav.h dom0-tools/man/libpav.3

ALL += $(LIBPAV_OUT)/$(LIBPAV_FILE) $(LIBPAV_OUT)/libpav.a
INSTALL += install-libpav
CHECK += check-libpav
