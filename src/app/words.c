/* SPDX-License-Identifier: MIT */
/*
 * The tables of the command line. A new option is one row here: it is then parsed, checked
 * against its commands, suggested, completed, and shown by --help and by the manual.
 */
#include "words.h"

#include <stddef.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "templates.h"

static const struct word_command commands[] = {
	{"pipelines", "", 0, 0, N_("the pipelines with their latest run"),
	 N_("The pipelines of the projects with their latest run: first what waits for a "
	   "person, then what fails, what runs, and the rest, newest first. At most 100 "
	   "rows unless `--limit` or `--all` is given; a list that was cut says so on "
	   "the standard error.")},
	{"runs", N_("PIPELINE"), 1, 1, N_("the run history of a pipeline"),
	 N_("The runs of a pipeline, newest first, 20 of them unless `--limit` or `--all` "
	   "is given.")},
	{"show", N_("PIPELINE [RUN]"), 1, 2, N_("the stages, jobs and steps of a run"),
	 N_("The stages, jobs and steps of a run with their states and durations.")},
	{"logs", N_("PIPELINE [RUN]"), 1, 2, N_("the log text of a run's steps"),
	 N_("The log text of a run's steps, one step after the other, each under a line "
	   "`==> stage / job / step <==` when there are several. To a terminal the text "
	   "is cleaned of everything but colours; to a pipe or file it is written byte "
	   "for byte as the service delivers it.\n\n"
	   "A step that still runs is printed as far as it is written; `--follow` goes "
	   "on to the end. Gaps and restarts of a log are told on the standard error.\n\n"
	   "The text is asked for in pages of at most 5,000 lines, one page at a time "
	   "and at most 20 in a second, which is some 10 MB; a service on this machine "
	   "itself is not spared like that. When it answers 429 the rate is halved and "
	   "rises again slowly.")},
	{"watch", N_("PIPELINE [RUN]"), 1, 2, N_("tells line by line what a run does, until it ends"),
	 N_("Prints what the run has done so far, in order, and then one line for each change: the local "
	    "time, the stage, job and step, and its new state; at an end also how long it took and the "
	    "service's message. Nothing is drawn over, so that the lines are fit for the log of a CI job "
	    "and for a screen reader. A change is told once; what happened between two looks is told in "
	    "order.\n\n"
	    "The exit status is the outcome of the run: 0 it is well, 1 it failed, 5 it was stopped, or "
	    "rejected at a gate and nothing else failed. When nothing goes on until a person decides, the "
	    "standard error says at which gate, who may approve, since when, and what happens if nobody "
	    "does, and the exit status is 6; `--through-gates` goes on instead. A delay that ends by "
	    "itself is waited for.\n\n"
	    "After a failure the standard error names the command that shows the error. An outage is "
	    "told once, and once more when it is over; after `--timeout` of it the exit status is 3.")},
	{"run", N_("PIPELINE"), 1, 1, N_("starts a run of a pipeline"),
	 N_("Starts a run. The pipeline has to be named, which is as much as a question would ask for: nothing "
	    "else is asked. PIPELINE is an id, a name, or on a terminal a part of a name that no other "
	    "pipeline has.\n\n"
	    "What the pipeline asks for at a start and `-p` does not give has the value of its last run, which "
	    "is told on the standard error, and without one its default; `--defaults` leaves the last run "
	    "out. What counts by itself goes on counting. Values are checked against the pipeline's types and "
	    "limits before anything is sent. If one has neither a value nor a default, they are listed with "
	    "what they take, and nothing is started.\n\n"
	    "A secret is never taken over from the last run and never shown. `-p NAME=VALUE` puts it where "
	    "other users of the machine can see it as long as the command runs; `-p NAME` alone asks for it "
	    "at the terminal, without showing it.\n\n"
	    "A run that has to wait for others is queued: that is a success, too, and told. With `--watch` "
	    "the command goes on as `watch` does and has its exit status; without, it is 0 if a run was "
	    "started or queued, 1 if none was, and 3 if that is not known. The request is never sent "
	    "twice.")},
	{"retry", N_("[PIPELINE [RUN]]"), 0, 2, N_("runs once more what failed or was stopped in a run"),
	 N_("Runs once more what failed or was stopped in a run, and what comes after it; the run keeps its "
	    "number. Without words it is the newest run of all that failed (`@failed`), with a pipeline "
	    "the newest of it.\n\n"
	    "What would be done is shown on the standard error, and only `y` with Enter does it. Without a "
	    "terminal nobody can be asked: `--yes` says it beforehand, and then PIPELINE has to be an id or a "
	    "whole name, and RUN has to be said where several runs could be meant.\n\n"
	    "The run is read afresh first; if it is not as it was shown, nothing is sent. The request is sent "
	    "once and never repeated, and the run is read back until it shows what became of it, for 30 "
	    "seconds at most. The exit status is 0 if it was done, 1 if it was not, and 3 if that is not "
	    "known; `pipetop audit` tells what was done from here.")},
	{"stop", N_("[PIPELINE [RUN]]"), 0, 2, N_("stops a run, or takes it out of the queue"),
	 N_("Stops a run that is not over; one that is queued leaves the queue. Without words it is the newest "
	    "of all that run (`@running`), with a pipeline the newest of it. It asks as `retry` does.")},
	{"approve", N_("[PIPELINE [RUN]]"), 0, 2, N_("passes a gate at which a run waits for a person"),
	 N_("Passes a gate: a manual review, the entry of a stage, a delay, which then is over; a step that is "
	    "suspended goes on. Without words it is a gate of the newest run of all that wait "
	    "(`@waiting`), with a pipeline of the newest of it. If several gates of the run are open, "
	    "`--stage`, `--job` and `--step` say which; without them they are listed, and nothing is "
	    "done. It asks as `retry` does.")},
	{"reject", N_("[PIPELINE [RUN]]"), 0, 2, N_("refuses at a gate, so that the run fails there"),
	 N_("Refuses at a gate: a manual review, the entry of a stage, a delay; the run fails there. A step "
	    "that is suspended cannot be refused: stop the run instead. Which gate is meant is said as with "
	    "`approve`. It asks as `retry` does.")},
	{"postpone", N_("[PIPELINE [RUN]]"), 0, 2, N_("has a delayed job wait one hour more"),
	 N_("Has a delayed job wait one hour more. Which one is meant is said as with `approve`. It "
	    "asks as `retry` does.")},
	{"templates", N_("list|show|create|favorite|copy|edit|delete [TEMPLATE]"), 0, 2, N_("templates of pipelines: list, show, create, favorite, copy, edit, delete"),
	 N_("Templates of pipelines, the service's own (system) and the account's (custom). TEMPLATE is an id, a "
	    "name, or a part of a name that no other template has. The account is `--tenant`, or that of the "
	    "sign-in where IAM tells it.\n\n"
	    "`list` shows which there are, at most 100 unless `--limit` or `--all` is given; `--name`, "
	    "`--language`, `--system`, `--custom` and `--favourites` say which.\n\n"
	    "`show` shows one with its parameters, and the stages, jobs and steps that it would make; a "
	    "secret's value is never shown. With `--file` it draws the document of an orchestration instead, "
	    "after looking for mistakes in it, and asks the service nothing.\n\n"
	    "`create` makes a pipeline, called `--name`, of a template. Each `-p` gives one of its "
	    "parameters a value; others have their default, and what has none is asked for, or without a "
	    "terminal listed and nothing done. The code comes from `--git-url` or from what `--source-json` "
	    "says. With `--file` it makes a pipeline of an orchestration: the document is looked through for "
	    "mistakes, sent as it is, byte for byte, and what becomes of it is told until the pipeline is "
	    "there, or nothing has changed for five minutes (or `--timeout`, if that is less).\n\n"
	    "`favorite` makes it a favourite, with `--off` none any more. `copy` makes a custom template "
	    "called `--name` of any other. `edit` changes name, language, description and definition of a "
	    "custom one: with the options that are called so, with a text in `--file`, or in an editor "
	    "(`VISUAL`, else `EDITOR`, else vi(1)). If the text has a mistake, if somebody else changed the "
	    "template meanwhile or the answer is lost, the text is kept and the standard error says "
	    "where. `delete` asks, as `retry` does. System templates can only be copied and used.\n\n"
	    "What changes something reads the template afresh first and sends nothing if it is not as it was "
	    "shown. It is sent once, never repeated, and looked at afterwards. The exit status is 0 if it was "
	    "done, or was so already, 1 if it was not done, and 3 if that is not known; it is in the audit "
	    "log."),
	 templates_check},
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
	{"doctor", "", 0, 0, N_("checks configuration, network, clock, rights and terminal"),
	 N_("Says what is wrong with a set-up, and under each problem how to mend it: configuration and where "
	    "its words come from; modes of files; name, proxy, connection and certificates of the service, and "
	    "of IAM where that gives the tokens; the clock against the service's; where the credentials come "
	    "from and what they may read, with one small request for each kind; times; the terminal.\n"
	    "\n"
	    "It runs also with a configuration that no other command takes, without a network, a home or a "
	    "terminal, and ends within half a minute. A check that makes no sense after an earlier problem is "
	    "skipped, and says after which. Nothing is tried twice: a wrong password or key is shown to the "
	    "service once. Nobody is asked for a password. Of secrets only the place is told.\n"
	    "\n"
	    "The exit status is 0 without a problem, warnings or not; else it is that of the first one: 2 "
	    "configuration, files or terminal, 3 network or service, 4 sign-in or rights.")},
	{"config", "", 0, 0, N_("the settings in force, and where each comes from"),
	 N_("Prints every setting with its value and with what said it: an option, a variable of the "
	    "environment, a line of the file, the profile, or nobody, so that it is the default. Of "
	    "credentials it says where they come from and how long they are, never what they are; of "
	    "the commands that print them, the program alone.")},
	{"audit", "", 0, 0, N_("what was done from here, and what became of it"),
	 N_("Prints the audit log: each action that was sent from here, by whom, on what, and whether it was "
	    "done, not done, or is unknown. The newest is last. An action whose outcome was not written, because "
	    "the program was ended before, is unknown; a line that is not whole is counted on the standard "
	    "error. Nothing is asked of the service.\n"
	    "\n"
	    "The log is $XDG_STATE_HOME/pipetop/audit.jsonl, one JSON object a line, readable by you alone, and "
	    "only ever appended to. What is to be sent stands there, on the disk, before it is; where that "
	    "cannot be written nothing is sent.")},
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

static bool set_git_type(struct options *o, const char *value, struct err *err)
{
	static const char *const words[] = {"codehub", "gitee", "github", "gitcode", "gitlab"};
	size_t at;

	if (!one_of("--git-type", value, words, COUNT_OF(words), &at, err))
		return false;
	mem_free(o->want.git_type);
	o->want.git_type = mem_strdup(words[at]);
	return true;
}

/* An empty one is one. */
static bool set_description(struct options *o, const char *value, struct err *err)
{
	(void)err;
	mem_free(o->want.description);
	o->want.description = mem_strdup(value);
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
	o->timeout_said = true;
	return true;
}

/* A value may have commas in it. */
static bool add_word(char ***list, size_t *n, const char *option, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_INPUT, 0, _("--%s needs a value"), option);
	*list = mem_grow(*list, *n, sizeof(**list));
	(*list)[(*n)++] = mem_strdup(value);
	return true;
}

static bool set_param(struct options *o, const char *value, struct err *err)
{
	return add_word(&o->want.params, &o->want.n_params, "param", value, err);
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

/* Commands that take one take the last; `run` takes them all. Names may have commas in them. */
static bool set_stage(struct options *o, const char *value, struct err *err)
{
	mem_free(o->want.stage);
	o->want.stage = mem_strdup(value);
	return add_word(&o->want.stages, &o->want.n_stages, "stage", value, err);
}

static bool set_job(struct options *o, const char *value, struct err *err)
{
	mem_free(o->want.job);
	o->want.job = mem_strdup(value);
	return add_word(&o->want.jobs, &o->want.n_jobs, "job", value, err);
}

#define AT(field) offsetof(struct options, field)
#define READERS " pipelines runs show logs watch run retry stop approve reject postpone templates login" \
	" doctor config audit "
#define DEEDS " retry stop approve reject postpone "
#define CHANGES DEEDS "templates "
#define GATES " logs approve reject postpone "
#define PARTS " logs run approve reject postpone "

static const struct word_option options[] = {
	{"endpoint", 0, "URL", NULL, WORD_TEXT, AT(endpoint), 0, NULL,
	 N_("address of the service; plain http only to this machine"),
	 N_("Address of the service. Plain http is refused except to this machine.")},
	{"region", 0, "NAME", NULL, WORD_TEXT, AT(region), 0, NULL,
	 N_("the service's address in a region, such as cn-north-4")},
	{"project", 0, "ID[,ID...]", NULL, WORD_LIST, AT(projects), AT(n_projects), NULL,
	 N_("CodeArts projects to look at; may be given again"),
	 N_("CodeArts projects to look at; may be given more than once.")},
	{"tenant", 0, "ID", NULL, WORD_TEXT, AT(tenant), 0, NULL,
	 N_("id of the account, for templates")},
	{"token-file", 0, "FILE", NULL, WORD_TEXT, AT(token_file), 0, NULL,
	 N_("file of yours alone (chmod 600) that holds the token"),
	 N_("A file that holds the token on one line. It must be a regular file of your "
	   "own that nobody else can read (`chmod 600`). There is no option that takes "
	   "the token itself.")},
	{"config", 0, "FILE", NULL, WORD_TEXT, AT(config_file), 0, NULL,
	 N_("configuration to read instead of ~/.config/pipetop/pipetop.conf"),
	 N_("The configuration to read instead of `~/.config/pipetop/pipetop.conf`; it "
	   "has to be there.")},
	{"profile", 0, "NAME", NULL, WORD_TEXT, AT(profile), 0, NULL,
	 N_("a profile of the configuration: service, projects, token"),
	 N_("A profile of the configuration: its service, its projects, its token.")},
	{"demo", 0, "[SCENARIO]", NULL, WORD_CALL, 0, 0, set_demo,
	 N_("look at a simulated service instead"),
	 N_("Look at a simulated service instead: pipetop-sim(1) is started for as long "
	   "as pipetop runs.")},
	{"api", 0, "v5|v3", NULL, WORD_CALL, 0, 0, set_api, N_("which pipeline list to ask (v5)"),
	 N_("Which list of pipelines to ask; `v5` by default. With `v3` and no project, "
	   "every project that you may see is listed. A project that v5 knows no "
	   "pipeline of is looked up in v3 by itself.")},
	{"read-only", 0, NULL, NULL, WORD_FLAG, AT(read_only), 0, NULL,
	 N_("nothing that changes something can be sent")},
	{"timeout", 0, "SECONDS", NULL, WORD_CALL, 0, 0, set_timeout,
	 N_("how long commands try again when the service fails (120)"),
	 N_("How long commands try again when the network or the service fails; 120 by "
	   "default.")},
	{"yes", 0, NULL, NULL, WORD_FLAG, AT(want.yes), 0, NULL,
	 N_("do it without asking; the pipeline has to be named whole"),
	 N_("What changes something does it without asking: for scripts. The pipeline has to be an id or a "
	    "whole name then. The dashboard asks all the same.")},
	{"theme", 0, "NAME", NULL, WORD_TEXT, AT(theme), 0, NULL, N_("colours of the dashboard"),
	 N_("Colours of the dashboard: `default` (the terminal's own), `dark`, `light`, "
	   "`high-contrast`, `colour-blind-safe`, `mono`, or a file `NAME.theme` of "
	   "yours in `~/.config/pipetop/themes`. How many colours there are is what the "
	   "terminfo entry of `TERM` says; with `NO_COLOR` set, or with none, states are "
	   "told apart by attributes, and always by a symbol and a word.")},
	{"mouse", 0, "[on|off]", NULL, WORD_CALL, 0, 0, set_mouse,
	 N_("wheel and click in the dashboard; off leaves selecting to the terminal"),
	 N_("Wheel and click in the dashboard; off, the default, leaves selecting text to "
	   "the terminal.")},
	{"view", 0, "NAME", NULL, WORD_TEXT, AT(view), 0, NULL,
	 N_("begin the dashboard with a saved view (:view save NAME)"),
	 N_("Begin the dashboard with a saved view (`:view save NAME`).")},
	{"ambiguous", 0, "narrow|wide", NULL, WORD_CALL, 0, 0, set_ambiguous,
	 N_("width of East Asian ambiguous characters on your terminal")},
	{"no-cache", 0, NULL, NULL, WORD_FLAG, AT(no_cache), 0, NULL, N_("keep nothing between runs"),
	 N_("Keep nothing between runs: no names for completion, and of the dashboard neither views "
	    "and marks nor the history of its command line. While a log is read it is still in a file, "
	    "which has no name.")},
	{"debug", 0, "FILE", NULL, WORD_TEXT, AT(debug_file), 0, NULL,
	 N_("write a line about each request into FILE, without secrets"),
	 N_("Appends to FILE, which is readable by you alone, a line about each request of a command or of "
	    "the dashboard: host, method, path without query, status, sizes, time, whether the connection "
	    "was new, HTTP version, the service's request id, and what went wrong.\n\n"
	    "No headers, bodies or tokens are written: the file can be sent to somebody who helps. It "
	    "ends at 10 MiB, and of more than 200 lines in a second only the number is told.")},
	{"json", 0, "[lines]", READERS, WORD_CALL, 0, 0, set_json,
	 N_("one JSON array or object; --json=lines: one object a line"),
	 N_("One JSON array or object, or one object a line. Keys are the service's, "
	   "times are RFC 3339, and `state` is the word that the tables show; "
	   "docs/json.md has all of it.")},
	{"name", 0, "TEXT", " pipelines templates ", WORD_TEXT, AT(want.name), 0, NULL,
	 N_("only those whose name has TEXT in it; the name of what is made"),
	 N_("Only pipelines or templates whose name has TEXT in it. With `templates create`, `copy` and "
	    "`edit`: the name of the new pipeline or template, or the new name.")},
	{"language", 0, "java|python|nodejs|go|net|cpp|php|other|none", " templates ", WORD_TEXT, AT(want.language), 0,
	 NULL, N_("only templates for this language; what a template is for"),
	 N_("Only templates for this language; with `copy` and `edit` what the template is for.")},
	{"system", 0, NULL, " templates ", WORD_FLAG, AT(want.system), 0, NULL,
	 N_("only the service's own templates")},
	{"custom", 0, NULL, " templates ", WORD_FLAG, AT(want.custom), 0, NULL, N_("only the account's own templates")},
	{"favourites", 0, NULL, " templates ", WORD_FLAG, AT(want.favourites), 0, NULL,
	 N_("only templates that are favourites"),
	 N_("Only templates that are favourites: all are read for that, because the service does not look for "
	    "them.")},
	{"off", 0, NULL, " templates ", WORD_FLAG, AT(want.off), 0, NULL,
	 N_("with favorite: no favourite any more")},
	{"description", 0, "TEXT", " templates ", WORD_CALL, 0, 0, set_description,
	 N_("description of the pipeline or template"),
	 N_("With `create`, `copy` and `edit`: the description; it may be empty.")},
	{"definition", 0, "FILE", " templates ", WORD_TEXT, AT(want.definition_file), 0, NULL,
	 N_("with edit: the new definition, as JSON in a file")},
	{"file", 0, "FILE", " templates ", WORD_TEXT, AT(want.file), 0, NULL,
	 N_("an orchestration's document (- is the input); with edit: an edited text"),
	 N_("With `create` and `show`: the document of an orchestration, which is JSON; `-` is the standard "
	    "input. With `edit`: a text as the editor gets it, such as one that was kept.")},
	{"param", 'p', "NAME=VALUE", " run templates ", WORD_CALL, 0, 0, set_param,
	 N_("a value for what is asked for; may be given again"),
	 N_("The value of a variable that the pipeline asks for, or of a parameter of the template; may be given "
	    "more than once. NAME alone, with `run` of a secret only, is asked for at the terminal. What is on the command "
	    "line of a program others on this machine can see.")},
	{"branch", 0, "BRANCH", " run templates ", WORD_TEXT, AT(want.branch), 0, NULL,
	 N_("run: the branch to build; templates: with --git-url the default one"),
	 N_("With `run` the branch to build, of the pipeline's first code source, instead of its default branch; "
	    "with `templates create` and `--git-url` the default branch of the new pipeline.")},
	{"git-url", 0, "URL", " templates ", WORD_TEXT, AT(want.git_url), 0, NULL,
	 N_("the repository of the new pipeline")},
	{"git-type", 0, "codehub|gitee|github|gitcode|gitlab", " templates ", WORD_CALL, 0, 0, set_git_type,
	 N_("what kind of repository --git-url is (codehub)"),
	 N_("What kind of repository `--git-url` is; `codehub` by default.")},
	{"source-json", 0, "FILE", " templates ", WORD_TEXT, AT(want.source_file), 0, NULL,
	 N_("the sources of the new pipeline, as JSON in a file"),
	 N_("The `sources` of the new pipeline, a JSON array in a file that is sent as it is: for what "
	    "`--git-url` cannot say, such as an endpoint_id.")},
	{"status", 0, "STATE[,...]", " pipelines runs ", WORD_LIST, AT(want.status),
	 AT(want.n_status), NULL, N_("only these states: our words or the service's"),
	 N_("Only these states: `waiting`, `failed`, `running`, `queued`, `ok`, "
	   "`stopped`, `ignored`, or the service's own words.")},
	{"outcome", 0, "success|error|aborted", " pipelines ", WORD_TEXT, AT(want.outcome), 0, NULL,
	 N_("with --api v3: how the latest run ended"),
	 N_("With `--api v3`: only those whose latest run ended so.")},
	{"creator", 0, "USER-ID", " pipelines ", WORD_TEXT, AT(want.creator), 0, NULL,
	 N_("only pipelines that this user made")},
	{"sort", 0, "KEY[:asc|:desc]", " pipelines runs templates ", WORD_CALL, 0, 0, set_sort,
	 N_("the service's order: name, create_time, update_time; runs: start_time"),
	 N_("The service's order instead of attention's: `name`, `create_time`, "
	   "`update_time` for `pipelines` (with v3 `start_time` instead of "
	   "`update_time`) and `templates`, `start_time` for `runs`.")},
	{"desc", 0, NULL, " pipelines runs templates ", WORD_FLAG, AT(want.descending), 0, NULL,
	 N_("the largest or newest first")},
	{"since", 0, "TIME", " runs audit ", WORD_TIME, AT(want.since_ms), 0, NULL,
	 N_("started at or after: 2h, 7d, 2026-01-31, 2026-01-31T08:00:00Z"),
	 N_("Only those that started at or after TIME: `2h` or `7d` ago (`s`, `m`, `h`, "
	   "`d`), `2026-01-31`, `2026-01-31 08:00` in the local zone, or RFC 3339.")},
	{"until", 0, "TIME", " runs audit ", WORD_TIME, AT(want.until_ms), 0, NULL,
	 N_("started before or at"),
	 N_("Only those that started before or at TIME, which is written as with "
	   "`--since`.")},
	{"limit", 0, "N", " pipelines runs templates audit ", WORD_COUNT, AT(want.limit), 0, NULL,
	 N_("at most N rows (pipelines and templates 100, runs 20)"),
	 N_("At most N rows: 100 `pipelines` or `templates`, or 20 `runs`, where nothing else is said; of "
	    "`audit` the last N.")},
	{"all", 0, NULL, " pipelines runs templates ", WORD_FLAG, AT(want.all), 0, NULL, N_("every row")},
	{"tag", 0, "TAG", " run ", WORD_TEXT, AT(want.tag), 0, NULL, N_("the tag to build instead of a branch"), NULL},
	{"defaults", 0, NULL, " run ", WORD_FLAG, AT(want.defaults), 0, NULL,
	 N_("the pipeline's own values, not those of its last run"),
	 N_("What is not given has the pipeline's own default, not the value of its last run.")},
	{"watch", 0, NULL, " run ", WORD_FLAG, AT(want.watch), 0, NULL,
	 N_("go on as watch does, with its exit status"),
	 N_("Goes on as `watch` does until the run ends, with the exit status of its outcome.")},
	{"stage", 0, "NAME", PARTS, WORD_CALL, 0, 0, set_stage,
	 N_("only steps, or the gate, of this stage; run: only it"),
	 N_("Only steps, or the gate, within this stage, which is an id, a name, or a part of a name. With `run` it "
	    "is the stage's identifier or its whole name, and alone what is named so runs; it may be given "
	    "more than once.")},
	{"job", 0, "NAME", PARTS, WORD_CALL, 0, 0, set_job,
	 N_("only steps, or the gate, of this job; run: only it"),
	 N_("Only steps, or the gate, within this job, which is an id, a name, or a part of a name; with `run` as "
	    "`--stage`.")},
	{"step", 0, "NAME", GATES, WORD_TEXT, AT(want.step), 0, NULL,
	 N_("only steps, or the gate, of this name or id"),
	 N_("Only steps, or the gate, of this id, of this name, or with this in their name.")},
	{"follow", 'f', NULL, " logs ", WORD_FLAG, AT(want.follow), 0, NULL,
	 N_("go on to the end of the run, or of the --step; exit with its outcome"),
	 N_("Goes on to the end of the run, or with `--step` of the step, and exits with "
	   "its outcome. Steps that run side by side are followed at once: a header line "
	   "comes whenever another one goes on. It ends with status 6 when nothing goes on until a person "
	   "decides at a gate.")},
	{"failed", 0, NULL, " logs ", WORD_FLAG, AT(want.failed), 0, NULL,
	 N_("failed steps only (@failed implies it)"),
	 N_("Failed steps only; `@failed` implies it.")},
	{"tail", 0, "N", " logs ", WORD_COUNT, AT(want.tail), 0, NULL,
	 N_("the last N lines of each step")},
	{"raw", 0, NULL, " logs ", WORD_FLAG, AT(want.raw), 0, NULL,
	 N_("the bytes as delivered, also to a terminal"),
	 N_("The bytes as delivered, to a terminal as well.")},
	{"clean", 0, NULL, " logs ", WORD_FLAG, AT(want.clean), 0, NULL,
	 N_("text without escape sequences, also to a pipe or file"),
	 N_("Text without escape sequences, to a pipe or file as well.")},
	{"color", 0, "[auto|always|never]", " logs ", WORD_CALL, 0, 0, set_colour,
	 N_("cleaned text with its colours; alone: always"),
	 N_("Cleaned text with its colours, also to a pipe (`always`); without (`never`); "
	   "or with them on a terminal (`auto`). Without a value: `always`.")},
	{"forget", 0, NULL, " login ", WORD_FLAG, AT(want.forget), 0, NULL,
	 N_("removes the token that is kept"), NULL},
	{"quiet", 'q', NULL, " logs ", WORD_FLAG, AT(want.quiet), 0, NULL,
	 N_("no header lines between steps")},
	{"through-gates", 0, NULL, " watch run ", WORD_FLAG, AT(want.through_gates), 0, NULL,
	 N_("say that a gate waits, and go on watching"),
	 N_("Without it a run in which nothing goes on until a person decides ends the watch, with "
	    "exit status 6. With it the gate is told once, and the watch lasts to the end of the run.")},
	{"help", 'h', NULL, NULL, WORD_FLAG, AT(help), 0, NULL, N_("this text"),
	 N_("Print every command and option; with a command, all about that one.")},
	{"version", 'V', NULL, NULL, WORD_FLAG, AT(version), 0, NULL, N_("the version"),
	 N_("Print the version.")},
};

/* ---- the environment ---- */

static const struct word_variable variables[] = {
	{"PIPETOP_ENDPOINT", N_("address of the service"), N_("As `--endpoint`.")},
	{"PIPETOP_REGION", N_("region whose service it is"),
	 N_("As `--region`, where no endpoint is given.")},
	{"PIPETOP_PROJECT", N_("ids of projects"), N_("As `--project`, separated by commas.")},
	{"PIPETOP_TENANT PIPETOP_IAM_ENDPOINT", NULL,
	 N_("As `tenant` and `iam_endpoint` of pipetop-config(5).")},
	{"PIPETOP_TOKEN", N_("the token"),
	 N_("The token, where no `--token-file` is given. This and every secret below is removed from the "
	    "environment as soon as it is read, so that no program that is started has it.")},
	{"PIPETOP_PASSWORD PIPETOP_DOMAIN PIPETOP_USER", N_("password, account and IAM user"),
	 N_("Sign in at IAM: the password of the user in the account, which `domain` and `user` of "
	    "pipetop-config(5) name, too. Without the password it is asked for at the start, where there is "
	    "a terminal.")},
	{"PIPETOP_AK PIPETOP_SK PIPETOP_SECURITY_TOKEN", N_("key pair"),
	 N_("A key pair that signs every request (or is exchanged for a token, with "
	    "`key_pair = \"exchange\"`), and the security token of a temporary one.")},
	{"HUAWEICLOUD_SDK_AK HUAWEICLOUD_SDK_SK HUAWEICLOUD_SDK_SECURITY_TOKEN", NULL,
	 N_("The same under the names that the provider's SDKs use, where ours are not set.")},
	{"HUAWEICLOUD_SDK_IAM_ENDPOINT HUAWEICLOUD_SDK_DOMAIN_ID HUAWEICLOUD_SDK_PROJECT_ID", NULL,
	 N_("The SDKs' words for `iam_endpoint`, `tenant` and `iam_project`, where nobody else says them. "
	    "Their project is IAM's and not one of CodeArts.")},
	{"HW_REGION_NAME HW_AUTH_URL HW_DOMAIN_ID HW_DOMAIN_NAME HW_USER_NAME HW_PROJECT_ID HW_AUTH_TOKEN "
	 "HW_USER_PASSWORD HW_ACCESS_KEY HW_SECRET_KEY HW_SECURITY_TOKEN", NULL,
	 N_("What the Terraform provider goes by, understood last of all: where neither an option nor a "
	    "variable of ours nor the configuration nor a kept token says it. `OS_` variables are for any "
	    "OpenStack and are not read. KooCLI reads no variables, and its file is encrypted for it alone.")},
	{"PAGER", NULL,
	 N_("What `v` opens a log in, else less(1), else more(1): a command with its arguments; "
	    "no shell is started. It gets a private copy of what is loaded, cleaned of "
	    "everything but colours, and removed when it ends. `LESS` is set to `R` for it where "
	    "it is not set.")},
	{"VISUAL EDITOR", NULL,
	 N_("The same for `:edit`, else vi(1). An editor gets the bytes as the service sent "
	    "them. What is changed in the copy is not kept.")},
	{"BROWSER", NULL,
	 N_("What `o` opens pages with: commands separated by colons, tried one after the other; "
	    "`%s` in one stands for the address. Else xdg-open(1).")},
	{"https_proxy HTTPS_PROXY all_proxy ALL_PROXY", NULL,
	 N_("The proxy to connect through, as `http://HOST:PORT` or another form that curl(1) knows; the "
	    "one in small letters wins. This machine itself is never reached through one.")},
	{"no_proxy NO_PROXY", NULL,
	 N_("Hosts that are reached without one, separated by commas; `*` is all of them.")},
	{"NO_COLOR", N_("if not empty, no colours"), N_("If set and not empty, nothing is coloured.")},
	{"LANG LC_ALL LC_CTYPE LC_MESSAGES", NULL,
	 N_("The character set of the terminal, and the language that the service is asked to "
	    "answer in. Without UTF-8 the symbols are ASCII.")},
	{"TZ", NULL, N_("The zone that times are shown in.")},
	{"XDG_CONFIG_HOME XDG_STATE_HOME", NULL, N_("Where the files below are.")},
	{"XDG_CACHE_HOME", NULL,
	 N_("Logs are kept in an unlinked file below its `pipetop` directory while they are "
	    "read, and there the file `names` has what the shells complete: pipelines that lists "
	    "have shown.")},
};

/* ---- exit statuses ---- */

#define OUTCOMES " logs watch run "
#define ONLINE " pipelines runs show logs watch run retry stop approve reject postpone templates login doctor "

static const struct word_status statuses[] = {
	{"0", NULL, N_("success"), NULL},
	{"1", OUTCOMES, N_("the run failed"), N_("The run failed; `logs` looks at it with `--follow`.")},
	{"1", " run ", N_("no run was started"),
	 N_("No run was started: the service refused it, or the pipeline is switched off.")},
	{"1", CHANGES, N_("it was not done"),
	 N_("What should be done was not done: it was not confirmed, the service refused it, or the run had "
	    "changed.")},
	{"2", NULL, N_("usage or no such thing"),
	 N_("Usage, a configuration that cannot be read, or no such pipeline, run or step.")},
	{"3", ONLINE, N_("network or server"),
	 N_("The network or the service failed for longer than `--timeout`.")},
	{"3", " run ", N_("it is not known whether a run was started"),
	 N_("The request was sent, and whether a run was started is not known. It is not repeated: look at the "
	    "pipeline's runs.")},
	{"3", CHANGES, N_("it is not known whether it was done"),
	 N_("The request was sent, and what became of it is not known. It is not repeated: look at the run.")},
	{"4", ONLINE, N_("not signed in or not permitted"), NULL},
	{"5", OUTCOMES, N_("the run was stopped, or rejected at a gate"),
	 N_("The run was stopped, or rejected at a gate and nothing else failed; `logs` looks at it "
	    "with `--follow`.")},
	{"6", OUTCOMES, N_("the run waits for a person"),
	 N_("The run waits for a person; `logs` looks at it with `--follow`.")},
	{"7", NULL, N_("internal"), N_("Out of memory, or the output could not be written.")},
	{"128+n", NULL, N_("ended by signal n"),
	 N_("Ended by signal n; 141 when the reader of the output went away.")},
};

/* ---- what else is said of words ---- */

const char *words_selectors(void)
{
	return _("PIPELINE is an id, a name, or a part of a name that no other pipeline has. If several "
		 "match, they are listed and nothing is done. RUN is an id, a number, or `@latest` (the "
		 "default where the command says no other), `@failed`, `@running` or `@waiting`: the newest run of that "
		 "kind. These four may "
		 "also stand in place of PIPELINE and then mean the newest such run of all pipelines.");
}

const struct word_variable *word_variables(size_t *n)
{
	*n = COUNT_OF(variables);
	return variables;
}

const struct word_status *word_statuses(size_t *n)
{
	*n = COUNT_OF(statuses);
	return statuses;
}

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

bool word_among(const char *list, const char *command)
{
	char padded[64];

	if (!list)
		return true;
	snprintf(padded, sizeof(padded), " %s ", command ? command : "");
	return strstr(list, padded) != NULL;
}

const char *const *word_sort_keys(const char *command, bool v3)
{
	static const char *const pipelines_v5[] = {"name", "create_time", "update_time", NULL};
	static const char *const pipelines_v3[] = {"name", "create_time", "start_time", NULL};
	static const char *const runs[] = {"start_time", NULL};

	if (strcmp(command, "templates") == 0)
		return pipelines_v5;
	if (strcmp(command, "pipelines") == 0)
		return v3 ? pipelines_v3 : pipelines_v5;
	return strcmp(command, "runs") == 0 ? runs : NULL;
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
