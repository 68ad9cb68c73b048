/* SPDX-License-Identifier: MIT */
/*
 * Some services repeat in an error what they were sent. The vault's filter knows secrets of eight
 * bytes and more wherever they turn up; those that a request carries may be shorter, and come back
 * escaped, so the answer to it is looked through for every form of each.
 */
#include "secrets.h"

#include <string.h>

#include "body.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"

/* As it stands between the quotes of a JSON string. */
static char *escaped(const char *value)
{
	struct buf quoted;
	char *text;

	buf_init(&quoted, BUF_MAX);
	body_quoted(&quoted, value);
	text = vault_take(mem_strndup(quoted.data + 1, quoted.len - 2));
	explicit_bzero(quoted.data, quoted.len);
	buf_done(&quoted);
	return text;
}

#define FORMS 3 /* as it is, as JSON has it, and as JSON has it within the text of an error */

static void add(struct secrets *secrets, const char *value)
{
	size_t i;

	for (i = 0; i < FORMS; i++) {
		secrets->values = mem_grow(secrets->values, secrets->n, sizeof(*secrets->values));
		secrets->values[secrets->n] = i ? escaped(value) : vault_keep(value);
		value = secrets->values[secrets->n++];
	}
}

void secrets_keep(struct secrets *secrets, const struct variable *variables, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (variables[i].secret && !text_empty(variables[i].value))
			add(secrets, variables[i].value);
}

void secrets_done(struct secrets *secrets)
{
	while (secrets->n)
		vault_drop(secrets->values[--secrets->n]);
	mem_free(secrets->values);
	*secrets = (struct secrets){0};
}

bool secrets_found(const struct secrets *secrets, const char *text, size_t len)
{
	size_t i;

	for (i = 0; secrets && i < secrets->n; i++)
		if (memmem(text, len, secrets->values[i], strlen(secrets->values[i])))
			return true;
	return false;
}
