/* SPDX-License-Identifier: MIT */
/*
 * pipetop-sim: options, one loop, and an end that comes at once: on a signal, or with
 * the parent that asked for it.
 */
#include <ev.h>
#include <getopt.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "sim/sim.h"

#define EXIT_USAGE 2

struct line { /* the command line, read */
	struct sim_options sim;
	bool with_parent;
	int64_t parent; /* its pid as the parent gave it; 0: not given */
};

static const char usage[] = N_(
	"Usage: pipetop-sim [option ...]\n"
	"A pretend CodeArts Pipeline on this machine alone, for trying and testing pipetop.\n"
	"\n"
	"  --ipv6                listen on [::1] instead of 127.0.0.1\n"
	"  --port N              listen on port N; 0 (default): any free one\n"
	"  --scenario NAME|FILE  the world: demo (default), many, seed, flood, big, or a file\n"
	"  --count N             of pipelines, where the world has a crowd (many: 5000)\n"
	"  --templates N         N custom templates from the start (default 0)\n"
	"  --speed X             simulated seconds in a second (default 1; 0 stops time)\n"
	"  --start WHEN          \"now\" or \"YYYY-MM-DD HH:MM:SS\" (+08:00)\n"
	"  --seed N              another world of the same kind\n"
	"  --token T             take no other token than T and those given out\n"
	"  --ak AK --sk SK       the key pair that may sign requests\n"
	"  --security-token T    that must come with what that pair signs\n"
	"  --password P          the only password that signs in (default: any)\n"
	"  --lock-after N        so many wrong sign-ins in a row lock the account\n"
	"  --token-life SECONDS  of tokens given out (default 86400)\n"
	"  --tls[=KIND]          https with a throw-away certificate: self-signed (default),\n"
	"                        chain, or a bad one: expired, not-yet-valid, wrong-host,\n"
	"                        wrong-host-suffix, unknown-ca, hostile-names, old-tls\n"
	"  --gzip                compress bodies over 1 KB for those who accept it\n"
	"  --log-mode MODE       opaque (default), byte, char, line, range\n"
	"  --has-more POLICY     more-when-pending (default), true-while-running\n"
	"  --gate-as STATE       running (default), paused, suspend\n"
	"  --start-offset WHICH  window (default), page\n"
	"  --offsets TYPE        str (default), int\n"
	"  --desc-order ORDER    chronological (default), newest-first\n"
	"  --skew-as CODE        0301 (default), 0303: what a stale signature is refused with\n"
	"  --retry-ids WHICH     new (default), same: the ids of a retried job and its steps\n"
	"  --list-delay SECONDS  fresh runs are missing from lists for so long (default 0)\n"
	"  --with-parent[=PID]   end when the parent process does\n"
	"  --help, --version\n"
	"\n"
	"What it serves, its control path /_sim/ and the format of scenarios: pipetop-sim(1).\n");

enum {
	OPT_PORT = 256,
	OPT_SCENARIO,
	OPT_COUNT,
	OPT_TEMPLATES,
	OPT_SPEED,
	OPT_START,
	OPT_SEED,
	OPT_TOKEN,
	OPT_ACCESS_KEY,
	OPT_SECRET_KEY,
	OPT_SECURITY_TOKEN,
	OPT_PASSWORD,
	OPT_LOCK_AFTER,
	OPT_TOKEN_LIFE,
	OPT_TLS,
	OPT_IPV6,
	OPT_GZIP,
	OPT_MODE,
	OPT_PARENT,
	OPT_HELP,
	OPT_VERSION
};

static const struct option options[] = {
	{"port", required_argument, NULL, OPT_PORT},
	{"scenario", required_argument, NULL, OPT_SCENARIO},
	{"count", required_argument, NULL, OPT_COUNT},
	{"templates", required_argument, NULL, OPT_TEMPLATES},
	{"speed", required_argument, NULL, OPT_SPEED},
	{"start", required_argument, NULL, OPT_START},
	{"seed", required_argument, NULL, OPT_SEED},
	{"token", required_argument, NULL, OPT_TOKEN},
	{"ak", required_argument, NULL, OPT_ACCESS_KEY},
	{"sk", required_argument, NULL, OPT_SECRET_KEY},
	{"security-token", required_argument, NULL, OPT_SECURITY_TOKEN},
	{"password", required_argument, NULL, OPT_PASSWORD},
	{"lock-after", required_argument, NULL, OPT_LOCK_AFTER},
	{"token-life", required_argument, NULL, OPT_TOKEN_LIFE},
	{"tls", optional_argument, NULL, OPT_TLS},
	{"ipv6", no_argument, NULL, OPT_IPV6},
	{"gzip", no_argument, NULL, OPT_GZIP},
	{"log-mode", required_argument, NULL, OPT_MODE},
	{"has-more", required_argument, NULL, OPT_MODE},
	{"gate-as", required_argument, NULL, OPT_MODE},
	{"start-offset", required_argument, NULL, OPT_MODE},
	{"offsets", required_argument, NULL, OPT_MODE},
	{"desc-order", required_argument, NULL, OPT_MODE},
	{"skew-as", required_argument, NULL, OPT_MODE},
	{"retry-ids", required_argument, NULL, OPT_MODE},
	{"list-delay", required_argument, NULL, OPT_MODE},
	{"with-parent", optional_argument, NULL, OPT_PARENT},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static _Noreturn void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static _Noreturn void wrong(const char *fmt, ...)
{
	va_list ap;

	fputs("pipetop-sim: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(_("\n(pipetop-sim --help lists the options)\n"), stderr);
	exit(EXIT_USAGE);
}

static int64_t whole_number(const char *name, int64_t min, int64_t max)
{
	int64_t n;

	if (!text_int(optarg, &n) || n < min || n > max)
		wrong(_("--%s \"%s\" is not a number from %lld to %lld"), name, optarg,
		      (long long)min, (long long)max);
	return n;
}

static double read_speed(void)
{
	char *end;
	double x = strtod(optarg, &end);

	if (!*optarg || *end || !isfinite(x) || x < 0 || x > 100000)
		wrong(_("--speed \"%s\" is not a number from 0 (time stands still) to 100000"),
		      optarg);
	return x;
}

static const char *not_empty(const char *name)
{
	if (!*optarg)
		wrong(_("--%s must not be empty"), name);
	return optarg;
}

static void take(struct line *l, int option, const char *name)
{
	struct err err;

	switch (option) {
	case OPT_PORT:
		l->sim.port = (int)whole_number(name, 0, 65535);
		break;
	case OPT_SCENARIO:
		l->sim.scenario = optarg;
		break;
	case OPT_COUNT:
		l->sim.count = (int)whole_number(name, 1, 1000000);
		break;
	case OPT_TEMPLATES:
		l->sim.templates = (int)whole_number(name, 0, 10000);
		break;
	case OPT_SPEED:
		l->sim.speed = read_speed();
		break;
	case OPT_START:
		l->sim.start = optarg;
		break;
	case OPT_SEED:
		l->sim.seed = (uint64_t)whole_number(name, 1, INT64_MAX);
		break;
	case OPT_TOKEN:
		l->sim.token = not_empty(name);
		break;
	case OPT_ACCESS_KEY:
		l->sim.access_key = not_empty(name);
		break;
	case OPT_SECRET_KEY:
		l->sim.secret_key = not_empty(name);
		break;
	case OPT_SECURITY_TOKEN:
		l->sim.security_token = not_empty(name);
		break;
	case OPT_PASSWORD:
		l->sim.password = not_empty(name);
		break;
	case OPT_LOCK_AFTER:
		l->sim.lock_after = (int)whole_number(name, 1, 1000);
		break;
	case OPT_TOKEN_LIFE:
		l->sim.token_life_s = (int)whole_number(name, 1, 366 * 86400);
		break;
	case OPT_TLS:
		if (!sim_tls_named(optarg ? optarg : "self-signed", &l->sim.tls, &err))
			wrong("--%s", err.text);
		break;
	case OPT_IPV6:
		l->sim.ipv6 = true;
		break;
	case OPT_GZIP:
		l->sim.gzip = true;
		break;
	case OPT_MODE:
		if (!sim_modes_set(&l->sim.modes, name, optarg, &err))
			wrong("--%s", err.text);
		break;
	case OPT_PARENT:
		l->with_parent = true;
		l->parent = optarg ? whole_number(name, 1, INT32_MAX) : 0;
		break;
	}
}

static void read_line(int argc, char **argv, struct line *l)
{
	int option, which = 0, at = 1;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, &which)) != -1) {
		if (option == OPT_HELP) {
			fputs(_(usage), stdout);
			exit(0);
		}
		if (option == OPT_VERSION) {
			puts("pipetop-sim " PIPETOP_VERSION);
			exit(0);
		}
		if (option == ':')
			wrong(_("%s needs a value"), argv[at]);
		if (option == '?')
			wrong(_("there is no option %s, or it takes no value, or its name is cut "
				"too short"),
			      argv[at]);
		take(l, option, options[which].name);
		at = optind;
	}
	if (!l->sim.access_key != !l->sim.secret_key)
		wrong(_("--ak and --sk go together: give both or neither"));
	if (optind < argc)
		wrong(_("\"%s\" is not an option, and there are no other arguments"), argv[optind]);
}

/*
 * The signal is asked for first and the parent looked at afterwards: whichever moment it
 * dies at, one of the two sees it. Without a pid, a parent that died before we began
 * cannot be told from the one that adopted us.
 */
static void die_with_parent(const struct line *l, pid_t at_start)
{
	pid_t parent = l->parent ? (pid_t)l->parent : at_start;

	if (!l->with_parent)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		exit(0);
}

static void on_signal(struct ev_loop *loop, ev_signal *w, int events)
{
	ev_break(loop, EVBREAK_ALL);
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();
	struct ev_loop *loop;
	struct line line = {0};
	struct buf projects;
	struct err err;
	struct sim *sim;
	ev_signal ends[3];
	const int signals[3] = {SIGTERM, SIGINT, SIGHUP};
	int i;

	setlocale(LC_ALL, "");
	sim_options_init(&line.sim);
	read_line(argc, argv, &line);
	loop = ev_default_loop(EVFLAG_AUTO);
	for (i = 0; i < 3; i++) {
		ev_signal_init(&ends[i], on_signal, signals[i]);
		ev_signal_start(loop, &ends[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	die_with_parent(&line, parent);
	sim = sim_new(loop, &line.sim, &err);
	if (!sim)
		wrong("%s", err.text);
	buf_init(&projects, BUF_MAX);
	sim_projects(sim, &projects);
	printf("listening on %s\nprojects %s\n", sim_url(sim), projects.data);
	buf_done(&projects);
	if (sim_certificate(sim))
		printf("certificate %s\n", sim_certificate(sim));
	printf("tenant %s\n", sim_tenant(sim));
	fflush(stdout);
	ev_run(loop, 0);
	sim_free(sim);
	return 0;
}
