/* SPDX-License-Identifier: MIT */
/*
 * The server has about a dozen words for the state of a thing, spread over runs, stages,
 * jobs and steps; people get ten. Two tables hold all of it: one from the server's words
 * to ours, one from ours to what is drawn. A word that is in neither table stays what it
 * is and is never taken for success.
 */
#include "model/state.h"

#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *status;
	enum state state;
} v5_words[] = {
	{"COMPLETED", STATE_OK},
	{"RUNNING", STATE_RUNNING},
	{"INIT", STATE_PENDING},
	{"FAILED", STATE_FAILED},
	{"CANCELED", STATE_STOPPED},
	{"PAUSED", STATE_WAITING},
	{"SUSPEND", STATE_WAITING},
	{"QUEUED", STATE_QUEUED},
	{"SKIPPED", STATE_SKIPPED},
	{"UNSELECTED", STATE_SKIPPED},
	{"IGNORED", STATE_IGNORED},
	{"ASYNC_RUNNING", STATE_RUNNING},
	{"REDISPATCH", STATE_RUNNING},
	{"ASYNC_FAILED", STATE_FAILED},
};

/* A NULL outcome stands for every outcome: v3 has one only once a run is completed. */
static const struct {
	const char *status, *outcome, *v5;
} v3_words[] = {
	{"completed", "success", "COMPLETED"},
	{"completed", "error", "FAILED"},
	{"completed", "aborted", "CANCELED"},
	{"waiting", NULL, "QUEUED"},
	{"running", NULL, "RUNNING"},
	{"handling", NULL, "RUNNING"},
	{"verifying", NULL, "PAUSED"},
	{"suspending", NULL, "SUSPEND"},
};

static const struct {
	const char *word;
	const char *symbol;
	char ascii;
	bool terminal, live;
} words[STATE_COUNT] = {
	[STATE_OTHER] = {N_("unknown"), "~", '~', false, false},
	[STATE_WAITING] = {N_("waiting"), "?", '?', false, true},
	[STATE_FAILED] = {N_("failed"), "\u2717", 'x', true, false},
	[STATE_RUNNING] = {N_("running"), "\u21BB", '@', false, true},
	[STATE_QUEUED] = {N_("queued"), ".", '.', false, true},
	[STATE_PENDING] = {N_("not started"), ".", '.', false, false},
	[STATE_OK] = {N_("ok"), "\u2713", 'v', true, false},
	[STATE_STOPPED] = {N_("stopped"), "=", '=', true, false},
	[STATE_SKIPPED] = {N_("skipped"), "-", '-', true, false},
	[STATE_IGNORED] = {N_("ignored"), "-", '-', true, false},
};

enum state state_from_v5(const char *status, bool run_over)
{
	size_t i;

	for (i = 0; status && i < ARRAY_LEN(v5_words); i++) {
		if (strcmp(status, v5_words[i].status) != 0)
			continue;
		return v5_words[i].state == STATE_PENDING && run_over ? STATE_SKIPPED
								      : v5_words[i].state;
	}
	return STATE_OTHER;
}

const char *state_v3_to_v5(const char *status, const char *outcome)
{
	size_t i;

	for (i = 0; status && i < ARRAY_LEN(v3_words); i++)
		if (strcmp(status, v3_words[i].status) == 0 &&
		    (!v3_words[i].outcome || text_same(outcome, v3_words[i].outcome)))
			return v3_words[i].v5;
	return status;
}

bool state_terminal(enum state state)
{
	return words[state].terminal;
}

bool state_live(enum state state)
{
	return words[state].live;
}

const char *state_word(enum state state)
{
	return words[state].word;
}

const char *state_symbol(enum state state)
{
	return words[state].symbol;
}

char state_ascii(enum state state)
{
	return words[state].ascii;
}

bool state_from_word(const char *word, enum state *state)
{
	int i;

	for (i = 0; word && i < STATE_COUNT; i++) {
		if (strcmp(word, words[i].word) != 0)
			continue;
		*state = (enum state)i;
		return true;
	}
	return false;
}
