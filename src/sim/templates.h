/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_TEMPLATES_H
#define PIPETOP_SIM_TEMPLATES_H

/* Templates of pipelines (api.md 6.4, 7.3). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/rng.h"

struct call;
struct scenario;
struct shape;

struct template {
	char id[RNG_ID_SIZE];
	char *name, *language, *description, *definition, *variables; /* JSON; variables NULL */
	const struct shape *shape; /* of a system one; NULL */
	bool system, collected, shows_source, deleted;
	bool specimen; /* made up (specimens.c) */
	int64_t created, updated;
};

struct templates { /* zero-filled: not asked for yet */
	struct template *v;
	size_t n;
	int specimens; /* custom ones that are there from the start */
	bool filled;
};

/* A new one, to be filled; lasts until the next. */
struct template *templates_add(struct templates *t, int64_t now);
/* Custom ones, made up: `n` more than those that were made up before. */
void specimens_add(struct templates *t, const struct scenario *s, int n);
/* Those of the system, and the specimens asked for at the start, are there from now on. */
void templates_fill(struct templates *t, const struct scenario *s);

void templates_list(struct call *c);
void templates_show(struct call *c);
void templates_create(struct call *c);
void templates_update(struct call *c);
void templates_delete(struct call *c);
void templates_favorite(struct call *c);
void templates_use(struct call *c);
void templates_v3_list(struct call *c);
void templates_v3_watched(struct call *c); /* POST /v3/pipeline/templates/list */
void templates_v3_show(struct call *c);
void templates_done(struct templates *t);

#endif
