/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_KEYMAP_H
#define PIPETOP_UI_KEYMAP_H

/*
 * Which keys have which command: the key table, changed by the configuration. Dispatch, the
 * help and the footer read this.
 *
 * A command's keys are replaced as a whole, in one context or in both. Two commands may trade
 * keys, so that doubles are looked for when all is bound (keymap_check); a map that failed
 * is not to be used.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"
#include "ui/command.h"

struct keymap; /* opaque */

/* The keys of a table (command_table), which is borrowed for the map's life. */
struct keymap *keymap_new(const struct command_info *table, size_t n);
void keymap_free(struct keymap *map);

/*
 * Binds the command `name` to `keys` ("j Down"; "" to none) in its rows of `contexts`. `line` is
 * where that was said. The sentence of a failure names what is wrong and what is near to it.
 */
bool keymap_bind(struct keymap *map, const char *name, unsigned contexts, const char *keys, unsigned line,
		 struct err *err);

/*
 * Has each key one command, and is there a way out? If not, *line is that of the last
 * binding that takes part.
 */
bool keymap_check(const struct keymap *map, unsigned *line, struct err *err);

/* The command of a key; CMD_NONE when it is not bound. */
enum command keymap_command(const struct keymap *map, const struct key *key, enum command_context context);

/* Appends the keys of a command in a context, separated by blanks. */
void keymap_keys(const struct keymap *map, enum command command, enum command_context context, struct buf *out);

/* The keys of the i-th row of the table, as its `keys` would say: borrowed; "" for none. */
const char *keymap_row(const struct keymap *map, size_t i, enum command_context context);

#endif
