/* SPDX-License-Identifier: MIT */
/*
 * The settings. A row says everything about one of them, so that the file, `:set`, the
 * completion and the manual cannot disagree. Values are read and shown in setting.c.
 */
#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argv.h"
#include "region.h"
#include "settingrow.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/suggest.h"
#include "core/text.h"
#include "model/model.h"
#include "net/url.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- checks of texts ---- */

static bool check_url(const char *text, struct err *err)
{
	struct url url;

	return url_parse(text, &url, err);
}

static bool check_region(const char *text, struct err *err)
{
	struct buf url;
	bool ok;

	buf_init(&url, BUF_MAX);
	ok = region_endpoint(text, &url, err);
	buf_done(&url);
	return ok;
}

static bool check_project(const char *text, struct err *err)
{
	if (model_id_ok(text))
		return true;
	return err_set(err, ERR_INPUT, 0,
		       _("'%.40s' is not an id: a project's id is the 32 letters and digits in the address of "
			 "its page"),
		       text);
}

static bool check_theme(const char *text, struct err *err)
{
	struct buf file, path;
	bool ok;

	buf_init(&file, BUF_MAX);
	buf_init(&path, BUF_MAX);
	buf_addf(&file, "%s.theme", text);
	ok = strcmp(text, "mono") == 0 || strcmp(text, "default") == 0 || path_data("themes", file.data, &path);
	buf_done(&file);
	buf_done(&path);
	if (ok)
		return true;
	return err_set(err, ERR_INPUT, 0,
		       _("there is no theme '%.40s': default, mono or the name of a file in "
			 "~/.config/pipetop/themes"),
		       text);
}

static bool check_path(const char *text, struct err *err)
{
	if (*text == '/' || text_starts(text, "~/"))
		return true;
	return err_set(err, ERR_INPUT, 0, _("'%.60s' should begin with / or ~/"), text);
}

/* ---- the table ---- */

static const char *const key_uses[] = {"sign", "exchange", NULL};
static const char *const widths[] = {"narrow", "wide", NULL};
/* In the order of enum change_kind. */
static const char *const kinds[] = {"start",  "fail",  "finish", "stop", "gate",
				    "passed", "stuck", "new",	 "gone", NULL};
/* In the order of enum notice_scope. */
static const char *const scopes[] = {"named", "marked", "all", NULL};

#define AT(field) offsetof(struct settings, field)
#define PLACE SETTING_IN_PROFILE
#define LIVE SETTING_LIVE

static const struct setting table[SETTINGS] = {
	[SET_PROFILE] = {"profile", SETTING_TEXT, 0, AT(profile), NULL, 0, 0, NULL, "",
			 N_("the profile to use when --profile names none")},
	[SET_ENDPOINT] = {"endpoint", SETTING_TEXT, PLACE, AT(endpoint), NULL, 0, 0, check_url, "",
			  N_("address of the service; plain http only to this machine")},
	[SET_IAM_ENDPOINT] = {"iam_endpoint", SETTING_TEXT, PLACE, AT(iam_endpoint), NULL, 0, 0, check_url, "",
			      N_("address of the identity service")},
	[SET_REGION] = {"region", SETTING_TEXT, PLACE, AT(region), NULL, 0, 0, check_region, "",
			N_("the region whose service it is, where endpoint is not set")},
	[SET_PROJECTS] = {"projects", SETTING_LIST, PLACE, AT(projects), NULL, 0, 0, check_project, "",
			  N_("ids of the projects to look at")},
	[SET_TENANT] = {"tenant", SETTING_TEXT, PLACE, AT(tenant), NULL, 0, 0, check_project, "",
			N_("id of the account, for templates")},
	[SET_IAM_PROJECT] = {"iam_project", SETTING_TEXT, PLACE, AT(iam_project), NULL, 0, 0, check_project, "",
			     N_("id of the IAM project that a token is for, where it is not the region's own; this is "
				"no CodeArts project")},
	[SET_DOMAIN] = {"domain", SETTING_TEXT, PLACE, AT(domain), NULL, 0, 0, NULL, "",
			N_("name of the account that signs in with a password")},
	[SET_USER] = {"user", SETTING_TEXT, PLACE, AT(user), NULL, 0, 0, NULL, "",
		      N_("name of the IAM user who signs in with a password")},
	[SET_TOKEN_COMMAND] = {"token_command", SETTING_ARGV, PLACE, AT(token_command), NULL, 0, 0, NULL, "",
			       N_("program that prints a token on its first line, within 10 seconds and without a "
				  "terminal")},
	[SET_AKSK_COMMAND] = {"aksk_command", SETTING_ARGV, PLACE, AT(aksk_command), NULL, 0, 0, NULL, "",
			      N_("program that prints a key pair on its first line, \"AK SK\" or \"AK SK "
				 "SECURITY-TOKEN\"")},
	[SET_TOKEN_FILE] = {"token_file", SETTING_TEXT, PLACE, AT(token_file), NULL, 0, 0, check_path, "",
			    N_("file of yours alone (chmod 600) that holds the token")},
	[SET_KEY_PAIR] = {"key_pair", SETTING_WORD, PLACE, AT(key_pair), key_uses, 0, 0, NULL, "sign",
		      N_("what a key pair is for: it signs each request, or is exchanged for a token at IAM")},
	[SET_CA_FILE] = {"ca_file", SETTING_TEXT, PLACE, AT(ca_file), NULL, 0, 0, check_path, "",
			 N_("certificates to trust instead of the system's, as PEM")},
	[SET_TIME_OFFSET] = {"time_offset", SETTING_OFFSET, PLACE, AT(time_offset_s), NULL, 0, 0, NULL, "+08:00",
			     N_("zone of the service's times that name none")},
	[SET_READ_ONLY] = {"read_only", SETTING_FLAG, PLACE, AT(read_only), NULL, 0, 0, NULL, "false",
			   N_("nothing that changes something can be sent")},
	[SET_REQUESTS_PER_MINUTE] = {"requests_per_minute", SETTING_COUNT, PLACE | LIVE, AT(requests_per_minute), NULL,
				     0, 6000, NULL, "120", N_("the budget of requests; 0: no limit")},
	[SET_LOG_PAGES_PER_SECOND] = {"log_pages_per_second", SETTING_COUNT, PLACE | LIVE, AT(log_pages_per_second),
				      NULL, 0, 1000, NULL, "20",
				      N_("pages of a log that was asked for; 0: no limit")},
	[SET_INTERVAL] = {"interval", SETTING_FACTOR, PLACE | LIVE, AT(interval), NULL, 0.5, 10, NULL, "1",
			  N_("factor of all polling periods")},
	[SET_SPOOL_MAX] = {"spool_max", SETTING_SIZE, PLACE | LIVE, AT(spool_max), NULL, 1 << 20, 1099511627776.0, NULL, "4G",
			   N_("text of one log that is kept on disk while it is open")},
	[SET_CACHE_MAX] = {"cache_max", SETTING_SIZE, PLACE, AT(cache_max), NULL, 0, 1099511627776.0, NULL, "64M",
			   N_("what is kept in the cache directory between runs")},
	[SET_THEME] = {"theme", SETTING_TEXT, LIVE, AT(theme), NULL, 0, 0, check_theme, "default",
		       N_("colours of the dashboard")},
	[SET_MOUSE] = {"mouse", SETTING_FLAG, LIVE, AT(mouse), NULL, 0, 0, NULL, "false",
		       N_("wheel and click; false leaves selecting to the terminal")},
	[SET_AMBIGUOUS] = {"ambiguous", SETTING_WORD, LIVE, AT(ambiguous), widths, 0, 0, NULL, "narrow",
			   N_("width of East Asian ambiguous characters on your terminal")},
	[SET_BELL] = {"bell", SETTING_FLAG, LIVE, AT(bell), NULL, 0, 0, NULL, "false",
		      N_("ring the terminal's bell when something happens")},
	[SET_NOTIFY] = {"notify", SETTING_FLAG, LIVE, AT(notify), NULL, 0, 0, NULL, "false",
			N_("the terminal's own notices (OSC 9 and 777) when something happens")},
	[SET_NOTIFY_ON] = {"notify_on", SETTING_SET, LIVE, AT(notify_on), kinds, 0, 0, NULL, "fail, gate, stuck",
			   N_("what bell and notify tell")},
	[SET_NOTIFY_FOR] = {"notify_for", SETTING_WORD, LIVE, AT(notify_for), scopes, 0, 0, NULL, "all",
			    N_("pipelines that bell, notify and hooks are for; named: those of notify_pipelines alone")},
	[SET_NOTIFY_PIPELINES] = {"notify_pipelines", SETTING_LIST, LIVE, AT(notify_pipelines), NULL, 0, 0, NULL, "",
				  N_("names that are always among them; * and ? stand for anything")},
	[SET_ON_FINISH] = {"on_finish", SETTING_ARGV, PLACE, AT(hooks[NOTICE_ON_FINISH]), NULL, 0, 0, NULL, "",
			   N_("program to start when a run has ended")},
	[SET_ON_FAIL] = {"on_fail", SETTING_ARGV, PLACE, AT(hooks[NOTICE_ON_FAIL]), NULL, 0, 0, NULL, "",
			 N_("program to start when a run has failed")},
	[SET_ON_GATE] = {"on_gate", SETTING_ARGV, PLACE, AT(hooks[NOTICE_ON_GATE]), NULL, 0, 0, NULL, "",
			 N_("program to start when a run waits for a person")},
	[SET_HOOK_TIMEOUT] = {"hook_timeout", SETTING_COUNT, PLACE | LIVE, AT(hook_timeout_s), NULL, 1, 3600, NULL, "30",
			      N_("seconds after which a hook is ended")},
};

const struct setting *settings_table(void)
{
	return table;
}

const struct setting *setting_find(const char *name)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/* ---- the whole ---- */

void settings_init(struct settings *s)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < SETTINGS; i++)
		if (*table[i].fallback)
			setting_put(s, &table[i], table[i].fallback, NULL);
	s->given = 0;
}

static void drop_value(struct settings *s, const struct setting *row)
{
	if (row->kind == SETTING_TEXT)
		mem_free(*(char **)setting_at(s, row));
	else if (setting_is_list(row))
		argv_free(*(char ***)setting_at(s, row));
}

static size_t size_of(const struct setting *row)
{
	static const size_t sizes[] = {
		[SETTING_FLAG] = sizeof(bool),	   [SETTING_WORD] = sizeof(int64_t),
		[SETTING_SET] = sizeof(uint64_t),  [SETTING_COUNT] = sizeof(int64_t),
		[SETTING_FACTOR] = sizeof(double), [SETTING_SIZE] = sizeof(int64_t),
		[SETTING_OFFSET] = sizeof(int64_t), [SETTING_TEXT] = sizeof(char *),
		[SETTING_LIST] = sizeof(char **),  [SETTING_ARGV] = sizeof(char **),
	};

	return sizes[row->kind];
}

static void copy_value(struct settings *to, const struct settings *from, const struct setting *row)
{
	drop_value(to, row);
	if (row->kind == SETTING_TEXT)
		*(char **)setting_at(to, row) = mem_strdup(*(char *const *)setting_in(from, row));
	else if (setting_is_list(row))
		*(char ***)setting_at(to, row) = argv_copy(*(const char *const *const *)setting_in(from, row));
	else
		memcpy(setting_at(to, row), setting_in(from, row), size_of(row));
}

void settings_done(struct settings *s)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		drop_value(s, &table[i]);
	memset(s, 0, sizeof(*s));
}

void settings_copy(struct settings *to, const struct settings *from)
{
	size_t i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < SETTINGS; i++)
		copy_value(to, from, &table[i]);
	to->given = from->given;
	memcpy(to->origins, from->origins, sizeof(to->origins));
}

void setting_from(struct settings *s, enum setting_id id, enum setting_from from, unsigned line, const char *name)
{
	s->given |= UINT64_C(1) << id;
	s->origins[id] = (struct setting_origin){from, line, name};
}

static void empty_value(struct settings *s, enum setting_id id)
{
	drop_value(s, &table[id]);
	memset(setting_at(s, &table[id]), 0, size_of(&table[id]));
	s->given &= ~(UINT64_C(1) << id);
	s->origins[id] = (struct setting_origin){.from = FROM_DEFAULT};
}

/*
 * What says the same thing in different ways: who names a region means its address, not one that
 * was named farther off; who names a token file means that, not a command from farther off.
 */
static const struct {
	size_t n;
	enum setting_id ids[3];
} same_things[] = {
	{2, {SET_ENDPOINT, SET_REGION}},
	{3, {SET_TOKEN_COMMAND, SET_AKSK_COMMAND, SET_TOKEN_FILE}},
};

static void drop_farther(struct settings *s, const struct settings *over)
{
	size_t i, k;

	for (i = 0; i < COUNT_OF(same_things); i++) {
		bool given = false;

		for (k = 0; k < same_things[i].n; k++)
			given |= setting_given(over, same_things[i].ids[k]);
		for (k = 0; given && k < same_things[i].n; k++)
			if (!setting_given(over, same_things[i].ids[k]))
				empty_value(s, same_things[i].ids[k]);
	}
}

void settings_cover(struct settings *s, const struct settings *over)
{
	size_t i;

	drop_farther(s, over);
	for (i = 0; i < SETTINGS; i++)
		if (setting_given(over, (enum setting_id)i)) {
			copy_value(s, over, &table[i]);
			s->origins[i] = over->origins[i];
		}
	s->given |= over->given;
}

/* ---- `:set` ---- */

bool setting_unknown(const char *name, bool in_profile, struct err *err)
{
	struct suggest near = {.word = name};
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		if (!in_profile || (table[i].where & SETTING_IN_PROFILE))
			suggest_offer(&near, table[i].name);
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("setting '%.40s' is not known: did you mean %s?"), name,
			       near.best);
	return err_set(err, ERR_INPUT, 0, _("setting '%.40s' is not known: pipetop-config(5) lists them"), name);
}

static bool change(struct settings *s, const struct setting *row, const char *value, struct err *err)
{
	char *text;
	size_t len = strlen(value);
	bool ok;

	if (!(row->where & SETTING_LIVE))
		return err_set(err, ERR_INPUT, 0,
			       _("%s cannot be changed while the dashboard runs: put it into the configuration file"),
			       row->name);
	while (len && value[len - 1] == ' ')
		len--;
	text = mem_strndup(value, len);
	ok = setting_put(s, row, text, err);
	if (ok)
		setting_from(s, (enum setting_id)(row - table), FROM_SET, 0, NULL);
	mem_free(text);
	return ok;
}

bool settings_line(struct settings *s, const char *line, const struct setting **row, struct buf *said,
		   struct err *err)
{
	const char *value;
	char *name;
	bool ok;

	line += strspn(line, " ");
	value = line + strcspn(line, " =");
	name = mem_strndup(line, (size_t)(value - line));
	value += strspn(value, " ");
	value += *value == '=';
	value += strspn(value, " ");
	*row = setting_find(name);
	if (!*row)
		setting_unknown(name, false, err);
	ok = *row && (!*value || change(s, *row, value, err));
	mem_free(name);
	if (!ok)
		return false;
	buf_addf(said, "%s = ", (*row)->name);
	setting_show(s, *row, said);
	return true;
}

/* How many words a setting adds after its name alone. */
static size_t choices(const struct setting *row)
{
	size_t n = 0;

	if (!(row->where & SETTING_LIVE))
		return 0;
	if (row->kind == SETTING_FLAG)
		return 2;
	while (row->kind == SETTING_WORD && row->words[n])
		n++;
	return n;
}

const char *settings_word(size_t i)
{
	static char word[80];
	size_t k;

	for (k = 0; k < SETTINGS; k++) {
		if (i == 0)
			return table[k].name;
		i--;
		if (i < choices(&table[k])) {
			snprintf(word, sizeof(word), "%s %s", table[k].name,
				 table[k].kind == SETTING_FLAG ? (i ? "true" : "false") : table[k].words[i]);
			return word;
		}
		i -= choices(&table[k]);
	}
	return NULL;
}

/* ---- for the notices ---- */

void settings_notices(const struct settings *s, struct notice_config *config)
{
	size_t i, n = argv_count((const char *const *)s->notify_pipelines);

	for (i = 0; i < config->n_patterns; i++)
		mem_free(config->patterns[i]);
	mem_free(config->patterns);
	config->bell = s->bell;
	config->notify = s->notify;
	config->events = (unsigned)s->notify_on;
	config->scope = (enum notice_scope)s->notify_for;
	config->patterns = n ? mem_calloc(n, sizeof(*config->patterns)) : NULL;
	for (i = 0; i < n; i++)
		config->patterns[i] = mem_strdup(s->notify_pipelines[i]);
	config->n_patterns = n;
	for (i = 0; i < NOTICE_HOOKS; i++) {
		argv_free(config->hooks[i]);
		config->hooks[i] = argv_copy((const char *const *)s->hooks[i]);
	}
	config->hook_limit_ms = s->hook_timeout_s * 1000;
}
