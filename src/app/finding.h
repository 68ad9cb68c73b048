/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FINDING_H
#define PIPETOP_APP_FINDING_H

/*
 * What `doctor` found, as plain data: a list of verdicts, each of a check that has a group and a name.
 * A check may add several. Texts may hold anybody's words and are cleaned where they are
 * printed.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/options.h"

enum verdict {
	VERDICT_OK,
	VERDICT_WARNING,
	VERDICT_SKIPPED, /* it makes no sense after an earlier problem */
	VERDICT_PROBLEM,
};

struct finding {
	const char *group, *name; /* of the check; static, translatable */
	enum verdict verdict;
	enum exit_status status; /* of a problem */
	char *text;
	char *mend; /* NULL: nothing is to be mended */
};

struct findings {
	struct finding *list;
	size_t n;
	const char *group, *name; /* of what is added now */
};

void findings_init(struct findings *f);
void findings_done(struct findings *f);
/* What is added from now on is of this check. */
void findings_begin(struct findings *f, const char *group, const char *name);

void finding_ok(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void finding_skipped(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void finding_warning(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void finding_problem(struct findings *f, enum exit_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* How the one that was added last is mended. */
void finding_mend(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The worst verdict from the one numbered `from` on; OK when there is none. */
enum verdict findings_worst(const struct findings *f, size_t from);
size_t findings_count(const struct findings *f, enum verdict verdict);
/* Of the first problem; EXIT_OK without one. */
enum exit_status findings_status(const struct findings *f);

#endif
