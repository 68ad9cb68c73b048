/* SPDX-License-Identifier: MIT */
/*
 * Setting the dashboard up and taking it down. The terminal is opened last and closed
 * first, so that nothing that fails before leaves a trace on it.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "debuglog.h"
#include "tuistate.h"
#include "tuitemplate.h"

static void crashed(int signum)
{
	vault_wipe_all();
	term_emergency();
	signal(signum, SIG_DFL);
	raise(signum);
}

void tui_catch_crashes(void)
{
	static const int signums[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE};
	struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_RESETHAND | SA_NODEFER};
	size_t i;

	for (i = 0; i < sizeof(signums) / sizeof(signums[0]); i++)
		sigaction(signums[i], &action, NULL);
}

static const char *language(void)
{
	const char *lang = getenv("LC_ALL");

	if (text_empty(lang))
		lang = getenv("LC_MESSAGES");
	if (text_empty(lang))
		lang = getenv("LANG");
	return lang && text_starts(lang, "zh") ? "zh-cn" : "en-us";
}

bool tui_open_session(struct tui *t, struct err *err)
{
	const struct options *o = t->options;
	struct http_options http = {
		.user_agent = "pipetop/" PIPETOP_VERSION,
		.ca_file = o->settings.ca_file,
		.trace = o->debuglog ? debuglog_trace : NULL,
		.trace_self = o->debuglog,
	};
	struct session_options session = {
		.endpoint = o->endpoint,
		.language = language(),
		.zone_offset_s = o->zone_offset_s,
		.read_only = o->read_only,
	};

	t->http = http_new(t->loop, &http);
	session.auth = identity_auth(o, t->loop, http_transport(t->http), err);
	t->session = session.auth ? session_new(http_transport(t->http), &session, err) : NULL;
	return t->session != NULL;
}

void tui_apply(struct tui *t, const struct setting *row)
{
	static const uint64_t notices =
		UINT64_C(1) << SET_BELL | UINT64_C(1) << SET_NOTIFY | UINT64_C(1) << SET_NOTIFY_ON |
		UINT64_C(1) << SET_NOTIFY_FOR | UINT64_C(1) << SET_NOTIFY_PIPELINES |
		UINT64_C(1) << SET_ON_FINISH | UINT64_C(1) << SET_ON_FAIL | UINT64_C(1) << SET_ON_GATE |
		UINT64_C(1) << SET_HOOK_TIMEOUT;
	enum setting_id id = (enum setting_id)(row - settings_table());

	if (notices >> id & 1) {
		settings_notices(&t->settings, &t->notices);
		hooks_configure(t->hooks, &t->notices);
	} else if (id == SET_MOUSE) {
		term_mouse(t->term, t->settings.mouse);
	} else if (id == SET_INTERVAL) {
		feed_interval(t->feed, t->settings.interval);
	} else if (id == SET_AMBIGUOUS) {
		grid_set_ambiguous_wide(t->grid, t->settings.ambiguous != 0);
		ui_set_ambiguous_wide(t->ui, t->settings.ambiguous != 0);
		term_repaint(t->term);
	} else if (id == SET_REQUESTS_PER_MINUTE || id == SET_LOG_PAGES_PER_SECOND) {
		budget_init(&t->budget, (int)t->settings.requests_per_minute,
			    (double)t->settings.log_pages_per_second, when_monotonic_ms());
	}
	t->due = true;
}

bool tui_open_terminal(struct tui *t, struct err *err)
{
	const char *no_colour = getenv("NO_COLOR");
	struct term_options options = {
		.in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO,
		.colour = text_empty(no_colour),
		.theme = &t->theme,
	};
	int rows, cols;

	if (!theme_find(&t->theme, t->options->theme ? t->options->theme : "default", err))
		return false;
	t->term = term_new(&options, err);
	if (!t->term)
		return false;
	term_size(t->term, &rows, &cols);
	t->grid = grid_new(rows, cols);
	grid_set_utf8(t->grid, text_locale_utf8());
	grid_set_ambiguous_wide(t->grid, t->options->ambiguous_wide);
	ui_resize(t->ui, rows, cols);
	if (t->settings.mouse)
		term_mouse(t->term, true);
	return true;
}

/* ---- what chores and hooks call ---- */

static void say(void *self, bool bad, const char *text)
{
	struct tui *t = self;

	ui_message(t->ui, bad, "%s", text);
}

static struct log *log_of(void *self, const struct ref *ref)
{
	struct tui *t = self;
	struct follow *follow = logbook_find(t->book, ref);

	return follow ? follow_log(follow) : NULL;
}

static bool copy(void *self, const char *text, size_t len, struct err *err)
{
	struct tui *t = self;

	return term_copy(t->term, text, len, err);
}

static void leave(void *self)
{
	tui_lend_terminal(self);
}

static void come_back(void *self)
{
	tui_take_terminal(self);
}

static void bell(void *self)
{
	struct tui *t = self;

	term_bell(t->term);
}

static void notify(void *self, const char *title, const char *text)
{
	struct tui *t = self;

	term_notify(t->term, title, text);
}

static bool marked(void *self, const struct ref *ref)
{
	struct tui *t = self;

	return ui_is_marked(t->ui, ref);
}

static void make_helpers(struct tui *t)
{
	t->changes = changes_new();
	ui_set_changes(t->ui, t->changes);
	t->chores = chores_new(&(struct chores_options){
		.loop = t->loop, .store = t->store, .utf8 = text_locale_utf8(),
		.ambiguous_wide = t->options->ambiguous_wide, .say = say, .log_of = log_of, .copy = copy,
		.leave = leave, .come_back = come_back, .self = t});
	t->hooks = hooks_new(&(struct hooks_options){
		.loop = t->loop, .store = t->store, .config = &t->notices, .utf8 = text_locale_utf8(),
		.bell = bell, .notify = notify, .say = say, .marked = marked, .self = t});
}

void tui_make_data(struct tui *t)
{
	const struct options *o = t->options;
	struct buf dir;
	struct ui_options ui = {
		.store = NULL,
		.place = "",
		.utf8 = text_locale_utf8(),
		.ambiguous_wide = o->ambiguous_wide,
		.read_only = o->read_only,
		.keys = o->config.keys,
		.errors = &o->config.errors,
		.words = tui_words,
		.self = t,
	};

	budget_init(&t->budget, (int)t->settings.requests_per_minute,
		    (double)t->settings.log_pages_per_second, when_monotonic_ms());
	t->store = store_new();
	ui.store = t->store;
	t->ui = ui_new(&ui);
	t->feed = feed_new(&(struct feed_options){
		.loop = t->loop, .session = t->session, .store = t->store, .budget = &t->budget,
		.projects = (const char *const *)o->projects, .n_projects = o->n_projects,
		.v3 = o->v3});
	ui_set_groups(t->ui, feed_groups(t->feed));
	buf_init(&dir, 4096);
	options_spool_dir(o, &dir);
	t->book = logbook_new(&(struct logbook_options){
		.loop = t->loop, .session = t->session, .budget = &t->budget, .store = t->store,
		.spool_dir = dir.data, .spool_max = t->settings.spool_max});
	buf_done(&dir);
	notice_config_init(&t->notices);
	config_notices(&o->config, &t->settings, &t->notices);
	make_helpers(t);
	tui_open_actions(t);
	t->templates = tuitemplate_new(t);
	feed_interval(t->feed, t->settings.interval);
	tui_load_state(t);
	if (o->config.n_warnings == 1)
		ui_message(t->ui, true, "%s", o->config.warnings[0]);
	else if (o->config.n_warnings)
		ui_message(t->ui, true, _("%zu settings are not known, see pipetop doctor: %s"), o->config.n_warnings,
			   o->config.warnings[0]);
}

void tui_close(struct tui *t)
{
	term_free(t->term); /* first: the operator has his terminal back */
	t->term = NULL;
	tui_close_actions(t);
	tui_run_close(t);
	tui_save_state(t);
	if (t->ui)
		ui_set_log(t->ui, NULL, NULL);
	chores_free(t->chores); /* they look at logs */
	tuitemplate_free(t->templates);
	hooks_free(t->hooks);
	changes_free(t->changes);
	notice_config_done(&t->notices);
	logbook_free(t->book);
	feed_free(t->feed);
	session_free(t->session);
	http_free(t->http);
	ui_free(t->ui);
	store_free(t->store);
	grid_free(t->grid);
	statefile_free(t->state);
	tui_forget_words(t);
	settings_done(&t->settings);
	ref_done(&t->settling);
}
