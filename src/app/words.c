/* SPDX-License-Identifier: MIT */
/*
 * The two tables of the command line, and what is printed from them. A new option is one row
 * here: it is then parsed, checked against its commands, offered as a suggestion, and shown
 * by --help.
 */
#include "words.h"

#include <stddef.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

static const struct word_command commands[] = {
	{"pipelines", "", 0, 0, N_("the pipelines with their latest run")},
	{"runs", N_("PIPELINE"), 1, 1, N_("the run history of a pipeline")},
	{"show", N_("PIPELINE [RUN]"), 1, 2, N_("the stages, jobs and steps of a run")},
	{"logs", N_("PIPELINE [RUN]"), 1, 2, N_("the log text of a run's steps")},
	{"watch", N_("PIPELINE [RUN]"), 1, 2, N_("tells line by line what a run does, until it ends")},
	{"login", "", 0, 0, N_("gets a token from IAM and keeps it"),
	 N_("Asks for the account, the IAM user and the password where they are not set, gets a token from "
	    "the identity service with them, tries it with one request, and keeps it for the commands and "
	    "the dashboard that follow, until it expires (24 hours as a rule). The password is typed "
	    "without being shown and is kept nowhere. A HUAWEI ID cannot get a token: make an IAM user for "
	    "it.\n"
	    "\n"
	    "PIPETOP_PASSWORD takes the place of typing; a key pair (PIPETOP_AK and PIPETOP_SK, or "
	    "aksk_command) that of account, user and password. The scope of the token is the region's "
	    "project, or iam_project.\n"
	    "\n"
	    "The token is kept in $XDG_STATE_HOME/pipetop/token, readable by you alone, and below it for "
	    "which service and until when it is; for a profile in token-NAME. It is used for that service "
	    "only, where nothing else is set to sign in with.")},
	{"doctor", "", 0, 0, N_("checks configuration, network, clock, rights and terminal")},
	{"config", "", 0, 0, N_("the settings in force, and where each comes from"),
	 N_("Prints every setting with its value and with what said it: an option, a variable of the "
	    "environment, a line of the file, the profile, or nobody, so that it is the default. Of "
	    "credentials it says where they come from and how long they are, never what they are; of "
	    "the commands that print them, the program alone.")},
};

static bool one_of(const char *option, const char *value, const char *const *words, size_t n,
		   size_t *at, struct err *err)
{
	struct buf list;
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(words[i], value) == 0) {
			*at = i;
			return true;
		}
	buf_init(&list, BUF_MAX);
	for (i = 0; i < n; i++)
		buf_addf(&list, "%s%s", i == 0 ? "" : i + 1 == n ? _(" or ") : ", ", words[i]);
	err_set(err, ERR_INPUT, 0, _("%s takes %s, not '%.40s'"), option, list.data, value);
	buf_done(&list);
	return false;
}
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static bool set_api(struct options *o, const char *value, struct err *err)
{
	static const char *const words[] = {"v5", "v3"};
	size_t at;

	if (!one_of("--api", value, words, COUNT_OF(words), &at, err))
		return false;
	o->v3 = at == 1;
	return true;
}

static bool set_ambiguous(struct options *o, const char *value, struct err *err)
{
	static const char *const words[] = {"narrow", "wide"};
	size_t at;

	if (!one_of("--ambiguous", value, words, COUNT_OF(words), &at, err))
		return false;
	o->ambiguous = at == 1 ? FLAG_YES : FLAG_NO;
	return true;
}

static bool set_mouse(struct options *o, const char *value, struct err *err)
{
	static const char *const words[] = {"off", "on"};
	size_t at;

	if (!one_of("--mouse", value ? value : "on", words, COUNT_OF(words), &at, err))
		return false;
	o->mouse = at == 1 ? FLAG_YES : FLAG_NO;
	return true;
}

static bool set_colour(struct options *o, const char *value, struct err *err)
{
	static const char *const words[] = {"auto", "always", "never"};
	size_t at;

	if (!one_of("--color", value ? value : "always", words, COUNT_OF(words), &at, err))
		return false;
	o->want.colour = (enum want_colour)at;
	return true;
}

static bool set_json(struct options *o, const char *value, struct err *err)
{
	static const char *const words[] = {"array", "lines"};
	size_t at;

	if (!one_of("--json", value ? value : "array", words, COUNT_OF(words), &at, err))
		return false;
	o->want.json = at == 1 ? JSON_LINES : JSON_ARRAY;
	return true;
}

static bool set_demo(struct options *o, const char *value, struct err *err)
{
	o->demo = true;
	mem_free(o->scenario);
	o->scenario = mem_strdup(value ? value : "demo");
	return true;
}

static bool set_timeout(struct options *o, const char *value, struct err *err)
{
	int64_t seconds;

	if (!text_int(value, &seconds) || seconds < 0 || seconds > 86400)
		return err_set(err, ERR_INPUT, 0,
			       _("--timeout takes seconds from 0 to 86400, not '%.40s'"), value);
	o->timeout_ms = seconds * 1000;
	return true;
}

/* KEY, KEY:asc or KEY:desc. */
static bool set_sort(struct options *o, const char *value, struct err *err)
{
	const char *colon = strchr(value, ':');
	static const char *const words[] = {"asc", "desc"};
	size_t at;

	if (colon) {
		if (!one_of("--sort KEY:", colon + 1, words, COUNT_OF(words), &at, err))
			return false;
		o->want.descending = at == 1;
	}
	mem_free(o->want.sort);
	o->want.sort = mem_strndup(value, colon ? (size_t)(colon - value) : strlen(value));
	return true;
}

#define AT(field) offsetof(struct options, field)
#define READERS " pipelines runs show logs watch login doctor config "

static const struct word_option options[] = {
	{"endpoint", 0, "URL", NULL, WORD_TEXT, AT(endpoint), 0, NULL,
	 N_("address of the service; plain http only to this machine")},
	{"region", 0, "NAME", NULL, WORD_TEXT, AT(region), 0, NULL,
	 N_("the service's address in a region, such as cn-north-4")},
	{"project", 0, "ID[,ID...]", NULL, WORD_LIST, AT(projects), AT(n_projects), NULL,
	 N_("CodeArts projects to look at; may be given again")},
	{"token-file", 0, "FILE", NULL, WORD_TEXT, AT(token_file), 0, NULL,
	 N_("file of yours alone (chmod 600) that holds the token")},
	{"config", 0, "FILE", NULL, WORD_TEXT, AT(config_file), 0, NULL,
	 N_("configuration to read instead of ~/.config/pipetop/pipetop.conf")},
	{"profile", 0, "NAME", NULL, WORD_TEXT, AT(profile), 0, NULL,
	 N_("a profile of the configuration: service, projects, token")},
	{"demo", 0, "[SCENARIO]", NULL, WORD_CALL, 0, 0, set_demo,
	 N_("look at a simulated service instead")},
	{"api", 0, "v5|v3", NULL, WORD_CALL, 0, 0, set_api, N_("which pipeline list to ask (v5)")},
	{"read-only", 0, NULL, NULL, WORD_FLAG, AT(read_only), 0, NULL,
	 N_("nothing that changes something can be sent")},
	{"timeout", 0, "SECONDS", NULL, WORD_CALL, 0, 0, set_timeout,
	 N_("how long commands try again when the service fails (120)")},
	{"theme", 0, "NAME", NULL, WORD_TEXT, AT(theme), 0, NULL, N_("colours of the dashboard")},
	{"mouse", 0, "[on|off]", NULL, WORD_CALL, 0, 0, set_mouse,
	 N_("wheel and click in the dashboard; off leaves selecting to the terminal")},
	{"view", 0, "NAME", NULL, WORD_TEXT, AT(view), 0, NULL,
	 N_("begin the dashboard with a saved view (:view save NAME)")},
	{"ambiguous", 0, "narrow|wide", NULL, WORD_CALL, 0, 0, set_ambiguous,
	 N_("width of East Asian ambiguous characters on your terminal")},
	{"no-cache", 0, NULL, NULL, WORD_FLAG, AT(no_cache), 0, NULL, N_("keep nothing between runs")},
	{"debug", 0, NULL, NULL, WORD_FLAG, AT(debug), 0, NULL,
	 N_("say each request on stderr, without secrets")},
	{"json", 0, "[lines]", READERS, WORD_CALL, 0, 0, set_json,
	 N_("one JSON array or object; --json=lines: one object a line")},
	{"name", 0, "TEXT", " pipelines ", WORD_TEXT, AT(want.name), 0, NULL,
	 N_("only pipelines whose name has TEXT in it")},
	{"status", 0, "STATE[,...]", " pipelines runs ", WORD_LIST, AT(want.status),
	 AT(want.n_status), NULL, N_("only these states: our words or the service's")},
	{"outcome", 0, "WORD", " pipelines ", WORD_TEXT, AT(want.outcome), 0, NULL,
	 N_("with --api v3: success, error or aborted")},
	{"creator", 0, "USER-ID", " pipelines ", WORD_TEXT, AT(want.creator), 0, NULL,
	 N_("only pipelines that this user made")},
	{"sort", 0, "KEY[:asc|:desc]", " pipelines runs ", WORD_CALL, 0, 0, set_sort,
	 N_("the service's order: name, create_time, update_time; runs: start_time")},
	{"desc", 0, NULL, " pipelines runs ", WORD_FLAG, AT(want.descending), 0, NULL,
	 N_("the largest or newest first")},
	{"since", 0, "TIME", " runs ", WORD_TIME, AT(want.since_ms), 0, NULL,
	 N_("started at or after: 2h, 7d, 2026-01-31, 2026-01-31T08:00:00Z")},
	{"until", 0, "TIME", " runs ", WORD_TIME, AT(want.until_ms), 0, NULL,
	 N_("started before or at")},
	{"limit", 0, "N", " pipelines runs ", WORD_COUNT, AT(want.limit), 0, NULL,
	 N_("at most N rows (pipelines 100, runs 20)")},
	{"all", 0, NULL, " pipelines runs ", WORD_FLAG, AT(want.all), 0, NULL, N_("every row")},
	{"stage", 0, "NAME", " logs ", WORD_TEXT, AT(want.stage), 0, NULL,
	 N_("only steps of this stage")},
	{"job", 0, "NAME", " logs ", WORD_TEXT, AT(want.job), 0, NULL, N_("only steps of this job")},
	{"step", 0, "NAME", " logs ", WORD_TEXT, AT(want.step), 0, NULL,
	 N_("only steps of this name or id")},
	{"follow", 'f', NULL, " logs ", WORD_FLAG, AT(want.follow), 0, NULL,
	 N_("go on to the end of the run, or of the --step; exit with its outcome")},
	{"failed", 0, NULL, " logs ", WORD_FLAG, AT(want.failed), 0, NULL,
	 N_("failed steps only (@failed implies it)")},
	{"tail", 0, "N", " logs ", WORD_COUNT, AT(want.tail), 0, NULL,
	 N_("the last N lines of each step")},
	{"raw", 0, NULL, " logs ", WORD_FLAG, AT(want.raw), 0, NULL,
	 N_("the bytes as delivered, also to a terminal")},
	{"clean", 0, NULL, " logs ", WORD_FLAG, AT(want.clean), 0, NULL,
	 N_("text without escape sequences, also to a pipe or file")},
	{"color", 0, "[WHEN]", " logs ", WORD_CALL, 0, 0, set_colour,
	 N_("cleaned text with its colours: auto, always or never")},
	{"forget", 0, NULL, " login ", WORD_FLAG, AT(want.forget), 0, NULL,
	 N_("removes the token that is kept"), NULL},
	{"quiet", 'q', NULL, " logs ", WORD_FLAG, AT(want.quiet), 0, NULL,
	 N_("no header lines between steps")},
	{"help", 'h', NULL, NULL, WORD_FLAG, AT(help), 0, NULL, N_("this text")},
	{"version", 'V', NULL, NULL, WORD_FLAG, AT(version), 0, NULL, N_("the version")},
};

const struct word_command *word_commands(size_t *n)
{
	*n = COUNT_OF(commands);
	return commands;
}

const struct word_option *word_options(size_t *n)
{
	*n = COUNT_OF(options);
	return options;
}

const struct word_command *word_command(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

bool word_goes_with(const struct word_option *option, const char *command)
{
	char padded[64];

	if (!option->commands)
		return true;
	snprintf(padded, sizeof(padded), " %s ", command ? command : "");
	return strstr(option->commands, padded) != NULL;
}

void word_split(const char *text, char ***list, size_t *n)
{
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (len) {
			*list = mem_grow(*list, *n, sizeof(**list));
			(*list)[(*n)++] = mem_strndup(text, len);
		}
		if (!text[len])
			return;
	}
}

/* "--json[=lines]", "-f, --follow", "--tail=N" */
static void spell(const struct word_option *row, struct buf *out)
{
	bool optional = row->value && row->value[0] == '[';

	if (row->letter)
		buf_addf(out, "-%c, ", row->letter);
	buf_addf(out, "--%s", row->name);
	if (optional)
		buf_addf(out, "[=%s", row->value + 1);
	else if (row->value)
		buf_addf(out, " %s", row->value);
}

static void help_options(FILE *out, const char *command)
{
	struct buf left;
	size_t i;

	buf_init(&left, BUF_MAX);
	for (i = 0; i < COUNT_OF(options); i++) {
		bool here = command ? options[i].commands && word_goes_with(&options[i], command)
				    : !options[i].commands;

		if (!here)
			continue;
		buf_clear(&left);
		spell(&options[i], &left);
		fprintf(out, "  %-26s %s\n", left.data, _(options[i].help));
	}
	buf_done(&left);
}

void options_help(FILE *out)
{
	size_t i;
	char left[64];

	fputs(_("Usage: pipetop [OPTION...] [COMMAND [ARG...]]\n"
		"Watches the pipeline runs of Huawei Cloud CodeArts in the terminal.\n"
		"Without a command: the dashboard. Options stand before or after the command.\n"),
	      out);
	fputs(_("\nCommands:\n"), out);
	for (i = 0; i < COUNT_OF(commands); i++) {
		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			 *commands[i].args ? _(commands[i].args) : "");
		fprintf(out, "  %-26s %s\n", left, _(commands[i].help));
	}
	fputs(_("PIPELINE is an id, a name or a unique part of one; RUN an id or a number; either may be\n"
		"@latest, @failed, @running or @waiting.\n"),
	      out);
	fputs(_("\nOptions everywhere:\n"), out);
	help_options(out, NULL);
	for (i = 0; i < COUNT_OF(commands); i++) {
		fprintf(out, _("\nOptions of %s:\n"), commands[i].name);
		help_options(out, commands[i].name);
	}
	fputs(_("\nEnvironment: PIPETOP_ENDPOINT, PIPETOP_REGION, PIPETOP_PROJECT, PIPETOP_TOKEN.\n"
		"Configuration: ~/.config/pipetop/pipetop.conf, see pipetop-config(5).\n"
		"Exit status: 0 success, 1 the run failed, 2 usage or no such thing, 3 network or server,\n"
		"4 not signed in or not permitted, 5 stopped, 6 waits for a person, 7 internal.\n"),
	      out);
}

void options_list(FILE *out)
{
	size_t i;

	for (i = 0; i < COUNT_OF(commands); i++)
		fprintf(out, "%s\n", commands[i].name);
	for (i = 0; i < COUNT_OF(options); i++)
		fprintf(out, "--%s\n", options[i].name);
}
