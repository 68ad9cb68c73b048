/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_ERR_H
#define PIPETOP_CORE_ERR_H

/*
 * How a failing call says why.
 *
 * A function that can fail returns bool, takes `struct err *` last, and leaves it
 * untouched on success. The kind is what callers act on; the text is a sentence fit
 * for the status line: it names the thing and, where there is one, the mend. Passing
 * NULL for the err is always allowed.
 */
#include <stdarg.h>
#include <stdbool.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_INPUT,	/* the operator's word: an option, a name, a file's content */
	ERR_IO,		/* the local machine: files, terminal, memory file */
	ERR_NET,	/* no answer: name, connect, TLS, reset, time-out */
	ERR_AUTH,	/* 401, 403, and the errors in HTTP 200 that mean the same */
	ERR_RATE,	/* 429 and its like */
	ERR_REMOTE,	/* the server answered that it failed */
	ERR_PARSE,	/* an answer that is not what the API documents */
	ERR_GONE,	/* 404: what was asked for is not there (any more) */
	ERR_CANCELLED,	/* we took the request back */
};

struct err {
	enum err_kind kind;
	int code; /* errno, CURLcode or HTTP status, whichever the kind means */
	char text[200];
};

/* Both fill `err` (when not NULL) and return false, so that a failing call is one line. */
bool err_set(struct err *err, enum err_kind kind, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool err_vset(struct err *err, enum err_kind kind, int code, const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));

/* Puts "prefix: " before the text that `err` already has; returns false. */
bool err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
