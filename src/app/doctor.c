/* SPDX-License-Identifier: MIT */
/*
 * `pipetop doctor`: what is wrong, and how to mend it. A problem is told once, at its cause: each
 * check names the earlier ones that it makes sense after, and is skipped when one of those
 * failed. It has to work where nothing else does: with a configuration that cannot be read,
 * without a home, a network or a terminal, and in bounded time.
 */
#include "doctor.h"

#include <ev.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "textfile.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define WHOLE_MS 28000 /* of all that waits for somebody else */

/* ---- checks that are one call of a judge ---- */

static void service_name(struct doctor *d)
{
	judge_names(&d->findings, &d->service.facts);
}

static void service_proxy(struct doctor *d)
{
	judge_proxy(&d->findings, &d->service.facts);
}

static void service_connection(struct doctor *d)
{
	judge_connection(&d->findings, &d->service.facts);
}

static void service_tls(struct doctor *d)
{
	judge_tls(&d->findings, &d->service.facts);
}

static void service_answer(struct doctor *d)
{
	judge_answer(&d->findings, &d->service.facts);
}

static void service_latency(struct doctor *d)
{
	judge_latency(&d->findings, &d->service.facts);
}

/* IAM is looked at as far as the first thing that is wrong on the way to it. */
static void iam_way(struct doctor *d)
{
	static void (*const judges[])(struct findings *f, const struct judge_way *way) = {
		judge_names, judge_connection, judge_tls, judge_answer};
	size_t from = d->findings.n, i;

	if (!d->iam_used) {
		finding_ok(&d->findings, _("not asked: the sign-in does without it"));
		return;
	}
	if (!d->iam.known) {
		finding_problem(&d->findings, EXIT_USAGE, "%s", d->iam.err.text);
		finding_mend(&d->findings, _("set iam_endpoint, or region"));
		return;
	}
	for (i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		if (i == 1 && judge_proxied(&d->iam.facts) && d->iam.transfer.at_proxy)
			judge_proxy(&d->findings, &d->iam.facts);
		else
			judges[i](&d->findings, &d->iam.facts);
		if (findings_worst(&d->findings, from) == VERDICT_PROBLEM)
			return;
	}
}

static void certificates(struct doctor *d)
{
	const char *path = d->options->settings.ca_file;
	struct err err = {.kind = ERR_NONE};
	struct buf text;
	bool ok;

	if (text_empty(path)) {
		finding_ok(&d->findings, _("the system's"));
		return;
	}
	buf_init(&text, BUF_MAX);
	ok = textfile_read(path, 4 << 20, &text, &err);
	judge_ca_file(&d->findings, path, ok ? text.data : NULL, &err);
	buf_done(&text);
}

static void build_clock(struct doctor *d)
{
	judge_build(&d->findings, d->wall_ms, INT64_C(1000) * PIPETOP_BUILT_S);
}

static void service_clock(struct doctor *d)
{
	const struct probe_transfer *t = &d->service.transfer;
	struct judge_clock clock = {t->date_ms, t->date_wall_ms, doctor_signs(d), d->options->demo};

	judge_clock(&d->findings, &clock);
}

#define TERMINAL_CHECK(name)                                                                                           \
	static void terminal_##name(struct doctor *d)                                                                  \
	{                                                                                                              \
		judge_##name(&d->findings, &d->terminal);                                                              \
	}
TERMINAL_CHECK(term)
TERMINAL_CHECK(colours)
TERMINAL_CHECK(locale)
TERMINAL_CHECK(widths)
TERMINAL_CHECK(size)
TERMINAL_CHECK(multiplexer)
TERMINAL_CHECK(escape)

/* ---- the table ---- */

enum check_id {
	CHECK_CONFIG,
	CHECK_ENVIRONMENT,
	CHECK_PROFILE,
	CHECK_ENDPOINT,
	CHECK_PROJECTS,
	CHECK_TENANT,
	CHECK_CONFIG_MODE,
	CHECK_TOKEN_FILE,
	CHECK_KEPT_TOKEN,
	CHECK_STATE,
	CHECK_CACHE,
	CHECK_AUDIT,
	CHECK_NAME,
	CHECK_PROXY,
	CHECK_CONNECTION,
	CHECK_CERTIFICATES,
	CHECK_TLS,
	CHECK_ANSWER,
	CHECK_IAM,
	CHECK_BUILD,
	CHECK_CLOCK,
	CHECK_SOURCE,
	CHECK_SIGN_IN,
	CHECK_RIGHTS,
	CHECK_LATENCY,
	CHECK_TERM,
	CHECK_COLOURS,
	CHECK_LOCALE,
	CHECK_WIDTHS,
	CHECK_SIZE,
	CHECK_MULTIPLEXER,
	CHECK_ESCAPE,
	CHECKS
};

#define AFTER(id) (UINT64_C(1) << CHECK_##id)
#define AFTER_WAY (AFTER(ENDPOINT) | AFTER(NAME) | AFTER(PROXY) | AFTER(CONNECTION))
#define AFTER_TLS (AFTER_WAY | AFTER(CERTIFICATES) | AFTER(TLS))

static const struct {
	const char *group, *name;
	uint64_t needs; /* the earlier checks that it makes sense after */
	doctor_check_fn *run;
} checks[CHECKS] = {
	[CHECK_CONFIG] = {N_("configuration"), N_("file"), 0, doctor_config_file},
	[CHECK_ENVIRONMENT] = {N_("configuration"), N_("environment"), 0, doctor_environment},
	[CHECK_PROFILE] = {N_("configuration"), N_("profile"), AFTER(CONFIG), doctor_profile},
	[CHECK_ENDPOINT] = {N_("configuration"), N_("service"), 0, doctor_endpoint},
	[CHECK_PROJECTS] = {N_("configuration"), N_("projects"), 0, doctor_projects},
	[CHECK_TENANT] = {N_("configuration"), N_("tenant"), 0, doctor_tenant},
	[CHECK_CONFIG_MODE] = {N_("files"), N_("configuration"), 0, doctor_config_mode},
	[CHECK_TOKEN_FILE] = {N_("files"), N_("token file"), 0, doctor_token_file},
	[CHECK_KEPT_TOKEN] = {N_("files"), N_("kept token"), 0, doctor_kept_token},
	[CHECK_STATE] = {N_("files"), N_("state"), 0, doctor_state_folder},
	[CHECK_CACHE] = {N_("files"), N_("cache"), 0, doctor_cache_folder},
	[CHECK_AUDIT] = {N_("files"), N_("audit log"), 0, doctor_audit_log},
	[CHECK_NAME] = {N_("network"), N_("name"), AFTER(ENDPOINT), service_name},
	[CHECK_PROXY] = {N_("network"), N_("proxy"), AFTER(ENDPOINT), service_proxy},
	[CHECK_CONNECTION] = {N_("network"), N_("connection"), AFTER(ENDPOINT) | AFTER(NAME) | AFTER(PROXY),
			      service_connection},
	[CHECK_CERTIFICATES] = {N_("TLS"), N_("trusted"), 0, certificates},
	[CHECK_TLS] = {N_("TLS"), N_("certificate"), AFTER_WAY | AFTER(CERTIFICATES), service_tls},
	[CHECK_ANSWER] = {N_("service"), N_("answer"), AFTER_TLS, service_answer},
	[CHECK_IAM] = {"IAM", N_("way"), AFTER(CERTIFICATES), iam_way},
	[CHECK_BUILD] = {N_("clock"), N_("program"), 0, build_clock},
	[CHECK_CLOCK] = {N_("clock"), N_("service"), AFTER_TLS | AFTER(ANSWER), service_clock},
	[CHECK_SOURCE] = {N_("credentials"), N_("source"), 0, doctor_source},
	[CHECK_SIGN_IN] = {N_("credentials"), N_("sign-in"),
			   AFTER_TLS | AFTER(ANSWER) | AFTER(IAM) | AFTER(PROJECTS) | AFTER(SOURCE), doctor_sign_in},
	[CHECK_RIGHTS] = {N_("rights"), N_("all"), AFTER_TLS | AFTER(ANSWER) | AFTER(SOURCE) | AFTER(SIGN_IN),
			  doctor_rights_check},
	[CHECK_LATENCY] = {N_("reachability"), N_("times"), AFTER_TLS | AFTER(ANSWER), service_latency},
	[CHECK_TERM] = {N_("terminal"), "TERM", 0, terminal_term},
	[CHECK_COLOURS] = {N_("terminal"), N_("colours"), 0, terminal_colours},
	[CHECK_LOCALE] = {N_("terminal"), N_("locale"), 0, terminal_locale},
	[CHECK_WIDTHS] = {N_("terminal"), N_("widths"), 0, terminal_widths},
	[CHECK_SIZE] = {N_("terminal"), N_("size"), 0, terminal_size},
	[CHECK_MULTIPLEXER] = {N_("terminal"), N_("multiplexer"), 0, terminal_multiplexer},
	[CHECK_ESCAPE] = {N_("terminal"), N_("Escape"), 0, terminal_escape},
};

/* The first check that failed and that this one needs; CHECKS for none. */
static size_t obstacle(uint64_t needs, uint64_t failed)
{
	size_t i;

	for (i = 0; i < CHECKS; i++)
		if (needs & failed & UINT64_C(1) << i)
			return i;
	return CHECKS;
}

static void run_checks(struct doctor *d)
{
	uint64_t failed = 0;
	size_t i, from, cause;

	for (i = 0; i < CHECKS; i++) {
		findings_begin(&d->findings, checks[i].group, checks[i].name);
		from = d->findings.n;
		cause = obstacle(checks[i].needs, failed);
		if (cause < CHECKS) {
			finding_skipped(&d->findings, _("not looked at, because of: %s, %s"), _(checks[cause].group),
					_(checks[cause].name));
			continue;
		}
		checks[i].run(d);
		if (findings_worst(&d->findings, from) >= VERDICT_SKIPPED)
			failed |= UINT64_C(1) << i;
	}
}

/* ---- waiting ---- */

static void time_over(struct ev_loop *loop, ev_timer *timer, int events)
{
	*(bool *)timer->data = true;
}

void doctor_wait(struct doctor *d, int64_t until_ms)
{
	int64_t left_ms = (until_ms < d->until_ms ? until_ms : d->until_ms) - when_monotonic_ms();
	bool over = left_ms <= 0;
	ev_timer timer;

	ev_timer_init(&timer, time_over, (double)left_ms / 1000., 0.);
	timer.data = &over;
	ev_now_update(d->loop);
	if (!over)
		ev_timer_start(d->loop, &timer);
	while (d->waiting && !over)
		ev_run(d->loop, EVRUN_ONCE);
	ev_timer_stop(d->loop, &timer);
}

/* ---- the whole ---- */

static void print(struct command *c, const struct doctor *d)
{
	bool colour = c->out.tty && d->terminal.colours > 0 && !d->terminal.no_color;
	enum want_json json = c->options->want.json;
	const struct findings *f = &d->findings;
	struct buf out;
	size_t i;

	buf_init(&out, BUF_MAX);
	if (json == JSON_ARRAY)
		doctor_json(f, &out);
	else if (json == JSON_LINES)
		for (i = 0; i < f->n; i++)
			doctor_json_line(&f->list[i], &out);
	else
		doctor_print(f, colour, d->terminal.utf8, &out);
	out_add(&c->out, out.data, out.len);
	buf_done(&out);
}

int command_doctor(struct command *c, struct err *err)
{
	struct doctor d = {.options = c->options, .wall_ms = when_wall_ms(),
			   .until_ms = when_monotonic_ms() + WHOLE_MS};
	int status;

	d.loop = ev_default_loop(EVFLAG_NOSIGMASK); /* the one that sees a token_command end */
	if (!d.loop) {
		err_set(err, ERR_IO, 0, _("the system gives no event loop"));
		return COMMAND_FAILED;
	}
	doctor_place_gather(&d);
	doctor_terminal_gather(&d);
	doctor_way_gather(&d);
	doctor_rights_gather(&d);
	run_checks(&d);
	print(c, &d);
	status = findings_status(&d.findings);
	findings_done(&d.findings);
	doctor_rights_done(&d);
	doctor_way_done(&d);
	return status;
}
