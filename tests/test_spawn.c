/* SPDX-License-Identifier: MIT */
/* Real children: /bin/sh with scripts of this file, awaited in the loop. */
#include "test.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/app/argv.h"
#include "app/spawn.h"
#include "core/mem.h"

#define PATIENCE_S 60.

struct outcome {
	int done;
	int status, signum;
	bool timed_out, cut;
	struct err err;
	char out[4096];
	size_t out_len;
};

static struct ev_loop *loop;
static struct spawn *spawn;

static int setup(void **state)
{
	loop = ev_default_loop(0);
	spawn = spawn_new(loop, 0, 0);
	return 0;
}

/* Whatever a test did, nobody is left, not even as a zombie. */
static int teardown(void **state)
{
	spawn_free(spawn);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return 0;
}

static void keep(void *self, const struct spawn_result *result)
{
	struct outcome *o = self;

	o->done++;
	o->status = result->status;
	o->signum = result->signum;
	o->timed_out = result->timed_out;
	o->cut = result->out_cut;
	o->err = result->err;
	o->out_len = result->out_len;
	assert_true(result->out_len < sizeof(o->out));
	memcpy(o->out, result->out, result->out_len + 1);
}

static void too_late(struct ev_loop *l, ev_timer *w, int revents)
{
	fail_msg("nothing happened for %.0f s", PATIENCE_S);
}

/* Runs the loop until *flag is at least n. */
static void await(const int *flag, int n)
{
	ev_timer timer;

	ev_timer_init(&timer, too_late, PATIENCE_S, 0.);
	ev_timer_start(loop, &timer);
	while (*flag < n)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &timer);
}

static struct outcome run_job(const struct spawn_job *like, const char *script)
{
	const char *argv[] = {"sh", "-c", script, "sh", NULL};
	struct spawn_job job = *like;
	struct outcome outcome = {0};
	struct err err = {0};

	job.name = "the job";
	job.argv = argv;
	job.done = keep;
	job.self = &outcome;
	if (!spawn_run(spawn, &job, &err))
		fail_msg("%s", err.text);
	await(&outcome.done, 1);
	return outcome;
}

static const struct spawn_job catches = {.capture_max = 4000};

static void what_a_child_writes_is_caught_and_its_status_told(void **state)
{
	struct outcome o = run_job(&catches, "echo out; echo why >&2; exit 0");

	assert_string_equal(o.out, "out\n");
	assert_int_equal(o.status, 0);
	assert_int_equal(o.err.kind, ERR_NONE);
	o = run_job(&catches, "echo '\033[31mno such host' >&2; echo more >&2; exit 3");
	assert_int_equal(o.status, 3);
	assert_int_equal(o.err.kind, ERR_IO);
	assert_string_equal(o.err.text, "the job: exit status 3: no such host");
	o = run_job(&catches, "exit 4");
	assert_string_equal(o.err.text, "the job: exit status 4");
	o = run_job(&catches, "kill -9 $$");
	assert_int_equal(o.status, -1);
	assert_int_equal(o.signum, 9);
	assert_non_null(strstr(o.err.text, "signal 9"));
}

static void output_has_a_bound_and_input_comes_from_memory(void **state)
{
	struct spawn_job job = {.capture_max = 10};
	struct outcome o = run_job(&job, "echo 0123456789abcdef; head -c 1000000 /dev/zero");
	char *text = mem_alloc(300000);

	assert_string_equal(o.out, "0123456789");
	assert_true(o.cut);
	assert_int_equal(o.status, 0);
	memset(text, 'x', 300000);
	job = (struct spawn_job){.capture_max = 100, .input = text, .input_len = 300000};
	o = run_job(&job, "wc -c");
	mem_free(text);
	assert_int_equal(atoi(o.out), 300000);
	o = run_job(&catches, "cat; echo end");
	assert_string_equal(o.out, "end\n");
}

static void a_child_has_no_descriptor_but_three_and_a_session_of_its_own(void **state)
{
	int leak = open("/dev/null", O_RDONLY); /* as a careless library opens it */
	char want[64];
	struct outcome o;

	assert_true(leak > 2);
	o = run_job(&catches, "cd /proc/$$/fd && for f in *; do case $f in [012]) ;; *) "
			      "readlink $f | grep -v '^/proc/' ;; esac; done; true");
	assert_string_equal(o.out, "");
	close(leak);
	o = run_job(&catches, "read -r x </proc/$$/stat; set -- $x; echo $5 $6");
	snprintf(want, sizeof(want), "%ld", (long)getpgrp());
	assert_true(atol(o.out) != getpgrp());
	assert_true(atol(o.out) == atol(strchr(o.out, ' ')));
	o = run_job(&catches, "if (: </dev/tty) 2>/dev/null; then echo reached; else echo none; fi");
	assert_string_equal(o.out, "none\n");
}

static void signals_are_as_a_program_expects_them(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigset_t block, was;
	struct outcome o;

	sigaction(SIGPIPE, &ignore, &before);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &was);
	o = run_job(&catches, "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t\\n'");
	sigprocmask(SIG_SETMASK, &was, NULL);
	sigaction(SIGPIPE, &before, NULL);
	assert_int_equal(strncmp(o.out, "SigBlk:0000000000000000SigIgn:", 30), 0);
	/* The C library keeps 32 and 33 to itself, as it found them. */
	assert_int_equal(strtoull(o.out + 30, NULL, 16) & ~UINT64_C(0x180000000), 0);
}

static void secrets_stay_at_home_and_facts_go_along(void **state)
{
	static const char *const secrets[] = {
		"PIPETOP_TOKEN", "PIPETOP_PASSWORD", "PIPETOP_SK", "PIPETOP_AK", "PIPETOP_SECURITY_TOKEN",
		"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "OS_PASSWORD", "ANY_SK", "SSLKEYLOGFILE",
	};
	const char *extra[] = {"PIPETOP_EVENT=failed", "PIPETOP_RUN=r 1", NULL};
	struct spawn_job job = {.capture_max = 4000, .env = extra};
	struct outcome o;
	size_t i;

	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		setenv(secrets[i], "=kept-out=", 1);
	setenv("SLACK_TOKEN", "of the operator", 1);
	setenv("PIPETOP_EVENT", "an older one", 1);
	o = run_job(&job, "env | grep -c =kept-out=; echo $PIPETOP_EVENT,$PIPETOP_RUN,$SLACK_TOKEN; "
			  "env | grep -c PIPETOP_EVENT");
	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		unsetenv(secrets[i]);
	unsetenv("SLACK_TOKEN");
	unsetenv("PIPETOP_EVENT");
	assert_string_equal(o.out, "0\nfailed,r 1,of the operator\n1\n");
}

static void what_takes_too_long_is_ended_with_all_it_started(void **state)
{
	struct spawn_job job = {.capture_max = 100, .time_limit_ms = 300};
	struct outcome o = run_job(&job, "sleep 1000 & echo $!; wait");
	pid_t left = atoi(o.out);

	assert_true(o.timed_out);
	assert_string_equal(o.err.text, "the job: took longer than 1 s and was ended");
	assert_true(left > 0);
	/* An orphan: somebody else reaps it, in his own time. */
	while (kill(left, 0) == 0) {
		char path[64], status[512] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/%ld/stat", (long)left);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		assert_true(read(fd, status, sizeof(status) - 1) >= 0);
		close(fd);
		if (strstr(status, ") Z "))
			break;
	}
}

static void who_does_not_listen_is_killed(void **state)
{
	struct spawn_job job = {.capture_max = 100, .time_limit_ms = 100};
	struct outcome o = run_job(&job, "trap '' TERM; echo deaf; while :; do sleep 1; done");

	assert_true(o.timed_out);
	assert_int_equal(o.signum, SIGKILL);
	assert_string_equal(o.out, "deaf\n");
}

static void no_such_program_is_said_at_once(void **state)
{
	const char *argv[] = {"no-such-program-here", NULL};
	struct outcome outcome = {0};
	struct spawn_job job = {.name = "on_fail hook", .argv = argv, .done = keep, .self = &outcome};
	struct err err = {0};

	assert_false(spawn_run(spawn, &job, &err));
	assert_string_equal(err.text, "on_fail hook: no-such-program-here cannot be started: "
				      "No such file or directory");
	assert_int_equal(outcome.done, 0);
	argv[0] = "true";
	job.cwd = "/no/such/place";
	assert_false(spawn_run(spawn, &job, &err));
	assert_int_equal(err.code, ENOENT);
}

static void a_working_directory_is_obeyed(void **state)
{
	struct spawn_job job = {.capture_max = 100, .cwd = "/proc"};

	assert_string_equal(run_job(&job, "pwd").out, "/proc\n");
}

/* Children that end when told to: a FIFO is opened for writing. */
static void only_so_many_run_at_once_and_what_is_beyond_the_queue_is_dropped(void **state)
{
	char dir[] = "/tmp/pipetop-spawn-XXXXXX", fifo[64];
	struct outcome outcomes[10] = {{0}};
	const char *argv[] = {"sh", "-c", "cat \"$0\"", fifo, NULL};
	struct spawn_job job = {.name = "hook", .argv = argv, .done = keep};
	struct spawn *small = spawn_new(loop, 2, 3);
	struct err err = {0};
	int i, fd;

	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	for (i = 0; i < 7; i++) {
		job.self = &outcomes[i];
		assert_int_equal(spawn_run(small, &job, &err), i < 5);
	}
	assert_int_equal(spawn_running(small), 2);
	assert_int_equal(spawn_waiting(small), 3);
	assert_int_equal(spawn_dropped(small), 2);
	assert_string_equal(err.text, "hook: not started, for 3 wait already (2 dropped so far)");
	/* Held open for reading too, so that opening never waits; all end when it is closed. */
	fd = open(fifo, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(spawn_running(small), 2);
	spawn_free(small);
	for (i = 0; i < 5; i++) {
		assert_int_equal(outcomes[i].done, 1);
		assert_int_equal(outcomes[i].err.kind, ERR_CANCELLED);
	}
	assert_int_equal(outcomes[5].done, 0);
	close(fd);
	unlink(fifo);
	rmdir(dir);
}

static int finished;

static void count(void *self, const struct spawn_result *result)
{
	finished += result->status == 0;
	assert_true(spawn_running(spawn) <= SPAWN_RUNNING_MAX);
}

static void all_that_wait_get_their_turn(void **state)
{
	const char *argv[] = {"true", NULL};
	struct spawn_job job = {.name = "hook", .argv = argv, .done = count};
	int i;

	finished = 0;
	for (i = 0; i < 60; i++)
		assert_true(spawn_run(spawn, &job, NULL));
	assert_int_equal(spawn_waiting(spawn), 60 - SPAWN_RUNNING_MAX);
	await(&finished, 60);
	assert_int_equal(spawn_running(spawn), 0);
}

static void a_foreground_job_keeps_the_keys_that_end_programs_from_us(void **state)
{
	char group[64];
	const char *argv[] = {"sh", "-c", "kill -INT $PPID; kill -QUIT $PPID; "
			      "read -r x </proc/$$/stat; set -- $x; test $5 = $0",
			      group, NULL};
	struct outcome outcome = {0};
	struct spawn_job job = {.name = "pager", .argv = argv, .foreground = true, .done = keep,
				.self = &outcome};
	struct sigaction now;

	signal(SIGINT, SIG_DFL); /* a shell that runs us in the background has it ignored */
	snprintf(group, sizeof(group), "%ld", (long)getpgrp());
	assert_true(spawn_run(spawn, &job, NULL));
	sigaction(SIGINT, NULL, &now);
	assert_ptr_equal(now.sa_handler, SIG_IGN);
	await(&outcome.done, 1);
	assert_int_equal(outcome.status, 0);
	sigaction(SIGINT, NULL, &now);
	assert_ptr_equal(now.sa_handler, SIG_DFL);
}

static void what_outlives_us_is_left_alone(void **state)
{
	char dir[] = "/tmp/pipetop-spawn-XXXXXX", fifo[64], line[16] = "";
	const char *argv[] = {"sh", "-c", "echo up >\"$0\"; exec sleep 1000", fifo, NULL};
	struct spawn_job job = {.name = "browser", .argv = argv, .outlives = true};
	struct spawn *other = spawn_new(loop, 0, 0);
	FILE *f;
	pid_t pid;

	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	argv[2] = "echo $$ >\"$0\"; exec sleep 1000";
	assert_true(spawn_run(other, &job, NULL));
	assert_int_equal(spawn_running(other), 0);
	f = fopen(fifo, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	pid = atoi(line);
	spawn_free(other);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	unlink(fifo);
	rmdir(dir);
}

static void command_lines_are_split_as_words(void **state)
{
	static const struct {
		const char *text, *words; /* joined by "/"; NULL: refused */
	} cases[] = {
		{"less", "less"},
		{"  less  -R\t+F ", "less/-R/+F"},
		{"emacs -nw --eval '(a b)'", "emacs/-nw/--eval/(a b)"},
		{"\"/opt/my pager\" -x", "/opt/my pager/-x"},
		{"a\\ b c\\\"d", "a b/c\"d"},
		{"x '' \"\"", "x//"},
		{"x \"it's\" 'a\"b' y'z'w", "x/it's/a\"b/yzw"},
		{"a '|$`' b", "a/|$`/b"},
		{"x \"a\\$b\"", "x/a$b"},
		{"less | head", NULL},
		{"less; rm x", NULL},
		{"$PAGER", NULL},
		{"`x`", NULL},
		{"\"$HOME/x\"", NULL},
		{"less > x", NULL},
		{"less 'open", NULL},
		{"", NULL},
		{"  ", NULL},
	};
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char **argv, joined[256] = "";
		struct err err = {0};

		if (argv_split(cases[i].text, "PAGER", &argv, &err) != (cases[i].words != NULL))
			fail_msg("%s", cases[i].text);
		if (!cases[i].words)
			assert_true(strncmp(err.text, "PAGER ", 6) == 0);
		for (k = 0; argv && argv[k]; k++)
			snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "%s%s", k ? "/" : "",
				 argv[k]);
		if (cases[i].words)
			assert_string_equal(joined, cases[i].words);
		argv_free(argv);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_child_writes_is_caught_and_its_status_told),
		TEST(output_has_a_bound_and_input_comes_from_memory),
		TEST(a_child_has_no_descriptor_but_three_and_a_session_of_its_own),
		TEST(signals_are_as_a_program_expects_them),
		TEST(secrets_stay_at_home_and_facts_go_along),
		TEST(what_takes_too_long_is_ended_with_all_it_started),
		TEST(who_does_not_listen_is_killed),
		TEST(no_such_program_is_said_at_once),
		TEST(a_working_directory_is_obeyed),
		TEST(only_so_many_run_at_once_and_what_is_beyond_the_queue_is_dropped),
		TEST(all_that_wait_get_their_turn),
		TEST(a_foreground_job_keeps_the_keys_that_end_programs_from_us),
		TEST(what_outlives_us_is_left_alone),
		cmocka_unit_test(command_lines_are_split_as_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
