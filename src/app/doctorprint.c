/* SPDX-License-Identifier: MIT */
/*
 * The findings for people and for programs. What certificates, servers and variables say goes
 * through the sanitiser here, line by line: only our own line breaks break lines.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "doctor.h"
#include "log/sgr.h"
#include "relay.h"
#include "table.h"

static const struct {
	const char *word, *json;
	const char *symbol, *ascii, *sgr;
} looks[] = {
	[VERDICT_OK] = {N_("ok"), "ok", "\u2713", "v", "32"},
	[VERDICT_WARNING] = {N_("warning"), "warning", "!", "!", "33"},
	[VERDICT_SKIPPED] = {N_("skipped"), "skipped", "-", "-", "2"},
	[VERDICT_PROBLEM] = {N_("problem"), "problem", "\u2717", "x", "31;1"},
};

/* A column's width, in cells. */
struct columns {
	int word, name;
	bool colour, utf8;
};

static void pad(const char *text, int width, struct buf *out)
{
	buf_addf(out, "%s%*s", text, width > table_width(text) ? width - table_width(text) : 0, "");
}

static void find_columns(const struct findings *f, struct columns *c)
{
	size_t i;
	int width;

	for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		width = table_width(_(looks[i].word));
		c->word = width > c->word ? width : c->word;
	}
	for (i = 0; i < f->n; i++) {
		width = table_width(_(f->list[i].name));
		c->name = width > c->name ? width : c->name;
	}
}

/* Lines of a text, each after the first indented. */
static void add_lines(const char *text, int indent, bool utf8, struct buf *out)
{
	struct buf line;
	size_t len;

	buf_init(&line, BUF_MAX);
	for (;; text += len + 1) {
		len = strcspn(text, "\n");
		buf_clear(&line);
		buf_add(&line, text, len);
		sgr_clean_name(line.data, utf8, out);
		buf_addc(out, '\n');
		if (!text[len])
			break;
		buf_addf(out, "%*s", indent, "");
	}
	buf_done(&line);
}

static void add_finding(const struct finding *finding, bool named, const struct columns *c, struct buf *out)
{
	const char *symbol = c->utf8 ? looks[finding->verdict].symbol : looks[finding->verdict].ascii;
	int indent = 2 + 2 + c->word + 2 + c->name + 2;

	buf_adds(out, "  ");
	if (c->colour)
		buf_addf(out, "\033[%sm", looks[finding->verdict].sgr);
	buf_addf(out, "%s ", symbol);
	pad(_(looks[finding->verdict].word), c->word, out);
	if (c->colour)
		buf_adds(out, "\033[0m");
	buf_adds(out, "  ");
	pad(named ? _(finding->name) : "", c->name, out);
	buf_adds(out, "  ");
	add_lines(finding->text, indent, c->utf8, out);
	if (!finding->mend)
		return;
	buf_addf(out, "%*s%s ", indent, "", _("to mend:"));
	add_lines(finding->mend, indent, c->utf8, out);
}

static void add_sum(const struct findings *f, struct buf *out)
{
	unsigned long problems = findings_count(f, VERDICT_PROBLEM), warnings = findings_count(f, VERDICT_WARNING);

	if (problems)
		buf_addf(out, ngettext("%lu problem", "%lu problems", problems), problems);
	else
		buf_adds(out, _("no problem"));
	if (warnings)
		buf_addf(out, ngettext(", %lu warning", ", %lu warnings", warnings), warnings);
	buf_addc(out, '\n');
}

void doctor_print(const struct findings *f, bool colour, bool utf8, struct buf *out)
{
	struct columns c = {.colour = colour, .utf8 = utf8};
	const struct finding *last = NULL, *now;
	bool new_group;
	size_t i;

	find_columns(f, &c);
	for (i = 0; i < f->n; i++) {
		now = &f->list[i];
		new_group = !last || strcmp(last->group, now->group) != 0;
		if (new_group)
			buf_addf(out, "%s\n", _(now->group));
		add_finding(now, new_group || strcmp(last->name, now->name) != 0, &c, out);
		last = now;
	}
	add_sum(f, out);
}

/* ---- JSON (docs/json.md) ---- */

static void add_member(const char *key, const char *text, struct buf *out)
{
	buf_addf(out, ",\"%s\":", key);
	if (text)
		relay_string(text, strlen(text), out);
	else
		buf_adds(out, "null");
}

static void add_object(const struct finding *finding, struct buf *out)
{
	buf_addf(out, "{\"group\":\"%s\"", finding->group);
	add_member("name", finding->name, out);
	add_member("verdict", looks[finding->verdict].json, out);
	add_member("text", finding->text, out);
	add_member("mend", finding->mend, out);
	buf_addc(out, '}');
}

void doctor_json_line(const struct finding *finding, struct buf *out)
{
	add_object(finding, out);
	buf_addc(out, '\n');
}

void doctor_json(const struct findings *f, struct buf *out)
{
	size_t i;

	buf_adds(out, "{\"checks\":[");
	for (i = 0; i < f->n; i++) {
		buf_adds(out, i ? ",\n" : "\n");
		add_object(&f->list[i], out);
	}
	buf_addf(out, "\n],\"problems\":%zu,\"warnings\":%zu,\"status\":%d}\n", findings_count(f, VERDICT_PROBLEM),
		 findings_count(f, VERDICT_WARNING), (int)findings_status(f));
}
