/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_HELP_H
#define PIPETOP_UI_HELP_H

/* The help as a page: the key table, the commands of the `:` line, the symbols. */
#include "page.h"
#include "ui/keymap.h"

/* Keys that hold in `context` come first; read-only there is nothing that changes something on the server. */
void help_open(struct page *page, const struct keymap *keys, enum command_context context, bool utf8,
	       bool read_only);

#endif
