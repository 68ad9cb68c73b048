/* SPDX-License-Identifier: MIT */
/*
 * Everything that a run of the real program needs and that must be gone after it. The
 * simulator is told to end with us, so a test that is killed leaves no server behind; a
 * server that returns gets its clock moved on by as long as it was away, since its world is
 * a function of time and pipelines must not run backwards.
 */
#include "test.h"
#include "stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>


#define WORDS 24
#define HOST "127.0.0.1"
#define CHINA_S (8 * 3600) /* the simulator's --start is in +08:00 */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

int stage_patience_ms(void)
{
	return pty_limit_ms(20000);
}

static void binary(char *out, size_t size, const char *name)
{
	const char *top = getenv("top_builddir");

	snprintf(out, size, "%s/%s", top ? top : ".", name);
}

/* ---- the simulator ---- */

/* "YYYY-MM-DD HH:MM:SS", so many simulated seconds later. */
static void start_then(const struct stage *s, char out[32])
{
	double speed = s->options.speed ? strtod(s->options.speed, NULL) : 1;
	double gone_s = (double)(pty_now_ms() - s->raised_ms) / 1000 * speed;
	struct tm tm = {0};
	time_t at;

	if (!s->raised_ms || !strptime(s->options.start, "%Y-%m-%d %H:%M:%S", &tm)) {
		snprintf(out, 32, "%s", s->options.start);
		return;
	}
	at = timegm(&tm) + (time_t)gone_s;
	strftime(out, 32, "%Y-%m-%d %H:%M:%S", gmtime_r(&at, &tm));
}

static void read_greeting(struct stage *s)
{
	struct pollfd p = {.fd = s->sim_out, .events = POLLIN};
	int64_t end = pty_now_ms() + stage_patience_ms();
	char said[4096] = "", *at;
	size_t len = 0;
	ssize_t n;

	while (!strstr(said, "projects ") || said[len - 1] != '\n') {
		if (pty_now_ms() > end || poll(&p, 1, 1000) < 0)
			fail_msg("pipetop-sim does not start: %s", said);
		if (!p.revents)
			continue;
		n = read(s->sim_out, said + len, sizeof(said) - 1 - len);
		if (n <= 0)
			fail_msg("pipetop-sim ended at its start: %s", said);
		len += (size_t)n;
		said[len] = '\0';
	}
	at = strstr(said, HOST ":");
	s->port = at ? atoi(at + strlen(HOST ":")) : 0;
	at = strstr(said, "projects ") + strlen("projects ");
	snprintf(s->projects, sizeof(s->projects), "%.*s", (int)strcspn(at, "\n"), at);
}

static void add_option(const char **argv, size_t *n, const char *name, const char *value)
{
	if (!value)
		return;
	argv[(*n)++] = name;
	argv[(*n)++] = value;
}

void stage_start_sim(struct stage *s)
{
	char program[4096], port[16], start[32], parent[40];
	const char *argv[WORDS] = {program, "--with-parent", NULL};
	size_t n = 1;
	int out[2];

	binary(program, sizeof(program), "pipetop-sim");
	snprintf(parent, sizeof(parent), "--with-parent=%ld", (long)getpid());
	argv[n++] = parent;
	snprintf(port, sizeof(port), "%d", s->port);
	add_option(argv, &n, "--port", port);
	add_option(argv, &n, "--scenario", s->options.scenario);
	add_option(argv, &n, "--seed", s->options.seed);
	add_option(argv, &n, "--speed", s->options.speed);
	add_option(argv, &n, "--count", s->options.count);
	if (s->options.start) {
		start_then(s, start);
		add_option(argv, &n, "--start", start);
	}
	if (!s->raised_ms)
		s->raised_ms = pty_now_ms();
	if (pipe2(out, O_CLOEXEC) != 0)
		fail_msg("no pipe: %s", strerror(errno));
	s->sim = fork();
	if (s->sim == 0) {
		setpgid(0, 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		execv(program, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(out[1]);
	s->sim_out = out[0];
	read_greeting(s);
}

void stage_stop_sim(struct stage *s)
{
	if (s->sim <= 0)
		return;
	kill(s->sim, SIGTERM);
	while (waitpid(s->sim, NULL, 0) < 0 && errno == EINTR)
		;
	close(s->sim_out);
	s->sim = 0;
}

bool stage_ask(struct stage *s, const char *method, const char *path, struct buf *said)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
	char request[1024], piece[4096];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	inet_pton(AF_INET, HOST, &to.sin_addr);
	snprintf(request, sizeof(request),
		 "%s %s HTTP/1.1\r\nHost: " HOST "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", method,
		 path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    write(fd, request, strlen(request)) != (ssize_t)strlen(request)) {
		buf_addf(said, "no answer: %s", strerror(errno));
		close(fd);
		return false;
	}
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(said, piece, (size_t)n);
	close(fd);
	return said->len > 12 && strncmp(said->data, "HTTP/1.1 200", 12) == 0;
}

/* ---- the program ---- */

static void start_program(struct stage *s)
{
	const char *argv[WORDS] = {0}, *env[2 * WORDS] = {"NO_COLOR", "PIPETOP_IAM_ENDPOINT"};
	char program[4096], endpoint[64], projects[1100], dirs[3][128];
	size_t n = 1, k = 2, i;

	binary(program, sizeof(program), "pipetop");
	argv[0] = program;
	if (s->options.demo)
		argv[n++] = "--demo";
	for (i = 0; i < STAGE_WORDS && s->options.args[i]; i++)
		argv[n++] = s->options.args[i];
	snprintf(dirs[0], sizeof(dirs[0]), "XDG_CACHE_HOME=%s/cache", s->home);
	snprintf(dirs[1], sizeof(dirs[1]), "XDG_STATE_HOME=%s/state", s->home);
	snprintf(dirs[2], sizeof(dirs[2]), "XDG_CONFIG_HOME=%s/config", s->home);
	for (i = 0; i < 3; i++)
		env[k++] = dirs[i];
	snprintf(endpoint, sizeof(endpoint), "PIPETOP_ENDPOINT=http://" HOST ":%d", s->port);
	snprintf(projects, sizeof(projects), "PIPETOP_PROJECT=%s", s->projects);
	env[k++] = s->options.demo ? "PIPETOP_ENDPOINT" : endpoint;
	env[k++] = s->options.demo ? "PIPETOP_PROJECT" : projects;
	env[k++] = s->options.demo ? "PIPETOP_TOKEN" : "PIPETOP_TOKEN=demo";
	for (i = 0; i < STAGE_WORDS && s->options.env[i]; i++)
		env[k++] = s->options.env[i];
	s->pty = pty_start(argv, s->options.term ? s->options.term : "xterm-256color", s->options.rows,
			   s->options.cols, env);
}

static void write_config(const struct stage *s)
{
	char path[128];
	FILE *f;
	int i;

	if (!s->options.config[0])
		return;
	snprintf(path, sizeof(path), "%s/config", s->home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/config/pipetop", s->home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/config/pipetop/pipetop.conf", s->home);
	f = fopen(path, "w");
	if (!f)
		fail_msg("cannot write %s: %s", path, strerror(errno));
	fchmod(fileno(f), 0600);
	for (i = 0; i < STAGE_WORDS && s->options.config[i]; i++)
		fprintf(f, "%s\n", s->options.config[i]);
	fclose(f);
}

void stage_open(struct stage *s, const struct stage_options *options)
{
	memset(s, 0, sizeof(*s));
	s->options = *options;
	snprintf(s->home, sizeof(s->home), "/tmp/pipetop-stage-XXXXXX");
	if (!mkdtemp(s->home))
		fail_msg("no folder under /tmp: %s", strerror(errno));
	if (!options->demo)
		stage_start_sim(s);
	write_config(s);
	start_program(s);
}

void stage_close(struct stage *s)
{
	pty_free(s->pty);
	s->pty = NULL;
	stage_stop_sim(s);
	nftw(s->home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Panes are parted by a line; the selection of each has a bar in its first cell. */
void stage_selected(struct stage *s, struct buf *out)
{
	static const char rule[] = "\xE2\x94\x82";
	struct buf screen;
	char *row, *end, *pane, *next;

	buf_init(&screen, BUF_MAX);
	pty_screen(s->pty, &screen);
	for (row = screen.data; *row; row = end + 1) {
		end = strchr(row, '\n');
		*end = '\0';
		for (pane = row; pane; pane = next) {
			next = strstr(pane, rule);
			if (next) {
				*next = '\0';
				next += strlen(rule);
			}
			if (*pane == '|')
				buf_addf(out, "%s\n", pane + 1);
		}
	}
	buf_done(&screen);
}
