/* SPDX-License-Identifier: MIT */
/* One table from our words to both APIs' (api.md 8.1 and 8.3, read backwards). */
#include "filter.h"

#include <ctype.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

static const struct {
	enum state state;
	const char *v5[3], *v3[3], *outcome;
} table[] = {
	{STATE_WAITING, {"PAUSED", "SUSPEND"}, {"verifying", "suspending"}, NULL},
	{STATE_FAILED, {"FAILED"}, {"completed"}, "error"},
	{STATE_RUNNING, {"RUNNING"}, {"running", "handling"}, NULL},
	{STATE_QUEUED, {"QUEUED", "INIT"}, {"waiting"}, NULL},
	{STATE_OK, {"COMPLETED"}, {"completed"}, "success"},
	{STATE_STOPPED, {"CANCELED"}, {"completed"}, "aborted"},
	{STATE_IGNORED, {"IGNORED"}, {NULL}, NULL},
};
#define ROWS (sizeof(table) / sizeof(table[0]))

const char *filter_word(size_t i)
{
	return i < ROWS ? state_word(table[i].state) : NULL;
}

static void add(const char **list, size_t *n, const char *word)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (strcmp(list[i], word) == 0)
			return;
	if (*n < FILTER_MAX)
		list[(*n)++] = word;
}

static bool ours(struct filter *f, const char *word, bool v3)
{
	enum state state;
	size_t row, i;

	if (!state_from_word(word, &state))
		return false;
	for (row = 0; row < ROWS && table[row].state != state; row++)
		;
	if (row == ROWS)
		return false;
	f->states[state] = true;
	for (i = 0; i < 3; i++) {
		const char *theirs = v3 ? table[row].v3[i] : table[row].v5[i];

		if (theirs)
			add(f->status, &f->n_status, theirs);
	}
	if (v3 && table[row].outcome)
		add(f->outcome, &f->n_outcome, table[row].outcome);
	return true;
}

/* A word of the server's: v5 writes capitals; v3's are a closed list. */
static bool theirs(struct filter *f, const char *word, bool v3)
{
	static const char *const v3_words[] = {"verifying", "suspending", "handling", "completed"};
	const char *p = word;
	size_t i;

	for (i = 0; v3 && i < sizeof(v3_words) / sizeof(v3_words[0]); i++)
		if (strcmp(word, v3_words[i]) == 0) {
			add(f->status, &f->n_status, word);
			return true;
		}
	while (isupper((unsigned char)*p) || *p == '_')
		p++;
	if (p == word || *p)
		return false;
	if (v3)
		return ours(f, state_word(state_from_v5(word, false)), true);
	add(f->status, &f->n_status, word);
	add(f->words, &f->n_words, word);
	return true;
}

/* "failed or running" is no outcome: then what comes back is sorted out here. */
static void drop_outcome(struct filter *f)
{
	size_t i;

	for (i = 0; i < f->n_status; i++)
		if (strcmp(f->status[i], "completed") != 0)
			f->n_outcome = 0;
}

bool filter_make(struct filter *f, const char *const *words, size_t n, bool v3, struct err *err)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < n; i++)
		if (!ours(f, words[i], v3) && !theirs(f, words[i], v3))
			return err_set(err, ERR_INPUT, 0,
				       _("state '%.40s' is not known: waiting, failed, running, queued, ok, "
					 "stopped and ignored are, and the service's own (%s)"),
				       words[i], v3 ? "verifying, completed ..." : "PAUSED, FAILED ...");
	drop_outcome(f);
	return true;
}

bool filter_passes(const struct filter *f, const struct run *run)
{
	bool any = f->n_words > 0;
	size_t i;

	for (i = 0; i < STATE_COUNT; i++)
		any = any || f->states[i];
	if (!any)
		return true;
	if (!run)
		return false;
	for (i = 0; i < f->n_words; i++)
		if (text_same(run->status, f->words[i]))
			return true;
	return f->states[run->state];
}
