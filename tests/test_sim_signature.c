/* SPDX-License-Identifier: MIT */
/* The simulator's verifier of SDK-HMAC-SHA256: published vectors, then over HTTP. */
#include "test.h"

#include "sim/signature.h"
#include "sim_client.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define D_SIGNED "content-type;host;x-sdk-date"
#define D_PATH                                                                                \
	"/v5/0123456789abcdef0123456789abcdef/api/pipelines/fedcba9876543210fedcba9876543210" \
	"/pipeline-runs/list"
#define D_BODY "{\"offset\":0,\"limit\":10,\"status\":[\"RUNNING\"]}"
#define D_SIGNATURE "583eaac520c2e87c7cc14da6bf6177b6c9972d7a45fc652e1a3f71759d3d3d11"
#define D_AUTHORIZATION \
	"SDK-HMAC-SHA256 Access=TESTKEY, SignedHeaders=" D_SIGNED ", Signature=" D_SIGNATURE
#define D_TIME_MS INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */
#define MINUTE_MS INT64_C(60000)

static const struct signature_keys d_keys = {"TESTKEY", "TESTSECRETKEY"};

static void add_header(struct request *r, const char *name, const char *value)
{
	r->headers[r->nheaders++] = (struct pair){name, value};
}

static void add_query(struct request *r, const char *name, const char *value)
{
	r->query[r->nquery++] = (struct pair){name, value};
}

static void set_body(struct request *r, const char *body)
{
	r->body = body;
	r->len = strlen(body);
}

static struct request vector_a(void)
{
	struct request r = {.method = "GET", .path = "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"};

	add_query(&r, "marker", "13551d6b-755d-4757-b956-536f674975c0");
	add_query(&r, "limit", "2");
	add_header(&r, "X-Sdk-Date", "20191115T033655Z");
	add_header(&r, "Host", "service.region.example.com");
	add_header(&r, "Content-Type", "  application/json ");
	return r;
}

static struct request vector_d(void)
{
	struct request r = {.method = "POST", .path = D_PATH, .authorization = D_AUTHORIZATION};

	set_body(&r, D_BODY);
	add_header(&r, "Content-Type", "application/json");
	add_header(&r, "Host", "127.0.0.1:8080");
	add_header(&r, "X-Sdk-Date", "20260102T030405Z");
	return r;
}

static void the_canonical_request_is_the_guides(void **state)
{
	struct request r = vector_a();
	char hex[HASH_SHA256_HEX];
	struct buf b;

	buf_init(&b, BUF_MAX);
	signature_canonical(&r, "content-type;host;x-sdk-date", &b);
	assert_string_equal(b.data, "GET\n"
				    "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs/\n"
				    "limit=2&marker=13551d6b-755d-4757-b956-536f674975c0\n"
				    "content-type:application/json\n"
				    "host:service.region.example.com\n"
				    "x-sdk-date:20191115T033655Z\n"
				    "\n"
				    "content-type;host;x-sdk-date\n" EMPTY_SHA256);
	hash_sha256_hex(b.data, b.len, hex);
	assert_string_equal(hex,
			    "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a");
	buf_done(&b);
}

static void assert_signature(const struct request *r, const char *headers, const char *secret,
			     const char *expected)
{
	char hex[HASH_SHA256_HEX];

	signature_make(r, headers, secret, hex);
	assert_string_equal(hex, expected);
}

static void the_published_vectors_come_out(void **state)
{
	struct request a = vector_a(), d = vector_d();
	struct request b = {.method = "GET", .path = "/path"};
	struct request c = {.method = "POST", .path = "/path"};

	assert_signature(&a, "content-type;host;x-sdk-date",
			 "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
			 "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe");
	add_query(&b, "limit", "1");
	add_header(&b, "x-sdk-date", "20060102T150405Z");
	assert_signature(&b, "x-sdk-date", "SecretKey",
			 "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624");
	add_query(&c, "key", "value");
	add_header(&c, "x-sdk-date", "20060102T150405Z");
	set_body(&c, "{\"Name\":\"test\",\"Id\":1}\n");
	assert_signature(&c, "x-sdk-date", "SecretKey",
			 "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59");
	assert_signature(&d, D_SIGNED, d_keys.secret, D_SIGNATURE);
}

static void escapes_and_the_order_of_the_query_do_not_matter(void **state)
{
	struct request r = {.method = "GET", .path = "/a%2Fb/%e4%b8%ad/c~d"};
	struct buf b;

	add_query(&r, "k", "b c");
	add_query(&r, "k", "a%2cb");
	add_query(&r, "ha lf%", NULL);
	buf_init(&b, BUF_MAX);
	signature_canonical(&r, "x-absent", &b);
	assert_string_equal(b.data, "GET\n"
				    "/a%2Fb/%E4%B8%AD/c~d/\n"
				    "ha%20lf%25=&k=a%2Cb&k=b%20c\n"
				    "x-absent:\n\nx-absent\n" EMPTY_SHA256);
	buf_done(&b);
}

/* ---- verdicts ---- */

static void spoil_nothing(struct request *r)
{
}

static void spoil_form(struct request *r)
{
	r->authorization = "SDK-HMAC-SHA256 Access=TESTKEY, Signature=" D_SIGNATURE;
}

static void spoil_key(struct request *r)
{
	r->authorization =
		"SDK-HMAC-SHA256 Access=NOBODY, SignedHeaders=" D_SIGNED ", Signature=" D_SIGNATURE;
}

static void spoil_signature(struct request *r)
{
	r->authorization = "SDK-HMAC-SHA256 Access=TESTKEY, SignedHeaders=" D_SIGNED
			   ", Signature=" EMPTY_SHA256;
}

static void spoil_method(struct request *r)
{
	r->method = "PUT";
}

static void spoil_path(struct request *r)
{
	r->path = D_PATH "s";
}

static void spoil_query(struct request *r)
{
	add_query(r, "limit", "1");
}

static void spoil_body(struct request *r)
{
	set_body(r, "{}");
}

static void spoil_host(struct request *r)
{
	r->headers[1].value = "127.0.0.1:8081";
}

static void spoil_date(struct request *r)
{
	r->headers[2].value = "2026-01-02T03:04:05Z";
}

static void spoil_coverage(struct request *r)
{
	r->authorization = "SDK-HMAC-SHA256 Access=TESTKEY, SignedHeaders=content-type;host"
			   ", Signature=" D_SIGNATURE;
}

static void spoil_security_token(struct request *r)
{
	add_header(r, "X-Security-Token", "temporary");
}

static void spoil_payload(struct request *r)
{
	add_header(r, "X-Sdk-Content-Sha256", EMPTY_SHA256);
}

static void a_signature_is_taken_or_refused_with_the_reason(void **state)
{
	static const struct {
		void (*spoil)(struct request *r);
		int64_t late_ms;
		const char *says; /* NULL: it is good */
	} rows[] = {
		{spoil_nothing, 0, NULL},
		{spoil_nothing, 15 * MINUTE_MS, NULL},
		{spoil_nothing, -15 * MINUTE_MS, NULL},
		{spoil_nothing, 15 * MINUTE_MS + 1,
		 "signature expired: X-Sdk-Date "
		 "20260102T030405Z is 15 minutes behind"},
		{spoil_nothing, -16 * MINUTE_MS, "is 16 minutes ahead"},
		{spoil_form, 0, "Authorization must be SDK-HMAC-SHA256 Access="},
		{spoil_key, 0, "the access key NOBODY does not exist"},
		{spoil_signature, 0,
		 "verify aksk signature fail, canonical request "
		 "3d3d301abcd4e936f813db0ccc0100ba3f30d21c5a0eb40e6265fb33819025c7"},
		{spoil_method, 0, "verify aksk signature fail"},
		{spoil_path, 0, "verify aksk signature fail"},
		{spoil_query, 0, "verify aksk signature fail"},
		{spoil_body, 0, "verify aksk signature fail"},
		{spoil_host, 0, "verify aksk signature fail"},
		{spoil_date, 0, "X-Sdk-Date must be YYYYMMDDTHHMMSSZ"},
		{spoil_coverage, 0, "x-sdk-date is not signed"},
		{spoil_security_token, 0, "x-security-token is not signed"},
		{spoil_payload, 0, "X-Sdk-Content-Sha256 is not the hash of the body"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request r = vector_d();
		struct err err = {0};
		bool good;

		rows[i].spoil(&r);
		good = signature_verify(&r, &d_keys, D_TIME_MS + rows[i].late_ms, &err);
		if (good != !rows[i].says || (rows[i].says && !strstr(err.text, rows[i].says)))
			fail_msg("row %zu: %s, expected %s", i, good ? "good" : err.text,
				 rows[i].says ? rows[i].says : "good");
	}
}

/* Signs with what the vectors have proved, so that other coverages can be tried. */
static bool verify_signed(struct request *r, const char *headers, struct err *err)
{
	char hex[HASH_SHA256_HEX], authorization[400];

	signature_make(r, headers, d_keys.secret, hex);
	snprintf(authorization, sizeof(authorization),
		 "SDK-HMAC-SHA256 Access=TESTKEY, SignedHeaders=%s, Signature=%s", headers, hex);
	r->authorization = authorization;
	return signature_verify(r, &d_keys, D_TIME_MS, err);
}

static void a_security_token_and_a_payload_hash_count_when_they_are_there(void **state)
{
	struct request r = vector_d();
	struct err err = {0};

	add_header(&r, "X-Security-Token", "temporary");
	assert_true(verify_signed(&r, "x-sdk-date;x-security-token", &err));
	assert_false(verify_signed(&r, "x-sdk-date", &err));
	r = vector_d();
	add_header(&r, "X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD");
	assert_true(verify_signed(&r, "x-sdk-date", &err));
	r = vector_d();
	add_header(&r, "X-Sdk-Content-Sha256",
		   "f06ca01742ee9e1c33967c855ac7ce70098608703a4846efdb47622addb87ce8");
	assert_true(verify_signed(&r, "x-sdk-date", &err));
}

static void other_authorizations_are_none_of_ours(void **state)
{
	assert_false(signature_is(NULL));
	assert_false(signature_is(""));
	assert_false(signature_is("Basic b3BzOnNlY3JldA=="));
	assert_false(signature_is("SDK-HMAC-SHA2567 Access=A"));
	assert_true(signature_is(D_AUTHORIZATION));
}

/* ---- over HTTP ---- */

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
};

static int open_at_vector_d(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *top = getenv("top_srcdir");
	struct sim_options o;
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/seed.conf", top ? top : ".");
	sim_options_init(&o);
	o.scenario = path;
	o.start = "2026-01-02 11:04:05"; /* +08:00 */
	o.speed = 0;
	o.token = "none of the signed requests has it";
	o.access_key = d_keys.access;
	o.secret_key = d_keys.secret;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	*state = f;
	return 0;
}

static int close_it(void **state)
{
	struct fixture *f = *state;

	sim_free(f->sim);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

/* Sends vector D with this body; the status and what the answer says. */
static int send_d(struct fixture *f, const char *body, char *says, size_t size)
{
	struct reply r;
	struct buf out;
	int status;

	buf_init(&out, BUF_MAX);
	buf_addf(&out,
		 "POST " D_PATH " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
		 "Content-Type: application/json\r\nX-Sdk-Date: 20260102T030405Z\r\n"
		 "Authorization: " D_AUTHORIZATION "\r\nContent-Length: %zu\r\n\r\n%s",
		 strlen(body), body);
	client_send(f->loop, f->sim, &out, &r);
	snprintf(says, size, "%.*s", (int)r.len, r.body);
	status = r.status;
	reply_done(&r);
	buf_done(&out);
	return status;
}

static void a_signed_request_passes_and_a_spoilt_or_stale_one_is_the_gateways_401(void **state)
{
	struct fixture *f = *state;
	char says[1000];

	assert_int_equal(send_d(f, D_BODY, says, sizeof(says)), 400); /* past the gateway */
	assert_non_null(strstr(says, "DEVPIPE.00011401"));
	assert_int_equal(send_d(f, "{\"offset\":0}", says, sizeof(says)), 401);
	assert_non_null(strstr(says, "APIGW.0301"));
	assert_non_null(strstr(says, "verify aksk signature fail"));
	assert_non_null(strstr(says, "request_id"));
	sim_advance(f->sim, 15 * 60);
	assert_int_equal(send_d(f, D_BODY, says, sizeof(says)), 400);
	sim_advance(f->sim, 1);
	assert_int_equal(send_d(f, D_BODY, says, sizeof(says)), 401);
	assert_non_null(strstr(says, "APIGW.0301"));
	assert_non_null(strstr(says, "expired"));
}

static void a_stale_signature_has_the_code_of_the_mode(void **state)
{
	struct fixture *f = *state;
	char says[1000];

	sim_modes(f->sim)->skew_as_0303 = true;
	assert_int_equal(send_d(f, "{}", says, sizeof(says)), 401);
	assert_non_null(strstr(says, "APIGW.0301")); /* a wrong one is not a stale one */
	sim_advance(f->sim, 16 * 60);
	assert_int_equal(send_d(f, D_BODY, says, sizeof(says)), 401);
	assert_non_null(strstr(says, "APIGW.0303"));
	assert_non_null(strstr(says, "expired"));
}

static void the_record_of_requests_tells_who_signed(void **state)
{
	struct fixture *f = *state;
	char says[1000];
	const cJSON *list;
	cJSON *o;

	send_d(f, D_BODY, says, sizeof(says));
	cJSON_Delete(client_json(f->loop, f->sim, "POST", D_PATH, D_BODY, 401));
	o = client_json(f->loop, f->sim, "GET", "/_sim/requests", NULL, 200);
	list = at(o, "requests");
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_true(cJSON_IsTrue(at(cJSON_GetArrayItem(list, 0), "with_signature")));
	assert_true(cJSON_IsFalse(at(cJSON_GetArrayItem(list, 1), "with_signature")));
	assert_string_equal(string_at(cJSON_GetArrayItem(list, 1), "path"), D_PATH);
	cJSON_Delete(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_canonical_request_is_the_guides),
		cmocka_unit_test(the_published_vectors_come_out),
		cmocka_unit_test(escapes_and_the_order_of_the_query_do_not_matter),
		cmocka_unit_test(a_signature_is_taken_or_refused_with_the_reason),
		cmocka_unit_test(a_security_token_and_a_payload_hash_count_when_they_are_there),
		cmocka_unit_test(other_authorizations_are_none_of_ours),
		cmocka_unit_test_setup_teardown(
			a_signed_request_passes_and_a_spoilt_or_stale_one_is_the_gateways_401,
			open_at_vector_d, close_it),
		cmocka_unit_test_setup_teardown(a_stale_signature_has_the_code_of_the_mode,
						open_at_vector_d, close_it),
		cmocka_unit_test_setup_teardown(the_record_of_requests_tells_who_signed,
						open_at_vector_d, close_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
