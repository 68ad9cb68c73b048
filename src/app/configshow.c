/* SPDX-License-Identifier: MIT */
/*
 * `pipetop config`: the settings in force, each with what said it. It is what people send when they
 * ask why something does not work, so nothing in it may be a secret: credentials are told by kind, place
 * and length, and a program that prints them without its arguments.
 */
#include <string.h>

#include "argv.h"
#include "command.h"
#include "configshow.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "relay.h"
#include "say.h"
#include "settingrow.h"
#include "table.h"
#include "textfile.h"

static bool prints_secrets(const struct setting *row)
{
	const struct setting *table = settings_table();

	return row == &table[SET_TOKEN_COMMAND] || row == &table[SET_AKSK_COMMAND];
}

static void show_program(char *const *argv, struct buf *out)
{
	size_t n = argv ? argv_count((const char *const *)argv) : 0;

	if (n)
		buf_addf(out, n > 1 ? _("%s and %zu more words") : "%s", argv[0], n - 1);
}

static void show_value(const struct settings *s, const struct setting *row, struct buf *out)
{
	if (prints_secrets(row))
		show_program(*(char **const *)setting_in(s, row), out);
	else
		setting_show(s, row, out);
}

/* ---- for people ---- */

static void show_line(const struct options *o, const struct setting_origin *origin, struct buf *out)
{
	if (o->config.path)
		buf_addf(out, "%s:%u", textfile_short(o->config.path), origin->line);
}

void configshow_origin(const struct options *o, const struct setting_origin *origin, struct buf *out)
{
	switch (origin->from) {
	case FROM_DEFAULT:
		buf_adds(out, _("default"));
		return;
	case FROM_FILE:
		show_line(o, origin, out);
		return;
	case FROM_PROFILE:
		buf_addf(out, _("profile %s, "), text_or_empty(o->profile));
		show_line(o, origin, out);
		return;
	case FROM_SET:
		buf_adds(out, ":set");
		return;
	case FROM_ENVIRONMENT:
	case FROM_OPTION:
		buf_adds(out, origin->name);
		return;
	case FROM_OTHER:
		buf_addf(out, _("from %s"), origin->name);
		return;
	}
}

static void add_row(struct table *t, const char *name, const char *value, const char *from)
{
	struct buf clean;

	buf_init(&clean, BUF_MAX);
	say_name(&clean, value, "-");
	table_add(t, name);
	table_add(t, clean.data);
	table_add(t, from);
	buf_done(&clean);
}

static void add_settings(struct table *t, const struct options *o)
{
	struct buf value, from;
	size_t i;

	buf_init(&value, BUF_MAX);
	buf_init(&from, BUF_MAX);
	for (i = 0; i < SETTINGS; i++) {
		buf_clear(&value);
		buf_clear(&from);
		show_value(&o->settings, &settings_table()[i], &value);
		if (value.len || setting_given(&o->settings, (enum setting_id)i))
			configshow_origin(o, &o->settings.origins[i], &from);
		add_row(t, settings_table()[i].name, value.data, from.data);
	}
	buf_done(&value);
	buf_done(&from);
}

static void people(const struct options *o, struct out *out)
{
	static const char *const titles[] = {N_("SETTING"), N_("VALUE"), N_("FROM")};
	struct table *t = table_new(titles, 3);
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_addf(&text, _("configuration  %s%s\n"), o->config.path ? o->config.path : "-",
		 o->config.found ? "" : _(" (not there)"));
	buf_adds(&text, _("signing in     "));
	identity_tell(&o->identity, &text);
	buf_adds(&text, "\n\n");
	add_settings(t, o);
	table_print(t, &text);
	out_add(out, text.data, text.len);
	table_free(t);
	buf_done(&text);
}

/* ---- for programs ---- */

static void string(const char *text, struct buf *out)
{
	if (text)
		relay_string(text, strlen(text), out);
	else
		buf_adds(out, "null");
}

static void member(const char *name, const char *value, struct buf *out)
{
	buf_addf(out, ",\"%s\":", name);
	string(value, out);
}

static void json_list(char *const *list, struct buf *out)
{
	size_t i;

	buf_addc(out, '[');
	for (i = 0; list && list[i]; i++) {
		buf_adds(out, i ? "," : "");
		string(list[i], out);
	}
	buf_addc(out, ']');
}

static void json_value(const struct settings *s, const struct setting *row, struct buf *out)
{
	struct buf text;

	if (row->kind == SETTING_LIST) {
		json_list(*(char **const *)setting_in(s, row), out);
		return;
	}
	buf_init(&text, BUF_MAX);
	show_value(s, row, &text);
	if (row->kind == SETTING_FLAG || row->kind == SETTING_COUNT || row->kind == SETTING_FACTOR)
		buf_adds(out, text.data);
	else
		string(text.len ? text.data : NULL, out);
	buf_done(&text);
}

static void json_setting(const struct options *o, size_t i, struct buf *out)
{
	static const char *const words[] = {
		[FROM_DEFAULT] = "default", [FROM_FILE] = "file",     [FROM_PROFILE] = "profile",
		[FROM_ENVIRONMENT] = "environment", [FROM_OPTION] = "option", [FROM_SET] = "set", [FROM_OTHER] = "derived",
	};
	const struct setting_origin *origin = &o->settings.origins[i];

	buf_addf(out, "{\"name\":\"%s\",\"value\":", settings_table()[i].name);
	json_value(&o->settings, &settings_table()[i], out);
	buf_addf(out, ",\"from\":\"%s\"", words[origin->from]);
	if (origin->name)
		member("by", origin->name, out);
	if (origin->line)
		buf_addf(out, ",\"line\":%u", origin->line);
	buf_addc(out, '}');
}

static void json_identity(const struct identity *id, struct buf *out)
{
	char at[40];

	buf_addf(out, "{\"kind\":\"%s\"", identity_word(id->kind));
	member("from", id->where, out);
	if (id->kind == IDENTITY_TOKEN)
		buf_addf(out, ",\"bytes\":%zu", strlen(text_or_empty(id->token)));
	if (id->user)
		member("user", id->user, out);
	if (id->account)
		member("account", id->account, out);
	if (id->expires_ms != WHEN_NONE) {
		when_rfc3339(id->expires_ms, at, sizeof(at));
		member("expires_at", at, out);
	}
	if (id->why.kind != ERR_NONE)
		member("problem", id->why.text, out);
	buf_addc(out, '}');
}

static void programs(const struct options *o, struct out *out)
{
	struct buf text;
	size_t i;

	buf_init(&text, BUF_MAX);
	buf_addf(&text, "{\"found\":%s", o->config.found ? "true" : "false");
	member("file", o->config.path, &text);
	member("profile", o->profile, &text);
	buf_adds(&text, ",\"sign_in\":");
	json_identity(&o->identity, &text);
	buf_adds(&text, ",\"settings\":[");
	for (i = 0; i < SETTINGS; i++) {
		buf_adds(&text, i ? "," : "");
		json_setting(o, i, &text);
	}
	buf_adds(&text, "]}\n");
	out_add(out, text.data, text.len);
	buf_done(&text);
}

int command_config(struct command *c, struct err *err)
{
	(void)err;
	if (c->options->want.json == JSON_NONE)
		people(c->options, &c->out);
	else
		programs(c->options, &c->out);
	return EXIT_OK;
}
