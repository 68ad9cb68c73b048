/* SPDX-License-Identifier: MIT */
/*
 * The configuration file: libconfig reads it, the table of settings says what may stand in
 * it, and each mistake is told with its line. A value goes through the same function
 * that `:set` uses, so that both take the same. Secrets do not belong in a file that is
 * copied, shown and kept under version control: their names are known here to be refused.
 */
#include "app/config.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "argv.h"
#include "textfile.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/suggest.h"
#include "core/text.h"
#include "ui/keymap.h"

#define LIST_MAX 1000 /* of one setting */
#define SAFETY_EDITS 2 /* that make a slip of read_only */

struct reading {
	struct config *c;
	const char *path;
	unsigned profile_line; /* of `profile = ...`; 0: not there */
	struct err *err;
};

/* Puts "FILE:LINE: " before the sentence in err. */
static bool at_line(const struct reading *r, unsigned line)
{
	return err_prefix(r->err, "%s:%u", textfile_short(r->path), line);
}

static unsigned line_of(const config_setting_t *s)
{
	return config_setting_source_line(s);
}

static bool wrong(const struct reading *r, const config_setting_t *s, const char *sentence)
{
	err_set(r->err, ERR_INPUT, 0, "%s", sentence);
	return at_line(r, line_of(s));
}

/* ---- values ---- */

/* A value that is no text, as a person would write it. */
static const char *shown(const config_setting_t *s, char *out, size_t size)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(out, size, "%lld", config_setting_get_int64(s));
		return out;
	case CONFIG_TYPE_FLOAT:
		snprintf(out, size, "%.17g", config_setting_get_float(s));
		return out;
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_STRING:
		return config_setting_get_string(s);
	case CONFIG_TYPE_GROUP:
		return "{ ... }";
	default:
		return "[ ... ]";
	}
}

/* Is that a type that the setting may have in the file? */
static bool type_suits(const struct setting *row, int type)
{
	bool whole = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	bool text = type == CONFIG_TYPE_STRING;

	switch (row->kind) {
	case SETTING_FLAG:
		return type == CONFIG_TYPE_BOOL;
	case SETTING_COUNT:
		return whole;
	case SETTING_FACTOR:
		return whole || type == CONFIG_TYPE_FLOAT;
	case SETTING_SIZE:
		return whole || text;
	default:
		return text;
	}
}

static bool is_array(const config_setting_t *s)
{
	return config_setting_is_array(s) || config_setting_is_list(s);
}

static bool take_list(const struct reading *r, struct settings *to, const struct setting *row,
		      const config_setting_t *s)
{
	int i, n = config_setting_length(s);
	char text[32];
	const char **texts;
	bool ok = n <= LIST_MAX;

	if (!ok)
		return setting_refuse(row, _("more than 1000"), r->err);
	texts = mem_calloc((size_t)n + 1, sizeof(*texts));
	for (i = 0; ok && i < n; i++) {
		const config_setting_t *elem = config_setting_get_elem(s, (unsigned)i);

		texts[i] = config_setting_get_string(elem);
		ok = texts[i] || setting_refuse(row, shown(elem, text, sizeof(text)), r->err);
	}
	ok = ok && setting_put_list(to, row, texts, (size_t)n, r->err);
	mem_free(texts);
	return ok;
}

static bool take_value(const struct reading *r, struct settings *to, const struct setting *row,
		       const config_setting_t *s)
{
	bool list = row->kind == SETTING_SET || row->kind == SETTING_LIST || row->kind == SETTING_ARGV;
	char text[40];
	bool ok;

	if (list && is_array(s))
		ok = take_list(r, to, row, s);
	else if (row->kind == SETTING_ARGV || !type_suits(row, config_setting_type(s)))
		ok = setting_refuse(row, shown(s, text, sizeof(text)), r->err);
	else
		ok = setting_put(to, row, shown(s, text, sizeof(text)), r->err);
	return ok || at_line(r, line_of(s));
}

static bool is_secret(const char *name)
{
	static const char *const names[] = {"token",	  "password",	    "ak", "sk", "access_key",
					    "secret_key", "security_token", NULL};
	size_t i;

	for (i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A setting of a newer version, or a slip: no reason to leave an operator without a program (F02). */
static void warn_unknown(const struct reading *r, const char *name, bool in_profile, unsigned line)
{
	struct reading aside = *r;
	struct config *c = r->c;
	struct err why = {.kind = ERR_NONE};

	if (c->n_warnings == CONFIG_WARNINGS)
		return;
	aside.err = &why;
	setting_unknown(name, in_profile, &why);
	at_line(&aside, line);
	c->warnings = mem_grow(c->warnings, c->n_warnings, sizeof(*c->warnings));
	c->warnings[c->n_warnings++] = mem_strdup(why.text);
}

/* "readonly", "read-only", "raed_only": signs between the words do not count. */
static bool means_read_only(const char *name)
{
	char letters[64];
	size_t n = 0;

	for (; *name && n + 1 < sizeof(letters); name++)
		if (*name != '_' && *name != '-')
			letters[n++] = *name;
	letters[n] = '\0';
	return strcasestr(letters, "readonly") || suggest_distance(letters, "readonly", SAFETY_EDITS) <= SAFETY_EDITS;
}

/*
 * Whoever wrote it believes that nothing can be changed: to go on with the actions on would be
 * the one slip that costs something. So it stops, also where it stands in a group by mistake.
 */
static bool passes_safely(const struct reading *r, const config_setting_t *s)
{
	const config_setting_t *inner;
	unsigned i;

	if (config_setting_name(s) && means_read_only(config_setting_name(s))) {
		err_set(r->err, ERR_INPUT, 0,
			_("setting '%.40s' is not known, and read_only is not set by it: write read_only = true;, "
			  "outside of everything or in a profile"),
			config_setting_name(s));
		return at_line(r, line_of(s));
	}
	for (i = 0; config_setting_is_group(s) && (inner = config_setting_get_elem(s, i)); i++)
		if (!passes_safely(r, inner))
			return false;
	return true;
}

/* One setting of the whole file (profile NULL) or of a profile. */
static bool take_setting(struct reading *r, struct settings *to, const char *profile, const config_setting_t *s)
{
	const char *name = config_setting_name(s);
	const struct setting *row = setting_find(name);

	if (is_secret(name))
		return wrong(r, s,
			     _("a secret does not stand in this file: use token_command or aksk_command, or token_file "
			       "with a file that only you can read"));
	if (row && profile && !(row->where & SETTING_IN_PROFILE)) {
		err_set(r->err, ERR_INPUT, 0, _("%s does not belong in a profile: put it outside"), name);
		return at_line(r, line_of(s));
	}
	if (!row) {
		warn_unknown(r, name, profile != NULL, line_of(s));
		return passes_safely(r, s);
	}
	if (row == &settings_table()[SET_PROFILE])
		r->profile_line = line_of(s);
	if (!take_value(r, to, row, s))
		return false;
	setting_from(to, (enum setting_id)(row - settings_table()), profile ? FROM_PROFILE : FROM_FILE, line_of(s), NULL);
	return true;
}

/* ---- profiles ---- */

static bool take_profile(struct reading *r, const config_setting_t *group)
{
	struct config *c = r->c;
	struct config_profile *p;
	const config_setting_t *s;
	unsigned i;

	if (!config_setting_is_group(group))
		return wrong(r, group, _("a profile is like: work: { region = \"cn-north-4\"; };"));
	c->profiles = mem_grow(c->profiles, c->n_profiles, sizeof(*c->profiles));
	p = &c->profiles[c->n_profiles++];
	memset(p, 0, sizeof(*p));
	p->name = mem_strdup(config_setting_name(group));
	for (i = 0; (s = config_setting_get_elem(group, i)); i++)
		if (!take_setting(r, &p->settings, p->name, s))
			return false;
	return true;
}

static bool take_profiles(struct reading *r, const config_setting_t *group)
{
	const config_setting_t *s;
	unsigned i;

	if (!config_setting_is_group(group))
		return wrong(r, group, _("profiles are like: profiles: { work: { region = \"cn-north-4\"; }; };"));
	for (i = 0; (s = config_setting_get_elem(group, i)); i++)
		if (!take_profile(r, s))
			return false;
	return true;
}

const struct config_profile *config_profile(const struct config *c, const char *name, struct err *err)
{
	struct suggest near = {.word = name};
	struct buf names;
	size_t i;

	for (i = 0; i < c->n_profiles; i++) {
		if (strcmp(c->profiles[i].name, name) == 0)
			return &c->profiles[i];
		suggest_offer(&near, c->profiles[i].name);
	}
	buf_init(&names, BUF_MAX);
	for (i = 0; i < c->n_profiles; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", c->profiles[i].name);
	if (near.best)
		err_set(err, ERR_INPUT, 0, _("there is no profile '%.40s': did you mean %s?"), name, near.best);
	else
		err_set(err, ERR_INPUT, 0, _("there is no profile '%.40s': the file has %s"), name,
			names.len ? names.data : _("none"));
	buf_done(&names);
	return NULL;
}

static bool check_default_profile(const struct reading *r)
{
	const char *name = r->c->settings.profile;

	return !name || config_profile(r->c, name, r->err) || at_line(r, r->profile_line);
}

/* ---- hooks of single pipelines ---- */

static bool take_hook_setting(struct reading *r, struct settings *to, const config_setting_t *s)
{
	const char *name = config_setting_name(s);
	const struct setting *row = setting_find(name);
	enum setting_id id = row ? (enum setting_id)(row - settings_table()) : SETTINGS;

	if (id != SET_ON_FINISH && id != SET_ON_FAIL && id != SET_ON_GATE) {
		err_set(r->err, ERR_INPUT, 0, _("'%.40s' does not belong here: pipeline, on_finish, on_fail and on_gate do"),
			name);
		return at_line(r, line_of(s));
	}
	return take_value(r, to, row, s);
}

/* Into the hook that was made for it, which has its pipeline already. */
static bool fill_hook(struct reading *r, struct notice_rule *hook, const config_setting_t *group)
{
	struct settings made = {0};
	const config_setting_t *s;
	bool ok = true;
	unsigned i;

	for (i = 0; ok && (s = config_setting_get_elem(group, i)); i++)
		if (strcmp(config_setting_name(s), "pipeline") != 0)
			ok = take_hook_setting(r, &made, s);
	for (i = 0; i < NOTICE_HOOKS; i++) {
		hook->hooks[i] = made.hooks[i];
		made.hooks[i] = NULL;
	}
	settings_done(&made);
	return ok;
}

static bool take_hook(struct reading *r, const config_setting_t *group)
{
	struct config *c = r->c;
	const config_setting_t *name = config_setting_is_group(group) ? config_setting_get_member(group, "pipeline") : NULL;
	const char *pipeline = name ? config_setting_get_string(name) : NULL;
	struct notice_rule *hook;

	if (text_empty(pipeline))
		return wrong(r, group, _("a hook of a pipeline is like: { pipeline = \"deploy-*\"; on_fail = [\"/path\"]; }"));
	c->hooks = mem_grow(c->hooks, c->n_hooks, sizeof(*c->hooks));
	hook = &c->hooks[c->n_hooks++];
	memset(hook, 0, sizeof(*hook));
	hook->pipeline = mem_strdup(pipeline);
	return fill_hook(r, hook, group);
}

static bool take_hooks(struct reading *r, const config_setting_t *list)
{
	const config_setting_t *s;
	unsigned i;

	if (!config_setting_is_list(list))
		return wrong(r, list, _("hooks are like: hooks: ( { pipeline = \"deploy-*\"; on_fail = [\"/path\"]; } );"));
	for (i = 0; (s = config_setting_get_elem(list, i)); i++)
		if (!take_hook(r, s))
			return false;
	return true;
}

void config_notices(const struct config *c, const struct settings *s, struct notice_config *out)
{
	char *const *hooks[NOTICE_HOOKS];
	size_t i, k;

	settings_notices(s, out);
	notice_config_clear_rules(out);
	for (i = 0; i < c->n_hooks; i++) {
		for (k = 0; k < NOTICE_HOOKS; k++)
			hooks[k] = c->hooks[i].hooks[k];
		notice_config_add(out, c->hooks[i].pipeline, hooks);
	}
}

/* ---- error rules ---- */

/* What else a rule says: that it is a weak one, or that a line is no error. */
static bool take_rule_flag(const struct reading *r, const config_setting_t *s, enum error_strength *strength)
{
	static const struct {
		const char *name;
		enum error_strength strength;
	} flags[] = {{"weak", ERROR_WEAK}, {"ignore", ERROR_NONE}};
	size_t i;

	for (i = 0; i < 2; i++) {
		if (strcmp(config_setting_name(s), flags[i].name) != 0)
			continue;
		if (config_setting_type(s) != CONFIG_TYPE_BOOL) {
			err_set(r->err, ERR_INPUT, 0, _("%s takes true or false"), flags[i].name);
			return at_line(r, line_of(s));
		}
		if (config_setting_get_bool(s))
			*strength = flags[i].strength;
		return true;
	}
	err_set(r->err, ERR_INPUT, 0, _("'%.40s' does not belong here: pattern, weak and ignore do"), config_setting_name(s));
	return at_line(r, line_of(s));
}

static bool take_rule(struct reading *r, const config_setting_t *group)
{
	const config_setting_t *named = config_setting_is_group(group) ? config_setting_get_member(group, "pattern") : NULL, *s;
	const char *pattern = named ? config_setting_get_string(named) : NULL;
	enum error_strength strength = ERROR_STRONG;
	unsigned i;

	if (text_empty(pattern))
		return wrong(r, group, _("an error rule is like: { pattern = \"^E-[0-9]+\"; weak = true; }"));
	for (i = 0; (s = config_setting_get_elem(group, i)); i++)
		if (s != named && !take_rule_flag(r, s, &strength))
			return false;
	return error_list_add(&r->c->errors, pattern, strength, r->err) || at_line(r, line_of(named));
}

static bool take_rules(struct reading *r, const config_setting_t *list)
{
	const config_setting_t *s;
	unsigned i;

	if (!config_setting_is_list(list) || config_setting_length(list) > LIST_MAX)
		return wrong(r, list, _("error rules are like: errors: ( { pattern = \"^E-[0-9]+\"; } );"));
	for (i = 0; (s = config_setting_get_elem(list, i)); i++)
		if (!take_rule(r, s))
			return false;
	return true;
}

/* ---- keys ---- */

static bool take_key(struct reading *r, const config_setting_t *s, unsigned contexts)
{
	const char *name = config_setting_name(s), *keys = config_setting_get_string(s);

	if (!keys) {
		err_set(r->err, ERR_INPUT, 0, _("%.40s takes names of keys, \"j Down\", or \"\" for none"), name);
		return at_line(r, line_of(s));
	}
	return keymap_bind(r->c->keys, name, contexts, keys, line_of(s), r->err) || at_line(r, line_of(s));
}

static bool take_keys_of(struct reading *r, const config_setting_t *group, unsigned contexts)
{
	const config_setting_t *s;
	unsigned i;

	for (i = 0; (s = config_setting_get_elem(group, i)); i++)
		if (!take_key(r, s, contexts))
			return false;
	return true;
}

static bool take_keys(struct reading *r, const config_setting_t *group)
{
	static const struct {
		const char *name;
		unsigned context;
	} views[] = {{"lists", IN_TREE}, {"log", IN_LOG}};
	const config_setting_t *s;
	unsigned i, v, line = 0;

	if (!config_setting_is_group(group))
		return wrong(r, group, _("keys are like: keys: { down = \"j Down\"; log: { search = \"/\"; }; };"));
	for (i = 0; (s = config_setting_get_elem(group, i)); i++) {
		for (v = 0; v < 2 && strcmp(config_setting_name(s), views[v].name) != 0; v++)
			;
		if (v < 2 && config_setting_is_group(s) ? !take_keys_of(r, s, views[v].context) : !take_key(r, s, IN_ALL))
			return false;
	}
	return keymap_check(r->c->keys, &line, r->err) || at_line(r, line);
}

/* ---- the file ---- */

#define GROUPS 4

static bool take_root(struct reading *r, const config_setting_t *root)
{
	static const struct {
		const char *name;
		bool (*take)(struct reading *r, const config_setting_t *s);
	} groups[GROUPS] = {{"profiles", take_profiles}, {"hooks", take_hooks}, {"keys", take_keys}, {"errors", take_rules}};
	const config_setting_t *s;
	unsigned i, g;

	for (i = 0; (s = config_setting_get_elem(root, i)); i++) {
		for (g = 0; g < GROUPS && strcmp(groups[g].name, config_setting_name(s)) != 0; g++)
			;
		if (g < GROUPS ? !groups[g].take(r, s) : !take_setting(r, &r->c->settings, NULL, s))
			return false;
	}
	return check_default_profile(r);
}

/* libconfig would open whatever that line names. */
static bool includes(const char *text, unsigned *line)
{
	for (*line = 1; text; ++*line) {
		text += strspn(text, " \t\r\f\v");
		if (text_starts(text, "@include"))
			return true;
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return false;
}

static bool parse(struct reading *r, const char *text)
{
	config_t parsed;
	unsigned line;
	bool ok;

	if (includes(text, &line)) {
		err_set(r->err, ERR_INPUT, 0, _("@include is not taken: put the settings here"));
		return at_line(r, line);
	}
	config_init(&parsed);
	ok = config_read_string(&parsed, text) == CONFIG_TRUE;
	if (ok) {
		ok = take_root(r, config_root_setting(&parsed));
	} else {
		err_set(r->err, ERR_INPUT, 0, _("%s; a setting is like: theme = \"dark\";"),
			text_or_empty(config_error_text(&parsed)));
		at_line(r, (unsigned)config_error_line(&parsed));
	}
	config_destroy(&parsed);
	return ok;
}

static void init(struct config *c)
{
	size_t n;
	const struct command_info *table = command_table(&n);

	memset(c, 0, sizeof(*c));
	c->keys = keymap_new(table, n);
}

bool config_load_text(struct config *c, const char *path, const char *text, struct err *err)
{
	struct reading r = {.c = c, .path = path, .err = err};

	init(c);
	c->path = mem_strdup(path);
	c->found = true;
	return parse(&r, text);
}

static char *default_path(void)
{
	struct buf path;
	char *taken;

	buf_init(&path, BUF_MAX);
	taken = path_user(PATH_CONFIG, &path) && buf_adds(&path, "/pipetop.conf") ? buf_take(&path) : NULL;
	buf_done(&path);
	return taken;
}

bool config_load(struct config *c, const char *path, struct err *err)
{
	struct err why = {.kind = ERR_NONE};
	struct reading r = {.c = c, .err = err};
	struct buf text;
	bool ok = true;

	init(c);
	c->path = path ? mem_strdup(path) : default_path();
	if (!c->path)
		return true;
	r.path = c->path;
	buf_init(&text, CONFIG_FILE_MAX + 8192);
	c->found = textfile_read(c->path, CONFIG_FILE_MAX, &text, &why);
	if (c->found)
		ok = parse(&r, text.data);
	else if (path || (why.code != ENOENT && why.code != ENOTDIR))
		ok = err_set(err, why.kind, why.code, _("configuration %s"), why.text);
	buf_done(&text);
	return ok;
}

void config_done(struct config *c)
{
	size_t i, k;

	for (i = 0; i < c->n_profiles; i++) {
		mem_free(c->profiles[i].name);
		settings_done(&c->profiles[i].settings);
	}
	for (i = 0; i < c->n_hooks; i++) {
		mem_free(c->hooks[i].pipeline);
		for (k = 0; k < NOTICE_HOOKS; k++)
			argv_free(c->hooks[i].hooks[k]);
	}
	mem_free(c->profiles);
	mem_free(c->hooks);
	for (i = 0; i < c->n_warnings; i++)
		mem_free(c->warnings[i]);
	mem_free(c->warnings);
	mem_free(c->path);
	settings_done(&c->settings);
	keymap_free(c->keys);
	error_list_done(&c->errors);
	memset(c, 0, sizeof(*c));
}
