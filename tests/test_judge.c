/* SPDX-License-Identifier: MIT */
/* What doctor thinks of facts: each verdict, its words, its mend. */
#include "test.h"

#include <errno.h>
#include <netdb.h>

#include "app/finding.h"
#include "app/judge.h"
#include "app/proxyenv.h"
#include "core/when.h"
#include "net/probework.h"

#define NOW_MS INT64_C(1767312000000) /* 2026-01-02 00:00 UTC */
#define DAY_MS INT64_C(86400000)

static struct findings f;

static int set_up(void **state)
{
	findings_init(&f);
	findings_begin(&f, "group", "name");
	return 0;
}

static int tear_down(void **state)
{
	findings_done(&f);
	return 0;
}

/* The one that was added last. */
static void assert_last(enum verdict verdict, const char *words, const char *mend)
{
	const struct finding *last = &f.list[f.n - 1];

	assert_true(f.n > 0);
	assert_int_equal(last->verdict, verdict);
	if (!strstr(last->text, words))
		fail_msg("'%s' has not '%s'", last->text, words);
	if (mend && !(last->mend && strstr(last->mend, mend)))
		fail_msg("the mend '%s' has not '%s'", last->mend ? last->mend : "", mend);
	if (!mend && last->mend)
		fail_msg("no mend was expected: %s", last->mend);
}

/* ---- findings ---- */

static void the_status_is_that_of_the_first_problem(void **state)
{
	assert_int_equal(findings_status(&f), EXIT_OK);
	finding_warning(&f, "a");
	finding_skipped(&f, "b");
	assert_int_equal(findings_status(&f), EXIT_OK);
	assert_int_equal(findings_worst(&f, 0), VERDICT_SKIPPED);
	finding_problem(&f, EXIT_SIGN_IN, "c");
	finding_problem(&f, EXIT_NETWORK, "d");
	finding_ok(&f, "e");
	assert_int_equal(findings_status(&f), EXIT_SIGN_IN);
	assert_int_equal(findings_count(&f, VERDICT_PROBLEM), 2);
	assert_int_equal(findings_worst(&f, 0), VERDICT_PROBLEM);
	assert_int_equal(findings_worst(&f, 4), VERDICT_OK);
}

/* ---- files ---- */

static void a_secret_is_its_owners_alone(void **state)
{
	static const struct {
		int error;
		mode_t mode;
		unsigned owner;
		bool open;
		enum verdict verdict;
		const char *words, *mend;
	} rows[] = {
		{0, S_IFREG | 0600, 7, false, VERDICT_OK, "mode 0600", NULL},
		{0, S_IFREG | 0400, 7, false, VERDICT_OK, "mode 0400", NULL},
		{0, S_IFREG | 0640, 7, false, VERDICT_PROBLEM, "mode 0640", "chmod 600 /t"},
		{0, S_IFREG | 0602, 7, false, VERDICT_PROBLEM, "mode 0602", "chmod 600 /t"},
		{0, S_IFREG | 0600, 8, false, VERDICT_PROBLEM, "another user", "copy of your own"},
		{0, S_IFREG | 0600, 7, true, VERDICT_PROBLEM, "everybody may write", "directory of your own"},
		{0, S_IFLNK | 0777, 7, false, VERDICT_PROBLEM, "symbolic link", "points to"},
		{0, S_IFIFO | 0600, 7, false, VERDICT_PROBLEM, "not a regular file", "of its own"},
		{ENOENT, 0, 7, false, VERDICT_PROBLEM, "/t: ", "name another"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judge_file file = {.path = "/t", .error = rows[i].error, .folder_open = rows[i].open, .uid = 7};

		file.st.st_mode = rows[i].mode;
		file.st.st_uid = rows[i].owner;
		judge_secret_file(&f, &file);
		assert_last(rows[i].verdict, rows[i].words, rows[i].mend);
	}
}

static void a_configuration_is_not_for_others_to_write(void **state)
{
	struct judge_file file = {.path = "/c", .uid = 7};

	file.st.st_uid = 7;
	file.st.st_mode = S_IFREG | 0644;
	judge_config_file(&f, &file);
	assert_last(VERDICT_OK, "nobody else", NULL);
	file.st.st_mode = S_IFREG | 0664;
	judge_config_file(&f, &file);
	assert_last(VERDICT_PROBLEM, "mode 0664", "chmod go-w /c");
	file.st.st_mode = S_IFREG | 0644;
	file.st.st_uid = 0;
	judge_config_file(&f, &file);
	assert_last(VERDICT_OK, "", NULL);
	file.st.st_uid = 8;
	judge_config_file(&f, &file);
	assert_last(VERDICT_WARNING, "another user", "of your own");
	file.error = ENOENT;
	judge_config_file(&f, &file);
	assert_last(VERDICT_OK, "not there", NULL);
	file.error = EACCES;
	judge_config_file(&f, &file);
	assert_last(VERDICT_PROBLEM, "/c: ", NULL);
}

static void a_folder_is_ours_writable_and_has_room(void **state)
{
	struct judge_folder d = {.path = "/d", .writable = true, .free_bytes = INT64_C(9) << 30, .uid = 7};

	d.st.st_mode = S_IFDIR | 0700;
	d.st.st_uid = 7;
	judge_folder(&f, &d);
	assert_last(VERDICT_OK, "9.0 GiB left", NULL);
	d.wanted_bytes = INT64_C(10) << 30;
	judge_folder(&f, &d);
	assert_last(VERDICT_WARNING, "may take 10 GiB", "spool_max");
	d.free_bytes = 1 << 20;
	judge_folder(&f, &d);
	assert_last(VERDICT_WARNING, "1.0 MiB left", "make room");
	d.st.st_mode = S_IFDIR | 0750;
	judge_folder(&f, &d);
	assert_last(VERDICT_WARNING, "mode 0750", "chmod 700 /d");
	d.writable = false;
	judge_folder(&f, &d);
	assert_last(VERDICT_PROBLEM, "not yours", "chown 7 /d");
	d.error = ENOENT;
	judge_folder(&f, &d);
	assert_last(VERDICT_WARNING, "above it is not writable", "0700");
	d.writable = true;
	judge_folder(&f, &d);
	assert_last(VERDICT_OK, "not there yet", NULL);
	d.path = NULL;
	judge_folder(&f, &d);
	assert_last(VERDICT_WARNING, "no place", "set HOME");
}

/* ---- the clock ---- */

static void a_clock_is_judged_by_how_far_it_is_off(void **state)
{
	static const struct {
		int64_t off_s;
		bool keys;
		enum verdict verdict;
		const char *words;
	} rows[] = {
		{0, true, VERDICT_OK, "0 s"},
		{60, true, VERDICT_OK, "60 s"},
		{-60, true, VERDICT_OK, "60 s"},
		{61, true, VERDICT_WARNING, "1m01s fast"},
		{-900, true, VERDICT_WARNING, "15m00s slow"},
		{-901, false, VERDICT_WARNING, "15m01s slow"},
		{-901, true, VERDICT_PROBLEM, "15m01s slow: signatures"},
		{901, true, VERDICT_PROBLEM, "15m01s fast: signatures"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judge_clock clock = {NOW_MS, NOW_MS + rows[i].off_s * 1000, rows[i].keys, false};

		judge_clock(&f, &clock);
		assert_last(rows[i].verdict, rows[i].words, rows[i].verdict == VERDICT_OK ? NULL : "set the clock");
	}
	judge_clock(&f, &(struct judge_clock){WHEN_NONE, NOW_MS, true, false});
	assert_last(VERDICT_SKIPPED, "did not say", NULL);
}

static void a_clock_older_than_the_program_is_wrong(void **state)
{
	judge_build(&f, NOW_MS, NOW_MS + DAY_MS);
	assert_last(VERDICT_OK, "2026-01-02", NULL);
	judge_build(&f, NOW_MS, NOW_MS + DAY_MS + 1000);
	assert_last(VERDICT_PROBLEM, "made on 2026-01-03", "set the clock");
	judge_build(&f, NOW_MS, WHEN_NONE);
	assert_last(VERDICT_OK, "2026-01-02", NULL);
}

/* ---- the way ---- */

static struct probe_lookup lookup;
static struct probe_transfer transfer;

static struct judge_way way_to(const char *host)
{
	memset(&lookup, 0, sizeof(lookup));
	memset(&transfer, 0, sizeof(transfer));
	lookup.ended = transfer.ended = true;
	transfer.connect_us = 1000;
	return (struct judge_way){.host = host, .port = 443, .tls = true, .lookup = &lookup, .transfer = &transfer,
				  .wall_ms = NOW_MS};
}

static void a_name_has_addresses_or_the_resolvers_reason(void **state)
{
	struct judge_way way = way_to("a.example");

	lookup.n = lookup.n_all = 2;
	strcpy(lookup.addresses[0].text, "192.0.2.1");
	strcpy(lookup.addresses[1].text, "2001:db8::1");
	lookup.addresses[1].v6 = true;
	judge_names(&f, &way);
	assert_last(VERDICT_OK, "a.example: 192.0.2.1, 2001:db8::1 (IPv4 1, IPv6 1)", NULL);
	lookup.took_ms = 3000;
	judge_names(&f, &way);
	assert_last(VERDICT_WARNING, "3000 ms", "resolv.conf");
	lookup.code = EAI_NONAME;
	strcpy(lookup.words, "Name or service not known");
	judge_names(&f, &way);
	assert_last(VERDICT_PROBLEM, "cannot find host a.example: Name or service not known", "spelling");
	lookup.code = EAI_AGAIN;
	judge_names(&f, &way);
	assert_last(VERDICT_PROBLEM, "cannot find", "does not answer");
	way.variable = "https_proxy";
	judge_names(&f, &way);
	assert_last(VERDICT_OK, "the proxy that looks it up", NULL);
	way.bypass = "no_proxy spares it";
	judge_names(&f, &way);
	assert_last(VERDICT_PROBLEM, "cannot find", "");
	lookup.ended = false;
	judge_names(&f, &way);
	assert_last(VERDICT_PROBLEM, "the resolver does not answer", "resolv.conf");
	way.number = true;
	judge_names(&f, &way);
	assert_last(VERDICT_OK, "is an address", NULL);
}

static void a_proxy_is_named_with_what_it_said(void **state)
{
	struct judge_way way = way_to("a.example");

	judge_proxy(&f, &way);
	assert_last(VERDICT_OK, "none", NULL);
	way.variable = "HTTPS_PROXY";
	way.proxy = "http://p:3128";
	judge_proxy(&f, &way);
	assert_last(VERDICT_OK, "HTTPS_PROXY=http://p:3128, and it connects to a.example", NULL);
	transfer.at_proxy = true;
	transfer.proxy_status = 407;
	err_set(&transfer.err, ERR_NET, 56, "it wants a password");
	judge_proxy(&f, &way);
	assert_last(VERDICT_PROBLEM, "it wants a password", "HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT");
	transfer.proxy_status = 403;
	judge_proxy(&f, &way);
	assert_last(VERDICT_PROBLEM, "HTTPS_PROXY", "a.example:443");
	transfer.proxy_status = 0;
	judge_proxy(&f, &way);
	assert_last(VERDICT_PROBLEM, "HTTPS_PROXY", "unset it");
	way.bypass = "no_proxy spares that name";
	judge_proxy(&f, &way);
	assert_last(VERDICT_OK, "is not used: no_proxy", NULL);
}

static void a_certificate_is_told_with_its_dates(void **state)
{
	struct judge_way way = way_to("a.example");

	strcpy(transfer.tls, "TLSv1.3");
	transfer.n_chain = 1;
	strcpy(transfer.chain[0].subject, "CN = a.example");
	strcpy(transfer.chain[0].issuer, "CN = Some CA");
	transfer.chain[0].until_ms = NOW_MS + 15 * DAY_MS;
	judge_tls(&f, &way);
	assert_last(VERDICT_OK, "CN = a.example, issued by CN = Some CA, good until 2026-01-17 (15 days)", NULL);
	assert_non_null(strstr(f.list[f.n - 2].text, "TLSv1.3"));
	transfer.chain[0].until_ms = NOW_MS + 14 * DAY_MS;
	judge_tls(&f, &way);
	assert_last(VERDICT_WARNING, "until 2026-01-16 only (14 days)", "renew");
	way.tls = false;
	judge_tls(&f, &way);
	assert_last(VERDICT_OK, "plain http", NULL);
}

static void a_refused_certificate_has_its_reason(void **state)
{
	struct judge_way way = way_to("a.example");
	struct probe_certificate *c = &transfer.chain[0];

	transfer.code = 60;
	transfer.n_chain = 1;
	strcpy(c->subject, "CN = x");
	strcpy(c->issuer, "CN = Some CA");
	strcpy(c->names, "DNS:b.example");
	c->from_ms = NOW_MS - 9 * DAY_MS;
	c->until_ms = NOW_MS - DAY_MS;
	transfer.trust = PROBE_EXPIRED;
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "expired on 2026-01-01 00:00 UTC", "if it is not 2026-01-02 00:00 UTC now");
	c->from_ms = NOW_MS + DAY_MS;
	c->until_ms = NOW_MS + 9 * DAY_MS;
	transfer.trust = PROBE_NOT_YET_VALID;
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "not valid before 2026-01-03 00:00 UTC", "check your clock");
	transfer.trust = PROBE_WRONG_HOST;
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "is for DNS:b.example, not for a.example", "check endpoint");
	transfer.trust = PROBE_UNTRUSTED;
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "issued by CN = Some CA", "set ca_file to its certificate");
	way.ca_file = "/ca.pem";
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "issued by CN = Some CA", "/ca.pem does not");
	transfer.n_chain = 0;
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "somebody unknown", "ca_file");
	transfer.code = 77;
	strcpy(transfer.ca_file, "/etc/ssl/ca.crt");
	judge_tls(&f, &way);
	assert_last(VERDICT_PROBLEM, "looked for /etc/ssl/ca.crt and in no directory", "install ca-certificates");
}

static void an_answer_is_judged_by_who_seems_to_give_it(void **state)
{
	struct judge_way way = way_to("a.example");

	transfer.http = 20;
	transfer.status = 404;
	judge_answer(&f, &way);
	assert_last(VERDICT_OK, "HTTP/2, status 404", NULL);
	transfer.status = 503;
	judge_answer(&f, &way);
	assert_last(VERDICT_WARNING, "503", "later");
	transfer.status = 302;
	strcpy(transfer.location_host, "evil.example");
	judge_answer(&f, &way);
	assert_last(VERDICT_PROBLEM, "redirects to evil.example (302)", "check endpoint");
	transfer.status = 200;
	judge_answer(&f, &way);
	assert_last(VERDICT_OK, "200", NULL);
	strcpy(transfer.content_type, "text/html; charset=utf-8");
	judge_answer(&f, &way);
	assert_last(VERDICT_PROBLEM, "a web page", "browser");
}

static void the_median_of_the_reads_is_told(void **state)
{
	struct judge_way way = way_to("a.example");

	judge_latency(&f, &way);
	assert_last(VERDICT_SKIPPED, "no further read", NULL);
	transfer.n_reads = 3;
	transfer.reads_us[0] = 90000;
	transfer.reads_us[1] = 2000;
	transfer.reads_us[2] = 4500;
	judge_latency(&f, &way);
	assert_last(VERDICT_OK, "median of 3 reads 4.5 ms", NULL);
	transfer.reads_us[1] = 2000000;
	transfer.reads_us[2] = 3000000;
	judge_latency(&f, &way);
	assert_last(VERDICT_WARNING, "2000 ms", "slowly");
}

static void a_file_of_certificates_is_pem(void **state)
{
	struct err err = {.kind = ERR_IO, .text = "/c: No such file"};

	judge_ca_file(&f, "/c", NULL, &err);
	assert_last(VERDICT_PROBLEM, "/c: No such file", "PEM");
	judge_ca_file(&f, "/c", "\x30\x82", NULL);
	assert_last(VERDICT_PROBLEM, "no certificate in PEM", "-inform der -in /c");
	judge_ca_file(&f, "/c", "-----BEGIN CERTIFICATE-----\nx\n-----BEGIN CERTIFICATE-----\n", NULL);
	assert_last(VERDICT_OK, "certificates: 2", NULL);
}

/* ---- rights ---- */

static void a_missing_right_names_its_mend(void **state)
{
	struct judge_right right = {.what = "project p", .mend = "ask for it", .needed = true, .asked = true,
				    .found = "12 pipelines", .took_ms = 5};

	judge_right(&f, &right);
	assert_last(VERDICT_OK, "project p: 12 pipelines, 5 ms", NULL);
	right.empty = true;
	judge_right(&f, &right);
	assert_last(VERDICT_WARNING, "12 pipelines", "no member");
	err_set(&right.err, ERR_AUTH, 403, "no permission");
	judge_right(&f, &right);
	assert_last(VERDICT_PROBLEM, "project p: no permission", "ask for it");
	assert_int_equal(findings_status(&f), EXIT_SIGN_IN);
	right.needed = false;
	judge_right(&f, &right);
	assert_last(VERDICT_WARNING, "no permission", "ask for it");
	right.needed = true;
	err_set(&right.err, ERR_GONE, 404, "not found (HTTP 404, APIGW.0101: no such API)");
	judge_right(&f, &right);
	assert_last(VERDICT_PROBLEM, "not found", "check the ids and the region");
	right.regional = true;
	judge_right(&f, &right);
	assert_last(VERDICT_WARNING, "this service does not offer it", "check endpoint and region");
	err_set(&right.err, ERR_GONE, 404, "not found (HTTP 404, DEVPIPE.00011401)");
	judge_right(&f, &right);
	assert_last(VERDICT_PROBLEM, "not found", "check the ids");
	err_set(&right.err, ERR_NET, 28, "no answer");
	judge_right(&f, &right);
	assert_last(VERDICT_PROBLEM, "no answer", "try again");
	assert_int_equal(f.list[f.n - 1].status, EXIT_NETWORK);
	right.asked = false;
	right.why = "there is no run";
	judge_right(&f, &right);
	assert_last(VERDICT_SKIPPED, "there is no run", NULL);
}

/* ---- the terminal ---- */

static void a_terminal_that_the_dashboard_cannot_use_is_a_problem_on_a_terminal_only(void **state)
{
	struct judge_terminal t = {.tty = true, .term = "xterm", .found = true, .fit = true};

	judge_term(&f, &t);
	assert_last(VERDICT_OK, "TERM=xterm is fit", NULL);
	t.fit = false;
	judge_term(&f, &t);
	assert_last(VERDICT_PROBLEM, "cannot move the cursor", "watch");
	t.tty = false;
	judge_term(&f, &t);
	assert_last(VERDICT_WARNING, "cannot move the cursor", "watch");
	t.found = false;
	judge_term(&f, &t);
	assert_last(VERDICT_WARNING, "not known here", "ncurses-term");
	t.term = NULL;
	t.tty = true;
	judge_term(&f, &t);
	assert_last(VERDICT_PROBLEM, "TERM is not set", "xterm-256color");
}

static void the_words_about_a_terminal_follow_its_settings(void **state)
{
	struct judge_terminal t = {.tty = true, .term = "xterm", .locale = "LANG=de_DE", .rows = 7, .cols = 80};

	judge_locale(&f, &t);
	assert_last(VERDICT_WARNING, "LANG=de_DE is not installed here: what", "locale-gen");
	t.utf8 = true;
	judge_locale(&f, &t);
	assert_last(VERDICT_WARNING, "LANG=de_DE is not installed here: C.UTF-8", "locale-gen");
	t.utf8 = false;
	t.locale_taken = true;
	judge_locale(&f, &t);
	assert_last(VERDICT_WARNING, "LANG=de_DE is not UTF-8", "C.UTF-8");
	judge_widths(&f, &t);
	assert_last(VERDICT_SKIPPED, "only UTF-8", NULL);
	t.utf8 = true;
	judge_locale(&f, &t);
	assert_last(VERDICT_OK, "UTF-8", NULL);
	judge_widths(&f, &t);
	assert_last(VERDICT_OK, "\n|\u2460\u2461|\n|12|", NULL);
	t.wide = true;
	judge_widths(&f, &t);
	assert_last(VERDICT_OK, "ambiguous = wide is right if these two lines are equally long, else it is narrow:\n"
				"|\u2460\u2461|\n|1122|", NULL);
	judge_size(&f, &t);
	assert_last(VERDICT_WARNING, "80x7 is too small", "40x8");
	t.rows = 8;
	judge_size(&f, &t);
	assert_last(VERDICT_OK, "80x8", NULL);
	judge_colours(&f, &t);
	assert_last(VERDICT_OK, "none in the terminal's entry", NULL);
	t.colours = 1 << 24;
	judge_colours(&f, &t);
	assert_last(VERDICT_OK, "direct", NULL);
	t.no_color = true;
	judge_colours(&f, &t);
	assert_last(VERDICT_OK, "NO_COLOR", NULL);
	t.tmux = true;
	judge_multiplexer(&f, &t);
	assert_last(VERDICT_WARNING, "tmux, but TERM=xterm", ".tmux.conf");
	t.term = "tmux-256color";
	judge_multiplexer(&f, &t);
	assert_last(VERDICT_OK, "tmux, TERM=tmux-256color", NULL);
	t.escdelay = "1000";
	judge_escape(&f, &t);
	assert_last(VERDICT_OK, "ESCDELAY=1000 has no effect", NULL);
}

/* ---- proxies from the environment ---- */

static const char *const *environment; /* names and values by turns, NULL at the end */

static const char *get(const char *name)
{
	size_t i;

	for (i = 0; environment[i]; i += 2)
		if (strcmp(environment[i], name) == 0)
			return environment[i + 1];
	return NULL;
}

static void the_proxy_in_force_is_found_as_libcurl_finds_it(void **state)
{
	static const char *const both[] = {"HTTPS_PROXY", "large", "https_proxy", "small", "all_proxy", "all", NULL};
	static const char *const empty[] = {"https_proxy", "", "ALL_PROXY", "all", "NO_PROXY", "example", NULL};
	static const char *const plain[] = {"HTTP_PROXY", "never", NULL};
	struct proxyenv p;

	environment = both;
	p = proxyenv_find(true, "a.example", get);
	assert_string_equal(p.variable, "https_proxy");
	assert_string_equal(p.value, "small");
	assert_null(p.spared);
	assert_string_equal(proxyenv_find(false, "a.example", get).variable, "all_proxy");
	environment = empty;
	p = proxyenv_find(true, "a.example", get);
	assert_string_equal(p.variable, "ALL_PROXY");
	assert_string_equal(p.spared, "NO_PROXY");
	environment = plain;
	assert_null(proxyenv_find(false, "a.example", get).variable);
}

static void a_host_is_spared_by_its_name_or_a_domain_of_it(void **state)
{
	static const struct {
		const char *list, *host;
		bool spared;
	} rows[] = {
		{"*", "a.example", true},		{"a.example", "a.example", true},
		{"A.Example", "a.example", true},	{".example", "a.example", true},
		{"example", "a.example", true},		{"x, example", "a.example", true},
		{"le", "a.example", false},		{"b.a.example", "a.example", false},
		{"", "a.example", false},		{",, ", "a.example", false},
		{"127.0.0.1 other", "a.example", false}, {"x *", "a.example", true},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (proxyenv_spares(rows[i].list, rows[i].host) != rows[i].spared)
			fail_msg("'%s' and %s", rows[i].list, rows[i].host);
}

static void a_proxys_password_is_not_shown(void **state)
{
	static const char *const rows[][2] = {
		{"http://me:secret@p:3128", "http://me:***@p:3128"},
		{"me:se@cr:et@p:3128", "me:***@p:3128"},
		{"http://p:3128", "http://p:3128"},
		{"http://me@p:3128", "http://me@p:3128"},
		{"p:3128", "p:3128"},
	};
	struct buf out;
	size_t i;

	buf_init(&out, BUF_MAX);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&out);
		proxyenv_mask(rows[i][0], &out);
		assert_string_equal(out.data, rows[i][1]);
	}
	buf_done(&out);
}

/* ---- what libcurl says ---- */

static void a_certificates_dates_are_read(void **state)
{
	assert_int_equal(probework_date("Jan  2 00:00:00 2026 GMT"), NOW_MS);
	assert_int_equal(probework_date("2026-01-02 00:00:00 GMT"), NOW_MS);
	assert_int_equal(probework_date("soon"), WHEN_NONE);
}

static void the_reason_of_a_refusal_is_understood(void **state)
{
	assert_int_equal(probework_trust("SSL certificate problem: certificate has expired"), PROBE_EXPIRED);
	assert_int_equal(probework_trust("SSL certificate problem: certificate is not yet valid"), PROBE_NOT_YET_VALID);
	assert_int_equal(probework_trust("SSL: no alternative certificate subject name matches target host name 'x'"),
			 PROBE_WRONG_HOST);
	assert_int_equal(probework_trust("SSL certificate problem: self-signed certificate"), PROBE_UNTRUSTED);
	assert_int_equal(probework_trust("SSL certificate problem: unable to get local issuer certificate"),
			 PROBE_UNTRUSTED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_status_is_that_of_the_first_problem),
		TEST(a_secret_is_its_owners_alone),
		TEST(a_configuration_is_not_for_others_to_write),
		TEST(a_folder_is_ours_writable_and_has_room),
		TEST(a_clock_is_judged_by_how_far_it_is_off),
		TEST(a_clock_older_than_the_program_is_wrong),
		TEST(a_name_has_addresses_or_the_resolvers_reason),
		TEST(a_proxy_is_named_with_what_it_said),
		TEST(a_certificate_is_told_with_its_dates),
		TEST(a_refused_certificate_has_its_reason),
		TEST(an_answer_is_judged_by_who_seems_to_give_it),
		TEST(the_median_of_the_reads_is_told),
		TEST(a_file_of_certificates_is_pem),
		TEST(a_missing_right_names_its_mend),
		TEST(a_terminal_that_the_dashboard_cannot_use_is_a_problem_on_a_terminal_only),
		TEST(the_words_about_a_terminal_follow_its_settings),
		TEST(the_proxy_in_force_is_found_as_libcurl_finds_it),
		TEST(a_host_is_spared_by_its_name_or_a_domain_of_it),
		TEST(a_proxys_password_is_not_shown),
		TEST(a_certificates_dates_are_read),
		TEST(the_reason_of_a_refusal_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
