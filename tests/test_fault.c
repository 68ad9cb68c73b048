/* SPDX-License-Identifier: MIT */
/* From how a transfer ended to what the operator reads: the sentences that no server can be made to cause. */
#include "test.h"

#include <locale.h>

#include "core/when.h"
#include "net/fault.h"
#include "net/peer.h"
#include "net/transport.h"

#define DAY_MS INT64_C(86400000)
#define BUILT INT64_C(1767225600000) /* 2026-01-01 */

static const struct peer someone = {
	.seen = true,
	.issuer = "Acme CA",
	.hosts = "api.example, *.api.example",
	.from_ms = BUILT - 10 * DAY_MS,
	.to_ms = BUILT + 10 * DAY_MS,
};

static void a_clock_older_than_the_program_is_what_is_wrong(void **state)
{
	static const struct {
		const char *detail;
		const struct peer *peer;
		int64_t now_ms;
		const char *says;
	} rows[] = {
		{"SSL certificate problem: certificate is not yet valid", &someone, BUILT - 400 * DAY_MS,
		 "certificate of api.example not trusted: it holds from 2025-12-22 and this machine says "
		 "2024-11-27: check your clock"},
		{"SSL certificate problem: certificate is not yet valid", &someone, BUILT + DAY_MS,
		 "certificate of api.example not trusted: it holds only from 2025-12-22 (issuer Acme CA)"},
		{"SSL certificate problem: certificate has expired", &someone, BUILT + 30 * DAY_MS,
		 "certificate of api.example not trusted: it expired 2026-01-11 (issuer Acme CA)"},
		{"SSL certificate problem: certificate has expired", &someone, BUILT - DAY_MS,
		 "certificate of api.example not trusted: it expired 2026-01-11 and this machine says "
		 "2025-12-31: check your clock"},
		{"SSL certificate problem: certificate has expired", NULL, BUILT + DAY_MS,
		 "certificate of api.example not trusted: it expired ?"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault fault = {.code = TRANSPORT_CERTIFICATE, .detail = rows[i].detail,
				      .host = "api.example", .tls = true, .peer = rows[i].peer,
				      .now_ms = rows[i].now_ms, .built_ms = BUILT};
		struct err err = {0};

		fault_explain(&fault, &err);
		assert_string_equal(err.text, rows[i].says);
		assert_int_equal(err.code, TRANSPORT_CERTIFICATE);
	}
}

static void a_certificate_is_told_with_what_is_known_of_it(void **state)
{
	static const struct {
		const char *detail;
		const struct peer *peer;
		bool proxy_tls;
		const char *says;
	} rows[] = {
		{"SSL: no alternative certificate subject name matches target host name 'x'", &someone, false,
		 "certificate not trusted: it is for api.example, *.api.example, not for x.example:8443"},
		{"SSL: no alternative certificate subject name matches target host name 'x'", NULL, false,
		 "certificate not trusted: it is not for x.example:8443 (no alternative certificate subject "
		 "name matches target host nam)"},
		{"SSL certificate problem: unable to get local issuer certificate", &someone, false,
		 "certificate of x.example:8443 not trusted: unable to get local issuer certificate (issuer "
		 "Acme CA): set `ca_file`"},
		{"SSL certificate problem: self-signed certificate", NULL, true,
		 "the proxy's certificate is not trusted (self-signed certificate): check https_proxy"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault fault = {.code = TRANSPORT_CERTIFICATE, .detail = rows[i].detail,
				      .host = "x.example:8443", .tls = true, .peer = rows[i].peer,
				      .proxy_tls = rows[i].proxy_tls, .now_ms = BUILT, .built_ms = BUILT};
		struct err err = {0};

		fault_explain(&fault, &err);
		assert_string_equal(err.text, rows[i].says);
	}
}

/* The mend comes last in a sentence and must not fall off its end. */
static void long_names_leave_room_for_the_mend(void **state)
{
	struct peer peer = someone;
	struct fault fault = {.code = TRANSPORT_CERTIFICATE, .tls = true, .now_ms = BUILT, .built_ms = BUILT,
			      .detail = "SSL certificate problem: unable to get local issuer certificate",
			      .peer = &peer};
	char host[301];
	struct err err = {0};

	memset(host, 'h', sizeof(host) - 1);
	host[300] = '\0';
	fault.host = host;
	memset(peer.issuer, 'i', sizeof(peer.issuer) - 1);
	peer.issuer[sizeof(peer.issuer) - 1] = '\0';
	fault_explain(&fault, &err);
	assert_non_null(strstr(err.text, ": set `ca_file`"));
	memset(peer.hosts, 'o', sizeof(peer.hosts) - 1);
	peer.hosts[sizeof(peer.hosts) - 1] = '\0';
	fault.detail = "SSL: no alternative certificate subject name matches target host name 'x'";
	fault_explain(&fault, &err);
	assert_non_null(strstr(err.text, "oooo, not for hhhh"));
}

static void calm_is_a_throttle(void **state)
{
	struct fault fault = {.code = 92, .host = "api.example", .tls = true, .stage = FAULT_WAIT,
			      .detail = "HTTP/2 stream 5 was not closed cleanly: ENHANCE_YOUR_CALM (err 11)"};
	struct err err = {0};

	fault_explain(&fault, &err);
	assert_int_equal(err.kind, ERR_RATE);
	assert_int_equal(err.code, 429);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_older_than_the_program_is_what_is_wrong),
		cmocka_unit_test(a_certificate_is_told_with_what_is_known_of_it),
		cmocka_unit_test(long_names_leave_room_for_the_mend),
		cmocka_unit_test(calm_is_a_throttle),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
