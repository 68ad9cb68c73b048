/* SPDX-License-Identifier: MIT */
/*
 * One table holds the language: a field's name, how its value is read, and what completion
 * offers. Reading a line is cutting it into words; a word whose part before the colon
 * is in the table goes to that row, everything else is free text. So a field of this
 * language can never be hidden in a pattern by accident, and a pattern with a colon is
 * never refused.
 *
 * Matching is a chain of tests that are each passed when the query does not ask, the
 * cheap ones first: it runs over every row at every key.
 */
#include "model/query.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/group.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

struct field;
typedef bool take_fn(struct query *query, const struct field *field, const char *value,
		     int64_t now_ms, struct err *err);

struct field {
	struct query_field shown;
	take_fn *take;
	size_t at; /* offset in struct query of what a plain field sets */
};

static const char *const sort_words[] = {
	[QUERY_SORT_NAME] = "name",
	[QUERY_SORT_CREATE] = "create_time",
	[QUERY_SORT_UPDATE] = "update_time",
	[QUERY_SORT_START] = "start_time",
};

const char *query_sort_word(enum query_sort sort)
{
	return sort_words[sort];
}

/* ---- values ---- */

static void list_add(struct query_list *list, const char *s, size_t len)
{
	list->items = mem_grow(list->items, list->n, sizeof(*list->items));
	list->items[list->n++] = mem_strndup(s, len);
}

static void list_done(struct query_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		mem_free(list->items[i]);
	mem_free(list->items);
}

static struct query_list list_copy(const struct query_list *from)
{
	struct query_list to = {0};
	size_t i;

	for (i = 0; i < from->n; i++)
		list_add(&to, from->items[i], strlen(from->items[i]));
	return to;
}

/* "not started" is typed as one word. */
static bool same_word(const char *typed, size_t len, const char *word)
{
	size_t i;

	for (i = 0; i < len && word[i]; i++)
		if (typed[i] != word[i] && !(typed[i] == '-' && word[i] == ' '))
			return false;
	return i == len && !word[i];
}

static bool in_words(const char *words, const char *s, size_t len)
{
	const char *at = words;

	while (*at) {
		size_t n = strcspn(at, " ");

		if (n == len && strncasecmp(at, s, len) == 0)
			return true;
		at += n + (at[n] == ' ');
	}
	return false;
}

static bool refuse(const struct field *field, const char *s, size_t len, struct err *err)
{
	struct buf known;
	const char *c;

	buf_init(&known, BUF_MAX);
	for (c = field->shown.values; *c; c++)
		buf_adds(&known, *c == ' ' ? ", " : (char[]){*c, '\0'});
	err_set(err, ERR_INPUT, 0, _("%s:%.*s is not known: it takes %s"), field->shown.name,
		(int)(len < 40 ? text_cut(s, len) : text_cut(s, 40)), s, known.data);
	buf_done(&known);
	return false;
}

/* Hands each part between commas to `each`; false as soon as one is refused. */
static bool each_part(struct query *q, const struct field *field, const char *value,
		      bool (*each)(struct query *, const struct field *, const char *, size_t),
		      struct err *err)
{
	while (*value) {
		size_t len = strcspn(value, ",");

		if (len && !each(q, field, value, len))
			return refuse(field, value, len, err);
		value += len + (value[len] == ',');
	}
	return true;
}

static bool add_state(struct query *q, const struct field *field, const char *s, size_t len)
{
	int i;

	(void)field;
	for (i = 0; i < STATE_COUNT; i++)
		if (same_word(s, len, state_word((enum state)i))) {
			q->states |= 1u << i;
			return true;
		}
	return false;
}

static bool take_states(struct query *q, const struct field *field, const char *value,
			int64_t now_ms, struct err *err)
{
	(void)now_ms;
	return each_part(q, field, value, add_state, err);
}

static bool add_item(struct query *q, const struct field *field, const char *s, size_t len)
{
	list_add((struct query_list *)(void *)((char *)q + field->at), s, len);
	return true;
}

static bool add_word(struct query *q, const struct field *field, const char *s, size_t len)
{
	return in_words(field->shown.values, s, len) && add_item(q, field, s, len);
}

/* One of the words only. */
static bool take_words(struct query *q, const struct field *field, const char *value,
		       int64_t now_ms, struct err *err)
{
	(void)now_ms;
	return each_part(q, field, value, add_word, err);
}

static bool take_list(struct query *q, const struct field *field, const char *value,
		      int64_t now_ms, struct err *err)
{
	(void)now_ms;
	return each_part(q, field, value, add_item, err);
}

static bool take_one(struct query *q, const struct field *field, const char *value, int64_t now_ms,
		     struct err *err)
{
	char **to = (char **)(void *)((char *)q + field->at);

	(void)now_ms, (void)err;
	mem_free(*to);
	*to = mem_strdup(value);
	return true;
}

static bool take_flag(struct query *q, const struct field *field, const char *value, int64_t now_ms,
		      struct err *err)
{
	enum query_flag *flag = (enum query_flag *)(void *)((char *)q + field->at);

	(void)now_ms;
	if (!in_words(field->shown.values, value, strlen(value)))
		return refuse(field, value, strlen(value), err);
	*flag = strcasecmp(value, "yes") == 0 ? QUERY_YES : QUERY_NO;
	return true;
}

static bool take_time(struct query *q, const struct field *field, const char *value, int64_t now_ms,
		      struct err *err)
{
	int64_t ms = when_parse_said(value, now_ms);

	if (ms == WHEN_NONE)
		return err_set(err, ERR_INPUT, 0,
			       _("%s:%.40s is not a time: it takes one such as 2h, 7d, 2026-01-31 or "
				 "2026-01-31T08:00"),
			       field->shown.name, value);
	*(int64_t *)(void *)((char *)q + field->at) = ms;
	return true;
}

/* sort:name, sort:name,desc; the direction may also be the next word. */
static bool take_sort(struct query *q, const struct field *field, const char *value, int64_t now_ms,
		      struct err *err)
{
	size_t len = strcspn(value, ","), i;

	(void)now_ms;
	for (i = QUERY_SORT_NAME; i < LEN(sort_words); i++)
		if (strlen(sort_words[i]) == len && strncmp(value, sort_words[i], len) == 0)
			break;
	if (i == LEN(sort_words))
		return refuse(field, value, len, err);
	q->sort = (enum query_sort)i;
	q->descending = strcmp(value + len, ",desc") == 0;
	if (value[len] && !q->descending && strcmp(value + len, ",asc") != 0 && value[len + 1])
		return err_set(err, ERR_INPUT, 0, _("sort:%.40s: a direction is asc or desc"), value);
	return true;
}

/* ---- the table ---- */

#define AT(member) offsetof(struct query, member)
static const struct field fields[] = {
	{{"state", "waiting failed running queued not-started ok stopped skipped ignored unknown",
	  N_("state, in the words of this screen")}, take_states, 0},
	{{"status", "RUNNING COMPLETED FAILED CANCELED PAUSED SUSPEND QUEUED IGNORED INIT",
	  N_("state, in the service's own words")}, take_list, AT(status)},
	{{"name", NULL, N_("part of the pipeline's name")}, take_list, AT(names)},
	{{"by", NULL, N_("who started the run: name or id")}, take_list, AT(executors)},
	{{"executor", NULL, N_("who started the run: name or id")}, take_list, AT(executors)},
	{{"creator", NULL, N_("who made the pipeline: id")}, take_list, AT(creators)},
	{{"project", NULL, N_("project: name or id")}, take_list, AT(projects)},
	{{"group", NULL, N_("group, or one above it: name or id")}, take_list, AT(groups)},
	{{"component", NULL, N_("microservice: id")}, take_one, AT(component)},
	{{"since", NULL, N_("run started at or after: 2h, 7d, 2026-01-31")}, take_time, AT(since_ms)},
	{{"until", NULL, N_("run started at or before: 2h, 7d, 2026-01-31")}, take_time, AT(until_ms)},
	{{"published", "yes no", N_("change-triggered pipelines")}, take_flag, AT(published)},
	{{"banned", "yes no", N_("also disabled pipelines")}, take_flag, AT(banned)},
	{{"fav", "yes no", N_("favourites")}, take_flag, AT(favourite)},
	{{"outcome", "success error aborted", N_("how the run ended")}, take_words, AT(outcomes)},
	{{"git", NULL, N_("address of the repository (v3)")}, take_one, AT(git)},
	{{"sort", "name create_time update_time start_time", N_("order; then asc or desc")}, take_sort, 0},
};

const struct query_field *query_field(size_t i)
{
	return i < LEN(fields) ? &fields[i].shown : NULL;
}

static const struct field *find_field(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < LEN(fields); i++)
		if (strlen(fields[i].shown.name) == len && strncmp(fields[i].shown.name, word, len) == 0)
			return &fields[i];
	return NULL;
}

/* ---- lines ---- */

/* The next word without its quotes; false at the end. */
static bool next_word(const char **at, struct buf *word)
{
	bool quoted = false, any = false;

	buf_clear(word);
	*at += strspn(*at, " \t");
	for (; **at && (quoted || !strchr(" \t", **at)); (*at)++) {
		any = true;
		if (**at == '"')
			quoted = !quoted;
		else
			buf_addc(word, **at);
	}
	return any;
}

/* The field of a word as it stands, quotes and all; NULL: free text. */
static const struct field *field_of(const char *word, size_t *value_at)
{
	size_t len = strcspn(word, ": \t\"");

	*value_at = len + 1;
	return word[len] == ':' ? find_field(word, len) : NULL;
}

/* Free text keeps its quotes: they are part of a pattern. */
static void add_text(struct buf *text, const char *word, size_t len)
{
	if (text->len)
		buf_addc(text, ' ');
	buf_add(text, word, len);
}

static bool take_word(struct query *q, const char **at, struct buf *text, bool *sorted,
		      int64_t now_ms, struct err *err)
{
	const char *start = *at;
	size_t value_at, ignored, len;
	const struct field *field = field_of(start, &value_at);
	struct buf word;
	bool good = true;

	buf_init(&word, BUF_MAX);
	if (!field) {
		len = strcspn(start, " \t");
		*at += len;
		if (*sorted && (same_word(start, len, "desc") || same_word(start, len, "asc")))
			q->descending = *start == 'd';
		else if (*start == '!' && field_of(start + 1, &ignored))
			good = err_set(err, ERR_INPUT, 0, _("%.40s: only free text can be inverted with !"),
				       start);
		else
			add_text(text, start, len);
		*sorted = false;
	} else {
		next_word(at, &word);
		*sorted = field->take == take_sort;
		if (word.len > value_at)
			good = field->take(q, field, word.data + value_at, now_ms, err);
	}
	buf_done(&word);
	return good;
}

bool query_parse(const char *line, int64_t now_ms, struct query *query, struct err *err)
{
	struct buf text;
	bool sorted = false, good = true;

	memset(query, 0, sizeof(*query));
	buf_init(&text, BUF_MAX);
	line += strspn(line, " \t");
	while (good && *line) {
		good = take_word(query, &line, &text, &sorted, now_ms, err);
		line += strspn(line, " \t");
	}
	query->invert = text.len && text.data[0] == '!';
	if (text.len > query->invert)
		query->text = mem_strdup(text.data + query->invert);
	query->invert = query->invert && query->text;
	buf_done(&text);
	if (!good)
		query_done(query);
	return good;
}

void query_done(struct query *query)
{
	list_done(&query->status);
	list_done(&query->names);
	list_done(&query->executors);
	list_done(&query->creators);
	list_done(&query->projects);
	list_done(&query->groups);
	list_done(&query->outcomes);
	mem_free(query->component);
	mem_free(query->git);
	mem_free(query->text);
	memset(query, 0, sizeof(*query));
}

void query_copy(struct query *to, const struct query *from)
{
	*to = *from;
	to->status = list_copy(&from->status);
	to->names = list_copy(&from->names);
	to->executors = list_copy(&from->executors);
	to->creators = list_copy(&from->creators);
	to->projects = list_copy(&from->projects);
	to->groups = list_copy(&from->groups);
	to->outcomes = list_copy(&from->outcomes);
	to->component = mem_strdup(from->component);
	to->git = mem_strdup(from->git);
	to->text = mem_strdup(from->text);
}

bool query_empty(const struct query *q)
{
	return !q->states && !q->status.n && !q->names.n && !q->executors.n && !q->creators.n &&
	       !q->projects.n && !q->groups.n && !q->outcomes.n && !q->component && !q->git &&
	       q->published == QUERY_ANY && q->banned == QUERY_ANY && q->favourite == QUERY_ANY &&
	       q->since_ms == WHEN_NONE && q->until_ms == WHEN_NONE && !q->text;
}

/* ---- matching ---- */

static bool flag_passes(enum query_flag flag, bool is)
{
	return flag == QUERY_ANY || is == (flag == QUERY_YES);
}

static bool contains(const struct query_list *list, const char *text)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (text && strcasestr(text, list->items[i]))
			return true;
	return list->n == 0;
}

static bool state_passes(const struct query *q, const struct entry *entry)
{
	static const struct {
		const char *outcome;
		enum state state;
	} ends[] = {{"success", STATE_OK}, {"error", STATE_FAILED}, {"aborted", STATE_STOPPED}};
	const struct run *run = entry->run;
	size_t i, end;

	if (!run && entry->pipeline->from_v3 && entry->pipeline->v3_start_ms != WHEN_NONE)
		return true; /* v3 lists say no state: batch status will */
	if (q->states && !(run && q->states & 1u << run->state))
		return false;
	for (i = 0; i < q->status.n; i++)
		if (run && run->status && strcasecmp(run->status, q->status.items[i]) == 0)
			break;
	if (q->status.n && i == q->status.n)
		return false;
	for (i = 0; i < q->outcomes.n; i++)
		for (end = 0; end < LEN(ends); end++)
			if (run && run->state == ends[end].state &&
			    strcasecmp(q->outcomes.items[i], ends[end].outcome) == 0)
				return true;
	return q->outcomes.n == 0;
}

static bool time_passes(const struct query *q, const struct entry *entry)
{
	int64_t start = entry->run ? entry->run->start_ms : entry->pipeline->v3_start_ms;

	if (q->since_ms == WHEN_NONE && q->until_ms == WHEN_NONE)
		return true;
	return start != WHEN_NONE && (q->since_ms == WHEN_NONE || start >= q->since_ms) &&
	       (q->until_ms == WHEN_NONE || start <= q->until_ms);
}

static bool executor_passes(const struct query *q, const struct entry *entry)
{
	const struct run *run = entry->run;
	size_t i;

	if (contains(&q->executors, run ? run->executor : entry->pipeline->v3_executor))
		return true;
	for (i = 0; run && i < q->executors.n; i++)
		if (text_same(run->executor_id, q->executors.items[i]))
			return true;
	return false;
}

static bool project_passes(const struct query *q, const struct pipeline *pipeline)
{
	size_t i;

	if (contains(&q->projects, pipeline->project_name))
		return true;
	for (i = 0; i < q->projects.n; i++)
		if (text_same(pipeline->project_id, q->projects.items[i]))
			return true;
	return false;
}

/* What no answer says of a row must not hide it. */
static bool group_passes(const struct query *q, const struct groups *groups,
			 const struct pipeline *pipeline)
{
	bool known = groups && groups_known(groups, pipeline->project_id);
	size_t i;

	for (i = 0; i < q->groups.n; i++)
		if (!known || groups_within(groups, pipeline->project_id, pipeline->group_id,
					    q->groups.items[i]))
			return true;
	return q->groups.n == 0;
}

bool query_match(const struct query *q, const struct groups *groups, const struct entry *entry)
{
	const struct pipeline *pipeline = entry->pipeline;

	return state_passes(q, entry) && time_passes(q, entry) &&
	       flag_passes(q->favourite, pipeline->favourite) &&
	       (pipeline->from_v3 || flag_passes(q->published, pipeline->published)) &&
	       (!q->component || pipeline->from_v3 || text_same(q->component, pipeline->component)) &&
	       contains(&q->names, pipeline->name) && executor_passes(q, entry) &&
	       project_passes(q, pipeline) && group_passes(q, groups, pipeline);
}

const char *query_beyond(const struct query *q)
{
	if (q->creators.n)
		return "creator";
	if (q->banned != QUERY_ANY)
		return "banned";
	return q->git ? "git" : NULL;
}
