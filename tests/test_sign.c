/* SPDX-License-Identifier: MIT */
/* Signatures: the published vectors (api.md 2.2), and what must not change the canonical form. */
#include "test.h"

#include "api/sign.h"
#include "core/hash.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define A_URL "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs" \
	      "?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"
#define D_URL "http://127.0.0.1:8080/v5/0123456789abcdef0123456789abcdef/api/pipelines/" \
	      "fedcba9876543210fedcba9876543210/pipeline-runs/list"

static const struct vector {
	const char *method, *url, *body;
	struct header headers[4];
	size_t n_headers;
	const char *access_key, *secret_key;
	const char *canonical_hex; /* NULL: not published */
	const char *authorization;
} vectors[] = {
	{"GET", A_URL, NULL,
	 {{"X-Sdk-Date", "20191115T033655Z"}, {"Host", "service.region.example.com"},
	  {"Content-Type", "application/json"}},
	 3, "QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
	 "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
	 "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, "
	 "Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe"},
	{"GET", "https://service.region.example.com/path?limit=1", NULL,
	 {{"x-sdk-date", "20060102T150405Z"}}, 1, "AccessKey", "SecretKey", NULL,
	 "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, "
	 "Signature=5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
	{"POST", "https://service.region.example.com/path?key=value", "{\"Name\":\"test\",\"Id\":1}\n",
	 {{"x-sdk-date", "20060102T150405Z"}}, 1, "AccessKey", "SecretKey", NULL,
	 "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, "
	 "Signature=cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
	{"POST", D_URL, "{\"offset\":0,\"limit\":10,\"status\":[\"RUNNING\"]}",
	 {{"host", "127.0.0.1:8080"}, {"CONTENT-TYPE", " application/json\t"},
	  {"X-Sdk-Date", "20260102T030405Z"}},
	 3, "TESTKEY", "TESTSECRETKEY",
	 "3d3d301abcd4e936f813db0ccc0100ba3f30d21c5a0eb40e6265fb33819025c7",
	 "SDK-HMAC-SHA256 Access=TESTKEY, SignedHeaders=content-type;host;x-sdk-date, "
	 "Signature=583eaac520c2e87c7cc14da6bf6177b6c9972d7a45fc652e1a3f71759d3d3d11"},
};

static struct sign_request request_of(const struct vector *v)
{
	return (struct sign_request){
		.method = v->method,
		.url = v->url,
		.headers = v->headers,
		.n_headers = v->n_headers,
		.body = v->body,
		.body_len = v->body ? strlen(v->body) : 0,
	};
}

static void the_published_vectors_come_out(void **state)
{
	char hex[HASH_SHA256_HEX];
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct sign_request request = request_of(&vectors[i]);

		buf_init(&b, BUF_MAX);
		sign_canonical(&request, &b);
		hash_sha256_hex(b.data, b.len, hex);
		if (vectors[i].canonical_hex)
			assert_string_equal(hex, vectors[i].canonical_hex);
		buf_clear(&b);
		sign_authorization(&request, vectors[i].access_key, vectors[i].secret_key, &b);
		assert_string_equal(b.data, vectors[i].authorization);
		buf_done(&b);
	}
}

static void the_canonical_request_is_the_guides(void **state)
{
	struct sign_request request = request_of(&vectors[0]);
	struct buf b;

	buf_init(&b, BUF_MAX);
	sign_canonical(&request, &b);
	assert_string_equal(b.data, "GET\n"
				    "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs/\n"
				    "limit=2&marker=13551d6b-755d-4757-b956-536f674975c0\n"
				    "content-type:application/json\n"
				    "host:service.region.example.com\n"
				    "x-sdk-date:20191115T033655Z\n"
				    "\n"
				    "content-type;host;x-sdk-date\n" EMPTY_SHA256);
	buf_done(&b);
}

static void paths_and_queries_have_one_form(void **state)
{
	static const struct {
		const char *url, *canonical; /* path and query lines */
	} rows[] = {
		{"https://h", "/\n\n"},
		{"https://h/", "/\n\n"},
		{"https://h?b=1", "/\nb=1\n"},
		{"https://h/a", "/a/\n\n"},
		{"https://h/a/", "/a/\n\n"},
		{"https://h/a//b", "/a//b/\n\n"},
		{"https://h/a?", "/a/\n\n"},
		{"https://h/a%2fb/%e4%b8%ad/c~d", "/a%2Fb/%E4%B8%AD/c~d/\n\n"},
		{"https://h/a b/\xE4\xB8\xAD", "/a%20b/%E4%B8%AD/\n\n"},
		{"https://h/%41%7e%2D", "/A~-/\n\n"},
		{"https://h/a:b@c!$&'()*+,;=", "/a%3Ab%40c%21%24%26%27%28%29%2A%2B%2C%3B%3D/\n\n"},
		{"https://h/x?b=2&a=1", "/x/\na=1&b=2\n"},
		{"https://h/x?a=2&a=1&a=10", "/x/\na=1&a=10&a=2\n"},
		{"https://h/x?flag&a=", "/x/\na=&flag=\n"},
		{"https://h/x?a=b=c&&d=%3d", "/x/\na=b%3Dc&d=%3D\n"},
		{"https://h/x?a-b=1&a=2", "/x/\na=2&a-b=1\n"},
		{"https://h/x?q=a+b%20c", "/x/\nq=a%2Bb%20c\n"},
		{"https://h/x?u=http://h/y?z", "/x/\nu=http%3A%2F%2Fh%2Fy%3Fz\n"},
		{"https://h/x?a=1#f", "/x/\na=1\n"},
		{"https://h/x%", "/x%25/\n\n"},
		{"https://h/x%2", "/x%252/\n\n"},
	};
	struct buf b, expected;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sign_request request = {.method = "GET", .url = rows[i].url};

		buf_init(&b, BUF_MAX);
		buf_init(&expected, BUF_MAX);
		sign_canonical(&request, &b);
		buf_addf(&expected, "GET\n%s\n\n" EMPTY_SHA256, rows[i].canonical);
		if (strcmp(b.data, expected.data) != 0)
			fail_msg("%s: %s", rows[i].url, b.data);
		buf_done(&b);
		buf_done(&expected);
	}
}

static void a_date_is_in_utc_and_has_whole_seconds(void **state)
{
	char date[SIGN_DATE_SIZE];

	setenv("TZ", "Asia/Shanghai", 1);
	sign_date(INT64_C(1767323045999), date);
	assert_string_equal(date, "20260102T030405Z");
	sign_date(0, date);
	assert_string_equal(date, "19700101T000000Z");
	setenv("TZ", "UTC", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vectors_come_out),
		cmocka_unit_test(the_canonical_request_is_the_guides),
		cmocka_unit_test(paths_and_queries_have_one_form),
		cmocka_unit_test(a_date_is_in_utc_and_has_whole_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
