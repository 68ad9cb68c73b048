/* SPDX-License-Identifier: MIT */
/*
 * Error lines by rules.
 *
 * Whole chunks are sieved for a few strings of three bytes, one of which stands in every
 * line that could be an error at all. Those lines go through one pattern, the trigger,
 * and what it lets through is judged by the table: the first row that matches decides. Rows that say "none" stand before the general ones, so that
 * "0 errors" and "exit code 0" are dismissed, and behind the rows that know a form
 * exactly ("Failures: 1, Errors: 0").
 */
#include "log/errors.h"

#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "hints.h"
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

/* Every line that the trigger matches holds one of these, chosen to be rare elsewhere. */
static const char *const hint_words[] = {
	"rro", "RRO", "fai", "Fai", "FAI", "fat", "Fat", "FAT", "SEV", "ERR", "xit", "XIT", "xce", "nic", "n-z",
	"cod", "tus", "rne", "E  ", "[er", "\xE2\x97\x8F", "***", "egm", "dum", "kil", "Kil", "f m", "kOf", "rIm",
	"efi", "fou", "uch", "eni", "ceb", "Cau", "med", "\xE9\x94\x99", "\xE5\xBC\x82", "\xE5\xA4\xB1", NULL,
};

struct error_rules {
	struct pattern **own; /* of the operator's, each with its strength */
	enum error_strength *own_strengths;
	size_t n_own;
	struct hints hints;
	struct pattern *trigger;
	struct pattern *rows[N_RULES];
	struct buf line; /* scratch: a line without stamp and escapes */
};

bool error_list_add(struct error_list *list, const char *pattern, enum error_strength strength,
		    struct err *err)
{
	struct pattern *compiled = pattern_new(pattern, false, err);

	if (!compiled)
		return false;
	pattern_free(compiled);
	list->rules = mem_grow(list->rules, list->n, sizeof(*list->rules));
	list->rules[list->n++] = (struct error_own){mem_strdup(pattern), strength};
	return true;
}

void error_list_done(struct error_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		mem_free(list->rules[i].pattern);
	mem_free(list->rules);
	*list = (struct error_list){0};
}

static void compile_own(struct error_rules *rules, const struct error_list *own)
{
	size_t i;

	rules->own = mem_calloc(own->n, sizeof(*rules->own));
	rules->own_strengths = mem_calloc(own->n, sizeof(*rules->own_strengths));
	rules->n_own = own->n;
	for (i = 0; i < own->n; i++) {
		rules->own[i] = pattern_new(own->rules[i].pattern, false, NULL);
		rules->own_strengths[i] = own->rules[i].strength;
	}
}

struct error_rules *error_rules_new(const struct error_list *own)
{
	struct error_rules *rules = mem_zalloc(sizeof(*rules));
	size_t i;

	if (own && own->n)
		compile_own(rules, own);
	hints_init(&rules->hints, hint_words);
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
	for (i = 0; i < rules->n_own; i++)
		pattern_free(rules->own[i]);
	mem_free(rules->own);
	mem_free(rules->own_strengths);
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
	for (i = 0; i < rules->n_own; i++) /* one that took too long for a line is left out from then on */
		if (!pattern_gave_up(rules->own[i]) &&
		    pattern_match(rules->own[i], rules->line.data, rules->line.len, 0, &start, &end))
			return rules->own_strengths[i];
	if (!hints_find(&rules->hints, rules->line.data, rules->line.len) ||
	    !pattern_match(rules->trigger, rules->line.data, rules->line.len, 0, &start, &end))
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

struct errors *errors_new(struct log *log, const struct error_list *own)
{
	struct errors *e = mem_zalloc(sizeof(*e));

	scan_init(&e->scan, log);
	e->rules = error_rules_new(own);
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

/*
 * What may lie in a line that matters: a hint, or an escape that may stand within one. A rule of the
 * operator's may match anything: then every line matters.
 */
struct sieve {
	const struct hints *hints;
	bool open;
	const char *end, *hint, *escape;
};

static const char *sieve_next(struct sieve *s, const char *from)
{
	size_t left = (size_t)(s->end - from);

	if (s->open)
		return from;
	if (s->hint && s->hint < from)
		s->hint = hints_find(s->hints, from, left);
	if (s->escape && s->escape < from)
		s->escape = memchr(from, '\033', left);
	if (!s->hint || !s->escape)
		return s->hint ? s->hint : s->escape;
	return s->hint < s->escape ? s->hint : s->escape;
}

static int64_t count_newlines(const char *from, const char *to)
{
	int64_t n = 0;

	while ((from = memchr(from, '\n', (size_t)(to - from)))) {
		from++;
		n++;
	}
	return n;
}

/* Judges each line of a chunk that the sieve keeps; what is found goes to e->found. */
static void judge_lines(struct errors *e, const struct log_chunk *chunk)
{
	const char *at = chunk->text, *end = at + chunk->len, *counted = at, *hit, *start, *stop;
	struct sieve sieve = {&e->rules->hints, e->rules->n_own > 0, end, hints_find(&e->rules->hints, at, chunk->len),
			      memchr(at, '\033', chunk->len)};
	int64_t line = chunk->first;
	enum error_strength strength;

	while (at < end && (hit = sieve_next(&sieve, at))) {
		start = memrchr(at, '\n', (size_t)(hit - at));
		start = start ? start + 1 : at;
		stop = memchr(hit, '\n', (size_t)(end - hit));
		stop = stop ? stop : end;
		strength = error_rules_line(e->rules, start, (size_t)(stop - start));
		at = stop + 1;
		if (strength == ERROR_NONE)
			continue;
		line += count_newlines(counted, start);
		counted = start;
		e->found = mem_grow(e->found, e->n_found, sizeof(*e->found));
		e->found[e->n_found++] = (struct found){line, strength};
	}
}

static void judge_chunk(void *self, const struct log_chunk *chunk, bool before)
{
	struct errors *e = self;
	size_t i;

	e->n_found = 0;
	if (chunk->line_skip > 0)
		return; /* a later piece of a huge line: its first piece was judged */
	judge_lines(e, chunk);
	for (i = 0; i < e->n_found; i++) {
		const struct found *f = &e->found[before ? e->n_found - 1 - i : i];

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
