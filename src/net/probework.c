/* SPDX-License-Identifier: MIT */
/*
 * The blocking half of a probe, in its child process. The request carries no credentials, and
 * its TLS is verified as that of every other request. Only when the certificate was refused, a second
 * connection is made without verification that sends nothing and is closed after the
 * handshake: to say what is wrong with a certificate, one has to look at it.
 */
#include "probework.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "fault.h"
#include "headers.h"

#define CONNECT_MS 8000L
#define ANSWER_MS 10000L
#define READ_MS 3000L
#define BODY_MAX (64u << 10) /* of an answer that nobody reads */

/* In one line: certificates may hold anything. */
static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", text_or_empty(from));
	for (; *to; to++)
		if ((unsigned char)*to < ' ')
			*to = '?';
}

/* ---- names ---- */

static void put_address(struct probe_address *out, const struct sockaddr *a)
{
	const void *in = a->sa_family == AF_INET6
				 ? (const void *)&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr
				 : (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr;

	out->v6 = a->sa_family == AF_INET6;
	if (!inet_ntop(a->sa_family, in, out->text, sizeof(out->text)))
		out->text[0] = '\0';
}

void probework_look_up(const char *host, struct probe_lookup *out)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL, *a;
	int64_t start_ms = when_monotonic_ms();

	out->code = getaddrinfo(host, NULL, &hints, &list);
	out->took_ms = when_monotonic_ms() - start_ms;
	out->ended = true;
	if (out->code) {
		copy(out->words, sizeof(out->words), gai_strerror(out->code));
		return;
	}
	for (a = list; a; a = a->ai_next)
		if (out->n_all++ < PROBE_ADDRESSES)
			put_address(&out->addresses[out->n++], a->ai_addr);
	freeaddrinfo(list);
}

/* ---- certificates ---- */

int64_t probework_date(const char *text)
{
	static const char *const forms[] = {"%b %d %H:%M:%S %Y", "%Y-%m-%d %H:%M:%S"};
	struct tm tm;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		memset(&tm, 0, sizeof(tm));
		if (strptime(text, forms[i], &tm))
			return when_clean_ms((int64_t)timegm(&tm) * 1000);
	}
	return WHEN_NONE;
}

enum probe_trust probework_trust(const char *words)
{
	if (strstr(words, "not yet valid"))
		return PROBE_NOT_YET_VALID;
	if (strstr(words, "expired"))
		return PROBE_EXPIRED;
	if (strstr(words, "match") || strstr(words, "subject name"))
		return PROBE_WRONG_HOST;
	return PROBE_UNTRUSTED;
}

static void put_certificate(struct probe_certificate *c, const struct curl_slist *lines)
{
	const char *value;

	for (; lines; lines = lines->next) {
		value = strchr(lines->data, ':');
		if (!value)
			continue;
		value += 1 + strspn(value + 1, " ");
		if (text_starts(lines->data, "Subject:"))
			copy(c->subject, sizeof(c->subject), value);
		else if (text_starts(lines->data, "Issuer:"))
			copy(c->issuer, sizeof(c->issuer), value);
		else if (text_starts(lines->data, "X509v3 Subject Alternative Name:"))
			copy(c->names, sizeof(c->names), value);
		else if (text_starts(lines->data, "Start date:"))
			c->from_ms = probework_date(value);
		else if (text_starts(lines->data, "Expire date:"))
			c->until_ms = probework_date(value);
	}
}

static void put_chain(CURL *easy, struct probe_transfer *out)
{
	struct curl_certinfo *info = NULL;
	int i;

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info)
		return;
	out->n_chain = 0;
	for (i = 0; i < info->num_of_certs && out->n_chain < PROBE_CERTIFICATES; i++)
		put_certificate(&out->chain[out->n_chain++], info->certinfo[i]);
}

/* ---- what libcurl tells on the way ---- */

struct visit {
	const struct probe_ask *ask;
	struct probe_transfer *out;
	struct headers headers;
	size_t body;
	char detail[CURL_ERROR_SIZE];
};

static curl_socket_t note_address(void *self, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct visit *v = self;

	if (v->out->n_tried < PROBE_ADDRESSES)
		put_address(&v->out->tried[v->out->n_tried++], &a->addr);
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* The one thing that libcurl says nowhere else is the version of TLS. */
static int note_text(CURL *easy, curl_infotype type, char *data, size_t len, void *self)
{
	static const char prefix[] = "SSL connection using ";
	struct visit *v = self;
	size_t n = sizeof(prefix) - 1, i;

	if (type != CURLINFO_TEXT || len < n || memcmp(data, prefix, n) != 0)
		return 0;
	for (i = 0; n + i < len && i + 1 < sizeof(v->out->tls) && strchr(" /\n", data[n + i]) == NULL; i++)
		v->out->tls[i] = data[n + i];
	v->out->tls[i] = '\0';
	return 0;
}

static size_t take_header(char *line, size_t size, size_t n, void *self)
{
	struct visit *v = self;

	return headers_line(&v->headers, line, size * n) ? size * n : 0;
}

static size_t take_body(char *data, size_t size, size_t n, void *self)
{
	struct visit *v = self;

	v->body += size * n;
	return v->body <= BODY_MAX ? size * n : 0;
}

/* ---- the request ---- */

static void set_up(CURL *easy, struct visit *v)
{
	const struct probe_ask *ask = v->ask;
	bool tls = text_starts(ask->url, "https:");

	curl_easy_setopt(easy, CURLOPT_URL, ask->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "pipetop/" PIPETOP_VERSION);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ANSWER_MS);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, v->detail);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, note_address);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, v);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 tls ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ask->ca_file) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, ask->ca_file);
		curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ask->ca_file);
	}
	if (ask->loopback)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void listen_in(CURL *easy, struct visit *v)
{
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, v);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, v);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, note_text);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, v);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L); /* to note_text() alone */
}

static int64_t time_us(CURL *easy, CURLINFO what)
{
	curl_off_t us = 0;

	return curl_easy_getinfo(easy, what, &us) == CURLE_OK ? (int64_t)us : 0;
}

static long number(CURL *easy, CURLINFO what)
{
	long value = 0;

	return curl_easy_getinfo(easy, what, &value) == CURLE_OK ? value : 0;
}

static int64_t between(int64_t from, int64_t to)
{
	return to > from ? to - from : 0;
}

static void put_times(CURL *easy, struct probe_transfer *out)
{
	int64_t name = time_us(easy, CURLINFO_NAMELOOKUP_TIME_T);
	int64_t connected = time_us(easy, CURLINFO_CONNECT_TIME_T);
	int64_t tls = time_us(easy, CURLINFO_APPCONNECT_TIME_T);
	int64_t first = time_us(easy, CURLINFO_STARTTRANSFER_TIME_T);

	out->name_us = name;
	out->connect_us = between(name, connected);
	out->tls_us = tls ? between(connected, tls) : 0;
	out->first_us = between(tls ? tls : connected, first);
}

static int http_version(CURL *easy)
{
	switch (number(easy, CURLINFO_HTTP_VERSION)) {
	case CURL_HTTP_VERSION_1_0:
		return 10;
	case CURL_HTTP_VERSION_1_1:
		return 11;
	case CURL_HTTP_VERSION_2_0:
		return 20;
	case CURL_HTTP_VERSION_3:
		return 30;
	default:
		return 0;
	}
}

static enum fault_stage stage(CURL *easy, const struct visit *v)
{
	if (number(easy, CURLINFO_RESPONSE_CODE) >= 200)
		return FAULT_BODY;
	if (time_us(easy, CURLINFO_PRETRANSFER_TIME_T) > 0)
		return FAULT_WAIT;
	if (text_starts(v->ask->url, "https:") && time_us(easy, CURLINFO_CONNECT_TIME_T) > 0)
		return FAULT_TLS;
	return time_us(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0 ? FAULT_CONNECT : FAULT_RESOLVE;
}

/* libcurl names the peer that it failed to reach: if that is not our host, it is a proxy. */
static bool failed_at_proxy(const struct visit *v, CURLcode code)
{
	if (code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY)
		return true;
	return code == CURLE_COULDNT_CONNECT && text_starts(v->detail, "Failed to connect to ") &&
	       !strstr(v->detail, v->ask->host);
}

static void explain(CURL *easy, struct visit *v, CURLcode code)
{
	struct probe_transfer *out = v->out;
	struct fault fault = {
		.code = (int)code,
		.detail = v->detail[0] ? v->detail : curl_easy_strerror(code),
		.stage = stage(easy, v),
		.host = v->ask->shown,
		.ca_file = v->ask->ca_file,
		.tls = text_starts(v->ask->url, "https:"),
		.os_errno = (int)number(easy, CURLINFO_OS_ERRNO),
		.proxy_status = out->proxy_status,
		.proxy = failed_at_proxy(v, code),
		.proxy_tls = number(easy, CURLINFO_PROXY_SSL_VERIFYRESULT) != 0,
		.now_ms = when_wall_ms(),
		.built_ms = INT64_C(1000) * PIPETOP_BUILT_S,
		.took_ms = time_us(easy, CURLINFO_TOTAL_TIME_T) / 1000,
	};

	out->at_proxy = fault.proxy || fault.proxy_tls || out->proxy_status >= 300;
	out->no_tls = code == CURLE_SSL_CONNECT_ERROR && (strstr(fault.detail, "wrong version number") ||
							  strstr(fault.detail, "packet length too long"));
	if (code == CURLE_PEER_FAILED_VERIFICATION && !fault.proxy_tls) {
		out->trust = probework_trust(fault.detail);
		copy(out->reason, sizeof(out->reason), fault.detail);
	}
	fault_explain(&fault, &out->err);
}

static void put_answer(CURL *easy, struct visit *v)
{
	struct probe_transfer *out = v->out;

	out->date_ms = v->headers.date_ms;
	out->date_wall_ms = when_wall_ms();
	copy(out->content_type, sizeof(out->content_type), v->headers.content_type);
	if (out->status >= 300 && out->status <= 399)
		headers_location_host(&v->headers, v->ask->host, out->location_host,
				      sizeof(out->location_host));
}

static void put_peer(CURL *easy, struct probe_transfer *out)
{
	char *address = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address) != CURLE_OK || !address)
		return;
	copy(out->peer.text, sizeof(out->peer.text), address);
	out->peer.v6 = strchr(address, ':') != NULL;
}

static void put_ca(CURL *easy, struct probe_transfer *out)
{
	char *file = NULL, *folder = NULL;

	curl_easy_getinfo(easy, CURLINFO_CAINFO, &file);
	curl_easy_getinfo(easy, CURLINFO_CAPATH, &folder);
	copy(out->ca_file, sizeof(out->ca_file), file);
	copy(out->ca_folder, sizeof(out->ca_folder), folder);
}

/* Nothing is sent but the handshake, and nothing is believed. */
static void look_at_certificate(const struct probe_ask *ask, struct probe_transfer *out)
{
	struct probe_transfer aside = {0};
	struct visit v = {.ask = ask, .out = &aside};
	CURL *easy = curl_easy_init();

	if (!easy)
		return;
	set_up(easy, &v);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	/* HTTP/2 would greet the other side. */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, READ_MS);
	if (curl_easy_perform(easy) == CURLE_OK)
		put_chain(easy, out);
	curl_easy_cleanup(easy);
}

/*
 * A server without TLS may also hang up at a greeting that it cannot read: whether it answers one in
 * plain http tells. Without credentials, as all here.
 */
static bool answers_without_tls(const struct probe_ask *ask)
{
	struct probe_transfer aside = {0};
	struct visit v = {.ask = ask, .out = &aside};
	CURL *easy = curl_easy_init();
	struct buf url;
	bool answers;

	if (!easy)
		return false;
	headers_init(&v.headers);
	set_up(easy, &v);
	buf_init(&url, BUF_MAX);
	buf_addf(&url, "http%s", ask->url + strlen("https"));
	curl_easy_setopt(easy, CURLOPT_URL, url.data);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, READ_MS);
	curl_easy_perform(easy);
	answers = number(easy, CURLINFO_RESPONSE_CODE) > 0;
	buf_done(&url);
	headers_done(&v.headers);
	curl_easy_cleanup(easy);
	return answers;
}

/* The connection is there already: what is measured is the service and the line to it. */
static void read_again(CURL *easy, struct visit *v)
{
	struct probe_transfer *out = v->out;

	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, READ_MS);
	for (out->n_reads = 0; out->n_reads < PROBE_READS; out->n_reads++) {
		v->body = 0;
		headers_clear(&v->headers);
		if (curl_easy_perform(easy) != CURLE_OK)
			return;
		out->reads_us[out->n_reads] = time_us(easy, CURLINFO_TOTAL_TIME_T);
	}
}

static CURLcode visit(CURL *easy, struct visit *v)
{
	struct probe_transfer *out = v->out;
	CURLcode code = curl_easy_perform(easy);

	out->ended = true;
	/* Enough was read of a long page. */
	if (code == CURLE_WRITE_ERROR && v->body > BODY_MAX)
		code = CURLE_OK;
	out->code = (int)code;
	out->status = (int)number(easy, CURLINFO_RESPONSE_CODE);
	out->proxy_status = (int)number(easy, CURLINFO_HTTP_CONNECTCODE);
	put_times(easy, out);
	put_peer(easy, out);
	put_ca(easy, out);
	put_chain(easy, out);
	if (code != CURLE_OK) {
		explain(easy, v, code);
		return code;
	}
	out->http = http_version(easy);
	put_answer(easy, v);
	return code;
}

void probework_connect(const struct probe_ask *ask, struct probe_transfer *out,
		       void (*tell)(void *self), void *self)
{
	struct visit v = {.ask = ask, .out = out};
	CURL *easy;

	unsetenv("SSLKEYLOGFILE"); /* libcurl reads it as it starts */
	curl_global_init(CURL_GLOBAL_DEFAULT);
	easy = curl_easy_init();
	if (!easy)
		return;
	headers_init(&v.headers);
	set_up(easy, &v);
	listen_in(easy, &v);
	if (visit(easy, &v) == CURLE_OK) {
		tell(self);
		read_again(easy, &v);
	} else if (out->trust != PROBE_TRUSTED) {
		tell(self);
		look_at_certificate(ask, out);
	} else if (out->code == CURLE_SSL_CONNECT_ERROR && !out->no_tls && !out->at_proxy) {
		out->no_tls = answers_without_tls(ask);
	}
	headers_done(&v.headers);
	curl_easy_cleanup(easy);
}
