/* SPDX-License-Identifier: MIT */
/*
 * What a newcomer sees who has set nothing up. For each thing that is missing: the option, the
 * variable, the line of the configuration, and where the value is to be found; at the end the
 * file as it could be, made of exactly what is missing, and the way to look around without.
 */
#include "app/guide.h"

#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

enum thing { THING_SERVICE, THING_PROJECT, THING_TOKEN, THINGS };

static const struct {
	const char *name; /* translatable */
	const char *option, *variable, *line;
	const char *where; /* translatable: to find the value */
} things[THINGS] = {
	[THING_SERVICE] = {N_("the service"), "--region cn-north-4", "PIPETOP_REGION", "region = \"cn-north-4\";",
			   N_("the region at the top of the console's page; or --endpoint URL")},
	[THING_PROJECT] = {N_("the project"), "--project ID", "PIPETOP_PROJECT",
			   "projects = [\"0123456789abcdef0123456789abcdef\"];",
			   N_("the 32 letters and digits in the address of the project's page")},
	[THING_TOKEN] = {N_("who you are"), "pipetop login", "PIPETOP_TOKEN",
			 "token_command = [\"secret-tool\", \"lookup\", \"service\", \"pipetop\"];",
			 N_("or PIPETOP_AK and PIPETOP_SK, an access key of My Credentials")},
};

static void add(struct guide *g, const char *left, const char *right)
{
	g->lines = mem_grow(g->lines, g->n, sizeof(*g->lines));
	g->lines[g->n++] = (struct guide_line){mem_strdup(left), mem_strdup(right)};
}

static void add_thing(struct guide *g, enum thing thing)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_addf(&text, _("%s  or  %s=..."), things[thing].option, things[thing].variable);
	add(g, _(things[thing].name), text.data);
	add(g, "", _(things[thing].where));
	buf_done(&text);
}

/* "The file ~/... could be:", for what is missing; or with the words for a file that is there. */
static void add_file(struct guide *g, const struct options *o, const bool missing[THINGS])
{
	struct buf text;
	int i;

	if (!o->config.path)
		return;
	buf_init(&text, BUF_MAX);
	buf_adds(&text, o->config.found ? _("For good, add to the file ") : _("For good, make the file "));
	buf_adds(&text, o->config.path);
	add(g, NULL, "");
	add(g, NULL, text.data);
	for (i = 0; i < THINGS; i++) {
		if (!missing[i])
			continue;
		buf_clear(&text);
		buf_addf(&text, "    %s", things[i].line);
		add(g, NULL, text.data);
	}
	buf_done(&text);
}

static void add_known(struct guide *g, const struct options *o)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (o->endpoint)
		add(g, _("the service"), o->endpoint);
	if (o->n_projects) {
		buf_addf(&text, "%s%s", o->projects[0], o->n_projects > 1 ? " ..." : "");
		add(g, _("the project"), text.data);
	}
	if (g->n)
		add(g, NULL, "");
	buf_done(&text);
}

bool guide_make(struct guide *g, const struct options *o)
{
	bool missing[THINGS] = {
		[THING_SERVICE] = !o->endpoint,
		[THING_PROJECT] = o->n_projects == 0 && !o->v3,
		[THING_TOKEN] = o->identity.kind == IDENTITY_NONE,
	};
	int i, n = 0;

	memset(g, 0, sizeof(*g));
	for (i = 0; i < THINGS; i++)
		n += missing[i];
	if (n == 0)
		return false;
	g->title = mem_strdup(n == THINGS ? _("Welcome to pipetop. To show your pipelines it has to know:")
					  : _("Nearly there. This is known already, and the rest is missing:"));
	add_known(g, o);
	for (i = 0; i < THINGS; i++)
		if (missing[i])
			add_thing(g, (enum thing)i);
	add_file(g, o, missing);
	add(g, NULL, "");
	add(g, NULL, _("To look around first, at a simulated service: press d, or pipetop --demo"));
	add(g, NULL, _("All of it: man pipetop, man pipetop-config. q quits."));
	return true;
}

void guide_done(struct guide *g)
{
	size_t i;

	for (i = 0; i < g->n; i++) {
		mem_free(g->lines[i].left);
		mem_free(g->lines[i].right);
	}
	mem_free(g->lines);
	mem_free(g->title);
	memset(g, 0, sizeof(*g));
}
