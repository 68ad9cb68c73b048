/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/vault.h"

#define SECRET "s3cret-value-of-a-token"

static void a_kept_secret_is_a_copy_that_can_be_dropped(void **state)
{
	char text[] = SECRET, *secret = vault_keep(text);

	assert_ptr_not_equal(secret, text);
	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(secret, SECRET);
	vault_drop(secret);
	vault_drop(NULL);
	assert_null(vault_keep(NULL));
	assert_null(vault_take(NULL));
	secret = vault_take(mem_strdup("taken-secret"));
	assert_string_equal(secret, "taken-secret");
	vault_drop(secret);
}

/* What /proc says of the mapping that `p` lies in. */
static bool map_has_flag(const char *p, const char *flag)
{
	unsigned long from, to, at = (unsigned long)p;
	char line[1000];
	bool inside = false, found = false;
	FILE *f = fopen("/proc/self/smaps", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = at >= from && at < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(f);
	return found;
}

static void its_pages_are_not_dumped_and_its_own(void **state)
{
	char *a = vault_keep(SECRET), *b = vault_keep("another-secret");
	long page = sysconf(_SC_PAGESIZE);

	assert_true(map_has_flag(a, " dd"));
	assert_true(map_has_flag(b, " dd"));
	assert_int_not_equal((long)(uintptr_t)a / page, (long)(uintptr_t)b / page);
	vault_drop(a);
	vault_drop(b);
}

static void wiping_leaves_nothing(void **state)
{
	char *long_secret = mem_zalloc(10001), *a = vault_keep(SECRET), *b;
	size_t i;

	memset(long_secret, 'k', 10000);
	b = vault_keep(long_secret);
	vault_wipe_all();
	for (i = 0; i < strlen(SECRET); i++)
		assert_int_equal(a[i], 0);
	for (i = 0; i < 10000; i++)
		assert_int_equal(b[i], 0);
	assert_false(vault_found(long_secret, 10000));
	assert_false(vault_found(SECRET, strlen(SECRET)));
	vault_drop(a);
	vault_drop(b);
	mem_free(long_secret);
}

static void scrub(const char *text, struct buf *out)
{
	buf_init(out, BUF_MAX);
	buf_adds(out, text);
	vault_scrub(out);
}

static void live_secrets_are_found_and_replaced_everywhere(void **state)
{
	char *a = vault_keep(SECRET), *part = vault_keep("value-of-a"), *shorty = vault_keep("short");
	struct buf b, c;

	assert_true(vault_found("x" SECRET "y", strlen(SECRET) + 2));
	assert_false(vault_found("a short text", 12));
	assert_false(vault_found(SECRET, 9));
	scrub("GET " SECRET " and " SECRET ".", &b);
	assert_null(strstr(b.data, "s3cret"));
	assert_int_equal(strncmp(b.data, "GET <token ", 11), 0);
	assert_non_null(strstr(b.data, ", 23 B> and <token "));
	scrub("other value-of-a thing, short", &c); /* the part is a secret of its own */
	assert_non_null(strstr(c.data, ", 10 B> thing, short"));
	buf_done(&b);
	buf_done(&c);
	vault_drop(a);
	vault_drop(part);
	vault_drop(shorty);
	scrub("GET " SECRET, &b);
	assert_string_equal(b.data, "GET " SECRET);
	buf_done(&b);
}

/* One byte, the same through the life of a process and another one in the next. */
static void the_mark_tells_secrets_apart_but_says_nothing_of_them(void **state)
{
	char *a = vault_keep(SECRET);
	unsigned differ = 0, i;
	struct buf b, c;

	scrub(SECRET, &b);
	scrub(SECRET, &c);
	assert_string_equal(b.data, c.data);
	buf_done(&c);
	assert_int_equal(b.len, strlen("<token 3f, 23 B>"));
	for (i = 0; i < 3; i++) {
		char other[32] = "";
		int fds[2];
		FILE *f;

		assert_int_equal(pipe(fds), 0);
		if (fork() == 0) {
			dup2(fds[1], 1);
			setenv("VAULT_TEST_MARK", "1", 1);
			execl("/proc/self/exe", "test_vault", (char *)NULL);
			_exit(127);
		}
		close(fds[1]);
		f = fdopen(fds[0], "r");
		assert_non_null(fgets(other, sizeof(other), f));
		fclose(f);
		wait(NULL);
		assert_int_equal(strlen(other), b.len);
		differ += strcmp(other, b.data) != 0;
	}
	assert_true(differ > 0); /* three times the same by chance: once in 2^24 */
	buf_done(&b);
	vault_drop(a);
}

static void a_text_that_cannot_hold_the_mark_still_loses_the_secret(void **state)
{
	char *a = vault_keep(SECRET), text[30] = "at " SECRET, exact[24];
	struct buf b;

	assert_true(vault_scrub_text(text, sizeof(text)));
	assert_null(strstr(text, "s3cret"));
	assert_int_equal(strncmp(text, "at <token ", 10), 0);
	memcpy(exact, SECRET, sizeof(SECRET));
	assert_true(vault_scrub_text(exact, sizeof(exact)));
	assert_null(strstr(exact, "s3cret"));
	assert_false(vault_scrub_text(exact, sizeof(exact)));
	buf_init(&b, 25);
	buf_adds(&b, SECRET "!");
	assert_true(vault_scrub(&b));
	assert_null(strstr(b.data, "s3cret"));
	buf_done(&b);
	vault_drop(a);
}

/* A sentence has 200 bytes, a token has thousands. */
static void a_secret_that_the_end_of_the_text_cut_off_is_found(void **state)
{
	char token[1001], text[200], *a;
	size_t i;

	for (i = 0; i < 1000; i++)
		token[i] = (char)('a' + (i * 7 + i / 26) % 26);
	token[1000] = '\0';
	a = vault_keep(token);
	snprintf(text, sizeof(text), "no such thing: %.184s", token);
	assert_true(vault_scrub_text(text, sizeof(text)));
	assert_null(strstr(text, "ahov"));
	assert_non_null(strstr(text, "no such thing: <token "));
	snprintf(text, sizeof(text), "%.20s", token); /* too little to tell */
	assert_false(vault_scrub_text(text, sizeof(text)));
	snprintf(text, sizeof(text), "%.40s other", token); /* another's, that begins alike */
	assert_false(vault_scrub_text(text, sizeof(text)));
	vault_drop(a);
}

static void they_come_and_go_in_any_order(void **state)
{
	char text[40], *kept[40] = {NULL};
	unsigned i, n = 0;

	srand(7);
	for (i = 0; i < 2000; i++) {
		unsigned at = (unsigned)rand() % 40;

		snprintf(text, sizeof(text), "secret number %u %.*s", at, (int)(at / 2), "aaaaaaaaaaaaaaaaaaaa");
		assert_int_equal(vault_found(text, strlen(text)), kept[at] != NULL);
		if (kept[at]) {
			vault_drop(kept[at]);
			kept[at] = NULL;
		} else {
			kept[at] = vault_keep(text);
			n++;
		}
	}
	assert_true(n > 500);
	for (i = 0; i < 40; i++)
		vault_drop(kept[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kept_secret_is_a_copy_that_can_be_dropped),
		cmocka_unit_test(its_pages_are_not_dumped_and_its_own),
		cmocka_unit_test(wiping_leaves_nothing),
		cmocka_unit_test(live_secrets_are_found_and_replaced_everywhere),
		cmocka_unit_test(the_mark_tells_secrets_apart_but_says_nothing_of_them),
		cmocka_unit_test(a_text_that_cannot_hold_the_mark_still_loses_the_secret),
		cmocka_unit_test(a_secret_that_the_end_of_the_text_cut_off_is_found),
		cmocka_unit_test(they_come_and_go_in_any_order),
	};

	if (getenv("VAULT_TEST_MARK")) { /* the child of a test above */
		char *secret = vault_keep(SECRET);
		struct buf b;

		scrub(SECRET, &b);
		fputs(b.data, stdout);
		buf_done(&b);
		vault_drop(secret);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
