/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_DIALOGBOX_H
#define PIPETOP_UI_DIALOGBOX_H

/*
 * A box in the middle of the window: sentences, fields, a list, and one line at its foot. It is filled
 * anew for each frame, because what it says counts seconds. Where the window is small it gives up
 * its empty rows, runs the fields together, cuts its lists ("+12 more"; the second one to nothing, if need be)
 * and its sentences; its foot is always there.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ui/grid.h"

#define DIALOGBOX_LISTS 2

/* What a field does where fields run together. */
enum dialogbox_field {
	FIELD_PLAIN,
	FIELD_BARE,  /* goes without its label */
	FIELD_MINOR, /* is left out */
};
enum dialogbox_kind { BOX_TEXT, BOX_FIELD, BOX_ROW, BOX_GAP };

struct dialogbox_line {
	enum dialogbox_kind kind;
	enum role role;	 /* of the text */
	int list;	 /* of a row: which of the lists it belongs to */
	enum dialogbox_field field;
	char *label, *text;
};

struct dialogbox {
	char *title;
	char *key, *foot; /* key NULL: the foot names none */
	struct dialogbox_line *lines;
	size_t n;
};

void dialogbox_open(struct dialogbox *b, const char *title); /* b is empty or done */
void dialogbox_done(struct dialogbox *b);
/* All are copied; empty or NULL texts add nothing. */
void dialogbox_text(struct dialogbox *b, enum role role, const char *text);
void dialogbox_field(struct dialogbox *b, const char *label, enum dialogbox_field field, enum role role,
		     const char *value);
void dialogbox_row(struct dialogbox *b, int list, const char *name, enum role role, const char *text);
void dialogbox_gap(struct dialogbox *b);
void dialogbox_foot(struct dialogbox *b, const char *key, const char *text);
void dialogbox_draw(const struct dialogbox *b, struct grid *g, const struct rect *window);

#endif
