/* SPDX-License-Identifier: MIT */
/*
 * A default is sent as well, so that the new pipeline is what the operator was shown; but not a secret's,
 * which the service may have masked in its answer: what it has itself it knows better.
 */
#include "templateparams.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "say.h"
#include "typed.h"

static void set_value(struct templateparams *p, size_t at, const char *value)
{
	mem_free(p->values[at].value);
	p->values[at].value = mem_strdup(value);
	p->said[at] = true;
}

/* The name of a parameter alone: its value is not to stand on a command line. */
static bool is_to_be_typed(struct templateparams *p, const char *word)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (text_same(p->values[i].name, word))
			return p->asked[i] = true;
	return false;
}

static bool assign(struct templateparams *p, const struct template *tmpl, const char *word, struct err *err)
{
	const char *value;
	size_t at;

	if (is_to_be_typed(p, word))
		return true;
	if (!variable_assign(word, tmpl->variables, tmpl->n_variables, &at, &value, err))
		return false;
	if (p->said[at])
		return err_set(err, ERR_INPUT, 0, _("parameter %.60s is given twice"), p->values[at].name);
	set_value(p, at, value);
	return true;
}

bool templateparams_init(struct templateparams *p, const struct template *tmpl, char *const *words, size_t n,
			 struct err *err)
{
	size_t i;

	*p = (struct templateparams){
		.values = mem_calloc(tmpl->n_variables, sizeof(*p->values)),
		.said = mem_calloc(tmpl->n_variables, sizeof(*p->said)),
		.asked = mem_calloc(tmpl->n_variables, sizeof(*p->asked)),
		.n = tmpl->n_variables,
	};
	for (i = 0; i < p->n; i++)
		variable_copy(&p->values[i], &tmpl->variables[i]);
	for (i = 0; i < n; i++)
		if (!assign(p, tmpl, words[i], err)) {
			templateparams_done(p);
			return false;
		}
	return true;
}

void templateparams_done(struct templateparams *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->values[i].secret && p->values[i].value)
			explicit_bzero(p->values[i].value, strlen(p->values[i].value));
		variable_done(&p->values[i]);
	}
	mem_free(p->values);
	mem_free(p->said);
	mem_free(p->asked);
	*p = (struct templateparams){0};
}

/* A secret's default may be there without being told. */
static bool is_missing(const struct templateparams *p, size_t i)
{
	if (p->said[i])
		return false;
	return p->asked[i] || (!p->values[i].secret && text_empty(p->values[i].value));
}

size_t templateparams_missing(const struct templateparams *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += is_missing(p, i);
	return n;
}

/* "ENV (enum: dev, prod; where it goes)" */
static void put_row(const struct variable *v, struct buf *out)
{
	size_t i;

	say_name(out, v->name, "-");
	buf_adds(out, " (");
	say_name(out, v->type_name, "string");
	for (i = 0; i < v->n_limits && !v->secret; i++) {
		buf_adds(out, i ? ", " : ": ");
		say_name(out, v->limits[i], "-");
	}
	if (!text_empty(v->description)) {
		buf_adds(out, "; ");
		say_name(out, v->description, "");
	}
	buf_addc(out, ')');
}

void templateparams_list(const struct templateparams *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (!is_missing(p, i))
			continue;
		buf_adds(out, "  -p ");
		put_row(&p->values[i], out);
		buf_addc(out, '\n');
	}
}

/* Until it is taken, or nothing is typed. */
static bool ask_one(struct templateparams *p, size_t i, struct err *err)
{
	struct err why = {.kind = ERR_NONE};
	char typed[TYPED_MAX];
	struct buf prompt;
	bool ok;

	buf_init(&prompt, BUF_MAX);
	put_row(&p->values[i], &prompt);
	buf_adds(&prompt, ": ");
	do {
		ok = typed_line(prompt.data, !p->values[i].secret, typed, NULL);
		if (ok && variable_accepts(&p->values[i], typed, &why)) {
			set_value(p, i, typed);
			break;
		}
		if (ok)
			say("%s", why.text);
	} while (ok);
	explicit_bzero(typed, sizeof(typed));
	buf_done(&prompt);
	return ok || err_set(err, ERR_INPUT, 0, _("%.60s has no value: nothing was sent (-p %.60s= gives it an empty one)"),
			     p->values[i].name, p->values[i].name);
}

bool templateparams_ask(struct templateparams *p, struct err *err)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (is_missing(p, i) && !ask_one(p, i, err))
			return false;
	return true;
}

static bool is_sent(const struct templateparams *p, size_t i)
{
	return p->values[i].value && (p->said[i] || !p->values[i].secret);
}

struct variable *templateparams_send(const struct templateparams *p, size_t *n)
{
	struct variable *list = mem_calloc(p->n, sizeof(*list));
	size_t i;

	*n = 0;
	for (i = 0; i < p->n; i++)
		if (is_sent(p, i))
			list[(*n)++] = p->values[i];
	return list;
}

void templateparams_names(const struct templateparams *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->said[i])
			buf_addf(out, "%s%s", out->len ? ", " : "", p->values[i].name);
}
