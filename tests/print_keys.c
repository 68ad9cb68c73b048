/* SPDX-License-Identifier: MIT */
/*
 * The key table, or with "lines" the commands of the `:` line, as the man page has them:
 * tests/test_papers.sh compares, and `make man` writes them into man/pipetop.1.
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

static int print_lines(void)
{
	const char *usage, *help;
	size_t i;

	puts(".Bl -tag -width Ds");
	for (i = 0; command_line_at(i, &usage, &help); i++) {
		printf(".It Ic \\&");
		put(usage);
		putchar('\n');
		put(help);
		puts(".");
	}
	puts(".El");
	return 0;
}

int main(int argc, char **argv)
{
	const struct command_info *table;
	size_t n, i;

	if (argc > 1 && strcmp(argv[1], "lines") == 0)
		return print_lines();
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
