/* SPDX-License-Identifier: MIT */
/*
 * Precedence: option, environment, profile, the rest of the file, default. The file's layers are
 * laid over the defaults first; then whatever an option or a variable says is put over
 * that, and struct options gets what was not said. The simulated service has a place of its
 * own, so that in a demo only the looks are taken from the file.
 */
#include "layers.h"

#include <stdlib.h>
#include <string.h>

#include "region.h"
#include "secret.h"
#include "words.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/model.h"

/* A setting that the environment may say, beside those that options have, too. */
static const struct {
	const char *variable;
	enum setting_id id;
} variables[] = {
	{"PIPETOP_IAM_ENDPOINT", SET_IAM_ENDPOINT},
	{"PIPETOP_TENANT", SET_TENANT},
};

static void default_from(char **at, const char *value)
{
	if (!*at && !text_empty(value))
		*at = mem_strdup(value);
}

/* "~/x" is below the home directory. */
static char *home_path(const char *path)
{
	const char *home = getenv("HOME");
	struct buf full;

	if (!path || !text_starts(path, "~/") || text_empty(home))
		return mem_strdup(path);
	buf_init(&full, BUF_MAX);
	buf_addf(&full, "%s%s", home, path + 1);
	return buf_take(&full);
}

/* ---- the place ---- */

static bool find_endpoint(struct options *o, struct err *err)
{
	struct buf url;
	bool ok;

	if (!o->endpoint && !o->region)
		default_from(&o->endpoint, getenv("PIPETOP_ENDPOINT"));
	if (!o->endpoint)
		default_from(&o->region, getenv("PIPETOP_REGION"));
	if (!o->endpoint && !o->region) {
		default_from(&o->endpoint, o->settings.endpoint);
		default_from(&o->region, o->settings.region);
	}
	if (o->endpoint || !o->region)
		return true;
	buf_init(&url, BUF_MAX);
	ok = region_endpoint(o->region, &url, err);
	o->endpoint = ok ? buf_take(&url) : NULL;
	buf_done(&url);
	return ok;
}

static bool find_projects(struct options *o, struct err *err)
{
	const char *said = getenv("PIPETOP_PROJECT");
	char **listed = o->settings.projects; /* none in a demo */
	size_t i;

	if (o->n_projects == 0 && said)
		word_split(said, &o->projects, &o->n_projects);
	for (i = 0; o->n_projects == i && listed && listed[i]; i++) {
		o->projects = mem_grow(o->projects, o->n_projects, sizeof(*o->projects));
		o->projects[o->n_projects++] = mem_strdup(listed[i]);
	}
	for (i = 0; i < o->n_projects; i++)
		if (!model_id_ok(o->projects[i]))
			return err_set(err, ERR_INPUT, 0,
				       _("project '%.70s' is not an id: a project's id is the 32 letters and "
					 "digits in the address of its page"),
				       o->projects[i]);
	return true;
}

static bool find_token(struct options *o, struct err *err)
{
	char *token = secret_take_env("PIPETOP_TOKEN");

	if (o->token_file || (!token && o->settings.token_file && !o->demo)) {
		secret_erase(token);
		if (!o->token_file)
			o->token_file = home_path(o->settings.token_file);
		return secret_read_file(o->token_file, &o->token, err);
	}
	o->token = token;
	return !token || secret_check(token, "PIPETOP_TOKEN", err);
}

/* ---- the settings ---- */

/* Defaults, the file, a profile of it (NULL: none). `s` is to be released also on failure. */
static bool from_file(struct settings *s, const struct config *config, const char *name, struct err *err)
{
	const struct config_profile *profile;

	settings_init(s);
	settings_cover(s, &config->settings);
	if (!name)
		return true;
	profile = config_profile(config, name, err);
	if (profile)
		settings_cover(s, &profile->settings);
	return profile != NULL;
}

static bool from_environment(struct settings *s, struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i].variable);

		if (!text_empty(value) && !setting_put(s, &settings_table()[variables[i].id], value, err))
			return err_prefix(err, "%s", variables[i].variable);
	}
	return true;
}

static void keep_text(char **at, const char *value)
{
	if (*at == value)
		return;
	mem_free(*at);
	*at = mem_strdup(value);
}

/* The simulator has the place and the clock that it has. */
static void forget_place(struct settings *s)
{
	static const enum setting_id ids[] = {SET_ENDPOINT, SET_IAM_ENDPOINT, SET_REGION,
					      SET_PROJECTS, SET_TOKEN_FILE, SET_TENANT, SET_CA_FILE};
	const struct setting *table = settings_table();
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		setting_put(s, &table[ids[i]], "", NULL);
	setting_put(s, &table[SET_TIME_OFFSET], table[SET_TIME_OFFSET].fallback, NULL);
}

/* Makes options and settings say the same. */
static void agree(struct options *o)
{
	struct settings *s = &o->settings;
	char *ca_file = home_path(s->ca_file);

	default_from(&o->theme, s->theme);
	keep_text(&s->theme, o->theme);
	keep_text(&s->profile, o->profile);
	keep_text(&s->ca_file, ca_file);
	mem_free(ca_file);
	if (o->mouse != FLAG_UNSAID)
		s->mouse = o->mouse == FLAG_YES;
	if (o->ambiguous != FLAG_UNSAID)
		s->ambiguous = o->ambiguous == FLAG_YES;
	s->read_only = o->read_only = o->read_only_said || s->read_only;
	o->ambiguous_wide = s->ambiguous == 1;
	o->zone_offset_s = (int)s->time_offset_s;
}

/* What `:set` shows of the place. */
static void show_place(struct options *o)
{
	struct settings *s = &o->settings;
	size_t i;

	keep_text(&s->endpoint, o->endpoint);
	keep_text(&s->region, o->region);
	keep_text(&s->token_file, o->token_file);
	setting_put(s, &settings_table()[SET_PROJECTS], "", NULL);
	s->projects = mem_calloc(o->n_projects + 1, sizeof(*s->projects));
	for (i = 0; i < o->n_projects; i++)
		s->projects[i] = mem_strdup(o->projects[i]);
}

/* ---- the parts, in the order in which they build on each other ---- */

static bool read_file(struct options *o, struct err *err)
{
	o->read_only_said = o->read_only;
	return config_load(&o->config, o->config_file, err);
}

static bool read_profile(struct options *o, struct err *err)
{
	if (!o->profile && !o->demo)
		o->profile = mem_strdup(o->config.settings.profile);
	return from_file(&o->settings, &o->config, o->profile, err);
}

static bool read_environment(struct options *o, struct err *err)
{
	bool ok = from_environment(&o->settings, err);

	if (o->demo)
		forget_place(&o->settings);
	agree(o);
	return ok;
}

static bool read_endpoint(struct options *o, struct err *err)
{
	return o->demo || find_endpoint(o, err);
}

bool layers_read(struct options *o, struct err *err)
{
	static bool (*const parts[OPTIONS_PARTS])(struct options *o, struct err *err) = {
		[OPTIONS_FILE] = read_file,
		[OPTIONS_PROFILE] = read_profile,
		[OPTIONS_ENVIRONMENT] = read_environment,
		[OPTIONS_SIGN_IN] = find_token,
		[OPTIONS_PROJECTS] = find_projects,
		[OPTIONS_SERVICE] = read_endpoint,
	};
	size_t i;

	for (i = 0; i < OPTIONS_PARTS; i++)
		if (!parts[i](o, o->lenient ? &o->mistakes[i] : err) && !o->lenient)
			return false;
	show_place(o);
	return true;
}

/* ---- another profile ---- */

static bool profile_token(const struct settings *s, const char *name, char **token, struct err *err)
{
	char *path = home_path(s->token_file);
	bool ok;

	if (!path && !name)
		return err_set(err, ERR_AUTH, 0, _("the configuration has no token_file outside its profiles"));
	if (!path)
		return err_set(err, ERR_AUTH, 0,
			       _("profile %s names no token_file: leave and start pipetop --profile %s with its token"),
			       name, name);
	ok = secret_read_file(path, token, err);
	mem_free(path);
	return ok;
}

/* What belongs to a service; the settings stay. */
static void leave_place(struct options *o)
{
	char **texts[] = {&o->endpoint, &o->region, &o->token_file, &o->profile};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		mem_free(*texts[i]);
		*texts[i] = NULL;
	}
	for (i = 0; i < o->n_projects; i++)
		mem_free(o->projects[i]);
	mem_free(o->projects);
	o->projects = NULL;
	o->n_projects = 0;
	secret_erase(o->token);
	o->token = NULL;
}

static bool enter_place(struct options *o, const char *name)
{
	struct settings *s = &o->settings;
	size_t i;

	o->profile = mem_strdup(name);
	default_from(&o->endpoint, s->endpoint);
	default_from(&o->region, s->region);
	o->token_file = home_path(s->token_file);
	for (i = 0; s->projects && s->projects[i]; i++) {
		o->projects = mem_grow(o->projects, o->n_projects, sizeof(*o->projects));
		o->projects[o->n_projects++] = mem_strdup(s->projects[i]);
	}
	agree(o);
	return o->endpoint || !o->region || find_endpoint(o, NULL);
}

bool options_profile(struct options *o, const char *name, struct err *err)
{
	struct settings s;
	char *token = NULL;
	bool ok;

	name = text_empty(name) ? NULL : name;
	ok = from_file(&s, &o->config, name, err) && from_environment(&s, err) &&
	     (s.endpoint || s.region ||
	      err_set(err, ERR_INPUT, 0, _("neither region nor endpoint is set for %.40s"),
		      name ? name : _("no profile"))) &&
	     profile_token(&s, name, &token, err);
	if (!ok) {
		settings_done(&s);
		return false;
	}
	leave_place(o);
	settings_done(&o->settings);
	o->settings = s;
	o->token = token;
	return enter_place(o, name);
}

void options_demo(struct options *o)
{
	leave_place(o);
	forget_place(&o->settings);
	o->demo = true;
	default_from(&o->scenario, "demo");
	agree(o);
}
