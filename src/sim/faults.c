/* SPDX-License-Identifier: MIT */
/*
 * A fault is a row of numbers set by name; what it does to an answer is in server.c
 * (the text) and sim.c (the connection). Names and limits are in one table each, so that
 * a refusal can list what would have been right.
 */
#include "sim/faults.h"

#include <stdint.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"

static const char *const classes[FAULT_CLASSES] = {
	[FAULT_LIST] = "list", [FAULT_DETAIL] = "detail", [FAULT_LOG] = "log",
	[FAULT_IAM] = "iam",   [FAULT_RUN] = "run",	  [FAULT_STOP] = "stop",
	[FAULT_RETRY] = "retry", [FAULT_APPROVE] = "approve", [FAULT_REJECT] = "reject",
	[FAULT_BAN] = "ban", [FAULT_TEMPLATE] = "template", [FAULT_TASK] = "task",
	[FAULT_OTHER] = "other", [FAULT_ANY] = "any",
};

static const char *const kinds[FAULT_KINDS] = {
	[FAULT_STATUS] = "status",     [FAULT_ERROR200] = "error200", [FAULT_HTML] = "html",
	[FAULT_EMPTY] = "empty",       [FAULT_HANG] = "hang",	      [FAULT_CLOSE] = "close",
	[FAULT_TRUNCATE] = "truncate", [FAULT_DELAY] = "delay",	      [FAULT_REDIRECT] = "redirect",
	[FAULT_NO_TOKEN] = "no-token",	     [FAULT_LONG_TOKEN] = "long-token",
	[FAULT_SPLIT_TOKEN] = "split-token", [FAULT_EXPIRES] = "expires",
	[FAULT_ECHO] = "echo",	     [FAULT_LATE] = "applied-late",
	[FAULT_UNDONE] = "never-applied",    [FAULT_STALE] = "read-back-stale",
	[FAULT_BLIND] = "read-back-fails",   [FAULT_ASTRAY] = "other-run-changes",
	[FAULT_COLLEAGUE] = "colleague-did-it", [FAULT_FINISHES] = "finishes",
};

static const char *const whens[] = {"", "before", "after"};

bool faults_are_actions(enum fault_class class)
{
	return class >= FAULT_RUN && class <= FAULT_TASK;
}

bool faults_are_of_runs(enum fault_class class)
{
	return class >= FAULT_RUN && class <= FAULT_REJECT;
}

const char *fault_class_name(enum fault_class class)
{
	return classes[class];
}

static bool choose(const char *name, const char *value, const char *const *names, int n, int *out,
		   struct err *err)
{
	struct buf list;
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(value, names[i]) == 0) {
			*out = i;
			return true;
		}
	buf_init(&list, 400);
	for (i = 0; i < n; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", names[i]);
	err_set(err, ERR_INPUT, 0, "%s \"%.40s\" is none of %s", name, value, list.data);
	buf_done(&list);
	return false;
}

bool faults_set(struct fault *f, const char *name, const char *value, struct err *err)
{
	const struct {
		const char *name;
		int *to, min, max;
	} numbers[] = {
		{"status", &f->status, 100, 599},
		{"retry_after", &f->retry_after, 0, 1000000},
		{"ms", &f->ms, 0, 600000},
		{"shape", &f->shape, 1, 6},
		{"reads", &f->reads, 1, 1000000},
		{"count", &f->count, -1, 1000000000},
		{"skip", &f->skip, 0, 1000000000},
	};
	int64_t n;
	size_t i;
	int chosen;

	if (strcmp(name, "class") == 0) {
		if (!choose(name, value, classes, FAULT_CLASSES, &chosen, err))
			return false;
		f->class = (enum fault_class)chosen;
		return true;
	}
	if (strcmp(name, "kind") == 0) {
		if (!choose(name, value, kinds, FAULT_KINDS, &chosen, err))
			return false;
		f->kind = (enum fault_kind)chosen;
		return true;
	}
	if (strcmp(name, "when") == 0) {
		if (!choose(name, value, whens + 1, 2, &chosen, err))
			return false;
		f->when = chosen ? FAULT_AFTER : FAULT_BEFORE;
		return true;
	}
	if (!text_int(value, &n))
		return err_set(err, ERR_INPUT, 0, "%.40s=%.40s: the value must be a number", name,
			       value);
	if (strcmp(name, "bytes") == 0 && n >= 0) {
		f->bytes = (size_t)n;
		return true;
	}
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name))
			continue;
		if (n < numbers[i].min || n > numbers[i].max)
			return err_set(err, ERR_INPUT, 0, "%s must be %d to %d", name,
				       numbers[i].min, numbers[i].max);
		*numbers[i].to = (int)n;
		return true;
	}
	return err_set(err, ERR_INPUT, 0,
		       "a fault has no \"%.40s\": use class, kind, when, status, retry_after, ms, shape, "
		       "reads, count, skip, bytes",
		       name);
}

void faults_default(struct fault *f)
{
	*f = (struct fault){.class = FAULT_ANY,
			    .kind = FAULT_STATUS,
			    .status = 503,
			    .retry_after = -1,
			    .shape = 1,
			    .reads = 1,
			    .count = 1,
			    .bytes = 20,
			    .ms = 1000};
}

void faults_push(struct faults *f, const struct fault *fault)
{
	f->v = mem_grow(f->v, f->n, sizeof(*f->v));
	f->v[f->n++] = *fault;
}

bool faults_add(struct faults *f, const char *words, struct err *err)
{
	char *copy = mem_strdup(words), *rest = copy, *word;
	struct fault fault;
	bool ok = true;

	faults_default(&fault);
	while (ok && (word = strsep(&rest, "&"))) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		ok = faults_set(&fault, word, value ? value : "", err);
	}
	mem_free(copy);
	if (ok)
		faults_push(f, &fault);
	return ok;
}

void faults_clear(struct faults *f)
{
	mem_free(f->v);
	f->v = NULL;
	f->n = 0;
}

bool faults_strike(struct faults *f, enum fault_class class, struct fault *out)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		struct fault *fault = &f->v[i];

		if ((fault->class != FAULT_ANY && fault->class != class) || !fault->count)
			continue;
		if (fault->skip) {
			fault->skip--;
			continue;
		}
		if (fault->count > 0)
			fault->count--;
		*out = *fault;
		return true;
	}
	return false;
}
