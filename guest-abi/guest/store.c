/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/store.h"

#include <errno.h>
#include <string.h>

#include "abi/xs_wire.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"
#include "pv-drivers/ring/bytes.h"

#define FIRED_MAX   8
#define TOKEN_MAX   32
#define ANSWER_WAIT (20 * TIME_S)

static struct bytes_ring req, rsp;
static uint32_t port, last_id;
static char fired[FIRED_MAX][TOKEN_MAX];
static unsigned int fired_count;

static const struct {
	const char *name;
	int number;
} errors[] = {
	{"EINVAL", EINVAL}, {"EACCES", 13},     {"EEXIST", EEXIST}, {"EISDIR", 21},
	{"ENOENT", ENOENT}, {"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC}, {"EIO", EIO},
	{"ENOTEMPTY", 39},  {"ENOSYS", ENOSYS}, {"EROFS", 30},      {"EBUSY", EBUSY},
	{"EAGAIN", EAGAIN}, {"EISCONN", 106},   {"E2BIG", E2BIG},   {"EPERM", EPERM},
};

static void ignore(uint32_t p, void *arg)
{
	(void)p;
	(void)arg;
}

int64_t store_init(void)
{
	struct xenstore_domain_interface *ring;

	if (boot_is_control_domain() || !boot_info->store_mfn)
		return -ENODEV;
	ring = page_of_mfn(boot_info->store_mfn);
	if (!ring)
		return -ENODEV;
	req = (struct bytes_ring){ring->req, sizeof(ring->req), &ring->req_prod, &ring->req_cons,
				  ring->req_prod};
	rsp = (struct bytes_ring){ring->rsp, sizeof(ring->rsp), &ring->rsp_prod, &ring->rsp_cons,
				  ring->rsp_cons};
	port = boot_info->store_evtchn;
	event_handle(port, ignore, NULL);
	return 0;
}

static bool has_room(void *ring)
{
	return bytes_room(ring) != 0;
}

static int64_t send(const void *data, size_t n)
{
	const char *from = data;
	long done;

	while (n) {
		done = bytes_add(&req, from, n);
		if (done < 0)
			return -EIO;
		from += done;
		n -= (size_t)done;
		event_notify(port);
		if (n && !time_wait(has_room, &req, ANSWER_WAIT))
			return -ETIMEDOUT;
	}
	return 0;
}

static bool has_bytes(void *ring)
{
	const struct bytes_ring *r = ring;

	return __atomic_load_n(r->prod, __ATOMIC_ACQUIRE) != r->own;
}

/* Exactly n bytes; what does not fit is dropped. */
static int64_t receive(void *data, size_t n, size_t keep, uint64_t ns)
{
	char scrap[64], *to = data;
	size_t at = 0, want;
	long got;

	while (at < n) {
		if (!time_wait(has_bytes, &rsp, ns))
			return -ETIMEDOUT;
		want = at < keep ? keep - at : n - at;
		if (at >= keep && want > sizeof(scrap))
			want = sizeof(scrap);
		got = bytes_take(&rsp, at < keep ? to + at : scrap, want);
		if (got < 0)
			return -EIO;
		at += (size_t)got;
		event_notify(port);
	}
	return 0;
}

/*
 * The token is what follows the path's NUL. Firings beyond FIRED_MAX tell nothing new to a poller.
 */
static void note_fired(const char *payload, size_t n)
{
	size_t path = strlen(payload) + 1;

	if (path >= n || fired_count == FIRED_MAX)
		return;
	text_format(fired[fired_count++], TOKEN_MAX, "%s", payload + path);
}

/* One message. Its length and the payload's first bytes, or -errno; watch events are put aside. */
static int64_t next_message(struct xsd_sockmsg *m, char *payload, size_t size, uint64_t ns)
{
	char event[256];
	bool watch;
	int64_t rc;

	rc = receive(m, sizeof(*m), sizeof(*m), ns);
	if (rc)
		return rc;
	if (m->len > XENSTORE_PAYLOAD_MAX)
		return -EIO;
	watch = m->type == XS_WATCH_EVENT;
	if (watch) {
		payload = event;
		size = sizeof(event) - 1;
	}
	if (size > m->len)
		size = m->len;
	rc = receive(payload, m->len, size, ns);
	if (rc)
		return rc;
	if (watch) {
		event[size] = 0;
		note_fired(event, size);
	}
	return m->len;
}

static int64_t error_of(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (strlen(errors[i].name) < n && !strncmp(errors[i].name, name, n))
			return -errors[i].number;
	}
	return -EIO;
}

int64_t store_request(uint32_t type, uint32_t tx, const void *payload, size_t n, char *answer,
		      size_t size)
{
	struct xsd_sockmsg m = {.type = type, .req_id = ++last_id, .tx_id = tx, .len = (uint32_t)n};
	char scrap[32];
	int64_t rc;

	if (size < sizeof(scrap)) {
		rc = store_request(type, tx, payload, n, scrap, sizeof(scrap));
		if (rc > 0)
			memcpy(answer, scrap, rc < (int64_t)size ? (size_t)rc : size);
		return rc;
	}
	rc = send(&m, sizeof(m));
	if (!rc)
		rc = send(payload, n);
	if (rc)
		return rc;
	do
		rc = next_message(&m, answer, size, ANSWER_WAIT);
	while (rc >= 0 && (m.type == XS_WATCH_EVENT || m.req_id != last_id));
	if (rc >= 0 && m.type == XS_ERROR)
		return error_of(answer, (size_t)rc < size ? (size_t)rc : size);
	return rc;
}

/* A request whose payload is up to two texts, each with its NUL if `ends` says so. */
static int64_t texts(uint32_t type, uint32_t tx, const char *a, const char *b, bool ends,
		     char *answer, size_t size)
{
	static char payload[XENSTORE_PAYLOAD_MAX];
	size_t la = strlen(a) + 1, lb = b ? strlen(b) + ends : 0;

	if (la + lb > sizeof(payload))
		return -E2BIG;
	memcpy(payload, a, la);
	if (b)
		memcpy(payload + la, b, lb);
	return store_request(type, tx, payload, la + lb, answer, size);
}

static int64_t plain(int64_t rc)
{
	return rc > 0 ? 0 : rc;
}

int64_t store_read(uint32_t tx, const char *path, char *value, size_t size)
{
	int64_t n = texts(XS_READ, tx, path, NULL, true, value, size - 1);

	if (n < 0)
		return n;
	value[n < (int64_t)size ? (size_t)n : size - 1] = 0;
	return n;
}

int64_t store_write(uint32_t tx, const char *path, const char *value)
{
	return plain(texts(XS_WRITE, tx, path, value, false, NULL, 0));
}

int64_t store_mkdir(uint32_t tx, const char *path)
{
	return plain(texts(XS_MKDIR, tx, path, NULL, true, NULL, 0));
}

int64_t store_remove(uint32_t tx, const char *path)
{
	return plain(texts(XS_RM, tx, path, NULL, true, NULL, 0));
}

int64_t store_list(uint32_t tx, const char *path, char *names, size_t size)
{
	return texts(XS_DIRECTORY, tx, path, NULL, true, names, size);
}

int64_t store_set_perms(uint32_t tx, const char *path, const char *const *perms, size_t count)
{
	char payload[512];
	size_t i, n, at = 0;

	for (i = 0; i <= count; i++) {
		const char *s = i ? perms[i - 1] : path;

		n = strlen(s) + 1;
		if (at + n > sizeof(payload))
			return -E2BIG;
		memcpy(payload + at, s, n);
		at += n;
	}
	return plain(store_request(XS_SET_PERMS, tx, payload, at, NULL, 0));
}

int64_t store_printf(uint32_t tx, const char *path, const char *fmt, ...)
{
	char value[128];
	va_list args;

	va_start(args, fmt);
	text_vformat(value, sizeof(value), fmt, args);
	va_end(args);
	return store_write(tx, path, value);
}

uint64_t store_number(const char *path, uint64_t otherwise)
{
	char value[24];
	int64_t n = store_read(STORE_NONE, path, value, sizeof(value));

	return n > 0 ? text_number(value) : otherwise;
}

int64_t store_begin(void)
{
	char id[24];
	int64_t n = store_request(XS_TRANSACTION_START, STORE_NONE, "", 1, id, sizeof(id));

	if (n < 0)
		return n;
	return n && n < (int64_t)sizeof(id) ? (int64_t)text_number(id) : -EIO;
}

int64_t store_end(uint32_t tx, bool commit)
{
	return plain(store_request(XS_TRANSACTION_END, tx, commit ? "T" : "F", 2, NULL, 0));
}

int64_t store_watch(const char *path, const char *token)
{
	return plain(texts(XS_WATCH, STORE_NONE, path, token, true, NULL, 0));
}

int64_t store_unwatch(const char *path, const char *token)
{
	return plain(texts(XS_UNWATCH, STORE_NONE, path, token, true, NULL, 0));
}

bool store_fired(char *token, size_t size, uint64_t ns)
{
	struct xsd_sockmsg m;
	char scrap[16];

	while (!fired_count) {
		if (next_message(&m, scrap, sizeof(scrap), ns) < 0)
			return false;
	}
	text_format(token, size, "%s", fired[0]);
	fired_count--;
	memmove(fired[0], fired[1], fired_count * sizeof(fired[0]));
	return true;
}
