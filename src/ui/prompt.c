/* SPDX-License-Identifier: MIT */
/*
 * The line editor: readline's usual keys on a fixed buffer. Backspace on an empty line
 * leaves it, as in vi and less.
 */
#include "ui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define CTRL(c) ((c) - '@')

void prompt_done(struct prompt *p)
{
	size_t i;

	for (i = 0; i < p->n_history; i++)
		mem_free(p->history[i]);
	p->n_history = 0;
}

void prompt_set(struct prompt *p, const char *text)
{
	p->len = text_cut(text, strnlen(text, PROMPT_MAX));
	memmove(p->text, text, p->len);
	p->text[p->len] = '\0';
	p->at = p->len;
}

void prompt_open(struct prompt *p, char sign, const char *text)
{
	p->sign = sign;
	p->shown = 0;
	p->kept[0] = '\0';
	prompt_set(p, text_or_empty(text));
}

void prompt_close(struct prompt *p)
{
	p->sign = 0;
}

void prompt_insert(struct prompt *p, const char *utf8)
{
	size_t n = strlen(utf8);

	if (n > PROMPT_MAX - p->len)
		n = text_cut(utf8, PROMPT_MAX - p->len);
	memmove(p->text + p->at + n, p->text + p->at, p->len - p->at + 1);
	memcpy(p->text + p->at, utf8, n);
	p->len += n;
	p->at += n;
}

static size_t back_one(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && (p->text[--at] & 0xC0) == 0x80)
		;
	return at;
}

static size_t forward_one(const struct prompt *p)
{
	size_t used;

	if (p->at >= p->len)
		return p->len;
	text_decode(p->text + p->at, p->len - p->at, &used);
	return p->at + used;
}

static size_t back_word(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	while (at > 0 && p->text[at - 1] != ' ')
		at--;
	return at;
}

static enum prompt_event erase(struct prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->at = from;
	return PROMPT_EDITED;
}

void prompt_remember(struct prompt *p)
{
	size_t i;

	if (p->len == 0)
		return;
	for (i = 0; i < p->n_history && strcmp(p->history[i], p->text) != 0; i++)
		;
	if (i == p->n_history && p->n_history < PROMPT_HISTORY)
		p->n_history++;
	else if (i == p->n_history)
		i--;
	if (i < p->n_history && p->history[i])
		mem_free(p->history[i]);
	memmove(p->history + 1, p->history, i * sizeof(p->history[0]));
	p->history[0] = mem_strdup(p->text);
}

static enum prompt_event older(struct prompt *p, int step)
{
	if ((step > 0 && p->shown >= p->n_history) || (step < 0 && p->shown == 0))
		return PROMPT_IGNORED;
	if (p->shown == 0)
		memcpy(p->kept, p->text, sizeof(p->kept));
	p->shown += (size_t)step;
	prompt_set(p, p->shown ? p->history[p->shown - 1] : p->kept);
	return PROMPT_EDITED;
}

static enum prompt_event move(struct prompt *p, size_t at)
{
	p->at = at;
	return PROMPT_IGNORED;
}

static enum prompt_event control_key(struct prompt *p, uint32_t code)
{
	switch (code) {
	case KEY_CODE_ENTER:
		prompt_remember(p);
		return PROMPT_DONE;
	case KEY_CODE_ESC:
	case CTRL('G'):
		return PROMPT_CANCELLED;
	case KEY_CODE_BACKSPACE:
		return p->len == 0 ? PROMPT_CANCELLED : erase(p, back_one(p), p->at);
	case KEY_CODE_DELETE:
	case CTRL('D'):
		return erase(p, p->at, forward_one(p));
	case CTRL('W'):
		return erase(p, back_word(p), p->at);
	case CTRL('U'):
		return erase(p, 0, p->at);
	case CTRL('K'):
		return erase(p, p->at, p->len);
	case KEY_CODE_LEFT:
	case CTRL('B'):
		return move(p, back_one(p));
	case KEY_CODE_RIGHT:
	case CTRL('F'):
		return move(p, forward_one(p));
	case KEY_CODE_HOME:
	case CTRL('A'):
		return move(p, 0);
	case KEY_CODE_END:
	case CTRL('E'):
		return move(p, p->len);
	case KEY_CODE_UP:
	case CTRL('P'):
		return older(p, 1);
	case KEY_CODE_DOWN:
	case CTRL('N'):
		return older(p, -1);
	case CTRL('R'):
		p->literal = !p->literal;
		return PROMPT_EDITED;
	default:
		return PROMPT_IGNORED;
	}
}

enum prompt_event prompt_key(struct prompt *p, const struct key *key)
{
	char utf8[5] = {0};

	if (key->alt)
		return PROMPT_IGNORED;
	if (key->code < ' ' || key->code == 0x7F || key->code > 0x10FFFF)
		return control_key(p, key->code);
	if (text_width(key->code) < 0)
		return PROMPT_IGNORED;
	text_encode(key->code, utf8);
	prompt_insert(p, utf8);
	return PROMPT_EDITED;
}

void prompt_draw(const struct prompt *p, struct grid *g, const struct rect *r)
{
	struct prompt left = {.sign = 0};
	const char *from = p->text;
	size_t used;
	int lead, width;

	grid_fill(g, r, 0, 0, -1, ROLE_PROMPT, ' ');
	lead = grid_textf(g, r, 0, 0, -1, ROLE_PROMPT, "%c%s", p->sign,
			  p->sign == '/' && p->literal ? "literal: " : "");
	/* The part before the cursor must fit: cut whole characters from the left. */
	memcpy(left.text, p->text, p->at);
	left.text[p->at] = '\0';
	for (;;) {
		width = grid_name_width(g, left.text + (from - p->text));
		if (lead + width < r->cols || from >= p->text + p->at)
			break;
		text_decode(from, (size_t)(p->text + p->len - from), &used);
		from += used;
	}
	grid_name(g, r, 0, lead, -1, ROLE_PROMPT, from);
	grid_cursor(g, r->row, r->col + lead + width);
}
