// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/build.h"
#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/sysctl.h"
#include "life/names.h"
#include "life/want.h"

enum { STEP_MS = 100, PATIENCE_MS = 30000, MORE_KIB = 1024 };

int want_free(struct hv *hv, uint64_t *kib)
{
	struct sysctl_physinfo p;
	int rc = sysctl_physinfo(hv, &p);

	if (!rc)
		*kib = (p.free_pages > p.outstanding_pages ? p.free_pages - p.outstanding_pages : 0)
		       << 2;
	return rc;
}

static void own_path(char *path, size_t size)
{
	snprintf(path, size, WANT_DIR "/%lu", (unsigned long)getpid());
}

/* domid: 0 while there is no domain. */
static int ask(struct host *h, uint64_t kib, uint16_t domid, struct diag *d)
{
	char path[64], mark[64];
	int rc;

	own_path(path, sizeof(path));
	snprintf(mark, sizeof(mark), "%llu %llu %u", name_process_start((unsigned long)getpid()),
		 (unsigned long long)kib, domid);
	rc = store_write(h->store, 0, path, mark);
	return rc ? diag_set(d, rc, "cannot ask for memory in the store: %s", strerror(-rc)) : 0;
}

int want_domain(struct host *h, uint64_t kib, uint16_t domid, struct diag *d)
{
	return ask(h, kib, domid, d);
}

void (*want_tell)(enum want_stage stage, uint64_t have, uint64_t kib);

static void tell(enum want_stage stage, uint64_t have, uint64_t kib)
{
	if (want_tell)
		want_tell(stage, have, kib);
}

/* Until it is there, or has not become more for a while. */
static void await(struct host *h, uint64_t kib)
{
	uint64_t most = 0, have = 0, end = 0;

	tell(WANT_BEGIN, have, kib);
	while (!want_free(&h->hv, &have) && have < kib) {
		if (!end || have >= most + MORE_KIB) {
			most = have;
			end = host_now() + PATIENCE_MS * 1000000ull;
		}
		tell(WANT_STEP, have, kib);
		if (host_now() > end)
			break;
		host_sleep(STEP_MS);
	}
	tell(WANT_END, have, kib);
}

int want_memory(struct host *h, uint64_t kib, struct diag *d)
{
	int rc = build_check_memory(&h->hv, kib >> 2, d);

	if (rc != -ENOMEM || !daemon_runs(WANT_DAEMON))
		return rc;
	rc = ask(h, kib, 0, d);
	if (rc)
		return rc;
	await(h, kib);
	rc = build_check_memory(&h->hv, kib >> 2, d);
	if (!rc)
		return 1;
	want_done(h);
	return rc != -ENOMEM ? rc
			     : diag_hint(d, rc,
					 "the other guests can give no more (pav autoballoon "
					 "--dry-run shows their limits): lower memory in the "
					 "configuration, or end one of them");
}

void want_done(struct host *h)
{
	char path[64];

	own_path(path, sizeof(path));
	store_rm(h->store, 0, path);
}

/* Of what is wanted for a domain, what it has or has claimed. KiB. */
static uint64_t settled(struct host *h, unsigned domid)
{
	struct domctl_getdomaininfo i;

	if (!domid || domctl_info(&h->hv, (uint16_t)domid, &i))
		return 0;
	return (i.tot_pages + i.outstanding_pages) << 2;
}

uint64_t want_sum(struct host *h)
{
	unsigned long long start, kib;
	unsigned domid;
	uint64_t has;
	char path[64], text[64];
	uint64_t sum = 0;
	char **pids;
	int n = store_list(h->store, 0, WANT_DIR, &pids), i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), WANT_DIR "/%s", pids[i]);
		if (store_get(h->store, 0, text, sizeof(text), "%s", path) <= 0)
			continue;
		if (sscanf(text, "%llu %llu %u", &start, &kib, &domid) != 3 ||
		    name_process_start(strtoul(pids[i], NULL, 10)) != start) {
			store_rm(h->store, 0, path);
			continue;
		}
		has = settled(h, domid);
		sum += kib > has ? kib - has : 0;
	}
	if (n >= 0)
		free(pids);
	return sum;
}
