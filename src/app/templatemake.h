/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEMAKE_H
#define PIPETOP_APP_TEMPLATEMAKE_H

/* The two ways to a new pipeline: of a template, and of an orchestration's document. */
#include "templates.h"

templates_fn templatemake_use, templatemake_task;

struct orchestration;
/*
 * The document of --file, looked through; what is wrong with it is in c->hints. `doc` is to be released in any
 * case.
 */
bool templatemake_read(struct templates *t, struct orchestration *doc, struct err *err);

#endif
