/* SPDX-License-Identifier: MIT */
/*
 * The way to a service, one hop after the other: name, proxy, connection, TLS, answer. Each hop
 * is judged by what happened there; who comes after a hop that failed is not asked.
 */
#include "judge.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

#define DAY_MS INT64_C(86400000)
#define EXPIRES_SOON_MS (14 * DAY_MS)
#define SLOW_NAME_MS 2000
#define SLOW_READ_US 1000000

/* libcurl's numbers, as net/fault.c has them. */
enum { RESOLVE_HOST = 6, CONNECT = 7, TIMED_OUT = 28, TLS_CONNECT = 35, TLS_PEER_OLD = 51, CERTIFICATE = 60, CA_FILE = 77 };

static void add_addresses(const struct probe_address *list, size_t n, size_t all, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", list[i].text);
	if (all > n)
		buf_addf(out, _(" and %zu more"), all - n);
}

static size_t count_v6(const struct probe_lookup *lookup)
{
	size_t i, n = 0;

	for (i = 0; i < lookup->n; i++)
		n += lookup->addresses[i].v6;
	return n;
}

/* ---- the name ---- */

static void name_not_found(struct findings *f, const struct judge_way *way)
{
	const struct probe_lookup *l = way->lookup;

	if (judge_proxied(way)) {
		finding_ok(f, _("%s is not known here (%s), but it is the proxy that looks it up"), way->host, l->words);
		return;
	}
	finding_problem(f, EXIT_NETWORK, _("cannot find host %s: %s"), way->host, l->words);
	if (l->code == EAI_AGAIN)
		finding_mend(f, _("the resolver does not answer: check the network and /etc/resolv.conf, or name a proxy in "
				  "https_proxy"));
	else
		finding_mend(f, _("check the spelling of endpoint or region; in a company network name the proxy in "
				  "https_proxy"));
}

void judge_names(struct findings *f, const struct judge_way *way)
{
	const struct probe_lookup *l = way->lookup;
	struct buf text;

	if (way->number) {
		finding_ok(f, _("%s is an address: there is no name to look up"), way->host);
		return;
	}
	if (!l->ended) {
		finding_problem(f, EXIT_NETWORK, _("cannot find host %s: the resolver does not answer"), way->host);
		finding_mend(f, _("check the network and /etc/resolv.conf"));
		return;
	}
	if (l->code) {
		name_not_found(f, way);
		return;
	}
	buf_init(&text, BUF_MAX);
	add_addresses(l->addresses, l->n, l->n_all, &text);
	if (l->took_ms > SLOW_NAME_MS) {
		finding_warning(f, _("%s: %s, but the resolver took %lld ms"), way->host, text.data, (long long)l->took_ms);
		finding_mend(f, _("a name server of /etc/resolv.conf may be down"));
	} else
		finding_ok(f, _("%s: %s (IPv4 %zu, IPv6 %zu), %lld ms"), way->host, text.data, l->n - count_v6(l),
			   count_v6(l), (long long)l->took_ms);
	buf_done(&text);
}

/* ---- the proxy ---- */

static void proxy_failed(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;

	finding_problem(f, EXIT_NETWORK, "%s=%s: %s", way->variable, way->proxy, t->err.text);
	if (t->proxy_status == 407)
		finding_mend(f, _("put name and password into it: %s=http://NAME:PASSWORD@HOST:PORT"), way->variable);
	else if (t->proxy_status)
		finding_mend(f, _("ask who runs the proxy to let you through to %s:%d, or put that name into no_proxy"),
			     way->host, way->port);
	else
		finding_mend(f, _("check %s, or unset it; a service that needs no proxy belongs into no_proxy"),
			     way->variable);
}

void judge_proxy(struct findings *f, const struct judge_way *way)
{
	if (!way->variable)
		finding_ok(f, _("none: no variable names one"));
	else if (way->bypass)
		finding_ok(f, _("%s=%s is not used: %s"), way->variable, way->proxy, way->bypass);
	else if (!way->transfer->ended)
		finding_ok(f, _("%s=%s"), way->variable, way->proxy);
	else if (way->transfer->at_proxy)
		proxy_failed(f, way);
	else
		finding_ok(f, _("%s=%s, and it connects to %s"), way->variable, way->proxy, way->host);
}

/* ---- the connection ---- */

static bool connected(const struct probe_transfer *t)
{
	return t->ended && !t->at_proxy && t->code != RESOLVE_HOST && t->code != CONNECT &&
	       !(t->code == TIMED_OUT && t->connect_us == 0);
}

void judge_connection(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;
	struct buf text;

	if (!t->ended) {
		finding_problem(f, EXIT_NETWORK, _("nothing came back from %s in time"), way->host);
		finding_mend(f, _("a firewall may swallow it: is a proxy needed (https_proxy)?"));
		return;
	}
	buf_init(&text, BUF_MAX);
	add_addresses(t->tried, t->n_tried, t->n_tried, &text);
	if (connected(t)) {
		finding_ok(f, _("%s port %d, %s%s, in %.1f ms"), t->peer.text[0] ? t->peer.text : way->host, way->port,
			   t->peer.v6 ? "IPv6" : "IPv4", judge_proxied(way) ? _(" through the proxy") : "",
			   (double)t->connect_us / 1000);
		if (t->n_tried > 1 && !judge_proxied(way))
			finding_ok(f, _("tried: %s"), text.data);
	} else {
		finding_problem(f, EXIT_NETWORK, "%s%s%s", t->err.text, text.len ? _("; tried: ") : "", text.data);
		if (t->code == CONNECT)
			finding_mend(f, _("is it running there, and is the port right? check endpoint"));
		else
			finding_mend(f, _("a firewall may swallow it: is a proxy needed (https_proxy)?"));
	}
	buf_done(&text);
}

/* ---- TLS ---- */

void judge_ca_file(struct findings *f, const char *path, const char *text, const struct err *err)
{
	const char *p;
	size_t n = 0;

	if (!text) {
		finding_problem(f, EXIT_USAGE, "ca_file %s", err->text);
		finding_mend(f, _("name a file with the certificates to trust, as PEM; without ca_file the system's are used"));
		return;
	}
	for (p = text; (p = strstr(p, "-----BEGIN CERTIFICATE-----")); p++)
		n++;
	for (p = text; (p = strstr(p, "-----BEGIN TRUSTED CERTIFICATE-----")); p++)
		n++;
	if (n == 0) {
		finding_problem(f, EXIT_USAGE, _("ca_file %s holds no certificate in PEM form"), path);
		finding_mend(f, "openssl x509 -inform der -in %s -out ca.pem", path);
	} else
		finding_ok(f, _("ca_file %s: certificates: %zu"), path, n);
}

static void day(int64_t ms, char out[32])
{
	when_rfc3339(ms, out, 32);
	out[10] = '\0';
}

static void judge_certificate(struct findings *f, const struct probe_certificate *c, int64_t wall_ms)
{
	char until[32];
	long long days = (long long)((c->until_ms - wall_ms) / DAY_MS);

	if (c->until_ms == WHEN_NONE) {
		finding_ok(f, _("%s, issued by %s"), c->subject, c->issuer);
		return;
	}
	day(c->until_ms, until);
	if (c->until_ms - wall_ms > EXPIRES_SOON_MS) {
		finding_ok(f, _("%s, issued by %s, good until %s (%lld days)"), c->subject, c->issuer, until, days);
		return;
	}
	finding_warning(f, _("%s, issued by %s, is good until %s only (%lld days)"), c->subject, c->issuer, until, days);
	finding_mend(f, _("who runs the service has to renew it before"));
}

/* "2026-01-02 03:04 UTC" */
static void moment(int64_t ms, char out[32])
{
	when_rfc3339(ms, out, 32);
	out[10] = ' ';
	memcpy(out + 16, " UTC", 5);
}

static void certificate_dates(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;
	char at[32], now[32];
	size_t i;

	moment(way->wall_ms, now);
	for (i = 0; i < t->n_chain; i++) {
		const struct probe_certificate *c = &t->chain[i];

		if (t->trust == PROBE_EXPIRED && c->until_ms != WHEN_NONE && c->until_ms < way->wall_ms) {
			moment(c->until_ms, at);
			finding_problem(f, EXIT_NETWORK, _("the certificate of %s expired on %s: %s"), way->host, at, c->subject);
			finding_mend(f, _("who runs the service has to renew it; if it is not %s now, set your clock"), now);
			return;
		}
		if (t->trust == PROBE_NOT_YET_VALID && c->from_ms > way->wall_ms) {
			moment(c->from_ms, at);
			finding_problem(f, EXIT_NETWORK, _("the certificate of %s is not valid before %s: %s"), way->host, at,
					c->subject);
			finding_mend(f, _("check your clock, which says %s"), now);
			return;
		}
	}
	finding_problem(f, EXIT_NETWORK, _("the certificate of %s is not trusted: %s"), way->host, t->reason);
	finding_mend(f, _("check your clock, which says %s"), now);
}

static void certificate_refused(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;
	const struct probe_certificate *c = t->n_chain ? &t->chain[0] : NULL;

	switch (t->trust) {
	case PROBE_EXPIRED:
	case PROBE_NOT_YET_VALID:
		certificate_dates(f, way);
		return;
	case PROBE_WRONG_HOST:
		finding_problem(f, EXIT_NETWORK, _("the certificate is for %s, not for %s"),
				c ? c->names[0] ? c->names : c->subject : _("another name"), way->host);
		finding_mend(f, _("check endpoint: it must have one of the certificate's names"));
		return;
	default:
		finding_problem(f, EXIT_NETWORK, _("the certificate of %s is not trusted: it is issued by %s (%s)"), way->host,
				c ? c->issuer : _("somebody unknown"), t->reason);
		finding_mend(f, way->ca_file ? _("ca_file has to hold the certificate of that issuer: %s does not")
					     : _("if that is your company's or your own, set ca_file to its certificate%.0s"),
			     text_or_empty(way->ca_file));
	}
}

static void no_certificates(struct findings *f, const struct probe_transfer *t)
{
	finding_problem(f, EXIT_USAGE, _("no certificates to trust: looked for %s and in %s"),
			t->ca_file[0] ? t->ca_file : _("no file"), t->ca_folder[0] ? t->ca_folder : _("no directory"));
	finding_mend(f, _("install ca-certificates, or set ca_file"));
}

static bool tls_failed(const struct probe_transfer *t)
{
	return t->code == TLS_CONNECT || t->code == TLS_PEER_OLD || (t->code == TIMED_OUT && t->tls_us == 0);
}

void judge_tls(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;
	size_t i;

	if (!way->tls)
		finding_ok(f, _("plain http to this machine: there is nothing to verify"));
	else if (t->code == CA_FILE)
		no_certificates(f, t);
	else if (t->code == CERTIFICATE)
		certificate_refused(f, way);
	else if (t->no_tls) {
		finding_problem(f, EXIT_NETWORK, _("%s does not speak TLS on port %d"), way->host, way->port);
		finding_mend(f, way->loopback ? _("check the port; without TLS the endpoint is http://%s:%d")
					      : _("check the port in endpoint: https has 443, not %.0s%d"),
			     way->host, way->port);
	} else if (tls_failed(t)) {
		finding_problem(f, EXIT_NETWORK, "%s", t->err.text);
		finding_mend(f, _("is it https, and does the service know TLS 1.2 or later?"));
	} else {
		finding_ok(f, _("%s, the certificate is trusted and for %s"), t->tls[0] ? t->tls : "TLS", way->host);
		for (i = 0; i < t->n_chain; i++)
			judge_certificate(f, &t->chain[i], way->wall_ms);
	}
}

/* ---- the answer ---- */

static bool is_page(const struct probe_transfer *t)
{
	return t->status == 200 && text_starts(t->content_type, "text/html");
}

static void no_answer(struct findings *f, const struct judge_way *way)
{
	finding_problem(f, EXIT_NETWORK, "%s", way->transfer->err.text);
	if (!way->tls)
		finding_mend(f, _("if the service speaks TLS there, the endpoint is https://%s:%d"), way->host, way->port);
	else
		finding_mend(f, _("try again; if it stays so, is it the service that answers at that endpoint?"));
}

void judge_answer(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;

	if (t->err.kind != ERR_NONE)
		no_answer(f, way);
	else if (t->status >= 300 && t->status <= 399) {
		finding_problem(f, EXIT_NETWORK, _("it redirects to %s (%d), which is never followed"),
				t->location_host[0] ? t->location_host : _("somewhere else"), t->status);
		finding_mend(f, _("check endpoint; in a hotel's network sign in there with a browser first"));
	} else if (is_page(t)) {
		finding_problem(f, EXIT_NETWORK, _("a web page answered instead of the service"));
		finding_mend(f, _("in a hotel's network sign in with a browser first; else check endpoint"));
	} else if (t->status >= 500) {
		finding_warning(f, _("it answers, but with %d"), t->status);
		finding_mend(f, _("try again later: the service, or a gateway before it, is unwell"));
	} else
		finding_ok(f, _("HTTP/%s, status %d without credentials"),
			   t->http == 20 ? "2" : t->http == 10 ? "1.0" : t->http == 30 ? "3" : "1.1", t->status);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void judge_latency(struct findings *f, const struct judge_way *way)
{
	const struct probe_transfer *t = way->transfer;
	int64_t reads[PROBE_READS], median;

	memcpy(reads, t->reads_us, sizeof(reads));
	qsort(reads, t->n_reads, sizeof(reads[0]), by_size);
	if (way->tls)
		finding_ok(f, _("connect %.1f ms, TLS %.1f ms, first byte after %.1f ms"), (double)t->connect_us / 1000,
			   (double)t->tls_us / 1000, (double)t->first_us / 1000);
	else
		finding_ok(f, _("connect %.1f ms, first byte after %.1f ms"), (double)t->connect_us / 1000,
			   (double)t->first_us / 1000);
	if (t->n_reads == 0) {
		finding_skipped(f, _("no further read came to an end"));
		return;
	}
	median = reads[t->n_reads / 2];
	if (median > SLOW_READ_US) {
		finding_warning(f, _("median of %zu reads %.0f ms"), t->n_reads, (double)median / 1000);
		finding_mend(f, _("it works, but slowly: is a region nearer by, or a proxy in between?"));
	} else
		finding_ok(f, _("median of %zu reads %.1f ms"), t->n_reads, (double)median / 1000);
}

/* ---- rights ---- */

void judge_right(struct findings *f, const struct judge_right *r)
{
	const char *colon = *r->what ? ": " : "";

	if (!r->asked) {
		finding_skipped(f, "%s%s%s", r->what, colon, r->why);
		return;
	}
	if (r->err.kind == ERR_NONE && r->empty) {
		finding_warning(f, "%s%s%s", r->what, colon, r->found);
		finding_mend(f, _("is there really nothing? who is no member of a project is shown an empty one, and so is who "
				  "gives the IAM project's id: copy the id from the address of the project's page"));
		return;
	}
	if (r->err.kind == ERR_NONE) {
		finding_ok(f, "%s%s%s, %lld ms", r->what, colon, r->found, (long long)r->took_ms);
		return;
	}
	/* The gateway knows no such call: it is not published in every region (api.md 3.2). */
	if ((r->regional || !r->needed) && r->err.kind == ERR_GONE && strstr(r->err.text, ".0101")) {
		finding_warning(f, _("%s%sthis service does not offer it (%s)"), r->what, colon, r->err.text);
		finding_mend(f, _("nothing, unless you need it: then check endpoint and region"));
		return;
	}
	if (r->needed)
		finding_problem(f, options_exit_status(&r->err), "%s%s%s", r->what, colon, r->err.text);
	else
		finding_warning(f, "%s%s%s", r->what, colon, r->err.text);
	if (r->err.kind == ERR_AUTH)
		finding_mend(f, "%s", r->mend);
	else if (r->err.kind == ERR_GONE)
		finding_mend(f, _("check the ids and the region: it is not there"));
	else
		finding_mend(f, _("try again; if it stays so, tell who runs the service what stands here"));
}
