/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ARENA_H
#define PIPETOP_SIM_ARENA_H

/* Memory that is born in many pieces and dies at once: a scenario's, a run's. */
#include <stddef.h>

struct arena {
	struct arena_block *last; /* zero-filled is an empty arena */
};

void *arena_alloc(struct arena *a, size_t size); /* zero-filled, aligned for anything */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_done(struct arena *a);

#endif
