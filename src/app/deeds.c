/* SPDX-License-Identifier: MIT */
/*
 * `pipetop retry`, `stop`, `approve`, `reject` and `postpone`: what is meant is found and looked at, what
 * would be done is shown, a yes is got, and app/action does the rest, as it does for the dashboard.
 *
 * Words that mean "the newest" are for people, who see what they meant before they say yes. A script says
 * --yes beforehand, so it must name what it means: the pipeline whole, and a run where several could be
 * meant. A refusal has the line that says it.
 */
#include <string.h>

#include "command.h"
#include "consent.h"
#include "core/i18n.h"
#include "core/text.h"
#include "deedcard.h"
#include "errand.h"
#include "gatechoice.h"
#include "log/sgr.h"
#include "model/gate.h"
#include "pick.h"
#include "say.h"
#include "shellword.h"

struct kind {
	enum deed deed;
	const char *newest; /* what is meant where no run is named */
	const char *question;
};

struct deeds {
	struct command *c;
	const struct kind *kind;
	const char *pipeline, *run; /* as typed; NULL: not said */
	struct picked picked;
	struct detail_read detail;
	struct step_at gate; /* step NULL: it is about the run */
	struct deed_view view;
};

static const char *pipeline_name(const struct deeds *d)
{
	return text_empty(d->picked.name) ? d->detail.name : d->picked.name;
}

/* ---- the command that says it all ---- */

/* A name that reads as it is, and names nothing else. */
static bool name_will_do(const struct deeds *d)
{
	const char *name = pipeline_name(d);
	struct buf clean;
	bool same;

	if (text_empty(name) || *name == '-' || *name == '@' || text_same(d->pipeline, d->picked.pipeline_id))
		return false;
	buf_init(&clean, BUF_MAX);
	sgr_clean_name(name, text_locale_utf8(), &clean);
	same = strcmp(clean.data, name) == 0;
	buf_done(&clean);
	return same && (d->c->options->n_projects == 1 || text_same(name, d->pipeline));
}

/* "pipetop approve deploy-prod 318" */
static void add_line(const struct deeds *d, struct buf *out)
{
	const struct want *want = &d->c->options->want;
	const char *const narrow[][2] = {{"stage", want->stage}, {"job", want->job}, {"step", want->step}};
	size_t i;

	buf_addf(out, "pipetop %s ", d->c->options->args[0]);
	shellword_add(out, name_will_do(d) ? pipeline_name(d) : d->picked.pipeline_id);
	if (d->detail.run.number)
		buf_addf(out, " %lld", (long long)d->detail.run.number);
	else
		buf_addf(out, " %s", text_or_empty(d->detail.run.id));
	for (i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		if (narrow[i][1]) {
			buf_addf(out, " --%s ", narrow[i][0]);
			shellword_add(out, narrow[i][1]);
		}
}

static void add_line_with_yes(const struct deeds *d, struct buf *out)
{
	add_line(d, out);
	buf_adds(out, " --yes");
}

/* Adds the line to the hints; for `return`. */
static bool refuse(struct deeds *d, struct err *err, const char *text)
{
	struct buf *hints = &d->c->hints;

	buf_adds(hints, "  ");
	add_line_with_yes(d, hints);
	buf_addc(hints, '\n');
	return err_set(err, ERR_INPUT, 0, text, d->c->options->args[0]);
}

/* ---- what is meant ---- */

static bool look(struct deeds *d, struct err *err)
{
	const char *run = d->run;

	if (!run && d->pipeline && *d->pipeline != '@')
		run = d->kind->newest;
	if (!pick(d->c, d->pipeline ? d->pipeline : d->kind->newest, run, &d->picked, err) ||
	    !reader_detail(d->c->reader, d->picked.project_id, d->picked.pipeline_id, d->picked.run_id,
			   &d->detail, err))
		return false;
	if (deed_needs_step(d->kind->deed))
		return gatechoice(d->c, d->kind->deed, &d->detail.run, &d->gate, &d->view, err);
	deed_look(&d->detail.run, NULL, &d->view);
	return deed_fits(d->kind->deed, &d->view, err);
}

/* With --yes nothing may be meant that was not said. */
static bool said_exactly(struct deeds *d, struct err *err)
{
	const char *word = d->pipeline;

	if (!d->c->options->want.yes)
		return true;
	if (!word)
		return refuse(d, err, _("with --yes, %s needs the pipeline's id or whole name"));
	if (!text_same(word, d->picked.pipeline_id) && !text_same(word, d->picked.name))
		return refuse(d, err, *word == '@' ? _("with --yes, %s takes no @ in place of the pipeline's "
						       "id or whole name")
						   : _("with --yes, %s takes no part of a name: say the "
						       "pipeline's id or whole name"));
	if (!d->run || *d->run == '@')
		return pick_only(d->c, d->run ? d->run : d->kind->newest, &d->picked, err);
	return true;
}

/* ---- yes or no ---- */

static void show(const struct deeds *d)
{
	struct deedcard card = {
		.deed = d->kind->deed,
		.project = d->picked.project_name,
		.project_id = d->picked.project_id,
		.pipeline = pipeline_name(d),
		.pipeline_id = d->picked.pipeline_id,
		.run = &d->detail.run,
		.gate = d->gate.step ? &d->gate : NULL,
		.now_ms = reader_server_ms(d->c->reader),
	};
	struct buf text;

	buf_init(&text, BUF_MAX);
	deedcard_add(&card, &text);
	say_lines(&text);
	buf_done(&text);
}

static enum consent ask(const struct deeds *d, struct err *err)
{
	struct buf line;
	enum consent consent;

	buf_init(&line, BUF_MAX);
	add_line_with_yes(d, &line);
	consent = consent_ask(d->c, _(d->kind->question), line.data, err);
	buf_done(&line);
	return consent;
}

/* ---- doing it ---- */

static void make_ref(const struct deeds *d, struct ref *ref)
{
	ref_set(ref, REF_PROJECT, d->picked.project_id);
	ref_set(ref, REF_PIPELINE, d->picked.pipeline_id);
	ref_set(ref, REF_RUN, d->detail.run.id);
	if (!d->gate.step)
		return;
	ref_set(ref, REF_STAGE, text_or_empty(d->gate.stage->id));
	ref_set(ref, REF_JOB, d->gate.job ? text_or_empty(d->gate.job->id) : "");
	ref_set(ref, REF_STEP, d->gate.step->id);
}

static int carry_out(const struct deeds *d, enum consent consent, struct err *err)
{
	const struct step *step = d->gate.step;
	struct ref ref = {{NULL}};
	struct action_order order = {
		.act = (enum act)d->kind->deed,
		.ref = &ref,
		.pipeline_name = pipeline_name(d),
		.step_name = step ? command_step_name(step) : NULL,
		.run_number = d->detail.run.number,
		.shown = d->view,
	};
	struct errand_place place = {.stage = step ? d->gate.stage->name : NULL,
				     .job = d->gate.job ? d->gate.job->name : NULL,
				     .step = order.step_name,
				     .gate = step ? gate_word(step->gate) : NULL};
	struct errand errand = {.verdict = VERDICT_NOT_DONE};
	int status = COMMAND_FAILED;

	make_ref(d, &ref);
	if (consent == CONSENT_NO)
		errand_declined(&errand);
	if (consent == CONSENT_NO || errand_run(d->c, &order, &errand, err)) {
		errand_tell(d->c, &order, &place, &errand);
		status = errand_status(&errand);
	}
	errand_done(&errand);
	ref_done(&ref);
	return status;
}

static int show_and_do(struct deeds *d, struct err *err)
{
	enum consent consent;

	if (!d->c->options->want.yes)
		show(d);
	consent = ask(d, err);
	return consent == CONSENT_NOBODY ? COMMAND_FAILED : carry_out(d, consent, err);
}

static int run_kind(struct command *c, const struct kind *kind, struct err *err)
{
	const struct options *o = c->options;
	struct deeds d = {.c = c, .kind = kind};
	int status = COMMAND_FAILED;

	d.pipeline = o->n_args > 1 ? o->args[1] : NULL;
	d.run = o->n_args > 2 ? o->args[2] : NULL;
	if (consent_possible(o, err) && look(&d, err) && said_exactly(&d, err))
		status = show_and_do(&d, err);
	detail_read_done(&d.detail);
	picked_done(&d.picked);
	return status;
}

int command_retry(struct command *c, struct err *err)
{
	static const struct kind kind = {DEED_RETRY, "@failed", N_("Retry it? Only y does: ")};

	return run_kind(c, &kind, err);
}

int command_stop(struct command *c, struct err *err)
{
	static const struct kind kind = {DEED_STOP, "@running", N_("Stop it? Only y does: ")};

	return run_kind(c, &kind, err);
}

int command_approve(struct command *c, struct err *err)
{
	static const struct kind kind = {DEED_APPROVE, "@waiting", N_("Approve it? Only y does: ")};

	return run_kind(c, &kind, err);
}

int command_reject(struct command *c, struct err *err)
{
	static const struct kind kind = {DEED_REJECT, "@waiting", N_("Reject it? Only y does: ")};

	return run_kind(c, &kind, err);
}

int command_postpone(struct command *c, struct err *err)
{
	static const struct kind kind = {DEED_POSTPONE, "@waiting", N_("Put it off? Only y does: ")};

	return run_kind(c, &kind, err);
}
