/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log/hints.h"

static const char *const words[] = {"abc", "cab", "bb ", "\xE2\x97\x8F", "***", NULL};

static const char *naive(const char *text, size_t len)
{
	size_t i, k;

	for (i = 0; len >= 3 && i <= len - 3; i++)
		for (k = 0; words[k]; k++)
			if (memcmp(text + i, words[k], 3) == 0)
				return text + i;
	return NULL;
}

static void the_first_place_is_the_one_that_a_plain_search_finds(void **state)
{
	static const char letters[] = "aabbcc *\xE2\x97\x8F\n";
	unsigned seed = (unsigned)time(NULL);
	struct hints hints;
	char text[40];
	size_t len, i;
	int round;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	hints_init(&hints, words);
	for (round = 0; round < 20000; round++) {
		len = (size_t)rand() % sizeof(text);
		for (i = 0; i < len; i++)
			text[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		assert_ptr_equal(hints_find(&hints, text, len), naive(text, len));
	}
}

static void nothing_is_found_in_less_than_three_bytes(void **state)
{
	struct hints hints;

	(void)state;
	hints_init(&hints, words);
	assert_null(hints_find(&hints, "", 0));
	assert_null(hints_find(&hints, "ab", 2));
	assert_non_null(hints_find(&hints, "abc", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_place_is_the_one_that_a_plain_search_finds),
		cmocka_unit_test(nothing_is_found_in_less_than_three_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
