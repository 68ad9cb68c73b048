/* SPDX-License-Identifier: MIT */
/*
 * Whether the service lets us in, and to what: one cheap read for each class of endpoint. The
 * first goes alone, and what it is refused with ends the matter: a wrong password or key is not
 * tried again, since a service locks who goes on trying. Nothing here is repeated.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/calls.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "debuglog.h"
#include "doctor.h"
#include "net/http.h"

#define ANSWER_MS 8000
#define LIST_ROWS 10 /* the least that v3 gives */
#define LOG_LINES 1
#define EXPIRES_SOON_MS (10 * 60 * 1000)
#define TOKEN_LIFE_MS (INT64_C(24) * 3600 * 1000) /* api.md 2.1 */

static const struct {
	const char *name;
	const char *mend; /* of a 403 */
	bool needed;
} rights[RIGHTS] = {
	[RIGHT_LIST] = {N_("list"),
			N_("ask the project's administrator to make you a member who may view pipelines"), true},
	[RIGHT_DETAIL] = {N_("run detail"), N_("ask for the right to view the runs of that pipeline"), true},
	[RIGHT_LOG] = {N_("step log"), N_("ask for the right to view the logs of that pipeline's steps"), true},
	[RIGHT_GROUPS] = {N_("groups"),
			  N_("ask for the right to view pipeline groups; without it pipelines show without them"), false},
	[RIGHT_TEMPLATES] = {N_("templates"),
			     N_("ask the account's administrator for the right to view pipeline templates, and check tenant"),
			     true},
	[RIGHT_V3] = {N_("v3 list"), N_("ask for the right to view pipelines of the old API; only --api v3 needs it"),
		      false},
};

/* ---- answers ---- */

static void note(struct doctor_asked *asked, const struct api_answer *answer)
{
	asked->err = answer->err;
	if (asked->err.kind == ERR_CANCELLED)
		err_set(&asked->err, ERR_NET, 0, _("no answer in time"));
	asked->took_ms = answer->took_ms;
	asked->doctor->waiting--;
}

static void keep(char **at, const char *text)
{
	if (!*at && !text_empty(text))
		*at = mem_strdup(text);
}

/* One with a run to look at, best one that is over: that has logs. NULL: none. */
static const struct pipeline *worth_a_look(const struct api_pipelines *page)
{
	const struct pipeline *found = NULL;
	size_t i;

	for (i = 0; i < page->n; i++) {
		const struct pipeline *p = &page->pipelines[i];

		if (!p->latest || text_empty(p->latest->id) || !p->project_id)
			continue;
		if (p->latest->state == STATE_OK || p->latest->state == STATE_FAILED)
			return p;
		if (!found)
			found = p;
	}
	return found;
}

static void on_list(void *self, struct api_pipelines *page)
{
	struct doctor_asked *asked = self;
	struct doctor_rights *r = &asked->doctor->rights;
	long long n = page->total > (int64_t)page->n ? page->total : (long long)page->n;
	const struct pipeline *p = worth_a_look(page);

	note(asked, &page->answer);
	asked->empty = n == 0 && *page->project_id;
	if (n == 0)
		snprintf(asked->found, sizeof(asked->found), "%s", _("no pipelines"));
	else
		snprintf(asked->found, sizeof(asked->found), ngettext("%lld pipeline", "%lld pipelines", (unsigned long)n), n);
	if (!p || r->run)
		return;
	keep(&r->project, p->project_id);
	keep(&r->pipeline, p->id);
	keep(&r->run, p->latest->id);
}

static bool has_log(const struct step_at *at, void *arg)
{
	return step_log_job(at) && at->step->start_ms != WHEN_NONE;
}

static void on_detail(void *self, struct api_detail *detail)
{
	struct doctor_asked *asked = self;
	struct doctor_rights *r = &asked->doctor->rights;
	struct step_at at;

	note(asked, &detail->answer);
	if (!detail->run)
		return;
	snprintf(asked->found, sizeof(asked->found), _("run %lld of %.60s"), (long long)detail->run->number,
		 detail->pipeline_name);
	if (!run_find_step(detail->run, has_log, NULL, &at))
		return;
	keep(&r->job, step_log_job(&at));
	keep(&r->step, at.step->id);
}

static void on_log(void *self, struct api_log *log)
{
	struct doctor_asked *asked = self;

	note(asked, &log->answer);
	snprintf(asked->found, sizeof(asked->found), log->page.len ? _("it can be read") : _("it can be read, and is empty"));
}

static void on_groups(void *self, struct api_groups *tree)
{
	struct doctor_asked *asked = self;

	note(asked, &tree->answer);
	snprintf(asked->found, sizeof(asked->found), ngettext("%zu group", "%zu groups", tree->n), tree->n);
}

static void on_checked(void *self, const struct api_answer *answer)
{
	struct doctor_asked *asked = self;

	note(asked, answer);
	snprintf(asked->found, sizeof(asked->found), "%s", _("they can be read"));
}

/* ---- questions ---- */

static struct doctor_asked *begin(struct doctor *d, struct doctor_asked *asked)
{
	asked->doctor = d;
	asked->asked = true;
	d->waiting++;
	return asked;
}

static void ask_list(struct doctor *d, size_t i)
{
	struct doctor_rights *r = &d->rights;
	struct api_list_query query = {.limit = LIST_ROWS};

	api_list_pipelines(r->session, d->options->projects[i], &query, on_list, begin(d, &r->lists[i]));
}

static void ask_v3(struct doctor *d)
{
	struct doctor_rights *r = &d->rights;
	struct api_list_query query = {.limit = LIST_ROWS};

	api_list_pipelines_v3(r->session, NULL, &query, on_list, begin(d, &r->others[RIGHT_V3]));
}

static void ask_first(struct doctor *d)
{
	struct doctor_rights *r = &d->rights;

	if (d->options->n_projects) {
		r->first = &r->lists[0];
		ask_list(d, 0);
	} else {
		r->first = &r->others[RIGHT_V3];
		ask_v3(d);
	}
}

static void ask_others(struct doctor *d)
{
	struct doctor_rights *r = &d->rights;
	const struct options *o = d->options;
	size_t i;

	for (i = 1; i < o->n_projects; i++)
		ask_list(d, i);
	if (o->n_projects) {
		ask_v3(d);
		api_group_tree(r->session, o->projects[0], on_groups, begin(d, &r->others[RIGHT_GROUPS]));
	}
	if (!text_empty(o->settings.tenant))
		api_check_templates(r->session, o->settings.tenant, on_checked, begin(d, &r->others[RIGHT_TEMPLATES]));
}

static void ask_run(struct doctor *d)
{
	struct doctor_rights *r = &d->rights;
	struct cursor cursor;
	struct cursor_ask from;

	if (!r->run)
		return;
	api_run_detail(r->session, r->project, r->pipeline, r->run, on_detail, begin(d, &r->others[RIGHT_DETAIL]));
	doctor_wait(d, d->until_ms);
	if (!r->step)
		return;
	cursor_init(&cursor, CURSOR_ASC);
	from = cursor_ask(&cursor);
	api_step_log(r->session, &(struct api_log_ref){r->project, r->pipeline, r->run, r->job, r->step}, &from, LOG_LINES,
		     on_log, begin(d, &r->others[RIGHT_LOG]));
	doctor_wait(d, d->until_ms);
}

/* ---- the session ---- */

/* Credentials go where they are expected, and not to a login page or somebody else. */
static bool way_is_clean(const struct doctor_way *way)
{
	struct findings aside;
	bool clean;

	if (!way->known || !way->transfer.ended)
		return false;
	findings_init(&aside);
	judge_answer(&aside, &way->facts);
	clean = findings_worst(&aside, 0) != VERDICT_PROBLEM;
	findings_done(&aside);
	return clean;
}

static bool open_session(struct doctor *d, struct err *err)
{
	const struct options *o = d->options;
	struct doctor_rights *r = &d->rights;
	const char *locale = setlocale(LC_MESSAGES, NULL);
	struct http_options http = {.user_agent = "pipetop/" PIPETOP_VERSION, .ca_file = o->settings.ca_file,
				    .trace = o->debuglog ? debuglog_trace : NULL, .trace_self = o->debuglog};
	struct session_options session = {
		.endpoint = o->endpoint,
		.language = locale && text_starts(locale, "zh") ? "zh-cn" : "en-us",
		.zone_offset_s = o->zone_offset_s,
		.timeout_ms = ANSWER_MS,
		.read_only = true,
	};

	r->http = http_new(d->loop, &http);
	session.auth = identity_auth(o, d->loop, http_transport(r->http), err);
	r->session = session.auth ? session_new(http_transport(r->http), &session, err) : NULL;
	return r->session != NULL;
}

static void close_session(struct doctor *d)
{
	struct doctor_rights *r = &d->rights;

	if (r->session) {
		auth_info(session_auth(r->session), &r->auth);
		r->auth.source = r->auth.mend = NULL;
		r->server_ms = session_server_ms(r->session, when_monotonic_ms());
	}
	session_free(r->session); /* what is still asked is answered by that */
	http_free(r->http);
	r->session = NULL;
	r->http = NULL;
}

/* A person is not asked for a password here: `login` does that. */
static bool has_credentials(const struct doctor *d)
{
	const struct identity *identity = &d->options->identity;

	return identity->kind != IDENTITY_NONE && (identity->kind != IDENTITY_PASSWORD || identity->password);
}

static bool refused(const struct doctor_asked *asked)
{
	return asked->err.kind == ERR_AUTH && asked->err.code != 403;
}

void doctor_rights_gather(struct doctor *d)
{
	const struct options *o = d->options;
	struct doctor_rights *r = &d->rights;

	r->lists = mem_calloc(o->n_projects + 1, sizeof(*r->lists));
	if (!has_credentials(d) || !(o->n_projects || o->v3) || !way_is_clean(&d->service) ||
	    (d->iam_used && !way_is_clean(&d->iam)))
		return;
	if (open_session(d, &r->others[RIGHT_LIST].err)) {
		ask_first(d);
		doctor_wait(d, d->until_ms);
		if (!refused(r->first) && r->first->err.kind != ERR_NET) {
			ask_others(d);
			doctor_wait(d, d->until_ms);
			ask_run(d);
		}
	}
	close_session(d);
}

void doctor_rights_done(struct doctor *d)
{
	struct doctor_rights *r = &d->rights;
	char *texts[] = {r->project, r->pipeline, r->run, r->job, r->step};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		mem_free(texts[i]);
	mem_free(r->lists);
}

bool doctor_signs(const struct doctor *d)
{
	const struct identity *identity = &d->options->identity;

	return (identity->kind == IDENTITY_KEYS || identity->kind == IDENTITY_KEYS_COMMAND) && !identity->exchange;
}

/* ---- checks ---- */

static void judge_age(struct doctor *d, const char *path)
{
	struct stat st;
	int64_t age_ms;
	char age[32];

	if (stat(path, &st) != 0)
		return;
	age_ms = d->wall_ms - (int64_t)st.st_mtime * 1000;
	when_duration(age_ms, age, sizeof(age));
	if (age_ms > TOKEN_LIFE_MS) {
		finding_warning(&d->findings, _("%s was written %s ago, and a token of IAM lives 24 hours"), path, age);
		finding_mend(&d->findings, _("get a new one: pipetop login"));
	} else
		finding_ok(&d->findings, _("%s was written %s ago"), path, age);
}

static void no_source(struct doctor *d)
{
	const struct err *why = &d->options->identity.why;

	finding_problem(&d->findings, EXIT_SIGN_IN, "%s",
			why->kind != ERR_NONE ? why->text : _("there is nothing to sign in with"));
	if (why->kind != ERR_NONE)
		finding_mend(&d->findings, _("mend that, or sign in another way: pipetop login"));
	else
		finding_mend(&d->findings, _("pipetop login; or set PIPETOP_TOKEN, or give --token-file FILE"));
}

void doctor_source(struct doctor *d)
{
	const struct identity *identity = &d->options->identity;
	struct buf text;

	if (identity->kind == IDENTITY_NONE) {
		no_source(d);
		return;
	}
	buf_init(&text, BUF_MAX);
	identity_tell(identity, &text);
	finding_ok(&d->findings, "%s", text.data);
	buf_done(&text);
	if (identity->file && !identity->kept)
		judge_age(d, identity->file);
	if (!has_credentials(d)) {
		finding_skipped(&d->findings, _("nobody is asked for a password here, so it is not tried"));
		finding_mend(&d->findings, _("pipetop login tries it, and keeps a token"));
	}
}

static void judge_expiry(struct doctor *d)
{
	const struct doctor_rights *r = &d->rights;
	int64_t left_ms = r->auth.expires_ms - (r->server_ms != WHEN_NONE ? r->server_ms : d->wall_ms);
	char left[32];

	if (r->auth.expires_ms == WHEN_NONE)
		return;
	when_left(left_ms, left, sizeof(left));
	if (left_ms < EXPIRES_SOON_MS && d->options->identity.kind == IDENTITY_TOKEN) {
		finding_warning(&d->findings, _("the token is good for %s more"), left);
		finding_mend(&d->findings, "%s", d->options->identity.mend);
	} else
		finding_ok(&d->findings, _("the token is good for %s more"), left);
}

/* The reason may end with the mend, which has a line of its own here. */
static void not_let_in(struct doctor *d, const char *reason)
{
	const char *mend = text_or_empty(d->options->identity.mend);
	size_t len = strlen(reason), cut = strlen(mend) + strlen(": ");

	if (len > cut && strcmp(reason + len - cut + strlen(": "), mend) == 0)
		len -= cut;
	finding_problem(&d->findings, EXIT_SIGN_IN, "%.*s", (int)len, reason);
	finding_mend(&d->findings, "%s", mend);
}

void doctor_sign_in(struct doctor *d)
{
	const struct doctor_rights *r = &d->rights;
	const struct err *err = r->first ? &r->first->err : &r->others[RIGHT_LIST].err;

	if (!r->first || refused(r->first))
		not_let_in(d, r->auth.state == AUTH_REFUSED ? r->auth.err.text : err->text);
	else if (err->kind == ERR_NET) {
		finding_problem(&d->findings, EXIT_NETWORK, "%s", err->text);
		finding_mend(&d->findings, _("try again; if it stays so, tell who runs the service what stands here"));
	} else {
		finding_ok(&d->findings, d->iam_used ? _("IAM gives a token, and the service takes it")
						     : _("the service lets us in"));
		judge_expiry(d);
	}
}

static void check_right(struct doctor *d, enum doctor_right right, const struct doctor_asked *asked, const char *project,
			const char *why)
{
	struct judge_right facts = {
		.what = text_or_empty(project),
		.mend = _(rights[right].mend),
		.needed = rights[right].needed || (right == RIGHT_V3 && d->options->v3),
		.regional = right == RIGHT_TEMPLATES,
		.asked = asked->asked,
		.why = why,
		.err = asked->err,
		.found = asked->found,
		.empty = asked->empty,
		.took_ms = asked->took_ms,
	};

	findings_begin(&d->findings, d->findings.group, rights[right].name);
	judge_right(&d->findings, &facts);
}

void doctor_rights_check(struct doctor *d)
{
	const struct doctor_rights *r = &d->rights;
	const struct options *o = d->options;
	size_t i;

	for (i = 0; i < o->n_projects; i++)
		check_right(d, RIGHT_LIST, &r->lists[i], o->projects[i], _("no answer in time"));
	check_right(d, RIGHT_DETAIL, &r->others[RIGHT_DETAIL], NULL, _("there is no run to look at"));
	check_right(d, RIGHT_LOG, &r->others[RIGHT_LOG], NULL, _("there is no step with a log to look at"));
	check_right(d, RIGHT_GROUPS, &r->others[RIGHT_GROUPS], NULL, _("there is no project to look at"));
	check_right(d, RIGHT_TEMPLATES, &r->others[RIGHT_TEMPLATES], NULL, _("tenant is not set"));
	check_right(d, RIGHT_V3, &r->others[RIGHT_V3], NULL, _("no answer in time"));
}
