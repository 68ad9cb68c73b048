/* SPDX-License-Identifier: MIT */
/*
 * One step's log, from pages to text.
 *
 * At any time there is one question out, or one timer set, or nothing left to ask: go()
 * is the one place that decides, and it is called after every event. Older pages, which
 * somebody waits for, go before newer ones. A cursor moves only with text that the log
 * has taken: when the spool refuses a page, the cursor is put back and the page asked
 * for again, so that a full disk delays lines and loses none.
 *
 * The end is the server's word twice: the run's detail says that the step is over, and a
 * page asked for after that says that there is no more (or two say nothing new).
 */
#include "app/follow.h"

#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define LOG_LEAVES 0.12 /* of the burst: a log that writes all the time must not starve the lists */
#define PAGE_LINES 5000
#define TAIL_LINES 200
#define WAIT_LEAST_MS 500
#define WAIT_MOST_MS 4000
#define IDLE_ENOUGH 2	  /* answers after the end without anything new */
#define GONE_ENOUGH 2	  /* 404s in a row, for a step that is over */
#define OLDER_TRIES 3	  /* answers without an older line */
#define GOOD_TO_GROW 8	  /* pages in a row, before a limit that was halved is doubled */

enum asking { ASK_NOTHING, ASK_TAIL, ASK_OLDER, ASK_FORWARD };

struct follow {
	struct follow_options options;
	struct api_log_ref ref; /* copies */
	struct log *log;
	struct cursor forward, back;
	ev_timer timer;
	unsigned short seed[3];

	enum asking asking; /* in flight */
	uint64_t request;
	bool asked_after_end;
	bool ahead; /* the next page was asked for before this one is in the log */

	int limit_max;		/* lines in a page that nothing has to make smaller */
	int limit, asked_limit; /* at most now; in the question that is out */
	int good;	       /* pages in a row */
	bool placed;	       /* the forward cursor stands */
	bool want_older;
	bool any;	       /* text has come */
	bool catching_up;      /* has_more and progress: no waiting */
	int64_t due_ms;	       /* of the next forward question, when not catching up */
	int64_t news_ms;       /* monotonic, of the newest text */
	int64_t took_ms, fresh_ms;

	bool again;	       /* the step began anew: its offsets may have, too */
	bool replaced;	       /* a newer attempt has its place */
	bool told;	       /* follow_step() was called: what follows is known */
	enum state state;
	int64_t start_ms, end_ms;
	unsigned idle_after_end, gone;
	bool ended;
	enum follow_phase stop; /* EXPIRED, DENIED or BROKEN; else 0 */
	bool hidden, freeing;

	struct backoff backoff;
	struct err err;
};

static void go(struct follow *f);
static bool ask_ahead(struct follow *f);

/* ---- rules ---- */

int64_t follow_wait_ms(int64_t silence_ms, int64_t took_ms, double random)
{
	int64_t wait_ms = silence_ms / 4;

	if (wait_ms > WAIT_MOST_MS)
		wait_ms = WAIT_MOST_MS;
	if (wait_ms < 4 * took_ms)
		wait_ms = 4 * took_ms;
	wait_ms = (int64_t)((double)wait_ms * (0.9 + 0.2 * random));
	return wait_ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : wait_ms;
}

static bool not_begun(const struct follow *f)
{
	return f->told && (f->state == STATE_QUEUED || f->state == STATE_PENDING);
}

static bool over(const struct follow *f)
{
	return f->told && (f->replaced || state_terminal(f->state));
}

static bool waits_for_older(const struct follow *f)
{
	return f->want_older && f->placed && !f->back.done;
}

/* What to ask next; nothing when all is said, or nobody looks, or nothing can have been written. */
static enum asking next_question(const struct follow *f)
{
	if (f->stop || f->hidden)
		return ASK_NOTHING;
	if (waits_for_older(f))
		return ASK_OLDER;
	if (f->ended || (not_begun(f) && !f->any))
		return ASK_NOTHING;
	return f->placed ? ASK_FORWARD : ASK_TAIL;
}

static enum budget_kind paid_from(const struct follow *f, enum asking what)
{
	if (f->backoff.failures && !f->backoff.successes)
		return BUDGET_RETRY;
	return what != ASK_FORWARD || f->catching_up || !f->fresh_ms ? BUDGET_PAGE : BUDGET_POLL;
}

/* When that question may be asked, as far as waiting and backing off go. */
static int64_t ready_ms(const struct follow *f, enum asking what, int64_t now_ms)
{
	int64_t at = f->backoff.next_ms;

	if (what == ASK_FORWARD && !f->catching_up && f->due_ms > at)
		at = f->due_ms;
	return at > now_ms ? at : now_ms;
}

enum follow_phase follow_phase(const struct follow *f)
{
	if (f->stop)
		return f->stop;
	if (f->ended)
		return f->any ? FOLLOW_ENDED : FOLLOW_EMPTY;
	if (f->any)
		return FOLLOW_LIVE;
	if (not_begun(f))
		return FOLLOW_QUEUED;
	return f->fresh_ms ? FOLLOW_NO_OUTPUT : FOLLOW_STARTING;
}

const char *follow_phase_text(enum follow_phase phase)
{
	static const char *const texts[] = {
		[FOLLOW_QUEUED] = N_("queued: the step has not started"),
		[FOLLOW_STARTING] = N_("reading the log"),
		[FOLLOW_NO_OUTPUT] = N_("no output yet"),
		[FOLLOW_LIVE] = N_("following"),
		[FOLLOW_ENDED] = N_("the log is complete"),
		[FOLLOW_EMPTY] = N_("the step wrote nothing"),
		[FOLLOW_EXPIRED] = N_("the log has expired: the server no longer has it"),
		[FOLLOW_DENIED] = N_("not permitted to read this log"),
		[FOLLOW_BROKEN] = N_("the log cannot be followed"),
	};

	return _(texts[phase]);
}

/* ---- what an answer does ---- */

static void tell(struct follow *f)
{
	if (f->options.changed)
		f->options.changed(f->options.self, f);
}

static void end_mark(struct follow *f)
{
	char took[32];
	struct buf text;

	if (!state_terminal(f->state)) { /* replaced, and nobody saw how it ended */
		log_mark(f->log, LOG_MARK_END, _("step was retried"));
		return;
	}
	buf_init(&text, BUF_MAX);
	buf_addf(&text, _("step %s"), _(state_word(f->state)));
	if (f->start_ms != WHEN_NONE && f->end_ms >= f->start_ms) {
		when_duration(f->end_ms - f->start_ms, took, sizeof(took));
		buf_addf(&text, ", %s", took);
	}
	log_mark(f->log, LOG_MARK_END, text.data);
	buf_done(&text);
}

static void stop(struct follow *f, enum follow_phase phase, const struct err *err)
{
	f->stop = phase;
	f->want_older = false;
	if (err)
		f->err = *err;
}

/* The lines of text, last one first. */
static void turn_round(const char *text, size_t len, struct buf *out)
{
	const char *end = text + len, *nl;

	for (; (nl = memrchr(text, '\n', (size_t)(end - text))); end = nl) {
		buf_add(out, nl + 1, (size_t)(end - nl - 1));
		buf_addc(out, '\n');
	}
	buf_add(out, text, (size_t)(end - text));
}

/* Gives the new lines to the log, oldest first; `after`: the cursor that goes on behind them. */
static bool take_lines(struct follow *f, const struct cursor_page *page,
		       const struct cursor_verdict *v, struct cursor *after, struct err *err)
{
	const char *text = v->lines ? page->log + v->from : NULL;
	size_t len = v->to - v->from;
	struct buf turned;
	bool ok = true;

	buf_init(&turned, BUF_MAX);
	if (text && v->reversed) {
		turn_round(text, len, &turned);
		text = turned.data;
		len = turned.len;
	}
	if (text && f->asking == ASK_OLDER)
		ok = log_prepend(f->log, text, len, err);
	else if (text)
		ok = log_append(f->log, text, len, err);
	if (ok && after)
		cursor_init_after(after, &f->back, text, len);
	if (ok && text)
		f->any = true;
	buf_done(&turned);
	return ok;
}

static void tell_note(struct follow *f, enum cursor_note note)
{
	struct err err = {0};

	if (note == CURSOR_RESTARTED && f->asking == ASK_FORWARD)
		log_mark(f->log, LOG_MARK_RESTARTED, _("log restarted by the server"));
	else if (note == CURSOR_STUCK)
		log_mark(f->log, LOG_MARK_NOTE, _("the server sends the same page again and again"));
	if (note != CURSOR_BAD_TOKEN)
		return;
	err_set(&err, ERR_PARSE, 0, _("the server's offset makes no sense: the rest cannot be read"));
	log_mark(f->log, LOG_MARK_NOTE, err.text);
	stop(f, FOLLOW_BROKEN, &err);
}

static void take_back(struct follow *f, const struct cursor_verdict *v)
{
	f->want_older = f->asking == ASK_OLDER ? !v->progress && !f->back.done : f->want_older;
	if (!v->progress && f->back.idle >= OLDER_TRIES)
		f->back.done = true;
	if (f->back.done) {
		f->want_older = false;
		log_set_head(f->log, true);
	}
}

static void see_the_end(struct follow *f, bool has_more, const struct cursor_verdict *v)
{
	if (!f->asked_after_end || !over(f))
		return;
	if (v->progress || f->forward.idle == 0) /* 0: the cursor asks in another way now */
		f->idle_after_end = 0;
	else
		f->idle_after_end++;
	if ((has_more && f->idle_after_end < IDLE_ENOUGH) || v->again)
		return;
	f->ended = true;
	end_mark(f);
}

/* After the end nothing is waited for: the answers without anything new are counted. */
static void wait_for_news(struct follow *f, int64_t now_ms)
{
	f->due_ms = now_ms;
	if (!f->asked_after_end)
		f->due_ms += follow_wait_ms(now_ms - f->news_ms, f->took_ms, erand48(f->seed));
}

/*
 * Above line 1 some servers give the question back with an empty text and "more". That
 * would read as one empty line; no page of ours is asked to hold only one.
 */
static bool echo_above_line_one(const struct follow *f, const struct cursor_page *page)
{
	struct cursor_ask question = cursor_ask(&f->back);

	return f->asking == ASK_OLDER && f->asked_limit > 1 && page->has_more && !page->len &&
	       text_same(page->start, question.start) && text_same(page->end, question.end);
}

static bool take_page(struct follow *f, const struct cursor_page *answered, int64_t now_ms,
		      struct err *err)
{
	struct cursor *c = f->asking == ASK_FORWARD ? &f->forward : &f->back, before = *c;
	enum asking answers = f->asking;
	struct cursor_page page = *answered;
	struct cursor_verdict v;

	if (echo_above_line_one(f, &page))
		page.log = NULL;
	v = cursor_take(c, &page);
	if (v.note == CURSOR_RESTARTED)
		tell_note(f, v.note); /* the mark comes before the new text */
	f->ahead = v.again && ask_ahead(f);
	if (!take_lines(f, &page, &v, answers == ASK_TAIL ? &f->forward : NULL, err)) {
		if (f->ahead)
			session_cancel(f->options.session, f->request);
		f->ahead = false;
		*c = before;
		return false;
	}
	if (v.note != CURSOR_RESTARTED)
		tell_note(f, v.note);
	if (v.lines && answers != ASK_OLDER)
		f->news_ms = now_ms;
	if (answers == ASK_FORWARD) {
		f->catching_up = v.again;
		wait_for_news(f, now_ms);
		see_the_end(f, page.has_more, &v);
	} else {
		f->placed = true;
		take_back(f, &v);
	}
	return true;
}

static void failed(struct follow *f, const struct api_answer *answer, const struct err *err)
{
	f->err = *err;
	if (err->kind == ERR_RATE && f->options.budget)
		budget_throttled(f->options.budget, answer->now_ms);
	backoff_failed(&f->backoff, err, f->options.on_screen, answer->retry_after_ms,
		       answer->now_ms, erand48(f->seed));
}

/* The page is over its cap: fewer lines, down to one; then there is no way past it (N16). */
static void too_large(struct follow *f, const struct api_answer *answer)
{
	struct err err = {0};

	f->good = 0;
	if (f->asked_limit > 1) {
		f->limit = f->asked_limit / 2;
		f->due_ms = answer->now_ms;
		return;
	}
	err_set(&err, ERR_REMOTE, 0, _("a line of the log is too large to be delivered"));
	log_mark(f->log, LOG_MARK_GAP, err.text);
	stop(f, FOLLOW_BROKEN, &err);
}

/* 404: not there yet, or not any more; the step's state tells which (L10). */
static void gone(struct follow *f, const struct api_answer *answer)
{
	if (over(f) && ++f->gone >= GONE_ENOUGH) {
		stop(f, FOLLOW_EXPIRED, NULL);
		return;
	}
	if (!f->told || f->any) {
		failed(f, answer, &answer->err);
		return;
	}
	f->fresh_ms = answer->now_ms;
	f->catching_up = false;
	wait_for_news(f, answer->now_ms);
}

/*
 * A step that began anew under its id may have a new log, in which the offsets of the old
 * one mean nothing. Some servers send it from its beginning, others refuse the question.
 */
static bool refused_since_restart(const struct follow *f, const struct api_answer *answer)
{
	return f->again && f->asking == ASK_FORWARD && answer->err.kind == ERR_REMOTE &&
	       answer->status < 500;
}

static void read_anew(struct follow *f, const struct api_answer *answer)
{
	f->again = false;
	tell_note(f, CURSOR_RESTARTED);
	cursor_init(&f->forward, CURSOR_ASC);
	f->due_ms = answer->now_ms;
}

static void take_error(struct follow *f, const struct api_answer *answer)
{
	if (refused_since_restart(f, answer))
		read_anew(f, answer);
	else if (answer->too_large)
		too_large(f, answer);
	else if (answer->err.kind == ERR_GONE)
		gone(f, answer);
	else if (answer->err.kind == ERR_AUTH)
		stop(f, FOLLOW_DENIED, &answer->err);
	else
		failed(f, answer, &answer->err);
}

static void take_success(struct follow *f, const struct api_log *answer)
{
	struct err err = {0};

	f->gone = 0;
	f->took_ms = answer->answer.took_ms;
	if (!take_page(f, &answer->page, answer->answer.now_ms, &err)) {
		failed(f, &answer->answer, &err);
		return;
	}
	f->fresh_ms = answer->answer.now_ms;
	if (!f->stop)
		f->err = (struct err){0};
	backoff_succeeded(&f->backoff, answer->answer.now_ms);
	if (f->options.budget)
		budget_success(f->options.budget, answer->answer.now_ms);
	if (++f->good >= GOOD_TO_GROW && f->limit < f->limit_max && f->asking != ASK_TAIL) {
		f->good = 0;
		f->limit = f->limit < f->limit_max / 2 ? 2 * f->limit : f->limit_max;
	}
}

static void on_page(void *self, struct api_log *answer)
{
	struct follow *f = self;

	if (f->freeing)
		return;
	if (answer->answer.err.kind == ERR_CANCELLED) {
		f->asking = ASK_NOTHING; /* the session is leaving */
		return;
	}
	if (answer->answer.err.kind)
		take_error(f, &answer->answer);
	else
		take_success(f, answer);
	if (!f->ahead)
		f->asking = ASK_NOTHING;
	f->ahead = false;
	tell(f);
	go(f);
}

/* ---- asking ---- */

static void wake_at(struct follow *f, int64_t at_ms, int64_t now_ms)
{
	ev_timer_stop(f->options.loop, &f->timer);
	ev_now_update(f->options.loop);
	ev_timer_set(&f->timer, (double)(at_ms - now_ms) / 1000.0, 0.);
	ev_timer_start(f->options.loop, &f->timer);
}

static void ask(struct follow *f, enum asking what)
{
	struct cursor_ask question = cursor_ask(what == ASK_FORWARD ? &f->forward : &f->back);
	int tail = f->options.page_lines > 0 ? f->options.page_lines : TAIL_LINES;

	f->asking = what;
	f->asked_after_end = over(f);
	f->asked_limit = what == ASK_TAIL && tail < f->limit ? tail : f->limit;
	f->request = api_step_log(f->options.session, &f->ref, &question, f->asked_limit, on_page,
				  f);
}

static void go(struct follow *f)
{
	enum asking what = next_question(f);
	int64_t now_ms = when_monotonic_ms(), at_ms;
	enum budget_kind kind;

	if (f->asking != ASK_NOTHING)
		return;
	ev_timer_stop(f->options.loop, &f->timer);
	if (what == ASK_NOTHING)
		return;
	at_ms = ready_ms(f, what, now_ms);
	kind = paid_from(f, what);
	if (at_ms <= now_ms && f->options.budget)
		at_ms = budget_spare_ms(f->options.budget, kind, LOG_LEAVES, now_ms);
	if (at_ms > now_ms) {
		wake_at(f, at_ms, now_ms);
		return;
	}
	if (f->options.budget)
		budget_pay(f->options.budget, kind, now_ms);
	ask(f, what);
}

/*
 * Where a page says that there is more, the next is asked for before this one is written
 * and shown, so that the server works while we do. Not while anything is amiss: go()
 * knows what to do then.
 */
static bool ask_ahead(struct follow *f)
{
	int64_t now_ms = when_monotonic_ms();
	bool free = !f->options.budget ||
		    budget_ready_ms(f->options.budget, BUDGET_PAGE, now_ms) <= now_ms;

	if (f->asking != ASK_FORWARD || next_question(f) != ASK_FORWARD || f->backoff.failures || !free)
		return false;
	if (f->options.budget)
		budget_pay(f->options.budget, BUDGET_PAGE, now_ms);
	ask(f, ASK_FORWARD);
	return f->asking == ASK_FORWARD; /* else refused on the spot, and answered */
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	go(timer->data);
}

/* ---- the face ---- */

struct follow *follow_new(const struct follow_options *options, struct err *err)
{
	int64_t now_ms = when_monotonic_ms();
	struct log *log = log_new(options->spool_dir,
				  options->spool_max ? options->spool_max : LOG_SPOOL_MAX, err);
	struct follow *f;

	if (!log)
		return NULL;
	f = mem_zalloc(sizeof(*f));
	f->options = *options;
	f->log = log;
	f->ref = (struct api_log_ref){
		mem_strdup(options->ref.project_id), mem_strdup(options->ref.pipeline_id),
		mem_strdup(options->ref.run_id), mem_strdup(options->ref.job_id),
		mem_strdup(options->ref.step_id),
	};
	f->limit_max = options->page_lines > 0 && options->from == FOLLOW_START ? options->page_lines
										 : PAGE_LINES;
	f->limit = f->limit_max;
	cursor_init(&f->forward, CURSOR_ASC);
	cursor_init(&f->back, CURSOR_DESC);
	f->placed = f->back.done = options->from == FOLLOW_START;
	if (f->placed)
		log_set_head(log, true);
	f->news_ms = f->due_ms = now_ms;
	memcpy(f->seed, &now_ms, sizeof(f->seed));
	f->seed[2] ^= (unsigned short)((uintptr_t)f >> 6);
	ev_init(&f->timer, on_timer);
	f->timer.data = f;
	wake_at(f, now_ms, now_ms); /* follow_step() may say before that whether it is over */
	return f;
}

void follow_free(struct follow *f)
{
	if (!f)
		return;
	f->freeing = true;
	if (f->asking != ASK_NOTHING)
		session_cancel(f->options.session, f->request);
	ev_timer_stop(f->options.loop, &f->timer);
	log_free(f->log);
	mem_free((char *)(uintptr_t)f->ref.project_id);
	mem_free((char *)(uintptr_t)f->ref.pipeline_id);
	mem_free((char *)(uintptr_t)f->ref.run_id);
	mem_free((char *)(uintptr_t)f->ref.job_id);
	mem_free((char *)(uintptr_t)f->ref.step_id);
	mem_free(f);
}

struct log *follow_log(struct follow *f)
{
	return f->log;
}

void follow_replaced(struct follow *f)
{
	f->replaced = true;
}

/* A retry of the same step: what was said of its end is no longer true. */
static void start_again(struct follow *f)
{
	f->ended = false;
	f->again = true;
	f->gone = 0;
	f->stop = f->stop == FOLLOW_EXPIRED ? 0 : f->stop;
}

void follow_step(struct follow *f, enum state state, int64_t start_ms, int64_t end_ms)
{
	bool was_over = over(f), first = !f->told;
	bool moved = f->start_ms != WHEN_NONE && start_ms > f->start_ms, later = was_over && moved;

	if (start_ms != WHEN_NONE)
		f->start_ms = start_ms;
	f->end_ms = end_ms;
	f->again |= moved;
	if (!first && f->state == state && !later)
		return;
	f->told = true;
	f->state = state;
	f->idle_after_end = 0;
	if (was_over && (later || !over(f)))
		start_again(f);
	if (!first || over(f))
		f->due_ms = when_monotonic_ms();
	tell(f);
	if (!first || f->fresh_ms)
		go(f);
}

const char *follow_step_id(const struct follow *f)
{
	return f->ref.step_id;
}

void follow_page_up(struct follow *f)
{
	if (f->back.done || f->want_older || f->stop)
		return;
	f->want_older = true;
	if (f->placed)
		go(f);
}

bool follow_paging(const struct follow *f)
{
	return f->want_older || f->asking == ASK_OLDER;
}

void follow_hidden(struct follow *f, bool hidden)
{
	if (f->hidden == hidden)
		return;
	f->hidden = hidden;
	f->due_ms = when_monotonic_ms();
	go(f);
}

void follow_now(struct follow *f)
{
	int64_t now_ms = when_monotonic_ms();

	if (!backoff_probe(&f->backoff, now_ms))
		return;
	if (f->stop == FOLLOW_DENIED)
		f->stop = 0;
	f->due_ms = now_ms;
	go(f);
}

bool follow_in_flight(const struct follow *f)
{
	return f->asking != ASK_NOTHING;
}

struct err follow_err(const struct follow *f, int64_t *next_ms)
{
	*next_ms = f->err.kind && !f->stop && f->asking == ASK_NOTHING ? f->backoff.next_ms : 0;
	return f->err;
}

int64_t follow_fresh_ms(const struct follow *f)
{
	return f->fresh_ms;
}
