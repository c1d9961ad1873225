// SPDX-License-Identifier: GPL-2.0-or-later
/* Disk and card specifications and disk numbers, as the documents of xl give them. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/disk.h"
#include "conf/pci.h"
#include "conf/spec.h"
#include "conf/vdev.h"
#include "conf/vif.h"
#include "suite.h"

static struct diag d;

/* Words one after another, each with a bar behind it. */
static int add_word(struct spec *s, char *w)
{
	strcat(strcat(s->to, w), "|");
	return *w == '!' ? -EPERM : 0;
}

START_TEST(test_spec_words)
{
	char text[64] = "";
	struct spec s = {.kind = "toy", .text = "\t a = b ,, ,c\n,", .to = text, .d = &d};

	ck_assert_int_eq(spec_each(&s, add_word), 0);
	ck_assert_str_eq(text, "a = b|c|");
	text[0] = '\0';
	s.text = "a,!,b";
	ck_assert_int_eq(spec_each(&s, add_word), -EPERM);
	ck_assert_str_eq(text, "a|!|");
}
END_TEST

static int copy_value(struct spec *s, const char *value)
{
	return *value ? (strcpy(s->to, value), 0) : -ENOMEM;
}

START_TEST(test_spec_fields)
{
	static const struct spec_key keys[] = {
		{"colour", copy_value}, {"size", spec_ignore}, NO_MORE_SPEC_KEYS};
	char text[64] = "";
	struct spec s = {
		.kind = "toy", .text = "size=1, colour=a=b", .keys = keys, .to = text, .d = &d};

	ck_assert_int_eq(spec_each(&s, spec_field), 0);
	ck_assert_str_eq(text, "a=b");
	s.text = "colour=";
	ck_assert_int_eq(spec_each(&s, spec_field), -ENOMEM);
	ck_assert_str_eq(d.text, "out of memory");
	s.text = "colour";
	ck_assert_int_eq(spec_each(&s, spec_field), -EINVAL);
	ck_assert_str_eq(d.text, "toy 'colour': key=value expected, not 'colour'");
	s.text = "weight=1";
	ck_assert_int_eq(spec_each(&s, spec_field), -EINVAL);
	ck_assert_str_eq(d.text, "toy 'weight=1': unknown key 'weight'");
	ck_assert_str_eq(d.hint, "");
	s.served = "colour size";
	ck_assert_int_eq(spec_each(&s, spec_field), -EINVAL);
	ck_assert_str_eq(d.hint, "served: colour size");
}
END_TEST

static const struct {
	const char *spec, *target, *vdev;
	bool ro, cdrom, share;
} disks[] = {
	{"/dev/vg/guest,raw,xvda,rw", "/dev/vg/guest", "xvda", false, false, false},
	{"/img,,xvdb,r", "/img", "xvdb", true, false, false},
	{"format=raw, vdev=hda, access=rw, target=/img,with,commas", "/img,with,commas", "hda",
	 false, false, false},
	{"/img,raw,sda,w!", "/img", "sda", false, false, true},
	{"vdev=xvdc,cdrom,target=/iso", "/iso", "xvdc", true, true, false},
	{"phy:/dev/sdb1,xvda1,w", "/dev/sdb1", "xvda1", false, false, false},
	{"file:/img,xvda,r", "/img", "xvda", true, false, false},
	{"/img,xvda", "/img", "xvda", false, false, false},
	{" /img , raw , xvda , ro ", "/img", "xvda", true, false, false},
	{"/a=b,raw,xvda", "/a=b", "xvda", false, false, false},
	{"/img,raw,xvda,w,devtype=disk,no-discard,direct-io-safe,backendtype=phy,backend=0", "/img",
	 "xvda", false, false, false},
	{"/img,raw,51712", "/img", "51712", false, false, false},
};

START_TEST(test_disk)
{
	struct disk_conf c;

	ck_assert_msg(disk_parse(disks[_i].spec, &c, &d) == 0, "%s: %s", disks[_i].spec, d.text);
	ck_assert_str_eq(c.target, disks[_i].target);
	ck_assert_str_eq(c.vdev, disks[_i].vdev);
	ck_assert_int_eq(c.readonly, disks[_i].ro);
	ck_assert_int_eq(c.cdrom, disks[_i].cdrom);
	ck_assert_int_eq(c.share, disks[_i].share);
	disk_conf_free(&c);
}
END_TEST

START_TEST(test_disk_flags)
{
	struct disk_conf c;

	ck_assert_int_eq(disk_parse("/i,raw,xvda,w,no-discard,direct-io-safe,script=block", &c, &d),
			 0);
	ck_assert(!c.discard && c.direct_io_safe);
	ck_assert_str_eq(c.script, "block");
	disk_conf_free(&c);
}
END_TEST

static const char *const bad_disks[] = {
	"",
	"/img",
	"/img,raw",
	"/img,raw,xvda,maybe",
	"/img,raw,nope",
	"/img,weird,xvda",
	"/img,qcow2,xvda",
	"qcow2:/img,xvda,w",
	"rel/img,raw,xvda",
	",raw,xvda,w",
	"/img,raw,xvda,w,extra",
	"/img,raw,xvda,colour=red",
	"/img,raw,xvda,vdev=xvdb",
	"/img,raw,xvda,r,access=w",
	"/img,raw,xvda,target=/other",
	"/img,raw,xvda,backend=disk-driver",
	"/img,raw,xvda,backendtype=qdisk",
	"/img,raw,xvda,backendtype=magic",
	"/img,raw,xvda,devtype=tape",
	"vdev=xvda,cdrom",
};

START_TEST(test_bad_disk)
{
	struct disk_conf c;

	d.text[0] = '\0';
	ck_assert_msg(disk_parse(bad_disks[_i], &c, &d) < 0, "%s", bad_disks[_i]);
	ck_assert_msg(!strncmp(d.text, "disk '", 6), "%s", d.text);
}
END_TEST

START_TEST(test_vif)
{
	struct vif_conf c;

	ck_assert_int_eq(vif_parse("", &c, &d), 0);
	ck_assert(!c.has_mac && !c.bridge[0] && !c.mtu && c.trusted == 1);
	vif_conf_free(&c);
	ck_assert_int_eq(
		vif_parse(
			"mac=00:16:3E:01:02:fF, bridge=br0,type=vif,ip=10.0.0.2 10.0.0.3,mtu=9000,"
			"vifname=web0,rate=10Mb/"
			"s,script=vif-bridge,model=e1000,trusted=0,backend=0",
			&c, &d),
		0);
	ck_assert_uint_eq(c.mac[5], 0xff);
	ck_assert_str_eq(c.bridge, "br0");
	ck_assert_str_eq(c.vifname, "web0");
	ck_assert_str_eq(c.ip, "10.0.0.2 10.0.0.3");
	ck_assert_uint_eq(c.mtu, 9000);
	ck_assert_uint_eq(c.rate_bytes, 62500);
	ck_assert_uint_eq(c.rate_usecs, 50000);
	ck_assert_int_eq(c.trusted, 0);
	vif_conf_free(&c);
	ck_assert_int_eq(vif_parse("rate=1GB/s@20ms", &c, &d), 0);
	ck_assert_uint_eq(c.rate_bytes, 20000000);
	ck_assert_uint_eq(c.rate_usecs, 20000);
	vif_conf_free(&c);
}
END_TEST

static const char *const bad_vifs[] = {
	"mac=00:16:3e:01:02",
	"mac=00:16:3e:01:02:03:04",
	"mac=01:16:3e:01:02:03",
	"mac=00:00:00:00:00:00",
	"mac=0016.3e01.0203",
	"bridge=",
	"bridge=a-name-too-long-for-it",
	"bridge=a/b",
	"colour=red",
	"red",
	"mtu=20",
	"mtu=x",
	"rate=fast",
	"rate=10Mb",
	"rate=10Mb/s@5y",
	"rate=99999999GB/s",
	"rate=1b/s@1us",
	"type=token-ring",
	"trusted=2",
	"backend=net-driver",
	"vifname=..",
};

START_TEST(test_bad_vif)
{
	struct vif_conf c;

	ck_assert_msg(vif_parse(bad_vifs[_i], &c, &d) < 0, "%s", bad_vifs[_i]);
	ck_assert_msg(!strncmp(d.text, "vif '", 5), "%s", d.text);
}
END_TEST

static const struct {
	const char *name;
	uint32_t num;
	const char *back;
} vdevs[] = {
	{"xvda", 51712, "xvda"},       {"xvdb", 51728, "xvdb"},     {"xvda1", 51713, "xvda1"},
	{"xvdp15", 51967, "xvdp15"},   {"xvdq", 268439552, "xvdq"}, {"xvda16", 268435472, "xvda16"},
	{"xvdaa", 268442112, "xvdaa"}, {"sda", 2048, "sda"},        {"sdb3", 2067, "sdb3"},
	{"hda", 768, "hda"},           {"hdc1", 5633, "hdc1"},      {"hdd", 5696, "hdd"},
	{"d0", 51712, "xvda"},         {"d2p1", 51745, "xvdc1"},    {"51712", 51712, "xvda"},
	{"0xca00", 51712, "xvda"},     {"7", 7, "dev-7"},
};

START_TEST(test_vdev)
{
	uint32_t n = 0;
	char name[32];

	ck_assert_int_eq(vdev_parse(vdevs[_i].name, &n), 0);
	ck_assert_uint_eq(n, vdevs[_i].num);
	vdev_name(n, name, sizeof(name));
	ck_assert_str_eq(name, vdevs[_i].back);
}
END_TEST

static const char *const bad_vdevs[] = {
	"",      "xvd", "xvdA", "xvda0", "xvda01",     "xvda256", "sdq", "sda16",     "hde",
	"hda64", "d",   "d1p",  "d1q2",  "xvdaaaaaaa", "vda",     "1x",  "0x3fffffff"};

START_TEST(test_bad_vdev)
{
	uint32_t n;

	ck_assert_int_eq(vdev_parse(bad_vdevs[_i], &n), -EINVAL);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *spec, *bdf;
	int vslot, permissive, seize;
} pcis[] = {
	{"0000:00:05.0", "0000:00:05.0", -1, -1, -1},
	{"5:1f.7", "0000:05:1f.7", -1, -1, -1},
	{"AB:00:05.0@1f", "00ab:00:05.0", 0xf8, -1, -1},
	{"00:05.0@7.2,permissive=1,seize=0", "0000:00:05.0", 0x3a, 1, 0},
	{"seize=yes, bdf=00:05.0 ,vslot=3,msitranslate=1,power_mgmt=0,rdm_policy=strict",
	 "0000:00:05.0", 0x18, -1, 1},
};

START_TEST(test_pci)
{
	struct pci_conf c;

	ck_assert_msg(pci_parse(pcis[_i].spec, &c, &d) == 0, "%s: %s", pcis[_i].spec, d.text);
	ck_assert_str_eq(c.bdf, pcis[_i].bdf);
	ck_assert_int_eq(c.vslot, pcis[_i].vslot);
	ck_assert_int_eq(c.permissive, pcis[_i].permissive);
	ck_assert_int_eq(c.seize, pcis[_i].seize);
}
END_TEST

static const struct {
	const char *spec, *words;
} wrong_pcis[] = {
	{"", "no device"},
	{"seize=1", "no device"},
	{"00:20.0", "not the address"},
	{"00:05.8", "not the address"},
	{"00:05", "not the address"},
	{"100:05.0", "not the address"},
	{"10000:00:05.0", "not the address"},
	{"00:-5.0", "not the address"},
	{"0000:00:05.0x", "not the address"},
	{"00:05.*", "all functions"},
	{"00:05.0@20", "not a slot"},
	{"00:05.0@", "not a slot"},
	{"00:05.0@1.8", "not a slot"},
	{"00:05.0,seize=maybe", "must be 0 or 1"},
	{"00:05.0,color=red", "unknown key"},
	{"00:05.0,seize", "key=value"},
};

START_TEST(test_pci_wrong)
{
	struct pci_conf c;

	ck_assert_int_eq(pci_parse(wrong_pcis[_i].spec, &c, &d), -EINVAL);
	ck_assert_msg(strstr(d.text, wrong_pcis[_i].words), "%s: %s", wrong_pcis[_i].spec, d.text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("devspec");
	TCase *t = tcase_create("devspec");

	tcase_add_test(t, test_spec_words);
	tcase_add_test(t, test_spec_fields);
	tcase_add_loop_test(t, test_disk, 0, COUNT(disks));
	tcase_add_test(t, test_disk_flags);
	tcase_add_loop_test(t, test_bad_disk, 0, COUNT(bad_disks));
	tcase_add_test(t, test_vif);
	tcase_add_loop_test(t, test_bad_vif, 0, COUNT(bad_vifs));
	tcase_add_loop_test(t, test_pci, 0, COUNT(pcis));
	tcase_add_loop_test(t, test_pci_wrong, 0, COUNT(wrong_pcis));
	tcase_add_loop_test(t, test_vdev, 0, COUNT(vdevs));
	tcase_add_loop_test(t, test_bad_vdev, 0, COUNT(bad_vdevs));
	suite_add_tcase(s, t);
	return suite_run(s);
}
