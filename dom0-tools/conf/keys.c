// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <string.h>

#include "conf/keys.h"

/* Names as in xl.cfg(5) of 4.17, by what happens when they are left unserved. */
static const char *const no_pv_meaning[] = {
	"acpi",
	"acpi_firmware",
	"acpi_laptop_slate",
	"acpi_s3",
	"acpi_s4",
	"altp2m",
	"altp2mhvm",
	"apic",
	"bios",
	"bios_path_override",
	"boot",
	"device_model_args",
	"device_model_args_hvm",
	"device_model_args_pv",
	"device_model_override",
	"device_model_stubdomain_override",
	"device_model_user",
	"device_model_version",
	"firmware",
	"firmware_override",
	"gfx_passthru",
	"gfx_passthru_kind",
	"hap",
	"hdtype",
	"hpet",
	"keymap",
	"mmio_hole",
	"ms_vm_genid",
	"nestedhvm",
	"nographic",
	"oos",
	"opengl",
	"pae",
	"parallel",
	"rdm",
	"rdm_mem_boundary",
	"rtc_timeoffset",
	"sdl",
	"serial",
	"shadow_memory",
	"smbios_firmware",
	"soundhw",
	"spice",
	"spice_vdagent",
	"spice_clipboard_sharing",
	"spicehost",
	"spiceport",
	"spicetls_port",
	"spicepasswd",
	"spicedisable_ticketing",
	"spiceagent_mouse",
	"spice_image_compression",
	"spice_streaming_video",
	"spiceusbredirection",
	"stdvga",
	"stubdomain_cmdline",
	"stubdomain_kernel",
	"stubdomain_memory",
	"stubdomain_ramdisk",
	"system_firmware",
	"timer_mode",
	"usb",
	"usbdevice",
	"usbversion",
	"vendor_device",
	"vga",
	"videoram",
	"viridian",
	"vnc",
	"vnclisten",
	"vncdisplay",
	"vncpasswd",
	"vncunused",
	"vpt_align",
	"x87_fip_width",
	"xen_platform_pci",

};

static const char *const hints[] = {
	"cpus_soft",
	"localtime",
	"max_event_channels",
	"max_grant_frames",
	"max_maptrack_frames",
	"max_grant_version",
	"nodes",
	"nomigrate",
	"on_soft_reset",
	"on_watchdog",
	"pci_power_mgmt",
	"vmtrace_buf_kb",
	"vpmu",
	"init_seclabel",
};

static const char *const later[] = {
	"bootloader",   "bootloader_args",
	"channel",      "cpuid",
	"device_tree",  "driver_domain",
	"dtdev",        "iomem",
	"ioports",      "irqs",
	"msr_relaxed",  "p9",
	"passthrough",  "pvcalls",
	"pvshim",       "pvshim_cmdline",
	"pvshim_extra", "pvshim_path",
	"seclabel",     "device_model_stubdomain_seclabel",
	"usbctrl",      "usbdev",
	"vdispl",       "vfb",
	"vkb",          "vnuma",
	"vscsi",        "vsnd",
	"vtpm",         "static_shm",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *const *names;
	size_t n;
	enum key_class class;
} sets[] = {
	{no_pv_meaning, COUNT(no_pv_meaning), KEY_NO_PV_MEANING},
	{hints, COUNT(hints), KEY_HINT},
	{later, COUNT(later), KEY_LATER},
};

enum key_class key_classify(const char *key)
{
	size_t s, i;

	for (s = 0; s < COUNT(sets); s++)
		for (i = 0; i < sets[s].n; i++)
			if (!strcmp(key, sets[s].names[i]))
				return sets[s].class;
	return KEY_UNKNOWN;
}

/* Edit distance, capped: words longer than 31 letters are never near. */
static unsigned distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned row[32];

	if (la > 31 || lb > 31)
		return 99;
	for (j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (j = 1; j <= lb; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

const char *key_nearest(const char *key, const char *const *served)
{
	unsigned best = strlen(key) > 4 ? 3 : 2;
	const char *found = NULL;
	size_t s, i;

	for (; *served; served++) {
		if (distance(key, *served) < best) {
			best = distance(key, *served);
			found = *served;
		}
	}
	for (s = 0; s < COUNT(sets); s++) {
		for (i = 0; i < sets[s].n; i++) {
			if (distance(key, sets[s].names[i]) < best) {
				best = distance(key, sets[s].names[i]);
				found = sets[s].names[i];
			}
		}
	}
	return found;
}
