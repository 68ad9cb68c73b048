/* SPDX-License-Identifier: MIT */
/*
 * All mistakes at once, each with its path and line: whoever writes such a document by hand mends
 * it in one round. The checks are in two layers. The first looks at each thing by itself (is it
 * an object, does the name have a state); the second walks the graph, over the edges that the
 * first found sound, so that one mistake is not told twice. The walk keeps its own stack: a
 * chain may be as long as the file has room for.
 */
#include "orchestration.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "outline.h"
#include "say.h"
#include "textfile.h"

/* A state, or a name in flow. Sorted by name for the lookups. */
struct vertex {
	const char *name;
	size_t state; /* node, JSONTREE_NONE: only flow has it */
	size_t flow;
	bool task;
	unsigned char colour; /* of the walk for cycles */
};

struct check {
	struct orchestration *doc;
	const struct jsontree *tree;
	size_t flow, states, workflow;
	struct vertex *vertices;
	size_t n;
};

enum { WHITE, GREY, BLACK };

static void fault(struct check *check, size_t node, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void fault(struct check *check, size_t node, const char *fmt, ...)
{
	struct orchestration *doc = check->doc;
	struct buf raw, clean;
	va_list ap;

	if (doc->n_faults == ORCHESTRATION_FAULTS_MAX) {
		doc->n_untold++;
		return;
	}
	buf_init(&raw, BUF_MAX);
	buf_init(&clean, BUF_MAX);
	va_start(ap, fmt);
	buf_vaddf(&raw, fmt, ap);
	va_end(ap);
	say_name(&clean, raw.data, "");
	buf_done(&raw);
	doc->faults = mem_grow(doc->faults, doc->n_faults, sizeof(*doc->faults));
	doc->faults[doc->n_faults++] = (struct orchestration_fault){
		.text = buf_take(&clean), .line = node < check->tree->n ? check->tree->nodes[node].line : 0};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct vertex *)a)->name, ((const struct vertex *)b)->name);
}

static struct vertex *lookup(struct vertex *vertices, size_t n, const char *name)
{
	struct vertex key = {.name = name};

	return n ? bsearch(&key, vertices, n, sizeof(key), by_name) : NULL;
}

static struct vertex *find(const struct check *check, const char *name)
{
	return lookup(check->vertices, check->n, name);
}

/* A task says so; without a type its name does. */
static bool is_task(const struct check *check, const char *name, size_t state)
{
	const char *type = jsontree_text(check->tree, state, "type");

	return type ? strcmp(type, "task") == 0 : text_starts(name, "Task_");
}

static void collect(struct check *check)
{
	size_t i, kept = 0;

	for (i = jsontree_first(check->tree, check->states); i != JSONTREE_NONE; i = check->tree->nodes[i].next) {
		const char *name = check->tree->nodes[i].key;

		check->vertices = mem_grow(check->vertices, check->n, sizeof(*check->vertices));
		check->vertices[check->n++] = (struct vertex){
			.name = name, .state = i, .flow = JSONTREE_NONE, .task = is_task(check, name, i)};
	}
	if (check->n)
		qsort(check->vertices, check->n, sizeof(*check->vertices), by_name);
	for (i = 0; i < check->n; i++) {
		if (kept && strcmp(check->vertices[kept - 1].name, check->vertices[i].name) == 0) {
			fault(check, check->vertices[i].state, _("states.%s: is there twice"), check->vertices[i].name);
			continue;
		}
		check->vertices[kept++] = check->vertices[i];
	}
	check->n = kept;
}

static void check_state(struct check *check, const struct vertex *vertex)
{
	const struct jsontree *tree = check->tree;
	const char *type = jsontree_text(tree, vertex->state, "type");
	const char *name = jsontree_text(tree, vertex->state, "name");
	bool end = strcmp(vertex->name, "initial") == 0 || strcmp(vertex->name, "final") == 0;

	if (!jsontree_is(tree, vertex->state, JSONTREE_OBJECT)) {
		fault(check, vertex->state, _("states.%s: must be an object"), vertex->name);
		return;
	}
	if (!type || (strcmp(type, "stage") != 0 && strcmp(type, "task") != 0))
		fault(check, vertex->state, _("states.%s.type: must be \"stage\" or \"task\""), vertex->name);
	else if (end && vertex->task)
		fault(check, vertex->state, _("states.%s.type: must be \"stage\""), vertex->name);
	if (!name || strcmp(name, vertex->name) != 0)
		fault(check, vertex->state, _("states.%s.name: must be \"%s\", as its key"), vertex->name, vertex->name);
}

static void check_target(struct check *check, const struct vertex *from, size_t edge)
{
	const struct jsontree_node *node = &check->tree->nodes[edge];

	if (!find(check, node->key))
		fault(check, edge, _("flow.%s.%s: no such state"), from->name, node->key);
	if (!node->string || strcmp(node->string, "always") != 0)
		fault(check, edge, _("flow.%s.%s: must be \"always\""), from->name, node->key);
}

static void check_flow_entry(struct check *check, size_t entry)
{
	const struct jsontree *tree = check->tree;
	const char *name = tree->nodes[entry].key;
	struct vertex *vertex = find(check, name), stray = {.name = name};
	size_t i;

	if (!vertex)
		fault(check, entry, _("flow.%s: no such state"), name);
	else if (vertex->flow != JSONTREE_NONE)
		fault(check, entry, _("flow.%s: is there twice"), name);
	else
		vertex->flow = entry;
	if (!jsontree_is(tree, entry, JSONTREE_OBJECT)) {
		fault(check, entry, _("flow.%s: must be an object"), name);
		return;
	}
	i = jsontree_first(tree, entry);
	if (i != JSONTREE_NONE && vertex && vertex->task)
		fault(check, entry, _("flow.%s: a task has no successors"), name);
	else if (i != JSONTREE_NONE && strcmp(name, "final") == 0)
		fault(check, entry, _("flow.final: nothing comes after it"));
	for (; i != JSONTREE_NONE; i = tree->nodes[i].next)
		check_target(check, vertex ? vertex : &stray, i);
}

/* The vertex that an edge leads to; NULL for none. */
static struct vertex *target(const struct check *check, size_t edge)
{
	return find(check, check->tree->nodes[edge].key);
}

struct visit {
	struct vertex *vertex;
	size_t edge;
};

/* Depth first from one vertex; an edge to a vertex that is still open closes a cycle. */
static void walk(struct check *check, struct vertex *from)
{
	struct visit *stack = mem_grow(NULL, 0, sizeof(*stack));
	size_t n = 1;

	stack[0] = (struct visit){from, jsontree_first(check->tree, from->flow)};
	from->colour = GREY;
	while (n) {
		struct visit *top = &stack[n - 1];
		size_t edge = top->edge;
		struct vertex *to;

		if (edge == JSONTREE_NONE) {
			top->vertex->colour = BLACK;
			n--;
			continue;
		}
		top->edge = check->tree->nodes[edge].next;
		to = target(check, edge);
		if (to && to->colour == GREY)
			fault(check, edge, _("flow.%s.%s: goes round in a circle"), top->vertex->name, to->name);
		if (!to || to->colour != WHITE)
			continue;
		to->colour = GREY;
		stack = mem_grow(stack, n, sizeof(*stack));
		stack[n++] = (struct visit){to, jsontree_first(check->tree, to->flow)};
	}
	mem_free(stack);
}

static void check_graph(struct check *check)
{
	struct vertex *initial = find(check, "initial"), *final = find(check, "final");
	size_t i;

	if (!initial)
		fault(check, check->states, _("states.initial: is missing"));
	if (!final)
		fault(check, check->states, _("states.final: is missing"));
	if (initial)
		walk(check, initial);
	if (initial && final && final->colour == WHITE)
		fault(check, initial->flow == JSONTREE_NONE ? check->flow : initial->flow,
		      _("flow: final cannot be reached from initial"));
	for (i = 0; i < check->n; i++)
		if (check->vertices[i].colour == WHITE)
			walk(check, &check->vertices[i]);
}

static size_t section(struct check *check, const char *name)
{
	size_t node = jsontree_member(check->tree, 0, name);

	if (node == JSONTREE_NONE)
		fault(check, 0, _("%s: is missing"), name);
	else if (!jsontree_is(check->tree, node, JSONTREE_OBJECT))
		fault(check, node, _("%s: must be an object"), name);
	else
		return node;
	return JSONTREE_NONE;
}

static void check_workflow(struct check *check)
{
	static const char *const wanted[] = {"name", "project_id"};
	size_t i;

	for (i = 0; check->workflow != JSONTREE_NONE && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (text_empty(jsontree_text(check->tree, check->workflow, wanted[i])))
			fault(check, check->workflow, _("workflow.%s: is missing"), wanted[i]);
}

static void check_all(struct check *check)
{
	size_t i;

	if (!jsontree_is(check->tree, 0, JSONTREE_OBJECT)) {
		fault(check, 0, _("the document must be an object"));
		return;
	}
	check->flow = section(check, "flow");
	check->states = section(check, "states");
	check->workflow = section(check, "workflow");
	check_workflow(check);
	if (check->flow == JSONTREE_NONE || check->states == JSONTREE_NONE)
		return;
	collect(check);
	for (i = 0; i < check->n; i++)
		check_state(check, &check->vertices[i]);
	for (i = jsontree_first(check->tree, check->flow); i != JSONTREE_NONE; i = check->tree->nodes[i].next)
		check_flow_entry(check, i);
	check_graph(check);
}

static bool check_text(struct orchestration *doc, struct err *err)
{
	struct check check = {.doc = doc, .tree = &doc->tree};

	if (!jsontree_parse(&doc->tree, doc->text.data, doc->text.len, err))
		return false;
	check_all(&check);
	doc->vertices = check.vertices;
	doc->n_vertices = check.n;
	if (!doc->n_faults)
		return true;
	return err_set(err, ERR_INPUT, 0, _("line %d: %s"), doc->faults[0].line, doc->faults[0].text);
}

bool orchestration_check(struct orchestration *doc, const char *text, size_t len, struct err *err)
{
	*doc = (struct orchestration){0};
	buf_init(&doc->text, ORCHESTRATION_BYTES_MAX);
	if (!buf_add(&doc->text, text, len))
		return err_set(err, ERR_INPUT, 0, _("the document is larger than %u KiB"), ORCHESTRATION_BYTES_MAX >> 10);
	return check_text(doc, err);
}

static bool read_stream(int fd, struct buf *out, struct err *err)
{
	char piece[8192];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_IO, errno, _("standard input: %s"), strerror(errno));
		if (!buf_add(out, piece, (size_t)n))
			return err_set(err, ERR_INPUT, 0, _("standard input is larger than %u KiB"),
				       ORCHESTRATION_BYTES_MAX >> 10);
	}
	return true;
}

bool orchestration_read(struct orchestration *doc, const char *path, int in_fd, struct err *err)
{
	bool ok;

	*doc = (struct orchestration){0};
	if (strcmp(path, "-") == 0) {
		buf_init(&doc->text, ORCHESTRATION_BYTES_MAX);
		ok = read_stream(in_fd, &doc->text, err);
	} else {
		/* Reading fills whole pieces, hence the room above the ceiling. */
		buf_init(&doc->text, ORCHESTRATION_BYTES_MAX + 8192);
		ok = textfile_read(path, ORCHESTRATION_BYTES_MAX, &doc->text, err);
	}
	return ok && check_text(doc, err);
}

void orchestration_done(struct orchestration *doc)
{
	size_t i;

	for (i = 0; i < doc->n_faults; i++)
		mem_free(doc->faults[i].text);
	mem_free(doc->faults);
	mem_free(doc->vertices);
	jsontree_done(&doc->tree);
	buf_done(&doc->text);
	*doc = (struct orchestration){0};
}

void orchestration_faults(const struct orchestration *doc, struct buf *out)
{
	size_t i;

	for (i = 0; i < doc->n_faults; i++)
		buf_addf(out, _("line %d: %s\n"), doc->faults[i].line, doc->faults[i].text);
	if (doc->n_untold)
		buf_addf(out, _("and %zu more\n"), doc->n_untold);
}

struct walk {
	const struct orchestration *doc;
	orchestration_each_fn *each;
	void *self;
};

/* A state: what people call it, and what makes it. */
static void visit(const struct walk *w, size_t state, int depth)
{
	const struct jsontree *tree = &w->doc->tree;
	const char *shown = jsontree_text(tree, state, "display_name");
	const char *made = jsontree_text(tree, state, "module_or_template_name");

	if (text_empty(made))
		made = jsontree_text(tree, state, "dsl_method");
	w->each(w->self, depth, tree->nodes[state].key, text_empty(shown) ? tree->nodes[state].key : shown, made);
}

/* A stage with its tasks; returns the stage behind it, or NULL. */
static struct vertex *visit_stage(const struct walk *w, const struct vertex *stage)
{
	const struct orchestration *doc = w->doc;
	const struct jsontree *tree = &doc->tree;
	size_t i = jsontree_first(tree, stage->flow);
	struct vertex *next = NULL;

	visit(w, stage->state, 0);
	for (; i != JSONTREE_NONE; i = tree->nodes[i].next) {
		struct vertex *to = lookup(doc->vertices, doc->n_vertices, tree->nodes[i].key);

		if (to->task)
			visit(w, to->state, 1);
		else if (!next)
			next = to;
	}
	return next;
}

void orchestration_each(const struct orchestration *doc, orchestration_each_fn *each, void *self)
{
	const struct walk w = {doc, each, self};
	const struct vertex *stage = NULL;

	if (!doc->n_faults)
		stage = lookup(doc->vertices, doc->n_vertices, "initial");
	while (stage)
		stage = visit_stage(&w, stage);
}

struct drawing {
	struct buf *out;
	int width;
};

static void draw(void *self, int depth, const char *key, const char *name, const char *made)
{
	const struct drawing *d = self;

	(void)key;
	outline_row(d->out, depth, name, made, d->width);
}

void orchestration_draw(const struct orchestration *doc, int width, struct buf *out)
{
	struct drawing d = {out, width};

	orchestration_each(doc, draw, &d);
}

const char *orchestration_workflow(const struct orchestration *doc, const char *key)
{
	return text_or_empty(jsontree_text(&doc->tree, jsontree_member(&doc->tree, 0, "workflow"), key));
}
