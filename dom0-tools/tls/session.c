// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls/session.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HANDSHAKE_MS = 30000 };

struct session {
	gnutls_certificate_credentials_t files;
	gnutls_session_t tls;
	int trouble;
	char peer[256];
};

static int look_for(const char *dir, const char *name, char *path, size_t size, struct diag *d)
{
	snprintf(path, size, "%s/%s", dir, name);
	if (!access(path, R_OK))
		return 0;
	diag_set(d, -errno, "%s: %s", path, strerror(errno));
	return diag_hint(d, -ENOENT,
			 "man pav-tls, \"Certificates\", says how the three files are made");
}

static int read_files(struct session *s, const char *dir, struct diag *d)
{
	char ca[512], cert[512], key[512];
	int rc = look_for(dir, "ca.pem", ca, sizeof(ca), d);

	if (!rc)
		rc = look_for(dir, "cert.pem", cert, sizeof(cert), d);
	if (!rc)
		rc = look_for(dir, "key.pem", key, sizeof(key), d);
	if (rc)
		return rc;
	rc = gnutls_certificate_set_x509_trust_file(s->files, ca, GNUTLS_X509_FMT_PEM);
	if (rc <= 0)
		return diag_set(d, -EINVAL, "%s: %s", ca,
				rc ? gnutls_strerror(rc) : "no certificate in it");
	rc = gnutls_certificate_set_x509_key_file(s->files, cert, key, GNUTLS_X509_FMT_PEM);
	return rc < 0 ? diag_set(d, -EINVAL, "%s with %s: %s", cert, key, gnutls_strerror(rc)) : 0;
}

struct session *session_new(const char *dir, struct diag *d)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s || gnutls_certificate_allocate_credentials(&s->files)) {
		free(s);
		diag_set(d, -ENOMEM, "no memory for a connection");
		return NULL;
	}
	if (read_files(s, dir, d)) {
		session_free(s);
		return NULL;
	}
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	if (s->tls)
		gnutls_deinit(s->tls);
	gnutls_certificate_free_credentials(s->files);
	free(s);
}

static int set_up(struct session *s, int fd, const char *host)
{
	int rc = gnutls_init(&s->tls, host ? GNUTLS_CLIENT : GNUTLS_SERVER);

	if (!rc)
		rc = gnutls_priority_set_direct(s->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL);
	if (!rc)
		rc = gnutls_credentials_set(s->tls, GNUTLS_CRD_CERTIFICATE, s->files);
	if (rc)
		return rc;
	if (!host)
		gnutls_certificate_server_set_request(s->tls, GNUTLS_CERT_REQUIRE);
	gnutls_session_set_verify_cert(s->tls, host, 0);
	gnutls_transport_set_int(s->tls, fd);
	gnutls_handshake_set_timeout(s->tls, HANDSHAKE_MS);
	return 0;
}

static int refused(struct session *s, const char *host, struct diag *d)
{
	unsigned why = gnutls_session_get_verify_cert_status(s->tls);
	gnutls_datum_t text;

	if (gnutls_certificate_verification_status_print(why, GNUTLS_CRT_X509, &text, 0))
		return diag_set(d, -EACCES, "the other side's certificate is not accepted");
	diag_set(d, -EACCES, "the other side's certificate is not accepted: %s", text.data);
	gnutls_free(text.data);
	return diag_hint(d, -EACCES, "it must be of the authority in ca.pem%s%s",
			 host ? " and be for " : "", host ? host : "");
}

/*
 * The reason as TLS has it. Closed with something unread, the socket would take it back; so what
 * still comes is read for a moment.
 */
static void tell_why(struct session *s, int fd, int why)
{
	const struct timeval moment = {.tv_sec = 2};
	char rest[256];
	int reads = 64;

	gnutls_alert_send_appropriate(s->tls, why);
	shutdown(fd, SHUT_WR);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	while (reads-- && read(fd, rest, sizeof(rest)) > 0)
		;
}

static void read_name(struct session *s)
{
	const gnutls_datum_t *raw = gnutls_certificate_get_peers(s->tls, NULL);
	size_t size = sizeof(s->peer);
	gnutls_x509_crt_t cert;

	if (!raw || gnutls_x509_crt_init(&cert))
		return;
	if (gnutls_x509_crt_import(cert, raw, GNUTLS_X509_FMT_DER) ||
	    gnutls_x509_crt_get_dn(cert, s->peer, &size))
		s->peer[0] = '\0';
	gnutls_x509_crt_deinit(cert);
}

int session_begin(struct session *s, int fd, const char *host, struct diag *d)
{
	int rc;

	rc = set_up(s, fd, host);
	if (rc)
		return diag_set(d, -EIO, "cannot begin TLS: %s", gnutls_strerror(rc));
	while ((rc = gnutls_handshake(s->tls)) < 0 && !gnutls_error_is_fatal(rc))
		;
	if (rc)
		tell_why(s, fd, rc);
	if (rc == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
		return refused(s, host, d);
	if (rc == GNUTLS_E_CERTIFICATE_REQUIRED || rc == GNUTLS_E_NO_CERTIFICATE_FOUND)
		return diag_set(d, -EACCES,
				"the other side has no certificate of the authority in ca.pem");
	if (rc == GNUTLS_E_TIMEDOUT)
		return diag_set(d, -ETIMEDOUT, "the other side does not speak TLS within %d s",
				HANDSHAKE_MS / 1000);
	if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
		return diag_set(d, -EACCES, "the other side refuses: %s",
				gnutls_alert_get_name(gnutls_alert_get(s->tls)));
	if (rc)
		return diag_set(d, -EPROTO, "TLS with the other side fails: %s",
				gnutls_strerror(rc));
	read_name(s);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return 0;
}

const char *session_peer(const struct session *s)
{
	return s->peer;
}

bool session_pending(const struct session *s)
{
	return gnutls_record_check_pending(s->tls) > 0;
}

static ssize_t outcome(struct session *s, ssize_t rc)
{
	if (rc >= 0)
		return rc;
	if (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED)
		return -EAGAIN;
	s->trouble = (int)rc;
	return rc == GNUTLS_E_PREMATURE_TERMINATION || rc == GNUTLS_E_PUSH_ERROR ||
			       rc == GNUTLS_E_PULL_ERROR
		       ? -ECONNRESET
		       : -EIO;
}

ssize_t session_read(struct session *s, void *data, size_t len)
{
	return outcome(s, gnutls_record_recv(s->tls, data, len));
}

ssize_t session_write(struct session *s, const void *data, size_t len)
{
	return outcome(s, gnutls_record_send(s->tls, data, len));
}

const char *session_trouble(const struct session *s)
{
	if (s->trouble == GNUTLS_E_FATAL_ALERT_RECEIVED)
		return gnutls_alert_get_name(gnutls_alert_get(s->tls));
	return s->trouble ? gnutls_strerror(s->trouble) : "connection lost";
}

int session_finish(struct session *s)
{
	return (int)outcome(s, gnutls_bye(s->tls, GNUTLS_SHUT_WR));
}
