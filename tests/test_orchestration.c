/* SPDX-License-Identifier: MIT */
/* The document that a pipeline is made from: read, checked, drawn. */
#include "test.h"

#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "../src/app/orchestration.h"
#include "../src/app/outline.h"
#include "core/mem.h"
#include "core/text.h"

#define SEED "../scenarios/seed/v3-templates-task.request.json"

#define STAGE(name) "\"" name "\":{\"type\":\"stage\",\"name\":\"" name "\"}"
#define TASK(name) "\"" name "\":{\"type\":\"task\",\"name\":\"" name "\"}"
#define ENDS STAGE("initial") "," STAGE("final")
#define WORK ",\"workflow\":{\"name\":\"n\",\"project_id\":\"p\"}"
#define DOC(flow, states) "{\"flow\":{" flow "},\n\"states\":{" states "}\n" WORK "}"
#define STRAIGHT "\"initial\":{\"final\":\"always\"}"

static void the_seed_is_accepted_and_kept_byte_for_byte(void **state)
{
	struct orchestration doc;
	const char *top = getenv("top_srcdir");
	char path[4096];
	size_t len;
	char *text = test_file(SEED, &len);

	snprintf(path, sizeof(path), "%s/tests/" SEED, top ? top : ".");
	assert_true(orchestration_read(&doc, path, -1, NULL));
	assert_int_equal(doc.text.len, len);
	assert_memory_equal(doc.text.data, text, len);
	assert_int_equal(doc.n_faults, 0);
	orchestration_done(&doc);
	free(text);
}

static void the_seed_is_drawn_as_its_chain_with_tasks_below(void **state)
{
	struct orchestration doc;
	struct buf out;
	size_t len;
	char *text = test_file(SEED, &len);

	buf_init(&out, BUF_MAX);
	assert_true(orchestration_check(&doc, text, len, NULL));
	orchestration_draw(&doc, 80, &out);
	assert_string_equal(out.data, "Initial  (initial)\nSource  (source)\nBuild_and_Check  (build)\n"
				      "  Build_Task  (Maven)\n  Code_Check_Task  (codecheck_template)\n"
				      "Release  (release)\nFinal  (final)\n");
	orchestration_done(&doc);
	buf_done(&out);
	free(text);
}

static void each_mistake_is_told_with_its_path_and_line(void **state)
{
	static const struct {
		const char *doc, *faults;
	} cases[] = {
		{DOC(STRAIGHT, ENDS), ""},
		{DOC("\"initial\":{\n\"Task_1\":\"always\",\"final\":\"always\"}", ENDS "," TASK("Task_1")), ""},
		{"{\"flow\":{" STRAIGHT "},\"states\":{" ENDS "},\"x\":[1,{}],\"workflow\":"
		 "{\"name\":\"n\",\"project_id\":\"p\",\"is_manual_mxecution\":1},\"changeInfo\":null}", ""},
		{"[]", "line 1: the document must be an object\n"},
		{"{}", "line 1: flow: is missing\nline 1: states: is missing\nline 1: workflow: is missing\n"},
		{"{\"flow\":1,\n\"states\":[]" WORK "}",
		 "line 1: flow: must be an object\nline 2: states: must be an object\n"},
		{"{\"flow\":{" STRAIGHT "},\"states\":{" ENDS "},\n\"workflow\":{\"name\":\"\"}}",
		 "line 2: workflow.name: is missing\nline 2: workflow.project_id: is missing\n"},
		{DOC("\"initial\":{\n\"final\":\"always\",\n\"Task_9\":\"always\"}", ENDS),
		 "line 3: flow.initial.Task_9: no such state\n"},
		{DOC(STRAIGHT ",\n\"state_7\":{}", ENDS), "line 2: flow.state_7: no such state\n"},
		{DOC(STRAIGHT ",\"final\":[]", ENDS), "line 1: flow.final: must be an object\n"},
		{DOC(STRAIGHT ",\"initial\":{}", ENDS), "line 1: flow.initial: is there twice\n"},
		{DOC(STRAIGHT, ENDS "," STAGE("final")), "line 2: states.final: is there twice\n"},
		{DOC("\"initial\":{\"final\":\"success\"}", ENDS), "line 1: flow.initial.final: must be \"always\"\n"},
		{DOC("\"initial\":{\"final\":null}", ENDS), "line 1: flow.initial.final: must be \"always\"\n"},
		{DOC("\"initial\":{}", ENDS), "line 1: flow: final cannot be reached from initial\n"},
		{DOC("", STAGE("final")), "line 2: states.initial: is missing\n"},
		{DOC("", STAGE("initial")), "line 2: states.final: is missing\n"},
		{DOC(STRAIGHT ",\"a\":{\"a\":\"always\"}", ENDS "," STAGE("a")),
		 "line 1: flow.a.a: goes round in a circle\n"},
		{DOC("\"initial\":{\"a\":\"always\"},\"a\":{\n\"initial\":\"always\",\"final\":\"always\"}",
		     ENDS "," STAGE("a")),
		 "line 2: flow.a.initial: goes round in a circle\n"},
		{DOC(STRAIGHT ",\"final\":{\"a\":\"always\"}", ENDS "," STAGE("a")),
		 "line 1: flow.final: nothing comes after it\n"},
		{DOC(STRAIGHT ",\"t\":{\"a\":\"always\"}", ENDS "," TASK("t") "," STAGE("a")),
		 "line 1: flow.t: a task has no successors\n"},
		{DOC(STRAIGHT, ENDS ",\"a\":{\"type\":\"job\",\"name\":\"a\"}"),
		 "line 2: states.a.type: must be \"stage\" or \"task\"\n"},
		{DOC(STRAIGHT, ENDS ",\"a\":{\"type\":\"task\",\"name\":\"b\"}"),
		 "line 2: states.a.name: must be \"a\", as its key\n"},
		{DOC(STRAIGHT, STAGE("initial") "," TASK("final")), "line 2: states.final.type: must be \"stage\"\n"},
		{DOC(STRAIGHT, ENDS ",\"a\":7"), "line 2: states.a: must be an object\n"},
		{DOC("\"initial\":{\"final\":\"always\",\"a\\u001b[31m\":\"always\"}", ENDS),
		 "line 1: flow.initial.a: no such state\n"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct orchestration doc;
		struct err err = {0};
		struct buf out;
		bool ok = orchestration_check(&doc, cases[i].doc, strlen(cases[i].doc), &err);

		buf_init(&out, BUF_MAX);
		orchestration_faults(&doc, &out);
		assert_string_equal(out.data, cases[i].faults);
		assert_true(ok == !*cases[i].faults);
		assert_true(ok == !err.text[0]);
		buf_done(&out);
		orchestration_done(&doc);
	}
}

static void what_is_no_json_is_told_with_line_and_column(void **state)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{"", "line 1, column 1: a value is wanted here"},
		{"{\n \"a\" 1}", "line 2, column 6: ':' is wanted here"},
		{"{\"a\":1,}", "line 1, column 8: a name in quotes is wanted here"},
		{"{\"\xe9\x98\xb6\":x}", "line 1, column 6: a value is wanted here"},
		{"[1 2]", "line 1, column 4: ',' or ']' is wanted here"},
		{"{} {}", "line 1, column 4: nothing may follow the document"},
		{"[01]", "line 1, column 3: ',' or ']' is wanted here"},
		{"[1.]", "line 1, column 4: a digit is wanted here"},
		{"[\"a\nb\"]", "line 1, column 4: a string must end on its line; write line breaks as \\n"},
		{"[\"\\x\"]", "line 1, column 4: no such escape in a string"},
		{"[\"\\u12g4\"]", "line 1, column 7: \\u takes four hexadecimal digits"},
		{"[\"\xff\"]", "line 1, column 3: this is not UTF-8"},
		{"[\"a", "line 1, column 4: the string has no end"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct orchestration doc;
		struct err err = {0};

		assert_false(orchestration_check(&doc, cases[i].text, strlen(cases[i].text), &err));
		assert_string_equal(err.text, cases[i].sentence);
		orchestration_done(&doc);
	}
}

static void escapes_are_decoded(void **state)
{
	struct jsontree tree;
	const char *text = "{\"t\":\"\\ud83d\\ude00\\ud83dx\\u0000\\n\\u00e9\"}";

	assert_true(jsontree_parse(&tree, text, strlen(text), NULL));
	assert_string_equal(jsontree_text(&tree, 0, "t"), "\xf0\x9f\x98\x80\xef\xbf\xbdx\xef\xbf\xbd\n\xc3\xa9");
	jsontree_done(&tree);
}

static void many_faults_are_counted_beyond_the_maximum(void **state)
{
	struct orchestration doc;
	struct buf text, out;
	int i;

	buf_init(&text, BUF_MAX);
	buf_init(&out, BUF_MAX);
	buf_adds(&text, "{\"flow\":{\"initial\":{\"final\":\"always\"");
	for (i = 0; i < 60; i++)
		buf_addf(&text, ",\"x%d\":\"always\"", i);
	buf_adds(&text, "}},\"states\":{" ENDS "}" WORK "}");
	assert_false(orchestration_check(&doc, text.data, text.len, NULL));
	assert_int_equal(doc.n_faults, ORCHESTRATION_FAULTS_MAX);
	orchestration_faults(&doc, &out);
	assert_non_null(strstr(out.data, "\nand 10 more\n"));
	orchestration_done(&doc);
	buf_done(&out);
	buf_done(&text);
}

static void standard_input_is_read_to_its_end(void **state)
{
	static const char text[] = DOC(STRAIGHT, ENDS);
	struct orchestration doc;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, sizeof(text) - 1), sizeof(text) - 1);
	close(ends[1]);
	assert_true(orchestration_read(&doc, "-", ends[0], NULL));
	assert_string_equal(doc.text.data, text);
	orchestration_done(&doc);
	close(ends[0]);
}

static void what_is_no_small_regular_file_is_refused(void **state)
{
	static const char *const paths[] = {"/dev/zero", "/", "/no/such/file"};
	struct orchestration doc;
	struct err err;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		err = (struct err){0};
		assert_false(orchestration_read(&doc, paths[i], -1, &err));
		assert_non_null(strstr(err.text, paths[i]));
		orchestration_done(&doc);
	}
	fd = open("/dev/zero", O_RDONLY);
	assert_false(orchestration_read(&doc, "-", fd, &err));
	assert_non_null(strstr(err.text, "larger than 4096 KiB"));
	orchestration_done(&doc);
	close(fd);
}

/* A graph as a matrix, judged by its transitive closure. */
#define N 6
struct graph {
	bool edge[N][N], task[N];
};

static bool naive_verdict(const struct graph *g)
{
	bool reach[N][N];
	int i, j, k;

	memcpy(reach, g->edge, sizeof(reach));
	for (k = 0; k < N; k++)
		for (i = 0; i < N; i++)
			for (j = 0; j < N; j++)
				reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
	for (i = 0; i < N; i++) {
		if (reach[i][i])
			return false;
		for (j = 0; j < N; j++)
			if (g->edge[i][j] && (g->task[i] || i == N - 1))
				return false;
	}
	return reach[0][N - 1];
}

static void write_graph(const struct graph *g, struct buf *out)
{
	static const char *const names[N] = {"initial", "state_1", "state_2", "Task_1", "Task_2", "final"};
	int i, j;

	buf_adds(out, "{\"flow\":{");
	for (i = 0; i < N; i++) {
		const char *comma = "";

		buf_addf(out, "%s\"%s\":{", i ? "," : "", names[i]);
		for (j = 0; j < N; j++)
			if (g->edge[i][j]) {
				buf_addf(out, "%s\"%s\":\"always\"", comma, names[j]);
				comma = ",";
			}
		buf_adds(out, "}");
	}
	buf_adds(out, "},\"states\":{");
	for (i = 0; i < N; i++)
		buf_addf(out, "%s\"%s\":{\"type\":\"%s\",\"name\":\"%s\"}", i ? "," : "", names[i],
			 g->task[i] ? "task" : "stage", names[i]);
	buf_adds(out, "}" WORK "}");
}

static void the_verdict_on_random_graphs_is_that_of_brute_force(void **state)
{
	struct buf text;
	int round, i, j, good = 0, rounds = 20000;
	unsigned seed = 20260105;

	buf_init(&text, BUF_MAX);
	for (round = 0; round < rounds; round++) {
		struct orchestration doc;
		struct graph g = {.task = {[3] = true, [4] = true}};

		for (i = 0; i < N; i++)
			for (j = 0; j < N; j++)
				g.edge[i][j] = rand_r(&seed) % (i < j && i < 3 ? 2 : 60) == 0;
		buf_clear(&text);
		write_graph(&g, &text);
		assert_true(orchestration_check(&doc, text.data, text.len, NULL) == naive_verdict(&g));
		good += naive_verdict(&g);
		orchestration_done(&doc);
	}
	assert_true(good > rounds / 10 && good < rounds - rounds / 10);
	buf_done(&text);
}

static void a_definition_is_drawn_as_stages_jobs_and_steps(void **state)
{
	struct buf out;
	struct err err = {0};

	buf_init(&out, BUF_MAX);
	assert_true(outline_definition("{\"stages\":[{\"name\":\"Build\",\"sequence\":\"0\",\"jobs\":[{\"name\":\"Compile\","
				       "\"steps\":[{\"name\":\"make\",\"task\":\"official_devcloud_cloudBuild\"}]}]},"
				       "{\"name\":\"\\u001b[31mRed\",\"jobs\":null}]}",
				       24, &out, &err));
	assert_string_equal(out.data, "Build\n  Compile\n    make  (official_dev~\nRed\n");
	assert_false(outline_definition("{\"stages\":3}", 80, &out, &err));
	assert_string_equal(err.text, "the template's definition has no list of stages");
	assert_false(outline_definition("{", 80, &out, &err));
	assert_true(text_starts(err.text, "the template's definition: line 1"));
	buf_done(&out);
}

static void rows_are_cut_by_cells_and_not_by_bytes(void **state)
{
	struct buf out;

	buf_init(&out, BUF_MAX);
	outline_row(&out, 1, "\xe9\x98\xb6\xe6\xae\xb5\xe4\xb8\x80", NULL, 7);
	assert_string_equal(out.data, "  \xe9\x98\xb6\xe6\xae\xb5~\n");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_is_accepted_and_kept_byte_for_byte),
		cmocka_unit_test(the_seed_is_drawn_as_its_chain_with_tasks_below),
		cmocka_unit_test(each_mistake_is_told_with_its_path_and_line),
		cmocka_unit_test(what_is_no_json_is_told_with_line_and_column),
		cmocka_unit_test(escapes_are_decoded),
		cmocka_unit_test(many_faults_are_counted_beyond_the_maximum),
		cmocka_unit_test(standard_input_is_read_to_its_end),
		cmocka_unit_test(what_is_no_small_regular_file_is_refused),
		cmocka_unit_test(the_verdict_on_random_graphs_is_that_of_brute_force),
		cmocka_unit_test(a_definition_is_drawn_as_stages_jobs_and_steps),
		cmocka_unit_test(rows_are_cut_by_cells_and_not_by_bytes),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
