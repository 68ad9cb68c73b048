/* SPDX-License-Identifier: MIT */
/*
 * Each kind of value has one function that knows its forms and its default, so that the
 * shape of the code that reads is the shape of the file.
 */
#include "sim/scenario_file.h"

#include <stdarg.h>
#include <string.h>

#include "core/when.h"

void file_complain(struct loaded *l, const config_setting_t *at, const char *fmt, ...)
{
	va_list ap;

	if (l->failed)
		return;
	l->failed = true;
	va_start(ap, fmt);
	err_vset(l->err, ERR_INPUT, 0, fmt, ap);
	va_end(ap);
	err_prefix(l->err, "%s:%u",
		   at && config_setting_source_file(at) ? config_setting_source_file(at)
							: l->path.data,
		   at ? config_setting_source_line(at) : 0);
}

const char *file_string(const config_setting_t *s, const char *name, const char *or_else)
{
	const char *value = NULL;

	return s && config_setting_lookup_string(s, name, &value) ? value : or_else;
}

int file_int(const config_setting_t *s, const char *name, int or_else)
{
	int value;

	return s && config_setting_lookup_int(s, name, &value) ? value : or_else;
}

bool file_bool(const config_setting_t *s, const char *name)
{
	int value;

	return s && config_setting_lookup_bool(s, name, &value) && value;
}

int file_length(const config_setting_t *s)
{
	return s ? config_setting_length(s) : 0;
}

config_setting_t *file_member(const config_setting_t *s, const char *name)
{
	return s ? config_setting_get_member(s, name) : NULL;
}

struct range file_range(const config_setting_t *s, const char *name, int lo, int hi)
{
	config_setting_t *v = file_member(s, name);
	struct range r = {lo, hi};

	if (v && config_setting_is_aggregate(v) && file_length(v) == 2) {
		r.lo = config_setting_get_int_elem(v, 0);
		r.hi = config_setting_get_int_elem(v, 1);
	} else if (v) {
		r.lo = r.hi = config_setting_get_int(v);
	}
	return r;
}

const char **file_strings(struct loaded *l, const config_setting_t *v, int *n)
{
	const char **list;
	int i;

	*n = file_length(v);
	list = arena_array(&l->arena, (size_t)*n, sizeof(*list));
	for (i = 0; i < *n; i++) {
		list[i] = config_setting_get_string_elem(v, i);
		if (!list[i]) {
			file_complain(l, v, "element %d must be a string", i + 1);
			list[i] = "";
		}
	}
	return list;
}

void file_id(struct loaded *l, const config_setting_t *s, const char *name, uint64_t h,
	     char id[RNG_ID_SIZE])
{
	const char *given = file_string(s, name, NULL);

	rng_id(h, id);
	if (!given)
		return;
	if (strlen(given) >= RNG_ID_SIZE)
		file_complain(l, s, "%s is longer than 32 characters", name);
	else
		strcpy(id, given);
}

int64_t file_time(struct loaded *l, const config_setting_t *s, const char *name, int64_t or_else)
{
	config_setting_t *v = file_member(s, name);
	int64_t ms;

	if (!v)
		return or_else;
	if (config_setting_type(v) != CONFIG_TYPE_STRING)
		return l->s.start_ms + INT64_C(1000) * config_setting_get_int(v);
	ms = when_parse_zoneless(config_setting_get_string(v), 8 * 3600);
	if (ms == WHEN_NONE)
		file_complain(l, v, "%s must be seconds or \"YYYY-MM-DD HH:MM:SS\"", name);
	return ms;
}
