/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_FORM_H
#define PIPETOP_UI_FORM_H

/*
 * A form over the window: fields that are typed, chosen or ticked, and a button. It knows keys and
 * cells and nothing of what the fields are for: who opens it adds the fields, has them checked by a
 * function of its own, and reads them when the button was pressed. It is bound to what `ref` names,
 * wherever the selection goes meanwhile.
 *
 * What is typed into a secret is drawn as stars, and wiped when the form goes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "model/ref.h"
#include "ui/grid.h"
#include "ui/term.h"

#define FORM_NONE ((size_t)-1)

enum form_kind {
	FORM_TEXT,   /* a line; at most PROMPT_MAX bytes can be typed */
	FORM_SECRET, /* the same, in stars */
	FORM_CHOICE, /* one of several */
	FORM_TICK,   /* yes or no; those below it that stand deeper go with it */
	FORM_BUTTON,
	FORM_LABEL, /* no field, a line between them */
};

enum form_tick { FORM_OFF, FORM_PART, FORM_ON };

struct prompt;

struct form_field {
	enum form_kind kind;
	char *label;
	char *about; /* below the form while the field has the focus; NULL: nothing */
	char *error; /* NULL: none */
	char *note, *note_typed; /* beside the value; note_typed in its place once it was touched */
	char *empty; /* shown where nothing stands in a text; NULL: nothing */
	struct prompt *prompt;
	char *whole; /* a text that is too long to be edited; NULL: it is in the prompt */
	char **choices;
	size_t n_choices, chosen; /* FORM_NONE: none of them yet */
	int depth;
	enum form_tick tick;
	bool touched; /* the operator changed it */
	bool unchecked; /* ... since it was last found fit */
};

enum form_state { FORM_CLOSED, FORM_WAITS, FORM_FAILED, FORM_READY };

struct form {
	enum form_state state;
	char *title;
	char *sentence; /* what is waited for, or why there are no fields */
	char *warning; /* above the fields; NULL: none */
	struct ref ref;
	struct form_field *fields;
	size_t n, at; /* at: the focus, no FORM_LABEL */
	int top; /* first line on screen */
	uint64_t version;
	/* Is what stands in field `at` fit? Called when it is left and before the button counts. NULL: all is. */
	bool (*fits)(void *self, const struct form *form, size_t at, struct err *err);
	void *self;
};

/* Open, waiting for its fields; `sentence` says for what. What was open is closed. */
void form_open(struct form *form, const char *title, const struct ref *ref, const char *sentence);
void form_fail(struct form *form, const char *sentence);
void form_close(struct form *form);

/* Each returns the field's place. Everything is copied; NULL where there is nothing to say. */
size_t form_add_text(struct form *form, const char *label, const char *value);
size_t form_add_secret(struct form *form, const char *label);
/* `value` that is none of them: nothing is chosen yet. */
size_t form_add_choice(struct form *form, const char *label, const char *const *choices, size_t n,
		       const char *value);
size_t form_add_tick(struct form *form, const char *label, int depth, bool on);
void form_add_label(struct form *form, const char *label);
size_t form_add_button(struct form *form, const char *label);
void form_explain(struct form *form, size_t at, const char *about, const char *note, const char *note_typed,
		  const char *empty);
void form_warn(struct form *form, const char *warning);
/* The fields are there; the first one has the focus. */
void form_ready(struct form *form);

/* The text or the choice; "" for none. Borrowed. */
const char *form_value(const struct form *form, size_t at);
/* A mistake, told at the field, which gets the focus. */
void form_complain(struct form *form, size_t at, const char *error);
/* Goes over all fields that were touched; false: one has an error now. */
bool form_check(struct form *form);

enum form_answer {
	FORM_STAYS,
	FORM_PRESSED, /* the button, and every field is fit */
	FORM_LEFT,    /* Esc: it is closed */
};
/* `paste` is the text of a KEY_CODE_PASTE. */
enum form_answer form_key(struct form *form, const struct key *key, const char *paste);
void form_draw(struct form *form, struct grid *g, const struct rect *r);

#endif
