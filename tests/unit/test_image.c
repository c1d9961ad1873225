// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands around the domain in a saved image, and the configuration in it. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/xlconf.h"
#include "lib/rate.h"
#include "stream/file.h"
#include "stream/handover.h"
#include "suite.h"

static struct wire w;
static struct diag d;
static struct domconf *conf;
static json_t *j;

static void setup(void)
{
	d = (struct diag)DIAG_INIT;
	w = (struct wire){.fd = memfd_create("image", 0), .name = "image"};
	conf = calloc(1, sizeof(*conf));
	j = NULL;
}

static void teardown(void)
{
	close(w.fd);
	domconf_free(conf);
	free(conf);
	json_decref(j);
}

static int reopen(char **json)
{
	lseek(w.fd, 0, SEEK_SET);
	w.done = 0;
	return file_open(&w, json, &d);
}

START_TEST(around_the_domain)
{
	char *json;

	ck_assert_int_eq(file_begin(&w, "{\"a\":1}", &d), 0);
	ck_assert_int_eq(file_end(&w, &d), 0);
	ck_assert_int_eq(reopen(&json), 0);
	ck_assert_str_eq(json, "{\"a\":1}");
	ck_assert_int_eq(file_finish(&w, &d), 0);
	free(json);
}
END_TEST

/* What each byte range being another makes of the file. */
static const struct {
	off_t at;
	unsigned char value;
	const char *words;
} damages[] = {
	{0, 'x', "first bytes are others"},          {32, 0, "version that is not served"},
	{36, 1, "version that is not served"},       {36, 2, "no configuration as JSON"},
	{39, 0x80, "version that is not served"},    {47, 0x7f, "no configuration as JSON"},
	{48, 0xff, "configuration is damaged"},      {48, 0, "configuration is damaged"},
	{60, 'x', "what follows the configuration"}, {76, OUTER_EMULATOR_STATE, "emulated machine"},
	{76, 0x66, "a record of type 0x66"},
};

START_TEST(damage_is_told)
{
	unsigned char before;
	char *json = NULL;
	int rc;

	ck_assert_int_eq(file_begin(&w, "{\"a\":1}", &d), 0);
	ck_assert_int_eq(pread(w.fd, &before, 1, damages[_i].at), 1);
	ck_assert_int_eq(pwrite(w.fd, &damages[_i].value, 1, damages[_i].at), 1);
	rc = reopen(&json);
	ck_assert_int_eq(rc, -EINVAL);
	ck_assert_msg(strstr(d.text, damages[_i].words) != NULL, "%s", d.text);
	ck_assert_ptr_null(json);
}
END_TEST

START_TEST(something_else)
{
	char *json = NULL;

	ck_assert_int_eq(write(w.fd, "hello", 5), 5);
	ck_assert_int_eq(reopen(&json), -EINVAL);
	ck_assert_str_eq(d.text, "image is no saved guest: it is too short");
}
END_TEST

/* As xl of 4.17 writes it for a guest with a disk and a card. */
static const char of_xl[] =
	"{\"c_info\":{\"type\":\"pv\",\"name\":\"g\",\"uuid\":\"0f0e0d0c-0b0a-0908-0706-"
	"050403020100\","
	"\"run_hotplug_scripts\":\"True\"},\"b_info\":{\"max_vcpus\":4,\"avail_vcpus\":[0,1],"
	"\"max_memkb\":262144,\"target_memkb\":130049,\"shadow_memkb\":0,"
	"\"sched_params\":{\"weight\":512,\"cap\":50},\"kernel\":\"/k\",\"cmdline\":\"a b\","
	"\"ramdisk\":\"/r\",\"type.pv\":{}},\"disks\":[{\"pdev_path\":\"/"
	"d,1.img\",\"vdev\":\"xvda\","
	"\"backend\":\"phy\",\"format\":\"raw\",\"removable\":1,\"readwrite\":1},"
	"{\"pdev_path\":\"/cd\",\"vdev\":\"xvdb\",\"format\":\"raw\",\"is_cdrom\":1,"
	"\"discard_enable\":\"False\"}],\"nics\":[{\"devid\":0,\"mac\":\"00:16:3e:01:02:03\","
	"\"bridge\":\"xenbr0\",\"script\":\"/etc/xen/scripts/vif-bridge\",\"nictype\":\"vif\","
	"\"rate_bytes_per_interval\":62500,\"rate_interval_usecs\":50000}],"
	"\"on_reboot\":\"restart\",\"on_crash\":\"restart_rename\"}";

START_TEST(xl_wrote_it)
{
	j = json_loads(of_xl, 0, NULL);
	ck_assert_msg(!xlconf_to_domconf(j, conf, &d), "%s", d.text);
	ck_assert_str_eq(conf->name, "g");
	ck_assert_uint_eq(conf->uuid[0], 0x0f);
	ck_assert_uint_eq(conf->memory_kib, 128 << 10);
	ck_assert_uint_eq(conf->maxmem_kib, 256 << 10);
	ck_assert_uint_eq(conf->vcpus, 2);
	ck_assert_uint_eq(conf->maxvcpus, 4);
	ck_assert_uint_eq(conf->weight, 512);
	ck_assert_uint_eq(conf->cap, 50);
	ck_assert_str_eq(conf->cmdline, "a b");
	ck_assert_uint_eq(conf->ndisks, 2);
	ck_assert_str_eq(conf->disks[0].target, "/d,1.img");
	ck_assert(!conf->disks[0].readonly && conf->disks[0].discard);
	ck_assert(conf->disks[1].readonly && conf->disks[1].cdrom && !conf->disks[1].discard);
	ck_assert_uint_eq(conf->nvifs, 1);
	ck_assert_uint_eq(conf->vifs[0].mac[5], 3);
	ck_assert_uint_eq(conf->vifs[0].rate_bytes, 62500);
	ck_assert_int_eq(conf->on_poweroff, END_DESTROY);
	ck_assert_int_eq(conf->on_reboot, END_RESTART);
	ck_assert_int_eq(conf->on_crash, END_RENAME_RESTART);
}
END_TEST

START_TEST(other_kinds_of_guests)
{
	j = json_loads("{\"c_info\":{\"type\":\"hvm\"},\"b_info\":{}}", 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), -EOPNOTSUPP);
	ck_assert_str_eq(d.text, "the guest is of type 'hvm'");
	json_decref(j);
	j = json_loads("{\"c_info\":7}", 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), -EINVAL);
	json_decref(j);
	j = json_loads("{\"c_info\":{\"type\":\"pv\",\"name\":\"b\"},\"b_info\":"
		       "{\"bootloader\":\"pygrub\",\"max_memkb\":65536}}",
		       0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), 0);
	ck_assert_str_eq(conf->kernel, "(from boot loader pygrub)");
}
END_TEST

/* Ours survives unchanged; without our member, as after xl, all that xl knows does. */
START_TEST(there_and_back)
{
	struct domconf *again = calloc(1, sizeof(*again));
	json_t *first, *second;

	j = json_loads(of_xl, 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), 0);
	first = xlconf_from_domconf(conf);
	ck_assert_int_eq(xlconf_to_domconf(first, again, &d), 0);
	second = xlconf_from_domconf(again);
	ck_assert(json_equal(first, second));
	domconf_free(again);
	json_decref(second);
	json_object_del(first, "pavise");
	ck_assert_msg(!xlconf_to_domconf(first, again, &d), "%s", d.text);
	second = xlconf_from_domconf(again);
	json_object_del(second, "pavise");
	ck_assert(json_equal(first, second));
	domconf_free(again);
	free(again);
	json_decref(first);
	json_decref(second);
}
END_TEST

START_TEST(copies_get_addresses)
{
	static const uint8_t mac[6] = {0, 0x16, 0x3e, 9, 9, 9};

	j = json_loads(of_xl, 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), 0);
	ck_assert_int_eq(domconf_change_mac(conf, 0, mac), 0);
	ck_assert_str_eq(conf->vif_specs[0], "mac=00:16:3e:09:09:09,bridge=xenbr0,"
					     "script=/etc/xen/scripts/vif-bridge,"
					     "rate=1250000B/s@50000us");
	ck_assert_mem_eq(conf->vifs[0].mac, mac, 6);
	free(conf->vif_specs[0]);
	conf->vif_specs[0] = strdup("bridge=b,mac=00:16:3e:01:02:03");
	ck_assert_int_eq(domconf_change_mac(conf, 0, mac), 0);
	ck_assert_str_eq(conf->vif_specs[0], "mac=00:16:3e:09:09:09,bridge=b");
}
END_TEST

START_TEST(cards_get_rates)
{
	j = json_loads(of_xl, 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), 0);
	free(conf->vif_specs[0]);
	conf->vif_specs[0] = strdup("bridge=b,rate=1MB/s,mac=00:16:3e:01:02:03");
	ck_assert_int_eq(domconf_change_rate(conf, 0, "10Mb/s@20ms"), 0);
	ck_assert_str_eq(conf->vif_specs[0], "bridge=b,mac=00:16:3e:01:02:03,rate=10Mb/s@20ms");
	ck_assert_int_eq(domconf_change_rate(conf, 0, NULL), 0);
	ck_assert_str_eq(conf->vif_specs[0], "bridge=b,mac=00:16:3e:01:02:03");
	ck_assert_int_eq(domconf_change_rate(conf, 0, NULL), 0);
	free(conf->vif_specs[0]);
	conf->vif_specs[0] = strdup("");
	ck_assert_int_eq(domconf_change_rate(conf, 0, "1KB/s"), 0);
	ck_assert_str_eq(conf->vif_specs[0], "rate=1KB/s");
}
END_TEST

START_TEST(disks_get_rates)
{
	struct disk_conf disk;

	j = json_loads(of_xl, 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), 0);
	free(conf->disk_specs[0]);
	conf->disk_specs[0] = strdup("/srv/a.img,raw,xvda,rw");
	ck_assert_int_eq(domconf_change_disk_rate(conf, 0, "10MB/s"), 0);
	ck_assert_str_eq(conf->disk_specs[0], "/srv/a.img,raw,xvda,rw,rate=10MB/s");
	ck_assert_int_eq(domconf_change_disk_rate(conf, 0, NULL), 0);
	ck_assert_str_eq(conf->disk_specs[0], "/srv/a.img,raw,xvda,rw");
	/* What follows target= is all a path. */
	free(conf->disk_specs[0]);
	conf->disk_specs[0] = strdup("vdev=xvda,target=/srv/a,b.img");
	ck_assert_int_eq(domconf_change_disk_rate(conf, 0, "8Mb/s"), 0);
	ck_assert_str_eq(conf->disk_specs[0], "rate=8Mb/s,vdev=xvda,target=/srv/a,b.img");
	ck_assert_int_eq(disk_parse(conf->disk_specs[0], &disk, &d), 0);
	ck_assert_str_eq(disk.target, "/srv/a,b.img");
	ck_assert_uint_eq(disk.rate, 1000000);
	disk_conf_free(&disk);
}
END_TEST

START_TEST(copies_get_disks)
{
	char wanted[64];

	j = json_loads(of_xl, 0, NULL);
	ck_assert_int_eq(xlconf_to_domconf(j, conf, &d), 0);
	snprintf(wanted, sizeof(wanted), "/srv/twin.img,raw,%s,rw", conf->disks[0].vdev);
	ck_assert_int_eq(domconf_change_disk(conf, wanted, &d), 0);
	ck_assert_str_eq(conf->disk_specs[0], wanted);
	ck_assert_str_eq(conf->disks[0].target, "/srv/twin.img");
	ck_assert_int_eq(domconf_change_disk(conf, "/srv/b.img,raw,xvdz,rw", &d), -ENOENT);
	ck_assert_msg(strstr(d.text, "has no disk xvdz") != NULL, "%s", d.text);
	ck_assert_int_eq(domconf_change_disk(conf, "/srv/b.img,raw,floppy,rw", &d), -EINVAL);
	ck_assert_str_eq(conf->disk_specs[0], wanted);
}
END_TEST

/* In the words of xl, which may be at the other end. */
START_TEST(two_machines_talk)
{
	static const char all[] = "xl migration receiver ready, send binary domain data.\n"
				  "domain received, ready to unpause\0"
				  "domain is yours, you are cleared to unpause\0"
				  "my copy unpause results are as follows\0";
	char said[sizeof(all)] = "";
	unsigned char status = 1;
	unsigned i;

	for (i = HANDOVER_HERE; i <= HANDOVER_REPORT; i++)
		ck_assert_int_eq(handover_say(&w, (enum handover)i, &d), 0);
	ck_assert_int_eq(handover_say_status(&w, 0, &d), 0);
	ck_assert_int_eq(pread(w.fd, said, sizeof(said), 0), sizeof(all));
	ck_assert_mem_eq(said, all, sizeof(all));
	lseek(w.fd, 0, SEEK_SET);
	for (i = HANDOVER_HERE; i <= HANDOVER_REPORT; i++)
		ck_assert_int_eq(handover_hear(&w, (enum handover)i, &d), 0);
	ck_assert_int_eq(handover_hear_status(&w, &status, &d), 0);
	ck_assert_uint_eq(status, 0);
	ck_assert_int_eq(handover_hear(&w, HANDOVER_GO, &d), -ENODATA);
	lseek(w.fd, 1, SEEK_SET);
	ck_assert_int_eq(handover_hear(&w, HANDOVER_HERE, &d), -EPROTO);
	ck_assert_str_eq(d.text, "image says something else than 'xl migration receiver ready, "
				 "send binary domain data.'");
}
END_TEST

static unsigned ticks;

static int third_tick(struct wire *unused)
{
	(void)unused;
	return ++ticks == 3 ? -EINTR : 0;
}

/* Who is silent is given up, and waiting can be cancelled. */
START_TEST(nobody_is_waited_for)
{
	static char much[1 << 20];
	struct iovec part = {much, sizeof(much)};
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	close(w.fd);
	w.fd = ends[0];
	w.patience = 1;
	ck_assert_int_eq(handover_hear(&w, HANDOVER_READY, &d), -ETIMEDOUT);
	ck_assert_str_eq(d.text, "image has neither taken nor sent anything for 1 s");
	w.fd = ends[1];
	ck_assert_int_eq(wire_write(&w, &part, 1, &d), -ETIMEDOUT);
	ck_assert_uint_gt(w.done, 0);
	part = (struct iovec){much, sizeof(much)};
	w.tick = third_tick;
	ck_assert_int_eq(wire_write(&w, &part, 1, &d), -EINTR);
	close(ends[0]);
}
END_TEST

START_TEST(progress_reads_well)
{
	char text[96];

	rate_text(text, sizeof(text), 30 << 20, 120 << 20, 1000000000);
	ck_assert_str_eq(text, "25% of 120 MiB, 30 MiB/s, 0:04 left");
	rate_text(text, sizeof(text), 30 << 20, 0, 500000000);
	ck_assert_str_eq(text, "30 MiB, 60 MiB/s");
	rate_text(text, sizeof(text), 1 << 20, 200 << 20, 1000000000);
	ck_assert_str_eq(text, "0% of 200 MiB, 1 MiB/s, 3:20 left");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("around the domain");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, around_the_domain);
	tcase_add_loop_test(t, damage_is_told, 0, sizeof(damages) / sizeof(damages[0]));
	tcase_add_test(t, something_else);
	tcase_add_test(t, xl_wrote_it);
	tcase_add_test(t, other_kinds_of_guests);
	tcase_add_test(t, there_and_back);
	tcase_add_test(t, copies_get_addresses);
	tcase_add_test(t, cards_get_rates);
	tcase_add_test(t, disks_get_rates);
	tcase_add_test(t, copies_get_disks);
	tcase_add_test(t, two_machines_talk);
	tcase_add_test(t, nobody_is_waited_for);
	tcase_add_test(t, progress_reads_well);
	suite_add_tcase(s, t);
	return suite_run(s);
}
