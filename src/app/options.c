/* SPDX-License-Identifier: MIT */
/*
 * From argv to struct options. getopt_long does the reading, the
 * tables of words.c say what there is, and every mistake is a sentence of ours: getopt's
 * own messages neither suggest nor say what would be right. Options are accepted
 * before and after the command; what goes with which command is checked afterwards,
 * when the command is known. What else there is to say comes from layers.c.
 */
#include "app/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "layers.h"
#include "words.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/suggest.h"
#include "core/text.h"
#include "core/when.h"

#define TIMEOUT_MS (120 * 1000)
#define LONG_ONLY 256 /* getopt's value for options[i] is LONG_ONLY + i, also for letters */

/* ---- times ---- */

bool options_time(const char *text, int64_t now_ms, int64_t *ms)
{
	*ms = when_parse_said(text, now_ms);
	return *ms != WHEN_NONE;
}

/* ---- one option ---- */

static bool take_text(const struct word_option *row, char **at, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_INPUT, 0, _("--%s needs a value: %s"), row->name, row->value);
	mem_free(*at);
	*at = mem_strdup(value);
	return true;
}

static bool take_count(const struct word_option *row, int64_t *at, const char *value, struct err *err)
{
	if (text_int(value, at) && *at >= 0)
		return true;
	return err_set(err, ERR_INPUT, 0, _("--%s takes a number from 0 up, not '%.40s'"), row->name,
		       value);
}

static bool take_time(const struct word_option *row, int64_t *at, const char *value, struct err *err)
{
	if (options_time(value, when_wall_ms(), at))
		return true;
	return err_set(err, ERR_INPUT, 0,
		       _("--%s takes a time such as 2h, 7d, 2026-01-31, '2026-01-31 08:00' or "
			 "2026-01-31T08:00:00Z, not '%.40s'"),
		       row->name, value);
}

static bool take(struct options *o, const struct word_option *row, const char *value, struct err *err)
{
	char *base = (char *)o;
	void *at = base + row->offset;

	switch (row->kind) {
	case WORD_FLAG:
		*(bool *)at = true;
		return true;
	case WORD_TEXT:
		return take_text(row, at, value, err);
	case WORD_LIST:
		word_split(value, at, (size_t *)(void *)(base + row->offset2));
		return true;
	case WORD_COUNT:
		return take_count(row, at, value, err);
	case WORD_TIME:
		return take_time(row, at, value, err);
	case WORD_CALL:
		return row->set(o, value, err);
	}
	return true;
}

/* ---- what getopt could not read ---- */

static const struct word_option *by_letter(int letter)
{
	size_t n, i;
	const struct word_option *rows = word_options(&n);

	for (i = 0; i < n; i++)
		if (rows[i].letter && rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

/* The options that `word` begins, as "--stage, --status"; how many. */
static size_t beginning_with(const char *word, size_t len, struct buf *out)
{
	size_t n, i, found = 0;
	const struct word_option *rows = word_options(&n);

	for (i = 0; i < n; i++)
		if (strncmp(rows[i].name, word, len) == 0)
			buf_addf(out, "%s--%s", found++ ? ", " : "", rows[i].name);
	return found;
}

static bool unknown_long(const char *word, struct err *err)
{
	size_t len = strcspn(word + 2, "="), n, i;
	const struct word_option *rows = word_options(&n);
	char *name = mem_strndup(word + 2, len);
	struct suggest near = {.word = name};
	struct buf begun;
	size_t exact = 0;

	buf_init(&begun, BUF_MAX);
	for (i = 0; i < n; i++) {
		suggest_offer(&near, rows[i].name);
		exact += strcmp(rows[i].name, name) == 0;
	}
	if (exact)
		err_set(err, ERR_INPUT, 0, _("option --%s takes no value"), name);
	else if (len && beginning_with(name, len, &begun) > 1)
		err_set(err, ERR_INPUT, 0, _("option --%.40s could be %s"), name, begun.data);
	else if (near.best)
		err_set(err, ERR_INPUT, 0, _("option --%.40s is not known: did you mean --%s?"), name,
			near.best);
	else
		err_set(err, ERR_INPUT, 0, _("option --%.40s is not known: pipetop --help shows them all"),
			name);
	buf_done(&begun);
	mem_free(name);
	return false;
}

static bool unreadable(char **argv, int got, struct err *err)
{
	const char *word = argv[optind - 1];
	const struct word_option *row;
	size_t n;

	if (got == ':') {
		row = optopt >= LONG_ONLY ? &word_options(&n)[optopt - LONG_ONLY] : by_letter(optopt);
		return err_set(err, ERR_INPUT, 0, _("option --%s needs a value: %s"),
			       row ? row->name : "?", row && row->value ? row->value : "");
	}
	if (optopt == 0 || optopt >= LONG_ONLY)
		return unknown_long(word, err);
	return err_set(err, ERR_INPUT, 0, _("option -%c is not known: pipetop --help shows them all"),
		       optopt >= ' ' && optopt <= '~' ? optopt : '?');
}

/* ---- argv ---- */

static void getopt_tables(struct option **longs, char **letters)
{
	size_t n, i, at = 1;
	const struct word_option *rows = word_options(&n);

	*longs = mem_calloc(n + 1, sizeof(**longs));
	*letters = mem_zalloc(n * 3 + 2);
	(*letters)[0] = ':';
	for (i = 0; i < n; i++) {
		(*longs)[i].name = rows[i].name;
		(*longs)[i].has_arg = !rows[i].value	      ? no_argument
				      : rows[i].value[0] == '[' ? optional_argument
								: required_argument;
		(*longs)[i].val = LONG_ONLY + (int)i;
		if (!rows[i].letter)
			continue;
		(*letters)[at++] = rows[i].letter;
		if ((*longs)[i].has_arg != no_argument)
			(*letters)[at++] = ':';
		if ((*longs)[i].has_arg == optional_argument)
			(*letters)[at++] = ':';
	}
}

/* `seen` has a place for each option. */
static bool read_options(struct options *o, int argc, char **argv, bool *seen, struct err *err)
{
	size_t n;
	const struct word_option *rows = word_options(&n), *row;
	struct option *longs;
	char *letters;
	bool ok = true;
	int got;

	getopt_tables(&longs, &letters);
	opterr = 0;
	optind = 0; /* glibc: start afresh, also when called again */
	while (ok && (got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		row = got >= LONG_ONLY ? &rows[got - LONG_ONLY] : by_letter(got);
		if (!row) { /* '?' and ':' are no options */
			ok = unreadable(argv, got, err);
			break;
		}
		seen[row - rows] = true;
		ok = take(o, row, optarg, err);
	}
	mem_free(longs);
	mem_free(letters);
	return ok;
}

static bool unknown_command(const char *word, struct err *err)
{
	size_t n, i;
	const struct word_command *rows = word_commands(&n);
	struct suggest near = {.word = word};

	for (i = 0; i < n; i++)
		suggest_offer(&near, rows[i].name);
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("command '%.40s' is not known: did you mean %s?"), word,
			       near.best);
	return err_set(err, ERR_INPUT, 0,
		       _("command '%.40s' is not known: pipetop --help lists them"), word);
}

static bool check_command(const struct options *o, struct err *err)
{
	const struct word_command *command;
	int words = o->n_args - 1;

	if (o->n_args == 0)
		return true;
	command = word_command(o->args[0]);
	if (!command)
		return unknown_command(o->args[0], err);
	if (words < command->least)
		return err_set(err, ERR_INPUT, 0,
			       _("%s needs a PIPELINE: an id, a name, a part of one, or @latest, @failed, "
				 "@running, @waiting"),
			       command->name);
	if (words > command->most)
		return err_set(err, ERR_INPUT, 0,
			       _("%s does not know what to do with '%.40s': %s %s"), command->name,
			       o->args[1 + command->most], command->name,
			       *command->args ? _(command->args) : _("takes no words"));
	return !command->check || command->check(o, err);
}

static bool check_goes_with(const struct options *o, const bool *seen, struct err *err)
{
	const char *command = o->n_args ? o->args[0] : NULL;
	size_t n, i;
	const struct word_option *rows = word_options(&n);

	for (i = 0; i < n; i++)
		if (seen[i] && !word_among(rows[i].commands, command))
			return err_set(err, ERR_INPUT, 0,
				       command ? _("option --%s does not go with %s: it goes with%s")
					       : _("option --%s does not go with the dashboard%.0s: it goes "
						   "with%s"),
				       rows[i].name, command ? command : "", rows[i].commands);
	return true;
}

static bool read_argv(struct options *o, int argc, char **argv, struct err *err)
{
	size_t n;
	bool *seen, ok;

	word_options(&n);
	seen = mem_calloc(n, sizeof(*seen));
	ok = read_options(o, argc, argv, seen, err);
	for (; ok && optind < argc; optind++) {
		o->args = mem_grow(o->args, (size_t)o->n_args, sizeof(*o->args));
		o->args[o->n_args++] = mem_strdup(argv[optind]);
	}
	ok = ok && (o->help || o->version || (check_command(o, err) && check_goes_with(o, seen, err)));
	mem_free(seen);
	return ok;
}

/* ---- the whole ---- */

bool options_read(struct options *o, int argc, char **argv, struct err *err)
{
	bool ok;

	memset(o, 0, sizeof(*o));
	o->timeout_ms = TIMEOUT_MS;
	o->want.limit = o->want.tail = -1;
	ok = read_argv(o, argc, argv, err);
	if (ok && (o->help || o->version))
		return true;
	o->lenient = ok && o->n_args > 0 && strcmp(o->args[0], "doctor") == 0;
	ok = ok && layers_read(o, err);
	/* Secrets leave the environment whatever else is wrong. */
	if (!ok)
		identity_clear_environment();
	return ok;
}

static void free_list(char **list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		mem_free(list[i]);
	mem_free(list);
}

void options_done(struct options *o)
{
	struct want *w = &o->want;
	char *texts[] = {o->endpoint, o->theme, o->scenario, o->token_file, o->tenant, o->region, w->name,
			 w->outcome,  w->creator, w->sort, w->stage, w->job, w->step, o->config_file,
			 o->profile,  o->view, o->iam_scope, o->debug_file, w->branch, w->tag, w->git_url, w->git_type,
			 w->source_file, w->language, w->description, w->definition_file, w->file};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		mem_free(texts[i]);
	identity_done(&o->identity);
	free_list(o->projects, o->n_projects);
	free_list(w->status, w->n_status);
	free_list(w->params, w->n_params);
	free_list(w->stages, w->n_stages);
	free_list(w->jobs, w->n_jobs);
	free_list(o->args, (size_t)o->n_args);
	config_done(&o->config);
	settings_done(&o->settings);
	memset(o, 0, sizeof(*o));
}

bool options_dashboard(const struct options *o, struct err *err)
{
	bool projects = o->n_projects > 0 || o->v3, known = o->identity.kind != IDENTITY_NONE;
	struct buf missing;

	if (o->endpoint && projects && known)
		return true;
	if (o->endpoint && projects && o->identity.why.kind != ERR_NONE)
		return err_set(err, ERR_AUTH, 0, "%s", o->identity.why.text);
	if (o->endpoint && projects)
		return err_set(err, ERR_AUTH, 0,
			       _("not signed in: pipetop login, or set PIPETOP_TOKEN or --token-file; to look around "
				 "first: pipetop --demo"));
	buf_init(&missing, BUF_MAX);
	if (!o->endpoint)
		buf_adds(&missing, _("PIPETOP_ENDPOINT (or --region)"));
	if (!projects)
		buf_addf(&missing, "%s%s", missing.len ? ", " : "", _("PIPETOP_PROJECT (or --project)"));
	if (!known)
		buf_addf(&missing, "%s%s", missing.len ? ", " : "", _("PIPETOP_TOKEN (or pipetop login)"));
	err_set(err, ERR_INPUT, 0, _("no service to show: set %s; to look around first: pipetop --demo"),
		missing.data);
	buf_done(&missing);
	return false;
}

void options_spool_dir(const struct options *o, struct buf *dir)
{
	const char *temporary = getenv("TMPDIR");

	if (o->no_cache || !path_user(PATH_CACHE, dir)) /* not /tmp, which may be memory */
		buf_adds(dir, temporary && *temporary == '/' ? temporary : "/var/tmp");
}

enum exit_status options_exit_status(const struct err *err)
{
	switch (err->kind) {
	case ERR_NONE:
		return EXIT_OK;
	case ERR_INPUT:
	case ERR_GONE:
		return EXIT_USAGE;
	case ERR_AUTH:
		return EXIT_SIGN_IN;
	case ERR_IO:
		return EXIT_INTERNAL;
	default:
		return EXIT_NETWORK;
	}
}
