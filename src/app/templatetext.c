/* SPDX-License-Identifier: MIT */
/*
 * One reader for what an editor leaves behind. It is strict, because what it takes is sent: a key that is
 * not known, there twice or missing is a mistake with its line and not something to be passed over.
 * Nothing is lost on the way there and back: values that a line cannot hold are written as JSON strings.
 */
#include "templatetext.h"

#include <stdint.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"
#include "definition.h"
#include "jsontree.h"
#include "relay.h"

#define NAME_CHARS 128
#define DESCRIPTION_CHARS 1024

/* ---- what may be sent ---- */

static const char *const languages[] = {"java", "python", "nodejs", "go", "net", "cpp", "php", "other", "none", NULL};

const char *const *templatetext_languages(void)
{
	return languages;
}

static size_t characters(const char *text)
{
	size_t len = strlen(text), n = 0, used;

	for (; len; text += used, len -= used, n++)
		text_decode(text, len, &used);
	return n;
}

bool templatetext_name(const char *name, struct err *err)
{
	const char *p;

	if (text_empty(name))
		return err_set(err, ERR_INPUT, 0, _("name: a template needs one"));
	if (characters(name) > NAME_CHARS)
		return err_set(err, ERR_INPUT, 0, _("name: it has %zu characters, and %d are allowed"),
			       characters(name), NAME_CHARS);
	for (p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return err_set(err, ERR_INPUT, 0, _("name: it has a control character in it"));
	return true;
}

bool templatetext_language(const char *word, struct err *err)
{
	struct suggest near = {.word = word};
	size_t i;

	for (i = 0; languages[i]; i++) {
		if (strcmp(languages[i], word) == 0)
			return true;
		suggest_offer(&near, languages[i]);
	}
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("language '%.40s' is not known: did you mean %s?"), word,
			       near.best);
	return err_set(err, ERR_INPUT, 0,
		       _("language '%.40s' is not known: java, python, nodejs, go, net, cpp, php, other and none "
			 "are"),
		       word);
}

bool templatetext_description(const char *text, struct err *err)
{
	size_t n = characters(text_or_empty(text));

	return n <= DESCRIPTION_CHARS ||
	       err_set(err, ERR_INPUT, 0, _("description: it has %zu characters, and %d are allowed"), n,
		       DESCRIPTION_CHARS);
}

/* Empty lines in front of it, so that the parser counts as the operator's editor does. */
bool templatetext_definition(const char *text, size_t len, int first_line, struct err *err)
{
	struct jsontree tree;
	struct buf moved;
	size_t stages;
	int line;
	bool ok;

	buf_init(&moved, BUF_MAX);
	for (line = 1; line < first_line; line++)
		buf_addc(&moved, '\n');
	buf_add(&moved, text, len);
	ok = jsontree_parse(&tree, moved.data, moved.len, err);
	buf_done(&moved);
	if (!ok)
		return false;
	stages = jsontree_member(&tree, 0, "stages");
	if (!jsontree_is(&tree, 0, JSONTREE_OBJECT))
		ok = err_set(err, ERR_INPUT, 0, _("line %d: the definition must be an object, { ... }"),
			     tree.nodes[0].line);
	else if (!jsontree_is(&tree, stages, JSONTREE_ARRAY))
		ok = err_set(err, ERR_INPUT, 0,
			     stages == JSONTREE_NONE ? _("line %d: the definition has no \"stages\"")
						     : _("line %d: \"stages\" must be a list, [ ... ]"),
			     tree.nodes[stages == JSONTREE_NONE ? 0 : stages].line);
	jsontree_done(&tree);
	return ok;
}

/* ---- writing ---- */

/* Would a line give back something else? */
static bool needs_quotes(const char *value)
{
	size_t len = strlen(value), i;

	if (!len)
		return false;
	if (*value == '"' || *value == ' ' || value[len - 1] == ' ' || !text_valid(value, len))
		return true;
	for (i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return true;
	return false;
}

static void put_line(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, "%s: ", key);
	if (needs_quotes(value))
		relay_string(value, strlen(value), out);
	else
		buf_adds(out, value);
	if (!*value)
		buf_truncate(out, out->len - 1);
	buf_addc(out, '\n');
}

void templatetext_write(const struct template *tmpl, struct buf *out)
{
	buf_addf(out,
		 _("# Template %s. Save this and leave the editor, and the template is changed; leave it as it\n"
		   "# is, or empty it, and nothing is sent. Lines with a # in front are not read, down to the\n"
		   "# definition.\n"),
		 text_or_empty(tmpl->id));
	put_line(out, "name", text_or_empty(tmpl->name));
	put_line(out, "language", text_or_empty(tmpl->language));
	put_line(out, "description", text_or_empty(tmpl->description));
	buf_adds(out, "definition:\n");
	definition_pretty(tmpl->definition, out);
}

/* ---- reading ---- */

struct lines {
	const char *at;
	int number; /* of the line that was taken last */
};

/* The next line without its end; NULL: there is none. Owned. */
static char *next_line(struct lines *l)
{
	size_t len = strcspn(l->at, "\n");
	char *line;

	if (!*l->at)
		return NULL;
	line = mem_strndup(l->at, len && l->at[len - 1] == '\r' ? len - 1 : len);
	l->at += len + (l->at[len] == '\n');
	l->number++;
	return line;
}

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t")] == '\0';
}

bool templatetext_empty(const char *text)
{
	struct lines l = {.at = text};
	bool empty = true;
	char *line;

	while (empty && (line = next_line(&l))) {
		empty = *line == '#' || is_blank(line);
		mem_free(line);
	}
	return empty;
}

/* A value as it stands, or the JSON string that it is. */
static char *unquote(const char *value, int line, struct err *err)
{
	struct jsontree tree;
	size_t len = strlen(value);
	char *text;

	if (*value != '"') {
		while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
			len--;
		return mem_strndup(value, len);
	}
	if (!jsontree_parse(&tree, value, len, NULL) || !jsontree_is(&tree, 0, JSONTREE_STRING)) {
		jsontree_done(&tree);
		err_set(err, ERR_INPUT, 0, _("line %d: what begins with a quote must be a whole JSON string"), line);
		return NULL;
	}
	text = mem_strdup(tree.nodes[0].string);
	jsontree_done(&tree);
	return text;
}

enum field { NAME, LANGUAGE, DESCRIPTION, N_FIELDS };

static const char *const keys[] = {"name", "language", "description"};

static enum field field_of(const char *key)
{
	enum field i;

	for (i = NAME; i < N_FIELDS && strcmp(keys[i], key) != 0; i++)
		;
	return i;
}

static bool check_field(enum field field, const char *value, struct err *err)
{
	return field == NAME	   ? templatetext_name(value, err)
	       : field == LANGUAGE ? templatetext_language(value, err)
				   : templatetext_description(value, err);
}

static bool no_such_key(const char *line, int number, struct err *err)
{
	if (text_starts(line, "definition:"))
		return err_set(err, ERR_INPUT, 0, _("line %d: the definition begins on the line below 'definition:'"),
			       number);
	return err_set(err, ERR_INPUT, 0,
		       _("line %d: '%.40s' is none of name:, language:, description:, definition:"), number, line);
}

/* What the service has by itself is no mistake of the operator's. */
static bool as_shown(enum field field, const char *value, const struct template *shown)
{
	const char *was = field == NAME ? shown->name : field == LANGUAGE ? shown->language : shown->description;

	return strcmp(text_or_empty(was), value) == 0;
}

/* "key: value", into values[]. */
static bool take_line(const char *line, int number, const struct template *shown, char *values[N_FIELDS],
		      struct err *err)
{
	size_t len = strcspn(line, ":");
	char *key = mem_strndup(line, len);
	enum field field = field_of(key);
	struct err why = {.kind = ERR_NONE};

	mem_free(key);
	if (!line[len] || field == N_FIELDS)
		return no_such_key(line, number, err);
	if (values[field])
		return err_set(err, ERR_INPUT, 0, _("line %d: %s is there twice"), number, keys[field]);
	line += len + 1;
	values[field] = unquote(line + strspn(line, " \t"), number, err);
	if (!values[field])
		return false;
	if (as_shown(field, values[field], shown) || check_field(field, values[field], &why))
		return true;
	return err_set(err, ERR_INPUT, 0, _("line %d: %s"), number, why.text);
}

/* What stands above the definition; l->at is where that begins. */
static bool read_head(struct lines *l, const struct template *shown, char *values[N_FIELDS], struct err *err)
{
	bool ok = true, definition = false;
	enum field i;
	char *line;

	while (ok && !definition && (line = next_line(l))) {
		definition = text_starts(line, "definition:") && is_blank(line + strlen("definition:"));
		if (!definition && *line != '#' && !is_blank(line))
			ok = take_line(line, l->number, shown, values, err);
		mem_free(line);
	}
	if (!ok)
		return false;
	if (!definition)
		return err_set(err, ERR_INPUT, 0,
			       _("line %d: the line 'definition:' is missing, with the definition below it"),
			       l->number);
	for (i = NAME; i < N_FIELDS; i++)
		if (!values[i])
			return err_set(err, ERR_INPUT, 0, _("line %d: '%s:' is missing above this line"), l->number,
				       keys[i]);
	return true;
}

static void put(char **at, char *value)
{
	mem_free(*at);
	*at = value;
}

static bool read_definition(const struct lines *l, struct template *wanted, struct err *err)
{
	struct buf squeezed;

	if (definition_same(l->at, wanted->definition))
		return true;
	if (!templatetext_definition(l->at, strlen(l->at), l->number + 1, err))
		return false;
	buf_init(&squeezed, BUF_MAX);
	definition_squeeze(l->at, &squeezed);
	put(&wanted->definition, buf_take(&squeezed));
	return true;
}

bool templatetext_read(const char *text, size_t len, const struct template *shown, struct template *wanted,
		       struct err *err)
{
	char *values[N_FIELDS] = {NULL}, *whole = mem_strndup(text, len);
	struct lines l = {.at = whole};
	enum field i;
	bool ok;

	template_copy(wanted, shown);
	ok = (text_valid(text, len) || err_set(err, ERR_INPUT, 0, _("the text is not UTF-8"))) &&
	     read_head(&l, shown, values, err) && read_definition(&l, wanted, err);
	if (ok) {
		put(&wanted->name, values[NAME]);
		put(&wanted->language, values[LANGUAGE]);
		put(&wanted->description, values[DESCRIPTION]);
	} else {
		for (i = NAME; i < N_FIELDS; i++)
			mem_free(values[i]);
	}
	mem_free(whole);
	return ok;
}
