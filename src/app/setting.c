/* SPDX-License-Identifier: MIT */
/*
 * One setting: from the text that a person types to its value, and back. Each kind has its
 * way to read; a value is taken whole or refused with what would have been taken.
 */
#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argv.h"
#include "settingrow.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

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
	char shown[41], *p;
	struct buf accepts;

	snprintf(shown, sizeof(shown), "%s", text);
	for (p = shown; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
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
		s->given |= UINT64_C(1) << (row - settings_table());
	return ok;
}

bool setting_put_list(struct settings *s, const struct setting *row, const char *const *texts, size_t n,
		      struct err *err)
{
	bool ok;

	if (row->kind == SETTING_SET)
		ok = put_set(row, texts, n, setting_at(s, row), err);
	else if (setting_is_list(row))
		ok = put_texts(row, texts, n, setting_at(s, row), err);
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
	size_t n;

	if (row->kind == SETTING_ARGV && text[strspn(text, " ")])
		ok = argv_split(text, row->name, &list, err);
	else
		split(text, &list);
	n = list ? argv_count((const char *const *)list) : 0;
	ok = ok && setting_put_list(s, row, (const char *const *)list, n, err);
	argv_free(list);
	return ok;
}

bool setting_put(struct settings *s, const struct setting *row, const char *text, struct err *err)
{
	void *value = setting_at(s, row);
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
	const void *value = setting_in(s, row);

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

/* A password manager may be asked with words that say more than they should. */
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

void setting_tell(const struct settings *s, const struct setting *row, struct buf *out)
{
	if (prints_secrets(row))
		show_program(*(char **const *)setting_in(s, row), out);
	else
		setting_show(s, row, out);
}
