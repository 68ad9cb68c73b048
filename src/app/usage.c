/* SPDX-License-Identifier: MIT */
/*
 * What --help prints, from the tables of words.c: two columns of names and what they are, and the
 * manual's paragraphs of one command, filled to the width that any terminal has.
 */
#include <stddef.h>
#include <string.h>

#include "app/options.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "words.h"

#define WIDTH 80
#define LEFT 26 /* column */

/* ---- paragraphs ---- */

static int cells_of(const char *word, size_t len)
{
	int cells = 0, width;
	size_t used;

	for (; len; word += used, len -= used) {
		width = text_width(text_decode(word, len, &used));
		cells += width > 0 ? width : 0;
	}
	return cells;
}

/* `word` becomes word, and `more words` becomes 'more words'. */
static void unmark(const char *about, struct buf *out)
{
	const char *end;
	size_t len;

	for (; *about; about++) {
		end = *about == '`' ? strchr(about + 1, '`') : NULL;
		if (!end) {
			buf_addc(out, *about);
			continue;
		}
		len = (size_t)(end - about - 1);
		buf_addf(out, memchr(about, ' ', len) ? "'%.*s'" : "%.*s", (int)len, about + 1);
		about = end;
	}
}

/* Lines of whole words. */
static void fill(FILE *out, const char *text)
{
	int column = 0, cells;
	size_t len;

	for (; *text; text += len) {
		if (text_starts(text, "\n\n")) {
			fputs("\n\n", out);
			column = 0;
		}
		text += strspn(text, " \n");
		len = strcspn(text, " \n");
		cells = cells_of(text, len);
		if (column && column + 1 + cells > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		fprintf(out, "%s%.*s", column ? " " : "", (int)len, text);
		column += (column ? 1 : 0) + cells;
	}
	fputc('\n', out);
}

static void put_about(FILE *out, const char *about)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	unmark(about, &text);
	fill(out, text.data);
	buf_done(&text);
}

/* ---- columns ---- */

static void put_row(FILE *out, const char *name, const char *help)
{
	if (strlen(name) > LEFT)
		fprintf(out, "  %s\n  %*s %s\n", name, LEFT, "", help);
	else
		fprintf(out, "  %-*s %s\n", LEFT, name, help);
}

/* "--json[=lines]", "-f, --follow", "--tail N" */
static void spell(const struct word_option *row, struct buf *out)
{
	bool optional = row->value && row->value[0] == '[';

	if (row->letter)
		buf_addf(out, "-%c, ", row->letter);
	buf_addf(out, "--%s", row->name);
	if (optional)
		buf_addf(out, "[=%s", row->value + 1);
	else if (row->value)
		buf_addf(out, " %s", row->value);
}

/* Those that go with everything, or with `command` and not with everything; under a title. */
static void put_options(FILE *out, const char *command)
{
	size_t n, i, shown = 0;
	const struct word_option *rows = word_options(&n);
	struct buf left;

	buf_init(&left, BUF_MAX);
	for (i = 0; i < n; i++) {
		if (command ? !rows[i].commands || !word_among(rows[i].commands, command) :
			      rows[i].commands != NULL)
			continue;
		if (shown++ == 0 && command)
			fprintf(out, _("\nOptions of %s:\n"), command);
		buf_clear(&left);
		spell(&rows[i], &left);
		put_row(out, left.data, _(rows[i].help));
	}
	buf_done(&left);
}

static void put_commands(FILE *out)
{
	size_t n, i;
	const struct word_command *rows = word_commands(&n);
	char left[64];

	fputs(_("\nCommands:\n"), out);
	for (i = 0; i < n; i++) {
		snprintf(left, sizeof(left), "%s %s", rows[i].name, *rows[i].args ? _(rows[i].args) : "");
		put_row(out, left, _(rows[i].help));
	}
	fputs(_("PIPELINE is an id, a name or a unique part of one; RUN an id or a number; either may be\n"
		"@latest, @failed, @running or @waiting.\n"
		"pipetop COMMAND --help says more of a command.\n"),
	      out);
}

static void put_variables(FILE *out)
{
	size_t n, i;
	const struct word_variable *rows = word_variables(&n);

	fputs(_("\nEnvironment (pipetop(1) has more):\n"), out);
	for (i = 0; i < n; i++)
		if (rows[i].help)
			put_row(out, rows[i].names, _(rows[i].help));
}

/* All of them (NULL), each with the commands that have it; or those of one command. */
static void put_statuses(FILE *out, const char *command)
{
	size_t n, i;
	const struct word_status *rows = word_statuses(&n);

	fputs(_("\nExit status:\n"), out);
	for (i = 0; i < n; i++) {
		if (command && !word_among(rows[i].commands, command))
			continue;
		fprintf(out, "  %-6s %s", rows[i].status, _(rows[i].help));
		if (!command && rows[i].commands)
			fprintf(out, " (%.*s)", (int)strlen(rows[i].commands) - 2, rows[i].commands + 1);
		fputc('\n', out);
	}
}

/* ---- the whole ---- */

static void put_all(FILE *out)
{
	size_t n, i;
	const struct word_command *commands = word_commands(&n);

	fputs(_("Usage: pipetop [OPTION...] [COMMAND [ARG...]]\n"
		"Watches the pipeline runs of Huawei Cloud CodeArts in the terminal.\n"
		"Without a command: the dashboard. Options stand before or after the command.\n"),
	      out);
	put_commands(out);
	fputs(_("\nOptions everywhere:\n"), out);
	put_options(out, NULL);
	for (i = 0; i < n; i++)
		put_options(out, commands[i].name);
	put_variables(out);
	fputs(_("\nConfiguration: ~/.config/pipetop/pipetop.conf, see pipetop-config(5).\n"), out);
	put_statuses(out, NULL);
}

/* What it takes has a line of its own where both are too wide. */
static void put_usage(FILE *out, const struct word_command *command)
{
	const char *args = *command->args ? _(command->args) : "";
	const char *usage = _("Usage: pipetop [OPTION...]");
	bool wide = strlen(usage) + 1 + strlen(command->name) + 1 + strlen(args) > WIDTH;

	fprintf(out, "%s %s%s%s\n\n", usage, command->name, wide ? "\n         " : *args ? " " : "", args);
}

static void put_command(FILE *out, const struct word_command *command)
{
	put_usage(out, command);
	put_about(out, _(command->about ? command->about : command->help));
	if (strstr(command->args, "PIPELINE")) {
		fputc('\n', out);
		put_about(out, words_selectors());
	}
	put_options(out, command->name);
	fputs(_("\npipetop --help shows the options that go with everything.\n"), out);
	put_statuses(out, command->name);
}

void options_help(FILE *out, const char *command)
{
	const struct word_command *row = command ? word_command(command) : NULL;

	if (row)
		put_command(out, row);
	else
		put_all(out);
}
