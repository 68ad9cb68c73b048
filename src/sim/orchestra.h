/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ORCHESTRA_H
#define PIPETOP_SIM_ORCHESTRA_H

/* A pipeline made of a v3 orchestration (api.md 7.4), by a task that takes its time. */
#include <stddef.h>
#include <stdint.h>

struct call;
struct server;
struct orchestra_task;

struct orchestra { /* zero-filled: no tasks */
	struct orchestra_task *v;
	size_t n;
};

void orchestra_create(struct call *c);
void orchestra_status(struct call *c);
/* Makes the pipelines whose tasks are through by `now`. */
void orchestra_catch_up(struct server *s, int64_t now);
void orchestra_done(struct orchestra *o);

#endif
