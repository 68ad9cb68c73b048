/* SPDX-License-Identifier: MIT */
/*
 * The tables of the command line as the manual pipetop(1) has them: tests/test_papers.sh compares,
 * and `make man` writes them into it. Texts become mdoc here: literals and references get a macro
 * on a line of its own, sentences begin a line, and nothing is read as a request.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../src/app/words.h"
#include "core/buf.h"
#include "core/text.h"

#define WIDTH 95
#define CLOSING ".,:;)]?!"

/* ---- running text ---- */

static void end_line(struct buf *line)
{
	if (line->len)
		puts(line->data);
	buf_clear(line);
}

static void add_escaped(struct buf *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] == '\\')
			buf_adds(out, "\\e");
		else
			buf_addc(out, s[i]);
}

/* "`more words`" is one piece, "(`word`)," as well. */
static size_t piece_length(const char *s)
{
	bool literal = false;
	size_t len;

	for (len = 0; s[len] && (literal || (s[len] != ' ' && s[len] != '\n')); len++)
		literal ^= s[len] == '`';
	return len;
}

/* The piece on the line that is being filled; literals within it in bold. */
static void add_plain(struct buf *line, const char *s, size_t len)
{
	bool literal = false;
	size_t i;

	if (line->len && line->len + 1 + len > WIDTH)
		end_line(line);
	if (line->len)
		buf_addc(line, ' ');
	else if (*s == '.' || *s == '\'')
		buf_adds(line, "\\&");
	for (i = 0; i < len; i++) {
		if (s[i] != '`') {
			add_escaped(line, s + i, 1);
			continue;
		}
		literal = !literal;
		buf_adds(line, literal ? "\\fB" : "\\fR");
	}
	if (len > 1 && strchr(".?!", s[len - 1]))
		end_line(line);
}

/* mdoc takes "Ns" as a macro and "." as a stop, also as an argument. */
static bool is_macro(const char *s, size_t len)
{
	return (len == 1 && ispunct((unsigned char)*s)) ||
	       ((len == 2 || len == 3) && isupper((unsigned char)*s) && islower((unsigned char)s[1]));
}

static void add_literal(struct buf *out, const char *s, size_t len)
{
	bool words = memchr(s, ' ', len) != NULL;

	if (len > 2 && *s == '-' && !words) {
		buf_adds(out, "Fl ");
		s++;
		len--;
	} else {
		bool quoted = words || len == 1 || (*s != '@' && !isalnum((unsigned char)*s));

		buf_adds(out, *s == '~' && !words ? "Pa " : quoted ? "Ql " : "Cm ");
		buf_adds(out, words ? "\"" : is_macro(s, len) ? "\\&" : "");
	}
	add_escaped(out, s, len);
	if (words)
		buf_addc(out, '"');
}

/* The length of "less(1)", else 0. */
static size_t reference(const char *s, size_t *name)
{
	*name = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_");
	return *name && s[*name] == '(' && isdigit((unsigned char)s[*name + 1]) && s[*name + 2] == ')' ? *name + 3
													     : 0;
}

/* "--step", "PIPETOP_TOKEN" without quotes: what they are shows. Their length, else 0. */
static size_t bare(const char *s, struct buf *macro)
{
	size_t len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	if (len && memchr(s + 1, '_', len - 1)) {
		buf_addf(macro, "Ev %.*s", (int)len, s);
		return len;
	}
	len = text_starts(s, "--") ? 2 + strspn(s + 2, "abcdefghijklmnopqrstuvwxyz-") : 0;
	if (len <= 2)
		return 0;
	add_literal(macro, s, len);
	return len;
}

/* The macro of a piece's core, which may be a literal or a reference; its length, else 0. */
static size_t core_of(const char *s, struct buf *macro)
{
	size_t name, len;

	if (*s == '`') {
		len = (size_t)(strchr(s + 1, '`') - s) + 1;
		if (bare(s + 1, macro) != len - 2) {
			buf_clear(macro);
			add_literal(macro, s + 1, len - 2);
		}
		return len;
	}
	len = reference(s, &name);
	if (!len)
		return bare(s, macro);
	buf_addf(macro, "Xr %.*s %c", (int)name, s, s[name + 1]);
	return len;
}

/* What has one, between brackets and stops, becomes a macro; false when it is anything else. */
static bool put_macro(struct buf *line, const char *s, size_t len)
{
	size_t open = strspn(s, "(["), core, i;
	struct buf macro;
	bool fits;

	buf_init(&macro, BUF_MAX);
	core = core_of(s + open, &macro);
	fits = core && open + core <= len && strspn(s + open + core, CLOSING) >= len - open - core;
	if (fits) {
		end_line(line);
		printf(".%.2s", macro.data);
		for (i = 0; i < open; i++)
			printf(" %c", s[i]);
		fputs(macro.data + 2, stdout);
		for (i = open + core; i < len; i++)
			printf(" %c", s[i]);
		putchar('\n');
	}
	buf_done(&macro);
	return fits;
}

static void put_text(const char *about)
{
	struct buf line;
	size_t len;

	buf_init(&line, BUF_MAX);
	for (; *about; about += len + strspn(about + len, " ")) {
		if (*about == '\n') {
			end_line(&line);
			puts(".Pp");
			about += strspn(about, "\n");
		}
		len = piece_length(about);
		if (!put_macro(&line, about, len))
			add_plain(&line, about, len);
	}
	end_line(&line);
	buf_done(&line);
}

/* `about`, else `help` as a sentence. */
static void put_said(const char *about, const char *help)
{
	struct buf text;

	if (about) {
		put_text(about);
		return;
	}
	buf_init(&text, BUF_MAX);
	buf_addf(&text, "%c%s.", toupper((unsigned char)*help), help + 1);
	put_text(text.data);
	buf_done(&text);
}

/* "(logs, watch)" before a text that is about them alone. */
static void put_commands_of(const char *commands)
{
	const char *s = commands ? commands + 1 : "";
	size_t len;

	if (*s)
		printf(".Pq Cm");
	for (; *s; s += len + 1) {
		len = strcspn(s, " ");
		printf(" %.*s%s", (int)len, s, s[len + 1] ? " ," : "\n");
	}
}

/* ---- what stands for something ---- */

static size_t add_token(struct buf *out, const char *s)
{
	size_t capitals = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"),
	       small = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");

	if (text_starts(s, "...")) {
		buf_adds(out, " No ...");
		return 3;
	}
	if (*s == '-' && s[1] != '-') {
		small = 1 + strspn(s + 1, "abcdefghijklmnopqrstuvwxyz-");
		buf_addf(out, " Fl %.*s", (int)small - 1, s + 1);
		return small;
	}
	if (capitals || small) {
		buf_addf(out, " %s %.*s", capitals ? "Ar" : "Cm", (int)(capitals ? capitals : small), s);
		return capitals ? capitals : small;
	}
	if (*s == '|')
		buf_adds(out, " |");
	else if (*s == '[' || *s == ']')
		buf_adds(out, *s == '[' ? " Oo" : " Oc");
	else
		buf_addf(out, " No \\&%c", *s);
	return 1;
}

/* "PIPELINE [RUN]", "ID[,ID...]", "[=on|off]"; `glued` to what stands before. */
static void add_args(struct buf *out, const char *s, bool glued)
{
	size_t used;

	for (; *s; s += used) {
		if (glued && *s != ' ' && *s != ']' && *s != '|')
			buf_adds(out, " Ns");
		used = 1;
		if (*s != ' ')
			used = add_token(out, s);
		glued = *s != ' ' && *s != '[' && *s != '|';
	}
}

static void put_args(const char *before, const char *args)
{
	struct buf out;

	buf_init(&out, BUF_MAX);
	add_args(&out, args, false);
	printf("%s%s\n", before, out.data + strspn(out.data, " "));
	buf_done(&out);
}

/* ---- the parts of the manual ---- */

static void put_letters(const char *command)
{
	size_t n, i, shown = 0;
	const struct word_option *rows = word_options(&n);

	for (i = 0; i < n; i++)
		if (rows[i].letter && !rows[i].value && rows[i].commands && word_among(rows[i].commands, command))
			printf("%s%c", shown++ ? "" : ".Op Fl ", rows[i].letter);
	if (shown)
		putchar('\n');
}

static void put_synopsis(void)
{
	size_t n, i;
	const struct word_command *rows = word_commands(&n);

	puts(".Nm\n.Op Ar OPTION ...");
	for (i = 0; i < n; i++) {
		printf(".Nm\n.Op Ar OPTION ...\n.Cm %s\n", rows[i].name);
		put_letters(rows[i].name);
		if (*rows[i].args) {
			put_args(".", rows[i].args);
		}
	}
}

static void put_commands(void)
{
	size_t n, i;
	const struct word_command *rows = word_commands(&n);

	puts(".Bl -tag -width Ds");
	for (i = 0; i < n; i++) {
		printf(".It Cm %s", rows[i].name);
		put_args(*rows[i].args ? " " : "", rows[i].args);
		put_said(rows[i].about, rows[i].help);
	}
	puts(".El\n.Pp");
	put_text(words_selectors());
}

static void put_option(const struct word_option *row)
{
	struct buf tag;

	buf_init(&tag, BUF_MAX);
	buf_adds(&tag, ".It");
	if (row->letter)
		buf_addf(&tag, " Fl %c ,", row->letter);
	buf_addf(&tag, " Fl -%s", row->name);
	if (row->value && row->value[0] == '[') {
		buf_adds(&tag, " Ns Oo No =");
		add_args(&tag, row->value + 1, true);
	} else if (row->value) {
		add_args(&tag, row->value, false);
	}
	puts(tag.data);
	put_commands_of(row->commands);
	put_said(row->about, row->help);
	buf_done(&tag);
}

static void put_options(void)
{
	static const char *const titles[] = {".Ss Everywhere", ".Ss Of the commands"};
	size_t n, i, part;
	const struct word_option *rows = word_options(&n);

	for (part = 0; part < 2; part++) {
		printf("%s\n.Bl -tag -width Ds\n", titles[part]);
		for (i = 0; i < n; i++)
			if ((rows[i].commands != NULL) == (part == 1))
				put_option(&rows[i]);
		puts(".El");
	}
}

static void put_variables(void)
{
	size_t n, i, len;
	const struct word_variable *rows = word_variables(&n);
	const char *name;

	puts(".Bl -tag -width Ds");
	for (i = 0; i < n; i++) {
		printf(".It Ev");
		for (name = rows[i].names; *name; name += len + (name[len] == ' ')) {
			len = strcspn(name, " ");
			printf(" %.*s%s", (int)len, name, name[len] ? " ," : "\n");
		}
		put_said(rows[i].about, rows[i].help);
	}
	puts(".El");
}

static void put_statuses(void)
{
	size_t n, i;
	const struct word_status *rows = word_statuses(&n);

	puts(".Bl -tag -width Ds");
	for (i = 0; i < n; i++) {
		printf(".It %s\n", rows[i].status);
		put_commands_of(rows[i].commands);
		put_said(rows[i].about, rows[i].help);
	}
	puts(".El");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*put)(void);
	} parts[] = {
		{"synopsis", put_synopsis}, {"commands", put_commands}, {"options", put_options},
		{"variables", put_variables}, {"statuses", put_statuses},
	};
	size_t i;

	for (i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(argv[1], parts[i].name) == 0) {
			parts[i].put();
			return 0;
		}
	return 2;
}
