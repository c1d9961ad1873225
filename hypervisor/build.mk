# SPDX-License-Identifier: GPL-2.0-or-later
#
# The hypervisor's image, $(BUILD)/pavise. Each folder's list adds to
#   HV_OBJS    hypervisor/<folder>/<file>.o, from the .c or .S of that name
#   HV_LIBS    static libraries for boot-time code
#   hypervisor/<folder>/<file>.o-cflags    further flags of one object
# and its unit tests and fuzz targets (tests/build.mk).

# mm/ first: it names the host's fake machine, which tests of the others link.
HV_LISTS := $(foreach f,lib mm core pv hypercall boot arch/x86,$(wildcard hypervisor/$(f)/*.mk))

HV_OBJS :=
HV_LIBS :=
include $(HV_LISTS)

HV_IMAGE_MAX := 512000
HV_LINES_MAX := 20000

HV_CC ?= $(CC)
HV_INC := -I. -I$(BUILD)/hypervisor/include -Ihypervisor/include -Ihypervisor/arch/x86/include -I$(ABI_INC)
HV_CFLAGS := -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-stack-protector -fno-strict-aliasing \
	-fno-common -fno-builtin-printf -fno-omit-frame-pointer -fno-asynchronous-unwind-tables \
	-fno-delete-null-pointer-checks -fno-tree-loop-distribute-patterns -mno-red-zone \
	-mgeneral-regs-only -mcmodel=small -fPIE -include hv/hidden.h -fcf-protection=none \
	-ffunction-sections -fdata-sections
HV_ASFLAGS := -g -D__ASSEMBLY__ -Wundef -fcf-protection=none
HV_LDFLAGS := -nostdlib -static -no-pie -z max-page-size=4096 -z noexecstack --gc-sections \
	--no-relax --build-id=none --no-dynamic-linker --orphan-handling=error

HV_O := $(addprefix $(BUILD)/,$(HV_OBJS))
HV_LDS := hypervisor/arch/x86/image.lds
HV_GEN := $(BUILD)/hypervisor/include
HV_READY := $(ABI_HEADERS) $(HV_GEN)/asm_defs.h

# Offsets for assembly: the compiler writes "->NAME value" lines, awk makes them macros.
$(HV_GEN)/asm_defs.h: hypervisor/arch/x86/asm_defs.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HV_CC) $(HV_CFLAGS) $(HV_INC) -MMD -MP -MT $@ -MF $(@:.h=.d) -S -o $(@:.h=.s) $<
	$(Q)awk 'BEGIN { print "/* Generated from asm_defs.c. */" } \
		/^->/ { sub("->", ""); sub("\\$$", ""); print "#define", $$1, $$2 }' $(@:.h=.s) >$@

$(BUILD)/hypervisor/%.o: hypervisor/%.c | $(HV_READY)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(HV_CC) $(HV_CFLAGS) $(HV_INC) $($(patsubst $(BUILD)/%,%,$@)-cflags) -MMD -MP -c -o $@ $<

$(BUILD)/hypervisor/%.o: hypervisor/%.S | $(HV_READY)
	@mkdir -p $(@D)
	@echo "  AS      $<"
	$(Q)$(HV_CC) $(HV_ASFLAGS) $(HV_INC) -MMD -MP -c -o $@ $<

# Two links: the first tells where the functions are, the second carries their names. The table lies
# behind the text, so the functions stay in place.
$(BUILD)/hypervisor/symtab-empty.S: hypervisor/arch/x86/symtab.awk
	@mkdir -p $(@D)
	$(Q)awk -f $< </dev/null >$@

$(BUILD)/hypervisor/pavise.first: $(HV_O) $(BUILD)/hypervisor/symtab-empty.o $(HV_LDS)
	$(Q)$(LD) $(HV_LDFLAGS) -T $(HV_LDS) -o $@ $(HV_O) $(BUILD)/hypervisor/symtab-empty.o \
		--start-group $(HV_LIBS) --end-group

$(BUILD)/hypervisor/symtab.S: $(BUILD)/hypervisor/pavise.first hypervisor/arch/x86/symtab.awk
	$(Q)nm -n $< | awk -f hypervisor/arch/x86/symtab.awk >$@

$(BUILD)/hypervisor/symtab%.o: $(BUILD)/hypervisor/symtab%.S
	$(Q)$(HV_CC) $(HV_ASFLAGS) -c -o $@ $<

$(BUILD)/hypervisor/symtab.o: $(BUILD)/hypervisor/symtab.S
	$(Q)$(HV_CC) $(HV_ASFLAGS) -c -o $@ $<

$(BUILD)/pavise: $(HV_O) $(BUILD)/hypervisor/symtab.o $(HV_LDS)
	@echo "  LINK    $@"
	$(Q)$(LD) $(HV_LDFLAGS) -T $(HV_LDS) -Map=$(BUILD)/hypervisor/pavise.map -o $@ $(HV_O) \
		$(BUILD)/hypervisor/symtab.o --start-group $(HV_LIBS) --end-group

-include $(HV_O:.o=.d) $(HV_GEN)/asm_defs.d

.PHONY: pavise stats
## pavise: build the hypervisor's image, $(BUILD)/pavise
pavise: $(BUILD)/pavise

## stats: lines of code and image size; fails above the hypervisor's limits
stats: $(BUILD)/pavise
	$(Q)objcopy --strip-all $< $<.stripped
	$(Q)cloc --quiet --force-lang=C,h --not-match-d=host hypervisor | grep -v '^$$'
	$(Q)size=$$(stat -c %s $<.stripped); lines=$$(cloc --quiet --csv --force-lang=C,h \
		--not-match-d=host --include-lang=C,Assembly hypervisor | awk -F, '/SUM/ { print $$5 }'); \
	echo "stripped image: $$size bytes (limit $(HV_IMAGE_MAX)), code: $$lines lines (limit $(HV_LINES_MAX))"; \
	test $$size -le $(HV_IMAGE_MAX) -a $$lines -le $(HV_LINES_MAX)

# The image and what GRUB's menu has of it, where GRUB looks for both, whatever $(PREFIX) is.
.PHONY: install-hypervisor
install-hypervisor: $(BUILD)/pavise
	$(Q)install -d $(addprefix $(DESTDIR)/,boot etc/grub.d etc/default/grub.d)
	$(Q)objcopy --strip-all $< $(DESTDIR)/boot/pavise
	$(Q)chmod 644 $(DESTDIR)/boot/pavise
	$(Q)install -m 755 hypervisor/grub/20_pavise $(DESTDIR)/etc/grub.d
	$(call install-setting,hypervisor/grub/pavise.cfg,/etc/default/grub.d/pavise.cfg)

ALL += $(BUILD)/pavise
INSTALL += install-hypervisor
