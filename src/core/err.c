/* SPDX-License-Identifier: MIT */
/*
 * Sentences for failures, always whole UTF-8: a text that does not fit is cut at a
 * character border, since it may carry the server's Chinese words.
 */
#include "core/err.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"

bool err_vset(struct err *err, enum err_kind kind, int code, const char *fmt, va_list ap)
{
	int n;

	if (!err)
		return false;
	err->kind = kind;
	err->code = code;
	n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	if (n >= (int)sizeof(err->text))
		err->text[text_cut(err->text, strlen(err->text))] = '\0';
	return false;
}

bool err_set(struct err *err, enum err_kind kind, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(err, kind, code, fmt, ap);
	va_end(ap);
	return false;
}

bool err_prefix(struct err *err, const char *fmt, ...)
{
	char old[sizeof(err->text)], head[sizeof(err->text)];
	va_list ap;

	if (!err)
		return false;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	return err_set(err, err->kind, err->code, "%s: %s", head, old);
}
