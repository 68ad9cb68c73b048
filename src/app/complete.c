/* SPDX-License-Identifier: MIT */
/*
 * The words before the last are walked as options_read would, but nothing in them is an error: it
 * is somebody's half of a line. That says what the last one is: a command, an option, an option's
 * value, a pipeline, a run. Each of those has a function that offers candidates; what does not
 * begin as the word does is dropped as it is offered.
 */
#include "complete.h"

#include <stdlib.h>
#include <string.h>

#include "app/options.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "filter.h"
#include "layers.h"
#include "log/sgr.h"
#include "names.h"
#include "region.h"
#include "shellword.h"
#include "ui/theme.h"
#include "words.h"

#define MATCHES_MAX (COMPLETE_MAX * 2) /* before those of the same name are one */

struct line {
	const struct word_option *pending; /* its value is the last word; NULL: none */
	const char *command;		   /* NULL: none yet */
	const char *args[4];		   /* after it */
	size_t n_args;
	bool ended; /* "--" came */
	bool *seen; /* by option */
	struct options place; /* as far as words say it */
	const char *word;     /* to be completed */
	size_t skip;	      /* of its bytes, before those that candidates begin with: "--json=" */
	struct candidates *found;
};

/* ---- candidates ---- */

/* Text that is what it looks like. */
static bool shows(const char *text)
{
	struct buf clean;
	bool same;

	buf_init(&clean, BUF_MAX);
	sgr_clean_name(text, text_locale_utf8(), &clean);
	same = *text && strcmp(clean.data, text) == 0;
	buf_done(&clean);
	return same;
}

static void keep(struct line *l, const char *text, const char *about)
{
	struct candidates *found = l->found;
	struct buf whole, said;

	if (found->n == MATCHES_MAX)
		return;
	buf_init(&whole, BUF_MAX);
	buf_init(&said, BUF_MAX);
	buf_add(&whole, l->word, l->skip);
	buf_adds(&whole, text);
	sgr_clean_name(about, text_locale_utf8(), &said);
	found->all = mem_grow(found->all, found->n, sizeof(*found->all));
	found->all[found->n++] = (struct candidate){buf_take(&whole), buf_take(&said)};
}

static bool begins(const struct line *l, const char *text)
{
	return text_starts(text, l->word + l->skip);
}

static void offer(struct line *l, const char *text, const char *about)
{
	if (begins(l, text) && shows(text))
		keep(l, text, about);
}

/* "v5|v3", "[on|off]": each of them. */
static void offer_each(struct line *l, const char *words)
{
	static const char marks[] = "[]|";
	size_t len;

	for (words += strspn(words, marks); *words; words += len, words += strspn(words, marks)) {
		char *word;

		len = strcspn(words, marks);
		word = mem_strndup(words, len);
		offer(l, word, "");
		mem_free(word);
	}
}

static bool in_small_letters(const char *value)
{
	return strspn(value, "[]|abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(value);
}

/* ---- the place, and its names ---- */

/* False when nothing is known of it. */
static bool find_place(struct line *l, struct buf *place)
{
	if (l->place.demo || !layers_place(&l->place, NULL))
		return false;
	names_place(&l->place, place);
	return true;
}

static bool of_our_projects(const struct line *l, const char *project_id)
{
	size_t i;

	for (i = 0; i < l->place.n_projects; i++)
		if (strcmp(l->place.projects[i], project_id) == 0)
			return true;
	return l->place.n_projects == 0;
}

static void each_name(struct line *l, bool (*visit)(void *self, const struct name *name), void *self)
{
	struct buf path, place;

	buf_init(&path, BUF_MAX);
	buf_init(&place, BUF_MAX);
	if (find_place(l, &place) && names_default(&path))
		names_read(path.data, place.data, visit, self);
	buf_done(&path);
	buf_done(&place);
}

static void keep_name(struct line *l, const struct name *name, bool by_id)
{
	char run[64] = "";

	if (*name->runs)
		snprintf(run, sizeof(run), "%s %.*s", _("run"), (int)strcspn(name->runs, ","), name->runs);
	if (by_id)
		keep(l, name->pipeline_id, *name->name ? name->name : run);
	else
		keep(l, name->name, run);
}

/* By its id where its name cannot be typed as it is. */
static bool offer_name(void *self, const struct name *name)
{
	struct line *l = self;
	bool named = begins(l, name->name), by_id = begins(l, name->pipeline_id), typed;

	if ((!named && !by_id) || !of_our_projects(l, name->project_id))
		return true;
	typed = *name->name != '-' && *name->name != '@' && shows(name->name);
	if (named && typed)
		keep_name(l, name, false);
	else if (by_id && (l->word[l->skip] || !typed))
		keep_name(l, name, true);
	return l->found->n < MATCHES_MAX;
}

static void offer_selectors(struct line *l)
{
	static const char *const words[][2] = {
		{"@latest", N_("the newest run")},
		{"@failed", N_("the newest that failed")},
		{"@running", N_("the newest that runs")},
		{"@waiting", N_("the newest that waits for a person")},
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		offer(l, words[i][0], _(words[i][1]));
}

/* ---- runs ---- */

/* The pipeline that a word names: whole, or the only one that has it as a part. */
struct wanted {
	struct line *line;
	const char *word;
	char *exact, *part; /* their runs */
	size_t parts;
};

static bool look_for(void *self, const struct name *name)
{
	struct wanted *w = self;

	if (!of_our_projects(w->line, name->project_id))
		return true;
	if (strcmp(name->name, w->word) == 0 || strcmp(name->pipeline_id, w->word) == 0) {
		w->exact = mem_strdup(name->runs);
		return false;
	}
	if (strcasestr(name->name, w->word) && w->parts++ == 0)
		w->part = mem_strdup(name->runs);
	return true;
}

static void offer_runs(struct line *l)
{
	struct wanted w = {.line = l, .word = l->args[0]};
	const char *runs;
	char number[24];
	size_t len;

	if (*w.word == '@')
		return;
	offer_selectors(l);
	each_name(l, look_for, &w);
	runs = w.exact ? w.exact : w.parts == 1 ? w.part : "";
	for (; *runs; runs += len + (runs[len] == ',')) {
		len = strcspn(runs, ",");
		snprintf(number, sizeof(number), "%.*s", (int)(len < 20 ? len : 20), runs);
		offer(l, number, "");
	}
	mem_free(w.exact);
	mem_free(w.part);
}

/* ---- values of options ---- */

static void offer_regions(struct line *l)
{
	const char *name;
	size_t i;

	for (i = 0; (name = region_at(i)); i++)
		offer(l, name, "");
}

static void offer_themes(struct line *l)
{
	struct buf names;
	char *name, *save = NULL;

	buf_init(&names, BUF_MAX);
	theme_list(&names);
	for (name = strtok_r(names.data, "\n", &save); name; name = strtok_r(NULL, "\n", &save))
		offer(l, name, "");
	buf_done(&names);
}

static void offer_profiles(struct line *l)
{
	struct config config;
	size_t i;

	if (config_load(&config, l->place.config_file, NULL))
		for (i = 0; i < config.n_profiles; i++)
			offer(l, config.profiles[i].name, "");
	config_done(&config);
}

/* The last of a list. */
static void skip_to_comma(struct line *l)
{
	const char *comma = strrchr(l->word + l->skip, ',');

	if (comma)
		l->skip = (size_t)(comma + 1 - l->word);
}

static void offer_states(struct line *l)
{
	const char *word;
	size_t i;

	skip_to_comma(l);
	for (i = 0; (word = filter_word(i)); i++)
		offer(l, word, "");
}

static void offer_sort_keys(struct line *l)
{
	const char *const *keys = word_sort_keys(text_or_empty(l->command), l->place.v3);
	const char *colon = strchr(l->word + l->skip, ':');

	if (colon) {
		l->skip = (size_t)(colon + 1 - l->word);
		offer_each(l, "asc|desc");
	}
	for (; !colon && keys && *keys; keys++)
		offer(l, *keys, "");
}

static bool offer_project(void *self, const struct name *name)
{
	struct line *l = self;
	size_t n = l->found->n;

	/* They stand together in the file; the others of the same name go later. */
	if (n == 0 || !text_same(l->found->all[n - 1].text + l->skip, name->project_id))
		offer(l, name->project_id, "");
	return l->found->n < MATCHES_MAX;
}

static void offer_projects(struct line *l)
{
	size_t i;

	skip_to_comma(l);
	for (i = 0; i < l->place.n_projects; i++)
		mem_free(l->place.projects[i]);
	l->place.n_projects = 0;
	each_name(l, offer_project, l);
	for (i = 0; i < l->place.n_projects; i++)
		offer(l, l->place.projects[i], "");
}

static void offer_value(struct line *l, const struct word_option *row)
{
	static const struct {
		const char *option;
		void (*offer)(struct line *l);
	} sources[] = {
		{"region", offer_regions},   {"theme", offer_themes}, {"profile", offer_profiles},
		{"project", offer_projects}, {"sort", offer_sort_keys}, {"status", offer_states},
	};
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i].option, row->name) == 0) {
			sources[i].offer(l);
			return;
		}
	if (in_small_letters(row->value))
		offer_each(l, row->value);
	l->found->files = strcmp(row->value, "FILE") == 0;
}

/* ---- the line ---- */

/* The option that "--name" or "--name=value" means, also where its name is cut short. */
static const struct word_option *option_of(const char *word)
{
	size_t n, i, len = strcspn(word + 2, "="), found = 0;
	const struct word_option *rows = word_options(&n), *begun = NULL;

	for (i = 0; i < n; i++) {
		if (strncmp(rows[i].name, word + 2, len) != 0)
			continue;
		if (!rows[i].name[len])
			return &rows[i];
		begun = &rows[i];
		found++;
	}
	return found == 1 && len ? begun : NULL;
}

static void put_text(char **at, const char *value)
{
	mem_free(*at);
	*at = mem_strdup(value);
}

/* What says where we are, and which list is asked. */
static void note(struct line *l, const struct word_option *row, const char *value)
{
	struct options *o = &l->place;

	if (strcmp(row->name, "demo") == 0)
		o->demo = true;
	else if (strcmp(row->name, "api") == 0)
		o->v3 = text_same(value, "v3");
	else if (strcmp(row->name, "project") == 0 && value)
		word_split(value, &o->projects, &o->n_projects);
	else if (strcmp(row->name, "profile") == 0)
		put_text(&o->profile, value);
	else if (strcmp(row->name, "endpoint") == 0)
		put_text(&o->endpoint, value);
	else if (strcmp(row->name, "region") == 0)
		put_text(&o->region, value);
	else if (strcmp(row->name, "config") == 0)
		put_text(&o->config_file, value);
}

static void walk_option(struct line *l, const char *word)
{
	const struct word_option *row = option_of(word);
	const char *equals = strchr(word, '=');
	size_t n;

	if (!row)
		return;
	l->seen[row - word_options(&n)] = true;
	if (equals || !row->value || row->value[0] == '[')
		note(l, row, equals ? equals + 1 : NULL);
	else
		l->pending = row;
}

/* "-qf", "-pNAME=VALUE", or "-p" and its value in the next word. */
static void walk_letters(struct line *l, const char *letters)
{
	const struct word_option *rows;
	size_t n, i;

	rows = word_options(&n);
	for (; *letters; letters++)
		for (i = 0; i < n; i++) {
			if (!rows[i].letter || rows[i].letter != *letters || !rows[i].value || rows[i].value[0] == '[')
				continue;
			if (!letters[1])
				l->pending = &rows[i];
			return;
		}
}

static void walk(struct line *l, const char *word)
{
	if (l->pending) {
		note(l, l->pending, word);
		l->pending = NULL;
	} else if (!l->ended && strcmp(word, "--") == 0) {
		l->ended = true;
	} else if (!l->ended && text_starts(word, "--")) {
		walk_option(l, word);
	} else if (!l->ended && *word == '-' && word[1]) {
		walk_letters(l, word + 1);
	} else if (!l->command) {
		l->command = word;
	} else if (l->n_args < sizeof(l->args) / sizeof(l->args[0])) {
		l->args[l->n_args++] = word;
	}
}

/* Each once, unless it may be said again. */
static void offer_options(struct line *l)
{
	size_t n, i;
	const struct word_option *rows = word_options(&n);
	char word[64];

	for (i = 0; i < n; i++) {
		if (!word_among(rows[i].commands, l->command) || (l->seen[i] && rows[i].kind != WORD_LIST))
			continue;
		snprintf(word, sizeof(word), "--%s", rows[i].name);
		offer(l, word, _(rows[i].help));
	}
}

static void offer_commands(struct line *l)
{
	size_t n, i;
	const struct word_command *rows = word_commands(&n);

	for (i = 0; i < n; i++)
		offer(l, rows[i].name, _(rows[i].help));
}

/* The n-th word of "PIPELINE [RUN]", without brackets, into `out`. */
static void metavariable(const char *args, size_t n, char *out, size_t size)
{
	size_t len = 0;

	for (; *args; args += len) {
		args += strspn(args, " []");
		len = strcspn(args, " []");
		if (n-- == 0)
			break;
	}
	snprintf(out, size, "%.*s", (int)len, args);
}

static void offer_argument(struct line *l)
{
	const struct word_command *command = word_command(l->command);
	char what[64];

	if (!command)
		return;
	metavariable(command->args, l->n_args, what, sizeof(what));
	if (strcmp(what, "PIPELINE") == 0) {
		if (l->word[0] == '@' || !l->word[0])
			offer_selectors(l);
		each_name(l, offer_name, l);
	} else if (strcmp(what, "RUN") == 0) {
		offer_runs(l);
	} else if (strcmp(what, "FILE") == 0) {
		l->found->files = true;
	} else if (*what && in_small_letters(what)) {
		offer_each(l, what);
	}
}

static void offer_all(struct line *l)
{
	const struct word_option *row;

	if (l->pending) {
		offer_value(l, l->pending);
	} else if (!l->ended && text_starts(l->word, "--") && strchr(l->word, '=')) {
		row = option_of(l->word);
		l->skip = (size_t)(strchr(l->word, '=') + 1 - l->word);
		if (row && row->value)
			offer_value(l, row);
	} else if (!l->ended && *l->word == '-') {
		offer_options(l);
	} else if (!l->command) {
		offer_commands(l);
	} else {
		offer_argument(l);
	}
}

/* ---- the answer ---- */

/* The order stays; of the same text the first stays. */
static void drop_doubles(struct candidates *found)
{
	size_t i, k, kept = 0;

	for (i = 0; i < found->n; i++) {
		struct candidate *c = &found->all[i];

		for (k = 0; k < kept && strcmp(found->all[k].text, c->text) != 0; k++)
			;
		if (k < kept || kept == COMPLETE_MAX) {
			mem_free(c->text);
			mem_free(c->about);
		} else {
			found->all[kept++] = *c;
		}
	}
	found->n = kept;
}

void complete_find(const char *const *words, size_t n, struct candidates *found)
{
	struct line l = {.word = words[n - 1], .found = found};
	size_t options, i;

	*found = (struct candidates){0};
	word_options(&options);
	l.seen = mem_calloc(options, sizeof(*l.seen));
	for (i = 0; i + 1 < n; i++)
		walk(&l, words[i]);
	offer_all(&l);
	drop_doubles(found);
	options_done(&l.place);
	mem_free(l.seen);
}

void complete_done(struct candidates *found)
{
	size_t i;

	for (i = 0; i < found->n; i++) {
		mem_free(found->all[i].text);
		mem_free(found->all[i].about);
	}
	mem_free(found->all);
	*found = (struct candidates){0};
}

/* ---- the command ---- */

static void answer_words(int argc, char **argv, FILE *out)
{
	struct candidates found;
	size_t i;

	complete_find((const char *const *)argv, (size_t)argc, &found);
	for (i = 0; i < found.n; i++)
		fprintf(out, *found.all[i].about ? "%s\t%s\n" : "%s%s\n", found.all[i].text,
			found.all[i].about);
	if (found.files)
		fputs("\tfiles\n", out);
	complete_done(&found);
}

static void answer_bash(const char *line, const char *breaks, FILE *out)
{
	struct shellline words;
	struct candidates found;
	struct buf reply;
	size_t i;

	if (!shellline_read(&words, line, breaks))
		return;
	buf_init(&reply, BUF_MAX);
	complete_find((const char *const *)words.words + 1, words.n - 1, &found);
	for (i = 0; i < found.n; i++) {
		buf_clear(&reply);
		if (shellline_quote(&words, found.all[i].text, &reply))
			fprintf(out, "%s\n", reply.data);
	}
	if (found.files)
		fputs("\tfiles\n", out);
	complete_done(&found);
	buf_done(&reply);
	shellline_done(&words);
}

int complete_run(int argc, char **argv, FILE *out)
{
	if (argc >= 2 && strcmp(argv[0], "words") == 0)
		answer_words(argc - 1, argv + 1, out);
	else if (argc == 3 && strcmp(argv[0], "bash") == 0)
		answer_bash(argv[1], argv[2], out);
	return fflush(out) == 0 ? EXIT_OK : EXIT_INTERNAL;
}
