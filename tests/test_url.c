/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/text.h"
#include "net/url.h"

static void good_urls_come_out_in_their_normal_form(void **state)
{
	static const struct {
		const char *text, *base;
	} rows[] = {
		{"https://api.example.com", "https://api.example.com:443"},
		{"HTTPS://API.Example.COM/", "https://api.example.com:443"},
		{"https://api.example.com:8443/v5//", "https://api.example.com:8443/v5"},
		{"https://api.example.com/a/b%2Fc/", "https://api.example.com:443/a/b%2Fc"},
		{"https://api.example.com/a@b", "https://api.example.com:443/a@b"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"http://127.255.3.4", "http://127.255.3.4:80"},
		{"http://LocalHost:1", "http://localhost:1"},
		{"http://[::1]:65535/x", "http://[::1]:65535/x"},
		{"http://[0:0::0:1]", "http://[::1]:80"},
		{"https://[2001:DB8::7]", "https://[2001:db8::7]:443"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url url;
		struct err err = {0};
		struct buf base;

		buf_init(&base, BUF_MAX);
		if (!url_parse(rows[i].text, &url, &err))
			fail_msg("%s: %s", rows[i].text, err.text);
		url_base(&url, &base);
		assert_string_equal(base.data, rows[i].base);
		assert_int_equal(err.kind, ERR_NONE);
		buf_done(&base);
	}
}

static void hostile_urls_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{NULL, "https://HOST"},
		{"", "https://HOST"},
		{"api.example.com", "must start with https://"},
		{"https:/api.example.com", "must start with https://"},
		{"ftp://api.example.com", "must start with https://"},
		{"file:///etc/passwd", "must start with https://"},
		{"javascript://x", "must start with https://"},
		{"httpss://x", "must start with https://"},
		{"http://api.example.com/v5", "write https://api.example.com"},
		{"http://10.0.0.1", "this machine only"},
		{"http://127.0.0.1.evil.example", "this machine only"},
		{"http://localhost.evil.example", "this machine only"},
		{"http://2130706433", "this machine only"},
		{"http://0x7f.1", "this machine only"},
		{"http://127.1", "this machine only"},
		{"http://0.0.0.0", "this machine only"},
		{"http://[::]", "this machine only"},
		{"http://[::ffff:10.0.0.1]", "this machine only"},
		{"https://user@api.example.com", "token file"},
		{"https://user:secret@api.example.com", "token file"},
		{"https://api.example.com:443@evil.example", "token file"},
		{"https://@api.example.com", "token file"},
		{"https://api.example.com\\@evil.example", "'\\'"},
		{"https://api.example.com/?x=1", "'?'"},
		{"https://api.example.com#@evil.example", "'#'"},
		{"https://api.example.com\r\nX-Evil: 1", "control"},
		{"https://api.example.com\t", "control"},
		{" https://api.example.com", "control"},
		{"https://api.example.com/\x7f", "control"},
		{"https://\xE4\xBE\x8B.example", "ASCII"},
		{"https://", "not a host"},
		{"https:///v5", "not a host"},
		{"https://:443", "not a host"},
		{"https://.example.com", "not a host"},
		{"https://example..com", "not a host"},
		{"https://example.com.", "not a host"},
		{"https://exam%70le.com", "not a host"},
		{"https://[::1", "not a host"},
		{"https://[]", "not a host"},
		{"https://[fe80::1%25eth0]", "not a host"},
		{"https://[::1]x", "port"},
		{"https://::1", "not a host"},
		{"https://h:", "port"},
		{"https://h:0", "port"},
		{"https://h:65536", "port"},
		{"https://h:+80", "port"},
		{"https://h:8o", "port"},
		{"https://h:000080", "port"},
		{"https://h:80:80", "port"},
		{"https://h/a/../b", "path"},
		{"https://h/./b", "path"},
		{"https://h//b", "path"},
		{"https://h/%2", "path"},
		{"https://h/%zz", "path"},
		{"https://h/[a]", "path"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url url, before;
		struct err err = {0};

		memset(&url, 'x', sizeof(url));
		before = url;
		if (url_parse(rows[i].text, &url, &err))
			fail_msg("taken: %s", rows[i].text);
		if (!strstr(err.text, rows[i].says))
			fail_msg("%s: %s", rows[i].text, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_null(strstr(err.text, "secret"));
		assert_memory_equal(&url, &before, sizeof(url));
	}
}

static void long_parts_are_refused_whole(void **state)
{
	char text[1200];
	struct url url;

	snprintf(text, sizeof(text), "https://%0255d", 0);
	assert_true(url_parse(text, &url, NULL));
	assert_int_equal(strlen(url.host), 255);
	snprintf(text, sizeof(text), "https://%0256d", 0);
	assert_false(url_parse(text, &url, NULL));
	snprintf(text, sizeof(text), "https://h/%0254d", 0);
	assert_true(url_parse(text, &url, NULL));
	assert_int_equal(strlen(url.path), 255);
	snprintf(text, sizeof(text), "https://h/%0255d", 0);
	assert_false(url_parse(text, &url, NULL));
	snprintf(text, sizeof(text), "https://[%0900d]", 0);
	assert_false(url_parse(text, &url, NULL));
}

static void a_secret_travels_only_to_the_same_scheme_host_and_port(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"https://api.example.com", "https://API.example.com:443/other", true},
		{"http://[::1]:80", "http://[0::1]", true},
		{"https://api.example.com", "https://api.example.com:444", false},
		{"https://api.example.com", "https://api.example.com.evil.example", false},
		{"https://api.example.com", "https://evil-api.example.com", false},
		{"https://api.example.com", "https://pi.example.com", false},
		{"https://api.example.com", "https://xapi.example.com", false},
		{"https://api.example.com", "https://apixexample.com", false},
		{"https://localhost:80", "http://localhost:80", false},
		{"http://localhost", "http://127.0.0.1", false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url a, b;

		assert_true(url_parse(rows[i].a, &a, NULL));
		assert_true(url_parse(rows[i].b, &b, NULL));
		if (url_same_origin(&a, &b) != rows[i].same ||
		    url_same_origin(&b, &a) != rows[i].same)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
	assert_false(url_same_origin(&(struct url){{0}}, &(struct url){{0}}));
}

static void encoding_leaves_only_unreserved_characters(void **state)
{
	struct buf out;
	char all[256];
	int i;

	buf_init(&out, BUF_MAX);
	url_encode("aZ09-_.~ /?&=%+\r\n\xE4\xBD\xA0", &out);
	assert_string_equal(out.data, "aZ09-_.~%20%2F%3F%26%3D%25%2B%0D%0A%E4%BD%A0");
	buf_clear(&out);
	for (i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	url_encode(all, &out);
	assert_int_equal(out.len, 66 + 3 * (255 - 66));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_urls_come_out_in_their_normal_form),
		cmocka_unit_test(hostile_urls_are_refused_with_a_reason),
		cmocka_unit_test(long_parts_are_refused_whole),
		cmocka_unit_test(a_secret_travels_only_to_the_same_scheme_host_and_port),
		cmocka_unit_test(encoding_leaves_only_unreserved_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
