/* SPDX-License-Identifier: MIT */
/*
 * Help is the key table and the command table, written out: it cannot disagree with what
 * keys do. The symbols are explained below them, for they are the other thing a
 * newcomer asks.
 */
#include "help.h"

#include "core/i18n.h"
#include "core/text.h"
#include "model/state.h"
#include "uistate.h"

#define COLUMN 24

/* Rows of the table that hold here, or those that hold elsewhere alone. */
static void add_keys(struct page *page, const struct keymap *keys, enum command_context context, bool here,
		     bool read_only)
{
	const struct command_info *table;
	const char *names;
	size_t n, i;

	table = command_table(&n);
	for (i = 0; i < n; i++) {
		if (((table[i].contexts & context) != 0) != here || (read_only && table[i].contexts & COMMAND_CHANGES))
			continue;
		names = keymap_row(keys, i, here ? context : context == IN_LOG ? IN_TREE : IN_LOG);
		if (*names)
			page_add(page, names, _(table[i].help));
	}
}

static void add_lines(struct page *page, bool read_only)
{
	const char *usage, *help;
	size_t i;

	for (i = 0; command_line_at(i, &usage, &help); i++)
		if (!(read_only && command_line_changes(i)))
			page_add(page, usage, _(help));
}

static void add_states(struct page *page, bool utf8)
{
	int state;

	for (state = 0; state < STATE_COUNT; state++) {
		char ascii[2] = {state_ascii((enum state)state), '\0'};

		page_add(page, utf8 ? state_symbol((enum state)state) : ascii,
			 state == STATE_OTHER ? _("as the server says it")
					      : _(state_word((enum state)state)));
	}
}

void help_open(struct page *page, const struct keymap *keys, enum command_context context, bool utf8,
	       bool read_only)
{
	bool log = context == IN_LOG;

	page_open(page, log ? _("Help for the log") : _("Help for the lists"), COLUMN);
	add_keys(page, keys, context, true, read_only);
	page_add(page, NULL, "");
	page_add(page, NULL, log ? _("In the lists:") : _("In the log:"));
	add_keys(page, keys, context, false, read_only);
	page_add(page, NULL, "");
	page_add(page, NULL, _("After a colon:"));
	add_lines(page, read_only);
	page_add(page, NULL, "");
	page_add(page, NULL, _("States:"));
	add_states(page, utf8);
}
