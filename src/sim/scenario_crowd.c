/* SPDX-License-Identifier: MIT */
/*
 * A crowd of pipelines is written down as a number, a few lists of words and a few
 * shapes. Names are made by counting through the words, each list a digit, in leaps that
 * meet every combination before one comes again; those after that get a number. So names
 * are different without anything being looked up, a hundred thousand of them too.
 */
#include <string.h>

#include "sim/scenario_file.h"

#define COUNT_MAX 1000000
#define LEAP 7919 /* a prime, greater than any list is long */

/* ---- the description ---- */

static void read_names(struct loaded *l, const config_setting_t *v)
{
	struct crowd_info *c = &l->s.crowd;
	int i, k;

	c->nnames = file_length(v);
	c->names = arena_array(&l->arena, (size_t)c->nnames, sizeof(*c->names));
	for (i = 0; i < c->nnames; i++) {
		config_setting_t *lists = config_setting_get_elem(v, (unsigned)i);
		struct crowd_names *names = &c->names[i];

		names->lists = file_length(lists);
		if (names->lists < 1 || names->lists > 6) {
			file_complain(l, lists, "a name is made of 1 to 6 lists of words");
			return;
		}
		for (k = 0; k < names->lists; k++) {
			names->words[k] = file_strings(
				l, config_setting_get_elem(lists, (unsigned)k), &names->n[k]);
			if (!names->n[k])
				file_complain(l, lists, "a list of words is empty");
		}
	}
}

static void read_weights(struct loaded *l, const config_setting_t *v)
{
	struct crowd_info *c = &l->s.crowd;
	int i;

	c->nshapes = file_length(v);
	c->shapes = arena_array(&l->arena, (size_t)c->nshapes, sizeof(*c->shapes));
	for (i = 0; i < c->nshapes; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);

		c->shapes[i].shape = file_shape(l, e, config_setting_name(e));
		c->shapes[i].weight = config_setting_get_int(e);
		if (c->shapes[i].weight < 1)
			file_complain(l, e, "the weight of a shape is at least 1");
		c->weights += c->shapes[i].weight;
	}
}

void file_read_crowd(struct loaded *l, const config_setting_t *v, int count)
{
	struct crowd_info *c = &l->s.crowd;

	if (!v && count)
		file_complain(l, NULL, "this scenario has no crowd whose count could be chosen");
	if (!v)
		return;
	c->count = count ? count : file_int(v, "count", 1000);
	c->live = file_int(v, "live", 100);
	if (c->count < 1 || c->count > COUNT_MAX)
		file_complain(l, v, "count %d is not a number from 1 to %d", c->count, COUNT_MAX);
	read_weights(l, file_member(v, "shapes"));
	read_names(l, file_member(v, "names"));
	if (!c->nshapes || !c->nnames)
		file_complain(l, v, "a crowd needs shapes and names");
	if (l->failed)
		c->count = 0;
}

/* ---- its members ---- */

static const char *member_name(struct loaded *l, int index)
{
	const struct crowd_info *c = &l->s.crowd;
	const struct crowd_names *names = &c->names[index % c->nnames];
	uint64_t all = 1, nth = (uint64_t)(index / c->nnames), at;
	char text[400] = "";
	int i;

	for (i = 0; i < names->lists; i++)
		all *= (uint64_t)names->n[i];
	for (i = 0, at = nth * LEAP % all; i < names->lists; i++) {
		strncat(text, names->words[i][at % (uint64_t)names->n[i]], 60);
		at /= (uint64_t)names->n[i];
	}
	return nth < all ? arena_strdup(&l->arena, text)
			 : arena_printf(&l->arena, "%s-%d", text, (int)(nth / all) + 1);
}

static const struct shape *member_shape(const struct crowd_info *c, uint64_t h)
{
	int drawn = (int)(h % (uint64_t)c->weights), i;

	for (i = 0; drawn >= c->shapes[i].weight; i++)
		drawn -= c->shapes[i].weight;
	return c->shapes[i].shape;
}

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return !*s;
}

/* One in `n`, by bits of the hash that nothing else looks at. */
static bool one_in(uint64_t h, int salt, int n)
{
	return rng_mix(h, (uint64_t)salt) % (uint64_t)n == 0;
}

void file_make_member(struct loaded *l, int index, uint64_t h, struct pipeline_info *p)
{
	const struct scenario *s = &l->s;
	const struct project *project = &s->projects[p->project];
	const struct person *creator = s->npeople ? &s->people[h % (uint64_t)s->npeople] : NULL;

	p->crowd = true;
	p->name = member_name(l, index);
	p->repo = is_ascii(p->name) ? p->name : arena_printf(&l->arena, "repo-%d", index + 1);
	rng_id(h, p->id);
	p->shape = member_shape(&s->crowd, rng_mix(h, 1));
	p->favourite = one_in(h, 2, 120);
	p->banned = one_in(h, 3, 90);
	p->old = one_in(h, 4, 60);
	p->publish = one_in(h, 5, 40);
	p->creator = creator ? creator->name : "";
	p->creator_id = creator ? creator->id : "";
	p->create_ms = s->start_ms - rng_between(h >> 8, 30, 700) * 86400000;
	p->first_number = (int)rng_between(h >> 20, 30, 1500);
	p->group = -1;
	if (project->ngroups && !one_in(h, 6, 3))
		p->group = project->first_group + (int)(rng_mix(h, 7) % (uint64_t)project->ngroups);
}
