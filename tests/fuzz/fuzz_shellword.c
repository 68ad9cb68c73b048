/* SPDX-License-Identifier: MIT */
/*
 * Any line of a shell, and any text put into it: the first byte says which quote is open, the rest is
 * the text, and after a NUL the line before it. Put back and read again the word is the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/shellword.h"
#include "core/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BREAKS " \t\n\"'@><=;|&(:"

static void check(const char *line, const char *text, char quote)
{
	struct shellline first, again;
	struct buf whole;

	buf_init(&whole, BUF_MAX);
	buf_addf(&whole, "pipetop %.*s", quote != 0, &quote);
	if (!shellline_read(&first, whole.data, BREAKS) || first.n != 2 || first.quote != quote)
		abort();
	if (*text && shellline_quote(&first, text, &whole)) {
		buf_addf(&whole, "%.*s", quote != 0, &quote);
		buf_adds(&whole, " end");
		if (!shellline_read(&again, whole.data, BREAKS) || again.n != 3 || strcmp(again.words[1], text) != 0)
			abort();
		shellline_done(&again);
	}
	shellline_done(&first);
	if (shellline_read(&first, line, BREAKS)) {
		if (first.n < 2 || first.kept > strlen(first.words[first.n - 1]))
			abort();
		shellline_done(&first);
	}
	buf_done(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char quotes[] = {'\0', '\'', '"'};
	char *text = mem_strndup(size ? (const char *)data + 1 : "", size ? size - 1 : 0);
	size_t len = strlen(text);
	char *line = len + 2 < size ? mem_strndup((const char *)data + len + 2, size - len - 2) : mem_strdup("");

	check(line, text, quotes[size ? data[0] % 3 : 0]);
	mem_free(line);
	mem_free(text);
	return 0;
}
