/* SPDX-License-Identifier: MIT */
/*
 * The key table. Rows are looked up by walking: there are some fifty, and a key is
 * pressed by a person. Nothing in lower case and nothing with Ctrl ever changes
 * anything on the server.
 */
#include "ui/command.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

static const struct command_info table[] = {
	{CMD_DOWN, "down", "j Down", IN_ALL, NULL, N_("one row or line down")},
	{CMD_UP, "up", "k Up", IN_ALL, NULL, N_("one row or line up; in a log it pauses following")},
	{CMD_PAGE_DOWN, "page-down", "PgDn Ctrl+F", IN_TREE, NULL, N_("one page down")},
	{CMD_PAGE_DOWN, "page-down", "PgDn Ctrl+F Space", IN_LOG, NULL, N_("one page down")},
	{CMD_PAGE_UP, "page-up", "PgUp Ctrl+B", IN_ALL, NULL, N_("one page up")},
	{CMD_HALF_DOWN, "half-page-down", "Ctrl+D", IN_ALL, NULL, N_("half a page down")},
	{CMD_HALF_UP, "half-page-up", "Ctrl+U", IN_ALL, NULL, N_("half a page up")},
	{CMD_TOP, "top", "g Home", IN_ALL, NULL, N_("first row or line")},
	{CMD_BOTTOM, "bottom", "G End", IN_TREE, NULL, N_("last row")},
	{CMD_BOTTOM, "bottom", "G End", IN_LOG, N_("tail"), N_("last line, and follow on")},
	{CMD_OPEN, "open", "Enter l Right", IN_TREE, N_("open"),
	 N_("unfold; on a step its log full screen")},
	{CMD_OPEN, "open", "Enter", IN_LOG, NULL, N_("full screen on or off")},
	{CMD_RIGHT, "right", "Right l", IN_LOG, NULL, N_("sideways, when wrap is off")},
	{CMD_LEFT, "left", "Left h", IN_LOG, NULL, N_("sideways, when wrap is off")},
	{CMD_BACK, "back", "Esc Backspace h Left", IN_TREE, NULL,
	 N_("clear the filter, else fold, else one level up")},
	{CMD_BACK, "back", "Esc Backspace", IN_LOG, NULL, N_("clear the search, then back")},
	{CMD_NEWEST_FAILURE, "newest-failure", "!", IN_ALL, N_("error"),
	 N_("the newest failure: its step, at its first error line")},
	{CMD_NEXT_GATE, "next-gate", "W", IN_ALL, NULL, N_("next gate that waits for a person")},
	{CMD_FOLLOW, "follow", "F", IN_TREE, N_("follow"),
	 N_("the running step of this run, following its log")},
	{CMD_FOLLOW, "follow", "F", IN_LOG, N_("follow"), N_("follow on or off")},
	{CMD_HISTORY, "history", "H", IN_ALL, NULL, N_("run history of this pipeline")},
	{CMD_AUTO_FOLLOW, "auto-follow", "a", IN_ALL, NULL,
	 N_("move on to the next running or failed step, until a key is pressed")},
	{CMD_ERROR_NEXT, "next-error", "e", IN_TREE, NULL, N_("next failing row")},
	{CMD_ERROR_NEXT, "next-error", "e", IN_LOG, N_("errors"), N_("next error line")},
	{CMD_ERROR_PREVIOUS, "previous-error", "E", IN_TREE, NULL, N_("previous failing row")},
	{CMD_ERROR_PREVIOUS, "previous-error", "E", IN_LOG, NULL, N_("previous error line")},
	{CMD_SEARCH, "search", "/", IN_TREE, N_("filter"),
	 N_("filter as you type: a regular expression, ! in front inverts")},
	{CMD_SEARCH, "search", "/", IN_LOG, N_("search"),
	 N_("search: a regular expression, Ctrl+R takes it literally; small letters match both cases")},
	{CMD_MARK, "mark", "Space", IN_TREE, NULL, N_("mark the pipeline, or take the mark away")},
	{CMD_SORT_PREVIOUS, "sort-previous", "<", IN_TREE, NULL, N_("sort by the column before")},
	{CMD_SORT_NEXT, "sort-next", ">", IN_TREE, NULL, N_("sort by the next column")},
	{CMD_INVERT, "invert", "i", IN_TREE, NULL, N_("invert the order")},
	{CMD_SEARCH_NEXT, "search-next", "n", IN_LOG, NULL, N_("next match")},
	{CMD_SEARCH_PREVIOUS, "search-previous", "N", IN_LOG, NULL, N_("previous match")},
	{CMD_NEXT_PANE, "next-pane", "Tab", IN_ALL, NULL, N_("to the next pane")},
	{CMD_PREVIOUS_PANE, "previous-pane", "Shift+Tab", IN_ALL, NULL, N_("to the pane before")},
	{CMD_PANE_1, "pane-1", "1", IN_ALL, NULL, N_("to the first pane from the left")},
	{CMD_PANE_2, "pane-2", "2", IN_ALL, NULL, N_("to the second pane")},
	{CMD_PANE_3, "pane-3", "3", IN_ALL, NULL, N_("to the third pane")},
	{CMD_PANE_4, "pane-4", "4", IN_ALL, NULL, N_("to the fourth pane")},
	{CMD_ZOOM, "zoom", "z", IN_ALL, NULL, N_("this pane on the whole screen, or back")},
	{CMD_WRAP, "wrap", "w", IN_LOG, N_("wrap"), N_("wrap long lines or not")},
	{CMD_TIMES, "times", "t", IN_LOG, NULL,
	 N_("time stamps off, clock, since start, since the line before, as sent")},
	{CMD_COLOURS, "colours", "c", IN_LOG, NULL, N_("the log's colours on or off")},
	{CMD_RAW, "raw", "x", IN_LOG, NULL, N_("raw view: every byte visible")},
	{CMD_SAVE, "save", "s", IN_LOG, NULL, N_("save the log to a file")},
	{CMD_PAGER, "pager", "v", IN_LOG, NULL, N_("open the log in $PAGER (:edit opens $EDITOR)")},
	{CMD_BROWSE, "browse", "o", IN_ALL, NULL, N_("open in a browser")},
	{CMD_URL, "url", "u", IN_ALL, NULL, N_("show the URL")},
	{CMD_COPY, "copy", "y", IN_TREE, NULL, N_("copy the id; again the name; again the URL")},
	{CMD_COPY, "copy", "y", IN_LOG, NULL, N_("copy the line")},
	{CMD_RETRY, "retry", "R", IN_ALL | COMMAND_CHANGES, N_("retry"),
	 N_("retry the run that failed or was stopped (asks first)")},
	{CMD_STOP, "stop", "S", IN_ALL | COMMAND_CHANGES, NULL,
	 N_("stop the run, or take it out of the queue (asks first)")},
	{CMD_APPROVE, "approve", "A", IN_ALL | COMMAND_CHANGES, N_("approve"),
	 N_("approve the gate, or let the suspended step go on (asks first)")},
	{CMD_REJECT, "reject", "X", IN_ALL | COMMAND_CHANGES, NULL, N_("reject the gate (asks first)")},
	{CMD_REFRESH, "refresh", "r F5", IN_ALL, NULL, N_("ask the server now")},
	{CMD_REPAINT, "repaint", "Ctrl+L", IN_ALL, NULL, N_("draw the screen anew")},
	{CMD_SUSPEND, "suspend", "Ctrl+Z", IN_ALL, NULL, N_("suspend; fg comes back")},
	{CMD_LINE, "command-line", ":", IN_ALL, NULL, N_("command line: :q quits, :help")},
	{CMD_HELP, "help", "? F1", IN_ALL, N_("help"), N_("this help")},
	{CMD_QUIT, "quit", "q", IN_TREE, N_("quit"), N_("back; at the top quit")},
	{CMD_QUIT, "quit", "q", IN_LOG, N_("back"), N_("back")},
	{CMD_QUIT_NOW, "quit-now", "Ctrl+C", IN_ALL, NULL,
	 N_("quit at once; with an action unanswered it asks once")},
};

static const struct {
	const char *name;
	uint32_t code;
} names[] = {
	{"Up", KEY_CODE_UP},	   {"Down", KEY_CODE_DOWN},	{"Left", KEY_CODE_LEFT},
	{"Right", KEY_CODE_RIGHT}, {"Home", KEY_CODE_HOME},	{"End", KEY_CODE_END},
	{"PgUp", KEY_CODE_PGUP},   {"PgDn", KEY_CODE_PGDN},	{"Insert", KEY_CODE_INSERT},
	{"Delete", KEY_CODE_DELETE}, {"Backspace", KEY_CODE_BACKSPACE}, {"Enter", KEY_CODE_ENTER},
	{"Tab", KEY_CODE_TAB},	   {"Shift+Tab", KEY_CODE_BACKTAB}, {"Esc", KEY_CODE_ESC},
	{"Space", ' '},
};

const struct command_info *command_table(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

int64_t command_distance(enum command command, int height)
{
	int page = height > 1 ? height - 1 : 1, half = height > 1 ? height / 2 : 1;

	switch (command) {
	case CMD_DOWN:
		return 1;
	case CMD_UP:
		return -1;
	case CMD_PAGE_DOWN:
		return page;
	case CMD_PAGE_UP:
		return -page;
	case CMD_HALF_DOWN:
		return half;
	case CMD_HALF_UP:
		return -half;
	case CMD_TOP:
		return -COMMAND_FAR;
	case CMD_BOTTOM:
		return COMMAND_FAR;
	default:
		return 0;
	}
}

bool command_changes(enum command command)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].command == command)
			return (table[i].contexts & COMMAND_CHANGES) != 0;
	return false;
}

static bool parse_plain(const char *name, uint32_t *code)
{
	size_t i, used;
	int f, n = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i].name) == 0) {
			*code = names[i].code;
			return true;
		}
	if (sscanf(name, "F%d%n", &f, &n) == 1 && !name[n] && f >= 1 && f <= 12) {
		*code = KEY_CODE_F1 + (uint32_t)f - 1;
		return true;
	}
	if (strncmp(name, "Ctrl+", 5) == 0 && name[5] >= '@' && name[5] <= '_' && !name[6]) {
		*code = (uint32_t)name[5] - '@';
		return true;
	}
	if (!*name)
		return false;
	*code = text_decode(name, strlen(name), &used);
	return name[used] == '\0' && *code > ' ' && *code != TEXT_BAD;
}

bool key_parse(const char *name, struct key *key)
{
	bool alt = strncmp(name, "Alt+", 4) == 0;
	uint32_t code;

	if (!parse_plain(alt ? name + 4 : name, &code))
		return false;
	*key = (struct key){.code = code, .alt = alt};
	return true;
}

void key_name(const struct key *key, struct buf *out)
{
	char utf8[4];
	size_t i;

	if (key->alt)
		buf_adds(out, "Alt+");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == key->code) {
			buf_adds(out, names[i].name);
			return;
		}
	if (key->code >= KEY_CODE_F1 && key->code <= KEY_CODE_F12)
		buf_addf(out, "F%d", (int)(key->code - KEY_CODE_F1 + 1));
	else if (key->code < ' ')
		buf_addf(out, "Ctrl+%c", (int)key->code + '@');
	else if (key->code <= 0x10FFFF)
		buf_add(out, utf8, text_encode(key->code, utf8));
}

bool key_same(const struct key *a, const struct key *b)
{
	return a->code == b->code && a->alt == b->alt;
}

/* Is the key one of the names in the list "j Down"? */
static bool listed(const char *list, const struct key *key)
{
	char name[32];
	struct key candidate;
	size_t len;

	for (; *list; list += len + (list[len] == ' ')) {
		len = strcspn(list, " ");
		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		if (key_parse(name, &candidate) && key_same(&candidate, key))
			return true;
	}
	return false;
}

enum command command_of(const struct key *key, enum command_context context)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if ((table[i].contexts & context) && listed(table[i].keys, key))
			return table[i].command;
	return CMD_NONE;
}
