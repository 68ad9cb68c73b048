/* SPDX-License-Identifier: MIT */
/*
 * The dashboard's loop: everything that happens moves a version number, and just before
 * the loop sleeps (ev_prepare) one pass looks at what moved: it tells the feed what is
 * on screen, opens the log that the selection wants, and draws one frame if the
 * terminal has taken the last one.
 *
 * No callback draws, and none waits. Signals end the loop; the terminal is given back
 * first, everything else after.
 */
#include "app/tui.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "app/guide.h"
#include "say.h"
#include "tuistate.h"

#define FRAME_MS 33	 /* between frames that nobody pressed a key for */
#define RESIZE_MS 17	 /* at most 60 layouts a second */
#define SETTLE_MS 150	 /* a selection that rests this long opens its log */
#define SLICE_US 3000	 /* of searching between looks at the keyboard */
#define AWAY_MS 2000	 /* a sleep of the machine longer than this drops connections */
#define STALL_MS 5000	 /* a frame that the terminal does not take for so long: nobody looks */

/* ---- time ---- */

static int64_t loop_ms(void)
{
	return when_monotonic_ms();
}

struct ui_now tui_now(const struct tui *t)
{
	int64_t now = loop_ms(), wall = when_wall_ms();
	int64_t server = t->session ? session_server_ms(t->session, now) : WHEN_NONE;
	enum badge badge = t->status.badge;

	return (struct ui_now){
		.now_ms = now,
		.wall_ms = wall,
		.server_ms = server == WHEN_NONE ? wall : server,
		.stale = badge == BADGE_STALE || badge == BADGE_OFFLINE || badge == BADGE_AUTH,
	};
}

static void arm(struct ev_loop *loop, ev_timer *timer, int64_t ms)
{
	ev_timer_stop(loop, timer);
	ev_timer_set(timer, (double)(ms < 0 ? 0 : ms) / 1000.0, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, timer);
}

void tui_leave(struct tui *t, int status)
{
	t->exit_status = status;
	ev_break(t->loop, EVBREAK_ALL);
}

/* ---- what the header says ---- */

static void fault_text(const struct tui *t, int64_t now_ms, char *out, size_t size)
{
	const struct feed_status *s = &t->status;
	int64_t wait = s->next_ms ? s->next_ms - now_ms : 0;
	char clock[32], in[16];

	out[0] = '\0';
	if (s->err.kind == ERR_NONE)
		return;
	when_age(wait + 999, in, sizeof(in));
	if (s->badge == BADGE_OFFLINE && s->since_ms) {
		when_clock(s->since_ms, when_wall_ms(), clock, sizeof(clock));
		snprintf(out, size, _("offline since %s, retrying: %s"), clock, s->err.text);
	} else if (wait > 0 && s->badge == BADGE_THROTTLED) {
		snprintf(out, size, _("%d: next try in %s: %s"), s->err.code, in, s->err.text);
	} else if (wait > 0 && s->badge != BADGE_DENIED) {
		/* The countdown first: the sentence may be cut off at the window's edge. */
		snprintf(out, size, _("next try in %s: %s"), in, s->err.text);
	} else {
		snprintf(out, size, "%s", s->err.text);
	}
}

static bool is_found(void *self, const char *project_id, const char *pipeline_id)
{
	const struct tui *t = self;

	return feed_is_found(t->feed, project_id, pipeline_id);
}

/* What a search on the server has brought: for the list's title, and for the filter. */
static void put_found(struct tui *t, struct ui_status *s)
{
	struct feed_found found;
	uint64_t version;

	feed_found(t->feed, &found);
	if (found.active && !found.local)
		feed_found_text(&found, s->found, sizeof(s->found));
	version = found.active && !found.local ? found.version + 1 : 0;
	if (version == t->found_version)
		return;
	t->found_version = version;
	ui_set_found(t->ui, version ? is_found : NULL, t);
}

/* Signing in goes before everything else: without it nothing is asked. */
static bool put_sign_in(struct tui *t, int64_t now_ms, char *out, size_t size)
{
	struct auth *auth = session_auth(t->session);
	struct auth_info info;

	if (!auth)
		return false;
	auth_info(auth, &info);
	if (!identity_trouble(&info, now_ms, out, size))
		return false;
	t->status.badge = BADGE_AUTH;
	return true;
}

/* Told once: who lives with it does not want to read it each minute. */
static void tell_skew(struct tui *t)
{
	char text[128];
	int64_t skew_ms;

	if (t->skew_told || !session_skew_ms(t->session, &skew_ms))
		return;
	t->skew_told = true;
	if (identity_skew(t->options->endpoint, skew_ms, text, sizeof(text)))
		ui_message(t->ui, true, "%s", text);
}

static void put_status(struct tui *t, int64_t now_ms)
{
	struct ui_status s = {.age_ms = -1};
	bool signing;

	feed_status(t->feed, now_ms, &t->status);
	signing = put_sign_in(t, now_ms, s.fault, sizeof(s.fault));
	tell_skew(t);
	s.badge = badge_word(t->status.badge);
	s.cut_off = t->status.badge == BADGE_OFFLINE || t->status.badge == BADGE_AUTH;
	s.badge_bad = t->status.badge != BADGE_LIVE && t->status.badge != BADGE_START;
	if (t->status.fresh_ms)
		s.age_ms = now_ms - t->status.fresh_ms;
	s.used = t->status.used;
	s.allowed = t->status.allowed;
	s.listed = t->status.listed;
	s.total = t->status.total;
	s.loaded = t->status.loaded;
	if (!signing)
		fault_text(t, now_ms, s.fault, sizeof(s.fault));
	put_found(t, &s);
	ui_set_status(t->ui, &s);
}

/* "shop", "3 projects": what the rows come from. */
static void projects_of(const struct tui *t, size_t n, struct buf *out)
{
	struct store_project only;

	if (n == 1 && store_project(t->store, 0, &only))
		buf_adds(out, text_empty(only.name) ? only.id : only.name);
	else
		buf_addf(out, _("%zu projects"), n);
}

/* "cn-north-4" of the provider's host names, else the host. */
static void place_of(const struct tui *t, size_t n, struct buf *out)
{
	const char *host = session_host(t->session), *dot = strchr(host, '.'), *end;

	projects_of(t, n, out);
	if (t->options->demo) {
		buf_adds(out, "@demo");
		return;
	}
	end = dot ? strstr(dot, ".myhuaweicloud.com") : NULL;
	if (dot && end && end > dot)
		buf_addf(out, "@%.*s", (int)(end - dot - 1), dot + 1);
	else
		buf_addf(out, "@%s", host);
}

static void name_place(struct tui *t)
{
	struct store_project project;
	struct buf place;
	size_t n = 0;

	while (store_project(t->store, n, &project))
		n++;
	if (n == 0 || n == t->named_projects)
		return;
	t->named_projects = n;
	buf_init(&place, 4096);
	place_of(t, n, &place);
	ui_set_place(t->ui, place.data);
	buf_done(&place);
}

/* ---- the log on screen ---- */

static void put_log_status(struct tui *t, int64_t now_ms)
{
	struct follow *follow = logbook_shown(t->book);
	struct ui_log_status s = {0};
	struct step_at at;
	struct err err;
	int64_t next;
	char in[16];

	if (!follow)
		return;
	s.phase = follow_phase_text(follow_phase(follow));
	s.paging = follow_paging(follow);
	if (logbook_step(t->book, &at)) {
		s.running = !state_terminal(at.step->state);
		s.failed = at.step->state == STATE_FAILED;
	}
	err = follow_err(follow, &next);
	if (err.kind != ERR_NONE) {
		when_age(next - now_ms + 999, in, sizeof(in));
		snprintf(s.fault, sizeof(s.fault), next > now_ms ? _("next try in %s: %.150s") : "%s%.150s",
			 next > now_ms ? in : "", err.text);
	}
	ui_set_log_status(t->ui, &s);
	if (ui_wants_older(t->ui))
		follow_page_up(follow);
}

static void open_log(struct tui *t, const struct ref *wanted)
{
	struct err err = {0};
	struct follow *follow = logbook_show(t->book, wanted, &err);

	if (!follow && err.kind != ERR_NONE)
		ui_message(t->ui, true, "%s", err.text);
	ui_set_log(t->ui, follow ? follow_log(follow) : NULL, wanted);
}

/* Opens what the selection wants, once it rests: a cursor that runs past is not followed. */
static void watch_selection(struct tui *t, const struct ui_now *now)
{
	const struct ref *wanted = ui_wanted_log(t->ui, now), *shown = logbook_ref(t->book);
	bool same = wanted && shown ? ref_same(wanted, shown) : !wanted && !shown;

	if (same) {
		ev_timer_stop(t->loop, &t->settle);
		ref_done(&t->settling);
		return;
	}
	if (!wanted) {
		open_log(t, NULL);
		return;
	}
	if (!shown || ui_log_is_focused(t->ui)) {
		open_log(t, wanted);
		return;
	}
	if (ev_is_active(&t->settle) && ref_same(wanted, &t->settling))
		return;
	ref_copy(&t->settling, wanted);
	arm(t->loop, &t->settle, SETTLE_MS);
}

static void settled(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct tui *t = w->data;
	struct ui_now now = tui_now(t);
	const struct ref *wanted = ui_wanted_log(t->ui, &now);

	(void)loop, (void)revents;
	if (wanted && ref_same(wanted, &t->settling))
		open_log(t, wanted);
}

/* ---- the one pass before sleeping ---- */

static void look(struct tui *t, const struct ui_now *now)
{
	struct ui_look look;
	struct feed_view view = {0};

	ui_look(t->ui, &look, now);
	if (look.opened) {
		view.project_id = look.opened->id[REF_PROJECT];
		view.pipeline_id = look.opened->id[REF_PIPELINE];
		view.run_id = look.opened->id[REF_RUN];
	}
	view.visible_project = look.visible_project;
	view.visible_pipeline = look.visible_pipeline;
	view.n_visible = look.n_visible;
	view.marked_project = look.marked_project;
	view.marked_pipeline = look.marked_pipeline;
	view.n_marked = look.n_marked;
	view.groups = look.groups;
	feed_look(t->feed, &view);
}

static uint64_t log_version_shown(struct tui *t)
{
	struct follow *follow = t->book ? logbook_shown(t->book) : NULL;

	return follow ? log_version(follow_log(follow)) : 0;
}

static bool moved(struct tui *t)
{
	return t->due || t->drawn_ui != ui_version(t->ui) ||
	       t->drawn_store != store_version(t->store) || t->drawn_log != log_version_shown(t);
}

static void apply_resize(struct tui *t)
{
	int rows, cols;

	t->winch = false;
	t->due = true;
	term_repaint(t->term); /* also at the old size: the terminal has been another in between */
	if (!term_resized(t->term))
		return;
	term_size(t->term, &rows, &cols);
	grid_resize(t->grid, rows, cols);
	ui_resize(t->ui, rows, cols);
}

static void pump(struct tui *t)
{
	if (!term_pump(t->term)) {
		tui_leave(t, 128 + SIGHUP);
		return;
	}
	if (!term_pending(t->term))
		t->untaken_ms = 0;
	else if (!t->untaken_ms)
		t->untaken_ms = loop_ms();
	if (!term_pending(t->term) && t->whole)
		ui_shown(t->ui);
	if (term_pending(t->term) && !ev_is_active(&t->out))
		ev_io_start(t->loop, &t->out);
	else if (!term_pending(t->term) && ev_is_active(&t->out))
		ev_io_stop(t->loop, &t->out);
}

/* What goes to the terminal beside the frames (copies, notices) waits for nobody else. */
static void pump_asides(struct tui *t)
{
	if (term_pending(t->term) && !ev_is_active(&t->out) && !(t->chores && chores_foreground(t->chores)))
		pump(t);
}

static void draw(struct tui *t, const struct ui_now *now)
{
	struct err err = {0};

	ui_draw(t->ui, t->grid, now);
	t->drawn_ui = ui_version(t->ui);
	t->drawn_store = store_version(t->store);
	t->drawn_log = log_version_shown(t);
	t->due = t->pressed = false;
	t->frame_ms = now->now_ms;
	t->whole = term_show(t->term, t->grid, &err);
	if (!t->whole)
		ui_message(t->ui, true, "%s", err.text);
	pump(t);
}

/* A terminal that takes nothing (Ctrl-S, a dead link) shows nothing: ask little (T13). */
static void notice_stall(struct tui *t, int64_t now_ms)
{
	bool stalled = t->untaken_ms && now_ms - t->untaken_ms >= STALL_MS;
	struct follow *follow = logbook_shown(t->book);

	feed_slow(t->feed, stalled);
	if (follow)
		follow_hidden(follow, stalled);
}

static void tick_if_needed(struct tui *t, const struct ui_now *now)
{
	bool wanted = ui_ticks(t->ui, now);

	if (wanted && !ev_is_active(&t->tick))
		arm(t->loop, &t->tick, 1000 - now->server_ms % 1000);
	else if (!wanted && ev_is_active(&t->tick))
		ev_timer_stop(t->loop, &t->tick);
}

/* One frame, if anything moved and the terminal has taken the last one; or a date for it. */
static void show(struct tui *t, const struct ui_now *now)
{
	int64_t rest = now->now_ms - t->frame_ms;

	if ((!moved(t) && !t->winch) || chores_foreground(t->chores))
		return;
	if (!term_ready(t->term))
		return; /* drawn when the terminal has taken the last frame */
	if (t->winch || (!t->pressed && rest < FRAME_MS))
		arm(t->loop, &t->frame, (t->winch ? RESIZE_MS : FRAME_MS) - rest);
	else
		draw(t, now);
}

/* What the program itself has to do; it may move something, but no key waits for it. */
static void go_on(struct tui *t, const struct ui_now *now)
{
	look(t, now);
	notice_stall(t, now->now_ms);
	changes_update(t->changes, t->store, now->server_ms, now->wall_ms);
	hooks_update(t->hooks, t->changes, now->now_ms);
	if ((ui_work(t->ui, 0) || chores_work(t->chores, 0)) && !ev_is_active(&t->work))
		ev_idle_start(t->loop, &t->work);
	tick_if_needed(t, now);
}

static void before_sleep(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct tui *t = w->data;
	struct ui_now now = tui_now(t);

	(void)loop, (void)revents;
	pump_asides(t);
	if (t->winch && now.now_ms - t->frame_ms >= RESIZE_MS && !chores_foreground(t->chores))
		apply_resize(t);
	name_place(t);
	put_status(t, now.now_ms);
	logbook_update(t->book);
	watch_selection(t, &now);
	put_log_status(t, now.now_ms);
	tui_answer_requests(t);
	tui_put_phases(t);
	show(t, &now);
	go_on(t, &now);
	show(t, &now);
}

/* ---- events: they record, and the pass above acts ---- */

static void second_passed(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct tui *t = w->data;

	(void)loop, (void)revents;
	t->due = true;
}

static void nothing_more(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)w, (void)revents; /* waking up is all: the pass before sleep draws */
}

static void work(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct tui *t = w->data;
	bool more = ui_work(t->ui, SLICE_US);

	(void)revents;
	more |= chores_work(t->chores, SLICE_US);
	if (!more)
		ev_idle_stop(loop, w);
}

static void terminal_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop, (void)revents;
	pump(w->data);
}

void tui_lend_terminal(struct tui *t)
{
	ev_io_stop(t->loop, &t->keys);
	ev_io_stop(t->loop, &t->out);
	ev_timer_stop(t->loop, &t->escape);
	term_leave(t->term);
}

void tui_take_terminal(struct tui *t)
{
	term_return(t->term);
	ev_io_start(t->loop, &t->keys);
	t->winch = t->due = true;
	t->frame_ms = 0;
}

static void wake_after_absence(struct tui *t)
{
	if (!t->feed)
		return; /* the first start */
	http_drop_idle(t->http);
	feed_now(t->feed);
}

static void suspend(struct tui *t)
{
	term_suspend(t->term);
	t->winch = true;
	t->frame_ms = 0;
	t->due = true;
	wake_after_absence(t);
}

/* Also the operator's word that something was done about a refusal. */
static void refresh(struct tui *t)
{
	struct follow *follow = logbook_shown(t->book);

	auth_retry(session_auth(t->session));
	if (follow)
		follow_now(follow);
	ui_message(t->ui, false, "%s",
		   feed_now(t->feed) ? _("asking the server ...") : _("asked less than 2 s ago"));
}

static void do_command(struct tui *t, enum command command)
{
	switch (command) {
	case CMD_QUIT_NOW:
		if (tui_may_leave(t))
			tui_leave(t, EXIT_OK);
		break;
	case CMD_REPAINT:
		term_repaint(t->term);
		t->due = true;
		break;
	case CMD_SUSPEND:
		suspend(t);
		break;
	case CMD_REFRESH:
		refresh(t);
		break;
	default:
		break;
	}
}

static void read_keys(struct tui *t)
{
	struct key key;
	int wait_ms = -1;
	bool gone = false;

	ev_timer_stop(t->loop, &t->escape);
	while (term_key(t->term, loop_ms(), &key, &wait_ms, &gone)) {
		struct ui_now now = tui_now(t);

		t->pressed = true;
		do_command(t, ui_key(t->ui, &key, term_paste(t->term), &now));
		tui_answer_requests(t);
	}
	if (gone)
		tui_leave(t, 128 + SIGHUP);
	else if (wait_ms >= 0)
		arm(t->loop, &t->escape, wait_ms);
}

static void keys_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop, (void)revents;
	read_keys(w->data);
}

static void escape_waited(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)revents;
	read_keys(w->data);
}

static void signalled(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct tui *t = w->data;

	(void)loop, (void)revents;
	if (w->signum == SIGWINCH)
		t->winch = true;
	else if (w->signum == SIGCONT)
		t->due = true;
	else
		tui_leave(t, 128 + w->signum);
}

/* A sleep of the machine: boot time goes on, monotonic time does not (F11). */
static int64_t asleep_ms(void)
{
	struct timespec boot;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (int64_t)boot.tv_sec * 1000 + boot.tv_nsec / 1000000 - when_monotonic_ms();
}

static void notice_absence(struct ev_loop *loop, ev_check *w, int revents)
{
	struct tui *t = w->data;
	int64_t asleep = asleep_ms();

	(void)loop, (void)revents;
	if (asleep - t->away_ms > AWAY_MS)
		wake_after_absence(t);
	t->away_ms = asleep;
}

/* ---- set-up and leaving ---- */

static void start_watchers(struct tui *t, void (*pass)(struct ev_loop *, ev_prepare *, int))
{
	static const int signums[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT};
	size_t i;

	ev_io_init(&t->keys, keys_readable, term_in_fd(t->term), EV_READ);
	ev_io_init(&t->out, terminal_writable, term_out_fd(t->term), EV_WRITE);
	ev_prepare_init(&t->prepare, pass);
	ev_idle_init(&t->work, work);
	ev_timer_init(&t->tick, second_passed, 1., 0.);
	ev_timer_init(&t->frame, nothing_more, 0., 0.);
	ev_timer_init(&t->settle, settled, 0., 0.);
	ev_timer_init(&t->escape, escape_waited, 0., 0.);
	t->keys.data = t->out.data = t->prepare.data = t->work.data = t;
	t->tick.data = t->frame.data = t->settle.data = t->escape.data = t;
	for (i = 0; i < sizeof(signums) / sizeof(signums[0]); i++) {
		ev_signal_init(&t->signals[i], signalled, signums[i]);
		t->signals[i].data = t;
		ev_signal_start(t->loop, &t->signals[i]);
	}
	ev_io_start(t->loop, &t->keys);
	ev_prepare_start(t->loop, &t->prepare);
}

static void stop_watchers(struct tui *t)
{
	size_t i;

	ev_io_stop(t->loop, &t->keys);
	ev_io_stop(t->loop, &t->out);
	ev_prepare_stop(t->loop, &t->prepare);
	ev_idle_stop(t->loop, &t->work);
	ev_timer_stop(t->loop, &t->tick);
	ev_timer_stop(t->loop, &t->frame);
	ev_timer_stop(t->loop, &t->settle);
	ev_timer_stop(t->loop, &t->escape);
	for (i = 0; i < sizeof(t->signals) / sizeof(t->signals[0]); i++)
		ev_signal_stop(t->loop, &t->signals[i]);
}

static void run_loop(struct tui *t)
{
	ev_check check;
	struct ui_now now = tui_now(t);

	ev_check_init(&check, notice_absence);
	check.data = t;
	ev_check_start(t->loop, &check);
	t->away_ms = asleep_ms();
	start_watchers(t, before_sleep);
	draw(t, &now); /* before libcurl is initialised: the screen is there at once */
	feed_start(t->feed);
	ev_run(t->loop, 0);
	ev_check_stop(t->loop, &check);
	stop_watchers(t);
}

/* ---- the first start ---- */

/* No service, no lists: a page, and the keys to read it. */
static void before_sleep_alone(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct tui *t = w->data;
	struct ui_now now = tui_now(t);

	(void)loop, (void)revents;
	pump_asides(t);
	if (t->winch)
		apply_resize(t);
	if (term_ready(t->term) && moved(t))
		draw(t, &now);
}

static void show_guide(struct tui *t, const struct guide *guide)
{
	size_t i;

	ui_page_open(t->ui, guide->title, GUIDE_COLUMN);
	for (i = 0; i < guide->n; i++)
		ui_page_add(t->ui, guide->lines[i].left, guide->lines[i].right);
	ui_page_is_first_start(t->ui);
}

static void run_guide(struct tui *t, const struct guide *guide, struct err *err)
{
	const struct options *o = t->options;

	t->store = store_new();
	t->ui = ui_new(&(struct ui_options){.store = t->store, .place = "", .utf8 = text_locale_utf8(),
					    .ambiguous_wide = o->ambiguous_wide, .keys = o->config.keys});
	show_guide(t, guide);
	if (!tui_open_terminal(t, err)) {
		t->exit_status = EXIT_USAGE;
		return;
	}
	tui_catch_crashes();
	start_watchers(t, before_sleep_alone);
	t->due = true;
	ev_run(t->loop, 0);
	stop_watchers(t);
	if (!t->options->demo && t->exit_status == EXIT_OK)
		t->exit_status = EXIT_USAGE; /* nothing was shown of what was asked for */
}

/* ---- */

static void run_dashboard(struct tui *t, struct err *err)
{
	if (!options_dashboard(t->options, err) || !identity_type(&t->options->identity, err) ||
	    !tui_open_session(t, err)) {
		t->exit_status = options_exit_status(err);
		return;
	}
	tui_make_data(t);
	mem_on_exhausted(term_emergency);
	if (!tui_open_terminal(t, err)) {
		t->exit_status = EXIT_USAGE;
		return;
	}
	tui_catch_crashes();
	run_loop(t);
}

/* Once, with the options as they are; true: again, with what they have become. */
static bool run_once(struct options *options, int *status, struct err *err)
{
	struct tui t = {.options = options, .loop = ev_default_loop(EVFLAG_NOSIGMASK)};
	struct guide guide;

	settings_copy(&t.settings, &options->settings);
	if (guide_make(&guide, options) && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		run_guide(&t, &guide, err);
	else
		run_dashboard(&t, err);
	guide_done(&guide);
	tui_close(&t);
	*status = t.exit_status;
	return t.again;
}

int tui_run(struct options *options)
{
	struct err err = {0};
	int status;

	while (run_once(options, &status, &err))
		;
	if (err.kind != ERR_NONE)
		say("%s", err.text);
	return status;
}
