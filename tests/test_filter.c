/* SPDX-License-Identifier: MIT */
/*
 * The last filter: each door through which words leave the program, tried with a text that has a
 * live secret in it. A door that forgets the filter lets the secret's beginning through, which is
 * what is looked for, since most doors cut what is long.
 */
#include "test.h"

#include <ev.h>
#include <unistd.h>

#include "../src/app/argv.h"
#include "../src/app/facts.h"
#include "../src/net/headers.h"
#include "api/decode.h"
#include "app/chores.h"
#include "app/statefile.h"
#include "core/mem.h"
#include "core/vault.h"
#include "ui/ui.h"
#include "world.h"

#define TOKEN                                                                                   \
	"MIIcanary7Qz/pT0xWv+2Lk9sJd4HfYb6Rn1Gm8Ec5UaXo3Kq-Zw_IyTrPeSvNjLuBh0DgFiAkVlCtOxMzWqEyHs"    \
	"9d2Jf7Kx4Lm6Nb8Vc0Zq1Ws3Ed5Rf7Tg9Yh2Uj4Ik6Ol8Pa0Sx1Dc3Fv5Gb7Hn9Jm"
#define BEGINNING "MIIcanary7Qz/pT0x" /* as much as makes a secret known */
#define PASSWORD "k9#short"

static int open_vault(void **state)
{
	char **secrets = mem_calloc(2, sizeof(*secrets));

	secrets[0] = vault_keep(TOKEN);
	secrets[1] = vault_keep(PASSWORD);
	*state = secrets;
	return 0;
}

static int close_vault(void **state)
{
	char **secrets = *state;

	vault_drop(secrets[0]);
	vault_drop(secrets[1]);
	mem_free(secrets);
	return 0;
}

static void assert_clean(const char *text)
{
	if (strstr(text, BEGINNING) || strstr(text, PASSWORD))
		fail_msg("it says %s", text);
}

/* ---- sentences ---- */

static void a_sentence_hides_a_secret_wherever_it_would_be_cut(void **state)
{
	char padding[256] = "";
	size_t i;

	(void)state;
	for (i = 0; i + 1 < sizeof(padding); i++) {
		struct err err = {0};

		padding[i] = '.';
		err_set(&err, ERR_REMOTE, 0, "%s" TOKEN " %s", padding, PASSWORD);
		assert_clean(err.text);
		err_set(&err, ERR_REMOTE, 0, "said");
		err_prefix(&err, "%.*s%s", (int)i, padding, TOKEN);
		assert_clean(err.text);
	}
}

static void a_password_is_known_as_it_stands_in_json(void **state)
{
	static const char quoted[] = "a\"b\\c\"d and more";
	char *secret = vault_keep(quoted), text[100] = "{\"password\":\"a\\\"b\\\\c\\\"d and more\"}";

	(void)state;
	assert_true(vault_scrub_text(text, sizeof(text)));
	assert_null(strstr(text, "and more"));
	vault_drop(secret);
	snprintf(text, sizeof(text), "a\\\"b\\\\c\\\"d and more");
	assert_false(vault_found(text, strlen(text)));
}

static void an_error_of_the_server_is_filtered_while_it_is_whole(void **state)
{
	static const char *const bodies[] = {
		"{\"error_code\":\"X.1\",\"error_msg\":\"bad X-Auth-Token: " TOKEN "\"}",
		"{\"error_code\":\"" TOKEN "\",\"error_msg\":\"no\"}",
		"{\"error_code\":\"X.1\",\"error_msg\":\"no\",\"request_id\":\"" TOKEN "\"}",
		"{\"error\":{\"code\":401,\"message\":\"" TOKEN "\",\"title\":\"Unauthorized\"}}",
		"{\"error\":\"" TOKEN "\"}",
		/* As some write JSON: every slash and sign escaped. */
		"{\"error_code\":\"X.1\",\"error_msg\":\"MIIcanary7Qz\\/pT0xWv\\u002b2Lk9sJd4HfYb6Rn1Gm8Ec5UaXo3"
		"Kq-Zw_IyTrPeSvNjLuBh0DgFiAkVlCtOxMzWqEyHs"
		"9d2Jf7Kx4Lm6Nb8Vc0Zq1Ws3Ed5Rf7Tg9Yh2Uj4Ik6Ol8Pa0Sx1Dc3Fv5Gb7Hn9Jm\"}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct decode_error error;
		struct json *json = json_parse(bodies[i], strlen(bodies[i]), NULL, NULL, NULL, NULL);

		assert_non_null(json);
		decode_error(json, &error);
		json_free(json);
		assert_true(error.failed);
		assert_clean(error.code);
		assert_clean(error.message);
		assert_clean(error.request_id);
	}
}

static void a_header_is_filtered_while_it_is_whole(void **state)
{
	static const char *const lines[] = {"X-Request-Id: req-" TOKEN "\r\n",
					    "Location: https://" TOKEN ".example.com/?t=" TOKEN "\r\n"};
	struct headers headers;
	char host[300];
	size_t i;

	(void)state;
	headers_init(&headers);
	for (i = 0; i < 2; i++)
		assert_true(headers_line(&headers, lines[i], strlen(lines[i])));
	headers_location_host(&headers, "own", host, sizeof(host));
	assert_clean(headers.request_id);
	assert_clean(headers.location);
	assert_clean(host);
	assert_int_equal(strncmp(headers.request_id, "req-<token ", 11), 0);
	headers_done(&headers);
}

/* ---- what leaves the dashboard ---- */

static bool take_copy(void *self, const char *text, size_t len, struct err *err)
{
	(void)err;
	buf_clear(self);
	return buf_add(self, text, len);
}

static void hear(void *self, bool bad, const char *text)
{
	(void)self, (void)bad;
	assert_clean(text);
}

static void the_clipboard_gets_no_secret(void **state)
{
	struct buf copied;
	struct chores *chores;

	(void)state;
	buf_init(&copied, BUF_MAX);
	chores = chores_new(&(struct chores_options){
		.loop = ev_default_loop(0), .utf8 = true, .say = hear, .copy = take_copy, .self = &copied});
	assert_true(chores_copy(chores, "line 1\nexport TOKEN=" TOKEN "\nline 3", NULL));
	assert_clean(copied.data);
	assert_non_null(strstr(copied.data, "line 1\nexport TOKEN=<"));
	assert_non_null(strstr(copied.data, ">\nline 3"));
	chores_free(chores);
	buf_done(&copied);
}

/* As an answer of the server's would. */
static void rename_pipeline(struct store *store, int number, const char *name)
{
	struct pipeline pipeline = {.project_id = mem_strdup(WORLD_PROJECT), .name = mem_strdup(name)};
	char id[40];

	snprintf(id, sizeof(id), "b%031d", number);
	pipeline.id = mem_strdup(id);
	store_take_pipelines(store, WORLD_PROJECT, &pipeline, 1, 1000000, 2000);
	pipeline_done(&pipeline);
}

static void name_run(struct ref *ref, int number)
{
	char id[40];

	memset(ref, 0, sizeof(*ref));
	snprintf(id, sizeof(id), "b%031d", number);
	ref_set(ref, REF_PROJECT, WORLD_PROJECT);
	ref_set(ref, REF_PIPELINE, id);
	id[0] = 'c';
	ref_set(ref, REF_RUN, id);
}

static void a_saved_file_is_not_called_by_a_secret(void **state)
{
	struct store *store = store_new();
	struct ref ref;
	struct buf name;

	(void)state;
	world_fill(store);
	rename_pipeline(store, 2, TOKEN);
	name_run(&ref, 2);
	buf_init(&name, BUF_MAX);
	chores_name(store, &ref, &name);
	assert_clean(name.data);
	assert_int_equal(strncmp(name.data, "_token_", 7), 0);
	buf_done(&name);
	ref_done(&ref);
	store_free(store);
}

static void a_hook_is_told_no_secret(void **state)
{
	struct store *store = store_new();
	struct change change = {.seq = 1, .kind = CHANGE_FAILED, .pipeline = mem_strdup(TOKEN)};
	char **env;
	size_t i;

	(void)state;
	world_fill(store);
	name_run(&change.ref, 2);
	env = facts_new(&change, store, "on_fail", true);
	for (i = 0; env[i]; i++)
		assert_clean(env[i]);
	assert_true(i > 3);
	argv_free(env);
	ref_done(&change.ref);
	mem_free(change.pipeline);
	store_free(store);
}

static void the_state_file_has_no_secret(void **state)
{
	char path[64] = "/tmp/pipetop-filter-XXXXXX", text[4096];
	int fd = mkstemp(path);
	struct statefile *s = statefile_new(path);
	struct err err = {0};
	FILE *f;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	statefile_put(s, "history", ":set token = " TOKEN, "x", 1);
	statefile_put(s, "views", "mine", "password " PASSWORD, 2);
	if (!statefile_save(s, &err))
		fail_msg("%s", err.text);
	statefile_free(s);
	f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	unlink(path);
	strcat(path, ".lock");
	unlink(path);
	assert_non_null(strstr(text, "views"));
	assert_clean(text);
}

/* ---- the screen ---- */

static void draw(struct ui *ui, struct grid *grid, struct buf *dump)
{
	const struct ui_now now = {.now_ms = 5000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};

	ui_resize(ui, grid_rows(grid), grid_cols(grid));
	ui_draw(ui, grid, &now);
	buf_clear(dump);
	grid_dump(grid, false, dump);
}

static void a_frame_stars_out_a_secret_in_names_and_messages(void **state)
{
	struct store *store = store_new();
	struct grid *grid = grid_new(30, 90);
	struct buf dump;
	struct ui *ui;

	(void)state;
	world_fill(store);
	rename_pipeline(store, 2, TOKEN);
	ui = ui_new(&(struct ui_options){.store = store, .place = "shop", .utf8 = true});
	buf_init(&dump, BUF_MAX);
	draw(ui, grid, &dump);
	assert_clean(dump.data);
	assert_non_null(strstr(dump.data, "*****"));
	ui_message(ui, true, "refused: %s", TOKEN);
	draw(ui, grid, &dump);
	assert_clean(dump.data);
	assert_non_null(strstr(dump.data, "refused: <token "));
	buf_done(&dump);
	ui_free(ui);
	grid_free(grid);
	store_free(store);
}

int main(void)
{
#define VAULT_TEST(name) cmocka_unit_test_setup_teardown(name, open_vault, close_vault)
	const struct CMUnitTest tests[] = {
		VAULT_TEST(a_sentence_hides_a_secret_wherever_it_would_be_cut),
		VAULT_TEST(a_password_is_known_as_it_stands_in_json),
		VAULT_TEST(an_error_of_the_server_is_filtered_while_it_is_whole),
		VAULT_TEST(a_header_is_filtered_while_it_is_whole),
		VAULT_TEST(the_clipboard_gets_no_secret),
		VAULT_TEST(a_saved_file_is_not_called_by_a_secret),
		VAULT_TEST(a_hook_is_told_no_secret),
		VAULT_TEST(the_state_file_has_no_secret),
		VAULT_TEST(a_frame_stars_out_a_secret_in_names_and_messages),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
