/* SPDX-License-Identifier: MIT */
/*
 * What may be put into a variable is said here once, for the form, for -p and for templates. The
 * service has the last word, so only what it documents is refused: a value of an enum that is none
 * of its own, a counter that does not count, too many characters. A secret's value, and the values
 * that a secret may take, stand in no sentence.
 */
#include "model/variable.h"

#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"

#define NAME_MAX_BYTES 128 /* api.md 1.4 */
#define CHOICES_SHOWN 100  /* bytes of an enum's values in a sentence */

void variable_copy(struct variable *to, const struct variable *from)
{
	size_t i;

	*to = *from;
	to->name = mem_strdup(from->name);
	to->value = mem_strdup(from->value);
	to->latest = mem_strdup(from->latest);
	to->description = mem_strdup(from->description);
	to->type_name = mem_strdup(from->type_name);
	to->limits = NULL;
	if (!from->limits)
		return;
	to->limits = mem_calloc(from->n_limits + 1, sizeof(*to->limits)); /* the last stays NULL */
	for (i = 0; i < from->n_limits; i++)
		to->limits[i] = mem_strdup(from->limits[i]);
}

void variable_done(struct variable *variable)
{
	size_t i;

	for (i = 0; i < variable->n_limits; i++)
		mem_free(variable->limits[i]);
	mem_free(variable->limits);
	mem_free(variable->name);
	mem_free(variable->value);
	mem_free(variable->latest);
	mem_free(variable->description);
	mem_free(variable->type_name);
	*variable = (struct variable){0};
}

enum variable_type variable_type_of(const char *word)
{
	static const struct {
		const char *word;
		enum variable_type type;
	} types[] = {
		{"string", VARIABLE_STRING},
		{"enum", VARIABLE_ENUM},
		{"autoIncrement", VARIABLE_INCREMENT},
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(types[i].word, text_or_empty(word)) == 0)
			return types[i].type;
	return VARIABLE_OTHER;
}

/* ---- values ---- */

static size_t characters(const char *text)
{
	size_t len = strlen(text), at, used, n = 0;

	for (at = 0; at < len; at += used, n++)
		text_decode(text + at, len - at, &used);
	return n;
}

static bool is_choice(const struct variable *variable, const char *value)
{
	size_t i;

	for (i = 0; i < variable->n_limits; i++)
		if (strcmp(variable->limits[i], value) == 0)
			return true;
	return variable->n_limits == 0; /* the service did not say */
}

/* "dev, test, prod", with "..." for those that do not fit. */
static void put_choices(const struct variable *variable, struct buf *out)
{
	size_t i;

	for (i = 0; i < variable->n_limits; i++) {
		if (out->len + strlen(variable->limits[i]) > CHOICES_SHOWN) {
			buf_addf(out, "%s...", i ? ", " : "");
			return;
		}
		buf_addf(out, "%s%s", i ? ", " : "", variable->limits[i]);
	}
}

static bool no_choice(const struct variable *variable, const char *value, struct err *err)
{
	struct suggest near = {.word = value};
	struct buf choices;
	size_t i;

	if (variable->secret)
		return err_set(err, ERR_INPUT, 0, _("%s: that is none of the values that it takes"),
			       variable->name);
	buf_init(&choices, BUF_MAX);
	put_choices(variable, &choices);
	for (i = 0; i < variable->n_limits; i++)
		suggest_offer(&near, variable->limits[i]);
	if (near.best)
		err_set(err, ERR_INPUT, 0, _("%s takes one of %s: did you mean %s?"),
			variable->name, choices.data, near.best);
	else
		err_set(err, ERR_INPUT, 0, _("%s takes one of %s"), variable->name, choices.data);
	buf_done(&choices);
	return false;
}

/* "7" and "1.0.7" can be counted on, "beta" cannot. */
static bool counts(const char *value)
{
	size_t len = strlen(value);

	return len > 0 && value[len - 1] >= '0' && value[len - 1] <= '9';
}

bool variable_accepts(const struct variable *variable, const char *value, struct err *err)
{
	const char *name = text_or_empty(variable->name);
	size_t n;

	if (!text_valid(value, strlen(value)))
		return err_set(err, ERR_INPUT, 0, _("%s: the value is not UTF-8"), name);
	n = characters(value);
	if (n > VARIABLE_VALUE_MAX)
		return err_set(err, ERR_INPUT, 0, _("%s: the value has %zu characters, %d at most"),
			       name, n, VARIABLE_VALUE_MAX);
	if (variable->type == VARIABLE_ENUM && !is_choice(variable, value))
		return no_choice(variable, value, err);
	if (variable->type == VARIABLE_INCREMENT && !counts(value))
		return err_set(err, ERR_INPUT, 0,
			       _("%s counts up with each run: its value must end in a digit"),
			       name);
	return true;
}

/* ---- NAME=VALUE ---- */

/* Letters, digits and _: what else was typed may be a value without its name, and is not repeated.
 */
static bool is_name(const char *word, size_t len)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

	return len > 0 && len <= NAME_MAX_BYTES && strspn(word, allowed) >= len;
}

static bool find(const char *name, const struct variable *variables, size_t n, size_t *at)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!text_same(variables[i].name, name))
			continue;
		*at = i;
		return true;
	}
	return false;
}

static bool unknown(const char *name, const struct variable *variables, size_t n, struct err *err)
{
	struct suggest near = {.word = name};
	size_t i;

	if (n == 0)
		return err_set(err, ERR_INPUT, 0, _("no variable can be set here: there is none"));
	for (i = 0; i < n; i++)
		if (variables[i].name)
			suggest_offer(&near, variables[i].name);
	if (near.best)
		return err_set(err, ERR_INPUT, 0,
			       _("there is no variable \"%s\": did you mean \"%s\"?"), name,
			       near.best);
	return err_set(err, ERR_INPUT, 0, _("there is no variable \"%s\""), name);
}

bool variable_assign(const char *word, const struct variable *variables, size_t n, size_t *at,
		     const char **value, struct err *err)
{
	const char *equals = strchr(word, '=');
	char name[NAME_MAX_BYTES + 1];

	if (!equals && find(word, variables, n, at))
		return err_set(err, ERR_INPUT, 0, _("%s has no value: write %s=VALUE"), word, word);
	if (!equals || equals == word)
		return err_set(err, ERR_INPUT, 0, _("a variable is written NAME=VALUE"));
	if (!is_name(word, (size_t)(equals - word)))
		return err_set(
			err, ERR_INPUT, 0,
			_("a variable's name has letters, digits and _ only: write NAME=VALUE"));
	memcpy(name, word, (size_t)(equals - word));
	name[equals - word] = '\0';
	if (!find(name, variables, n, at))
		return unknown(name, variables, n, err);
	*value = equals + 1;
	return variable_accepts(&variables[*at], *value, err);
}
