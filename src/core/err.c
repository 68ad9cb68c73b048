/* SPDX-License-Identifier: MIT */
/*
 * Sentences for failures, always whole UTF-8: a text that does not fit is cut at a
 * character border, since it may carry the server's Chinese words. Every sentence passes the
 * filter for secrets here, before it is cut and a secret with it could no longer be known.
 */
#include "core/err.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "core/vault.h"

#define WHOLE_MAX 1024

bool err_vset(struct err *err, enum err_kind kind, int code, const char *fmt, va_list ap)
{
	char whole[WHOLE_MAX];
	size_t n;

	if (!err)
		return false;
	err->kind = kind;
	err->code = code;
	vsnprintf(whole, sizeof(whole), fmt, ap);
	vault_scrub_text(whole, sizeof(whole));
	n = strlen(whole);
	if (n >= sizeof(err->text))
		n = text_cut(whole, sizeof(err->text) - 1);
	memcpy(err->text, whole, n);
	err->text[n] = '\0';
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
	char old[sizeof(err->text)], head[WHOLE_MAX];
	va_list ap;

	if (!err)
		return false;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	return err_set(err, err->kind, err->code, "%s: %s", head, old);
}
