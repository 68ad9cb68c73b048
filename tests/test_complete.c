/* SPDX-License-Identifier: MIT */
/* What is offered for half a line, and that bash reads what is put back as the text that was meant. */
#include "test.h"

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/complete.h"
#include "app/names.h"
#include "app/shellword.h"
#include "core/mem.h"
#include "core/text.h"

#define PROJECT "aaaaaaaa000000000000000000000001"
#define OTHER "aaaaaaaa000000000000000000000002"
#define RLO "\xe2\x80\xae"
#define ORDERS "\xe8\xae\xa2\xe5\x8d\x95"
#define BREAKS " \t\n\"'@><=;|&(:"

static char home[64];

/* ---- a home with names and a configuration ---- */

static const struct {
	const char *project, *id, *name;
	int64_t run;
} pipelines[] = {
	{PROJECT, "1111", "nightly build", 318},
	{PROJECT, "2222", ORDERS " build", 12},
	{PROJECT, "3333", "evil $(touch x) `y`", 0},
	{PROJECT, "4444", "line\nbreak", 0},
	{PROJECT, "5555", RLO "dliub", 0},
	{PROJECT, "6666", "-rf", 0},
	{PROJECT, "7777", "web", 7},
	{OTHER, "8888", "web", 8},
	{OTHER, "9999", "elsewhere", 9},
};

static void keep_names(const char *place)
{
	struct buf path;
	struct names *n;
	size_t i;

	buf_init(&path, BUF_MAX);
	assert_true(names_default(&path));
	n = names_of(path.data, place);
	for (i = 0; i < sizeof(pipelines) / sizeof(pipelines[0]); i++) {
		struct pipeline p = {.project_id = mem_strdup(pipelines[i].project),
				     .id = mem_strdup(pipelines[i].id), .name = mem_strdup(pipelines[i].name)};

		p.latest = mem_zalloc(sizeof(*p.latest));
		p.latest->number = pipelines[i].run;
		names_take(n, &p, 1);
		pipeline_done(&p);
	}
	assert_true(names_save(n, NAMES_BYTES, INT64_C(20000) * 24 * 3600 * 1000, NULL));
	names_free(n);
	buf_done(&path);
}

static void write_config(const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/config", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/config/pipetop", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/config/pipetop/pipetop.conf", home);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int make_home(void **state)
{
	char path[160];

	snprintf(home, sizeof(home), "/tmp/pipetop-complete.XXXXXX");
	if (!mkdtemp(home))
		return -1;
	setenv("HOME", home, 1);
	snprintf(path, sizeof(path), "%s/config", home);
	setenv("XDG_CONFIG_HOME", path, 1);
	snprintf(path, sizeof(path), "%s/cache", home);
	setenv("XDG_CACHE_HOME", path, 1);
	setenv("PIPETOP_TOKEN", "a secret", 1);
	setenv("PIPETOP_ENDPOINT", "https://a.example", 1);
	unsetenv("PIPETOP_PROJECT");
	unsetenv("PIPETOP_REGION");
	keep_names("https://a.example:443\t");
	write_config("profiles: { work: { endpoint = \"https://w.example\"; projects = [\"" PROJECT "\"]; };"
		     " play: { region = \"cn-north-4\"; }; };");
	return 0;
}

static int remove_home(void **state)
{
	static const char *const files[] = {"config/pipetop/pipetop.conf", "config/pipetop", "config",
					    "cache/pipetop/names", "cache/pipetop/names.lock", "cache/pipetop", "cache", ""};
	char path[160];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", home, files[i]);
		remove(path);
	}
	return 0;
}

/* ---- questions ---- */

#define WORDS_MAX 12

/* Words of `line` parted by "|"; the answer is one string, parted so, too. */
static char *answer_to(const char *line)
{
	const char *words[WORDS_MAX];
	char *copy = mem_strdup(line), *rest = copy;
	struct candidates found;
	struct buf said;
	size_t n = 0, i;

	while (n < WORDS_MAX && rest) {
		words[n++] = rest;
		rest = strchr(rest, '|');
		if (rest)
			*rest++ = '\0';
	}
	complete_find(words, n, &found);
	buf_init(&said, BUF_MAX);
	for (i = 0; i < found.n; i++)
		buf_addf(&said, "%s%s", i ? "|" : "", found.all[i].text);
	if (found.files)
		buf_adds(&said, said.len ? "|FILES" : "FILES");
	complete_done(&found);
	mem_free(copy);
	return buf_take(&said);
}

static void assert_answers(const char *const (*cases)[2], size_t n)
{
	size_t i;
	char *said;

	for (i = 0; i < n; i++) {
		said = answer_to(cases[i][0]);
		if (strcmp(said, cases[i][1]) != 0)
			fail_msg("'%s': '%s', not '%s'", cases[i][0], said, cases[i][1]);
		mem_free(said);
	}
}

#define ANSWERS(cases) assert_answers(cases, sizeof(cases) / sizeof(cases[0]))

static void commands_and_options_complete(void **state)
{
	static const char *const cases[][2] = {
		{"lo", "logs|login"},
		{"logs", "logs"},
		{"nonsense", ""},
		{"nonsense|", ""},
		{"--read-only|lo", "logs|login"},
		{"--theme|dark|lo", "logs|login"},
		{"--theme=dark|lo", "logs|login"},
		{"--prof", "--profile"},
		{"logs|--st", "--stage|--step"},
		{"runs|--st", "--status"},
		{"--st", ""},			       /* not the dashboard's */
		{"logs|--stage|x|--st", "--step"},     /* each once */
		{"--project|x|--proj", "--project"},   /* unless it is a list */
		{"logs|web|--fol", "--follow"},
		{"logs|-f|web|--fai", "--failed"},
		{"logs|--|--st", ""}, /* a name, by now */
		{"re", "retry|reject"},
		{"approve|--st", "--stage|--step"},
		{"retry|--st", ""},
		{"stop|--ye", "--yes"},
		{"pipelines|", ""},
		{"logs|web|318|", ""},
	};

	ANSWERS(cases);
}

static void values_complete_where_they_are_few(void **state)
{
	static const char *const cases[][2] = {
		{"runs|web|--json=", "--json=lines"},
		{"show|web|--json|", "@latest|@failed|@running|@waiting|7"}, /* its value is glued to it */
		{"--api|", "v5|v3"},
		{"--api=v", "--api=v5|--api=v3"},
		{"--mouse=", "--mouse=on|--mouse=off"},
		{"--ambig=w", "--ambig=wide"},
		{"logs|--color=a", "--color=auto|--color=always"},
		{"--region|cn-north", "cn-north-1|cn-north-4"},
		{"--theme|mo", "mono"},
		{"--profile|", "work|play"},
		{"--profile=w", "--profile=work"},
		{"pipelines|--status|f", "failed"},
		{"pipelines|--status|running,f", "running,failed"},
		{"pipelines|--status=running,f", "--status=running,failed"},
		{"pipelines|--sort|u", "update_time"},
		{"--api|v3|pipelines|--sort|s", "start_time"},
		{"pipelines|--sort|name:", "name:asc|name:desc"},
		{"pipelines|--sort=name:d", "--sort=name:desc"},
		{"runs|--sort|", "start_time"},
		{"pipelines|--outcome|e", "error"},
		{"--project|", PROJECT "|" OTHER},
		{"--project|x,aaaaaaaa000000000000000000000002", "x," OTHER},
		{"--config|", "FILES"},
		{"--token-file=x", "FILES"},
		{"--timeout|", ""},
		{"--endpoint|", ""},
		{"--nonsense=", ""},
		{"--read-only=", ""},
	};

	ANSWERS(cases);
}

static void pipelines_and_runs_complete_from_what_was_seen(void **state)
{
	static const char *const cases[][2] = {
		{"logs|nig", "nightly build"},
		{"logs|" ORDERS, ORDERS " build"},
		{"logs|@f", "@failed"},
		{"logs|we", "web"}, /* twice there, once offered */
		{"logs|77", "7777"},
		{"logs|build", ""},
		{"runs|else", "elsewhere"},
		{"logs|nightly build|", "@latest|@failed|@running|@waiting|318"},
		{"logs|nightly|3", "318"}, /* a part that only one has */
		{"logs|2222|1", "12"},
		{"logs|nowhere|3", ""},
		{"logs|@failed|", ""},
		{"retry|we", "web"},
		{"approve|@w", "@waiting"},
		{"stop|nightly|3", "318"},
		{"--project|" PROJECT "|logs|else", ""},
		{"--project|" PROJECT "|logs|web|", "@latest|@failed|@running|@waiting|7"},
		{"--project|" OTHER "|logs|web|", "@latest|@failed|@running|@waiting|8"},
	};

	ANSWERS(cases);
}

/* Of another service, of another profile, of a simulated one. */
static void names_of_elsewhere_are_not_offered(void **state)
{
	static const char *const cases[][2] = {
		{"--endpoint|https://b.example|logs|nig", ""},
		{"--region|cn-north-4|logs|nig", ""},
		{"--profile|work|logs|nig", ""},
		{"--profile|nonsense|logs|nig", ""},
		{"--demo|logs|nig", ""},
		{"--demo=many|logs|nig", ""},
		{"--endpoint|https://A.example:443/|logs|nig", "nightly build"},
	};

	ANSWERS(cases);
	unsetenv("PIPETOP_ENDPOINT");
	keep_names("https://w.example:443\twork");
	{
		static const char *const in_profile[][2] = {
			{"--profile|work|logs|nig", "nightly build"},
			{"--profile|work|logs|else", ""}, /* of no project of the profile */
			{"logs|nig", ""},
		};

		ANSWERS(in_profile);
	}
}

/* What does not show as what it is goes by its id, and never with a control character. */
static void hostile_names_are_not_printed(void **state)
{
	static const char *const cases[][2] = {
		{"logs|evil", "evil $(touch x) `y`"},
		{"logs|line", ""},
		{"logs|4", "4444"},
		{"logs|" RLO, ""},
		{"logs|-", "--"},
	};
	struct candidates found;
	const char *words[] = {"logs", ""};
	size_t i, by_id = 0;
	const char *p;
	char *said;

	for (i = 0; i + 1 < sizeof(cases) / sizeof(cases[0]); i++) {
		said = answer_to(cases[i][0]);
		assert_string_equal(said, cases[i][1]);
		mem_free(said);
	}
	complete_find(words, 2, &found);
	for (i = 0; i < found.n; i++) {
		by_id += strlen(found.all[i].text) == 4 && strspn(found.all[i].text, "456") == 4;
		assert_null(strstr(found.all[i].text, RLO));
		assert_null(strstr(found.all[i].about, RLO));
		for (p = found.all[i].text; *p; p++)
			assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
		for (p = found.all[i].about; *p; p++)
			assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
	}
	assert_int_equal(by_id, 3);
	complete_done(&found);
}

static void a_broken_configuration_still_completes_words(void **state)
{
	static const char *const cases[][2] = {
		{"lo", "logs|login"}, {"--api|", "v5|v3"}, {"--profile|", ""}, {"logs|nig", ""}, {"logs|@f", "@failed"},
	};

	write_config("profiles = [ oh");
	ANSWERS(cases);
}

static void a_cache_that_is_broken_or_missing_still_completes_words(void **state)
{
	static const char *const cases[][2] = {{"lo", "logs|login"}, {"logs|nig", ""}, {"logs|@f", "@failed"}};
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/cache/pipetop/names", home);
	f = fopen(path, "w");
	fputs("\x01\xff pipetop-names\n\n\t", f);
	fclose(f);
	ANSWERS(cases);
	unlink(path);
	ANSWERS(cases);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	ANSWERS(cases);
}

/* They are for the program that is started, and for no other. */
static void secrets_stay_where_they_are(void **state)
{
	char *said = answer_to("logs|n");

	mem_free(said);
	assert_string_equal(getenv("PIPETOP_TOKEN"), "a secret");
}

/* ---- bash ---- */

static char *bash(const char *line)
{
	char word[] = "bash", breaks[] = BREAKS, *argv[] = {word, mem_strdup(line), breaks}, *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	assert_int_equal(complete_run(3, argv, f), 0);
	fclose(f);
	mem_free(argv[1]);
	return out;
}

static void bash_gets_what_it_puts_into_the_line(void **state)
{
	static const char *const cases[][2] = {
		{"pipetop lo", "logs\nlogin\n"},
		{"FOO=bar  pipetop   lo", "logs\nlogin\n"},
		{"pipetop logs nig", "nightly\\ build\n"},
		{"pipetop logs nightly\\ b", "nightly\\ build\n"},
		{"pipetop logs \"nightly b", "nightly build\n"},
		{"pipetop logs 'nightly b", "nightly build\n"},
		{"pipetop logs evil", "evil\\ \\$\\(touch\\ x\\)\\ \\`y\\`\n"},
		{"pipetop logs \"evil", "evil \\$(touch x) \\`y\\`\n"},
		{"pipetop logs 'evil", "evil $(touch x) `y`\n"},
		{"pipetop logs " ORDERS, ORDERS "\\ build\n"},
		{"pipetop logs @f", "@failed\n"},
		{"pipetop logs \"@f", "@failed\n"},
		{"pipetop runs --json=", "lines\n"},
		{"pipetop runs --sort name:", "asc\ndesc\n"},
		{"pipetop runs --sort=start_time:d", "desc\n"},
		{"pipetop --config=/e", "\tfiles\n"},
		{"pipetop logs 'nightly build'", ""}, /* there is nothing to add to a quote that is closed */
		{"pipetop", ""},
		{"", ""},
		{"FOO=bar pipetop", ""},
		{"pipetop logs nightly\\ build ''", "318\n"},
	};
	size_t i;
	char *said;

	for (i = 0; i + 1 < sizeof(cases) / sizeof(cases[0]); i++) {
		said = bash(cases[i][0]);
		if (strcmp(said, cases[i][1]) != 0)
			fail_msg("'%s': '%s', not '%s'", cases[i][0], said, cases[i][1]);
		free(said);
	}
}

/* Put back into the line and read again, the word is the text. */
static void what_bash_gets_reads_as_the_text_that_was_meant(void **state)
{
	static const char *const texts[] = {
		"web", "a b", "it's", "say \"hi\"", "$HOME", "`id`", "$(id)", "a;b|c&d>e<f", "*?[x]{y,z}", "~root", "#x",
		"back\\slash", "\\", ORDERS " \xf0\x9f\x9a\x80", "a=b:c@d", "%s%n", "^x^y", "tab\there", "!x",
	};
	static const char *const quotes[] = {"", "'", "\""};
	struct shellline line, again;
	struct buf text;
	size_t i, k;

	buf_init(&text, BUF_MAX);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (k = 0; k < 3; k++) {
			buf_clear(&text);
			buf_addf(&text, "pipetop logs %s", quotes[k]);
			assert_true(shellline_read(&line, text.data, BREAKS));
			if (!shellline_quote(&line, texts[i], &text)) {
				assert_true(*quotes[k] == '"' && strchr(texts[i], '!'));
				shellline_done(&line);
				continue;
			}
			buf_addf(&text, "%s x", quotes[k]);
			assert_true(shellline_read(&again, text.data, BREAKS));
			assert_int_equal(again.n, 4);
			assert_string_equal(again.words[2], texts[i]);
			shellline_done(&again);
			shellline_done(&line);
		}
	buf_done(&text);
}

#define AT_HOME(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_HOME(commands_and_options_complete),
		AT_HOME(values_complete_where_they_are_few),
		AT_HOME(pipelines_and_runs_complete_from_what_was_seen),
		AT_HOME(names_of_elsewhere_are_not_offered),
		AT_HOME(hostile_names_are_not_printed),
		AT_HOME(a_broken_configuration_still_completes_words),
		AT_HOME(a_cache_that_is_broken_or_missing_still_completes_words),
		AT_HOME(secrets_stay_where_they_are),
		AT_HOME(bash_gets_what_it_puts_into_the_line),
		cmocka_unit_test(what_bash_gets_reads_as_the_text_that_was_meant),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
