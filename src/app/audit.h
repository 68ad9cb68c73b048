/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_AUDIT_H
#define PIPETOP_APP_AUDIT_H

/*
 * What was done from here (reliability.md 4.6): JSON lines in $XDG_STATE_HOME/pipetop/audit.jsonl, mode
 * 0600, only ever appended to, one write a line, so that several pipetops can share it. An intent is
 * synced before its request leaves; a line that cannot be written forbids the request.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "model/act.h"
#include "model/ref.h"

#define AUDIT_LOG "audit.jsonl" /* in the state directory */

/* "$XDG_STATE_HOME/pipetop/audit.jsonl"; false without a home. */
bool audit_default(struct buf *path);

struct audit; /* opaque */

/* `path` NULL: the usual place, which is made if need be. Opened at the first line that is written. */
struct audit *audit_new(const char *path, const char *endpoint_host);
void audit_free(struct audit *audit);

enum audit_event { AUDIT_INTENT, AUDIT_OUTCOME };

/* All strings borrowed; NULL, "", 0 and -1 are left out of the line. Everything is scrubbed and escaped. */
struct audit_entry {
	enum audit_event event;
	enum act act;
	char number[40]; /* links an intent and its outcome: audit_number() */
	const struct ref *ref; /* NULL: none */
	const char *pipeline, *step, *template; /* names (for a template its id) */
	int64_t run_number;
	const char *made;	 /* id of the template, pipeline or task that was made */
	const char *detail;	 /* what of it: variables' names, branch, queue id ... never a secret value */
	const char *before, *after; /* the server's words for the state; of the step for a gate */
	int http;		 /* status of the answer, 0: none */
	const char *code, *request_id; /* the server's */
	const char *verdict;	 /* "done", "not done", "unknown" */
	const char *why;	 /* sentence, with not done and unknown */
};
void audit_number(char *out, size_t size); /* unique in the file */
bool audit_write(struct audit *audit, const struct audit_entry *entry, struct err *err);

/* Each whole line of the file as parsed text, oldest first; false: it cannot be read. No file: no lines. */
struct audit_line {
	const char *json; /* the line itself, NUL-terminated */
	size_t number;	  /* from 1 */
	bool whole;	  /* it is a JSON object, and as we write them */
	/* "" where absent; those of pipeline, run and step are names where the line has them, else ids. */
	const char *id, *time, *event, *act, *pipeline, *run, *step, *template, *verdict, *why, *user;
};
/* Empty lines are passed by. */
bool audit_each(const char *path, void (*each)(void *self, const struct audit_line *line), void *self,
		struct err *err);

#endif
