/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "fake.h"

struct seen {
	int n, status;
	enum err_kind kind;
	char body[64];
	struct fake *again; /* send another from done */
};

static void done(void *self, uint64_t id, const struct response *r)
{
	struct seen *seen = self;

	seen->n++;
	seen->status = r->status;
	seen->kind = r->err.kind;
	snprintf(seen->body, sizeof(seen->body), "%s", r->body);
	if (seen->again) {
		struct transport *t = fake_transport(seen->again);

		seen->again = NULL;
		t->send(t, &(struct request){.method = "GET", .url = "http://x/again"}, done, seen);
	}
}

static uint64_t get(struct fake *f, const char *url, struct seen *seen)
{
	struct transport *t = fake_transport(f);
	struct header header = {"X-Auth-Token", "t"};
	struct request r = {.method = "GET", .url = url, .headers = &header, .n_headers = 1,
			    .max_body = 16};

	return t->send(t, &r, done, seen);
}

static void answers_match_by_url_and_wait_for_delivery(void **state)
{
	struct fake *f = fake_new();
	struct seen a = {0}, b = {0}, c = {0};

	fake_answer(f, "/b", 404, "no");
	fake_answer(f, NULL, 0, "one");
	get(f, "http://x/a", &a);
	get(f, "http://x/b", &b);
	get(f, "http://x/c", &c);
	assert_int_equal(a.n + b.n, 0);
	assert_int_equal(fake_deliver(f), 2);
	assert_string_equal(a.body, "one");
	assert_int_equal(a.status, 200);
	assert_int_equal(b.status, 404);
	assert_int_equal(c.n, 0);
	assert_int_equal(fake_pending(f), 1);
	assert_int_equal(fake_left(f), 0);
	assert_string_equal(fake_header(fake_request(f, 1), "x-auth-token"), "t");
	fake_free(f);
	assert_int_equal(c.kind, ERR_CANCELLED);
}

static void cancel_runs_done_once_and_what_is_sent_from_done_waits(void **state)
{
	struct fake *f = fake_new();
	struct transport *t = fake_transport(f);
	struct seen a = {.again = f}, b = {0};
	uint64_t id = get(f, "http://x/a", &a);

	fake_reply(f, &(struct fake_reply){.times = FAKE_ALWAYS, .body = "this is far too long"});
	t->cancel(t, id);
	t->cancel(t, id);
	t->cancel(t, 999);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.kind, ERR_CANCELLED);
	b.again = f;
	get(f, "http://x/b", &b);
	assert_int_equal(fake_deliver(f), 2);
	assert_int_equal(b.kind, ERR_REMOTE);
	assert_int_equal(fake_pending(f), 1);
	assert_int_equal(fake_deliver(f), 1);
	assert_int_equal(b.n, 2);
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_match_by_url_and_wait_for_delivery),
		cmocka_unit_test(cancel_runs_done_once_and_what_is_sent_from_done_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
