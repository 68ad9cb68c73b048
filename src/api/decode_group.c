/* SPDX-License-Identifier: MIT */
/*
 * The tree of groups (api.md 6.3): a bare list of objects that hold their children. It
 * comes out flat, parents before children, each with its parent and path; where the
 * answer does not say them they follow from where the group stood.
 */
#include "api/decode.h"

#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_run.h"

#define GROUPS_MAX 10000

struct reading {
	struct decoding decoding;
	struct group *list;
	size_t n;
};

/* "parent's path.id" */
static char *path_below(const char *parent_path, const char *id)
{
	struct buf path;

	if (text_empty(parent_path))
		return mem_strdup(id);
	buf_init(&path, BUF_MAX);
	buf_addf(&path, "%s.%s", parent_path, id);
	return buf_take(&path);
}

static bool decode_group(struct reading *r, const struct cJSON *obj, const char *parent_id,
			 const char *parent_path)
{
	const struct decoding *d = &r->decoding;
	struct group *group;
	char *id = decode_id(d, obj, "id");

	if (!id)
		return false;
	r->list = mem_grow(r->list, r->n, sizeof(*r->list));
	group = &r->list[r->n++];
	*group = (struct group){
		.id = id,
		.project_id = decode_id(d, obj, "project_id"),
		.name = json_string(d->json, obj, "name"),
		.parent_id = parent_id ? mem_strdup(parent_id) : decode_id(d, obj, "parent_id"),
		.path_id = decode_id(d, obj, "path_id"),
		.ordinal = (int)json_int(d->json, obj, "ordinal", 0),
	};
	if (!group->path_id)
		group->path_id = path_below(parent_path, id);
	return true;
}

/* The pre-pass bounds the depth (JSON_DEPTH_MAX), and so this recursion. */
static void decode_level(struct reading *r, const struct cJSON *row, const char *parent_id,
			 const char *parent_path)
{
	for (; row && r->n < GROUPS_MAX; row = json_next(row)) {
		if (decode_group(r, row, parent_id, parent_path)) {
			const struct group *group = &r->list[r->n - 1];
			const char *id = group->id, *path = group->path_id;

			decode_level(r, json_array(row, "children"), id, path);
		} else {
			r->decoding.dropped++;
		}
	}
}

bool decode_groups(const struct json *json, struct group **list, size_t *n, size_t *dropped,
		   struct err *err)
{
	struct reading r = {.decoding = {.json = json}};
	const struct cJSON *root = json_root(json);

	*list = NULL;
	*n = 0;
	if (!json_is_array(root) && !json_is_null(root))
		return err_set(err, ERR_PARSE, 0, _("bad answer: not a list of groups"));
	decode_level(&r, json_first(root), NULL, NULL);
	*list = r.list;
	*n = r.n;
	if (dropped)
		*dropped = r.decoding.dropped;
	return true;
}
