/* SPDX-License-Identifier: MIT */
/*
 * The state of a form and its keys. The focus goes round over everything that can be changed, so
 * that the button is one step up from the first field. Texts are edited by the line editor of `/`
 * and `:`, one for each field, and only the keys that mean something to a form are taken before it.
 *
 * A mistake is told when its field is left, not while it is still being typed, and it stays there
 * until what stands in the field has changed.
 */
#include "ui/form.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "ui/prompt.h"

#define CTRL(c) ((c) - '@')
#define PAGE 8 /* fields that PgUp and PgDn pass */

/* ---- life ---- */

static void replace(char **at, const char *text)
{
	char *copy = text_empty(text) ? NULL : mem_strdup(text);

	mem_free(*at);
	*at = copy;
}

static void field_done(struct form_field *field)
{
	size_t i;

	if (field->prompt) {
		prompt_done(field->prompt);
		explicit_bzero(field->prompt, sizeof(*field->prompt));
	}
	for (i = 0; i < field->n_choices; i++)
		mem_free(field->choices[i]);
	mem_free(field->choices);
	mem_free(field->prompt);
	mem_free(field->whole);
	mem_free(field->label);
	mem_free(field->about);
	mem_free(field->error);
	mem_free(field->note);
	mem_free(field->note_typed);
	mem_free(field->empty);
}

static void clear(struct form *form)
{
	size_t i;

	for (i = 0; i < form->n; i++)
		field_done(&form->fields[i]);
	mem_free(form->fields);
	form->fields = NULL;
	form->n = form->at = 0;
	form->top = 0;
	replace(&form->sentence, NULL);
	replace(&form->warning, NULL);
	form->version++;
}

void form_close(struct form *form)
{
	clear(form);
	replace(&form->title, NULL);
	ref_done(&form->ref);
	form->state = FORM_CLOSED;
	form->fits = NULL;
}

void form_open(struct form *form, const char *title, const struct ref *ref, const char *sentence)
{
	struct ref bound = {{NULL}};

	ref_copy(&bound, ref); /* `ref` may be the form's own */
	form_close(form);
	form->ref = bound;
	form->title = mem_strdup(title);
	replace(&form->sentence, sentence);
	form->state = FORM_WAITS;
}

void form_fail(struct form *form, const char *sentence)
{
	clear(form);
	replace(&form->sentence, sentence);
	form->state = FORM_FAILED;
}

/* ---- fields ---- */

static struct form_field *add(struct form *form, enum form_kind kind, const char *label)
{
	form->fields = mem_grow(form->fields, form->n, sizeof(*form->fields));
	form->fields[form->n] = (struct form_field){
		.kind = kind, .label = mem_strdup(text_or_empty(label)), .chosen = FORM_NONE};
	form->version++;
	return &form->fields[form->n++];
}

static bool is_line(const struct form_field *field)
{
	return field->kind == FORM_TEXT || field->kind == FORM_SECRET;
}

static size_t add_line(struct form *form, enum form_kind kind, const char *label, const char *value)
{
	struct form_field *field = add(form, kind, label);

	field->prompt = mem_zalloc(sizeof(*field->prompt));
	prompt_open(field->prompt, 0, NULL);
	if (strlen(text_or_empty(value)) > PROMPT_MAX)
		field->whole = mem_strdup(value);
	else
		prompt_set(field->prompt, text_or_empty(value));
	return form->n - 1;
}

size_t form_add_text(struct form *form, const char *label, const char *value)
{
	return add_line(form, FORM_TEXT, label, value);
}

size_t form_add_secret(struct form *form, const char *label)
{
	return add_line(form, FORM_SECRET, label, NULL);
}

size_t form_add_choice(struct form *form, const char *label, const char *const *choices, size_t n,
		       const char *value)
{
	struct form_field *field = add(form, FORM_CHOICE, label);
	size_t i;

	field->choices = mem_calloc(n + 1, sizeof(*field->choices));
	field->n_choices = n;
	for (i = 0; i < n; i++) {
		field->choices[i] = mem_strdup(choices[i]);
		if (field->chosen == FORM_NONE && text_same(choices[i], value))
			field->chosen = i;
	}
	return form->n - 1;
}

size_t form_add_tick(struct form *form, const char *label, int depth, bool on)
{
	struct form_field *field = add(form, FORM_TICK, label);

	field->depth = depth;
	field->tick = on ? FORM_ON : FORM_OFF;
	return form->n - 1;
}

void form_add_label(struct form *form, const char *label)
{
	add(form, FORM_LABEL, label);
}

size_t form_add_button(struct form *form, const char *label)
{
	add(form, FORM_BUTTON, label);
	return form->n - 1;
}

void form_explain(struct form *form, size_t at, const char *about, const char *note,
		  const char *note_typed, const char *empty)
{
	struct form_field *field = &form->fields[at];

	replace(&field->about, about);
	replace(&field->note, note);
	replace(&field->note_typed, note_typed);
	replace(&field->empty, empty);
	form->version++;
}

void form_warn(struct form *form, const char *warning)
{
	replace(&form->warning, warning);
	form->version++;
}

static void move(struct form *form, int64_t by);

void form_ready(struct form *form)
{
	form->state = FORM_READY;
	form->at = 0;
	if (form->n && form->fields[0].kind == FORM_LABEL)
		move(form, 1);
	form->version++;
}

const char *form_value(const struct form *form, size_t at)
{
	const struct form_field *field = &form->fields[at];

	if (is_line(field))
		return field->whole ? field->whole : field->prompt->text;
	return field->chosen < field->n_choices ? field->choices[field->chosen] : "";
}

/* ---- mistakes ---- */

void form_complain(struct form *form, size_t at, const char *error)
{
	replace(&form->fields[at].error, error);
	form->at = at;
	form->version++;
}

static bool check(struct form *form, size_t at)
{
	struct form_field *field = &form->fields[at];
	struct err err = {0};

	if (!field->unchecked && !field->error)
		return true;
	field->unchecked = form->fits && !form->fits(form->self, form, at, &err);
	replace(&field->error, field->unchecked ? err.text : NULL);
	return !field->unchecked;
}

bool form_check(struct form *form)
{
	size_t i, wrong = FORM_NONE;

	for (i = form->n; i-- > 0;)
		if (!check(form, i))
			wrong = i;
	form->version++;
	if (wrong == FORM_NONE)
		return true;
	form->at = wrong;
	return false;
}

static void touch(struct form *form)
{
	struct form_field *field = &form->fields[form->at];

	field->touched = field->unchecked = true;
	replace(&field->error, NULL);
}

/* ---- moving ---- */

/* One step goes round and round, a page stops at the ends. */
static void move(struct form *form, int64_t by)
{
	int64_t n = (int64_t)form->n, at = (int64_t)form->at + by, step = by == -1 ? -1 : 1, tries;

	if (n == 0)
		return;
	check(form, form->at);
	if (by > 1 || by < -1)
		at = at < 0 ? 0 : at >= n ? n - 1 : at;
	at = (at + n) % n;
	for (tries = 0; tries < n && form->fields[at].kind == FORM_LABEL; tries++)
		at = (at + step + n) % n;
	form->at = (size_t)at;
}

/* How far a key goes; 0: it is none of these. */
static int64_t distance(const struct key *key)
{
	switch (key->code) {
	case KEY_CODE_DOWN:
	case KEY_CODE_TAB:
	case KEY_CODE_ENTER:
	case CTRL('N'):
		return 1;
	case KEY_CODE_UP:
	case KEY_CODE_BACKTAB:
	case CTRL('P'):
		return -1;
	case KEY_CODE_PGDN:
		return PAGE;
	case KEY_CODE_PGUP:
		return -PAGE;
	default:
		return 0;
	}
}

/* ---- each kind ---- */

static bool is_plain(const struct key *key, uint32_t code)
{
	return key->code == code && !key->alt;
}

static void complain_of_length(struct form *form)
{
	replace(&form->fields[form->at].error, _("too long to be edited here: Ctrl+U empties it; "
						 "pipetop run -p takes 8,192 characters"));
}

/* A line's last newline is no part of what was meant. */
static void paste_line(struct form *form, const char *paste)
{
	struct form_field *field = &form->fields[form->at];
	size_t len = strlen(text_or_empty(paste));
	char *text;

	while (len > 0 && (paste[len - 1] == '\n' || paste[len - 1] == '\r'))
		len--;
	touch(form);
	if (field->whole || len > PROMPT_MAX - field->prompt->len) {
		complain_of_length(form);
		return;
	}
	text = mem_strndup(text_or_empty(paste), len);
	prompt_insert(field->prompt, text);
	explicit_bzero(text, len);
	mem_free(text);
}

static void line_key(struct form *form, const struct key *key)
{
	struct form_field *field = &form->fields[form->at];

	if (field->whole && is_plain(key, CTRL('U'))) {
		touch(form);
		replace(&field->whole, NULL);
		return;
	}
	if (field->whole) {
		complain_of_length(form);
		return;
	}
	if (is_plain(key, CTRL('R'))) /* means something to a search alone */
		return;
	if (field->prompt->len == PROMPT_MAX && key->code >= ' ' && key->code <= 0x10FFFF &&
	    key->code != 0x7F)
		complain_of_length(form);
	else if (prompt_key(field->prompt, key) == PROMPT_EDITED)
		touch(form);
}

static void choose(struct form *form, int by)
{
	struct form_field *field = &form->fields[form->at];
	size_t n = field->n_choices;

	if (n == 0)
		return;
	touch(form);
	if (field->chosen == FORM_NONE)
		field->chosen = by > 0 ? 0 : n - 1;
	else
		field->chosen = (field->chosen + n + (size_t)(by > 0 ? 1 : n - 1)) % n;
}

static void choice_key(struct form *form, const struct key *key)
{
	if (is_plain(key, KEY_CODE_RIGHT) || is_plain(key, ' '))
		choose(form, 1);
	else if (is_plain(key, KEY_CODE_LEFT))
		choose(form, -1);
}

/* What stands below a tick and deeper. */
static size_t end_of(const struct form *form, size_t at)
{
	size_t i = at + 1;

	while (i < form->n && form->fields[i].kind == FORM_TICK &&
	       form->fields[i].depth > form->fields[at].depth)
		i++;
	return i;
}

static void settle_tick(struct form *form, size_t at)
{
	size_t i, end = end_of(form, at), on = 0;

	for (i = at + 1; i < end; i++)
		on += form->fields[i].tick == FORM_ON;
	if (end > at + 1)
		form->fields[at].tick = on == end - at - 1 ? FORM_ON : on ? FORM_PART : FORM_OFF;
}

static void tick_key(struct form *form, const struct key *key)
{
	struct form_field *field = &form->fields[form->at];
	size_t i;

	if (!is_plain(key, ' '))
		return;
	touch(form);
	field->tick = field->tick == FORM_ON ? FORM_OFF : FORM_ON;
	for (i = form->at + 1; i < end_of(form, form->at); i++)
		form->fields[i].tick = field->tick;
	for (i = form->at; i-- > 0 && form->fields[i].kind == FORM_TICK;)
		if (form->fields[i].depth < field->depth) {
			settle_tick(form, i);
			break;
		}
}

/* ---- keys ---- */

static bool is_escape(const struct form *form, const struct key *key)
{
	if (is_plain(key, KEY_CODE_ESC) || is_plain(key, CTRL('G')))
		return true;
	return form->state != FORM_READY && (is_plain(key, 'q') || is_plain(key, KEY_CODE_ENTER));
}

static void field_key(struct form *form, const struct key *key, const char *paste)
{
	const struct form_field *field = &form->fields[form->at];

	if (key->code == KEY_CODE_PASTE) {
		if (is_line(field))
			paste_line(form, paste);
	} else if (is_line(field)) {
		line_key(form, key);
	} else if (field->kind == FORM_CHOICE) {
		choice_key(form, key);
	} else if (field->kind == FORM_TICK) {
		tick_key(form, key);
	}
}

enum form_answer form_key(struct form *form, const struct key *key, const char *paste)
{
	int64_t by = key->alt ? 0 : distance(key);

	form->version++;
	if (is_escape(form, key)) {
		form_close(form);
		return FORM_LEFT;
	}
	if (form->state != FORM_READY || form->n == 0)
		return FORM_STAYS;
	if (form->fields[form->at].kind == FORM_BUTTON && is_plain(key, KEY_CODE_ENTER))
		return form_check(form) ? FORM_PRESSED : FORM_STAYS;
	if (by)
		move(form, by);
	else
		field_key(form, key, paste);
	return FORM_STAYS;
}
