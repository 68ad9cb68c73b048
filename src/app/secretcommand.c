/* SPDX-License-Identifier: MIT */
/*
 * A password manager, asked as a child of ours: no shell, no terminal, no secret of ours in its
 * environment, ten seconds. What it prints is worth nothing until its first line has been looked
 * at: it goes into a header, and a program that prints an apology would otherwise sign in with
 * that. What it says on stderr is told, because it knows best what it lacked.
 */
#include "secretcommand.h"

#include <errno.h>
#include <string.h>

#include "app/spawn.h"
#include "argv.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "secret.h"

struct source {
	struct auth_source face;
	struct spawn *spawn;
	char *name, *mend;
	char **argv;
	bool keys;
	int64_t limit_ms;
	auth_granted_fn *done; /* NULL: nothing was asked */
	void *self;
};

static void answer(struct source *s, const struct auth_grant *grant)
{
	auth_granted_fn *done = s->done;

	s->done = NULL;
	if (done)
		done(s->self, grant);
}

static void fail(struct source *s, enum err_kind kind, const struct err *why)
{
	struct auth_grant grant = {.err = *why};

	grant.err.kind = kind;
	answer(s, &grant);
}

/* ---- what it printed ---- */

/* The next word of the line, ended in place; NULL: none. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \t");
	size_t len = strcspn(word, " \t");

	*at = word + len + (word[len] != '\0');
	word[len] = '\0';
	return len ? word : NULL;
}

static bool take_keys(struct source *s, char *line, struct auth_grant *grant, struct err *err)
{
	grant->access_key = next_word(&line);
	grant->secret_key = next_word(&line);
	grant->security_token = next_word(&line);
	if (!grant->secret_key || next_word(&line))
		return err_set(err, ERR_AUTH, 0,
			       _("%s: its first line is not \"AK SK\" or \"AK SK SECURITY-TOKEN\""), s->name);
	return secret_check(grant->access_key, s->name, err) && secret_check(grant->secret_key, s->name, err) &&
	       (!grant->security_token || secret_check(grant->security_token, s->name, err));
}

static bool take_line(struct source *s, char *line, struct auth_grant *grant, struct err *err)
{
	size_t len = strlen(line);

	while (len && strchr("\r \t", line[len - 1]))
		line[--len] = '\0';
	if (!*line)
		return err_set(err, ERR_AUTH, 0, _("%s printed nothing on its first line: it should print %s"),
			       s->name, s->keys ? _("a key pair") : _("a token"));
	if (s->keys)
		return take_keys(s, line, grant, err);
	grant->token = line;
	return secret_check(line, s->name, err);
}

static void take_output(struct source *s, const struct spawn_result *result)
{
	struct auth_grant grant = {.err = {.kind = ERR_NONE}};
	struct err err = {.kind = ERR_NONE};
	char *line;

	if (result->out_cut) {
		err_set(&err, ERR_AUTH, 0, _("%s printed more than 64 KiB: it should print %s on its first line"),
			s->name, s->keys ? _("a key pair") : _("a token"));
		fail(s, ERR_AUTH, &err);
		return;
	}
	line = vault_take(mem_strndup(text_or_empty(result->out), strcspn(text_or_empty(result->out), "\n")));
	if (take_line(s, line, &grant, &err))
		answer(s, &grant);
	else
		fail(s, ERR_AUTH, &err);
	vault_drop(line);
}

/* ---- the child ---- */

/* One that wants to ask somebody cannot: it says so in its own words, and we why that is. */
static void explain(const struct spawn_result *result, struct err *err)
{
	*err = result->err;
	if (strcasestr(text_or_empty(result->said), "tty") || strcasestr(text_or_empty(result->said), "terminal"))
		err_set(err, err->kind, err->code, _("%.150s (it has no terminal to ask at)"), result->err.text);
}

static void ended(void *self, const struct spawn_result *result)
{
	struct source *s = self;
	struct err why;
	char *line;

	if (result->err.kind == ERR_NONE) {
		take_output(s, result);
		return;
	}
	explain(result, &why);
	/* Some print what they have before they fail, and complain with it. */
	line = vault_take(mem_strndup(text_or_empty(result->out), strcspn(text_or_empty(result->out), "\n")));
	vault_scrub_text(why.text, sizeof(why.text));
	vault_drop(line);
	/* Nobody was asked in vain who could lock an account: the operator decides about another try. */
	fail(s, why.kind == ERR_CANCELLED ? ERR_CANCELLED : ERR_AUTH, &why);
}

static void ask(struct auth_source *face, auth_granted_fn *done, void *self)
{
	struct source *s = (struct source *)(void *)face;
	struct spawn_job job = {.name = s->name, .argv = (const char *const *)s->argv,
				.capture_max = SECRETCOMMAND_OUT_MAX, .secret = true,
				.time_limit_ms = s->limit_ms, .done = ended, .self = s};
	struct err err;

	s->done = done;
	s->self = self;
	if (!spawn_run(s->spawn, &job, &err))
		fail(s, ERR_AUTH, &err);
}

/* Ends a child that still runs; its `ended` says so. */
static void cancel(struct auth_source *face)
{
	struct source *s = (struct source *)(void *)face;
	struct ev_loop *loop = spawn_loop(s->spawn);

	if (!s->done)
		return;
	spawn_free(s->spawn);
	s->spawn = spawn_new(loop, 1, 1);
}

static void free_source(struct auth_source *face)
{
	struct source *s = (struct source *)(void *)face;

	spawn_free(s->spawn);
	argv_free(s->argv);
	mem_free(s->name);
	mem_free(s->mend);
	mem_free(s);
}

struct auth_source *secretcommand_source(const struct secretcommand *options)
{
	struct source *s = mem_zalloc(sizeof(*s));
	struct buf mend;

	buf_init(&mend, BUF_MAX);
	buf_addf(&mend, _("see what %.80s prints"), options->argv[0]);
	s->mend = buf_take(&mend);
	s->name = mem_strdup(options->name);
	s->argv = argv_copy(options->argv);
	s->keys = options->keys;
	s->limit_ms = options->limit_ms > 0 ? options->limit_ms : SECRETCOMMAND_LIMIT_MS;
	s->spawn = spawn_new(options->loop, 1, 1);
	s->face = (struct auth_source){.name = s->name, .mend = s->mend, .again = true,
				       .ask = ask, .cancel = cancel, .free = free_source};
	return &s->face;
}
