/* SPDX-License-Identifier: MIT */
/*
 * The whole key table, every printable key and every command of the `:` line, pressed in the real
 * dashboard before a real server: read-only, with the key that confirms after each of them; and
 * with the actions on, without it. The server then tells what it was asked: nothing but reads.
 */
#include "test.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <ftw.h>
#include <locale.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/text.h"
#include "pty.h"
#include "ui/command.h"

#define SOON 15000
#define ASKS "does it; every other key means no"
#define MARK "zz7" /* harmless, should it be taken as keys */

static char binary[4096], simulator[4096], home[4200];

struct desk { /* a server and a dashboard before it */
	pid_t server;
	int port;
	char projects[400];
	struct pty *p;
};

/* ---- the server ---- */

static void server_start(struct desk *d)
{
	char said[1200];
	size_t n = 0;
	ssize_t got;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	d->server = fork();
	if (d->server == 0) {
		dup2(fds[1], 1);
		execl(simulator, simulator, "--port", "0", "--with-parent", "--templates", "12", (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	do {
		got = read(fds[0], said + n, sizeof(said) - 1 - n);
		n += got > 0 ? (size_t)got : 0;
		said[n] = '\0';
	} while (got > 0 && !strstr(said, "tenant "));
	close(fds[0]);
	assert_int_equal(sscanf(said, "listening on http://127.0.0.1:%d\nprojects %399s", &d->port, d->projects), 2);
}

/* One control path's answer; the caller deletes it. */
static cJSON *server_ask(const struct desk *d, const char *path)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)d->port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char request[200], *body;
	struct buf text;
	ssize_t n;
	cJSON *json;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\nHost: sim\r\n\r\n", path);
	assert_int_equal(send(fd, request, strlen(request), 0), (ssize_t)strlen(request));
	buf_init(&text, BUF_MAX);
	while ((n = recv(fd, buf_room(&text, 65536), 65536, 0)) > 0)
		buf_seal(&text, (size_t)n);
	close(fd);
	body = strstr(text.data, "\r\n\r\n");
	assert_non_null(body);
	json = cJSON_Parse(body);
	assert_non_null(json);
	buf_done(&text);
	return json;
}

static bool reads(const char *method, const char *path)
{
	static const char *const lists[] = {"/list", "/logs", "/exec-log", "/pipelines/status", "/auth/tokens"};
	size_t i, len = strcspn(path, "?"), n;

	if (strcmp(method, "GET") == 0)
		return true;
	for (i = 0; strcmp(method, "POST") == 0 && i < sizeof(lists) / sizeof(lists[0]); i++) {
		n = strlen(lists[i]);
		if (len > n && strncmp(path + len - n, lists[i], n) == 0)
			return true;
	}
	return false;
}

/* How many requests there were; fails on one that is no read. */
static int assert_only_reads(const struct desk *d)
{
	cJSON *o = server_ask(d, "/_sim/requests"), *actions = server_ask(d, "/_sim/actions");
	const cJSON *e;
	int n = 0;

	cJSON_ArrayForEach(e, cJSON_GetObjectItem(o, "requests"))
	{
		const char *method = cJSON_GetStringValue(cJSON_GetObjectItem(e, "method"));
		const char *path = cJSON_GetStringValue(cJSON_GetObjectItem(e, "path"));

		if (!reads(method, path))
			fail_msg("it sent %s %s", method, path);
		n++;
	}
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(actions, "actions")), 0);
	cJSON_Delete(o);
	cJSON_Delete(actions);
	return n;
}

/* ---- the dashboard ---- */

static void expect(struct pty *p, const char *text)
{
	struct buf screen;

	if (pty_wait_text(p, text, SOON))
		return;
	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	fprintf(stderr, "%s", screen.data);
	buf_done(&screen);
	fail_msg("\"%s\" did not come", text);
}

static void desk_open(struct desk *d, bool read_only)
{
	const char *argv[] = {binary, read_only ? "--read-only" : NULL, NULL};
	char endpoint[80], project[440], cache[4300], config[4300], state[4300];
	const char *env[] = {endpoint, project, cache,	   config,	 state,		 "PIPETOP_TOKEN=t",
			     "PAGER=true", "EDITOR=true", "VISUAL=true", "BROWSER=true", "NO_COLOR", NULL};

	server_start(d);
	snprintf(endpoint, sizeof(endpoint), "PIPETOP_ENDPOINT=http://127.0.0.1:%d", d->port);
	snprintf(project, sizeof(project), "PIPETOP_PROJECT=%s", d->projects);
	snprintf(cache, sizeof(cache), "XDG_CACHE_HOME=%s/cache", home);
	snprintf(config, sizeof(config), "XDG_CONFIG_HOME=%s/config", home);
	snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/state-%d", home, (int)d->server);
	d->p = pty_start(argv, "xterm-256color", 40, 110, env);
	expect(d->p, "LIVE");
	pty_keys(d->p, "W"); /* something waits here, which every action is about */
	expect(d->p, "waiting");
}

static void desk_close(struct desk *d)
{
	assert_int_equal(pty_exit_status(d->p, 0), -1);
	pty_keys(d->p, "\003");
	assert_int_equal(pty_exit_status(d->p, SOON), 0);
	pty_free(d->p);
	kill(d->server, SIGTERM);
	waitpid(d->server, NULL, 0);
}

/*
 * All that was typed has been taken, and nothing is open: a line is begun, seen, and left. Where it
 * does not come, something else is open: that is left first. An escape has to be alone for a moment,
 * or it makes another key of what follows.
 */
static void settle(struct pty *p, const char *after)
{
	int i, k;

	for (i = 0; i < 20; i++) {
		pty_keys(p, ":" MARK);
		if (pty_wait_text(p, ":" MARK, i ? 1000 : 200)) {
			pty_keys(p, "\033");
			if (pty_wait_gone(p, ":" MARK, SOON))
				return;
		}
		if (pty_exit_status(p, 0) != -1)
			fail_msg("the program ended after '%s'", after);
		for (k = 0; k < 2; k++) {
			pty_keys(p, "\033");
			pty_wait_text(p, ":" MARK, 120);
		}
	}
	fprintf(stderr, "after '%s':\n", after);
	expect(p, ":" MARK);
}

/* Until it is known what the selected row waits for, a key that acts only says so. */
static void open_dialog(struct pty *p, const char *key)
{
	int i;

	for (i = 0; i < 20; i++) {
		pty_keys(p, key);
		if (pty_wait_text(p, ASKS, 1000))
			return;
	}
	expect(p, ASKS);
}

/* What a terminal sends for a key of the table; NULL for one that would end or stop the program. */
static const char *bytes_of(const char *name, char own[4])
{
	static const char *const named[][2] = {
		{"Enter", "\r"},     {"Esc", "\033"},	   {"Tab", "\t"},	{"Shift+Tab", "\033[Z"}, {"Up", "\033[A"},
		{"Down", "\033[B"},  {"Right", "\033[C"},  {"Left", "\033[D"},	{"PgDn", "\033[6~"},	 {"PgUp", "\033[5~"},
		{"Home", "\033[H"},  {"End", "\033[F"},	   {"Space", " "},	{"Backspace", "\177"},	 {"F1", "\033OP"},
		{"F5", "\033[15~"},  {"Ctrl+Z", NULL},	   {"Ctrl+C", NULL},	{"q", NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(named[i][0], name) == 0)
			return named[i][1];
	own[0] = text_starts(name, "Ctrl+") ? (char)(name[5] & 0x1f) : name[0];
	own[1] = '\0';
	assert_true(name[1] == '\0' || text_starts(name, "Ctrl+"));
	return own;
}

/* Every key once: those of the table, and all that print. */
struct keys {
	char all[200][8];
	size_t n;
};

static void add_key(struct keys *k, const char *bytes)
{
	size_t i;

	for (i = 0; bytes && i < k->n; i++)
		if (strcmp(k->all[i], bytes) == 0)
			return;
	if (bytes)
		snprintf(k->all[k->n++], sizeof(k->all[0]), "%s", bytes);
}

static void every_key(struct keys *k, bool with_yes)
{
	const struct command_info *table;
	char name[40], own[4];
	const char *rest;
	size_t i, n, len;
	int c;

	k->n = 0;
	table = command_table(&n);
	for (i = 0; i < n; i++)
		for (rest = table[i].keys; *rest; rest += len + (rest[len] == ' ')) {
			len = strcspn(rest, " ");
			snprintf(name, sizeof(name), "%.*s", (int)len, rest);
			if (with_yes || strcmp(name, "y"))
				add_key(k, bytes_of(name, own));
		}
	for (c = ' '; c <= '~'; c++)
		if (c != 'q' && (with_yes || c != 'y'))
			add_key(k, (char[]){(char)c, '\0'});
	assert_true(k->n > 100);
}

/*
 * Each key, and `after` it, from where `place` leads. Places are gone to again now and then, because
 * keys move; what one has opened, those that follow go into, too.
 */
static void press_all(struct desk *d, const struct keys *keys, const char *place, const char *after)
{
	size_t i;

	for (i = 0; i < keys->n; i++) {
		if (i % 4 == 0)
			pty_keys(d->p, place);
		pty_keys(d->p, keys->all[i]);
		/* A yes counts only when its question is to be seen. */
		pty_wait_text(d->p, ASKS, 40);
		if (strcmp(keys->all[i], "\033"))
			pty_keys(d->p, after);
		settle(d->p, keys->all[i]);
	}
}

/* A command of the `:` line as it would be typed; false: it would leave the program. */
static bool line_of(const char *usage, char *out, size_t size)
{
	static const char *const words[][2] = {{"TEXT", "a"},	  {"FACTOR", "1"},     {"on|off", "on"}, {"COLUMN", "name"},
					       {"NUMBER", "3"},	  {"VALUE", "2"},      {"FILE", ""},	 {"NAME", "mine"},
					       {"VARIABLE", "A"}, {"branch", "branch"}};
	const char *space = strchr(usage, ' ');
	size_t i, len = space ? (size_t)(space - usage) : strlen(usage);

	if (text_starts(usage, ":q"))
		return false;
	if (text_starts(usage, ":NUMBER"))
		space = usage, len = 1;
	snprintf(out, size, "%.*s", (int)len, usage);
	for (i = 0; space && i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(space, words[i][0]))
			snprintf(out + strlen(out), size - strlen(out), "%s%s", len > 1 ? " " : "", words[i][1]);
	if (text_starts(usage, ":save"))
		snprintf(out + strlen(out), size - strlen(out), "%s/saved", home);
	return true;
}

static void type_all_lines(struct desk *d, const char *place, const char *after)
{
	const char *usage, *help;
	char line[4400];
	size_t i;

	for (i = 0; command_line_at(i, &usage, &help); i++) {
		if (!line_of(usage, line, sizeof(line)))
			continue;
		pty_keys(d->p, place);
		pty_keys(d->p, line);
		pty_keys(d->p, "\r");
		pty_wait_text(d->p, ASKS, 40);
		pty_keys(d->p, after);
		settle(d->p, line);
	}
}

/* ---- read-only ---- */

static void read_only_no_key_and_no_line_sends_a_change(void **state)
{
	static const char *const places[] = {"W", "!"};
	struct desk d;
	struct keys keys;
	size_t i;

	desk_open(&d, true);
	every_key(&keys, true);
	for (i = 0; i < 4; i++) {
		pty_keys(d.p, (const char *const[]){"R", "S", "A", "X"}[i]);
		expect(d.p, "read-only");
		assert_false(pty_shows(d.p, ASKS));
	}
	settle(d.p, "them");
	for (i = 0; i < 2; i++) {
		press_all(&d, &keys, places[i], "y");
		type_all_lines(&d, places[i], "y");
		assert_only_reads(&d);
	}
	assert_true(assert_only_reads(&d) > 5);
	desk_close(&d);
	(void)state;
}

/* ---- without a yes ---- */

static void without_a_yes_no_key_and_no_line_sends_a_change(void **state)
{
	struct desk d;
	struct keys keys;

	desk_open(&d, false);
	every_key(&keys, false);
	press_all(&d, &keys, "W", "n");
	type_all_lines(&d, "W", "n");
	assert_true(assert_only_reads(&d) > 5);
	desk_close(&d);
	(void)state;
}

static void no_other_key_than_y_says_yes_in_a_dialog(void **state)
{
	static const char *const opens[] = {"A", "S"};
	struct desk d;
	struct keys keys;
	size_t i, k;

	desk_open(&d, false);
	every_key(&keys, false);
	for (i = 0; i < sizeof(opens) / sizeof(opens[0]); i++)
		for (k = 0; k < keys.n; k++) {
			if (strcmp(keys.all[k], "\033") == 0 || strcmp(keys.all[k], "\f") == 0)
				continue;
			open_dialog(d.p, opens[i]);
			pty_keys(d.p, keys.all[k]);
			if (!pty_wait_gone(d.p, ASKS, SOON))
				fail_msg("key %zu of %zu leaves the dialog open", k, keys.n);
		}
	open_dialog(d.p, "A");
	pty_resize(d.p, 39, 109);
	assert_true(pty_wait_gone(d.p, ASKS, SOON));
	open_dialog(d.p, "A");
	pty_keys(d.p, "\033[200~y\033[201~");
	assert_true(pty_wait_gone(d.p, ASKS, SOON));
	settle(d.p, "them");
	assert_only_reads(&d);
	desk_close(&d);
	(void)state;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st, (void)kind, (void)place;
	return remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_only_no_key_and_no_line_sends_a_change),
		cmocka_unit_test(without_a_yes_no_key_and_no_line_sends_a_change),
		cmocka_unit_test(no_other_key_than_y_says_yes_in_a_dialog),
	};
	const char *top = getenv("top_builddir");
	char made[] = "/tmp/pipetop-keys-XXXXXX";
	int status;

	setlocale(LC_ALL, "C.UTF-8");
	snprintf(binary, sizeof(binary), "%s/pipetop", top ? top : ".");
	snprintf(simulator, sizeof(simulator), "%s/pipetop-sim", top ? top : ".");
	if (!mkdtemp(made))
		return 1;
	snprintf(home, sizeof(home), "%s", made);
	status = cmocka_run_group_tests(tests, NULL, NULL);
	nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return status;
}
