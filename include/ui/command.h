/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_COMMAND_H
#define PIPETOP_UI_COMMAND_H

/*
 * One table of everything a key can do. Dispatch, the help pane, the footer, key
 * scripts and the man page's key table are all made from it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "ui/term.h"

enum command {
	CMD_NONE,
	CMD_DOWN,
	CMD_UP,
	CMD_PAGE_DOWN,
	CMD_PAGE_UP,
	CMD_HALF_DOWN,
	CMD_HALF_UP,
	CMD_TOP,
	CMD_BOTTOM,
	CMD_OPEN,
	CMD_BACK,
	CMD_LEFT,
	CMD_RIGHT,
	CMD_NEXT_PANE,
	CMD_PREVIOUS_PANE,
	CMD_PANE_1,
	CMD_PANE_2,
	CMD_PANE_3,
	CMD_PANE_4,
	CMD_QUIT,
	CMD_QUIT_NOW,
	CMD_SEARCH,
	CMD_SEARCH_NEXT,
	CMD_SEARCH_PREVIOUS,
	CMD_ERROR_NEXT,
	CMD_ERROR_PREVIOUS,
	CMD_NEWEST_FAILURE,
	CMD_NEXT_GATE,
	CMD_FOLLOW,
	CMD_REFRESH,
	CMD_REPAINT,
	CMD_SUSPEND,
	CMD_WRAP,
	CMD_TIMES,
	CMD_COLOURS,
	CMD_RAW,
	CMD_ZOOM,
	CMD_LINE,
	CMD_HELP,
	CMD_HISTORY,
	CMD_AUTO_FOLLOW,
	CMD_MARK,
	CMD_SORT_PREVIOUS,
	CMD_SORT_NEXT,
	CMD_INVERT,
	CMD_BROWSE,
	CMD_URL,
	CMD_COPY,
	CMD_SAVE,
	CMD_PAGER,
	CMD_RETRY,
	CMD_STOP,
	CMD_APPROVE,
	CMD_REJECT,
	CMD_COUNT
};

/* Where a binding holds. */
enum command_context { IN_TREE = 1, IN_LOG = 2, IN_ALL = 3 };
/* A bit beside them: the command changes something on the server (its keys are capital letters). */
#define COMMAND_CHANGES 4u

struct command_info {
	enum command command;
	const char *name;  /* "page-down": for scripts and remapping */
	const char *keys;  /* names separated by spaces: "j Down" */
	unsigned contexts; /* enum command_context bits */
	const char *hint;  /* one word for the footer, NULL: not there */
	const char *help;  /* untranslated sentence part */
};

/* All rows, in the order of the help. A command may have a row for each context. */
const struct command_info *command_table(size_t *n);

#define COMMAND_FAR INT64_C(1000000000) /* rows: beyond any end */
/*
 * How many rows down (negative: up) a movement goes where `height` rows are on screen; COMMAND_FAR for the
 * ends, 0: the command is no movement.
 */
int64_t command_distance(enum command command, int height);

/* Does it change something on the server? */
bool command_changes(enum command command);

/* The command of a key in a context; CMD_NONE when it is not bound. */
enum command command_of(const struct key *key, enum command_context context);

/*
 * The commands of the `:` line: the i-th's usage (":theme NAME") and untranslated help; false past
 * the last.
 */
bool command_line_at(size_t i, const char **usage, const char **help);
/* Does it change something on the server? */
bool command_line_changes(size_t i);

/* Key names: "j", "Ctrl+D", "PgDn", "Space", "Esc", "F5", "Shift+Tab". */
bool key_parse(const char *name, struct key *key);
void key_name(const struct key *key, struct buf *out);
bool key_same(const struct key *a, const struct key *b);

#endif
