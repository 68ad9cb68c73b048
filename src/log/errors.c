/* SPDX-License-Identifier: MIT */
/*
 * Error lines by rules.
 *
 * One pattern, the trigger, is run over whole chunks and finds the few lines that could
 * be errors at all; each of those is then judged by the table: the first row that
 * matches decides. Rows that say "none" stand before the general ones, so that
 * "0 errors" and "exit code 0" are dismissed, and behind the rows that know a form
 * exactly ("Failures: 1, Errors: 0").
 */
#include "log/errors.h"

#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "lineset.h"
#include "log/stamp.h"
#include "pattern.h"
#include "scan.h"

struct rule {
	enum error_strength strength;
	const char *pattern; /* extended syntax: a blank is written \x20 or [ ] */
};

static const struct rule table[] = {
	/* Forms that are known exactly. */
	{ERROR_STRONG, "Failures:[ ][1-9] | Errors:[ ][1-9] | ^[ ]*---[ ]FAIL:"},
	{ERROR_STRONG, "^E[ ]{2,}\\S | ^(FAILED|ERROR)[ ]\\S+::"},
	{ERROR_STRONG, ":\\d+(:\\d+)?:[ ](fatal[ ])?error: | \\berror\\[E\\d+\\] | \\berror[ ]TS\\d+"},
	{ERROR_STRONG, "non-zero[ ](exit[ ])?(code|status) | returned[ ][1-9]\\d*[ ]exit[ ]status"},
	{ERROR_STRONG, "(?i:\\b(exit(ed)?|return(ed)?|terminated|finished|failed|done|command)\\b"
		       "([ ](with|a|an|script|exit))*[ ](code|status|value)[ :=]+\\(?-?[1-9]\\d*)"},
	{ERROR_STRONG, "(?i:\\bexit(ed)?[ ](with[ ])?[1-9]\\d{0,2}\\b(?![\\d.%]))"},
	{ERROR_STRONG, "(?i:\\bexit(ed)?[ ]?code[ :=]+-?[1-9])"},
	{ERROR_STRONG, "^make(\\[\\d+\\])?:[ ]\\*\\*\\*.*(Error[ ][1-9]|No[ ]rule|missing)"},
	{ERROR_STRONG, "^panic: | panicked[ ]at | ^\\s*\xE2\x97\x8F[ ].+[ ]\xE2\x80\xBA[ ]"},
	{ERROR_STRONG, "Segmentation[ ]fault | core[ ]dumped | OOMKilled | \\b[Kk]illed[ ]*$ | "
		       "[Oo]ut[ ]of[ ]memory | killed[ ]by[ ]signal"},
	{ERROR_STRONG, "ImagePullBackOff | CrashLoopBackOff | ErrImagePull"},
	{ERROR_STRONG, "undefined[ ]reference[ ]to | CMake[ ]Error | Execution[ ]failed[ ]for[ ]task"},
	{ERROR_STRONG, ":[ ](command[ ])?not[ ]found$ | :[ ]No[ ]such[ ]file[ ]or[ ]directory$ | "
		       ":[ ]Permission[ ]denied$"},
	/* What is said of no error, and a build tool's advice after one. */
	{ERROR_NONE, "(?i:(^|[^.\\d])\\b(0|no)[ ](tests?[ ])?(errors?|failures?|failed)\\b | "
		     "\\b(errors?|failures?|failed)[ ]?[=:][ ]?0\\b | "
		     "\\b(exit(ed)?|return(ed)?|code|status)([ ](with|code|status))*[ :=]+0\\b)"},
	{ERROR_NONE, "\\[ERROR\\][ ]*$ | \\[ERROR\\][ ](->[ ]|For[ ]more|Re-run|To[ ]see|After[ ]correcting|"
		     "Help[ ]|Please[ ]refer|\\[Help)"},
	/* The general forms. */
	{ERROR_STRONG, "\\[(ERROR|FATAL|SEVERE|error|fatal|err)\\] | level=(error|fatal) | "
		       "\"level\":[ ]?\"(error|fatal)\""},
	{ERROR_STRONG, "(^|[\\s\\]|)>])(ERROR|FATAL)([:\\s]|$)"},
	{ERROR_STRONG, "(?i:(^|[^\\w.\\-/])((fatal|internal|syntax|runtime|compile|link|build)[ ])?error:([ ]|$))"},
	{ERROR_STRONG, "(?i:(^|[^\\w.\\-/])fatal([ ]error)?:[ ])"},
	{ERROR_STRONG, "^error[ ][A-Z] | npm[ ](ERR!|error) | \\bERR_PNPM"},
	{ERROR_STRONG, "^\\s*(\\w+\\.)*[A-Z]\\w*(Error|Exception)(:|$) | ^Caused[ ]by: | ^Exception[ ]in[ ]"},
	{ERROR_STRONG, "\xE9\x94\x99\xE8\xAF\xAF(\xEF\xBC\x9A|:|\\]) | \xE5\xBC\x82\xE5\xB8\xB8(\xEF\xBC\x9A|:)"},
	/* Bare summaries. */
	{ERROR_WEAK, "^FAIL\\b | \\bFAILED\\b | \\bFAILURE\\b | ^Traceback[ ]\\(most | \\btimed[ ]out\\b"},
	{ERROR_WEAK, "(?i:(^|[\\s:\\])])failed\\b(?!\\w)) | \xE5\xA4\xB1\xE8\xB4\xA5"},
};

#define N_RULES (sizeof(table) / sizeof(table[0]))

/* Every line that a row can match holds one of these. */
static const char trigger[] =
	"[Ee]rror | ERROR | [Ff]ail | FAIL | [Ff]atal | FATAL | SEVERE | ERR[!_] | [Ee]xit | EXIT | "
	"[Ee]xception | [Pp]anic | non-zero | code | status | returned | ^E[ ][ ] | \\[err | \xE2\x97\x8F | \\*\\*\\* | "
	"[Ss]egmentation | core[ ]dumped | [Kk]illed | [Oo]ut[ ]of[ ]memory | BackOff | ErrImage | "
	"undefined[ ]ref | not[ ]found$ | No[ ]such[ ]file | denied$ | Traceback | Caused[ ]by | timed[ ]out | "
	"Failures: | \xE9\x94\x99\xE8\xAF\xAF | \xE5\xBC\x82\xE5\xB8\xB8 | \xE5\xA4\xB1\xE8\xB4\xA5";

struct error_rules {
	struct pattern *trigger;
	struct pattern *rows[N_RULES];
	struct buf line; /* scratch: a line without stamp and escapes */
};

struct error_rules *error_rules_new(void)
{
	struct error_rules *rules = mem_zalloc(sizeof(*rules));
	size_t i;

	rules->trigger = pattern_new_exact(trigger);
	for (i = 0; i < N_RULES; i++)
		rules->rows[i] = pattern_new_exact(table[i].pattern);
	buf_init(&rules->line, BUF_MAX);
	return rules;
}

void error_rules_free(struct error_rules *rules)
{
	size_t i;

	if (!rules)
		return;
	pattern_free(rules->trigger);
	for (i = 0; i < N_RULES; i++)
		pattern_free(rules->rows[i]);
	buf_done(&rules->line);
	mem_free(rules);
}

#define JUDGED_MAX (16u << 10) /* an error says so within its first 16 KiB */

static void clean(struct buf *out, const char *line, size_t len)
{
	int64_t ms;
	size_t stamp = 0;

	if (stamp_parse(line, len, &ms, &stamp)) {
		line += stamp;
		len -= stamp;
	}
	buf_clear(out);
	pattern_strip(out, line, len < JUDGED_MAX ? len : JUDGED_MAX);
	while (out->len && (out->data[out->len - 1] == '\r' || out->data[out->len - 1] == ' '))
		buf_truncate(out, out->len - 1);
}

enum error_strength error_rules_line(struct error_rules *rules, const char *line, size_t len)
{
	size_t i, start, end;

	clean(&rules->line, line, len);
	if (!pattern_match(rules->trigger, rules->line.data, rules->line.len, 0, &start, &end))
		return ERROR_NONE;
	for (i = 0; i < N_RULES; i++)
		if (pattern_match(rules->rows[i], rules->line.data, rules->line.len, 0, &start, &end))
			return table[i].strength;
	return ERROR_NONE;
}

/* ---- over a log ---- */

struct found {
	int64_t line;
	enum error_strength strength;
};

struct errors {
	struct scan scan;
	struct error_rules *rules;
	struct lineset strong, weak;
	struct found *found; /* scratch of one chunk */
	size_t n_found;
};

struct errors *errors_new(struct log *log)
{
	struct errors *e = mem_zalloc(sizeof(*e));

	scan_init(&e->scan, log);
	e->rules = error_rules_new();
	return e;
}

void errors_free(struct errors *e)
{
	if (!e)
		return;
	error_rules_free(e->rules);
	lineset_done(&e->strong);
	lineset_done(&e->weak);
	mem_free(e->found);
	mem_free(e);
}

static struct lineset *set_of(struct errors *e, enum error_strength strength)
{
	return strength == ERROR_STRONG ? &e->strong : &e->weak;
}

static void judge_chunk(void *self, const struct log_chunk *chunk, bool before)
{
	struct errors *e = self;
	struct pattern_scan scan;
	size_t start, end, at = 0;
	int64_t line = chunk->first;

	e->n_found = 0;
	if (chunk->line_skip > 0)
		return; /* a later piece of a huge line: its first piece was judged */
	pattern_scan_init(&scan, e->rules->trigger, chunk->text, chunk->len);
	while (pattern_scan_next(&scan, &start, &end)) {
		enum error_strength strength =
			error_rules_line(e->rules, chunk->text + start, end - start);
		const char *p;

		for (p = chunk->text + at; (p = memchr(p, '\n', (size_t)(chunk->text + start - p))); p++)
			line++;
		at = start;
		if (strength == ERROR_NONE)
			continue;
		e->found = mem_grow(e->found, e->n_found, sizeof(*e->found));
		e->found[e->n_found++] = (struct found){line, strength};
	}
	for (at = 0; at < e->n_found; at++) {
		const struct found *f = &e->found[before ? e->n_found - 1 - at : at];

		if (before)
			lineset_add_before(set_of(e, f->strength), f->line);
		else
			lineset_add_after(set_of(e, f->strength), f->line);
	}
}

bool errors_step(struct errors *e, int64_t slice_us)
{
	lineset_forget_below(&e->strong, log_first(e->scan.log));
	lineset_forget_below(&e->weak, log_first(e->scan.log));
	return scan_step(&e->scan, slice_us, judge_chunk, e);
}

/* Strong matches if there are any, else weak ones. */
static const struct lineset *shown(const struct errors *e)
{
	return lineset_size(&e->strong) ? &e->strong : &e->weak;
}

size_t errors_count(const struct errors *e)
{
	return (size_t)lineset_total(shown(e));
}

bool errors_next(const struct errors *e, int64_t line, int64_t *found)
{
	const struct lineset *set = shown(e);
	size_t at = lineset_lower(set, line);

	if (at >= lineset_size(set))
		return false;
	*found = lineset_at(set, at);
	return true;
}

bool errors_previous(const struct errors *e, int64_t line, int64_t *found)
{
	const struct lineset *set = shown(e);
	size_t at = lineset_lower(set, line);

	if (at == 0)
		return false;
	*found = lineset_at(set, at - 1);
	return true;
}

bool errors_first(const struct errors *e, int64_t *found)
{
	return errors_next(e, INT64_MIN, found);
}

size_t errors_rank(const struct errors *e, int64_t line)
{
	const struct lineset *set = shown(e);
	size_t at = lineset_lower(set, line);

	return at < lineset_size(set) && lineset_at(set, at) == line ? at + 1 : 0;
}

bool errors_is(const struct errors *e, int64_t line)
{
	return errors_rank(e, line) > 0;
}
