/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_ORCHESTRATION_H
#define PIPETOP_APP_ORCHESTRATION_H

/*
 * The document that POST /v3/templates/task makes a pipeline from (api.md 7.4): read, checked and
 * drawn here, and sent as it was read, byte for byte. Keys that we do not know, and either
 * spelling of those that the service spells in two ways, are never looked at.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"
#include "jsontree.h"

#define ORCHESTRATION_BYTES_MAX (4u << 20)
#define ORCHESTRATION_FAULTS_MAX 50 /* told; the rest is counted */

struct orchestration_fault {
	char *text; /* "flow.state_4.Task_9: no such state", clean for a terminal */
	int line;   /* 0: the whole document */
};

struct vertex;

struct orchestration {
	struct buf text; /* as read */
	struct jsontree tree;
	struct orchestration_fault *faults; /* as the checks come upon them */
	size_t n_faults;
	size_t n_untold; /* beyond the maximum */
	struct vertex *vertices; /* private: the states by name */
	size_t n_vertices;
};

/* `path` names a regular file; "-" is what stands in `in_fd` (standard input) up to its end. */
bool orchestration_read(struct orchestration *doc, const char *path, int in_fd, struct err *err);
/* The same from memory. False: it is no JSON, or has faults; err is the first of them. */
bool orchestration_check(struct orchestration *doc, const char *text, size_t len, struct err *err);
void orchestration_done(struct orchestration *doc);

/* "line 12: flow.state_4.Task_9: no such state", one a line. */
void orchestration_faults(const struct orchestration *doc, struct buf *out);
/* Stages in the order of their chain, depth 0, and their tasks, depth 1. Only of a document without faults. */
typedef void orchestration_each_fn(void *self, int depth, const char *key, const char *name, const char *made);
void orchestration_each(const struct orchestration *doc, orchestration_each_fn *each, void *self);
void orchestration_draw(const struct orchestration *doc, int width, struct buf *out);
/* A text of `workflow`, such as its "name" or "project_id"; "". */
const char *orchestration_workflow(const struct orchestration *doc, const char *key);

#endif
