/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_TEMPLATES_H
#define PIPETOP_SIM_TEMPLATES_H

/* Templates of pipelines (api.md 6.4, 7.3). */
#include <stdbool.h>
#include <stddef.h>

struct call;
struct template;

struct templates { /* zero-filled: not asked for yet */
	struct template *v;
	size_t n;
	bool filled;
};

void templates_list(struct call *c);
void templates_show(struct call *c);
void templates_create(struct call *c);
void templates_update(struct call *c);
void templates_delete(struct call *c);
void templates_favorite(struct call *c);
void templates_use(struct call *c);
void templates_v3_list(struct call *c);
void templates_v3_show(struct call *c);
void templates_done(struct templates *t);

#endif
