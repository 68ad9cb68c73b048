/* SPDX-License-Identifier: MIT */
/*
 * Names of files are made from names that anybody may have given to a pipeline, so only
 * letters, digits, dots, dashes and underscores of ASCII get through. Of a name in other
 * letters nothing would be left to know it by: then its id stands for it.
 */
#include "savename.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/chores.h"
#include "core/text.h"
#include "core/vault.h"

#define PART_MAX 60
#define ID_PART 8

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool allowed(char c)
{
	return plain(c) || c == '.' || c == '_' || c == '-';
}

/* The name with each run of other bytes as one "_", without dots and dashes at its start. */
static void add_clean(const char *text, struct buf *out)
{
	size_t from = out->len;
	struct buf known;
	const char *name;

	buf_init(&known, BUF_MAX);
	buf_adds(&known, text);
	vault_scrub(&known);
	for (name = known.data; *name && out->len - from < PART_MAX; name++) {
		if (out->len == from && (*name == '.' || *name == '-'))
			continue;
		if (allowed(*name))
			buf_addc(out, *name);
		else if (out->len == from || out->data[out->len - 1] != '_')
			buf_addc(out, '_');
	}
	if (out->len > from && out->data[out->len - 1] == '_')
		buf_truncate(out, out->len - 1);
	buf_done(&known);
}

static bool telling(const char *text)
{
	while (*text && !plain(*text))
		text++;
	return *text != '\0';
}

static void add_part(const char *name, const char *id, struct buf *out)
{
	size_t from;

	if (out->len)
		buf_addc(out, '-');
	from = out->len;
	add_clean(text_or_empty(name), out);
	if (telling(out->data + from))
		return;
	buf_truncate(out, from);
	add_clean(text_or_empty(id), out);
	buf_truncate(out, from + ID_PART);
}

void chores_name(const struct store *store, const struct ref *step, struct buf *out)
{
	char *const *id = step->id;
	const struct pipeline *pipeline = store_pipeline(store, id[REF_PROJECT], id[REF_PIPELINE]);
	const struct run *run = store_run(store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN]);
	struct step_at at;
	bool known = run && run_step_by_id(run, id[REF_STEP], &at);
	char number[24] = "";

	if (run && run->number)
		snprintf(number, sizeof(number), "%lld", (long long)run->number);
	add_part(pipeline ? pipeline->name : NULL, id[REF_PIPELINE], out);
	add_part(number, id[REF_RUN], out);
	add_part(known ? at.step->name : NULL, id[REF_STEP], out);
	buf_adds(out, ".log");
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

void savename_path(const char *text, const struct store *store, const struct ref *step, struct buf *out)
{
	const char *home = getenv("HOME");
	struct buf name;

	if (text && text[0] == '~' && (text[1] == '/' || !text[1]) && home && *home == '/')
		buf_addf(out, "%s%s", home, text + 1);
	else
		buf_adds(out, text_or_empty(text));
	if (out->len && !is_directory(out->data))
		return;
	if (out->len && out->data[out->len - 1] != '/')
		buf_addc(out, '/');
	buf_init(&name, BUF_MAX);
	chores_name(store, step, &name);
	buf_adds(out, name.data);
	buf_done(&name);
}
