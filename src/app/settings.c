/* SPDX-License-Identifier: MIT */
/*
 * The settings. A row says everything about one of them, so that the file, `:set`, the
 * completion and the manual cannot disagree; a value is taken whole or refused with what
 * would have been taken. Nothing here reads a file.
 */
#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argv.h"
#include "region.h"
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
	[SET_TOKEN_FILE] = {"token_file", SETTING_TEXT, PLACE, AT(token_file), NULL, 0, 0, check_path, "",
			    N_("file of yours alone (chmod 600) that holds the token")},
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
	[SET_SPOOL_MAX] = {"spool_max", SETTING_SIZE, LIVE, AT(spool_max), NULL, 1 << 20, 1099511627776.0, NULL, "4G",
			   N_("text of one log that is kept on disk while it is open")},
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

static void *at(struct settings *s, const struct setting *row)
{
	return (char *)s + row->offset;
}

static const void *in(const struct settings *s, const struct setting *row)
{
	return (const char *)s + row->offset;
}

static bool is_list(const struct setting *row)
{
	return row->kind == SETTING_LIST || row->kind == SETTING_ARGV;
}

/* ---- what is taken ---- */

static void add_size(double bytes, struct buf *out)
{
	static const char units[] = "KMGT";
	int64_t n = (int64_t)bytes;
	int unit = -1;

	while (unit < 3 && n && n % 1024 == 0) {
		n /= 1024;
		unit++;
	}
	buf_addf(out, "%lld", (long long)n);
	if (unit >= 0)
		buf_addc(out, units[unit]);
}

static void add_words(const struct setting *row, struct buf *out)
{
	size_t i;

	for (i = 0; row->words[i]; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : row->words[i + 1] ? ", " : _(" or "), row->words[i]);
}

void setting_accepts(const struct setting *row, struct buf *out)
{
	switch (row->kind) {
	case SETTING_FLAG:
		buf_adds(out, _("true or false"));
		return;
	case SETTING_SET:
		buf_adds(out, _("a list of "));
		add_words(row, out);
		return;
	case SETTING_WORD:
		add_words(row, out);
		return;
	case SETTING_COUNT:
	case SETTING_FACTOR:
		buf_addf(out, _("a number from %g to %g"), row->least, row->most);
		return;
	case SETTING_SIZE:
		buf_adds(out, _("a size such as 512M, from "));
		add_size(row->least, out);
		buf_adds(out, _(" to "));
		add_size(row->most, out);
		return;
	case SETTING_OFFSET:
		buf_adds(out, _("an offset such as +08:00, or UTC"));
		return;
	case SETTING_TEXT:
		buf_adds(out, _("a text in one line"));
		return;
	case SETTING_LIST:
		buf_adds(out, _("a list of texts, each in one line"));
		return;
	case SETTING_ARGV:
		buf_adds(out, _("a program and its arguments, [\"/path/to/program\", \"argument\"]"));
		return;
	}
}

bool setting_refuse(const struct setting *row, const char *text, struct err *err)
{
	char shown[41];
	struct buf accepts;
	size_t i;

	for (i = 0; i < sizeof(shown) - 1 && text[i]; i++)
		shown[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	shown[i] = '\0';
	buf_init(&accepts, BUF_MAX);
	setting_accepts(row, &accepts);
	err_set(err, ERR_INPUT, 0, _("%s takes %s, not '%s'"), row->name, accepts.data, shown);
	buf_done(&accepts);
	return false;
}

/* One line of text that may be shown and handed on. */
static bool plain(const char *text)
{
	const char *p;

	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return text_valid(text, (size_t)(p - text));
}

static bool check_text(const struct setting *row, const char *text, struct err *err)
{
	if (!*text || !plain(text))
		return setting_refuse(row, text, err);
	if (!row->check || row->check(text, err))
		return true;
	return err_prefix(err, "%s", row->name);
}

static bool word_at(const struct setting *row, const char *text, size_t *index)
{
	for (*index = 0; row->words[*index]; ++*index)
		if (strcmp(row->words[*index], text) == 0)
			return true;
	return false;
}

static bool put_flag(const char *text, bool *flag)
{
	static const char *const words[] = {"false", "true", "off", "on", "no", "yes"};
	size_t i;

	for (i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i], text) == 0) {
			*flag = i % 2;
			return true;
		}
	return false;
}

static bool put_word(const struct setting *row, const char *text, int64_t *value)
{
	size_t index;

	if (!word_at(row, text, &index))
		return false;
	*value = (int64_t)index;
	return true;
}

static bool put_number(const struct setting *row, const char *text, double *value)
{
	char *end;
	double n = strtod(text, &end);

	if (end == text || *end || !(n >= row->least && n <= row->most))
		return false;
	*value = n;
	return true;
}

static bool put_count(const struct setting *row, const char *text, int64_t *value)
{
	int64_t n;

	if (!text_int(text, &n) || (double)n < row->least || (double)n > row->most)
		return false;
	*value = n;
	return true;
}

static bool put_size(const struct setting *row, const char *text, int64_t *value)
{
	static const char units[] = "KMGT";
	size_t len = strspn(text, "0123456789");
	const char *unit = text[len] ? strchr(units, text[len]) : NULL;
	char digits[16];
	int64_t n;

	if (len == 0 || len >= sizeof(digits) || (text[len] && (!unit || text[len + 1])))
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)len, text);
	if (!text_int(digits, &n) || n > (INT64_C(1) << 50))
		return false;
	/* 50 bits and four units would not fit; what is past `most` is refused on the way. */
	for (; unit && unit >= units && (double)n <= row->most; unit--)
		n *= 1024;
	if ((double)n < row->least || (double)n > row->most)
		return false;
	*value = n;
	return true;
}

static bool put_offset(const char *text, int64_t *value)
{
	int hours, minutes, used = 0;

	if (strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0) {
		*value = 0;
		return true;
	}
	if (strlen(text) != 6 || (*text != '+' && *text != '-') || strspn(text + 1, "0123456789:") != 5 ||
	    sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 || used != 5 || minutes > 59 || hours > 18)
		return false;
	*value = (*text == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

static bool put_text(const struct setting *row, const char *text, char **value, struct err *err)
{
	if ((*text || *row->fallback) && !check_text(row, text, err))
		return false;
	mem_free(*value);
	*value = *text ? mem_strdup(text) : NULL;
	return true;
}

static bool put_set(const struct setting *row, const char *const *texts, size_t n, uint64_t *value,
		    struct err *err)
{
	uint64_t bits = 0;
	size_t i, index;

	for (i = 0; i < n; i++) {
		if (!word_at(row, texts[i], &index))
			return setting_refuse(row, texts[i], err);
		bits |= UINT64_C(1) << index;
	}
	*value = bits;
	return true;
}

static bool put_texts(const struct setting *row, const char *const *texts, size_t n, char ***value,
		      struct err *err)
{
	char **made = NULL;
	size_t i;

	for (i = 0; i < n; i++)
		/* An argument may be empty; a program's name may not. */
		if (!(row->kind == SETTING_ARGV && i > 0 && !*texts[i]) && !check_text(row, texts[i], err))
			return false;
	for (i = 0; i < n; i++)
		argv_add(&made, texts[i]);
	argv_free(*value);
	*value = made;
	return true;
}

static bool mark_given(struct settings *s, const struct setting *row, bool ok)
{
	if (ok)
		s->given |= UINT64_C(1) << (row - table);
	return ok;
}

bool setting_put_list(struct settings *s, const struct setting *row, const char *const *texts, size_t n,
		      struct err *err)
{
	bool ok;

	if (row->kind == SETTING_SET)
		ok = put_set(row, texts, n, at(s, row), err);
	else if (is_list(row))
		ok = put_texts(row, texts, n, at(s, row), err);
	else
		ok = setting_refuse(row, "[...]", err);
	return mark_given(s, row, ok);
}

/* "a, b" -> a, b; without blanks around, without empty ones. */
static void split(const char *text, char ***list)
{
	size_t len, end;
	char *piece;

	for (;; text += len + 1) {
		text += strspn(text, " \t");
		len = end = strcspn(text, ",");
		while (end && (text[end - 1] == ' ' || text[end - 1] == '\t'))
			end--;
		if (end) {
			piece = mem_strndup(text, end);
			argv_add(list, piece);
			mem_free(piece);
		}
		if (!text[len])
			return;
	}
}

static bool put_pieces(struct settings *s, const struct setting *row, const char *text, struct err *err)
{
	char **list = NULL;
	bool ok = true;

	if (row->kind == SETTING_ARGV && text[strspn(text, " ")])
		ok = argv_split(text, row->name, &list, err);
	else
		split(text, &list);
	ok = ok && setting_put_list(s, row, (const char *const *)list, argv_count((const char *const *)list), err);
	argv_free(list);
	return ok;
}

bool setting_put(struct settings *s, const struct setting *row, const char *text, struct err *err)
{
	void *value = at(s, row);
	bool ok = false;

	switch (row->kind) {
	case SETTING_FLAG:
		ok = put_flag(text, value);
		break;
	case SETTING_WORD:
		ok = put_word(row, text, value);
		break;
	case SETTING_COUNT:
		ok = put_count(row, text, value);
		break;
	case SETTING_FACTOR:
		ok = put_number(row, text, value);
		break;
	case SETTING_SIZE:
		ok = put_size(row, text, value);
		break;
	case SETTING_OFFSET:
		ok = put_offset(text, value);
		break;
	case SETTING_TEXT:
		return mark_given(s, row, put_text(row, text, value, err));
	case SETTING_SET:
	case SETTING_LIST:
	case SETTING_ARGV:
		return put_pieces(s, row, text, err);
	}
	return mark_given(s, row, ok || setting_refuse(row, text, err));
}

/* ---- showing ---- */

static void show_offset(int64_t offset_s, struct buf *out)
{
	long long minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	buf_addf(out, "%c%02lld:%02lld", offset_s < 0 ? '-' : '+', minutes / 60 % 24, minutes % 60);
}

static void show_set(const struct setting *row, uint64_t bits, struct buf *out)
{
	size_t i, n = 0;

	for (i = 0; row->words[i]; i++)
		if (bits >> i & 1)
			buf_addf(out, "%s%s", n++ ? ", " : "", row->words[i]);
}

static void show_list(char *const *list, struct buf *out)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		buf_addf(out, "%s%s", i ? ", " : "", list[i]);
}

/* Words as argv_split takes them. */
static void show_argv(char *const *argv, struct buf *out)
{
	const char *p;
	size_t i;

	for (i = 0; argv && argv[i]; i++) {
		buf_adds(out, i ? " " : "");
		if (*argv[i] && strspn(argv[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+") ==
					strlen(argv[i])) {
			buf_adds(out, argv[i]);
			continue;
		}
		buf_addc(out, '\'');
		for (p = argv[i]; *p; p++)
			if (*p == '\'')
				buf_adds(out, "'\\''");
			else
				buf_addc(out, *p);
		buf_addc(out, '\'');
	}
}

void setting_show(const struct settings *s, const struct setting *row, struct buf *out)
{
	const void *value = in(s, row);

	switch (row->kind) {
	case SETTING_FLAG:
		buf_adds(out, *(const bool *)value ? "true" : "false");
		return;
	case SETTING_WORD:
		buf_adds(out, row->words[*(const int64_t *)value]);
		return;
	case SETTING_SET:
		show_set(row, *(const uint64_t *)value, out);
		return;
	case SETTING_COUNT:
		buf_addf(out, "%lld", (long long)*(const int64_t *)value);
		return;
	case SETTING_FACTOR:
		buf_addf(out, "%g", *(const double *)value);
		return;
	case SETTING_SIZE:
		add_size((double)*(const int64_t *)value, out);
		return;
	case SETTING_OFFSET:
		show_offset(*(const int64_t *)value, out);
		return;
	case SETTING_TEXT:
		buf_adds(out, text_or_empty(*(char *const *)value));
		return;
	case SETTING_LIST:
		show_list(*(char **const *)value, out);
		return;
	case SETTING_ARGV:
		show_argv(*(char **const *)value, out);
		return;
	}
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
		mem_free(*(char **)at(s, row));
	else if (is_list(row))
		argv_free(*(char ***)at(s, row));
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
		*(char **)at(to, row) = mem_strdup(*(char *const *)in(from, row));
	else if (is_list(row))
		*(char ***)at(to, row) = argv_copy(*(const char *const *const *)in(from, row));
	else
		memcpy(at(to, row), in(from, row), size_of(row));
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
}

/* Who names a region means its address, not one that was named farther off; and the other way. */
static void cover_place(struct settings *s, const struct settings *over)
{
	static const enum setting_id pair[] = {SET_ENDPOINT, SET_REGION};
	size_t i;

	for (i = 0; i < COUNT_OF(pair); i++)
		if (setting_given(over, pair[i]) && !setting_given(over, pair[1 - i])) {
			drop_value(s, &table[pair[1 - i]]);
			*(char **)at(s, &table[pair[1 - i]]) = NULL;
			s->given &= ~(UINT64_C(1) << pair[1 - i]);
		}
}

void settings_cover(struct settings *s, const struct settings *over)
{
	size_t i;

	cover_place(s, over);
	for (i = 0; i < SETTINGS; i++)
		if (setting_given(over, (enum setting_id)i))
			copy_value(s, over, &table[i]);
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
	ok = *row ? !*value || change(s, *row, value, err) : setting_unknown(name, false, err);
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
