/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FACTS_H
#define PIPETOP_APP_FACTS_H

/*
 * What a hook is told of a change: "NAME=value" for its environment (app/hooks.h has the list).
 * Owned (argv_free). Values are clean: one line, no control characters, bounded.
 */
#include "model/changes.h"
#include "model/store.h"

char **facts_new(const struct change *change, const struct store *store, const char *hook, bool utf8);

#endif
