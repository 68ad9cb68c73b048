/* SPDX-License-Identifier: MIT */
/*
 * cJSON forgets where things stood, and takes more than JSON; a file that a person edits deserves
 * the line of its mistake. So this is one pass over the text into one array of nodes: children
 * are linked by number, because the array moves while it grows. Depth and nodes have ceilings,
 * which bounds the recursion.
 */
#include "jsontree.h"

#include <stdint.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

struct parser {
	struct jsontree *tree;
	const char *text;
	size_t len, at;
	int line;
	size_t line_start;
	const char *wrong; /* what, once something is */
};

static bool value(struct parser *p, int depth, size_t *node);

static bool fail(struct parser *p, const char *wrong)
{
	if (!p->wrong)
		p->wrong = wrong;
	return false;
}

static char peek(const struct parser *p)
{
	return p->at < p->len ? p->text[p->at] : '\0';
}

static void skip_blank(struct parser *p)
{
	for (; p->at < p->len && strchr(" \t\r\n", p->text[p->at]) && p->text[p->at]; p->at++)
		if (p->text[p->at] == '\n') {
			p->line++;
			p->line_start = p->at + 1;
		}
}

static bool take(struct parser *p, char c)
{
	if (p->at >= p->len || p->text[p->at] != c)
		return false;
	p->at++;
	return true;
}

static bool hex4(struct parser *p, uint32_t *out)
{
	int i;

	*out = 0;
	for (i = 0; i < 4; i++, p->at++) {
		char c = peek(p);

		if (c >= '0' && c <= '9')
			*out = *out * 16 + (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*out = *out * 16 + (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return fail(p, _("\\u takes four hexadecimal digits"));
	}
	return true;
}

static void add_code(struct buf *out, uint32_t cp)
{
	char utf8[4];

	if (cp == 0 || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = TEXT_BAD;
	buf_add(out, utf8, text_encode(cp, utf8));
}

/* Behind "\u": a pair of surrogates is one character, half of one is none. */
static bool unicode(struct parser *p, struct buf *out)
{
	uint32_t high, low;
	size_t mark;

	if (!hex4(p, &high))
		return false;
	mark = p->at;
	if (high >= 0xD800 && high <= 0xDBFF && take(p, '\\') && take(p, 'u')) {
		if (!hex4(p, &low))
			return false;
		if (low >= 0xDC00 && low <= 0xDFFF) {
			add_code(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
			return true;
		}
	}
	p->at = mark;
	add_code(out, high);
	return true;
}

static bool escape(struct parser *p, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = peek(p);
	const char *found = c ? strchr(from, c) : NULL;

	if (!found && c != 'u')
		return fail(p, _("no such escape in a string"));
	p->at++;
	if (!found)
		return unicode(p, out);
	buf_addc(out, to[found - from]);
	return true;
}

static bool plain(struct parser *p, struct buf *out)
{
	size_t used;
	uint32_t cp = text_decode(p->text + p->at, p->len - p->at, &used);

	if (cp < 0x20)
		return fail(p, _("a string must end on its line; write line breaks as \\n"));
	if (cp == TEXT_BAD && !text_valid(p->text + p->at, used))
		return fail(p, _("this is not UTF-8"));
	buf_add(out, p->text + p->at, used);
	p->at += used;
	return true;
}

static char *string(struct parser *p)
{
	struct buf out;

	if (!take(p, '"'))
		return fail(p, _("a name in quotes is wanted here")), NULL;
	buf_init(&out, BUF_MAX);
	while (!take(p, '"')) {
		bool ok = p->at < p->len ? (take(p, '\\') ? escape(p, &out) : plain(p, &out))
					 : fail(p, _("the string has no end"));

		if (!ok) {
			buf_done(&out);
			return NULL;
		}
	}
	return buf_take(&out);
}

static bool digits(struct parser *p)
{
	size_t start = p->at;

	while (peek(p) >= '0' && peek(p) <= '9')
		p->at++;
	return p->at > start || fail(p, _("a digit is wanted here"));
}

static bool number(struct parser *p)
{
	take(p, '-');
	if (!take(p, '0') && !digits(p))
		return false;
	if (take(p, '.') && !digits(p))
		return false;
	if (!take(p, 'e') && !take(p, 'E'))
		return true;
	if (!take(p, '+'))
		take(p, '-');
	return digits(p);
}

static bool word(struct parser *p, const char *w)
{
	size_t len = strlen(w);

	if (p->len - p->at < len || memcmp(p->text + p->at, w, len) != 0)
		return fail(p, _("a value is wanted here"));
	p->at += len;
	return true;
}

static bool member(struct parser *p, bool named, int depth, size_t *child)
{
	char *key = NULL;
	int line = p->line;

	if (named) {
		if (!(key = string(p)))
			return false;
		skip_blank(p);
		if (!take(p, ':')) {
			mem_free(key);
			return fail(p, _("':' is wanted here"));
		}
	}
	if (!value(p, depth, child)) {
		mem_free(key);
		return false;
	}
	p->tree->nodes[*child].key = key;
	if (named)
		p->tree->nodes[*child].line = line;
	return true;
}

static bool container(struct parser *p, size_t node, char close, int depth)
{
	size_t last = JSONTREE_NONE, child;

	if (depth >= JSONTREE_DEPTH_MAX)
		return fail(p, _("too many brackets within each other"));
	p->at++;
	skip_blank(p);
	if (take(p, close))
		return true;
	do {
		skip_blank(p);
		if (!member(p, close == '}', depth + 1, &child))
			return false;
		if (last == JSONTREE_NONE)
			p->tree->nodes[node].first = child;
		else
			p->tree->nodes[last].next = child;
		last = child;
		skip_blank(p);
	} while (take(p, ','));
	return take(p, close) || fail(p, close == '}' ? _("',' or '}' is wanted here") : _("',' or ']' is wanted here"));
}

static bool of_kind(struct parser *p, size_t at, int depth)
{
	struct jsontree_node *node = &p->tree->nodes[at];

	switch (peek(p)) {
	case '{':
		node->kind = JSONTREE_OBJECT;
		return container(p, at, '}', depth);
	case '[':
		node->kind = JSONTREE_ARRAY;
		return container(p, at, ']', depth);
	case '"':
		node->kind = JSONTREE_STRING;
		return (node->string = string(p)) != NULL;
	case 't':
		node->kind = JSONTREE_BOOL;
		return word(p, "true");
	case 'f':
		node->kind = JSONTREE_BOOL;
		return word(p, "false");
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		node->kind = JSONTREE_NUMBER;
		return number(p);
	default:
		return word(p, "null");
	}
}

static bool value(struct parser *p, int depth, size_t *node)
{
	struct jsontree *tree = p->tree;

	skip_blank(p);
	if (tree->n >= JSONTREE_NODES_MAX)
		return fail(p, _("too many values"));
	tree->nodes = mem_grow(tree->nodes, tree->n, sizeof(*tree->nodes));
	*node = tree->n++;
	tree->nodes[*node] = (struct jsontree_node){
		.kind = JSONTREE_NULL, .line = p->line, .first = JSONTREE_NONE, .next = JSONTREE_NONE};
	return of_kind(p, *node, depth);
}

static int column(const struct parser *p)
{
	size_t at = p->line_start, used;
	int n = 1;

	for (; at < p->at; at += used, n++)
		text_decode(p->text + at, p->len - at, &used);
	return n;
}

bool jsontree_parse(struct jsontree *tree, const char *text, size_t len, struct err *err)
{
	struct parser p = {.tree = tree, .text = text, .len = len, .line = 1};
	size_t root;

	*tree = (struct jsontree){0};
	if (value(&p, 0, &root)) {
		skip_blank(&p);
		if (p.at == len)
			return true;
		fail(&p, _("nothing may follow the document"));
	}
	jsontree_done(tree);
	return err_set(err, ERR_INPUT, 0, _("line %d, column %d: %s"), p.line, column(&p), p.wrong);
}

void jsontree_done(struct jsontree *tree)
{
	size_t i;

	for (i = 0; i < tree->n; i++) {
		mem_free(tree->nodes[i].key);
		mem_free(tree->nodes[i].string);
	}
	mem_free(tree->nodes);
	*tree = (struct jsontree){0};
}

bool jsontree_is(const struct jsontree *tree, size_t at, enum jsontree_kind kind)
{
	return at < tree->n && tree->nodes[at].kind == kind;
}

size_t jsontree_first(const struct jsontree *tree, size_t at)
{
	return at < tree->n ? tree->nodes[at].first : JSONTREE_NONE;
}

size_t jsontree_member(const struct jsontree *tree, size_t at, const char *key)
{
	size_t i;

	if (!jsontree_is(tree, at, JSONTREE_OBJECT))
		return JSONTREE_NONE;
	for (i = tree->nodes[at].first; i != JSONTREE_NONE; i = tree->nodes[i].next)
		if (strcmp(tree->nodes[i].key, key) == 0)
			return i;
	return JSONTREE_NONE;
}

const char *jsontree_text(const struct jsontree *tree, size_t at, const char *key)
{
	size_t i = jsontree_member(tree, at, key);

	return i == JSONTREE_NONE ? NULL : tree->nodes[i].string;
}
