/* SPDX-License-Identifier: MIT */
/*
 * Setting the dashboard up and taking it down. The terminal is opened last and closed
 * first, so that nothing that fails before leaves a trace on it.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/when.h"
#include "tuistate.h"

#define POLLS_A_MINUTE 120
#define PAGES_A_SECOND 20

static void crashed(int signum)
{
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
	struct http_options http = {.user_agent = "pipetop/" PIPETOP_VERSION, .debug = false};
	struct session_options session = {
		.endpoint = o->endpoint,
		.token = o->token,
		.language = language(),
		.zone_offset_s = o->zone_offset_s,
		.read_only = o->read_only,
	};

	t->http = http_new(t->loop, &http);
	t->session = session_new(http_transport(t->http), &session, err);
	return t->session != NULL;
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
	return true;
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
	};

	budget_init(&t->budget, POLLS_A_MINUTE, PAGES_A_SECOND, when_monotonic_ms());
	t->store = store_new();
	ui.store = t->store;
	t->ui = ui_new(&ui);
	t->feed = feed_new(&(struct feed_options){
		.loop = t->loop, .session = t->session, .store = t->store, .budget = &t->budget,
		.projects = (const char *const *)o->projects, .n_projects = o->n_projects,
		.v3 = o->v3});
	buf_init(&dir, 4096);
	if (!path_user(PATH_CACHE, &dir))
		buf_adds(&dir, "/var/tmp");
	t->book = logbook_new(&(struct logbook_options){
		.loop = t->loop, .session = t->session, .budget = &t->budget, .store = t->store,
		.spool_dir = dir.data});
	buf_done(&dir);
}

void tui_close(struct tui *t)
{
	term_free(t->term); /* first: the operator has his terminal back */
	if (t->ui)
		ui_set_log(t->ui, NULL, NULL);
	logbook_free(t->book);
	feed_free(t->feed);
	session_free(t->session);
	http_free(t->http);
	ui_free(t->ui);
	store_free(t->store);
	grid_free(t->grid);
	ref_done(&t->settling);
}
