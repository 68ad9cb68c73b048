/* SPDX-License-Identifier: MIT */
/*
 * The key table as the man page has it: tests/test_papers.sh compares, and
 * `make man-keys` writes it into man/pipetop.1.
 */
#include <stdio.h>
#include <string.h>

#include "ui/command.h"

/* mdoc reads a leading dot or quote as a request, and "." at an end as punctuation. */
static void put(const char *s)
{
	for (; *s; s++)
		fputs(*s == '\\' ? "\\e" : (char[]){*s, 0}, stdout);
}

static void put_keys(const char *keys)
{
	size_t len;

	for (; *keys; keys += len + (keys[len] == ' ')) {
		len = strcspn(keys, " ");
		printf(" \\&%.*s%s", (int)len, keys, keys[len] ? " ," : "");
	}
}

int main(void)
{
	const struct command_info *table;
	size_t n, i;

	table = command_table(&n);
	puts(".Bl -tag -width Ds");
	for (i = 0; i < n; i++) {
		printf(".It Ic");
		put_keys(table[i].keys);
		printf("%s\n", table[i].contexts == IN_TREE ? " (tree)"
			       : table[i].contexts == IN_LOG ? " (log)"
							     : "");
		put(table[i].help);
		puts(".");
	}
	puts(".El");
	return 0;
}
