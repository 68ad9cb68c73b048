/* SPDX-License-Identifier: MIT */
/*
 * Command lines of the environment are written for a shell, and nearly all of them are no
 * more than words. Those are split here; a command that needs a shell's doing is refused by
 * name, rather than run as something else than it says.
 */
#include "argv.h"

#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"

#define COMMAND_MAX 4096

size_t argv_count(const char *const *argv)
{
	size_t n = 0;

	while (argv && argv[n])
		n++;
	return n;
}

void argv_add(char ***argv, const char *word)
{
	size_t n = argv_count((const char *const *)*argv);

	*argv = mem_realloc(*argv, (n + 2) * sizeof(**argv));
	(*argv)[n] = mem_strdup(word);
	(*argv)[n + 1] = NULL;
}

char **argv_copy(const char *const *argv)
{
	size_t i, n = argv_count(argv);
	char **copy;

	if (!argv)
		return NULL;
	copy = mem_calloc(n + 1, sizeof(*copy));
	for (i = 0; i < n; i++)
		copy[i] = mem_strdup(argv[i]);
	return copy;
}

void argv_free(char **argv)
{
	size_t i;

	for (i = 0; argv && argv[i]; i++)
		mem_free(argv[i]);
	mem_free(argv);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* What a shell would act upon, outside '...'; within "..." only the last two. */
static bool for_a_shell(char c, char quote)
{
	return c && strchr(quote ? "`$" : "|&;<>()`$", c);
}

/* One word, from *at on; false: it cannot be had without a shell. */
static bool take_word(const char **at, struct buf *word)
{
	const char *p = *at;
	char quote = '\0';

	for (; *p && (quote || !blank(*p)); p++) {
		if (quote != '\'' && for_a_shell(*p, quote))
			return false;
		if (quote ? *p == quote : *p == '\'' || *p == '"') {
			quote = quote ? '\0' : *p;
			continue;
		}
		if (*p == '\\' && quote != '\'' && p[1])
			p++;
		buf_addc(word, *p);
	}
	*at = p;
	return !quote;
}

bool argv_split(const char *text, const char *name, char ***argv, struct err *err)
{
	const char *at = text;
	struct buf word;
	bool ok = strlen(text) <= COMMAND_MAX;

	*argv = NULL;
	buf_init(&word, COMMAND_MAX);
	for (at += strspn(at, " \t\n"); ok && *at; at += strspn(at, " \t\n")) {
		buf_clear(&word);
		ok = take_word(&at, &word);
		if (ok)
			argv_add(argv, word.data);
	}
	buf_done(&word);
	if (ok && *argv)
		return true;
	argv_free(*argv);
	*argv = NULL;
	if (ok)
		return err_set(err, ERR_INPUT, 0, _("%s is empty: set it to a command"), name);
	return err_set(err, ERR_INPUT, 0,
		       _("%s needs a shell, and none is started: set it to a plain command with its "
			 "options, or to a script: %.60s"),
		       name, text);
}
