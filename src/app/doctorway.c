/* SPDX-License-Identifier: MIT */
/*
 * Gathers what happens on the way to the service and to IAM: four probes at most, side by side,
 * each a child process that is ended when its time is over.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "doctor.h"
#include "proxyenv.h"

#define LOOK_UP_MS 8000
#define CONNECT_MS 14000

static void probe_over(void *self)
{
	struct doctor *d = self;

	d->waiting--;
}

static bool is_number(const char *host)
{
	unsigned char address[16];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

static const char *environment(const char *name)
{
	return getenv(name);
}

static void find_proxy(struct doctor_way *way, struct judge_way *facts)
{
	struct proxyenv proxy = proxyenv_find(facts->tls, facts->host, environment);

	facts->variable = proxy.variable;
	if (!proxy.variable)
		return;
	proxyenv_mask(proxy.value, &way->proxy);
	facts->proxy = way->proxy.data;
	if (facts->loopback)
		facts->bypass = _("the service is on this machine");
	else if (proxy.spared)
		facts->bypass = strcmp(proxy.spared, "no_proxy") == 0 ? _("no_proxy spares that name") : _("NO_PROXY spares that name");
}

static void fill_facts(struct doctor *d, struct doctor_way *way)
{
	way->facts = (struct judge_way){
		.host = way->url.host,
		.port = way->url.port,
		.tls = strcmp(way->url.scheme, "https") == 0,
		.loopback = url_loopback(&way->url),
		.number = is_number(way->url.host),
		.ca_file = text_empty(d->options->settings.ca_file) ? NULL : d->options->settings.ca_file,
		.lookup = &way->lookup,
		.transfer = &way->transfer,
		.wall_ms = d->wall_ms,
	};
	find_proxy(way, &way->facts);
}

static void start(struct doctor *d, struct doctor_way *way)
{
	struct probe_ask ask = {.host = way->url.host,
				.shown = way->shown,
				.loopback = url_loopback(&way->url),
				.timeout_ms = CONNECT_MS};
	struct buf url;

	fill_facts(d, way);
	snprintf(way->shown, sizeof(way->shown), way->url.port == (way->facts.tls ? 443 : 80) ? "%s" : "%s:%d",
		 way->url.host, way->url.port);
	buf_init(&url, BUF_MAX);
	buf_addf(&url, "%s/", way->base.data);
	ask.url = url.data;
	ask.ca_file = way->facts.ca_file;
	if (!way->facts.number)
		way->lookup_probe = probe_look_up(d->loop, way->url.host, LOOK_UP_MS, &way->lookup, probe_over, d, &way->err);
	way->transfer_probe = probe_connect(d->loop, &ask, &way->transfer, probe_over, d, &way->err);
	d->waiting += (way->lookup_probe != NULL) + (way->transfer_probe != NULL);
	buf_done(&url);
}

void doctor_way_gather(struct doctor *d)
{
	buf_init(&d->service.proxy, BUF_MAX);
	buf_init(&d->iam.proxy, BUF_MAX);
	if (d->service.known)
		start(d, &d->service);
	if (d->iam_used && d->iam.known)
		start(d, &d->iam);
	doctor_wait(d, d->until_ms);
	d->waiting = 0;
}

static void way_done(struct doctor_way *way)
{
	probe_free(way->lookup_probe);
	probe_free(way->transfer_probe);
	buf_done(&way->base);
	buf_done(&way->proxy);
}

void doctor_way_done(struct doctor *d)
{
	way_done(&d->service);
	way_done(&d->iam);
}
