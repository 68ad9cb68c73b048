/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATETEXT_H
#define PIPETOP_APP_TEMPLATETEXT_H

/*
 * A template as the text that an operator edits: three lines, and the definition below them.
 *
 *	# what this is; comments end where the definition begins
 *	name: Go basic
 *	language: go
 *	description: "two\nlines"      in quotes, as JSON has it, only where it has to be
 *	definition:
 *	{
 *	  "stages": [ ...
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"
#include "model/template.h"

#define TEMPLATETEXT_MAX ((size_t)8 << 20) /* bytes */

void templatetext_write(const struct template *tmpl, struct buf *out);

/*
 * `wanted` becomes `shown` with what the text says, and is the caller's also after a failure. The sentence
 * names the line. A definition of which only white space was changed stays as the service had it.
 */
bool templatetext_read(const char *text, size_t len, const struct template *shown, struct template *wanted,
		       struct err *err);

/* Is there nothing in it but comments and blanks? */
bool templatetext_empty(const char *text);

/* Would the service take it, as far as its documentation says? */
bool templatetext_name(const char *name, struct err *err);
bool templatetext_language(const char *word, struct err *err);
bool templatetext_description(const char *text, struct err *err);
/* `first_line` is the number of the text's first line in what the operator sees. */
bool templatetext_definition(const char *text, size_t len, int first_line, struct err *err);

/* The languages, ended by NULL. */
const char *const *templatetext_languages(void);

#endif
