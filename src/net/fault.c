/* SPDX-License-Identifier: MIT */
/*
 * libcurl's result codes, which are a stable part of its ABI, turned into sentences. They
 * are written here by number, since libcurl's header has one home; http.c asserts the
 * one that the rest of the program relies on.
 */
#include "fault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "net/transport.h"
#include "peer.h"

enum {
	UNSUPPORTED = 1,
	RESOLVE_PROXY = 5,
	RESOLVE_HOST = 6,
	CONNECT = 7,
	WEIRD_REPLY = 8,
	HTTP2 = 16,
	PARTIAL = 18,
	TIMED_OUT = 28,
	TLS_CONNECT = 35,
	TLS_PEER_OLD = 51,
	GOT_NOTHING = 52,
	SEND = 55,
	RECEIVE = 56,
	BAD_ENCODING = 61,
	CA_FILE = 77,
	HTTP2_STREAM = 92,
	PROXY = 97,
};

/* The words after libcurl's own preamble, without what a terminal could take amiss. */
static const char *clean(const char *detail, char *out, size_t size)
{
	const char *colon = strstr(detail, ": ");
	size_t i;

	if (colon && colon - detail < 32)
		detail = colon + 2;
	for (i = 0; detail[i] && i + 1 < size; i++)
		out[i] = detail[i] >= ' ' && detail[i] < 0x7f ? detail[i] : '?';
	out[i] = '\0';
	return out;
}

static void proxy_fault(const struct fault *f, struct err *err)
{
	if (f->code == RESOLVE_PROXY)
		err_set(err, ERR_NET, f->code, _("cannot find the proxy's host: check https_proxy"));
	else if (f->proxy_status == 407)
		err_set(err, ERR_NET, f->code,
			_("the proxy wants a password (407): check https_proxy"));
	else if (f->proxy_status)
		err_set(err, ERR_NET, f->code, _("the proxy refused to connect to %s (%d)"),
			f->host, f->proxy_status);
	else if (f->code == TIMED_OUT)
		err_set(err, ERR_NET, f->code, _("no answer from the proxy: check https_proxy"));
	else
		err_set(err, ERR_NET, f->code, _("cannot connect to the proxy: check https_proxy"));
}

/* "2026-01-31": the day is enough to see what is wrong. */
static void day(int64_t ms, char out[11])
{
	char whole[40];

	when_rfc3339(ms, whole, sizeof(whole));
	snprintf(out, 11, "%.10s", whole);
}

/* " (issuer X)" where one is known. */
static const char *issuer(const struct peer *peer, char *out, size_t size)
{
	const char *name = peer ? peer->issuer : "";
	size_t len = text_cut(name, strlen(name) > 60 ? 60 : strlen(name));

	out[0] = '\0';
	if (len)
		snprintf(out, size, _(" (issuer %.*s)"), (int)len, name);
	return out;
}

/* A clock that is older than this program cannot be right. */
static void out_of_date(const struct fault *f, bool early, struct err *err)
{
	int64_t at_ms = !f->peer ? WHEN_NONE : early ? f->peer->from_ms : f->peer->to_ms;
	bool wrong_clock = f->now_ms < f->built_ms;
	char at[11] = "?", today[11], by[96];

	if (at_ms != WHEN_NONE)
		day(at_ms, at);
	day(f->now_ms, today);
	if (wrong_clock)
		err_set(err, ERR_NET, TRANSPORT_CERTIFICATE,
			early ? _("certificate of %.60s not trusted: it holds from %s and this machine says "
				  "%s: check your clock")
			      : _("certificate of %.60s not trusted: it expired %s and this machine says %s: "
				  "check your clock"),
			f->host, at, today);
	else
		err_set(err, ERR_NET, TRANSPORT_CERTIFICATE,
			early ? _("certificate of %.60s not trusted: it holds only from %s%s")
			      : _("certificate of %.60s not trusted: it expired %s%s"),
			f->host, at, issuer(f->peer, by, sizeof(by)));
}

static void wrong_host(const struct fault *f, const char *words, struct err *err)
{
	const char *hosts = f->peer ? f->peer->hosts : "";

	if (*hosts)
		err_set(err, ERR_NET, TRANSPORT_CERTIFICATE,
			_("certificate not trusted: it is for %s, not for %.50s"), hosts, f->host);
	else
		err_set(err, ERR_NET, TRANSPORT_CERTIFICATE,
			_("certificate not trusted: it is not for %.60s (%s)"), f->host, words);
}

static void certificate_fault(const struct fault *f, struct err *err)
{
	char words[64], by[96];

	clean(f->detail, words, sizeof(words));
	if (f->proxy_tls)
		err_set(err, ERR_NET, TRANSPORT_CERTIFICATE,
			_("the proxy's certificate is not trusted (%s): check https_proxy"), words);
	else if (strstr(words, "not yet valid") || strstr(words, "expired"))
		out_of_date(f, strstr(words, "not yet valid") != NULL, err);
	else if (strstr(words, "match"))
		wrong_host(f, words, err);
	else
		err_set(err, ERR_NET, TRANSPORT_CERTIFICATE,
			_("certificate of %.40s not trusted: %s%s: set `ca_file`"), f->host, words,
			issuer(f->peer, by, sizeof(by)));
}

static void tls_fault(const struct fault *f, struct err *err)
{
	char words[100];

	if (strstr(f->detail, "wrong version number") || strstr(f->detail, "packet length too long"))
		err_set(err, ERR_NET, f->code, _("%s does not speak TLS there: is the port right?"),
			f->host);
	else if (strstr(f->detail, "SSL_ERROR_SYSCALL") || strstr(f->detail, "unexpected eof"))
		err_set(err, ERR_NET, f->code,
			_("%s hung up in the TLS handshake: is the port right?"), f->host);
	else if (strstr(f->detail, "protocol version") || strstr(f->detail, "unsupported protocol"))
		err_set(err, ERR_NET, f->code, _("%s offers only old TLS: 1.2 is the least that is safe"),
			f->host);
	else
		err_set(err, ERR_NET, f->code, _("TLS with %.80s failed (%s)"), f->host,
			clean(f->detail, words, sizeof(words)));
}

static void connect_fault(const struct fault *f, struct err *err)
{
	char words[64];

	if (f->os_errno == ECONNREFUSED)
		err_set(err, ERR_NET, f->code, _("%s refused the connection"), f->host);
	else if (f->os_errno)
		err_set(err, ERR_NET, f->code, _("cannot connect to %s: %s"), f->host,
			strerror_r(f->os_errno, words, sizeof(words)));
	else
		err_set(err, ERR_NET, f->code, _("cannot connect to %s"), f->host);
}

static void timeout_fault(const struct fault *f, struct err *err)
{
	static const char *const texts[] = {
		[FAULT_RESOLVE] = N_("cannot find host %s: no answer from the resolver in %d s"),
		[FAULT_CONNECT] = N_("%s did not accept a connection in %d s"),
		[FAULT_TLS] = N_("the TLS handshake of %s stalled for %d s"),
		[FAULT_WAIT] = N_("no answer from %s in %d s"),
		[FAULT_BODY] = N_("the answer from %s stopped half-way (%d s)"),
	};
	char sentence[200];
	const char *text = _(texts[f->stage]);
	const char *name = strstr(text, "%s"), *seconds = strstr(text, "%d");

	int waited_s = f->took_ms < 1500 ? 1 : (int)((f->took_ms + 500) / 1000);

	/* Pieces instead of a format that is not a literal. */
	snprintf(sentence, sizeof(sentence), "%.*s%.100s%.*s%d%s", (int)(name - text), text, f->host,
		 (int)(seconds - name - 2), name + 2, waited_s, seconds + 2);
	err_set(err, ERR_NET, f->code, "%s", sentence);
}

static void stream_fault(const struct fault *f, struct err *err)
{
	if (strstr(f->detail, "ENHANCE_YOUR_CALM"))
		err_set(err, ERR_RATE, 429, _("%s asks us to calm down"), f->host);
	else
		err_set(err, ERR_NET, f->code, _("%s ended the HTTP/2 exchange"), f->host);
}

static void ca_fault(const struct fault *f, struct err *err)
{
	if (f->ca_file)
		err_set(err, ERR_INPUT, f->code, _("`ca_file` %.120s: no certificates can be read"),
			f->ca_file);
	else
		err_set(err, ERR_IO, f->code,
			_("no CA certificates on this machine: install ca-certificates or set `ca_file`"));
}

/* The connection stood, and then something was wrong with what came over it. */
static void answer_fault(const struct fault *f, struct err *err)
{
	char words[100];

	switch (f->code) {
	case UNSUPPORTED:
	case WEIRD_REPLY:
		err_set(err, ERR_NET, f->code, _("%s does not answer in HTTP: is it https?"), f->host);
		return;
	case GOT_NOTHING:
		err_set(err, ERR_NET, f->code,
			f->tls ? _("%s closed the connection without an answer")
			       : _("%s closed the connection without an answer: is it https there?"),
			f->host);
		return;
	case PARTIAL:
	case BAD_ENCODING:
		err_set(err, ERR_NET, f->code, _("the answer from %s is broken or cut off"), f->host);
		return;
	case SEND:
	case RECEIVE:
		err_set(err, ERR_NET, f->code,
			f->stage == FAULT_BODY ? _("the answer from %s was cut off")
					       : _("the connection to %s was lost"),
			f->host);
		return;
	case HTTP2:
	case HTTP2_STREAM:
		stream_fault(f, err);
		return;
	default:
		err_set(err, ERR_NET, f->code, _("no answer from %.80s (%s)"), f->host,
			clean(f->detail, words, sizeof(words)));
	}
}

void fault_explain(const struct fault *f, struct err *err)
{
	if (f->code == RESOLVE_PROXY || f->code == PROXY || f->proxy || f->proxy_status >= 300) {
		proxy_fault(f, err);
		return;
	}
	switch (f->code) {
	case RESOLVE_HOST:
		err_set(err, ERR_NET, f->code, _("cannot find host %s"), f->host);
		return;
	case CONNECT:
		connect_fault(f, err);
		return;
	case TIMED_OUT:
		timeout_fault(f, err);
		return;
	case TLS_CONNECT:
		tls_fault(f, err);
		return;
	case TLS_PEER_OLD:
	case TRANSPORT_CERTIFICATE:
		certificate_fault(f, err);
		return;
	case CA_FILE:
		ca_fault(f, err);
		return;
	default:
		answer_fault(f, err);
	}
}
