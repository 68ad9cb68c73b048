/* SPDX-License-Identifier: MIT */
/* What goes over the wire, and what is remembered of it. */
#include "test.h"

#include <ev.h>
#include <zlib.h>

#include "sim/ring.h"
#include "sim_client.h"

/* ---- gzip ---- */

struct wire {
	struct ev_loop *loop;
	struct sim *sim;
	char path[200];
};

static int open_with(void **state, bool gzip)
{
	struct wire *f = calloc(1, sizeof(*f));
	const char *top = getenv("top_srcdir");
	struct sim_options o;
	struct err err = {0};
	struct buf ids;
	char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/demo.conf", top ? top : ".");
	sim_options_init(&o);
	o.scenario = path;
	o.speed = 0;
	o.gzip = gzip;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	snprintf(f->path, sizeof(f->path), "/v5/%.32s/api/pipelines/list", ids.data);
	buf_done(&ids);
	*state = f;
	return 0;
}

static int open_gzip(void **state)
{
	return open_with(state, true);
}

static int open_plain(void **state)
{
	return open_with(state, false);
}

static int close_it(void **state)
{
	struct wire *f = *state;

	sim_free(f->sim);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static void ask(struct wire *f, const char *accept, const char *body, struct reply *r)
{
	struct buf out;

	buf_init(&out, BUF_MAX);
	buf_addf(&out,
		 "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: t\r\n"
		 "Content-Length: %zu\r\n",
		 f->path, strlen(body));
	if (accept)
		buf_addf(&out, "Accept-Encoding: %s\r\n", accept);
	buf_addf(&out, "\r\n%s", body);
	client_send(f->loop, f->sim, &out, r);
	buf_done(&out);
	assert_int_equal(r->status, 200);
}

static bool is_packed(const struct reply *r)
{
	return strcasestr(r->raw.data, "\r\nContent-Encoding: gzip\r\n") != NULL;
}

static size_t unpack(const struct reply *r, char *out, size_t size)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)r->body,
		      .avail_in = (uInt)r->len,
		      .next_out = (unsigned char *)out,
		      .avail_out = (uInt)size};

	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(inflateEnd(&z), Z_OK);
	return size - z.avail_out;
}

static void a_long_body_is_packed_for_who_accepts_it(void **state)
{
	static char text[1 << 20];
	struct wire *f = *state;
	struct reply plain, packed;
	size_t n;

	ask(f, NULL, "{\"limit\":20}", &plain);
	ask(f, "deflate, GZIP;q=0.8", "{\"limit\":20}", &packed);
	assert_true(!is_packed(&plain) && is_packed(&packed));
	assert_true(packed.len * 4 < plain.len);
	n = unpack(&packed, text, sizeof(text));
	assert_int_equal(n, plain.len);
	assert_memory_equal(text, plain.body, n);
	reply_done(&plain);
	reply_done(&packed);
}

static void a_short_body_or_a_refusal_is_left_alone(void **state)
{
	static const char *const rows[][2] = {
		{"gzip", "{\"name\":\"none\"}"},
		{"identity", "{}"},
		{"gzip;q=0", "{}"},
		{"br, gzip;q=0.0, *", "{}"},
	};
	struct wire *f = *state;
	struct reply r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask(f, rows[i][0], rows[i][1], &r);
		assert_false(is_packed(&r));
		reply_done(&r);
	}
}

static void without_the_option_nothing_is_packed(void **state)
{
	struct reply r;

	ask(*state, "gzip", "{\"limit\":20}", &r);
	assert_false(is_packed(&r));
	reply_done(&r);
}

/* ---- the ring ---- */

static char *path_of(size_t len)
{
	char *path = mem_alloc(len + 1);

	memset(path, 'x', len);
	path[len] = '\0';
	return path;
}

static void the_ring_forgets_the_oldest_by_number(void **state)
{
	struct ring r = {0};
	int i;

	for (i = 0; i < RING_SIZE + 10; i++)
		ring_add(&r, path_of(3));
	assert_int_equal(r.received, RING_SIZE + 10);
	assert_null(ring_get(&r, 0));
	assert_null(ring_get(&r, 10));
	assert_int_equal(ring_get(&r, 11)->number, 11);
	assert_int_equal(ring_get(&r, RING_SIZE + 10)->number, RING_SIZE + 10);
	assert_null(ring_get(&r, RING_SIZE + 11));
	ring_done(&r);
}

static void the_ring_forgets_the_oldest_by_bytes(void **state)
{
	struct ring r = {0};
	int i, there = 0;

	for (i = 1; i <= 20000; i++) {
		ring_add(&r, path_of(4000));
		assert_true(r.bytes <= RING_BYTES);
	}
	for (i = 1; i <= 20000; i++)
		there += ring_get(&r, (uint64_t)i) != NULL;
	assert_in_range(there, RING_BYTES / 4300, RING_BYTES / 4000);
	assert_non_null(ring_get(&r, 20000));
	ring_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_long_body_is_packed_for_who_accepts_it, open_gzip,
						close_it),
		cmocka_unit_test_setup_teardown(a_short_body_or_a_refusal_is_left_alone, open_gzip,
						close_it),
		cmocka_unit_test_setup_teardown(without_the_option_nothing_is_packed, open_plain,
						close_it),
		cmocka_unit_test(the_ring_forgets_the_oldest_by_number),
		cmocka_unit_test(the_ring_forgets_the_oldest_by_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
