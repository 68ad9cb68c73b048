/* SPDX-License-Identifier: MIT */
/* A list that grows; who adds to it says what was seen and, in a second sentence, what to do. */
#include "finding.h"

#include <stdarg.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"

void findings_init(struct findings *f)
{
	memset(f, 0, sizeof(*f));
}

void findings_done(struct findings *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		mem_free(f->list[i].text);
		mem_free(f->list[i].mend);
	}
	mem_free(f->list);
	findings_init(f);
}

void findings_begin(struct findings *f, const char *group, const char *name)
{
	f->group = group;
	f->name = name;
}

static __attribute__((format(printf, 1, 0))) char *sentence(const char *fmt, va_list ap)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_vaddf(&text, fmt, ap);
	return buf_take(&text);
}

static __attribute__((format(printf, 4, 0))) void add(struct findings *f, enum verdict verdict,
						      enum exit_status status, const char *fmt, va_list ap)
{
	f->list = mem_grow(f->list, f->n, sizeof(*f->list));
	f->list[f->n++] = (struct finding){f->group, f->name, verdict, status, sentence(fmt, ap), NULL};
}

void finding_ok(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, VERDICT_OK, EXIT_OK, fmt, ap);
	va_end(ap);
}

void finding_skipped(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, VERDICT_SKIPPED, EXIT_OK, fmt, ap);
	va_end(ap);
}

void finding_warning(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, VERDICT_WARNING, EXIT_OK, fmt, ap);
	va_end(ap);
}

void finding_problem(struct findings *f, enum exit_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, VERDICT_PROBLEM, status, fmt, ap);
	va_end(ap);
}

void finding_mend(struct findings *f, const char *fmt, ...)
{
	struct finding *last = &f->list[f->n - 1];
	va_list ap;

	mem_free(last->mend);
	va_start(ap, fmt);
	last->mend = sentence(fmt, ap);
	va_end(ap);
}

enum verdict findings_worst(const struct findings *f, size_t from)
{
	enum verdict worst = VERDICT_OK;
	size_t i;

	for (i = from; i < f->n; i++)
		if (f->list[i].verdict > worst)
			worst = f->list[i].verdict;
	return worst;
}

size_t findings_count(const struct findings *f, enum verdict verdict)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++)
		n += f->list[i].verdict == verdict;
	return n;
}

enum exit_status findings_status(const struct findings *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->list[i].verdict == VERDICT_PROBLEM)
			return f->list[i].status;
	return EXIT_OK;
}
