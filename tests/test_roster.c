/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "crowd.h"
#include "log/search.h"
#include "model/query.h"
#include "ui/idset.h"
#include "ui/order.h"
#include "ui/roster.h"
#include "ui/sieve.h"

/* ---- the list as anybody would make it: copy, drop, sort ---- */

struct naive {
	struct entry *entries;
	size_t n;
};

struct wish {
	enum roster_sort sort;
	bool inverted, favourites, marked;
	const char *filter;
};

static struct pattern *naive_pattern(const char *text)
{
	struct pattern *pattern;

	if (!text)
		return NULL;
	pattern = pattern_new(text, !strpbrk(text, "\\^$.[|()?*+{"), NULL);
	return pattern ? pattern : pattern_new(text, true, NULL);
}

static bool naive_text(const struct entry *e, const struct groups *groups, const struct query *q,
		       struct pattern *pattern)
{
	const struct run *run = e->run;
	struct buf text;
	char path[256];
	size_t start, end;
	bool hit;

	if (!pattern)
		return true;
	buf_init(&text, BUF_MAX);
	buf_adds(&text, text_or_empty(e->pipeline->name));
	if (run)
		buf_addf(&text, " %lld %s %s %s", (long long)run->number, state_word(run->state),
			 text_or_empty(run->executor), text_or_empty(run->branch));
	buf_addf(&text, " %s", text_or_empty(e->pipeline->project_name));
	if (groups && groups_path(groups, e->pipeline->project_id, e->pipeline->group_id, path,
				  sizeof(path)))
		buf_addf(&text, " %s", path);
	hit = pattern_match(pattern, text.data, text.len, 0, &start, &end);
	buf_done(&text);
	return hit != q->invert;
}

static int64_t naive_number(const struct entry *e, enum roster_sort sort, int64_t now_ms)
{
	const struct run *run = e->run;
	bool live = run && state_live(run->state);

	if (sort == ROSTER_USUAL)
		return e->usual_ms > 0 ? e->usual_ms : -1;
	if (sort == ROSTER_WHEN)
		return attention_start_ms(e) > 0 ? attention_start_ms(e) : -1;
	if (!run || (!live && run->end_ms == WHEN_NONE))
		return -1;
	return model_elapsed(run->start_ms, live ? WHEN_NONE : run->end_ms, now_ms);
}

static const char *naive_word(const struct entry *e, enum roster_sort sort)
{
	if (sort == ROSTER_NAME)
		return text_or_empty(e->pipeline->name);
	if (sort == ROSTER_PROJECT)
		return text_or_empty(e->pipeline->project_name);
	if (!e->run)
		return text_or_empty(e->pipeline->v3_executor);
	return text_or_empty(e->run->trigger && strcmp(e->run->trigger, "Manual") != 0 ? e->run->trigger
										       : e->run->executor);
}

static const struct wish *wish; /* qsort takes no argument along */
static int64_t wish_now_ms;

static int naive_state(const struct entry *e)
{
	static const enum state order[] = {STATE_WAITING, STATE_FAILED, STATE_RUNNING, STATE_QUEUED,
					   STATE_PENDING, STATE_STOPPED, STATE_OK, STATE_SKIPPED,
					   STATE_IGNORED, STATE_OTHER};
	int i = 0;

	while (e->run && order[i] != e->run->state)
		i++;
	return e->run ? i : -1;
}

static int naive_primary(const struct entry *a, const struct entry *b)
{
	int64_t x, y;

	switch (wish->sort) {
	case ROSTER_ATTENTION:
		x = (int64_t)attention_of(a, wish_now_ms) - (int64_t)attention_of(b, wish_now_ms);
		y = attention_start_ms(b) - attention_start_ms(a);
		return x ? (x < 0 ? -1 : 1) : (y > 0) - (y < 0);
	case ROSTER_STATE:
		x = naive_state(a), y = naive_state(b);
		if (x < 0 || y < 0)
			return (x < 0 ? 2 : 0) - (y < 0 ? 2 : 0);
		return (x > y) - (x < y);
	case ROSTER_ELAPSED:
	case ROSTER_USUAL:
	case ROSTER_WHEN:
		x = naive_number(a, wish->sort, wish_now_ms);
		y = naive_number(b, wish->sort, wish_now_ms);
		if (x < 0 || y < 0)
			return (x < 0 ? 2 : 0) - (y < 0 ? 2 : 0);
		return (x < y) - (x > y);
	default:
		if (wish->sort == ROSTER_BY && (!*naive_word(a, ROSTER_BY) || !*naive_word(b, ROSTER_BY)))
			return (*naive_word(a, ROSTER_BY) ? 0 : 2) - (*naive_word(b, ROSTER_BY) ? 0 : 2);
		x = text_compare_natural(naive_word(a, wish->sort), naive_word(b, wish->sort));
		return (x > 0) - (x < 0);
	}
}

/* What is not known (2 or -2) comes last in both directions. */
static int naive_compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = naive_primary(a, b);

	if (order == 2 || order == -2)
		return order;
	if (order)
		return wish->inverted ? -order : order;
	return attention_compare_names(a, b);
}

static void naive_make(struct naive *list, struct store *store, const struct roster *r,
		       const struct groups *groups, int64_t now_ms)
{
	const struct entry *all;
	struct query query;
	struct pattern *pattern;
	enum query_flag favourite;
	size_t n = store_entries(store, &all), i;

	assert_true(query_parse(wish->filter, now_ms - now_ms % 60000, &query, NULL));
	pattern = naive_pattern(query.text);
	favourite = query.favourite; /* those that were set here count as well */
	query.favourite = QUERY_ANY;
	list->entries = mem_calloc(n, sizeof(*all));
	list->n = 0;
	for (i = 0; i < n; i++) {
		if (favourite != QUERY_ANY &&
		    roster_is_favourite(r, all[i].pipeline) != (favourite == QUERY_YES))
			continue;
		if (wish->favourites && !roster_is_favourite(r, all[i].pipeline))
			continue;
		if (wish->marked &&
		    !roster_is_marked(r, all[i].pipeline->project_id, all[i].pipeline->id))
			continue;
		if (query_match(&query, groups, &all[i]) && naive_text(&all[i], groups, &query, pattern))
			list->entries[list->n++] = all[i];
	}
	query_done(&query);
	pattern_free(pattern);
	wish_now_ms = now_ms;
	qsort(list->entries, list->n, sizeof(*list->entries), naive_compare);
}

static void assert_same(const struct roster *r, struct store *store, const struct groups *groups,
			int64_t now_ms)
{
	struct naive list;
	size_t i;

	naive_make(&list, store, r, groups, now_ms);
	assert_int_equal(roster_count(r), list.n);
	assert_int_equal(roster_shown(r), list.n);
	for (i = 0; i < list.n; i++) {
		struct roster_row row = roster_at(r, i);
		const struct pipeline *p = list.entries[i].pipeline;

		assert_ptr_equal(row.entry->pipeline, p);
		assert_ptr_equal(row.entry->run, list.entries[i].run);
		assert_int_equal(row.attention, attention_of(row.entry, now_ms));
		assert_int_equal(roster_find(r, p->project_id, p->id,
					     row.entry->latest ? NULL : row.entry->run->id), i);
	}
	mem_free(list.entries);
}

static void assert_counts(const struct roster *r, struct store *store, int64_t now_ms)
{
	struct roster_counts c = roster_counts(r), e = {0};
	const struct entry *all;
	size_t n = store_entries(store, &all), i;

	for (i = 0; i < n; i++) {
		enum attention attention = attention_of(&all[i], now_ms);
		enum state state = all[i].run ? all[i].run->state : STATE_OTHER;

		e.waiting += attention == ATTENTION_WAITING;
		e.failing += attention == ATTENTION_FAILING;
		e.stuck += attention == ATTENTION_STUCK;
		e.running += state == STATE_RUNNING;
		e.queued += state == STATE_QUEUED;
		e.ok += state == STATE_OK && all[i].latest;
	}
	e.rest = n - e.waiting - e.failing - e.running - e.queued - e.ok;
	e.all = n;
	assert_memory_equal(&c, &e, sizeof(c));
}

/* ---- worlds ---- */

struct rig {
	struct crowd crowd;
	struct store *store;
	struct groups *groups;
	struct roster *roster;
};

static void rig_init(struct rig *rig, unsigned seed, size_t n)
{
	print_message("# seed %u\n", seed);
	rig->store = store_new();
	rig->groups = groups_new();
	crowd_init(&rig->crowd, rig->store, seed, 3);
	crowd_add(&rig->crowd, n);
	rig->roster = roster_new(rig->store);
	roster_set_groups(rig->roster, rig->groups);
}

static void rig_done(struct rig *rig)
{
	roster_free(rig->roster);
	store_free(rig->store);
	groups_free(rig->groups);
}

/* Durations that make some of what runs stuck, at once or soon. */
static void teach_usual(struct crowd *c, size_t pipeline)
{
	struct run runs[2] = {{0}};
	int64_t median = INT64_C(4000000) * (1 + crowd_dice(c, 9)), spread = 1000 * (int64_t)crowd_dice(c, 4000);
	char id[33];
	int i;

	crowd_id(pipeline, id);
	for (i = 0; i < 2; i++) {
		runs[i].id = mem_strdup(i ? "h1" : "h0");
		runs[i].pipeline_id = mem_strdup(id);
		runs[i].status = mem_strdup("COMPLETED");
		runs[i].start_ms = 1000;
		runs[i].end_ms = 1000 + median + (i ? spread : -spread);
		run_derive(&runs[i]);
	}
	store_take_history(c->store, crowd_project(pipeline, c), id, runs, 2, ++c->asked, c->now_ms);
}

static const char *const filters[] = {
	"", "s", "se", "sea", "sear", "search", "Search", "searchx", "sea", "se", "!se", "!", "!sea.*7",
	"sea.*7", "(", "(s", "(search|cart)", "^api", "main$", "\xE6\x9E\x84", "\xE6\x9E\x84\xE5\xBB\xBA-",
	"state:failed", "state:failed,running 1", "by:li", "by:li !main", "name:cart", "Team", "group:web",
	"fav:yes", "fav:no", "Project shop", "project:shop", "since:2h", "until:5h fe", "failed", "Billing",
	"billing", "BILL", "77", "outcome:error",
};

static void change_something(struct rig *rig, struct wish *w)
{
	struct crowd *c = &rig->crowd;
	size_t number = crowd_dice(c, (unsigned)c->n), i;
	char id[33];

	crowd_id(number, id);
	switch (crowd_dice(c, 13)) {
	case 0:
		crowd_add(c, crowd_dice(c, 8));
		break;
	case 1:
		store_gone(rig->store, crowd_project(number, c), id, NULL, c->now_ms);
		store_expire(rig->store, c->now_ms);
		break;
	case 2:
	case 3:
		for (i = 0; i < 20; i++)
			teach_usual(c, (number + i) % c->n);
		break;
	case 4:
		w->sort = (enum roster_sort)crowd_dice(c, ROSTER_SORTS);
		w->inverted = crowd_dice(c, 2);
		roster_set_sort(rig->roster, w->sort, w->inverted);
		break;
	case 5:
		roster_mark(rig->roster, crowd_project(number, c), id, crowd_dice(c, 4));
		roster_set_favourite(rig->roster, crowd_project(crowd_dice(c, 40), c), id, crowd_dice(c, 2));
		break;
	case 6:
		w->favourites = crowd_dice(c, 4) == 0;
		w->marked = crowd_dice(c, 8) == 0;
		roster_set_favourites(rig->roster, w->favourites);
		roster_set_marked_only(rig->roster, w->marked);
		break;
	case 7:
		crowd_change(c, number, 1 + crowd_dice(c, (unsigned)c->n));
		break;
	case 8:
		crowd_change(c, number, 1 + crowd_dice(c, 8));
		break;
	case 9:
		c->now_ms += (int64_t)crowd_dice(c, 3000000) - 1000000;
		break;
	default:
		w->filter = filters[crowd_dice(c, sizeof(filters) / sizeof(filters[0]))];
		assert_true(roster_set_filter(rig->roster, w->filter, false, c->now_ms, NULL));
	}
}

static void any_order_and_filter_is_what_sorting_anew_gives(void **state)
{
	struct wish w = {.filter = ""};
	struct rig rig;
	int step;

	rig_init(&rig, 20261124, 300);
	wish = &w;
	for (step = 0; step < 1500; step++) {
		change_something(&rig, &w);
		if (step == 700)
			crowd_groups(&rig.crowd, rig.groups);
		/* Sometimes several things happen between two passes. */
		if (crowd_dice(&rig.crowd, 3) == 0)
			continue;
		/* Time between two passes is seconds here: a refresh within one may be skipped. */
		rig.crowd.now_ms += 1000;
		if (strstr(w.filter, "since") || strstr(w.filter, "until"))
			roster_set_filter(rig.roster, w.filter, false, rig.crowd.now_ms, NULL);
		roster_refresh(rig.roster, rig.crowd.now_ms);
		assert_same(rig.roster, rig.store, rig.groups, rig.crowd.now_ms);
		assert_counts(rig.roster, rig.store, rig.crowd.now_ms);
	}
	rig_done(&rig);
}

static size_t remember(const struct roster *r, uint64_t *out, size_t max)
{
	size_t n = roster_count(r), i;

	for (i = 0; i < n && i < max; i++) {
		const struct entry *e = roster_at(r, i).entry;

		out[i] = idset_hash(e->pipeline->id, e->run ? e->run->id : "");
	}
	return n;
}

static void a_refresh_says_whether_anything_moved(void **state)
{
	static uint64_t before[4000], after[4000];
	struct rig rig;
	size_t n, m;
	int step, moves = 0;

	rig_init(&rig, 7, 500);
	roster_set_sort(rig.roster, ROSTER_NAME, false);
	roster_refresh(rig.roster, rig.crowd.now_ms);
	for (step = 0; step < 300; step++) {
		n = remember(rig.roster, before, 4000);
		if (step % 10 == 0)
			roster_set_filter(rig.roster, step % 20 ? "main" : "", false, 0, NULL);
		crowd_change(&rig.crowd, crowd_dice(&rig.crowd, 500), crowd_dice(&rig.crowd, 3));
		if (roster_refresh(rig.roster, rig.crowd.now_ms)) {
			moves++;
			continue;
		}
		m = remember(rig.roster, after, 4000);
		assert_int_equal(m, n);
		assert_memory_equal(before, after, n * sizeof(*before));
	}
	assert_true(moves > 10 && moves < 290);
	assert_false(roster_refresh(rig.roster, rig.crowd.now_ms));
	rig_done(&rig);
}

static void typing_a_filter_and_taking_it_back_shows_what_each_text_shows_alone(void **state)
{
	static const char *const lines[] = {"search-inde", "seArch", "api-|cart", "(cart|api)-un", "x!",
					    "\xE6\x9E\x84\xE5\xBB\xBA-1", "!main", "state:fai main"};
	struct wish w = {.filter = ""};
	struct rig rig;
	char text[40];
	size_t i, len, k;

	rig_init(&rig, 99, 400);
	wish = &w;
	w.filter = text;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		len = strlen(lines[i]);
		for (k = 1; k < 2 * len; k++) {
			struct query query;

			size_t part = text_cut(lines[i], k <= len ? k : 2 * len - k);

			snprintf(text, sizeof(text), "%.*s", (int)part, lines[i]);
			crowd_change(&rig.crowd, k * 31, k % 3);
			assert_true(roster_set_filter(rig.roster, text, false, 0, NULL));
			roster_refresh(rig.roster, rig.crowd.now_ms);
			if (!query_parse(text, 0, &query, NULL))
				continue; /* a field's value that is not whole yet */
			query_done(&query);
			assert_same(rig.roster, rig.store, rig.groups, rig.crowd.now_ms);
		}
	}
	rig_done(&rig);
}

static void a_wrong_filter_is_literal_while_typed_and_refused_at_the_end(void **state)
{
	struct err err = {0};
	struct rig rig;
	size_t all;

	rig_init(&rig, 5, 100);
	roster_refresh(rig.roster, rig.crowd.now_ms);
	all = roster_count(rig.roster);
	assert_true(roster_set_filter(rig.roster, "api(", false, 0, &err));
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_int_equal(roster_count(rig.roster), 0);
	assert_false(roster_set_filter(rig.roster, "cart(", true, 0, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "cart("));
	assert_string_equal(roster_filter(rig.roster), "api(");
	assert_true(roster_set_filter(rig.roster, "state:fail", false, 0, NULL));
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_int_equal(roster_count(rig.roster), all); /* not a state yet: restricts nothing */
	assert_false(roster_set_filter(rig.roster, "state:fail", true, 0, &err));
	assert_non_null(strstr(err.text, "state"));
	assert_true(roster_set_filter(rig.roster, "", true, 0, &err));
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_int_equal(roster_count(rig.roster), all);
	rig_done(&rig);
}

static void an_expression_over_very_many_rows_takes_slices_and_ends_right(void **state)
{
	struct wish w = {.filter = "(api|cart)-.*7"};
	struct rig rig;
	int slices = 1;

	rig_init(&rig, 6, 70000);
	wish = &w;
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_false(roster_working(rig.roster));
	roster_set_filter(rig.roster, "api-", false, 0, NULL);
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_false(roster_working(rig.roster)); /* literal text is done at once */
	roster_set_filter(rig.roster, w.filter, false, 0, NULL);
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_true(roster_working(rig.roster));
	crowd_change(&rig.crowd, 0, 300);
	while (roster_work(rig.roster)) {
		roster_refresh(rig.roster, rig.crowd.now_ms);
		slices++;
	}
	assert_int_equal(slices, 3);
	assert_same(rig.roster, rig.store, rig.groups, rig.crowd.now_ms);
	rig_done(&rig);
}

static void capitals_that_only_unicode_knows_are_found_as_the_pattern_says(void **state)
{
	static const char line[] = "\xC5\xBF\xE4\xB8\xAD"; /* a long s, which is a small S, and Chinese */
	struct haystack hay = {0};
	struct sieve sieve = {0};

	haystack_resize(&hay, 1);
	sieve_resize(&sieve, 1);
	haystack_put(&hay, 0, line, strlen(line));
	sieve_set(&sieve, "s", false, NULL);
	assert_true(sieve_run(&sieve, &hay, 0));
	assert_false(sieve_passes(&sieve, 0)); /* by bytes */
	sieve_set(&sieve, "s\xE4\xB8\xAD", false, NULL);
	assert_true(sieve_run(&sieve, &hay, 0));
	assert_true(sieve_passes(&sieve, 0));
	sieve_set(&sieve, "s", false, NULL);
	assert_true(sieve_run(&sieve, &hay, 0));
	assert_false(sieve_passes(&sieve, 0));
	sieve_done(&sieve);
	haystack_done(&hay);
}

/* ---- groups ---- */

/* "[Team A 12" heads and "search-7" entries with their indent, one line each. */
static void say_rows(const struct roster *r, struct buf *out)
{
	size_t i;

	buf_clear(out);
	for (i = 0; i < roster_count(r); i++) {
		struct roster_row row = roster_at(r, i);

		buf_addf(out, "%*s", 2 * row.depth, "");
		if (row.entry)
			buf_addf(out, "%s\n", row.entry->pipeline->name);
		else
			buf_addf(out, "%s %zu: %zu %zu %zu%s\n", row.head.name, row.head.n,
				 row.head.counts[ATTENTION_WAITING], row.head.counts[ATTENTION_FAILING],
				 row.head.counts[ATTENTION_RUNNING], row.head.folded ? " folded" : "");
	}
}

static void add_one(struct store *store, const char *project, const char *name, const char *group,
		    const char *status)
{
	struct pipeline p = {0};
	static uint64_t asked;

	p.id = mem_strdup(name);
	p.name = mem_strdup(name);
	p.project_id = mem_strdup(project);
	p.project_name = mem_strdup(project);
	p.group_id = mem_strdup(group);
	p.latest = mem_zalloc(sizeof(*p.latest));
	p.latest->id = mem_strdup("r1");
	p.latest->status = mem_strdup(status);
	p.latest->start_ms = CROWD_NOW - 1000;
	run_derive(p.latest);
	store_take_pipelines(store, project, &p, 1, ++asked, 1);
}

static void small_world(struct rig *rig)
{
	rig->store = store_new();
	rig->groups = groups_new();
	crowd_init(&rig->crowd, rig->store, 1, 1);
	crowd_groups(&rig->crowd, rig->groups); /* of "shop": g2 Nightly > g3, g0 Team A > g1 Web */
	add_one(rig->store, "shop", "loose", NULL, "COMPLETED");
	add_one(rig->store, "shop", "lost", "no-such-group", "COMPLETED");
	add_one(rig->store, "shop", "a1", "g0", "COMPLETED");
	add_one(rig->store, "shop", "w1", "g1", "FAILED");
	add_one(rig->store, "shop", "w2", "g1", "RUNNING");
	add_one(rig->store, "shop", "n1", "g2", "COMPLETED");
	rig->roster = roster_new(rig->store);
	roster_set_groups(rig->roster, rig->groups);
	roster_set_grouped(rig->roster, true);
	roster_refresh(rig->roster, CROWD_NOW);
}

static void groups_are_a_tree_with_what_is_worst_first(void **state)
{
	struct buf text;
	struct rig rig;

	buf_init(&text, BUF_MAX);
	small_world(&rig);
	say_rows(rig.roster, &text);
	assert_string_equal(text.data, "Team A 3: 0 1 1\n"
				       "  Web 2: 0 1 1\n"
				       "    w1\n"
				       "    w2\n"
				       "  a1\n"
				       "Nightly 1: 0 0 0\n"
				       "  n1\n"
				       "loose\n"
				       "lost\n");
	roster_set_sort(rig.roster, ROSTER_NAME, true); /* groups then as the server has them */
	roster_refresh(rig.roster, CROWD_NOW);
	say_rows(rig.roster, &text);
	assert_string_equal(text.data, "Nightly 1: 0 0 0\n"
				       "  n1\n"
				       "Team A 3: 0 1 1\n"
				       "  Web 2: 0 1 1\n"
				       "    w2\n"
				       "    w1\n"
				       "  a1\n"
				       "lost\n"
				       "loose\n");
	buf_done(&text);
	rig_done(&rig);
}

static void heads_count_what_passes_and_go_when_nothing_does(void **state)
{
	struct buf text;
	struct rig rig;

	buf_init(&text, BUF_MAX);
	small_world(&rig);
	roster_set_filter(rig.roster, "w", true, 0, NULL); /* also what is filed under Web */
	roster_set_sort(rig.roster, ROSTER_NAME, false);
	roster_refresh(rig.roster, CROWD_NOW);
	say_rows(rig.roster, &text);
	assert_string_equal(text.data, "Team A 2: 0 1 1\n"
				       "  Web 2: 0 1 1\n"
				       "    w1\n"
				       "    w2\n");
	buf_done(&text);
	rig_done(&rig);
}

static void a_folded_group_hides_what_is_below_and_still_counts_it(void **state)
{
	struct buf text;
	struct rig rig;

	buf_init(&text, BUF_MAX);
	small_world(&rig);
	roster_fold(rig.roster, "shop", "g0", true);
	assert_true(roster_refresh(rig.roster, CROWD_NOW));
	say_rows(rig.roster, &text);
	assert_string_equal(text.data, "Team A 3: 0 1 1 folded\n"
				       "Nightly 1: 0 0 0\n"
				       "  n1\n"
				       "loose\n"
				       "lost\n");
	assert_int_equal(roster_find(rig.roster, "shop", "w1", NULL), ROSTER_NONE);
	assert_int_equal(roster_find_head(rig.roster, "shop", "g0"), 0);
	assert_int_equal(roster_find_head(rig.roster, "shop", "g1"), ROSTER_NONE);
	assert_int_equal(roster_find_head(rig.roster, "shop", "g2"), 1);
	assert_int_equal(roster_shown(rig.roster), 6);
	add_one(rig.store, "shop", "w3", "g1", "PAUSED");
	assert_true(roster_refresh(rig.roster, CROWD_NOW));
	assert_int_equal(roster_at(rig.roster, 0).head.counts[ATTENTION_WAITING], 1);
	roster_fold(rig.roster, "shop", "g0", false);
	roster_refresh(rig.roster, CROWD_NOW);
	assert_int_equal(roster_count(rig.roster), 10);
	buf_done(&text);
	rig_done(&rig);
}

static void several_projects_have_heads_of_their_own(void **state)
{
	struct buf text;
	struct rig rig;

	buf_init(&text, BUF_MAX);
	small_world(&rig);
	add_one(rig.store, "pay", "p1", "g0", "COMPLETED"); /* no groups are known there */
	roster_set_sort(rig.roster, ROSTER_WHEN, false);
	roster_refresh(rig.roster, CROWD_NOW);
	say_rows(rig.roster, &text);
	assert_string_equal(text.data, "pay 1: 0 0 0\n"
				       "  p1\n"
				       "shop 6: 0 1 1\n"
				       "  Nightly 1: 0 0 0\n"
				       "    n1\n"
				       "  Team A 3: 0 1 1\n"
				       "    Web 2: 0 1 1\n"
				       "      w1\n"
				       "      w2\n"
				       "    a1\n"
				       "  loose\n"
				       "  lost\n");
	roster_fold(rig.roster, "shop", "", true);
	roster_refresh(rig.roster, CROWD_NOW);
	assert_int_equal(roster_count(rig.roster), 3);
	buf_done(&text);
	rig_done(&rig);
}

static void grouped_rows_are_the_same_entries_and_their_heads_count_them(void **state)
{
	struct wish w = {.filter = ""};
	struct rig rig;
	int step;

	rig_init(&rig, 31, 400);
	crowd_groups(&rig.crowd, rig.groups);
	wish = &w;
	roster_set_grouped(rig.roster, true);
	for (step = 0; step < 300; step++) {
		struct roster_row row, top = {0};
		size_t i, entries = 0, below = 0;

		change_something(&rig, &w);
		rig.crowd.now_ms += 1000;
		roster_refresh(rig.roster, rig.crowd.now_ms);
		for (i = 0; i < roster_count(rig.roster); i++) {
			row = roster_at(rig.roster, i);
			if (!row.entry && row.head.group_id[0] == '\0') {
				assert_int_equal(below, top.head.n);
				top = row;
				below = 0;
			}
			if (!row.entry)
				continue;
			entries++;
			below++;
			assert_true(row.depth >= 1 && row.depth <= 3);
			assert_string_equal(row.entry->pipeline->project_id, top.head.project_id);
			assert_int_equal(roster_find(rig.roster, row.entry->pipeline->project_id,
						     row.entry->pipeline->id,
						     row.entry->latest ? NULL : row.entry->run->id), i);
		}
		assert_int_equal(below, top.head.n);
		assert_int_equal(entries, roster_shown(rig.roster));
	}
	rig_done(&rig);
}

/* ---- lines ---- */

struct heights {
	size_t asked;
	uint32_t taller; /* added to what moves */
};

static uint32_t height_by_dice(void *self, const struct entry *entry, enum attention attention,
			       uint64_t pair)
{
	struct heights *h = self;

	h->asked++;
	assert_int_equal(pair, idset_hash(entry->pipeline->project_id, entry->pipeline->id));
	return attention == ATTENTION_REST ? 1 : 1 + (uint32_t)(pair % 4) + h->taller;
}

static void assert_lines(const struct roster *r, struct heights *h)
{
	size_t line = 0, row, offset, i, k;

	for (i = 0; i < roster_count(r); i++) {
		struct roster_row of = roster_at(r, i);
		const struct pipeline *p = of.entry ? of.entry->pipeline : NULL;
		size_t height = p ? height_by_dice(h, of.entry, of.attention,
						   idset_hash(p->project_id, p->id)) : 1;

		assert_int_equal(roster_line(r, i), line);
		for (k = 0; k < height; k++) {
			row = roster_row_of(r, line++, &offset);
			assert_int_equal(row, i);
			assert_int_equal(offset, k);
		}
		assert_int_equal(roster_is_tall(r, i, 0), height > 1);
	}
	assert_int_equal(roster_lines(r), line);
	assert_int_equal(roster_line(r, i), line);
}

static void lines_follow_heights_and_only_what_changed_is_measured(void **state)
{
	struct heights h = {0};
	struct wish w = {.filter = ""};
	struct rig rig;
	size_t all;
	int step;

	rig_init(&rig, 8, 300);
	roster_set_height(rig.roster, height_by_dice, &h);
	roster_refresh(rig.roster, rig.crowd.now_ms);
	all = roster_count(rig.roster);
	h.asked = 0;
	crowd_change(&rig.crowd, 10, 5);
	roster_refresh(rig.roster, rig.crowd.now_ms);
	assert_true(h.asked >= 1 && h.asked <= 10); /* older runs that live have rows of their own */
	for (step = 0; step < 300; step++) {
		change_something(&rig, &w);
		roster_set_grouped(rig.roster, step % 50 > 25);
		rig.crowd.now_ms += 1000;
		roster_refresh(rig.roster, rig.crowd.now_ms);
		assert_lines(rig.roster, &h);
	}
	h.taller = 3;
	roster_measure(rig.roster, NULL, NULL);
	assert_true(roster_refresh(rig.roster, rig.crowd.now_ms));
	assert_lines(rig.roster, &h);
	assert_true(all > 300);
	rig_done(&rig);
}

static void one_pipeline_can_be_measured_again_alone(void **state)
{
	struct heights h = {0};
	struct rig rig;

	small_world(&rig);
	roster_set_grouped(rig.roster, false);
	roster_set_height(rig.roster, height_by_dice, &h);
	roster_refresh(rig.roster, CROWD_NOW);
	h = (struct heights){.taller = 5};
	roster_measure(rig.roster, "shop", "w1");
	assert_true(roster_refresh(rig.roster, CROWD_NOW));
	assert_int_equal(h.asked, 1);
	assert_int_equal(roster_line(rig.roster, 1),
			 6 + idset_hash("shop", "w1") % 4); /* w1 fails, so it is the first */
	assert_false(roster_refresh(rig.roster, CROWD_NOW));
	rig_done(&rig);
}

static void tall_rows_are_walked_to_without_wrapping(void **state)
{
	struct rig rig;
	unsigned failing = 1u << ATTENTION_FAILING;

	small_world(&rig);
	/* Team A, Web, w1 (fails), w2, a1, Nightly, n1, loose, lost */
	assert_int_equal(roster_next_tall(rig.roster, 0, failing, 1), 2);
	assert_int_equal(roster_next_tall(rig.roster, 2, failing, 1), ROSTER_NONE);
	assert_int_equal(roster_next_tall(rig.roster, 8, failing, -1), 2);
	assert_int_equal(roster_next_tall(rig.roster, 2, failing, -1), ROSTER_NONE);
	assert_int_equal(roster_next_tall(rig.roster, 0, failing, -1), ROSTER_NONE);
	assert_true(roster_is_tall(rig.roster, 2, failing));
	assert_false(roster_is_tall(rig.roster, 1, failing));
	rig_done(&rig);
}

/* ---- finding, marks ---- */

static void jumps_go_to_the_next_row_of_an_attention_and_wrap_once(void **state)
{
	struct rig rig;
	unsigned failing = 1u << ATTENTION_FAILING;

	small_world(&rig);
	add_one(rig.store, "shop", "x1", NULL, "FAILED");
	roster_refresh(rig.roster, CROWD_NOW);
	/* Team A, Web, w1, w2, a1, Nightly, n1, x1, loose, lost; a loose one that fails is no group */
	assert_int_equal(roster_next(rig.roster, 0, failing, 1), 2);
	assert_int_equal(roster_next(rig.roster, 2, failing, 1), 7);
	assert_int_equal(roster_next(rig.roster, 7, failing, 1), 2);
	assert_int_equal(roster_next(rig.roster, 2, failing, -1), 7);
	assert_int_equal(roster_next(rig.roster, 9, failing, -1), 7);
	assert_int_equal(roster_next(rig.roster, 0, 1u << ATTENTION_WAITING, 1), ROSTER_NONE);
	assert_int_equal(roster_next(rig.roster, 3, 1u << ATTENTION_RUNNING, 1), ROSTER_NONE);
	assert_string_equal(roster_newest_failure(rig.roster)->pipeline->name, "w1");
	roster_set_filter(rig.roster, "x", true, 0, NULL);
	roster_refresh(rig.roster, CROWD_NOW);
	assert_string_equal(roster_newest_failure(rig.roster)->pipeline->name, "x1");
	roster_set_filter(rig.roster, "loose", true, 0, NULL);
	roster_refresh(rig.roster, CROWD_NOW);
	assert_null(roster_newest_failure(rig.roster));
	rig_done(&rig);
}

static void time_alone_makes_a_row_stuck(void **state)
{
	struct rig rig;
	struct run run = {0};

	small_world(&rig);
	roster_set_grouped(rig.roster, false);
	run.id = mem_strdup("h");
	run.pipeline_id = mem_strdup("w2");
	run.status = mem_strdup("COMPLETED");
	run.start_ms = 1000;
	run.end_ms = 61000; /* usual: a minute; stuck after two */
	store_take_history(rig.store, "shop", "w2", &run, 1, 100, 1);
	roster_refresh(rig.roster, CROWD_NOW);
	assert_int_equal(roster_counts(rig.roster).stuck, 0);
	assert_false(roster_refresh(rig.roster, CROWD_NOW + 118999));
	assert_int_equal(roster_counts(rig.roster).stuck, 0);
	assert_true(roster_refresh(rig.roster, CROWD_NOW + 119999));
	assert_int_equal(roster_counts(rig.roster).stuck, 1);
	assert_int_equal(roster_at(rig.roster, 1).attention, ATTENTION_STUCK);
	rig_done(&rig);
}

static void took(struct rig *rig, uint64_t asked, int64_t shorter_ms, int64_t longer_ms)
{
	struct run runs[2] = {{0}};
	int i;

	for (i = 0; i < 2; i++) {
		runs[i].id = mem_strdup(i ? "h1" : "h0");
		runs[i].pipeline_id = mem_strdup("w2");
		runs[i].status = mem_strdup("COMPLETED");
		runs[i].start_ms = 1000;
		runs[i].end_ms = 1000 + (i ? longer_ms : shorter_ms);
	}
	store_take_history(rig->store, "shop", "w2", runs, 2, asked, 1);
}

static void another_spread_of_the_usual_moves_a_row(void **state)
{
	struct rig rig;

	small_world(&rig);
	roster_set_grouped(rig.roster, false);
	took(&rig, 100, 60000, 60000); /* stuck after two minutes */
	add_one(rig.store, "shop", "a-new-one", NULL, "RUNNING");
	roster_refresh(rig.roster, CROWD_NOW + 130000);
	assert_int_equal(roster_find(rig.roster, "shop", "w2", NULL), 1);
	took(&rig, 101, 20000, 100000); /* the same median; stuck after three */
	assert_true(roster_refresh(rig.roster, CROWD_NOW + 130000));
	assert_int_equal(roster_find(rig.roster, "shop", "w2", NULL), 2);
	assert_int_equal(roster_at(rig.roster, 2).attention, ATTENTION_RUNNING);
	rig_done(&rig);
}

static void count_one(const char *project, const char *id, void *arg)
{
	++*(size_t *)arg;
	assert_non_null(project);
	assert_non_null(id);
}

static void marks_are_kept_by_id_up_to_their_limit(void **state)
{
	struct roster *r = roster_new(NULL);
	size_t n = 0, i;
	char id[16];

	for (i = 0; i < IDSET_MAX; i++) {
		snprintf(id, sizeof(id), "%zu", i);
		assert_true(roster_mark(r, "p", id, true));
	}
	assert_false(roster_mark(r, "p", "more", true));
	assert_true(roster_mark(r, "p", "7", true)); /* it is there already */
	for (i = 0; i < IDSET_MAX; i += 2) {
		snprintf(id, sizeof(id), "%zu", i);
		roster_mark(r, "p", id, false);
		roster_mark(r, "q", id, false);
	}
	for (i = 0; i < IDSET_MAX; i++) {
		snprintf(id, sizeof(id), "%zu", i);
		assert_int_equal(roster_is_marked(r, "p", id), i % 2);
		assert_false(roster_is_marked(r, "q", id));
	}
	roster_marks(r, count_one, &n);
	assert_int_equal(n, IDSET_MAX / 2);
	assert_int_equal(roster_mark_count(r), IDSET_MAX / 2);
	roster_clear_marks(r);
	assert_false(roster_is_marked(r, "p", "1"));
	assert_int_equal(roster_mark_count(r), 0);
	roster_free(r);
}

/* ---- orders ---- */

static int by_value(uint32_t a, uint32_t b, void *arg)
{
	const uint64_t *values = arg;

	if (values[a] != values[b])
		return values[a] < values[b] ? -1 : 1;
	return a < b ? -1 : 1;
}

static void sorting_and_inserting_agree(void **state)
{
	enum { N = 500 };
	struct crowd c = {.seed = 3};
	struct order_room room = {0};
	uint64_t values[N];
	uint32_t sorted[N], kept[N], moved[N], i;
	uint8_t marks[N];
	int round;

	for (round = 0; round < 200; round++) {
		size_t n = crowd_dice(&c, N), n_moved = 0, n_kept;
		unsigned spread = 1u << crowd_dice(&c, 30);

		for (i = 0; i < n; i++) {
			values[i] = (uint64_t)crowd_dice(&c, spread) << 8 * crowd_dice(&c, 5);
			sorted[i] = i;
		}
		memset(marks, 0, sizeof(marks));
		memcpy(order_keys(&room, n), values, n * sizeof(*values));
		order_sort(&room, sorted, n);
		for (i = 1; i < n; i++)
			assert_true(by_value(sorted[i - 1], sorted[i], values) < 0);
		for (i = 0; i < n; i++) {
			marks[i] = crowd_dice(&c, 3) == 0;
			if (marks[i])
				moved[n_moved++] = i;
		}
		memcpy(kept, sorted, sizeof(kept));
		n_kept = order_without(kept, n, marks, (uint32_t)n);
		assert_int_equal(n_kept, n - n_moved);
		order_insert(kept, n_kept, moved, n_moved, by_value, values);
		assert_memory_equal(kept, sorted, n * sizeof(*kept));
	}
	order_room_done(&room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_and_filter_is_what_sorting_anew_gives),
		cmocka_unit_test(a_refresh_says_whether_anything_moved),
		cmocka_unit_test(typing_a_filter_and_taking_it_back_shows_what_each_text_shows_alone),
		cmocka_unit_test(a_wrong_filter_is_literal_while_typed_and_refused_at_the_end),
		cmocka_unit_test(an_expression_over_very_many_rows_takes_slices_and_ends_right),
		cmocka_unit_test(capitals_that_only_unicode_knows_are_found_as_the_pattern_says),
		cmocka_unit_test(groups_are_a_tree_with_what_is_worst_first),
		cmocka_unit_test(heads_count_what_passes_and_go_when_nothing_does),
		cmocka_unit_test(a_folded_group_hides_what_is_below_and_still_counts_it),
		cmocka_unit_test(several_projects_have_heads_of_their_own),
		cmocka_unit_test(grouped_rows_are_the_same_entries_and_their_heads_count_them),
		cmocka_unit_test(lines_follow_heights_and_only_what_changed_is_measured),
		cmocka_unit_test(one_pipeline_can_be_measured_again_alone),
		cmocka_unit_test(tall_rows_are_walked_to_without_wrapping),
		cmocka_unit_test(jumps_go_to_the_next_row_of_an_attention_and_wrap_once),
		cmocka_unit_test(time_alone_makes_a_row_stuck),
		cmocka_unit_test(another_spread_of_the_usual_moves_a_row),
		cmocka_unit_test(marks_are_kept_by_id_up_to_their_limit),
		cmocka_unit_test(sorting_and_inserting_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
