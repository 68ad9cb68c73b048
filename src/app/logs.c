/* SPDX-License-Identifier: MIT */
/*
 * `pipetop logs`: step after step, each through the same follow as the dashboard's, with
 * the sink at its end instead of a pane. Without -f a step that still runs is read to where it
 * is; with -f the run's detail is read again each 3 s, steps are followed as they begin, and
 * the run's outcome is the exit status.
 *
 * What is over comes step after step, whole. What runs is followed side by side, for a line
 * that is held back until another job is over is no news any more: the sink says whose turn it is.
 * Nothing is lost either way, for the server keeps what was not read yet.
 */
#include <stdlib.h>
#include <string.h>

#include "app/follow.h"
#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "log/log.h"
#include "pick.h"
#include "say.h"
#include "sink.h"
#include "stepset.h"

#define DETAIL_MS 3000
#define TAIL_PAGE 5000
#define SPOOL_MAX (INT64_C(256) << 20)
#define STREAMS_MAX 16 /* side by side; more wait until one is over */
#define SPOOL_PASSING (INT64_C(16) << 20) /* text that is written out as it comes; more than any page */

struct logs {
	struct command *c;
	struct picked picked;
	struct detail_read detail;
	struct stepset_want want;
	struct sink *sink;
	char **done; /* ids of steps that were shown */
	size_t n_done;
	bool headers;
	struct buf spool_dir;
	const char *told; /* what is waited for, so that it is told once */
	struct stream *streams[STREAMS_MAX]; /* owned; -f: what runs */
	size_t n_streams;
	int64_t detail_ms; /* monotonic: when the detail is to be read again */
};

/* One step on its way out. */
struct stream {
	struct logs *logs;
	char *step_id;
	struct sink_voice *voice;
	struct follow *follow;
	struct log_walk walk;
	int64_t tail;	   /* lines; -1: all */
	bool placed;	   /* walk stands where output begins */
	int64_t failing_ms; /* since when answers fail; 0: they don't */
	bool to_the_end;   /* -f: the step's end is awaited and told */
};

/* ---- from the log to the sink ---- */

static void tell_mark(struct stream *s, const struct log_chunk *chunk)
{
	static const char *const events[] = {
		[LOG_MARK_GAP] = "gap",	      [LOG_MARK_RESTARTED] = "restarted", [LOG_MARK_DROPPED] = "dropped",
		[LOG_MARK_NOTE] = "note",     [LOG_MARK_END] = "end",
	};
	char *text = mem_strndup(chunk->text, chunk->len);

	if (chunk->mark != LOG_MARK_END || s->to_the_end)
		sink_event(s->logs->sink, s->voice, events[chunk->mark], text);
	mem_free(text);
}

/* --tail: output begins N lines before the end, once those are loaded. */
static bool place(struct stream *s)
{
	struct log *log = follow_log(s->follow);
	int64_t have = log_end(log) - log_first(log);
	enum follow_phase phase = follow_phase(s->follow);

	if (s->placed)
		return true;
	if (phase == FOLLOW_STARTING || phase == FOLLOW_QUEUED)
		return false;
	if (s->tail >= 0 && have < s->tail && !log_head(log) && phase != FOLLOW_EMPTY) {
		if (!follow_paging(s->follow))
			follow_page_up(s->follow);
		return false;
	}
	s->walk = (struct log_walk){.line = log_first(log)};
	if (s->tail >= 0 && have > s->tail)
		s->walk.line = log_end(log) - s->tail;
	if (s->tail >= 0)
		sink_line(s->voice, log_head(log) ? s->walk.line - log_first(log) + 1 : 0);
	s->placed = true;
	return true;
}

static void drain(struct stream *s)
{
	struct log_chunk chunk;

	if (!place(s))
		return;
	while (!s->logs->c->out.error && log_chunk(follow_log(s->follow), &s->walk, &chunk)) {
		if (chunk.mark != LOG_MARK_NONE)
			tell_mark(s, &chunk);
		else
			sink_text(s->logs->sink, s->voice, chunk.text, chunk.len);
	}
	sink_flush(s->logs->sink);
}

static void changed(void *self, struct follow *follow)
{
	struct stream *s = self;

	if (!s->follow)
		return; /* from within follow_new */
	drain(s);
	reader_wake(s->logs->c->reader);
}

/* ---- one step ---- */

static bool is_over(enum follow_phase phase)
{
	return phase == FOLLOW_ENDED || phase == FOLLOW_EMPTY || phase == FOLLOW_EXPIRED ||
	       phase == FOLLOW_DENIED || phase == FOLLOW_BROKEN;
}

/* Failures are retried by the follow for ever; a command gives up after --timeout. */
static bool gave_up(struct stream *s, struct err *err)
{
	int64_t next_ms, now_ms = when_monotonic_ms();
	struct err newest = follow_err(s->follow, &next_ms);
	int64_t patience_ms = s->logs->c->options->timeout_ms;

	if (newest.kind == ERR_NONE) {
		s->failing_ms = 0;
		return false;
	}
	if (!s->failing_ms) {
		s->failing_ms = now_ms;
		say(_("%s; trying again"), newest.text);
	}
	if (now_ms - s->failing_ms < patience_ms)
		return false;
	*err = newest;
	return true;
}

static bool start(struct stream *s, const struct step_at *at, struct err *err)
{
	struct logs *l = s->logs;
	struct follow_options options = {
		.loop = reader_loop(l->c->reader),
		.session = reader_session(l->c->reader),
		.budget = reader_budget(l->c->reader),
		.ref = {l->picked.project_id, l->picked.pipeline_id, l->detail.run.id, at->job->id,
			at->step->id},
		.from = s->tail >= 0 ? FOLLOW_TAIL : FOLLOW_START,
		.spool_dir = l->spool_dir.data,
		.spool_max = s->tail >= 0 ? SPOOL_MAX : SPOOL_PASSING,
		.on_screen = true,
		.changed = changed,
		.self = s,
	};

	if (s->tail >= 0)
		options.page_lines = s->tail < 1 ? 1 : s->tail > TAIL_PAGE ? TAIL_PAGE : (int)s->tail;
	s->follow = follow_new(&options, err);
	return s->follow != NULL;
}

/* Without -f the log counts as ended where it is: the follow reads up to there and stops. */
static void tell_state(struct stream *s, const struct step *step)
{
	bool cut = !s->to_the_end && !state_terminal(step->state);

	follow_step(s->follow, cut ? STATE_OK : step->state, step->start_ms, step->end_ms);
}

static bool refresh(struct logs *l, struct err *err)
{
	struct detail_read fresh;

	if (!reader_detail(l->c->reader, l->picked.project_id, l->picked.pipeline_id, l->detail.run.id,
			   &fresh, err))
		return false;
	detail_read_done(&l->detail);
	l->detail = fresh;
	l->detail_ms = when_monotonic_ms() + DETAIL_MS;
	return true;
}

/* The step's new state, after the run was read again. */
static void tell_fresh_state(struct stream *s)
{
	struct step_at at;

	if (run_step_by_id(&s->logs->detail.run, s->step_id, &at))
		tell_state(s, at.step);
	else /* a retry replaced it */
		follow_step(s->follow, STATE_STOPPED, WHEN_NONE, WHEN_NONE);
}

/* Reads the run again when its time has come. */
static bool keep_up(struct logs *l, struct err *err)
{
	size_t i;

	if (when_monotonic_ms() < l->detail_ms)
		return true;
	if (!refresh(l, err))
		return false;
	for (i = 0; i < l->n_streams; i++)
		tell_fresh_state(l->streams[i]);
	return true;
}

/* DENIED and BROKEN are failures; EXPIRED and EMPTY are facts, told. */
static bool end_of(struct stream *s, struct err *err)
{
	enum follow_phase phase = follow_phase(s->follow);
	struct err newest;
	int64_t next_ms;

	if (phase == FOLLOW_EXPIRED || (phase == FOLLOW_EMPTY && s->to_the_end))
		sink_event(s->logs->sink, s->voice, phase == FOLLOW_EXPIRED ? "expired" : "empty",
			   follow_phase_text(phase));
	if (phase != FOLLOW_DENIED && phase != FOLLOW_BROKEN)
		return true;
	newest = follow_err(s->follow, &next_ms);
	if (newest.kind == ERR_NONE)
		err_set(&newest, phase == FOLLOW_DENIED ? ERR_AUTH : ERR_PARSE, 0, "%s",
			follow_phase_text(phase));
	*err = newest;
	return false;
}

static void stream_free(struct stream *s)
{
	follow_free(s->follow);
	sink_end(s->logs->sink, s->voice);
	mem_free(s->step_id);
	mem_free(s);
}

static bool stream_open(struct logs *l, const struct step_at *at, struct err *err)
{
	struct stream *s = mem_zalloc(sizeof(*s));

	s->logs = l;
	s->step_id = mem_strdup(at->step->id);
	s->tail = l->c->options->want.tail;
	s->to_the_end = l->c->options->want.follow;
	s->voice = sink_begin(l->sink, at);
	l->done = mem_grow(l->done, l->n_done, sizeof(*l->done));
	l->done[l->n_done++] = mem_strdup(at->step->id);
	l->told = NULL;
	l->streams[l->n_streams++] = s;
	if (!start(s, at, err))
		return false;
	tell_state(s, at->step);
	return true;
}

/* Those that are over go; false when one has failed. */
static bool close_those_over(struct logs *l, struct err *err)
{
	size_t i = 0;
	bool ok = true;

	while (ok && i < l->n_streams) {
		struct stream *s = l->streams[i];

		if (!is_over(follow_phase(s->follow))) {
			ok = !gave_up(s, err);
			i++;
			continue;
		}
		drain(s);
		ok = end_of(s, err);
		stream_free(s);
		memmove(&l->streams[i], &l->streams[i + 1], (--l->n_streams - i) * sizeof(l->streams[0]));
	}
	return ok;
}

/* How long to wait for news: not at all where a step is over meanwhile. */
static int64_t patience_ms(const struct logs *l)
{
	int64_t ms = l->c->options->want.follow ? 500 : DETAIL_MS;
	size_t i;

	for (i = 0; i < l->n_streams; i++) {
		if (is_over(follow_phase(l->streams[i]->follow)))
			return 0;
		if (l->streams[i]->failing_ms)
			ms = 500;
	}
	return l->n_streams ? ms : 0;
}

/* One pass for all that are open: what they wait for, the run's new state, their ends. */
static bool attend(struct logs *l, struct err *err)
{
	if (!close_those_over(l, err) ||
	    (l->c->options->want.follow && l->n_streams && !keep_up(l, err)))
		return false;
	reader_wait(l->c->reader, patience_ms(l));
	return true;
}

/* One step alone, to its end. */
static bool show_step(struct logs *l, const struct step_at *at, struct err *err)
{
	if (!stream_open(l, at, err))
		return false;
	while (l->n_streams && !l->c->out.error)
		if (!attend(l, err))
			return false;
	return true;
}

/* ---- which steps ---- */

static bool was_shown(const struct logs *l, const char *step_id)
{
	size_t i;

	for (i = 0; i < l->n_done; i++)
		if (text_same(l->done[i], step_id))
			return true;
	return false;
}

static bool no_such_step(struct logs *l, struct err *err)
{
	struct stepset_want any = l->want;
	struct step_at *steps = NULL;
	size_t n;

	any.failed = false;
	n = l->want.failed ? stepset(&l->detail.run, &any, &steps) : 0;
	mem_free(steps);
	if (n)
		return err_set(err, ERR_INPUT, 0, _("no step of run %lld of %.80s failed"),
			       (long long)l->detail.run.number, picked_name(&l->picked));
	stepset_list(&l->detail.run, &l->c->hints);
	return err_set(err, ERR_INPUT, 0,
		       l->c->hints.len ? _("run %lld of %.80s has no such step; it has")
				       : _("run %lld of %.80s has no step with a log"),
		       (long long)l->detail.run.number, picked_name(&l->picked));
}

/*
 * The first chosen step that has begun and was not shown, one that is over before any that
 * runs; false when there is none.
 */
static bool next_step(struct logs *l, struct step_at *next)
{
	struct step_at *steps;
	size_t n = stepset(&l->detail.run, &l->want, &steps), i;
	bool found = false, over = false;

	for (i = 0; i < n && !over; i++) {
		if (!stepset_begun(steps[i].step) || was_shown(l, steps[i].step->id))
			continue;
		over = state_terminal(steps[i].step->state) || !l->c->options->want.follow;
		if (over || !found)
			*next = steps[i];
		found = true;
	}
	mem_free(steps);
	return found;
}

/* ---- without -f ---- */

static bool show_all(struct logs *l, struct err *err)
{
	struct step_at next;

	while (!l->c->out.error && next_step(l, &next))
		if (!show_step(l, &next, err))
			return false;
	if (l->n_done == 0 && !l->c->out.error)
		say(_("nothing has been written: no step of run %lld of %s has begun"),
		    (long long)l->detail.run.number, picked_name(&l->picked));
	return true;
}

/* ---- with -f ---- */

/* Are all chosen steps over? Only asked with --step: else the run's end counts. */
static bool chosen_over(struct logs *l, enum exit_status *status)
{
	struct step_at *steps;
	size_t n = stepset(&l->detail.run, &l->want, &steps), i;
	bool over = n > 0, failed = false, stopped = false;

	for (i = 0; i < n; i++) {
		over = over && state_terminal(steps[i].step->state);
		failed = failed || steps[i].step->state == STATE_FAILED;
		stopped = stopped || steps[i].step->state == STATE_STOPPED;
	}
	mem_free(steps);
	*status = failed ? EXIT_RUN_FAILED : stopped ? EXIT_STOPPED : EXIT_OK;
	return over;
}

/* Over, or nothing goes on until somebody decides. */
static bool finished(struct logs *l, enum exit_status *status)
{
	const struct run *run = &l->detail.run;
	struct step_at gate;

	if (l->want.step && chosen_over(l, status))
		return true;
	if (state_terminal(run->state)) {
		*status = command_outcome(run);
		return true;
	}
	if (!command_waits(run))
		return false;
	*status = EXIT_WAITS;
	if (run_gate_step(run, &gate))
		say(_("run %lld of %s waits for a person: %s / %s"), (long long)run->number,
		    picked_name(&l->picked), text_or_empty(gate.stage->name),
		    text_empty(gate.step->name) ? text_or_empty(gate.step->task) : gate.step->name);
	else
		say(_("run %lld of %s waits for a person"), (long long)run->number,
		    picked_name(&l->picked));
	return true;
}

static void tell_waiting(struct logs *l)
{
	const char *text = l->detail.run.state == STATE_QUEUED ? _("the run is queued")
							       : _("waiting for the next step to begin");

	if (l->told && strcmp(l->told, text) == 0)
		return;
	l->told = text;
	say("%s", text);
}

/* What has begun joins those that are followed; what is over comes alone, if nothing runs. */
static bool take_begun(struct logs *l, struct err *err)
{
	struct step_at next;

	while (l->n_streams < STREAMS_MAX && !l->c->out.error && next_step(l, &next)) {
		bool alone = l->n_streams == 0 && state_terminal(next.step->state);

		if (!(alone ? show_step(l, &next, err) && refresh(l, err) : stream_open(l, &next, err)))
			return false;
	}
	return true;
}

static bool follow_run(struct logs *l, enum exit_status *status, struct err *err)
{
	while (!l->c->out.error) {
		if (!take_begun(l, err))
			return false;
		if (l->n_streams == 0) {
			if (finished(l, status))
				return true;
			tell_waiting(l);
			reader_wait(l->c->reader, DETAIL_MS);
			if (!refresh(l, err))
				return false;
			continue;
		}
		if (!attend(l, err))
			return false;
		if (l->n_streams == 0 && !l->c->out.error && !refresh(l, err))
			return false;
	}
	return true;
}

/* ---- the command ---- */

static bool check(const struct want *want, struct err *err)
{
	if (want->raw && (want->clean || want->colour == COLOUR_ALWAYS))
		return err_set(err, ERR_INPUT, 0, _("--raw is the bytes as they are: leave --clean and --color out"));
	if (want->json != JSON_NONE && (want->raw || want->clean || want->colour == COLOUR_ALWAYS))
		return err_set(err, ERR_INPUT, 0, _("--json has a form of its own: leave --raw, --clean and --color out"));
	return true;
}

static bool open_run(struct logs *l, struct err *err)
{
	const struct options *o = l->c->options;
	struct step_at *steps;
	size_t n;

	if (!pick(l->c, o->args[1], o->n_args > 2 ? o->args[2] : NULL, &l->picked, err) ||
	    !reader_detail(l->c->reader, l->picked.project_id, l->picked.pipeline_id, l->picked.run_id,
			   &l->detail, err))
		return false;
	l->detail_ms = when_monotonic_ms() + DETAIL_MS;
	l->want = (struct stepset_want){.stage = o->want.stage, .job = o->want.job, .step = o->want.step,
					.failed = o->want.failed || l->picked.failed};
	n = stepset(&l->detail.run, &l->want, &steps);
	mem_free(steps);
	l->headers = n != 1 && !o->want.quiet;
	return n || (l->want.failed && o->want.follow) || no_such_step(l, err);
}

static int run_logs(struct logs *l, struct err *err)
{
	enum exit_status status = EXIT_OK;
	bool ok;

	if (!check(&l->c->options->want, err) || !open_run(l, err))
		return COMMAND_FAILED;
	l->sink = sink_new(l->c, l->headers);
	ok = l->c->options->want.follow ? follow_run(l, &status, err) : show_all(l, err);
	while (l->n_streams)
		stream_free(l->streams[--l->n_streams]);
	sink_free(l->sink);
	return ok ? (int)status : COMMAND_FAILED;
}

int command_logs(struct command *c, struct err *err)
{
	struct logs l = {.c = c};
	int status;
	size_t i;

	buf_init(&l.spool_dir, BUF_MAX);
	options_spool_dir(c->options, &l.spool_dir);
	status = run_logs(&l, err);
	for (i = 0; i < l.n_done; i++)
		mem_free(l.done[i]);
	mem_free(l.done);
	detail_read_done(&l.detail);
	picked_done(&l.picked);
	buf_done(&l.spool_dir);
	return status;
}
