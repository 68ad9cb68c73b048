/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_ERRORS_H
#define PIPETOP_LOG_ERRORS_H

/*
 * Error lines: which lines of a log an operator wants to land on (ux.md, "An error
 * line"). Rules are a table of patterns with a strength; a bare summary such as
 * "FAIL x" is weak and comes after.
 *
 * An errors object follows a log incrementally, in slices, from wherever it was
 * attached: it keeps the line numbers of the strong and weak matches found so far (each
 * list has a ceiling; beyond it only the count goes on).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "log/log.h"

enum error_strength { ERROR_NONE, ERROR_WEAK, ERROR_STRONG };

/*
 * Rules of the operator's own, in the syntax of a search. They go before the built-in ones, the first
 * that matches decides; ERROR_NONE says of a line that it is no error.
 */
struct error_own {
	char *pattern;
	enum error_strength strength;
};
struct error_list {
	struct error_own *rules;
	size_t n;
};
/* Copies the pattern into the list; false when it is none, and err says why. */
bool error_list_add(struct error_list *list, const char *pattern, enum error_strength strength,
		    struct err *err);
void error_list_done(struct error_list *list);

/* The built-in table and what goes before it (NULL: nothing), compiled. */
struct error_rules;
struct error_rules *error_rules_new(const struct error_list *own);
void error_rules_free(struct error_rules *rules);
/* Its verdict on one line as delivered: a time stamp and escapes are passed over. */
enum error_strength error_rules_line(struct error_rules *rules, const char *line, size_t len);

struct errors;
/* `own` (NULL: none) is read here and not kept. */
struct errors *errors_new(struct log *log, const struct error_list *own);
void errors_free(struct errors *e);
/* Scans what is new at both ends for about slice_us; true when up to date. */
bool errors_step(struct errors *e, int64_t slice_us);

/* Strong matches if there are any, else weak ones. */
size_t errors_count(const struct errors *e);
/* The first error line at or after / before `line` (strict); false when there is none. */
bool errors_next(const struct errors *e, int64_t line, int64_t *found);
bool errors_previous(const struct errors *e, int64_t line, int64_t *found);
bool errors_first(const struct errors *e, int64_t *found);
bool errors_is(const struct errors *e, int64_t line);
size_t errors_rank(const struct errors *e, int64_t line); /* 1-based; 0: not an error line */

#endif
