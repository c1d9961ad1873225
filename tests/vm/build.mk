# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tests/vm/vm boots: kernels, the control domain's root, the demo guest. It calls make for each
# piece that does not exist yet, so these rules also serve a script that was started by hand.

VM := tests/vm
CACHE := $(BUILD)/cache/debs
KERNELS := 6.1 6.12
GUEST_KERNELS := 6.1-cloud 6.12-cloud

meta-6.1 := linux-image-amd64
meta-6.12 := linux-image-6.12-amd64
meta-6.1-cloud := linux-image-cloud-amd64
meta-6.12-cloud := linux-image-6.12-cloud-amd64

.PHONY: deps vm

## deps: install the Debian packages that are missing (asks apt, by name)
deps:
	$(Q)$(VM)/deps $(VM)/packages.txt

# A stamp, so that apt is asked once and not in each build.
$(BUILD)/deps.stamp: $(VM)/packages.txt $(VM)/deps
	$(Q)mkdir -p $(@D)
	$(Q)$(VM)/deps $(VM)/packages.txt
	$(Q)touch $@

$(foreach k,$(KERNELS) $(GUEST_KERNELS),$(BUILD)/kernels/$(k)/vmlinuz): \
		$(BUILD)/kernels/%/vmlinuz: $(VM)/mkkernel $(VM)/debs | $(BUILD)/deps.stamp
	@echo "  KERNEL  $*"
	$(Q)mkdir -p $(BUILD)/kernels
	$(Q)$(VM)/mkkernel $(CACHE) $(meta-$*) $(BUILD)/kernels/$*
	$(Q)touch $@

$(foreach k,$(KERNELS),$(BUILD)/root/modules-$(k).cpio): $(BUILD)/root/modules-%.cpio: \
		$(BUILD)/kernels/%/vmlinuz $(VM)/root-modules.txt $(VM)/mkmodules $(VM)/cpio.py
	@echo "  MODULES $*"
	$(Q)mkdir -p $(@D)
	$(Q)$(VM)/mkmodules $(BUILD)/kernels/$* $(VM)/root-modules.txt $@

$(BUILD)/root/base.cpio: $(VM)/mkroot $(VM)/root-packages.txt $(VM)/init $(VM)/network.sh \
		$(VM)/demo.cfg $(VM)/debs $(VM)/closure $(VM)/cpio.py | $(BUILD)/deps.stamp
	@echo "  ROOT    $@"
	$(Q)mkdir -p $(@D)
	$(Q)$(VM)/mkroot $(CACHE) $(BUILD)/root/base $@

# Pavise's own tools, as `make install` lays them out, but no library for other programs. DOM0_TOOLS are the
# programs it installs.
$(BUILD)/root/tools.cpio: $(DOM0_TOOLS) $(BUILD)/root/base.cpio
	@echo "  ROOT    $@"
	$(Q)rm -rf $(BUILD)/root/tools
	$(Q)mkdir -p $(BUILD)/root/tools
	$(Q)$(MAKE) -s $(filter-out install-hypervisor install-exporter install-libpav,$(INSTALL)) \
		DESTDIR=$(abspath $(BUILD))/root/tools PREFIX=/usr
	$(Q)$(VM)/closure --from-host $(BUILD)/root/tools $(BUILD)/root/base
	$(Q)$(VM)/cpio.py $@ $(BUILD)/root/tools

# The exporter and its libraries, an overlay of its own: no other machine need unpack them.
$(BUILD)/root/exporter.cpio: $(BUILD)/tools/pav-exporter $(BUILD)/root/base.cpio
	@echo "  ROOT    $@"
	$(Q)rm -rf $@.dir
	$(Q)$(MAKE) -s install-exporter DESTDIR=$(abspath $@).dir PREFIX=/usr
	$(Q)$(VM)/closure --from-host $@.dir $(BUILD)/root/base
	$(Q)$(VM)/cpio.py $@ $@.dir

# Prometheus's own reader of what the exporter says. The package is a server: unpacked, not installed.
$(BUILD)/peer/promtool: | $(BUILD)/deps.stamp
	@echo "  PEER    $@"
	$(Q)$(VM)/debs $(CACHE) $@.dir prometheus
	$(Q)cp $@.dir/usr/bin/promtool $@
	$(Q)rm -rf $@.dir

# What `pav bench` needs, to be laid over the root: Python, and the kernel where Debian has it.
$(BUILD)/root/python.cpio: $(VM)/mkpython $(VM)/python-packages.txt $(BUILD)/root/base.cpio
	@echo "  ROOT    $@"
	$(Q)$(VM)/mkpython $(CACHE) $(BUILD)/root/base $@

$(BUILD)/root/kernel: $(BUILD)/kernels/6.1/vmlinuz
	$(Q)mkdir -p $@/boot
	$(Q)cp $< $@/boot/vmlinuz-$$(cat $(<D)/version)
	$(Q)touch $@

# OpenSSH, for machines that send each other guests.
$(BUILD)/root/ssh.cpio: $(VM)/mkssh $(VM)/ssh-packages.txt $(BUILD)/root/base.cpio
	@echo "  ROOT    $@"
	$(Q)$(VM)/mkssh $(CACHE) $(BUILD)/root/base $@

# The guests: kernels and initramfs by kernel, the demo guest's Debian, and the disk that brings them
# into the control domain.
$(foreach k,$(KERNELS),$(BUILD)/guest/initrd-$(k)): $(BUILD)/guest/initrd-%: \
		$(BUILD)/kernels/%-cloud/vmlinuz $(VM)/mkinitrd $(VM)/guest-init $(VM)/guest-modules.txt \
		$(VM)/mkmodules $(VM)/cpio.py
	@echo "  INITRD  $@"
	$(Q)mkdir -p $(@D)
	$(Q)$(VM)/mkinitrd $(CACHE) $(BUILD)/kernels/$*-cloud $@

$(BUILD)/guest/demo.img: $(VM)/mkguest $(VM)/guest-setup $(VM)/guest-packages.txt | $(BUILD)/deps.stamp
	@echo "  GUEST   $@"
	$(Q)mkdir -p $(@D)
	$(Q)$(VM)/mkguest $@

# A machine with Debian on its disk, for the test of the package.
$(BUILD)/debian/machine.img: $(addprefix $(VM)/,mkmachine machine-setup machine-packages.txt) | $(BUILD)/deps.stamp
	@echo "  MACHINE $@"
	$(Q)mkdir -p $(@D)
	$(Q)$(VM)/mkmachine $@

GUEST_FILES := $(BUILD)/guest/demo.img=demo.img \
	$(foreach k,$(KERNELS),$(BUILD)/kernels/$(k)-cloud/vmlinuz=vmlinuz-$(k) \
		$(BUILD)/guest/initrd-$(k)=initrd-$(k))

$(BUILD)/guest/data.img: $(VM)/mkdata $(foreach f,$(GUEST_FILES),$(firstword $(subst =, ,$(f))))
	@echo "  DISK    $@"
	$(Q)$(VM)/mkdata $@ $(GUEST_FILES)

# All that a machine with the default options needs, but the hypervisor.
vm: $(BUILD)/kernels/6.1/vmlinuz $(BUILD)/root/modules-6.1.cpio $(BUILD)/root/base.cpio \
	$(BUILD)/root/tools.cpio $(BUILD)/guest/data.img

BENCH_ROOT := $(BUILD)/root/python.cpio $(BUILD)/root/kernel

# In a make of its own, as with `check`.
.PHONY: run run-ready
## run: boot hypervisor, control domain and the demo guest in QEMU; you get a shell
run: $(BUILD)/deps.stamp
	$(Q)$(MAKE) --no-print-directory run-ready
	$(Q)$(VM)/vm --net --overlay $(VM)/run-overlay $(addprefix --overlay ,$(BENCH_ROOT)) $(VM_ARGS)

run-ready: all vm $(BENCH_ROOT)

.PHONY: peer-xen
## peer-xen: prepare Debian's Xen for comparison, $(BUILD)/peer/xen/
peer-xen: $(BUILD)/peer/xen/overlay.cpio

$(BUILD)/peer/xen/overlay.cpio: $(VM)/mkxen $(VM)/xen-packages.txt $(BUILD)/root/base.cpio
	@echo "  PEER    $@"
	$(Q)mkdir -p $(BUILD)/peer
	$(Q)$(VM)/mkxen $(CACHE) $(BUILD)/root/base $(BUILD)/peer/xen

.PHONY: peer-libvirt
## peer-libvirt: prepare Debian's libvirt, to be laid over Debian's Xen tools, $(BUILD)/peer/libvirt/
peer-libvirt: $(BUILD)/peer/libvirt/overlay.cpio

$(BUILD)/peer/libvirt/overlay.cpio: $(VM)/mklibvirt $(VM)/libvirt-packages.txt \
		$(BUILD)/peer/xen/overlay.cpio
	@echo "  PEER    $@"
	$(Q)$(VM)/mklibvirt $(CACHE) $(BUILD)/root/base $(BUILD)/peer/xen/overlay $(BUILD)/peer/libvirt
