/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_TEST_H
#define PIPETOP_TESTS_TEST_H

/* What cmocka wants included first, and the words that every test uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Is this a sanitizer's build, some times slower than a plain one? */
#if defined(__SANITIZE_ADDRESS__)
#define TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_SANITIZED 1
#endif
#endif
#ifndef TEST_SANITIZED
#define TEST_SANITIZED 0
#endif

/* The file `name` below the source tree's tests/, whole, NUL-terminated; fails the test otherwise. */
static inline char *test_file(const char *name, size_t *len)
{
	const char *top = getenv("top_srcdir");
	char path[8192];
	FILE *f;
	char *text;
	long n;

	snprintf(path, sizeof(path), "%s/tests/%s", top ? top : ".", name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s", path);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	text = malloc((size_t)n + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	text[n] = '\0';
	if (len)
		*len = (size_t)n;
	return text;
}

/*
 * The text is what stands in tests/screens/NAME.txt; with GENERATE in the environment the file is written
 * instead.
 */
static inline void test_golden(const char *name, const char *text, size_t len)
{
	const char *top = getenv("top_srcdir");
	char path[4096], golden[160];
	char *want;
	FILE *f;

	if (getenv("GENERATE")) {
		snprintf(path, sizeof(path), "%s/tests/screens/%s.txt", top ? top : ".", name);
		f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(text, 1, len, f), len);
		fclose(f);
		return;
	}
	snprintf(golden, sizeof(golden), "screens/%s.txt", name);
	want = test_file(golden, NULL);
	if (strcmp(want, text) != 0)
		fail_msg("%s differs (GENERATE=1 rewrites it)\n---- want\n%s---- got\n%s", name, want, text);
	free(want);
}

#endif
