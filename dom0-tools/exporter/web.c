// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exporter/scrape.h"
#include "exporter/web.h"
#include "lib/opt.h"

#define WHO "pav-exporter"

enum { BACKLOG = 16, CONNECTIONS = 16, TIMEOUT_S = 10, MEMORY = 16384 };

/* A look is good for so long. */
#define FRESH_NS 1000000000ull

struct web {
	struct MHD_Daemon *http;
	struct host *h;
	volatile bool *gone;
	struct text text;
	uint64_t at; /* when the text was written; 0: there is none */
};

static const char start_page[] =
	"<!DOCTYPE html>\n<title>pav-exporter</title>\n<p><a href=\"/metrics\">/metrics</a></p>\n";

/* "ADDRESS:PORT" in two; an address in brackets loses them. False: it is neither of the forms. */
static bool split(const char *where, char *address, size_t size, const char **port)
{
	const char *end = strchr(where, ':');
	size_t n;

	if (*where == '[') {
		end = strchr(++where, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
	}
	n = end ? (size_t)(end - where) : strlen(where);
	if (n >= size)
		return false;
	memcpy(address, where, n);
	address[n] = '\0';
	if (end && *end == ']')
		end++;
	*port = end && *end ? end + 1 : WEB_PORT;
	return true;
}

static int listen_at(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1, rc;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, BACKLOG)) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

int web_listen(const char *where, struct diag *d)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *a;
	char address[64];
	unsigned long long number;
	const char *port;
	int fd;

	/* The C library would take 65536 for 0. */
	if (!split(where, address, sizeof(address), &port) || opt_uint(port, 65535, &number) ||
	    getaddrinfo(address[0] ? address : WEB_ADDRESS, port, &hints, &a)) {
		diag_set(d, -EINVAL, "'%s' is no address to listen on", where);
		return diag_hint(d, -EINVAL,
				 "write 192.0.2.1, 192.0.2.1:9795, :9795 or [2001:db8::1]:9795");
	}
	fd = listen_at(a);
	freeaddrinfo(a);
	if (fd >= 0)
		return fd;
	diag_set(d, fd, "cannot listen on %s: %s", where, strerror(-fd));
	return diag_hint(d, fd, "choose another address or port: --listen=ADDRESS:PORT");
}

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type,
			      size_t len, const char *body)
{
	struct MHD_Response *r =
		MHD_create_response_from_buffer(len, (void *)body, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result done;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	done = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result answer_words(struct MHD_Connection *c, unsigned status, const char *words)
{
	return answer(c, status, "text/plain; charset=utf-8", strlen(words), words);
}

static enum MHD_Result metrics(struct web *w, struct MHD_Connection *c)
{
	struct diag d = DIAG_INIT;
	char words[sizeof(d.text) + 1];
	int rc;

	if (!w->at || host_now() - w->at > FRESH_NS) {
		text_free(&w->text);
		rc = scrape(w->h, &w->text, &d);
		w->at = rc ? 0 : host_now();
		if (rc) {
			log_line(WHO, "%s", d.text);
			snprintf(words, sizeof(words), "%s\n", d.text);
			if (rc == -EPIPE && !*w->gone) {
				*w->gone = true;
				kill(getpid(), SIGTERM);
			}
			return answer_words(c, MHD_HTTP_INTERNAL_SERVER_ERROR, words);
		}
	}
	return answer(c, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", w->text.len,
		      w->text.at);
}

static enum MHD_Result request(void *arg, struct MHD_Connection *c, const char *url,
			       const char *method, const char *version, const char *data,
			       size_t *data_size, void **state)
{
	(void)version;
	(void)data;
	(void)data_size;
	(void)state;
	if (strcmp(method, "GET") && strcmp(method, "HEAD"))
		return answer_words(c, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD are served\n");
	if (!strcmp(url, "/metrics"))
		return metrics(arg, c);
	if (!strcmp(url, "/"))
		return answer(c, MHD_HTTP_OK, "text/html; charset=utf-8", sizeof(start_page) - 1,
			      start_page);
	return answer_words(c, MHD_HTTP_NOT_FOUND, "there is only /metrics\n");
}

struct web *web_start(int fd, struct host *h, volatile bool *gone, struct diag *d)
{
	struct web *w = calloc(1, sizeof(*w));

	if (!w) {
		diag_set(d, -ENOMEM, "out of memory");
		return NULL;
	}
	w->h = h;
	w->gone = gone;
	w->http = MHD_start_daemon(
		MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, request, w,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_END);
	if (w->http)
		return w;
	diag_set(d, -errno, "cannot start to answer requests: %s", strerror(errno));
	free(w);
	return NULL;
}

void web_stop(struct web *w)
{
	MHD_stop_daemon(w->http);
	text_free(&w->text);
	free(w);
}
