/* SPDX-License-Identifier: MIT */
/*
 * What is set up on this machine: the configuration and where each of its words comes from, and
 * the files that it lives in. Mistakes were kept by options_read() for us, part by part.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "audit.h"
#include "configshow.h"
#include "doctor.h"
#include "kept.h"

/* " (PIPETOP_REGION)" */
static void add_origin(const struct options *o, enum setting_id id, struct buf *out)
{
	buf_adds(out, " (");
	configshow_origin(o, &o->settings.origins[id], out);
	buf_addc(out, ')');
}

/* ---- configuration ---- */

/* True: there is a mistake in that part, and it has been told. */
static bool told_mistake(struct doctor *d, enum options_part part, const char *mend)
{
	const struct err *mistake = &d->options->mistakes[part];

	if (mistake->kind == ERR_NONE)
		return false;
	finding_problem(&d->findings, EXIT_USAGE, "%s", mistake->text);
	finding_mend(&d->findings, "%s", mend);
	return true;
}

void doctor_config_file(struct doctor *d)
{
	const struct config *c = &d->options->config;
	size_t i;

	if (told_mistake(d, OPTIONS_FILE, _("mend that line; pipetop-config(5) says what may stand there")))
		return;
	for (i = 0; i < c->n_warnings; i++) {
		finding_warning(&d->findings, "%s", c->warnings[i]);
		finding_mend(&d->findings, _("mend that line, or take it out: it has no effect"));
	}
	if (c->found)
		finding_ok(&d->findings, _("%s, read"), c->path);
	else if (c->path)
		finding_ok(&d->findings, _("%s is not there: the defaults hold"), c->path);
	else
		finding_ok(&d->findings, _("no home to have one in: the defaults hold"));
}

void doctor_environment(struct doctor *d)
{
	bool told = told_mistake(d, OPTIONS_ENVIRONMENT, _("unset that variable, or give it what it takes"));

	if (!told_mistake(d, OPTIONS_SAID, _("give it what it takes")) && !told)
		finding_ok(&d->findings, _("its variables can be read"));
}

/* What is not set may have stood where something could not be read: that has been told. */
static bool lost(struct doctor *d)
{
	const struct err *m = d->options->mistakes;

	if (m[OPTIONS_FILE].kind == ERR_NONE && m[OPTIONS_PROFILE].kind == ERR_NONE &&
	    m[OPTIONS_ENVIRONMENT].kind == ERR_NONE && m[OPTIONS_SAID].kind == ERR_NONE)
		return false;
	finding_skipped(&d->findings, _("not known, because of what could not be read"));
	return true;
}

void doctor_profile(struct doctor *d)
{
	const struct options *o = d->options;

	if (told_mistake(d, OPTIONS_PROFILE, _("name one that the configuration has, with --profile or profile = ...")))
		return;
	if (o->profile)
		finding_ok(&d->findings, _("%s is in force"), o->profile);
	else
		finding_ok(&d->findings, _("none is in force"));
}

void doctor_endpoint(struct doctor *d)
{
	const struct options *o = d->options;
	struct buf text;

	if (told_mistake(d, OPTIONS_SERVICE, _("set region or endpoint; pipetop --help names a region")))
		return;
	if (!o->endpoint && lost(d))
		return;
	if (!o->endpoint) {
		finding_problem(&d->findings, EXIT_USAGE, _("no service is named"));
		finding_mend(&d->findings, _("give --region NAME or --endpoint URL, set PIPETOP_REGION or PIPETOP_ENDPOINT, or "
					     "region in the configuration"));
		return;
	}
	if (d->service.err.kind != ERR_NONE) {
		finding_problem(&d->findings, EXIT_USAGE, "%s", d->service.err.text);
		finding_mend(&d->findings, _("an endpoint is like https://HOST or https://HOST:PORT"));
		return;
	}
	buf_init(&text, BUF_MAX);
	add_origin(o, o->region ? SET_REGION : SET_ENDPOINT, &text);
	if (o->region)
		finding_ok(&d->findings, _("%s, region %s%s"), d->service.base.data, o->region, text.data);
	else
		finding_ok(&d->findings, "%s%s", d->service.base.data, text.data);
	buf_done(&text);
}

void doctor_projects(struct doctor *d)
{
	const struct options *o = d->options;
	struct buf text;
	size_t i;

	if (o->n_projects == 0 && o->v3) {
		finding_ok(&d->findings, _("none is needed with --api v3"));
		return;
	}
	if (o->n_projects == 0 && lost(d))
		return;
	if (o->n_projects == 0) {
		finding_problem(&d->findings, EXIT_USAGE, _("no project is named"));
		finding_mend(&d->findings, _("give --project ID, set PIPETOP_PROJECT, or projects in the configuration"));
		return;
	}
	buf_init(&text, BUF_MAX);
	for (i = 0; i < o->n_projects; i++)
		buf_addf(&text, "%s%s", i ? ", " : "", o->projects[i]);
	add_origin(o, SET_PROJECTS, &text);
	finding_ok(&d->findings, "%s", text.data);
	buf_done(&text);
}

void doctor_tenant(struct doctor *d)
{
	const struct options *o = d->options;
	struct buf text;

	if (text_empty(o->settings.tenant)) {
		finding_ok(&d->findings, _("not set: only templates need it"));
		return;
	}
	buf_init(&text, BUF_MAX);
	add_origin(o, SET_TENANT, &text);
	finding_ok(&d->findings, "%s%s", o->settings.tenant, text.data);
	buf_done(&text);
}

/* ---- addresses ---- */

static void set_way(struct doctor_way *way, const char *base)
{
	way->known = url_parse(base, &way->url, &way->err);
	if (way->known)
		url_base(&way->url, &way->base);
}

/* Does IAM give us our tokens? */
static bool asks_iam(const struct identity *identity)
{
	bool keys = identity->kind == IDENTITY_KEYS || identity->kind == IDENTITY_KEYS_COMMAND;

	return identity->kind == IDENTITY_PASSWORD || (keys && identity->exchange);
}

void doctor_place_gather(struct doctor *d)
{
	const struct options *o = d->options;

	buf_init(&d->service.base, BUF_MAX);
	buf_init(&d->iam.base, BUF_MAX);
	if (o->endpoint)
		set_way(&d->service, o->endpoint);
	d->iam_used = !o->demo && asks_iam(&o->identity);
	if (o->settings.iam_endpoint)
		set_way(&d->iam, o->settings.iam_endpoint);
	else
		err_set(&d->iam.err, ERR_INPUT, 0, _("the sign-in needs IAM, but its address is not known"));
}

/* ---- files ---- */

static bool folder_open_to_all(const char *path)
{
	char *copy = mem_strdup(path);
	struct stat st;
	bool open = stat(dirname(copy), &st) == 0 && (st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX);

	mem_free(copy);
	return open;
}

static struct judge_file look_at_file(const char *path, bool follow)
{
	struct judge_file file = {.path = path, .uid = geteuid()};

	if ((follow ? stat : lstat)(path, &file.st) != 0)
		file.error = errno;
	file.folder_open = folder_open_to_all(path);
	return file;
}

void doctor_config_mode(struct doctor *d)
{
	const char *path = d->options->config_file ? d->options->config_file : d->options->config.path;
	struct judge_file file;

	if (!path) {
		finding_ok(&d->findings, _("there is none"));
		return;
	}
	file = look_at_file(path, true);
	judge_config_file(&d->findings, &file);
}

void doctor_token_file(struct doctor *d)
{
	const char *path = d->options->settings.token_file;
	struct judge_file file;

	if (!path) {
		finding_ok(&d->findings, _("none is named"));
		return;
	}
	file = look_at_file(path, false);
	judge_secret_file(&d->findings, &file);
}

/* A file that need not be there; path NULL: no home to have it in. */
static void judge_kept(struct doctor *d, const char *path, const char *absent)
{
	struct judge_file file = {.error = ENOENT};

	if (path)
		file = look_at_file(path, false);
	if (file.error == ENOENT || file.error == ENOTDIR)
		finding_ok(&d->findings, "%s", absent);
	else
		judge_secret_file(&d->findings, &file);
}

void doctor_kept_token(struct doctor *d)
{
	struct buf path;
	bool ok;

	buf_init(&path, BUF_MAX);
	ok = kept_path(d->options->profile, &path, NULL);
	judge_kept(d, ok ? path.data : NULL, _("`pipetop login` has kept none"));
	buf_done(&path);
}

void doctor_audit_log(struct doctor *d)
{
	struct buf path;
	bool ok;

	buf_init(&path, BUF_MAX);
	ok = audit_default(&path);
	judge_kept(d, ok ? path.data : NULL, _("nothing was done from here yet"));
	buf_done(&path);
}

/* Can it be written to, or, where it is not, be made? */
static bool writable(const char *path)
{
	char *copy = mem_strdup(path), *slash;
	bool ok = access(copy, W_OK | X_OK) == 0, there = ok || errno != ENOENT;

	while (!ok && !there && (slash = strrchr(copy, '/')) && slash != copy) {
		*slash = '\0';
		ok = access(copy, W_OK | X_OK) == 0;
		there = ok || errno != ENOENT;
	}
	mem_free(copy);
	return ok;
}

static void look_at_folder(struct doctor *d, enum path_place place, int64_t wanted_bytes)
{
	struct judge_folder folder = {.uid = geteuid(), .free_bytes = -1, .wanted_bytes = wanted_bytes};
	struct statvfs fs;
	struct buf path;

	buf_init(&path, BUF_MAX);
	if (path_user(place, &path)) {
		folder.path = path.data;
		folder.error = stat(path.data, &folder.st) == 0 ? 0 : errno;
		folder.writable = writable(path.data);
		if (statvfs(path.data, &fs) == 0)
			folder.free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	}
	judge_folder(&d->findings, &folder);
	buf_done(&path);
}

void doctor_state_folder(struct doctor *d)
{
	look_at_folder(d, PATH_STATE, 0);
}

void doctor_cache_folder(struct doctor *d)
{
	look_at_folder(d, PATH_CACHE, d->options->settings.spool_max);
}
