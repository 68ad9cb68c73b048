/* SPDX-License-Identifier: MIT */
/*
 * `pipetop watch`: what a run does, one line a change, until it ends. Nothing is drawn over,
 * so that it serves a CI job's own log, a pipe and a screen reader alike. The run's detail is
 * read again and again; what to say is model/progress.h's decision, from the detail before
 * and this one, so that no change is said twice and none is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"
#include "model/progress.h"
#include "pick.h"
#include "relay.h"
#include "say.h"
#include "shellword.h"

#define PERIOD_MS 3000 /* of an opened run that goes on */
#define PERIOD_MAX_MS 30000

struct watch {
	struct command *c;
	struct picked picked;
	struct detail_read detail; /* the newest */
	struct records records;
	struct buf text; /* a line on its way out */
};

static bool is_json(const struct watch *w)
{
	return w->c->options->want.json != JSON_NONE;
}

static const char *pipeline_name(const struct watch *w)
{
	if (!text_empty(w->picked.name))
		return w->picked.name;
	return text_empty(w->detail.name) ? w->picked.pipeline_id : w->detail.name;
}

/* ---- what an event is about ---- */

struct subject {
	const char *word; /* of the event, for programs */
	const char *id, *status, *message;
	enum state state;
	int64_t start_ms, end_ms;
};

static struct subject subject_of(const struct run *run, const struct progress *event)
{
	if (event->step)
		return (struct subject){"step", event->step->id, event->step->status, event->step->message,
					event->step->state, event->step->start_ms, event->step->end_ms};
	if (event->job)
		return (struct subject){"job", event->job->id, event->job->status, event->job->message,
					event->job->state, event->job->start_ms, event->job->end_ms};
	if (event->stage)
		return (struct subject){"stage", event->stage->id, event->stage->status, NULL,
					event->stage->state, event->stage->start_ms, event->stage->end_ms};
	return (struct subject){"run", run->id, run->status, NULL, run->state, run->start_ms, run->end_ms};
}

/* The name of what the event is about, without what holds it. */
static const char *own_name(const struct watch *w, const struct progress *event)
{
	if (event->step)
		return command_step_name(event->step);
	if (event->job)
		return event->job->name;
	return event->stage ? event->stage->name : pipeline_name(w);
}

/* ---- for people ---- */

/* "checkout-api 1204" */
static void add_run(const struct watch *w, struct buf *out)
{
	say_name(out, pipeline_name(w), "-");
	if (w->detail.run.number)
		buf_addf(out, " %lld", (long long)w->detail.run.number);
}

/* "test / unit / 3 run tests", or the run. */
static void add_path(const struct watch *w, const struct progress *event, struct buf *out)
{
	if (!event->stage) {
		add_run(w, out);
		return;
	}
	say_name(out, event->stage->name, "-");
	if (event->job) {
		buf_adds(out, " / ");
		say_name(out, event->job->name, "-");
	}
	if (event->step) {
		buf_adds(out, " / ");
		say_name(out, command_step_name(event->step), "-");
	}
}

static void add_state(const struct progress *event, const struct subject *subject, struct buf *out)
{
	if (event->state == STATE_OTHER)
		say_name(out, subject->status, _("unknown"));
	else
		buf_adds(out, _(state_word(event->state)));
	if (event->what == PROGRESS_AGAIN)
		buf_adds(out, _(" again"));
}

/* What there is to say besides: of a gate what it is and waits for, of an end what it took and why. */
static void add_note(const struct progress *event, const struct subject *subject, int64_t now_ms,
		     struct buf *out)
{
	struct buf note;
	char took[40];

	buf_init(&note, BUF_MAX);
	if (event->what == PROGRESS_GATE && event->step && event->step->gate != GATE_NONE) {
		buf_addf(out, "  %s", _(gate_name(event->step->gate)));
		command_gate(event->step, now_ms, &note);
	} else if (event->what == PROGRESS_ENDED) {
		command_elapsed(subject->start_ms, subject->end_ms, now_ms, took, sizeof(took));
		if (*took && event->state != STATE_SKIPPED)
			buf_addf(out, "  %s", took);
		buf_adds(&note, text_or_empty(subject->message));
	}
	if (note.len) {
		buf_adds(out, "  ");
		say_name(out, note.data, "");
	}
	buf_done(&note);
}

/* A stage's entry that nobody is asked at: it has no name, takes no time, and says nothing. */
static bool is_formality(const struct progress *event)
{
	const struct step *step = event->step;

	return step && !event->job && text_empty(step->name) && step_gate_kind(step) == GATE_NONE &&
	       event->state != STATE_FAILED;
}

static void print_event(struct watch *w, const struct progress *event)
{
	struct subject subject = subject_of(&w->detail.run, event);
	int64_t now_ms = reader_server_ms(w->c->reader);
	char clock[32];

	when_clock_exact(event->at_ms != WHEN_NONE ? event->at_ms : now_ms, now_ms, clock, sizeof(clock));
	buf_clear(&w->text);
	buf_addf(&w->text, "%s  ", clock);
	add_path(w, event, &w->text);
	buf_adds(&w->text, "  ");
	add_state(event, &subject, &w->text);
	add_note(event, &subject, now_ms, &w->text);
	buf_addc(&w->text, '\n');
	out_add(&w->c->out, w->text.data, w->text.len);
}

/* ---- for programs ---- */

static void add_gate(struct buf *out, const struct step *step)
{
	enum gate gate = !step ? GATE_SUSPENDED : step->gate != GATE_NONE ? step->gate : step_gate_kind(step);

	relay_member_string(out, "gate", gate_word(gate));
	relay_gate(step, out);
}

static void record_event(struct watch *w, const struct progress *event)
{
	struct subject subject = subject_of(&w->detail.run, event);
	struct buf *out = &w->text;

	buf_clear(out);
	buf_addf(out, "{\"event\":\"%s\"", event->what == PROGRESS_GATE ? "gate" : subject.word);
	relay_member_time(out, "time", event->at_ms);
	relay_member_string(out, "pipeline_id", w->picked.pipeline_id);
	relay_member_string(out, "pipeline_run_id", w->detail.run.id);
	relay_member_string(out, "id", subject.id);
	relay_member_string(out, "name", own_name(w, event));
	if (event->job || event->step)
		relay_member_string(out, "stage", event->stage->name);
	if (event->step)
		relay_member_string(out, "job", event->job ? event->job->name : NULL);
	if (!event->stage)
		relay_member_number(out, "run_number", w->detail.run.number);
	relay_member_string(out, "state", state_word(event->state));
	relay_member_string(out, "status", subject.state == event->state ? subject.status : NULL);
	buf_addf(out, ",\"again\":%s", event->what == PROGRESS_AGAIN ? "true" : "false");
	relay_member_time(out, "start_time", subject.start_ms);
	relay_member_time(out, "end_time", event->what == PROGRESS_ENDED ? subject.end_ms : WHEN_NONE);
	if (event->what == PROGRESS_GATE)
		add_gate(out, event->step);
	else
		relay_member_string(out, "message", event->what == PROGRESS_ENDED ? subject.message : NULL);
	buf_addc(out, '}');
	records_add(&w->records, out);
}

static void record_end(struct watch *w, enum exit_status status)
{
	const struct run *run = &w->detail.run;
	struct buf *out = &w->text;

	buf_clear(out);
	buf_adds(out, "{\"event\":\"end\"");
	relay_member_time(out, "time", state_terminal(run->state) ? run->end_ms : reader_server_ms(w->c->reader));
	relay_member_string(out, "pipeline_id", w->picked.pipeline_id);
	relay_member_string(out, "pipeline_run_id", run->id);
	relay_member_string(out, "id", run->id);
	relay_member_string(out, "name", pipeline_name(w));
	relay_member_number(out, "run_number", run->number);
	relay_member_string(out, "state", state_word(run->state));
	relay_member_string(out, "status", run->status);
	relay_member_time(out, "start_time", run->start_ms);
	relay_member_time(out, "end_time", run->end_ms);
	buf_addf(out, ",\"exit_status\":%d}", (int)status);
	records_add(&w->records, out);
}

/* ---- how it ended ---- */

/* The command that shows the error, if a step with a log failed. */
static void tell_where_the_error_is(struct watch *w)
{
	const struct run *run = &w->detail.run;
	struct step_at failed;
	struct buf command;

	if (!run_failed_step(run, &failed) || failed.place != STEP_JOB)
		return;
	buf_init(&command, BUF_MAX);
	buf_adds(&command, "pipetop logs ");
	/* A name that looks like an option is none for the command line; the id always is one. */
	shellword_add(&command, *picked_name(&w->picked) == '-' ? w->picked.pipeline_id : picked_name(&w->picked));
	if (run->number)
		buf_addf(&command, " %lld", (long long)run->number);
	else
		buf_addf(&command, " %s", text_or_empty(run->id));
	say(_("%s / %s failed: %s --failed"), text_or_empty(failed.stage->name), command_step_name(failed.step),
	    command.data);
	buf_done(&command);
}

static bool tell_gate(const struct step_at *at, void *arg)
{
	struct watch *w = arg;
	int64_t now_ms = reader_server_ms(w->c->reader);
	struct buf known;
	char since[32] = "";

	if (at->step->gate == GATE_NONE)
		return false;
	buf_init(&known, BUF_MAX);
	if (at->step->start_ms != WHEN_NONE)
		when_clock(at->step->start_ms, now_ms, since, sizeof(since));
	command_gate(at->step, now_ms, &known);
	say(*since ? _("%s / %s %s, since %s%s%s") : _("%s / %s %s%s%s%s"), text_or_empty(at->stage->name),
	    command_step_name(at->step), _(gate_waits(at->step->gate)), since, known.len ? ": " : "", known.data);
	buf_done(&known);
	return false;
}

static void tell_gates(struct watch *w)
{
	struct step_at ignored;

	buf_clear(&w->text);
	add_run(w, &w->text);
	say(_("%s waits for a person; --through-gates goes on watching"), w->text.data);
	run_find_step(&w->detail.run, tell_gate, w, &ignored);
}

static bool is_over(const struct watch *w)
{
	const struct run *run = &w->detail.run;

	return state_terminal(run->state) || (command_waits(run) && !w->c->options->want.through_gates);
}

static enum exit_status finish(struct watch *w)
{
	enum exit_status status = command_outcome(&w->detail.run);

	if (is_json(w))
		record_end(w, status);
	out_flush(&w->c->out);
	if (w->c->out.error)
		return status;
	if (status == EXIT_WAITS)
		tell_gates(w);
	else if (w->detail.run.state == STATE_FAILED)
		tell_where_the_error_is(w);
	return status;
}

/* ---- looking ---- */

static void tell_news(struct watch *w, const struct run *before)
{
	struct progress *events;
	size_t n = progress_between(before, &w->detail.run, &events), i;

	for (i = 0; i < n && !w->c->out.error; i++)
		if (is_json(w))
			record_event(w, &events[i]);
		else if (!is_formality(&events[i]))
			print_event(w, &events[i]);
	mem_free(events);
	out_flush(&w->c->out);
}

/* The first look may be at the latest run; after that it is this one, whatever starts. */
static bool look(struct watch *w, bool first, struct err *err)
{
	struct detail_read before = w->detail;
	const char *run_id = first ? w->picked.run_id : before.run.id;

	if (!reader_detail(w->c->reader, w->picked.project_id, w->picked.pipeline_id, run_id, &w->detail,
			   err)) {
		w->detail = before;
		return false;
	}
	tell_news(w, first ? NULL : &before.run);
	detail_read_done(&before);
	return true;
}

/* At least four times what an answer takes, and not in step with other watchers. */
static int64_t period_ms(const struct detail_read *detail)
{
	double period = (double)(detail->took_ms * 4 > PERIOD_MS ? detail->took_ms * 4 : PERIOD_MS);

	return (int64_t)((period < PERIOD_MAX_MS ? period : PERIOD_MAX_MS) * (0.9 + 0.2 * drand48()));
}

static bool watch_run(struct watch *w, enum exit_status *status, struct err *err)
{
	bool first = true;

	while (look(w, first, err)) {
		first = false;
		if (is_over(w)) {
			*status = finish(w);
			return true;
		}
		if (out_gone(&w->c->out))
			return true;
		reader_wait(w->c->reader, period_ms(&w->detail));
	}
	return false;
}

static enum exit_status watch_told(struct watch *w, const struct buf *first, bool *ok, struct err *err)
{
	const struct options *o = w->c->options;
	enum exit_status status = EXIT_OK;

	buf_init(&w->text, BUF_MAX);
	if (is_json(w)) {
		records_begin(&w->records, &w->c->out, o->want.json == JSON_LINES);
		if (first)
			records_add(&w->records, first);
	}
	*ok = watch_run(w, &status, err);
	if (is_json(w))
		records_end(&w->records);
	detail_read_done(&w->detail);
	buf_done(&w->text);
	return status;
}

int command_watch_picked(struct command *c, const struct picked *picked, const struct buf *first, struct err *err)
{
	struct watch w = {.c = c, .picked = *picked};
	bool ok;
	enum exit_status status = watch_told(&w, first, &ok, err);

	return ok ? (int)status : COMMAND_FAILED;
}

int command_watch(struct command *c, struct err *err)
{
	const struct options *o = c->options;
	struct picked picked;
	int status = COMMAND_FAILED;

	if (pick(c, o->args[1], o->n_args > 2 ? o->args[2] : NULL, &picked, err))
		status = command_watch_picked(c, &picked, NULL, err);
	picked_done(&picked);
	return status;
}
