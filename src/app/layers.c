/* SPDX-License-Identifier: MIT */
/*
 * Precedence: option, environment, profile, the rest of the file, default. Each of them is a layer of
 * settings that is laid over the ones before, and each value remembers the layer that it came with,
 * so that `config` can say where everything comes from. struct options gets what the whole amounts
 * to. The simulated service has a place of its own: in a demo only the looks are taken from the file.
 */
#include "layers.h"

#include <stdlib.h>
#include <string.h>

#include "region.h"
#include "settingrow.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/model.h"
#include "net/url.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* A setting that the environment may say. */
struct variable {
	const char *name;
	enum setting_id id;
};

static const struct variable ours[] = {
	{"PIPETOP_ENDPOINT", SET_ENDPOINT}, {"PIPETOP_REGION", SET_REGION},
	{"PIPETOP_PROJECT", SET_PROJECTS},  {"PIPETOP_IAM_ENDPOINT", SET_IAM_ENDPOINT},
	{"PIPETOP_TENANT", SET_TENANT},	    {"PIPETOP_DOMAIN", SET_DOMAIN},
	{"PIPETOP_USER", SET_USER},
};

/*
 * What the SDKs and the Terraform provider call the same thing. They are set for other programs: they
 * serve where neither we nor the file say anything. Their project is IAM's, not one of CodeArts.
 */
static const struct variable theirs[] = {
	{"HW_REGION_NAME", SET_REGION},
	{"HUAWEICLOUD_SDK_IAM_ENDPOINT", SET_IAM_ENDPOINT},
	{"HW_AUTH_URL", SET_IAM_ENDPOINT},
	{"HUAWEICLOUD_SDK_DOMAIN_ID", SET_TENANT},
	{"HW_DOMAIN_ID", SET_TENANT},
	{"HUAWEICLOUD_SDK_PROJECT_ID", SET_IAM_PROJECT},
	{"HW_PROJECT_ID", SET_IAM_PROJECT},
	{"HW_DOMAIN_NAME", SET_DOMAIN},
	{"HW_USER_NAME", SET_USER},
};

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

static void replace_text(char **at, const char *value)
{
	char *copy;

	if (*at == value)
		return;
	copy = mem_strdup(value);
	mem_free(*at);
	*at = copy;
}

/* ---- layers ---- */

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

/* Regions are looked at when one is needed: who gives the endpoint may call his region as he likes. */
static bool take_variable(struct settings *s, const struct variable *variable, const char *value, struct err *err)
{
	if (variable->id == SET_REGION)
		replace_text(&s->region, value);
	else if (!setting_put(s, &settings_table()[variable->id], value, err))
		return err_prefix(err, "%s", variable->name);
	setting_from(s, variable->id, FROM_ENVIRONMENT, 0, variable->name);
	return true;
}

static bool from_environment(struct settings *s, struct err *err)
{
	struct settings layer = {0};
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < COUNT_OF(ours); i++) {
		const char *value = getenv(ours[i].name);

		ok = text_empty(value) || take_variable(&layer, &ours[i], value, err);
	}
	if (ok)
		settings_cover(s, &layer);
	settings_done(&layer);
	return ok;
}

/* Theirs is the address of the version that it is used with. */
static void cut_version(char *url)
{
	size_t len = strlen(url);

	if (len && url[len - 1] == '/')
		url[--len] = '\0';
	if (len > 3 && strcmp(url + len - 3, "/v3") == 0)
		url[len - 3] = '\0';
}

static bool from_others(struct settings *s, struct err *err)
{
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < COUNT_OF(theirs); i++) {
		bool said = setting_given(s, theirs[i].id) ||
			    (theirs[i].id == SET_REGION && setting_given(s, SET_ENDPOINT));
		char *value = said ? NULL : mem_strdup(getenv(theirs[i].name));

		if (!text_empty(value)) {
			if (theirs[i].id == SET_IAM_ENDPOINT)
				cut_version(value);
			ok = take_variable(s, &theirs[i], value, err);
		}
		mem_free(value);
	}
	return ok;
}

static void say_text(struct settings *layer, enum setting_id id, const char *value, const char *option)
{
	if (!value)
		return;
	replace_text(setting_at(layer, &settings_table()[id]), value);
	setting_from(layer, id, FROM_OPTION, 0, option);
}

static void say_flag(struct settings *layer, enum setting_id id, enum want_flag flag, const char *option)
{
	if (flag == FLAG_UNSAID)
		return;
	if (id == SET_MOUSE)
		layer->mouse = flag == FLAG_YES;
	else if (id == SET_AMBIGUOUS)
		layer->ambiguous = flag == FLAG_YES;
	else
		layer->read_only = flag == FLAG_YES;
	setting_from(layer, id, FROM_OPTION, 0, option);
}

static bool check_projects(const struct options *o, struct err *err)
{
	size_t i;

	for (i = 0; i < o->n_projects; i++)
		if (!model_id_ok(o->projects[i]))
			return err_set(err, ERR_INPUT, 0,
				       _("project '%.70s' is not an id: a project's id is the 32 letters and "
					 "digits in the address of its page"),
				       o->projects[i]);
	return true;
}

/* What the command line says. A file or a theme that is not there is told by who opens it. */
static bool from_options(struct settings *s, const struct options *o, struct err *err)
{
	const struct setting *projects = &settings_table()[SET_PROJECTS];
	struct settings layer = {0};
	bool ok = true;

	say_text(&layer, SET_ENDPOINT, o->endpoint, "--endpoint");
	say_text(&layer, SET_REGION, o->region, "--region");
	say_text(&layer, SET_THEME, o->theme, "--theme");
	say_text(&layer, SET_TOKEN_FILE, o->token_file, "--token-file");
	if (!text_same(s->profile, o->profile)) /* else it is the file's own default */
		say_text(&layer, SET_PROFILE, o->profile, "--profile");
	say_flag(&layer, SET_MOUSE, o->mouse, "--mouse");
	say_flag(&layer, SET_AMBIGUOUS, o->ambiguous, "--ambiguous");
	say_flag(&layer, SET_READ_ONLY, o->read_only_said ? FLAG_YES : FLAG_UNSAID, "--read-only");
	if (o->n_projects) {
		ok = check_projects(o, err) &&
		     setting_put_list(&layer, projects, (const char *const *)o->projects, o->n_projects, err);
		setting_from(&layer, SET_PROJECTS, FROM_OPTION, 0, "--project");
	}
	if (ok && o->tenant) {
		ok = setting_put(&layer, &settings_table()[SET_TENANT], o->tenant, err);
		setting_from(&layer, SET_TENANT, FROM_OPTION, 0, "--tenant");
	}
	if (ok)
		settings_cover(s, &layer);
	settings_done(&layer);
	return ok;
}

/* The simulator has the place and the clock that it has. */
static void forget_place(struct settings *s)
{
	static const enum setting_id ids[] = {
		SET_ENDPOINT, SET_IAM_ENDPOINT, SET_REGION, SET_PROJECTS, SET_TOKEN_FILE, SET_TENANT, SET_CA_FILE,
		SET_IAM_PROJECT, SET_DOMAIN, SET_USER, SET_TOKEN_COMMAND, SET_AKSK_COMMAND,
	};
	const struct setting *table = settings_table();
	size_t i;

	for (i = 0; i < COUNT_OF(ids); i++) {
		setting_put(s, &table[ids[i]], "", NULL);
		setting_from(s, ids[i], FROM_OTHER, 0, "--demo");
	}
	setting_put(s, &table[SET_TIME_OFFSET], table[SET_TIME_OFFSET].fallback, NULL);
	setting_from(s, SET_TIME_OFFSET, FROM_OTHER, 0, "--demo");
}

/* ---- what follows from them ---- */

static void follows(struct settings *s, enum setting_id id, char **at, struct buf *value, const char *from)
{
	replace_text(at, value->data);
	setting_from(s, id, FROM_OTHER, 0, from);
}

static bool find_endpoint(struct settings *s, struct err *err)
{
	struct buf url;
	bool ok;

	if (s->endpoint || !s->region)
		return true;
	buf_init(&url, BUF_MAX);
	ok = region_endpoint(s->region, &url, err);
	if (ok)
		follows(s, SET_ENDPOINT, &s->endpoint, &url, "region");
	buf_done(&url);
	if (!ok && s->origins[SET_REGION].from == FROM_ENVIRONMENT)
		return err_prefix(err, "%s", s->origins[SET_REGION].name);
	return ok;
}

/* The region in a host name of the provider's, "SERVICE.REGION.myhuaweicloud.com"; NULL: none. */
static char *region_of(const char *endpoint)
{
	const char *dot, *end;
	struct url url;

	if (!endpoint || !url_parse(endpoint, &url, NULL))
		return NULL;
	dot = strchr(url.host, '.');
	end = dot ? strstr(dot, ".myhuaweicloud.com") : NULL;
	return end && end > dot ? mem_strndup(dot + 1, (size_t)(end - dot - 1)) : NULL;
}

/* IAM of the region, and the region's own IAM project. */
static void find_iam(struct options *o)
{
	struct settings *s = &o->settings;
	struct buf url;

	mem_free(o->iam_scope);
	o->iam_scope = s->region ? mem_strdup(s->region) : region_of(s->endpoint);
	if (!o->iam_scope)
		o->iam_scope = region_of(s->iam_endpoint);
	if (s->iam_endpoint || !o->iam_scope || o->demo)
		return;
	buf_init(&url, BUF_MAX);
	buf_addf(&url, "https://iam.%s.myhuaweicloud.com", o->iam_scope);
	follows(s, SET_IAM_ENDPOINT, &s->iam_endpoint, &url, s->region ? "region" : "endpoint");
	buf_done(&url);
}

static void free_projects(struct options *o)
{
	size_t i;

	for (i = 0; i < o->n_projects; i++)
		mem_free(o->projects[i]);
	mem_free(o->projects);
	o->projects = NULL;
	o->n_projects = 0;
}

/* The settings in force as struct options has them. */
static void show_options(struct options *o)
{
	struct settings *s = &o->settings;
	char *ca_file = home_path(s->ca_file), *token_file = home_path(s->token_file);
	size_t i;

	replace_text(&s->ca_file, ca_file);
	replace_text(&s->token_file, token_file);
	mem_free(ca_file);
	mem_free(token_file);
	replace_text(&s->profile, o->profile);
	replace_text(&o->endpoint, s->endpoint);
	replace_text(&o->region, s->region);
	replace_text(&o->theme, s->theme);
	free_projects(o);
	for (i = 0; s->projects && s->projects[i]; i++) {
		o->projects = mem_grow(o->projects, o->n_projects, sizeof(*o->projects));
		o->projects[o->n_projects++] = mem_strdup(s->projects[i]);
	}
	o->read_only = s->read_only;
	o->ambiguous_wide = s->ambiguous == 1;
	o->zone_offset_s = (int)s->time_offset_s;
}

static bool find_service(struct options *o, struct err *err)
{
	struct url url;

	if (!o->demo && !find_endpoint(&o->settings, err))
		return false;
	return !o->settings.endpoint || url_parse(o->settings.endpoint, &url, err);
}

static bool settle(struct options *o, struct err *err)
{
	bool ok = find_service(o, err);

	if (!ok && !o->lenient)
		return false;
	find_iam(o);
	show_options(o);
	return ok;
}

/* ---- credentials ---- */

/* These commands are there to say what is wrong, and to mend it. */
static bool lives_without(const struct options *o)
{
	static const char *const names[] = {"login", "doctor", "config", "audit"};
	size_t i;

	for (i = 0; o->n_args > 0 && i < COUNT_OF(names); i++)
		if (strcmp(o->args[0], names[i]) == 0)
			return true;
	return false;
}

static bool find_identity(struct options *o, struct err *err)
{
	struct err why = {.kind = ERR_NONE};

	if (o->demo) {
		identity_clear_environment();
		return true;
	}
	if (identity_find(o, &why))
		return true;
	identity_done(&o->identity);
	o->identity.why = why;
	return lives_without(o) || err_set(err, why.kind, why.code, "%s", why.text);
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
	if (o->demo)
		forget_place(&o->settings);
	return o->demo || from_environment(&o->settings, err);
}

static bool read_said(struct options *o, struct err *err)
{
	return from_options(&o->settings, o, err) && (o->demo || from_others(&o->settings, err));
}

static bool read_parts(struct options *o, size_t n, struct err *err)
{
	static bool (*const parts[OPTIONS_PARTS])(struct options *o, struct err *err) = {
		[OPTIONS_FILE] = read_file,	      [OPTIONS_PROFILE] = read_profile,
		[OPTIONS_ENVIRONMENT] = read_environment, [OPTIONS_SAID] = read_said,
		[OPTIONS_SERVICE] = settle,	      [OPTIONS_IDENTITY] = find_identity,
	};
	size_t i;

	for (i = 0; i < n; i++)
		if (!parts[i](o, o->lenient ? &o->mistakes[i] : err) && !o->lenient)
			return false;
	return true;
}

bool layers_place(struct options *o, struct err *err)
{
	return read_parts(o, OPTIONS_IDENTITY, err);
}

bool layers_read(struct options *o, struct err *err)
{
	return read_parts(o, OPTIONS_PARTS, err);
}

/* ---- another profile ---- */

static bool find_settled(struct options *o, struct err *err)
{
	if (!identity_find_settled(o, err))
		return false;
	if (o->identity.kind != IDENTITY_NONE)
		return true;
	if (o->identity.why.kind != ERR_NONE)
		return err_set(err, ERR_AUTH, 0, "%s", o->identity.why.text);
	if (!o->profile)
		return err_set(err, ERR_AUTH, 0,
			       _("without a profile there is nothing to sign in with: pipetop login, or a token_command outside "
				 "the profiles"));
	return err_set(err, ERR_AUTH, 0,
		       _("profile %.40s has nothing to sign in with: pipetop --profile %.40s login, or a token_command "
			 "in it"),
		       o->profile, o->profile);
}

/* What belongs to a place: everything of `from` that `o` then has is moved, not copied. */
static void move_place(struct options *o, struct options *from)
{
	char **texts[][2] = {{&o->endpoint, &from->endpoint}, {&o->region, &from->region},
			     {&o->iam_scope, &from->iam_scope}, {&o->profile, &from->profile},
			     {&o->theme, &from->theme}};
	size_t i;

	for (i = 0; i < COUNT_OF(texts); i++) {
		mem_free(*texts[i][0]);
		*texts[i][0] = *texts[i][1];
	}
	mem_free(o->token_file);
	o->token_file = NULL;
	free_projects(o);
	o->projects = from->projects;
	o->n_projects = from->n_projects;
	settings_done(&o->settings);
	o->settings = from->settings;
	identity_done(&o->identity);
	o->identity = from->identity;
	o->read_only = from->read_only;
	o->ambiguous_wide = from->ambiguous_wide;
	o->zone_offset_s = from->zone_offset_s;
}

static void drop_place(struct options *o)
{
	mem_free(o->endpoint);
	mem_free(o->region);
	mem_free(o->iam_scope);
	mem_free(o->profile);
	mem_free(o->theme);
	free_projects(o);
	settings_done(&o->settings);
	identity_done(&o->identity);
}

/* The looks that the command line said stay, and so does its --read-only. */
static bool keep_said(struct settings *s, const struct options *o, struct err *err)
{
	struct options said = {.mouse = o->mouse, .ambiguous = o->ambiguous, .read_only_said = o->read_only_said};

	if (o->settings.origins[SET_THEME].from == FROM_OPTION)
		said.theme = o->theme;
	return from_options(s, &said, err);
}

bool options_profile(struct options *o, const char *name, struct err *err)
{
	struct options to = {.profile = text_empty(name) ? NULL : mem_strdup(name)};
	bool ok = from_file(&to.settings, &o->config, to.profile, err) && keep_said(&to.settings, o, err) &&
		  (to.settings.endpoint || to.settings.region ||
		   err_set(err, ERR_INPUT, 0, _("neither region nor endpoint is set for %.40s"),
			   to.profile ? to.profile : _("no profile"))) &&
		  settle(&to, err) && find_settled(&to, err);

	if (ok)
		move_place(o, &to);
	else
		drop_place(&to);
	return ok;
}

void options_demo(struct options *o)
{
	struct settings *s = &o->settings;

	forget_place(s);
	o->demo = true;
	if (!o->scenario)
		o->scenario = mem_strdup("demo");
	replace_text(&o->profile, NULL);
	replace_text(&o->token_file, NULL);
	identity_done(&o->identity);
	settle(o, NULL);
}
