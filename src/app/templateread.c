/* SPDX-License-Identifier: MIT */
/*
 * From words to templates, with the retries that every read of a command has. The list is asked with the
 * service's own filter first; only when that finds nothing is all of it read, to say what was meant.
 */
#include "templateread.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"
#include "readercall.h"
#include "say.h"

#define CANDIDATES_SHOWN 12

/* ---- whose ---- */

/* Only an answer of IAM's tells whose token it is, and nothing was asked yet: any small question will do. */
static void make_sign_in(struct command *c)
{
	struct api_list_query query = {.limit = 10};
	struct pipelines_read read;

	if (reader_pipelines(c->reader, true, NULL, &query, &read, NULL))
		pipelines_read_done(&read);
}

static bool of_sign_in(const struct command *c, char tenant[TENANT_MAX])
{
	const struct auth *auth = session_auth(reader_session(c->reader));
	struct auth_info info;

	if (!auth)
		return false;
	auth_info(auth, &info);
	snprintf(tenant, TENANT_MAX, "%s", info.account_id);
	return *tenant != '\0';
}

static bool asks_iam(const struct identity *identity)
{
	return identity->kind == IDENTITY_PASSWORD || identity->exchange;
}

bool templateread_tenant(struct command *c, char tenant[TENANT_MAX], struct err *err)
{
	const struct options *o = c->options;
	const char *said = text_empty(o->tenant) ? o->settings.tenant : o->tenant;

	snprintf(tenant, TENANT_MAX, "%s", text_empty(said) && o->demo ? "demo" : text_or_empty(said));
	if (*tenant || of_sign_in(c, tenant))
		return true;
	if (asks_iam(&o->identity))
		make_sign_in(c);
	return of_sign_in(c, tenant) ||
	       err_set(err, ERR_INPUT, 0,
		       _("templates belong to an account, and none is named: give its id with --tenant or "
			 "PIPETOP_TENANT (console: My Credentials, Account ID)"));
}

/* ---- lists ---- */

struct roll_call {
	struct reader_call base;
	const char *tenant;
	struct api_template_query query;
	struct templateroll *roll;
};

static void take_page(void *self, struct api_templates *page)
{
	struct roll_call *call = self;

	if (page->answer.err.kind == ERR_NONE)
		templateroll_take(call->roll, page);
	reader_answered(&call->base, &page->answer);
}

static uint64_t send_page(void *self)
{
	struct roll_call *call = self;

	return api_list_templates(reader_session(call->base.reader), call->tenant, &call->query, take_page, call);
}

bool templateread_roll(struct command *c, const char *tenant, struct templateroll *roll, struct err *err)
{
	struct roll_call call = {.base = {.reader = c->reader, .send = send_page}, .tenant = tenant, .roll = roll};
	bool ok = true;

	call.base.self = &call;
	while (ok && templateroll_next(roll, &call.query)) {
		ok = reader_call(&call.base, err);
		mem_free(call.base.body.text);
		call.base.body = (struct body){0};
	}
	return ok;
}

/* ---- one ---- */

struct detail_call {
	struct reader_call base;
	const char *tenant, *id;
	struct template *tmpl;
};

static void take_detail(void *self, struct api_template *detail)
{
	struct detail_call *call = self;

	if (detail->answer.err.kind == ERR_NONE && detail->template) {
		*call->tmpl = *detail->template;
		*detail->template = (struct template){0};
	}
	reader_answered(&call->base, &detail->answer);
}

static uint64_t send_detail(void *self)
{
	struct detail_call *call = self;

	return api_template_detail(reader_session(call->base.reader), call->tenant, call->id, take_detail, call);
}

bool templateread_detail(struct command *c, const char *tenant, const char *id, struct template *tmpl,
			 struct err *err)
{
	struct detail_call call = {.base = {.reader = c->reader, .send = send_detail},
				   .tenant = tenant,
				   .id = id,
				   .tmpl = tmpl};
	bool ok;

	*tmpl = (struct template){0};
	call.base.self = &call;
	ok = reader_call(&call.base, err);
	mem_free(call.base.body.text);
	return ok;
}

/* ---- by name ---- */

struct found {
	const struct template *one; /* the last that matches */
	size_t n;
};

static struct found matching(const struct templateroll *roll, const char *word, bool whole)
{
	struct found found = {0};
	size_t i;

	for (i = 0; i < roll->n; i++) {
		const char *name = text_or_empty(roll->all[i].name);

		if (whole ? strcmp(name, word) != 0 && strcmp(roll->all[i].id, word) != 0 : !strcasestr(name, word))
			continue;
		found.one = &roll->all[i];
		found.n++;
	}
	return found;
}

static void list_candidates(struct command *c, const struct templateroll *roll, const char *word, bool whole)
{
	size_t i, shown = 0, n = matching(roll, word, whole).n;

	for (i = 0; i < roll->n && shown < CANDIDATES_SHOWN; i++) {
		const char *name = text_or_empty(roll->all[i].name);

		if (whole ? strcmp(name, word) != 0 : !strcasestr(name, word))
			continue;
		buf_addf(&c->hints, "  %s  ", roll->all[i].id);
		say_name(&c->hints, name, "-");
		buf_addf(&c->hints, "  %s\n", roll->all[i].system ? _("system") : _("custom"));
		shown++;
	}
	if (shown < n)
		buf_addf(&c->hints, _("  and %zu more\n"), n - shown);
}

static bool nothing(const struct templateroll *all, const char *word, struct err *err)
{
	struct suggest near = {.word = word};
	size_t i;

	for (i = 0; i < all->n; i++)
		suggest_offer(&near, text_or_empty(all->all[i].name));
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("no template is called '%.60s': did you mean '%.60s'?"), word,
			       near.best);
	return err_set(err, ERR_INPUT, 0,
		       _("no template is called '%.60s' or has that id (%zu looked at): pipetop templates list "
			 "shows them"),
		       word, all->n);
}

/* The id of the one that is meant, owned; NULL: err. */
static char *choose(struct command *c, const struct templateroll *roll, const char *word, bool *exact,
		    struct err *err)
{
	struct found found = matching(roll, word, true);

	*exact = found.n > 0;
	if (!found.n)
		found = matching(roll, word, false);
	if (found.n == 1)
		return mem_strdup(found.one->id);
	if (found.n == 0) {
		nothing(roll, word, err);
		return NULL;
	}
	list_candidates(c, roll, word, *exact);
	err_set(err, ERR_INPUT, 0, _("%zu templates match '%.60s': name one whole, or give its id"), found.n, word);
	return NULL;
}

static char *search(struct command *c, const char *tenant, const char *word, bool *exact, struct err *err)
{
	struct template_wish wish = {.name = word};
	struct templateroll roll;
	char *id = NULL;
	bool ok;

	templateroll_begin(&roll, &wish);
	ok = templateread_roll(c, tenant, &roll, err);
	if (ok && !matching(&roll, word, true).n && !matching(&roll, word, false).n) {
		/* The service's idea of "like" may be narrower, and an id is in no name. */
		templateroll_done(&roll);
		wish.name = NULL;
		templateroll_begin(&roll, &wish);
		ok = templateread_roll(c, tenant, &roll, err);
	}
	if (ok)
		id = choose(c, &roll, word, exact, err);
	templateroll_done(&roll);
	return id;
}

static bool looks_like_id(const char *word)
{
	return strlen(word) == 32 && strspn(word, "0123456789abcdefghijklmnopqrstuvwxyz") == 32;
}

bool templateread_pick(struct command *c, const char *tenant, const char *word, struct template *tmpl,
		       bool *exact, struct err *err)
{
	struct err first = {.kind = ERR_NONE};
	bool whole = true, ok;
	char *id;

	*tmpl = (struct template){0};
	if (!*word)
		return err_set(err, ERR_INPUT, 0, _("the template's name is empty"));
	ok = looks_like_id(word) && templateread_detail(c, tenant, word, tmpl, &first);
	if (!ok && first.kind != ERR_NONE && first.kind != ERR_GONE) {
		if (err)
			*err = first;
		return false;
	}
	if (!ok) {
		id = search(c, tenant, word, &whole, err);
		ok = id && templateread_detail(c, tenant, id, tmpl, err);
		mem_free(id);
	}
	if (exact)
		*exact = whole;
	return ok;
}

/* ---- tasks ---- */

struct task_call {
	struct reader_call base;
	const char *id;
	struct task_read *read;
};

static char *kept(const char *text)
{
	return text_empty(text) ? NULL : mem_strdup(text);
}

static void take_task(void *self, const struct api_task *task)
{
	struct task_call *call = self;
	struct task_read *read = call->read;

	if (task->answer.err.kind == ERR_NONE) {
		read->phase = task->phase;
		snprintf(read->status, sizeof(read->status), "%s", text_or_empty(task->status));
		read->pipeline_id = kept(task->pipeline_id);
		read->pipeline_name = kept(task->pipeline_name);
		read->pipeline_url = kept(task->pipeline_url);
	}
	reader_answered(&call->base, &task->answer);
}

static uint64_t send_task(void *self)
{
	struct task_call *call = self;

	return api_task_status(reader_session(call->base.reader), call->id, take_task, call);
}

bool templateread_task(struct command *c, const char *task_id, struct task_read *read, struct err *err)
{
	struct task_call call = {.base = {.reader = c->reader, .send = send_task}, .id = task_id, .read = read};
	bool ok;

	*read = (struct task_read){0};
	call.base.self = &call;
	ok = reader_call(&call.base, err);
	mem_free(call.base.body.text);
	return ok;
}

void task_read_done(struct task_read *read)
{
	mem_free(read->pipeline_id);
	mem_free(read->pipeline_name);
	mem_free(read->pipeline_url);
	*read = (struct task_read){0};
}
