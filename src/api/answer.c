/* SPDX-License-Identifier: MIT */
/*
 * HTTP 200 is not success here: the service puts errors into it, with a code of its own,
 * and a portal answers it with a web page. So two tables say what went wrong: one by the
 * service's code (which wins, wherever it stands) and one by the HTTP status. The kind
 * is what callers act on; `err.code` is the status that the error means, not the 200
 * that it came in.
 */
#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "secrets.h"

#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 600000
#define MESSAGE_MAX 120

/* The gateway signs as APIGW or APIG; only its digits count. */
static const struct known_code {
	const char *code;
	enum err_kind kind;
	int status; /* that it means */
} known_codes[] = {
	{"APIGW.0101", ERR_GONE, 404},	     {"APIGW.0301", ERR_AUTH, 401},
	{"APIGW.0303", ERR_AUTH, 401},	     {"APIGW.0307", ERR_AUTH, 401},
	{"APIGW.0308", ERR_RATE, 429},	     {"COCT.0070003", ERR_REMOTE, 503},
	{"COCT.0070500", ERR_REMOTE, 503},   {"DEVCP.00010000", ERR_REMOTE, 500},
	{"DEVCP.00012002", ERR_GONE, 404},   {"DEVCP.00014004", ERR_REMOTE, 400},
	{"DEVCP.00014031", ERR_AUTH, 403},   {"DEVCP.00020500", ERR_REMOTE, 503},
	{"DEVCP.00021006", ERR_GONE, 404},   {"DEVCP.00021018", ERR_AUTH, 403},
	{"DEVCP.00021400", ERR_REMOTE, 400}, {"DEVPIPE.00011203", ERR_GONE, 404},
	{"DEVPIPE.00011401", ERR_GONE, 404}, {"DEVPIPE.00011412", ERR_GONE, 404},
	{"DEVPIPE.30011001", ERR_GONE, 404}, {"DEVPIPE.30011011", ERR_AUTH, 403},
	{"DEVPIPE.30021001", ERR_GONE, 404}, {"DEV_21_100169", ERR_GONE, 404},
};

/* `last` is the end of the range. */
static const struct status_class {
	int first, last;
	enum err_kind kind;
	const char *what;
} status_classes[] = {
	{401, 401, ERR_AUTH, N_("sign-in is needed: set PIPETOP_TOKEN or --token-file")},
	{403, 403, ERR_AUTH, N_("no permission")},
	{404, 404, ERR_GONE, N_("not found")},
	{407, 407, ERR_NET, N_("the proxy wants a password")},
	{408, 408, ERR_REMOTE, N_("the server gave up waiting")},
	{409, 409, ERR_REMOTE, N_("not possible in this state")},
	{410, 410, ERR_GONE, N_("not found")},
	{429, 429, ERR_RATE, N_("too many requests")},
	{400, 499, ERR_REMOTE, N_("the server refused the request")},
	{500, 599, ERR_REMOTE, N_("the server failed")},
	{0, 999999, ERR_REMOTE, N_("the server answered with an unknown status")},
};

/* What ended the request, ready to be said. */
struct verdict {
	enum err_kind kind;
	int status;
	const char *what;
};

static bool is_bidi(uint32_t cp)
{
	return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x2028 || cp == 0x2029;
}

void answer_clean(const char *text, char *out, size_t size)
{
	size_t len = strlen(text), at, used, o = 0, n;
	char utf8[4];
	uint32_t cp;

	for (at = 0; at < len; at += used) {
		cp = text_decode(text + at, len - at, &used);
		n = text_encode(is_control(cp) || is_bidi(cp) ? ' ' : cp, utf8);
		if (o + n >= size)
			break;
		memcpy(out + o, utf8, n);
		o += n;
	}
	out[o] = '\0';
}

static bool same_code(const char *known, const char *code)
{
	if (text_starts(known, "APIGW.") && text_starts(code, "APIG."))
		return strcmp(known + strlen("APIGW."), code + strlen("APIG.")) == 0;
	return strcmp(known, code) == 0;
}

static const struct status_class *class_of(int status)
{
	const struct status_class *class = status_classes;

	while (status < class->first || status > class->last)
		class++;
	return class;
}

/* The service's code decides; without a known one the status does. */
static struct verdict judge(const char *code, int status)
{
	const struct status_class *class;
	size_t i;

	for (i = 0; i < sizeof(known_codes) / sizeof(known_codes[0]); i++)
		if (same_code(known_codes[i].code, code))
			return (struct verdict){known_codes[i].kind, known_codes[i].status,
						class_of(known_codes[i].status)->what};
	if (status >= 200 && status < 300)
		return (struct verdict){ERR_REMOTE, status, N_("the server refused the request")};
	class = class_of(status);
	return (struct verdict){class->kind, status, class->what};
}

/* "limit:50,time:1 minute" in the text of a 429: the wait that it hints at, or -1. */
static int64_t hinted_wait_ms(const char *message)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"second", 1000}, {"minute", 60000}, {"hour", 3600000}};
	const char *at = strstr(message, "time:");
	char *end;
	long long n;
	size_t i;

	if (!at)
		return -1;
	n = strtoll(at + strlen("time:"), &end, 10);
	while (*end == ' ')
		end++;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (n <= 0 || strncasecmp(end, units[i].name, strlen(units[i].name)) != 0)
			continue;
		if (n > RETRY_MAX_MS / units[i].ms)
			return RETRY_MAX_MS;
		return n * units[i].ms;
	}
	return -1;
}

/* "(HTTP 404, CODE: message, request ID)": as much as there is and as fits. */
static void put_details(const struct api_answer *answer, const char *message, struct buf *out)
{
	char clean[MESSAGE_MAX];

	buf_addf(out, " (HTTP %d", answer->status);
	if (answer->code[0])
		buf_addf(out, ", %s", answer->code);
	answer_clean(message, clean, sizeof(clean));
	if (clean[0])
		buf_addf(out, "%s%s", answer->code[0] ? ": " : ", ", clean);
	answer_clean(answer->request_id, clean, sizeof(clean));
	if (clean[0])
		buf_addf(out, _(", request %s"), clean);
	buf_addc(out, ')');
}

/* With the mend of the one source that is refused. */
static void put_refusal(const struct auth *auth, char *out, size_t size)
{
	struct auth_info info;

	auth_info(auth, &info);
	if (info.keys)
		snprintf(out, size, _("the signature is not accepted: %s"), info.mend);
	else
		snprintf(out, size, _("the token is not accepted or has expired: %s"), info.mend);
}

static struct json *fail(const struct answer_question *q, struct verdict verdict,
			 struct api_answer *answer)
{
	char what[MESSAGE_MAX];
	struct buf details;

	snprintf(what, sizeof(what), "%s", _(verdict.what));
	if (verdict.status == 401 && q->auth)
		put_refusal(q->auth, what, sizeof(what));
	buf_init(&details, BUF_MAX);
	put_details(answer, q->error->message, &details);
	err_set(&answer->err, verdict.kind, verdict.status, "%s: %s%s", q->noun, what, details.data);
	buf_done(&details);
	if (verdict.kind == ERR_RATE && answer->retry_after_ms < 0)
		answer->retry_after_ms = hinted_wait_ms(q->error->message);
	return NULL;
}

/* Nothing of what a portal says is repeated. */
static struct json *fail_plain(const struct answer_question *q, enum err_kind kind,
			       const char *what, struct api_answer *answer)
{
	err_set(&answer->err, kind, answer->status, "%s: %s", q->noun, what);
	return NULL;
}

static struct json *fail_redirect(const struct answer_question *q, const struct response *response,
				  struct api_answer *answer)
{
	char host[80];

	answer_clean(response->location_host, host, sizeof(host));
	err_set(&answer->err, ERR_REMOTE, answer->status,
		_("%s: the endpoint redirects to %s: check `endpoint`"), q->noun,
		host[0] ? host : _("another address"));
	return NULL;
}

static bool is_web_page(const struct response *response)
{
	const char *s = response->body;

	if (response->len == 0)
		return false;
	if (strncasecmp(response->content_type, "text/html", strlen("text/html")) == 0)
		return true;
	if (text_starts(s, "\xEF\xBB\xBF"))
		s += 3;
	return s[strspn(s, " \t\r\n")] == '<';
}

/* Those of a service that fails are pages too; a login portal's are not errors, or say 401 or 511. */
static bool page_is_stranger(int status)
{
	return status < 400 || status == 401 || status == 511;
}

static void put_code(char out[64], const char *code)
{
	size_t i;

	for (i = 0; i < 63 && code[i]; i++)
		out[i] = (code[i] > ' ' && code[i] < 0x7F) ? code[i] : '?';
	out[i] = '\0';
}

/* The document, if it is one; what it says of errors goes to `question` and `answer`. */
static struct json *read_body(const struct answer_question *q, const struct response *response,
			      struct api_answer *answer, struct err *err)
{
	bool lift = response->status >= 200 && response->status < 300;
	struct json *json = json_parse(response->body, response->len, lift ? q->lift : NULL,
				       lift ? q->lifted : NULL, lift ? q->was_lifted : NULL, err);

	if (!json)
		return NULL;
	decode_error(json, q->error);
	if (secrets_found(q->secrets, response->body, response->len) ||
	    secrets_found(q->secrets, q->error->message, strlen(q->error->message)))
		snprintf(q->error->message, sizeof(q->error->message), "%s",
			 _("its words hold a secret, and are not repeated"));
	put_code(answer->code, q->error->code);
	if (!answer->request_id[0])
		answer->request_id = q->error->request_id;
	return json;
}

static void take_response(const struct response *response, struct api_answer *answer)
{
	answer->status = response->status;
	answer->request_id = response->request_id;
	answer->retry_after_ms = response->retry_after_ms;
	answer->took_ms = response->took_ms;
	answer->wire_bytes = response->wire_bytes;
	answer->too_large = response->too_large;
	answer->server_ms = response->date_ms;
	answer->body = response->body;
	answer->body_len = response->len;
}

struct json *answer_read(const struct answer_question *q, const struct response *response,
			 struct api_answer *answer)
{
	int status = response->status;
	struct err why = {0};
	struct json *json = NULL;
	bool page;

	take_response(response, answer);
	memset(q->error, 0, sizeof(*q->error));
	answer->err = response->err;
	if (response->err.kind != ERR_NONE)
		return NULL;
	if (status >= 300 && status < 400)
		return fail_redirect(q, response, answer);
	page = is_web_page(response);
	if (page && page_is_stranger(status))
		return fail_plain(q, ERR_NET,
				  _("a web page answered instead of the API (login portal?)"), answer);
	if (response->len && !page)
		json = read_body(q, response, answer, &why);
	if (status < 200 || status >= 300 || (json && q->error->failed)) {
		json_free(json);
		return fail(q, judge(answer->code, status), answer);
	}
	if (json && (status == 200 || status == 201))
		return json;
	json_free(json);
	if (response->len == 0 || !why.text[0])
		return fail_plain(q, ERR_PARSE, _("no data in the answer"), answer);
	return fail_plain(q, ERR_PARSE, why.text, answer);
}

/* ---- what it says of the credentials ---- */

#define ERROR_MAX 4096 /* a whole answer that is an error in HTTP 200 */

static bool looks_like_json(const struct response *r)
{
	const char *s = r->body;

	s += strspn(s, "\xEF\xBB\xBF \t\r\n");
	return *s == '{' || *s == '[';
}

/* The status that the answer means: a code in it wins. */
static int meant_status(const struct response *r)
{
	struct json *json = json_parse(r->body, r->len, NULL, NULL, NULL, NULL);
	struct decode_error said = {0};
	char code[64];

	if (json)
		decode_error(json, &said);
	json_free(json);
	if (!said.failed && r->status < 300)
		return r->status;
	put_code(code, said.code);
	return judge(code, r->status).status;
}

struct response answer_none(const struct err *why)
{
	return (struct response){
		.err = *why,
		.body = "",
		.content_type = "",
		.request_id = "",
		.subject_token = "",
		.location_host = "",
		.date_ms = WHEN_NONE,
		.retry_after_ms = -1,
	};
}

/* Only what may be a gateway's refusal is worth a second reading. */
static bool may_refuse(const struct response *r)
{
	if (r->status == 401)
		return true;
	return r->status >= 200 && r->status < 300 && r->len <= ERROR_MAX &&
	       memmem(r->body, r->len, "APIG", 4);
}

static bool is_vague(const struct response *r)
{
	static const int statuses[] = {407, 408, 429};
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (r->status == statuses[i])
			return true;
	return r->status < 200 || r->status >= 500 || !looks_like_json(r);
}

enum answer_voice answer_voice(const struct response *r)
{
	if (r->err.kind != ERR_NONE)
		return VOICE_NONE;
	if ((r->status >= 300 && r->status < 400) || (is_web_page(r) && page_is_stranger(r->status)))
		return VOICE_STRANGER;
	if (may_refuse(r) && meant_status(r) == 401)
		return VOICE_REFUSES;
	return is_vague(r) ? VOICE_VAGUE : VOICE_ACCEPTS;
}
