/* SPDX-License-Identifier: MIT */
/*
 * JSON in, JSON out, without a tree in between: a tree would round large numbers, drop
 * what it does not know, and cut strings at NUL. Values are spans of the text; an object is
 * copied member by member, and only members that docs/json.md names are written anew.
 */
#include "relay.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"

#define DEPTH_MAX 80 /* the decoder's limit is lower */

/* ---- spans ---- */

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && blank(*p))
		p++;
	return p;
}

/* Past the closing quote; `end` when there is none. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return p < end ? p + 1 : end;
}

/* Past one value: brackets are counted, strings skipped whole. */
static const char *skip_value(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		if (*p == '"')
			p = skip_string(p, end);
		else if (*p == '{' || *p == '[')
			p++, depth++;
		else if (*p == '}' || *p == ']') {
			if (depth == 0)
				return p;
			p++, depth--;
		} else if (depth == 0 && (*p == ',' || blank(*p)))
			return p;
		else {
			p++;
			continue;
		}
		if (depth == 0)
			return p;
	}
	return end;
}

struct span span_of(const char *text, size_t len)
{
	const char *end = text + len, *p = skip_blank(text, end);

	return (struct span){p, (size_t)(skip_value(p, end) - p)};
}

/* Steps over what stands between two things in an object or array. */
static const char *skip_between(const char *p, const char *end)
{
	while (p < end && (blank(*p) || *p == ',' || *p == ':'))
		p++;
	return p;
}

struct member {
	struct span key, value; /* the key with its quotes */
};

/* *at: bytes of the object already walked. */
static bool next_member(struct span object, size_t *at, struct member *m)
{
	const char *end = object.at + object.len, *p = object.at + *at;

	if (object.len == 0 || *object.at != '{')
		return false;
	p = skip_between(*at == 0 ? p + 1 : p, end);
	if (p >= end || *p != '"')
		return false;
	m->key.at = p;
	p = skip_string(p, end);
	m->key.len = (size_t)(p - m->key.at);
	p = skip_between(p, end);
	m->value.at = p;
	p = skip_value(p, end);
	m->value.len = (size_t)(p - m->value.at);
	*at = (size_t)(p - object.at);
	return m->value.len > 0;
}

bool span_next(struct span array, size_t *at, struct span *element)
{
	const char *end = array.at + array.len, *p = array.at + *at;

	if (array.len == 0 || *array.at != '[')
		return false;
	p = skip_between(*at == 0 ? p + 1 : p, end);
	if (p >= end || *p == ']')
		return false;
	element->at = p;
	p = skip_value(p, end);
	element->len = (size_t)(p - element->at);
	*at = (size_t)(p - array.at);
	return element->len > 0;
}

struct span span_text(struct span value)
{
	if (value.len >= 2 && *value.at == '"')
		return (struct span){value.at + 1, value.len - 2};
	return value;
}

bool span_is(struct span text, const char *word)
{
	return word && text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

struct span span_member(struct span object, const char *key)
{
	struct member m;
	size_t at = 0;

	while (next_member(object, &at, &m))
		if (span_is(span_text(m.key), key))
			return m.value;
	return (struct span){NULL, 0};
}

/* ---- strings ---- */

/* What a terminal might obey or hide: C0, DEL, C1, bidi controls, zero-width, separators. */
static bool unprintable(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       cp == 0x61c;
}

static void add_char(uint32_t cp, struct buf *out)
{
	char utf8[4];

	if (cp == '"' || cp == '\\')
		buf_addf(out, "\\%c", (char)cp);
	else if (cp == '\n')
		buf_adds(out, "\\n");
	else if (cp == '\t')
		buf_adds(out, "\\t");
	else if (unprintable(cp))
		buf_addf(out, "\\u%04x", (unsigned)cp);
	else
		buf_add(out, utf8, text_encode(cp, utf8));
}

void relay_string(const char *text, size_t len, struct buf *out)
{
	size_t used;

	buf_addc(out, '"');
	for (; len; text += used, len -= used)
		add_char(text_decode(text, len, &used), out);
	buf_addc(out, '"');
}

static int hex4(const char *p, const char *end)
{
	int value = 0, i, digit;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		digit = p[i] >= '0' && p[i] <= '9'   ? p[i] - '0'
			: p[i] >= 'a' && p[i] <= 'f' ? p[i] - 'a' + 10
			: p[i] >= 'A' && p[i] <= 'F' ? p[i] - 'A' + 10
						     : -1;
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* \uXXXX at p, where p is past the 'u': copied when it stands for a character. */
static const char *copy_unicode(const char *p, const char *end, struct buf *out)
{
	int high = hex4(p, end), low = -1;

	if (high < 0) {
		buf_adds(out, "\\ufffd");
		return p;
	}
	if (high >= 0xd800 && high <= 0xdbff && end - p >= 6 && p[4] == '\\' && p[5] == 'u')
		low = hex4(p + 6, end);
	if (low >= 0xdc00 && low <= 0xdfff) {
		buf_addf(out, "\\u%.4s\\u%.4s", p, p + 6);
		return p + 10;
	}
	if (high == 0 || (high >= 0xd800 && high <= 0xdfff))
		buf_adds(out, "\\ufffd");
	else
		buf_addf(out, "\\u%.4s", p);
	return p + 4;
}

/* A string of the server's, quotes included: escapes stay as they are unless they are wrong. */
static void copy_string(struct span string, struct buf *out)
{
	struct span text = span_text(string);
	const char *p = text.at, *end = p + text.len;
	size_t used;

	buf_addc(out, '"');
	while (p < end) {
		if (*p != '\\') {
			add_char(text_decode(p, (size_t)(end - p), &used), out);
			p += used;
		} else if (p + 1 < end && p[1] == 'u')
			p = copy_unicode(p + 2, end, out);
		else if (p + 1 < end && strchr("\"\\/bfnrt", p[1]) && p[1]) {
			buf_add(out, p, 2);
			p += 2;
		} else {
			buf_adds(out, "\\\\");
			p++;
		}
	}
	buf_addc(out, '"');
}

/* ---- times ---- */

void relay_time(int64_t ms, struct buf *out)
{
	char text[40];

	if (when_clean_ms(ms) == WHEN_NONE) {
		buf_adds(out, "null");
		return;
	}
	when_rfc3339(ms, text, sizeof(text));
	buf_addf(out, "\"%s\"", text);
}

static bool is_time(struct span key)
{
	static const char *const keys[] = {"start_time",  "end_time",	  "create_time",
					   "update_time", "enqueue_time", "current_system_time"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (span_is(key, keys[i]))
			return true;
	return false;
}

/* Milliseconds as a number or as digits in a string; a zone-less string. False: none of these. */
static bool read_time(struct span value, int zone_offset_s, int64_t *ms)
{
	struct span text = span_text(value);
	char copy[40], *end;
	double number;

	*ms = WHEN_NONE;
	if (text.len == 0 || span_is(value, "null"))
		return true;
	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (text_int(copy, ms))
		return true;
	*ms = when_parse_zoneless(copy, zone_offset_s);
	if (*ms != WHEN_NONE)
		return true;
	number = strtod(copy, &end);
	if (*end || end == copy || !(number > -1e15 && number < 1e15))
		return false;
	*ms = (int64_t)number;
	return true;
}

/* ---- states ---- */

struct wanted {
	const char *id;
	size_t len;
};

static bool has_id(const struct wanted *id, const char *other)
{
	return other && strlen(other) == id->len && memcmp(other, id->id, id->len) == 0;
}

/* What the model has for an object; all NULL: it has none of that id. */
struct found {
	const enum state *state;
	const struct step *step; /* if it is one */
};

static struct found in_steps(const struct step *steps, size_t n, const struct wanted *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (has_id(id, steps[i].id))
			return (struct found){&steps[i].state, &steps[i]};
	return (struct found){NULL, NULL};
}

static struct found in_stage(const struct stage *stage, const struct wanted *id)
{
	struct found found = in_steps(stage->pre, stage->n_pre, id);
	size_t i;

	if (has_id(id, stage->id))
		return (struct found){&stage->state, NULL};
	for (i = 0; !found.state && i < stage->n_jobs; i++) {
		if (has_id(id, stage->jobs[i].id))
			return (struct found){&stage->jobs[i].state, NULL};
		found = in_steps(stage->jobs[i].steps, stage->jobs[i].n_steps, id);
	}
	return found.state ? found : in_steps(stage->post, stage->n_post, id);
}

/* What the model derived for the thing of that id (a gate below makes a stage wait). */
static struct found derived(const struct run *run, struct span object)
{
	struct span text = span_text(span_member(object, "id"));
	struct found found = {NULL, NULL};
	struct wanted id;
	size_t i;

	if (text.len == 0)
		text = span_text(span_member(object, "pipeline_run_id"));
	id = (struct wanted){text.at, text.len};
	if (!run || text.len == 0)
		return found;
	if (has_id(&id, run->id))
		return (struct found){&run->state, NULL};
	for (i = 0; !found.state && i < run->n_stages; i++)
		found = in_stage(&run->stages[i], &id);
	return found;
}

/* Our word for an object that has a `status`. */
static void add_state(const struct relay *relay, const enum state *found, struct span object, struct buf *out)
{
	struct span text = span_text(span_member(object, "status"));
	enum state state;
	char word[64] = "";

	if (text.at && text.len < sizeof(word)) {
		memcpy(word, text.at, text.len);
		word[text.len] = '\0';
	}
	state = found ? *found
		      : state_from_v5(word, relay->run && state_terminal(relay->run->state));
	buf_addf(out, "\"state\":\"%s\"", state_word(state));
}

/* ---- gates ---- */

void relay_gate(const struct step *step, struct buf *out)
{
	int64_t deadline_ms = step ? gate_deadline_ms(step) : WHEN_NONE;

	relay_member_string(out, "approvers", step ? step->approvers : NULL);
	buf_addf(out, ",\"all_approve\":%s", step && step->gate_all ? "true" : "false");
	relay_member_time(out, "deadline", deadline_ms);
	relay_member_string(out, "at_deadline",
		 deadline_ms == WHEN_NONE ? NULL : step->gate_timeout_passes ? "pass" : "reject");
	relay_member_string(out, "comment", step ? step->comment : NULL);
}

static void add_gate(const struct step *step, struct buf *out)
{
	buf_addf(out, ",\"gate\":{\"kind\":\"%s\",\"since\":", gate_word(step->gate));
	relay_time(step->start_ms, out);
	relay_gate(step, out);
	buf_addc(out, '}');
}

/* ---- objects ---- */

static void relay_value(const struct relay *relay, struct span value, int depth, struct buf *out);
static void relay_members(const struct relay *relay, struct span object, const char *instead,
			  const char *more, int depth, struct buf *out);

/* Inputs of a step may hold other people's secrets: only their names are handed on. */
static void relay_inputs(struct span array, struct buf *out)
{
	struct span element, key;
	size_t at = 0, n = 0;

	buf_addc(out, '[');
	while (span_next(array, &at, &element)) {
		key = span_member(element, "key");
		if (key.len == 0 || *key.at != '"')
			continue;
		buf_adds(out, n++ ? ",{\"key\":" : "{\"key\":");
		copy_string(key, out);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void relay_array(const struct relay *relay, struct span array, int depth, struct buf *out)
{
	struct span element;
	size_t at = 0, n = 0;

	buf_addc(out, '[');
	while (span_next(array, &at, &element)) {
		if (n++)
			buf_addc(out, ',');
		relay_value(relay, element, depth + 1, out);
	}
	buf_addc(out, ']');
}

/* A number digit for digit, true, false; anything else that stands bare is null. */
static void copy_bare(struct span value, struct buf *out)
{
	bool digits = memchr("-0123456789", *value.at, 11) != NULL;
	size_t i;

	for (i = 0; digits && i < value.len; i++)
		digits = memchr("-+.0123456789eE", value.at[i], 15) != NULL;
	if (digits || span_is(value, "true") || span_is(value, "false"))
		buf_add(out, value.at, value.len);
	else
		buf_adds(out, "null");
}

static void relay_value(const struct relay *relay, struct span value, int depth, struct buf *out)
{
	if (depth > DEPTH_MAX)
		buf_adds(out, "null");
	else if (*value.at == '{')
		relay_members(relay, value, NULL, NULL, depth, out);
	else if (*value.at == '[')
		relay_array(relay, value, depth, out);
	else if (*value.at == '"')
		copy_string(value, out);
	else
		copy_bare(value, out);
}

static void relay_member(const struct relay *relay, const struct member *m, int depth, struct buf *out)
{
	struct span key = span_text(m->key);
	bool renamed = relay->v3 && depth == 0;
	int64_t ms;

	if (renamed && span_is(key, "pipeline_name"))
		buf_adds(out, "\"name\":");
	else if (renamed && span_is(key, "watched")) {
		buf_addf(out, "\"is_collect\":%s", span_is(span_text(m->value), "true") ? "true" : "false");
		return;
	} else {
		copy_string(m->key, out);
		buf_addc(out, ':');
	}
	if (is_time(key))
		relay_time(read_time(m->value, relay->zone_offset_s, &ms) ? ms : WHEN_NONE, out);
	else if (span_is(key, "inputs") && *m->value.at == '[')
		relay_inputs(m->value, out);
	else
		relay_value(relay, m->value, depth + 1, out);
}

static bool left_out(struct span key, const char *instead, bool waits)
{
	return span_is(key, "state") || span_is(key, instead) || (waits && span_is(key, "gate"));
}

static void relay_members(const struct relay *relay, struct span object, const char *instead,
			  const char *more, int depth, struct buf *out)
{
	bool has_state = span_member(object, "status").len > 0;
	struct found found = {NULL, NULL};
	const char *comma = "";
	struct member m;
	size_t at = 0;
	bool waits;

	if (has_state)
		found = derived(relay->run, object);
	waits = found.step && found.step->gate != GATE_NONE;
	buf_addc(out, '{');
	while (next_member(object, &at, &m)) {
		if (left_out(span_text(m.key), instead, waits))
			continue;
		buf_adds(out, comma);
		comma = ",";
		relay_member(relay, &m, depth, out);
	}
	if (has_state) {
		buf_adds(out, comma);
		comma = ",";
		add_state(relay, found.state, object, out);
	}
	if (waits)
		add_gate(found.step, out);
	if (more)
		buf_addf(out, "%s%s", comma, more);
	buf_addc(out, '}');
}

void relay_object(const struct relay *relay, struct span object, const char *instead,
		  const char *more, struct buf *out)
{
	relay_members(relay, object, instead, more, 0, out);
}

/* ---- objects of our own ---- */

void relay_member_string(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, ",\"%s\":", key);
	if (text_empty(value))
		buf_adds(out, "null");
	else
		relay_string(value, strlen(value), out);
}

void relay_member_time(struct buf *out, const char *key, int64_t ms)
{
	buf_addf(out, ",\"%s\":", key);
	relay_time(ms, out);
}

void relay_member_number(struct buf *out, const char *key, int64_t value)
{
	if (value)
		buf_addf(out, ",\"%s\":%lld", key, (long long)value);
	else
		buf_addf(out, ",\"%s\":null", key);
}

void relay_member_flag(struct buf *out, const char *key, bool value)
{
	buf_addf(out, ",\"%s\":%s", key, value ? "true" : "false");
}
