// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A tour through libpav: makes a guest from a kernel, a ramdisk and an image, changes it while it
 * runs, saves it, brings it back and ends it; then tries what cannot work, and shows the errors.
 *
 *     cc tour.c -o tour $(pkg-config --cflags --libs libpav)
 *     ./tour KERNEL RAMDISK IMAGE FOLDER
 */
#include <errno.h>
#include <inttypes.h>
#include <pavise/pav.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct pav *p;

/* End the program if a step failed. */
static int must(const char *step, int rc)
{
	if (rc < 0) {
		fprintf(stderr, "%s: %s\n(%s)\n", step, pav_error(p)->message,
			pav_error(p)->remedy);
		exit(1);
	}
	printf("%s: done\n", step);
	return rc;
}

/* The same for a step that has to fail. */
static void must_fail(const char *step, int rc)
{
	const struct pav_error *e = pav_error(p);

	if (rc >= 0 || e->code != rc || !e->message[0] || !e->remedy[0]) {
		fprintf(stderr, "%s: returned %d\n", step, rc);
		exit(1);
	}
	printf("%s: %s (%s)\n", step, e->message, e->remedy);
}

static void show(void)
{
	struct pav_guest *all;
	size_t n, i;

	must("list", pav_list(p, &all, &n));
	for (i = 0; i < n; i++)
		printf("  %-16s %3" PRIu32 " %6" PRIu64 " MiB, %" PRIu32 " vCPUs, %" PRIu32
		       " disks, %.1f s of CPU time\n",
		       all[i].name, all[i].domid, all[i].memory_kib >> 10, all[i].vcpus,
		       all[i].disks, (double)all[i].cpu_ns / 1e9);
	pav_free(all);
}

/* Until the guest has written these words. */
static void wait_words(const char *name, const char *words)
{
	char *text;
	size_t n;

	for (;;) {
		if (!pav_console_log(p, name, &text, &n)) {
			int there = strstr(text, words) != NULL;

			pav_free(text);
			if (there)
				return;
		}
		usleep(200000);
	}
}

static void wait_event(int what, uint32_t domid)
{
	struct pollfd wake = {pav_fd(p), POLLIN, 0};
	struct pav_event e;

	for (;;) {
		while (must("event", pav_next(p, 0, &e)))
			if (e.what == what && e.domid == domid)
				return;
		poll(&wake, 1, 10000);
	}
}

static int count(void *arg, uint64_t done, uint64_t expected)
{
	(void)done;
	(void)expected;
	++*(unsigned *)arg;
	return 0;
}

static int cancel(void *arg, uint64_t done, uint64_t expected)
{
	(void)arg;
	(void)expected;
	return done > 1 << 20;
}

static uint32_t make(const char *kernel, const char *ramdisk)
{
	const char *settings[] = {"maxvcpus=2", "maxmem=160", NULL};
	uint32_t domid;
	char text[1024];

	snprintf(text, sizeof(text),
		 "name = \"tour\"\nkernel = \"%s\"\nramdisk = \"%s\"\nmemory = 128\n"
		 "extra = \"console=hvc0 pavise.run=sleep_10000\"\n",
		 kernel, ramdisk);
	must("dry run", pav_create(p, NULL, text, settings, PAV_CREATE_DRY_RUN, NULL));
	must_fail("wrong setting", pav_create(p, NULL, "memory = \"lots\"", NULL, 0, NULL));
	must("create", pav_create(p, NULL, text, settings, PAV_CREATE_PAUSED, &domid));
	wait_event(PAV_EVENT_NEW, domid);
	must_fail("its name again", pav_create(p, NULL, text, settings, 0, NULL));
	return domid;
}

static void change(uint32_t domid, const char *image)
{
	struct pav_guest g;
	char spec[512];

	must("memory", pav_set_memory(p, domid, 112 << 10));
	must("vCPUs", pav_set_vcpus(p, domid, 2));
	must_fail("too many vCPUs", pav_set_vcpus(p, domid, 3));
	snprintf(spec, sizeof(spec), "%s,raw,xvdb,w", image);
	must("attach a disk", pav_attach_disk(p, domid, spec));
	must_fail("the same again", pav_attach_disk(p, domid, spec));
	must("guest", pav_guest(p, domid, &g));
	if (g.disks != 1 || g.max_vcpus != 2 || strcmp(g.name, "tour")) {
		fprintf(stderr, "%s has %" PRIu32 " disks\n", g.name, g.disks);
		exit(1);
	}
	must("detach the disk", pav_detach_disk(p, domid, "xvdb", 1));
	must("attach a card", pav_attach_card(p, domid, ""));
	must("detach the card", pav_detach_card(p, domid, 0, 1));
	must_fail("no such PCI device", pav_attach_pci(p, domid, "ffff:ff:1f.7"));
	must_fail("nor has it one", pav_detach_pci(p, domid, "ffff:ff:1f.7", 0));
	show();
}

static uint32_t save_and_restore(uint32_t domid, const char *folder)
{
	const struct pav_move nowhere = {.transport = "false", .rate = 10};
	unsigned ticks = 0;
	uint32_t again;
	char path[512];

	snprintf(path, sizeof(path), "%s/tour.image", folder);
	must("unpause", pav_unpause(p, domid));
	wait_words("tour", "userland reached");
	must("pause", pav_pause(p, domid));
	must("unpause", pav_unpause(p, domid));
	must_fail("cancelled", pav_save(p, domid, path, PAV_SAVE_END, cancel, NULL));
	must_fail("move to nowhere", pav_migrate(p, domid, "nowhere", &nowhere, NULL, NULL));
	must("save", pav_save(p, domid, path, PAV_SAVE_END, count, &ticks));
	wait_event(PAV_EVENT_END, domid);
	must("restore", pav_restore(p, path, NULL, 0, count, &ticks, &again));
	unlink(path);
	printf("progress was told %s\n", ticks ? "often" : "never");
	return again;
}

int main(int argc, char **argv)
{
	struct pav_error error;
	struct pav_host host;
	struct pav *second;
	uint32_t domid, found;
	int fd;

	if (argc != 5) {
		fprintf(stderr, "Usage: %s KERNEL RAMDISK IMAGE FOLDER\n", argv[0]);
		return 2;
	}
	if (pav_open(&p, &error) || pav_open(&second, &error)) {
		fprintf(stderr, "%s\n(%s)\n", error.message, error.remedy);
		return 1;
	}
	must("host", pav_host(p, &host));
	printf("  %s, %" PRIu32 " CPUs, %" PRIu64 " MiB free, libpav %s\n", host.hypervisor,
	       host.cpus, host.free_kib >> 10, pav_version());
	must("watch", pav_watch(p));
	domid = make(argv[1], argv[2]);
	if (pav_find(second, "tour", &found) || found != domid) {
		fprintf(stderr, "the second handle does not find it\n");
		return 1;
	}
	pav_close(second);
	domid = save_and_restore(domid, argv[4]);
	change(domid, argv[3]);
	fd = must("console", pav_console(p, domid));
	close(fd);
	must_fail("wait", pav_wait(p, domid, 100));
	must("shutdown", pav_shutdown(p, domid));
	must("reboot", pav_reboot(p, domid));
	must("destroy", pav_destroy(p, domid));
	must("wait", pav_wait(p, domid, 10000));
	must_fail("destroy again", pav_destroy(p, domid));
	must_fail("find", pav_find(p, "tour", &found));
	pav_close(p);
	printf("end of the tour\n");
	return 0;
}
