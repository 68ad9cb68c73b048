/* SPDX-License-Identifier: MIT */
/*
 * Following 100 MB through pages, one request in flight and no brake, against curl
 * fetching the very same pages in the same order to the same place (performance.md P1 and
 * P16). Which pages those are is learned by following once with a transport that writes
 * each request down as a section of a curl configuration.
 *
 * Started with a URL and a number of lines it is the follow engine by itself: page by page
 * into the spool.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/session.h"
#include "app/follow.h"
#include "bench.h"
#include "core/mem.h"
#include "net/http.h"

#define PROJECT "b1600000000000000000000000000001"
#define SPOOL_MAX ((int64_t)1 << 30)

static const struct api_log_ref big = {
	PROJECT, "b1600000000000000000000000000002", "b1600000000000000000000000000003",
	"b1600000000000000000000000000004", "b1600000000000000000000000000005",
};

/* ---- a transport that takes notes ---- */

struct notes {
	struct transport transport; /* first */
	struct transport *real;
	FILE *to;
	int pages;
};

static void note_text(FILE *to, const char *name, const char *text, size_t len)
{
	size_t i;

	fprintf(to, "%s = \"", name);
	for (i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			fputc('\\', to);
		fputc(text[i], to);
	}
	fputs("\"\n", to);
}

static uint64_t note_and_send(struct transport *t, const struct request *r, response_fn *done, void *self)
{
	struct notes *notes = (struct notes *)t;
	char header[4096];
	size_t i;

	if (notes->pages++)
		fputs("next\n", notes->to);
	note_text(notes->to, "url", r->url, strlen(r->url));
	for (i = 0; i < r->n_headers; i++) {
		snprintf(header, sizeof(header), "%s: %s", r->headers[i].name, r->headers[i].value);
		note_text(notes->to, "header", header, strlen(header));
	}
	note_text(notes->to, "data", r->body ? r->body : "", r->body_len);
	return notes->real->send(notes->real, r, done, self);
}

static void cancel_noted(struct transport *t, uint64_t id)
{
	struct notes *notes = (struct notes *)t;

	notes->real->cancel(notes->real, id);
}

/* ---- the engine by itself ---- */

static void stop_at_end(void *self, struct follow *follow)
{
	enum follow_phase phase = follow_phase(follow);

	if (phase == FOLLOW_ENDED || phase >= FOLLOW_EMPTY)
		ev_break(self, EVBREAK_ALL);
}

static int64_t follow_all(const char *url, int lines, struct notes *notes)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct http *http = http_new(loop, &(struct http_options){.user_agent = "pipetop-bench"});
	struct session_options session = {.endpoint = url, .token = "bench", .language = "en-us"};
	struct follow_options options = {.loop = loop, .ref = big, .from = FOLLOW_START, .page_lines = lines,
					 .spool_dir = getenv("TMPDIR") ? getenv("TMPDIR") : "/var/tmp",
					 .spool_max = SPOOL_MAX, .changed = stop_at_end, .self = loop};
	struct err err = {0};
	struct follow *follow;
	int64_t bytes;

	if (notes)
		notes->real = http_transport(http);
	options.session = session_new(notes ? &notes->transport : http_transport(http), &session, &err);
	follow = options.session ? follow_new(&options, &err) : NULL;
	if (!follow)
		bench_fail("%s", err.text);
	follow_step(follow, STATE_FAILED, 0, 0);
	ev_run(loop, 0);
	if (follow_phase(follow) != FOLLOW_ENDED)
		bench_fail("%s", follow_phase_text(follow_phase(follow)));
	bytes = log_bytes(follow_log(follow));
	follow_free(follow);
	session_free(options.session);
	http_free(http);
	ev_loop_destroy(loop);
	return bytes;
}

/* ---- the rows ---- */

static int write_config(const char *url, int lines, const char *path)
{
	struct notes notes = {.transport = {note_and_send, cancel_noted}, .to = fopen(path, "w")};

	if (!notes.to)
		bench_fail("cannot write %s", path);
	follow_all(url, lines, &notes);
	fclose(notes.to);
	return notes.pages;
}

static void versus(const char *what, const char *const ours[], const char *const peer[], bool piped,
		   double target)
{
	double wall[2][BENCH_RUNS_MOST], cpu[2][BENCH_RUNS_MOST];
	int runs = bench_runs(), i, side;
	char text[80];

	for (i = 0; i < runs; i++)
		for (side = 0; side < 2; side++) {
			struct bench_took took = bench_run(side ? peer : ours, piped);

			wall[side][i] = took.wall_ms;
			cpu[side][i] = took.cpu_ms;
		}
	bench_row(what, bench_median(wall[0], runs), bench_median(wall[1], runs), "ms", target);
	snprintf(text, sizeof(text), "%.60s, its CPU", what);
	printf("%-44s %10.2f %10.2f ms\n", text, bench_median(cpu[0], runs), bench_median(cpu[1], runs));
}

static void compare(const char *self, const struct bench_sim *sim)
{
	char config[] = "/tmp/pipetop-bench-XXXXXX", what[80];
	int fd = mkstemp(config), pages;
	const char *curl[] = {"curl", "-s", "-K", config, NULL};
	const char *engine[] = {self, sim->url, "500", NULL};
	const char *logs[] = {"./pipetop", "--endpoint", sim->url, "--project", PROJECT, "logs", "big", NULL};

	if (fd < 0)
		bench_fail("no file in /tmp");
	close(fd);
	pages = write_config(sim->url, 500, config);
	snprintf(what, sizeof(what), "P1 follow 100 MB, %d pages of 500 lines", pages);
	versus(what, engine, curl, false, 1.10);
	pages = write_config(sim->url, 0, config);
	snprintf(what, sizeof(what), "P16 logs to a pipe, %d pages of 5,000", pages);
	versus(what, logs, curl, true, 1.15);
	unlink(config);
}

int main(int argc, char **argv)
{
	struct bench_sim sim;

	if (argc == 3)
		return follow_all(argv[1], atoi(argv[2]), NULL) > 0 ? 0 : 1;
	setenv("PIPETOP_TOKEN", "bench", 1);
	bench_sim_start(&sim, (const char *const[]){"--scenario", "big", NULL});
	bench_head();
	compare(argv[0], &sim);
	bench_sim_stop(&sim);
	return 0;
}
