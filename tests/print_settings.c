/* SPDX-License-Identifier: MIT */
/*
 * The tables of settings and of commands as the manual pipetop-config(5) has them:
 * tests/test_papers.sh compares, and `make man` writes them into it.
 */
#include <stdio.h>
#include <string.h>

#include "app/settings.h"
#include "ui/command.h"

static void put(const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (; *s; s++)
		fputs(*s == '\\' ? "\\e" : (char[]){*s, 0}, stdout);
}

static void put_setting(const struct setting *row)
{
	struct buf accepts;

	buf_init(&accepts, BUF_MAX);
	setting_accepts(row, &accepts);
	printf(".It Ic %s\n", row->name);
	put(row->help);
	puts(".");
	printf("Takes ");
	put(accepts.data);
	puts(*row->fallback ? ";" : ".");
	if (*row->fallback)
		printf("%s by default.\n", row->fallback);
	if (row->where & SETTING_IN_PROFILE)
		puts("May stand in a profile.");
	if (row->where & SETTING_LIVE)
		puts(".Ql :set\nchanges it.");
	buf_done(&accepts);
}

static void put_settings(void)
{
	size_t i;

	puts(".Bl -tag -width Ds");
	for (i = 0; i < SETTINGS; i++)
		put_setting(&settings_table()[i]);
	puts(".El");
}

static bool named_before(const struct command_info *table, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(table[k].name, table[i].name) == 0)
			return true;
	return false;
}

static void put_commands(void)
{
	size_t n, i;
	const struct command_info *table = command_table(&n);

	puts(".Bl -column previous-error");
	for (i = 0; i < n; i++) {
		if (named_before(table, i))
			continue;
		printf(".It Ic %s Ta ", table[i].name);
		put(table[i].help);
		puts("");
	}
	puts(".El");
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "settings") == 0)
		put_settings();
	else if (argc == 2 && strcmp(argv[1], "commands") == 0)
		put_commands();
	else
		return 2;
	return 0;
}
