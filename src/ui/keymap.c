/* SPDX-License-Identifier: MIT */
/*
 * The key table with other keys in it. Each row has its keys once for the lists and once for
 * the log, since a row of the table may hold in both and be bound in one alone. Some keys
 * are refused although the terminal could send them: a plain letter would be lost to typing
 * if it quit everywhere, and what changes something on the server wants a capital letter.
 */
#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"

#define KEYS_MAX 8
#define CONTEXTS 2

/* The keys of one row in one context. */
struct binding {
	struct key keys[KEYS_MAX];
	size_t n;
	char *text;
	unsigned line; /* 0: the default */
};

struct keymap {
	const struct command_info *table;
	size_t n;
	struct binding (*rows)[CONTEXTS];
};

static const enum command_context contexts_of[CONTEXTS] = {IN_TREE, IN_LOG};

static size_t slot(enum command_context context)
{
	return context == IN_LOG ? 1 : 0;
}

/* ---- keys ---- */

/* What stands for these control characters, because terminals send the same for both. */
static const char *plain_name(const struct key *key)
{
	switch (key->code) {
	case 'H' - '@':
		return "Backspace";
	case 'I' - '@':
		return "Tab";
	case 'J' - '@':
	case 'M' - '@':
		return "Enter";
	case '[' - '@':
		return "Esc";
	default:
		return NULL;
	}
}

/* "ctrl+d", "C-d" and "^D" are what hands used to other programs write. */
static bool spelled_otherwise(const char *word, char *out, size_t size)
{
	static const char *const prefixes[] = {"ctrl+", "Ctrl+", "CTRL+", "Ctrl-", "ctrl-", "C-", "^"};
	size_t i, len;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		len = strlen(prefixes[i]);
		if (!text_starts(word, prefixes[i]) || !word[len] || word[len + 1])
			continue;
		snprintf(out, size, "Ctrl+%c", word[len] >= 'a' && word[len] <= 'z' ? word[len] - 'a' + 'A' : word[len]);
		return true;
	}
	return false;
}

static bool unknown_key(const char *name, const char *word, struct err *err)
{
	static const char *const known[] = {"Up",     "Down",	   "Left",  "Right", "Home",	  "End", "PgUp",
					    "PgDn",   "Insert",	   "Delete", "Enter", "Backspace", "Tab", "Shift+Tab",
					    "Esc",    "Space",	   "Ctrl+A", "Alt+a", "F1",	  NULL};
	struct suggest near = {.word = word};
	char other[16];
	size_t i;

	for (i = 0; known[i]; i++)
		suggest_offer(&near, known[i]);
	if (spelled_otherwise(word, other, sizeof(other)))
		near.best = other;
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("%s: there is no key '%.20s': did you mean %s?"), name, word,
			       near.best);
	return err_set(err, ERR_INPUT, 0,
		       _("%s: there is no key '%.20s': a character, Ctrl+A, Alt+a, F1 to F12, Enter, Space, PgUp "
			 "and the like are keys"),
		       name, word);
}

static bool is_typed(const struct key *key)
{
	return !key->alt && key->code >= ' ' && (key->code < KEY_CODE_F1 || key->code > KEY_CODE_F12);
}

/* Commands that hold while text is typed, too. */
static bool everywhere(enum command command)
{
	return command == CMD_QUIT_NOW || command == CMD_SUSPEND || command == CMD_REPAINT;
}

/* May that command have that key at all? */
static bool suits(const struct command_info *info, const struct key *key, const char *word, struct err *err)
{
	const char *plain = plain_name(key);

	if (key->code == 0)
		return err_set(err, ERR_INPUT, 0, _("%s: a terminal sends nothing for %s"), info->name, word);
	if (plain)
		return err_set(err, ERR_INPUT, 0, _("%s: %s is %s to a terminal: write %s"), info->name, word, plain,
			       plain);
	if (everywhere(info->command) && is_typed(key))
		return err_set(err, ERR_INPUT, 0,
			       _("%s: it holds while text is typed, too: it takes keys with Ctrl or Alt and F1 to "
				 "F12, not '%s'"),
			       info->name, word);
	if ((info->contexts & COMMAND_CHANGES) && (key->alt || key->code < 'A' || key->code > 'Z'))
		return err_set(err, ERR_INPUT, 0,
			       _("%s: it changes something on the server: it takes a capital letter, not '%s'"),
			       info->name, word);
	return true;
}

static bool holds(const struct binding *b, const struct key *key)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (key_same(&b->keys[i], key))
			return true;
	return false;
}

/* ---- binding ---- */

static bool add_key(struct binding *b, const struct command_info *info, const char *word, struct err *err)
{
	struct key key;

	if (!key_parse(word, &key))
		return unknown_key(info->name, word, err);
	if (!suits(info, &key, word, err))
		return false;
	if (holds(b, &key))
		return true;
	if (b->n == KEYS_MAX)
		return err_set(err, ERR_INPUT, 0, _("%s: more than %d keys"), info->name, KEYS_MAX);
	b->keys[b->n++] = key;
	return true;
}

static void spell(struct binding *b)
{
	struct buf text;
	size_t i;

	buf_init(&text, BUF_MAX);
	for (i = 0; i < b->n; i++) {
		buf_adds(&text, i ? " " : "");
		key_name(&b->keys[i], &text);
	}
	b->text = mem_strdup(text.data);
	buf_done(&text);
}

static bool read_keys(struct binding *b, const struct command_info *info, const char *keys, struct err *err)
{
	char word[32];
	size_t len;

	for (keys += strspn(keys, " "); *keys; keys += len + strspn(keys + len, " ")) {
		len = strcspn(keys, " ");
		if (len >= sizeof(word))
			return unknown_key(info->name, "...", err);
		snprintf(word, sizeof(word), "%.*s", (int)len, keys);
		if (!add_key(b, info, word, err))
			return false;
	}
	spell(b);
	return true;
}

static void replace(struct binding *b, const struct binding *by)
{
	mem_free(b->text);
	*b = *by;
	b->text = mem_strdup(by->text);
}

struct keymap *keymap_new(const struct command_info *table, size_t n)
{
	struct keymap *map = mem_zalloc(sizeof(*map));
	struct binding made;
	size_t i, c;

	map->table = table;
	map->n = n;
	map->rows = mem_calloc(n, sizeof(*map->rows));
	for (i = 0; i < n; i++) {
		made = (struct binding){0};
		read_keys(&made, &table[i], table[i].keys, NULL);
		for (c = 0; c < CONTEXTS; c++)
			if (table[i].contexts & contexts_of[c])
				replace(&map->rows[i][c], &made);
		mem_free(made.text);
	}
	return map;
}

void keymap_free(struct keymap *map)
{
	size_t i, c;

	if (!map)
		return;
	for (i = 0; i < map->n; i++)
		for (c = 0; c < CONTEXTS; c++)
			mem_free(map->rows[i][c].text);
	mem_free(map->rows);
	mem_free(map);
}

static bool unknown_command(const struct keymap *map, const char *name, bool elsewhere, struct err *err)
{
	struct suggest near = {.word = name};
	size_t i;

	if (elsewhere)
		return err_set(err, ERR_INPUT, 0, _("command %s is not one of that view"), name);
	for (i = 0; i < map->n; i++)
		suggest_offer(&near, map->table[i].name);
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("there is no command '%.40s': did you mean %s?"), name,
			       near.best);
	return err_set(err, ERR_INPUT, 0, _("there is no command '%.40s': pipetop-config(5) lists them"), name);
}

static bool bind_row(struct keymap *map, size_t i, unsigned contexts, const char *keys, unsigned line,
		     struct err *err)
{
	struct binding made = {.line = line};
	bool ok = read_keys(&made, &map->table[i], keys, err);
	size_t c;

	for (c = 0; ok && c < CONTEXTS; c++)
		if (contexts & map->table[i].contexts & contexts_of[c])
			replace(&map->rows[i][c], &made);
	mem_free(made.text);
	return ok;
}

bool keymap_bind(struct keymap *map, const char *name, unsigned contexts, const char *keys, unsigned line,
		 struct err *err)
{
	bool known = false, bound = false;
	size_t i;

	for (i = 0; i < map->n; i++) {
		if (strcmp(map->table[i].name, name) != 0)
			continue;
		known = true;
		if (!(map->table[i].contexts & contexts & IN_ALL))
			continue;
		if (!bind_row(map, i, contexts, keys, line, err))
			return false;
		bound = true;
	}
	return bound || unknown_command(map, name, known, err);
}

/* ---- checking ---- */

static bool same_key(const struct keymap *map, size_t i, size_t k, size_t c, unsigned *line, struct err *err)
{
	const struct binding *a = &map->rows[i][c], *b = &map->rows[k][c];
	struct buf name;
	size_t at;

	for (at = 0; at < a->n && !holds(b, &a->keys[at]); at++)
		;
	if (at == a->n)
		return true;
	*line = a->line > b->line ? a->line : b->line;
	buf_init(&name, BUF_MAX);
	key_name(&a->keys[at], &name);
	err_set(err, ERR_INPUT, 0,
		c ? _("key %s has two commands in the log, %s and %s: give one of them another key")
		  : _("key %s has two commands in the lists, %s and %s: give one of them another key"),
		name.data, map->table[i].name, map->table[k].name);
	buf_done(&name);
	return false;
}

static bool way_out(const struct keymap *map, unsigned *line, struct err *err)
{
	size_t i, keys = 0;

	*line = 0;
	for (i = 0; i < map->n; i++) {
		const struct binding *b = &map->rows[i][slot(IN_TREE)];

		if (map->table[i].command != CMD_QUIT && map->table[i].command != CMD_QUIT_NOW)
			continue;
		keys += b->n;
		*line = b->line > *line ? b->line : *line;
	}
	return keys || err_set(err, ERR_INPUT, 0, _("quit and quit-now are both without a key: there would be no way out"));
}

bool keymap_check(const struct keymap *map, unsigned *line, struct err *err)
{
	size_t i, k, c;

	for (c = 0; c < CONTEXTS; c++)
		for (i = 0; i < map->n; i++)
			for (k = i + 1; k < map->n; k++)
				if (!same_key(map, i, k, c, line, err))
					return false;
	return way_out(map, line, err);
}

/* ---- reading ---- */

enum command keymap_command(const struct keymap *map, const struct key *key, enum command_context context)
{
	size_t i, c = slot(context);

	for (i = 0; i < map->n; i++)
		if (holds(&map->rows[i][c], key))
			return map->table[i].command;
	return CMD_NONE;
}

void keymap_keys(const struct keymap *map, enum command command, enum command_context context, struct buf *out)
{
	size_t i, n = 0, c = slot(context);

	for (i = 0; i < map->n; i++)
		if (map->table[i].command == command && map->rows[i][c].n)
			buf_addf(out, "%s%s", n++ ? " " : "", map->rows[i][c].text);
}

const char *keymap_row(const struct keymap *map, size_t i, enum command_context context)
{
	return text_or_empty(map->rows[i][slot(context)].text);
}
