/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_PICK_H
#define PIPETOP_APP_PICK_H

/*
 * Which pipeline and run a command's words mean (ux.md): PIPELINE is an id, a unique name or a
 * unique part of one; RUN an id, a number, @latest, @failed, @running or @waiting; those
 * four also stand in place of PIPELINE and then mean the newest such run of all.
 */
#include <stdbool.h>

#include "command.h"

struct picked {
	char *project_id, *pipeline_id;
	char *project_name; /* NULL: not known */
	char *name;   /* NULL: not known (an id was given) */
	char *run_id; /* NULL: the latest */
	bool failed;  /* @failed was said */
};

/* `run` may be NULL. On failure c->hints has the candidates. */
bool pick(struct command *c, const char *pipeline, const char *run, struct picked *picked,
	  struct err *err);
/*
 * Is the run that a word (@failed ...) picked of this pipeline the only one that it could have meant? For
 * who must not take the first of several. No failed run but the latest is meant so.
 */
bool pick_only(struct command *c, const char *word, const struct picked *picked, struct err *err);
void picked_done(struct picked *picked);
const char *picked_name(const struct picked *picked); /* name, else id */

#endif
