/* SPDX-License-Identifier: MIT */
/*
 * `:template` in the real program, in front of the real simulator: what it reads, what it says when it
 * cannot, and what becomes of a template in the hands of an operator.
 */
#include "test.h"

#include <arpa/inet.h>
#include <locale.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "stage.h"

#define TENANT "ffffffff000000000000000000000001"

static void expect(struct stage *s, const char *text)
{
	struct buf screen;

	if (pty_wait_text(s->pty, text, stage_patience_ms()))
		return;
	buf_init(&screen, BUF_MAX);
	pty_screen(s->pty, &screen);
	fprintf(stderr, "%s", screen.data); /* whole: cmocka cuts messages at 1 KiB */
	buf_done(&screen);
	fail_msg("\"%s\" did not come", text);
}

static void expect_gone(struct stage *s, const char *text)
{
	if (!pty_wait_gone(s->pty, text, stage_patience_ms()))
		fail_msg("\"%s\" does not go", text);
}

static void open_with(struct stage *s, const char *tenant, const char *const *env)
{
	struct stage_options options = {.scenario = "demo", .seed = "7", .rows = 24, .cols = 100};
	static char said[128];
	size_t n = 0;

	snprintf(said, sizeof(said), "PIPETOP_TENANT=%s", tenant ? tenant : "");
	options.env[n++] = tenant ? said : "PIPETOP_TENANT";
	options.env[n++] = "VISUAL";
	for (; env && *env; env++)
		options.env[n++] = *env;
	stage_open(s, &options);
	expect(s, "LIVE");
}

static void leave(struct stage *s)
{
	pty_keys(s->pty, "\003");
	assert_int_equal(pty_exit_status(s->pty, stage_patience_ms()), 0);
	assert_true(pty_modes_restored(s->pty));
	stage_close(s);
}

static void control(struct stage *s, const char *path)
{
	struct buf said;

	buf_init(&said, BUF_MAX);
	if (!stage_ask(s, "POST", path, &said))
		fail_msg("%s: %s", path, said.data);
	buf_done(&said);
}

/* A colleague makes a template. */
static void make_with(struct stage *s, const char *name, const char *variables)
{
	static const char *const form =
		"{\"name\":\"%s\",\"language\":\"java\",\"is_system\":false,\"is_show_source\":true,"
		"\"domain_id\":\"" TENANT "\",\"description\":\"of the shop\",\"variables\":[%s],"
		"\"definition\":\"{\\\"stages\\\":[{\\\"name\\\":\\\"Assemble\\\",\\\"jobs\\\":[{\\\"name\\\":\\\"compile it\\\","
		"\\\"steps\\\":[{\\\"name\\\":\\\"maven\\\",\\\"task\\\":\\\"official_shell\\\"}]}]}]}\"}";
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
	char body[2048], request[4096], answer[4096];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	snprintf(body, sizeof(body), form, name, variables);
	snprintf(request, sizeof(request),
		 "POST /v5/" TENANT "/api/pipeline-templates HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: demo\r\n"
		 "Content-Type: application/json\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
		 strlen(body), body);
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	n = recv(fd, answer, sizeof(answer), MSG_WAITALL);
	assert_true(n > 12);
	assert_memory_equal(answer, "HTTP/1.1 200", 12);
	close(fd);
}

static void make(struct stage *s, const char *name)
{
	make_with(s, name,
		  "{\"name\":\"stage_of_delivery\",\"type\":\"enum\",\"value\":\"test\",\"limits\":[\"test\",\"live\"]},"
		  "{\"name\":\"password\",\"type\":\"string\",\"value\":\"hunter2-hunter2\",\"is_secret\":true}");
}

/* ---- reading ---- */

static void the_list_the_filter_and_the_detail(void **state)
{
	struct stage s;

	open_with(&s, TENANT, NULL);
	make(&s, "shop service");
	pty_keys(s.pty, ":template\r");
	expect(&s, "android");
	expect(&s, "shop service");
	expect(&s, "upd ");
	pty_keys(s.pty, "/^shop");
	expect(&s, "Templates  1 of ");
	pty_keys(s.pty, "\r\r");
	expect(&s, "WHAT IT MAKES");
	expect(&s, "compile it");
	expect(&s, "maven  (official_shell)");
	expect(&s, "test, live");
	expect(&s, "********");
	assert_false(pty_shows(s.pty, "hunter2"));
	pty_keys(s.pty, "q");
	expect(&s, "Templates  1 of ");
	pty_keys(s.pty, "\033");
	expect(&s, "android");
	pty_keys(s.pty, "q");
	expect(&s, "PIPELINES");
	expect(&s, "LIVE");
	leave(&s);
}

static void a_demo_has_templates_of_its_own(void **state)
{
	struct stage_options options = {.demo = true, .rows = 24, .cols = 80, .env = {"PIPETOP_TENANT"}};
	struct stage s;

	stage_open(&s, &options);
	expect(&s, "LIVE");
	pty_keys(s.pty, ":template ^java\r");
	expect(&s, "Templates  1 of ");
	pty_keys(s.pty, "\r");
	expect(&s, "kind           system: it can be copied and used");
	leave(&s);
}

static void more_pages_than_one_are_read(void **state)
{
	struct stage s;
	char name[32];
	int i;

	open_with(&s, TENANT, NULL);
	for (i = 0; i < 205; i++) {
		snprintf(name, sizeof(name), "template %d", i);
		make(&s, name);
	}
	pty_keys(s.pty, ":template ^template \r");
	expect(&s, "Templates  205 of 2");
	pty_keys(s.pty, "G");
	expect(&s, "| template 204");
	pty_keys(s.pty, ":template e 204\r");
	expect(&s, "Templates  1 of 2");
	leave(&s);
}

static void without_an_account_the_mend_is_said(void **state)
{
	struct stage s;

	open_with(&s, NULL, NULL);
	pty_keys(s.pty, ":template\r");
	expect(&s, "NOT READ");
	expect(&s, "PIPETOP_TENANT");
	leave(&s);
}

static void who_is_not_permitted_is_told_and_may_ask_again(void **state)
{
	struct stage s;

	open_with(&s, TENANT, NULL);
	control(&s, "/_sim/fault?class=other&kind=status&status=403&count=-1");
	pty_keys(s.pty, ":template\r");
	expect(&s, "NOT READ");
	expect(&s, "403");
	control(&s, "/_sim/clear-faults");
	pty_keys(s.pty, "r");
	expect(&s, "android");
	leave(&s);
}

static void a_server_that_goes_leaves_what_was_read(void **state)
{
	struct stage s;

	open_with(&s, TENANT, NULL);
	pty_keys(s.pty, ":template\r");
	expect(&s, "android");
	stage_stop_sim(&s);
	pty_keys(s.pty, "r");
	expect(&s, "STALE");
	expect(&s, "android");
	stage_start_sim(&s);
	expect_gone(&s, "STALE");
	expect(&s, "upd ");
	leave(&s);
}

/* ---- acting ---- */

/* Says yes to what the box asks, once it is there. */
static void confirm(struct stage *s, const char *title)
{
	expect(s, title);
	expect(s, "y does it");
	pty_keys(s->pty, "y");
}

static void open_shop(struct stage *s, const char *const *env)
{
	open_with(s, TENANT, env);
	make(s, "shop service");
	pty_keys(s->pty, ":template ^shop\r");
	expect(s, "1 of ");
}

static void a_favourite_is_made_and_unmade(void **state)
{
	struct stage s;

	open_shop(&s, NULL);
	pty_keys(s.pty, ":template-favourite on\r");
	confirm(&s, "Favourite template");
	expect(&s, "is a favourite now");
	expect(&s, "|*shop service");
	pty_keys(s.pty, " ");
	expect_gone(&s, "any key closes");
	pty_keys(s.pty, ":template-favourite on\r");
	expect(&s, "is a favourite already");
	pty_keys(s.pty, ":template-favourite off\r");
	confirm(&s, "No favourite any more");
	expect(&s, "is no favourite any more");
	expect(&s, "| shop service");
	leave(&s);
}

static void a_system_template_is_copied(void **state)
{
	struct stage s;

	open_with(&s, TENANT, NULL);
	pty_keys(s.pty, ":template ^java\r");
	expect(&s, "1 of ");
	pty_keys(s.pty, ":template-delete\r");
	expect(&s, "is a template of the system");
	pty_keys(s.pty, ":template-copy java of ours\r");
	confirm(&s, "Copy template");
	expect(&s, "copied, as java of ours");
	expect(&s, "2 of ");
	pty_keys(s.pty, " ");
	expect_gone(&s, "any key closes");
	pty_keys(s.pty, ":template-copy java of ours\r");
	confirm(&s, "Copy template");
	expect(&s, "there is a template called");
	leave(&s);
}

/* An editor that is a script; each line of it has the file as $1. */
static void write_editor(char *path, size_t size, const char *script)
{
	FILE *f;

	snprintf(path, size, "%s/tests/editor-%d.sh", getenv("top_builddir"), (int)getpid());
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	chmod(path, 0700);
}

static void an_editor_changes_a_template(void **state)
{
	char path[4096], variable[4200];
	const char *env[] = {variable, NULL};
	struct stage s;

	write_editor(path, sizeof(path), "sed -i 's/^name: .*/name: shop 服务/; "
					 "s/^description: .*/description: new words/' \"$1\"");
	snprintf(variable, sizeof(variable), "EDITOR=%s", path);
	open_shop(&s, env);
	pty_keys(s.pty, ":template-edit\r");
	expect(&s, "Change template");
	expect(&s, "shop service -> shop 服务");
	expect(&s, "of the shop -> new words");
	pty_keys(s.pty, "n");
	expect(&s, "nothing was done");
	pty_keys(s.pty, ":template-edit\r");
	confirm(&s, "Change template");
	expect(&s, "template shop service: changed");
	expect(&s, "| shop 服务");
	unlink(path);
	leave(&s);
}

/* The text is not lost: the second time the editor finds it as it was left, and mends it. */
static void a_mistake_is_told_with_its_line_and_mended(void **state)
{
	char path[4096], variable[4200];
	const char *env[] = {variable, NULL};
	struct stage s;

	write_editor(path, sizeof(path),
		     "if grep -q '^language: cobol' \"$1\"\n"
		     "then sed -i 's/^language: cobol/language: go/' \"$1\"\n"
		     "else sed -i 's/^language: .*/language: cobol/; s/^name: .*/name: shop kept/' \"$1\"\n"
		     "fi");
	snprintf(variable, sizeof(variable), "EDITOR=%s", path);
	open_shop(&s, env);
	pty_keys(s.pty, ":template-edit\r");
	expect(&s, "line ");
	expect(&s, "cobol");
	pty_keys(s.pty, ":template-edit\r");
	expect(&s, "java -> go");
	confirm(&s, "shop service -> shop kept");
	expect(&s, "template shop service: changed");
	unlink(path);
	leave(&s);
}

static void an_editor_that_changes_nothing_sends_nothing(void **state)
{
	static const char *const env[] = {"EDITOR=true", NULL}, *const failing[] = {"EDITOR=false", NULL};
	struct stage s;

	open_shop(&s, env);
	pty_keys(s.pty, ":template-edit\r");
	expect(&s, "nothing was changed");
	leave(&s);
	open_shop(&s, failing);
	pty_keys(s.pty, ":template-edit\r");
	expect(&s, "not changed: ");
	leave(&s);
}

static void a_template_is_deleted_only_after_a_yes(void **state)
{
	struct stage s;

	open_shop(&s, NULL);
	pty_keys(s.pty, "\r");
	expect(&s, "WHAT IT MAKES");
	pty_keys(s.pty, ":template-delete\r");
	expect(&s, "Delete template");
	expect(&s, "y does it");
	pty_keys(s.pty, "\r");
	expect(&s, "nothing was done");
	pty_keys(s.pty, ":template-delete\r");
	confirm(&s, "Delete template");
	expect(&s, "template shop service: deleted");
	expect(&s, "Templates  0 of ");
	leave(&s);
}

static void close_box(struct stage *s)
{
	pty_keys(s->pty, " ");
	expect_gone(s, "any key closes");
}

static void a_pipeline_is_made_of_a_template_without_parameters(void **state)
{
	struct stage s;

	open_with(&s, TENANT, NULL);
	make_with(&s, "plain", "");
	pty_keys(s.pty, ":template ^plain\r");
	expect(&s, "1 of ");
	pty_keys(s.pty, ":template-use brand-new\r");
	confirm(&s, "New pipeline from a template");
	expect(&s, "pipeline brand-new: made");
	close_box(&s);
	pty_keys(s.pty, "q");
	expect(&s, "PIPELINES");
	pty_keys(s.pty, "/brand-n\r");
	expect(&s, "|~ brand-new");
	leave(&s);
}

/* What was typed into a secret is on no screen, in no log, and in no file. */
static void a_form_asks_for_the_parameters(void **state)
{
	struct stage s;
	struct buf log;
	char path[128], *end;
	FILE *f;

	open_shop(&s, NULL);
	pty_keys(s.pty, ":template-use typed-in\r");
	expect(&s, "New pipeline typed-in of shop service");
	expect(&s, "[test] live");
	pty_keys(s.pty, "\033[C");
	expect(&s, "test [live]");
	pty_keys(s.pty, "\033[B");
	expect(&s, "|");
	pty_keys(s.pty, "sekrit-4711\033[B\r");
	expect(&s, "stage_of_delivery=live, password=********");
	assert_false(pty_shows(s.pty, "sekrit"));
	pty_keys(s.pty, "n");
	expect(&s, "nothing was done");
	expect(&s, "test [live]"); /* a no leaves the form as it was */
	pty_keys(s.pty, "\r");
	confirm(&s, "New pipeline from a template");
	expect(&s, "pipeline typed-in: made");
	close_box(&s);
	snprintf(path, sizeof(path), "%s/state/pipetop/audit.jsonl", s.home);
	f = fopen(path, "r");
	assert_non_null(f);
	buf_init(&log, BUF_MAX);
	end = buf_room(&log, 65536);
	buf_seal(&log, fread(end, 1, 65535, f));
	fclose(f);
	assert_non_null(strstr(log.data, "\"detail\":\"stage_of_delivery, password\""));
	assert_null(strstr(log.data, "sekrit"));
	buf_done(&log);
	leave(&s);
}

static void a_form_that_is_left_makes_nothing(void **state)
{
	struct stage s;

	open_shop(&s, NULL);
	pty_keys(s.pty, ":template-use never\r");
	expect(&s, "New pipeline never of shop service");
	pty_keys(s.pty, "\033");
	expect(&s, "nothing was started");
	expect(&s, "Templates  1 of ");
	leave(&s);
}

static void read_only_only_reads(void **state)
{
	struct stage_options options = {.scenario = "demo", .seed = "7", .rows = 24, .cols = 100,
					.args = {"--read-only"}, .env = {"PIPETOP_TENANT=" TENANT}};
	struct stage s;

	stage_open(&s, &options);
	expect(&s, "LIVE");
	make(&s, "shop service");
	pty_keys(s.pty, ":template ^shop\r");
	expect(&s, "1 of ");
	pty_keys(s.pty, ":template-delete\r");
	expect(&s, "read-only: :template-delete");
	leave(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_the_filter_and_the_detail),
		cmocka_unit_test(a_demo_has_templates_of_its_own),
		cmocka_unit_test(more_pages_than_one_are_read),
		cmocka_unit_test(without_an_account_the_mend_is_said),
		cmocka_unit_test(who_is_not_permitted_is_told_and_may_ask_again),
		cmocka_unit_test(a_server_that_goes_leaves_what_was_read),
		cmocka_unit_test(a_favourite_is_made_and_unmade),
		cmocka_unit_test(a_system_template_is_copied),
		cmocka_unit_test(an_editor_changes_a_template),
		cmocka_unit_test(a_mistake_is_told_with_its_line_and_mended),
		cmocka_unit_test(an_editor_that_changes_nothing_sends_nothing),
		cmocka_unit_test(a_template_is_deleted_only_after_a_yes),
		cmocka_unit_test(a_pipeline_is_made_of_a_template_without_parameters),
		cmocka_unit_test(a_form_asks_for_the_parameters),
		cmocka_unit_test(a_form_that_is_left_makes_nothing),
		cmocka_unit_test(read_only_only_reads),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
