/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/when.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

static uint64_t snapshot;

static char *id_of(const char *kind, int n)
{
	char id[33];

	snprintf(id, sizeof(id), "%s%0*d", kind, 32 - (int)strlen(kind), n);
	return mem_strdup(id);
}

struct plan {
	const char *name, *project_name, *status, *executor, *trigger;
	int number;
	int64_t started_ago, took; /* took 0: still going */
	const char *stages; /* "fetch COMPLETED,build RUNNING" */
};

static const struct plan plans[] = {
	{"docs-site", "shop", "COMPLETED", "li.na", "Manual", 12, 300 * MINUTE, 95 * SECOND,
	 "build COMPLETED"},
	{"deploy-prod", "shop", "PAUSED", "li.na", "Manual", 318, 11 * MINUTE + 2 * SECOND, 0,
	 "build COMPLETED,release PAUSED"},
	{"checkout-api", "shop", "FAILED", "zhao.lei", "Push", 1204, 27 * MINUTE, 400 * SECOND,
	 "build COMPLETED,test FAILED,deploy INIT"},
	{"search-index", "shop", "RUNNING", "wang.wei", "Manual", 45, 192 * SECOND, 0,
	 "fetch COMPLETED,build COMPLETED,test RUNNING,scan INIT,deploy INIT"},
	{"支付网关-每日构建", "shop", "FAILED", "大Beta测试账号", "Scheduler", 88, 26 * 60 * MINUTE,
	 200 * SECOND, "构建 COMPLETED,集成测试 FAILED"},
	{"mobile-app", "shop", "QUEUED", "chen.yu", "MR", 7, 20 * SECOND, 0, "build INIT"},
	{"商品目录服务", "shop", "COMPLETED", "王小明", "Manual", 931, 50 * MINUTE, 245 * SECOND,
	 "构建 COMPLETED,部署 COMPLETED"},
	{"never-run", "shop", NULL, NULL, NULL, 0, 0, 0, NULL},
	{"a-rather-long-name-that-does-not-fit-in-eighty-columns-at-all", "shop", "CANCELED", "ops",
	 "Manual", 3, 400 * 24 * 60 * MINUTE, 61 * SECOND, "build CANCELED"},
	{"商城-生产发布", "shop", "PAUSED", "赵强", "Manual", 769, 42 * MINUTE, 0,
	 "构建 COMPLETED,上线 PAUSED"},
	{"release-train", "shop", "RUNNING", "sun.hao", "Push", 239, 100 * SECOND, 0,
	 "prepare COMPLETED,integration RUNNING"},
	{"flaky-e2e", "shop", "RUNNING", "chen.jie", "MR", 31, 20 * MINUTE, 0,
	 "e2e RUNNING"},
};

#define N_PLANS (sizeof(plans) / sizeof(plans[0]))

static void add_stages(struct run *run, const char *text)
{
	char name[64], status[32];
	int used;

	while (*text && sscanf(text, "%63[^ ] %31[A-Z_]%n", name, status, &used) == 2) {
		struct stage *stage;

		run->stages = mem_grow(run->stages, run->n_stages, sizeof(*run->stages));
		stage = &run->stages[run->n_stages];
		*stage = (struct stage){.sequence = (int)run->n_stages,
					.name = mem_strdup(name),
					.status = mem_strdup(status)};
		stage->id = id_of("9", (int)(run->n_stages + 10 * (size_t)run->number));
		run->n_stages++;
		text += used + (text[used] == ',');
	}
}

static void make_run(struct run *run, const struct plan *plan, int i)
{
	*run = (struct run){.number = plan->number, .id = id_of("c", i), .pipeline_id = id_of("b", i),
			    .status = mem_strdup(plan->status), .trigger = mem_strdup(plan->trigger),
			    .executor = mem_strdup(plan->executor), .branch = mem_strdup("main"),
			    .start_ms = WORLD_NOW - plan->started_ago, .server_ms = WORLD_NOW};
	if (plan->took)
		run->end_ms = run->start_ms + plan->took;
	add_stages(run, plan->stages);
	run_derive(run);
}

static struct step make_step(const char *name, const char *status, int n, int64_t start, int64_t end)
{
	return (struct step){.id = id_of("e", n), .name = mem_strdup(name), .sequence = n,
			     .task = mem_strdup("official_shell_plugin"),
			     .status = mem_strdup(status), .start_ms = start, .end_ms = end};
}

static struct job *add_job(struct stage *stage, const char *name, const char *status, int n,
			   int64_t start, int64_t end)
{
	struct job *job;

	stage->jobs = mem_grow(stage->jobs, stage->n_jobs, sizeof(*stage->jobs));
	job = &stage->jobs[stage->n_jobs++];
	*job = (struct job){.id = id_of("d", n), .identifier = id_of("JOB_", n),
			    .name = mem_strdup(name), .status = mem_strdup(status), .sequence = n,
			    .start_ms = start, .end_ms = end};
	return job;
}

static void add_step(struct job *job, struct step step)
{
	job->steps = mem_grow(job->steps, job->n_steps, sizeof(*job->steps));
	job->steps[job->n_steps++] = step;
}

static void stage_times(struct stage *stage, int64_t start, int64_t end)
{
	stage->start_ms = start;
	stage->end_ms = end;
}

static void detail_checkout(struct run *run)
{
	int64_t at = run->start_ms, failed = at + 400 * SECOND;
	struct job *job;

	stage_times(&run->stages[0], at, at + 121 * SECOND);
	job = add_job(&run->stages[0], "compile", "COMPLETED", 1, at, at + 121 * SECOND);
	add_step(job, make_step("checkout", "COMPLETED", 10, at, at + 4 * SECOND));
	add_step(job, make_step("make", "COMPLETED", 11, at + 4 * SECOND, at + 121 * SECOND));
	stage_times(&run->stages[1], at + 121 * SECOND, failed);
	job = add_job(&run->stages[1], "unit", "FAILED", 2, at + 122 * SECOND, failed);
	add_step(job, make_step("checkout", "COMPLETED", 20, at + 122 * SECOND, at + 126 * SECOND));
	add_step(job, make_step("make", "COMPLETED", 21, at + 126 * SECOND, at + 148 * SECOND));
	add_step(job, make_step("run tests", "FAILED", 22, at + 148 * SECOND, failed));
	job->steps[2].message = mem_strdup("exit 1");
	job = add_job(&run->stages[1], "lint", "COMPLETED", 3, at + 122 * SECOND, at + 160 * SECOND);
	add_step(job, make_step("eslint", "COMPLETED", 30, at + 122 * SECOND, at + 160 * SECOND));
}

static void detail_deploy(struct run *run)
{
	struct stage *release = &run->stages[1];
	int64_t at = run->start_ms;

	stage_times(&run->stages[0], at, at);
	stage_times(release, at, WHEN_NONE);
	release->pre = mem_zalloc(sizeof(struct step));
	release->n_pre = 1;
	release->pre[0] = make_step("", "PAUSED", 40, at, WHEN_NONE);
	mem_free(release->pre[0].task);
	release->pre[0].task = mem_strdup("official_devcloud_manualTrigger");
	release->pre[0].gate_timeout_ms = 59 * MINUTE + 30 * SECOND;
}

static void detail_search(struct run *run)
{
	int64_t at = run->start_ms;
	struct job *job;

	stage_times(&run->stages[0], at, at + 10 * SECOND);
	stage_times(&run->stages[1], at + 10 * SECOND, at + 70 * SECOND);
	stage_times(&run->stages[2], at + 70 * SECOND, WHEN_NONE);
	job = add_job(&run->stages[2], "integration", "RUNNING", 5, at + 70 * SECOND, WHEN_NONE);
	add_step(job, make_step("prepare", "COMPLETED", 50, at + 70 * SECOND, at + 90 * SECOND));
	add_step(job, make_step("pytest", "RUNNING", 51, at + 90 * SECOND, WHEN_NONE));
}

/* A review that two people may pass, and that passes by itself. */
static void detail_review(struct run *run)
{
	int64_t at = run->start_ms;
	struct job *job;
	struct step *review;

	stage_times(&run->stages[0], at, at + 300 * SECOND);
	stage_times(&run->stages[1], at + 300 * SECOND, WHEN_NONE);
	job = add_job(&run->stages[1], "生产", "PAUSED", 60, at + 300 * SECOND, WHEN_NONE);
	add_step(job, make_step("上线审核", "PAUSED", 61, at + 300 * SECOND, WHEN_NONE));
	add_step(job, make_step("deploy", "INIT", 62, WHEN_NONE, WHEN_NONE));
	review = &job->steps[0];
	mem_free(review->task);
	review->task = mem_strdup("official_devcloud_checkpoint");
	review->approvers = mem_strdup("li.na, 张敏");
	review->comment = mem_strdup("检查变更单后再放行");
	review->gate_timeout_ms = 2 * 60 * MINUTE;
	review->gate_timeout_passes = true;
}

/* Its step runs another pipeline: search-index 45. */
static void detail_train(struct run *run)
{
	int64_t at = run->start_ms;
	struct job *job;

	stage_times(&run->stages[0], at, at + 30 * SECOND);
	stage_times(&run->stages[1], at + 30 * SECOND, WHEN_NONE);
	job = add_job(&run->stages[1], "integration", "RUNNING", 70, at + 30 * SECOND, WHEN_NONE);
	add_step(job, make_step("run search-index", "RUNNING", 71, at + 30 * SECOND, WHEN_NONE));
	mem_free(job->steps[0].task);
	job->steps[0].task = mem_strdup("official_devcloud_subPipeline");
	job->steps[0].child_pipeline = id_of("b", 3);
	job->steps[0].child_run = id_of("c", 3);
}

/* Somebody retried it: the first try failed, the second runs. */
static void detail_flaky(struct run *run)
{
	int64_t at = run->start_ms;
	struct job *job;

	stage_times(&run->stages[0], at, WHEN_NONE);
	job = add_job(&run->stages[0], "browser", "RUNNING", 80, at + 900 * SECOND, WHEN_NONE);
	add_step(job, make_step("checkout", "COMPLETED", 81, at + 900 * SECOND, at + 910 * SECOND));
	add_step(job, make_step("playwright", "FAILED", 82, at + 30 * SECOND, at + 600 * SECOND));
	job->steps[1].superseded = true;
	job->steps[1].attempt = 1;
	job->steps[1].job_id = id_of("d", 79);
	add_step(job, make_step("playwright", "RUNNING", 82, at + 910 * SECOND, WHEN_NONE));
	mem_free(job->steps[2].id);
	job->steps[2].id = id_of("e", 83);
	job->steps[2].attempt = 2;
}

static void take_details(struct store *store)
{
	static void (*const details[N_PLANS])(struct run *) = {
		[1] = detail_deploy, [2] = detail_checkout, [3] = detail_search,
		[9] = detail_review, [10] = detail_train, [11] = detail_flaky};
	size_t i;

	for (i = 0; i < N_PLANS; i++) {
		struct run run;
		char *pipeline;

		if (!details[i])
			continue;
		make_run(&run, &plans[i], (int)i);
		details[i](&run);
		run.detailed = true;
		run_derive(&run);
		pipeline = id_of("b", (int)i);
		store_take_detail(store, WORLD_PROJECT, pipeline, &run, ++snapshot, 1000);
		mem_free(pipeline);
		run_done(&run);
	}
}

static void take_history(struct store *store, int i, int64_t usual)
{
	struct run *runs = mem_calloc(5, sizeof(*runs));
	char *pipeline = id_of("b", i);
	size_t k;

	for (k = 0; k < 5; k++) {
		struct plan old = plans[i];

		old.status = "COMPLETED";
		old.number -= (int)k + 1;
		old.started_ago += ((int64_t)k + 1) * 3600 * SECOND;
		old.took = usual;
		old.stages = "";
		make_run(&runs[k], &old, 100 * (i + 1) + (int)k);
		mem_free(runs[k].pipeline_id);
		runs[k].pipeline_id = mem_strdup(pipeline);
	}
	store_take_history(store, WORLD_PROJECT, pipeline, runs, 5, ++snapshot, 1000);
	for (k = 0; k < 5; k++)
		run_done(&runs[k]);
	mem_free(runs);
	mem_free(pipeline);
}

void world_fill(struct store *store)
{
	struct pipeline *list = mem_calloc(N_PLANS, sizeof(*list));
	size_t i;

	snapshot = 0;
	for (i = 0; i < N_PLANS; i++) {
		list[i] = (struct pipeline){.project_id = mem_strdup(WORLD_PROJECT),
					    .project_name = mem_strdup(plans[i].project_name),
					    .id = id_of("b", (int)i), .name = mem_strdup(plans[i].name),
					    .favourite = i % 5 == 1,
					    .group_id = mem_strdup(i % 3 == 0   ? WORLD_GROUP_WEB
								   : i % 3 == 1 ? WORLD_GROUP_PAY
										: NULL)};
		if (!plans[i].status)
			continue;
		list[i].latest = mem_zalloc(sizeof(struct run));
		make_run(list[i].latest, &plans[i], (int)i);
	}
	store_take_pipelines(store, WORLD_PROJECT, list, N_PLANS, ++snapshot, 1000);
	for (i = 0; i < N_PLANS; i++)
		pipeline_done(&list[i]);
	mem_free(list);
	take_details(store);
	take_history(store, 2, 430 * SECOND);
	take_history(store, 3, 245 * SECOND);
	take_history(store, 6, 240 * SECOND);
	take_history(store, 11, 500 * SECOND); /* it takes more than twice as long: stuck */
}

struct groups *world_groups(void)
{
	static const struct {
		const char *id, *parent, *name;
	} all[] = {{WORLD_GROUP_SHOP, NULL, "商城"},
		   {WORLD_GROUP_WEB, WORLD_GROUP_SHOP, "Web"},
		   {WORLD_GROUP_PAY, WORLD_GROUP_SHOP, "支付"}};
	struct group *list = mem_calloc(3, sizeof(*list));
	struct groups *groups = groups_new();
	size_t i;

	for (i = 0; i < 3; i++)
		list[i] = (struct group){.project_id = mem_strdup(WORLD_PROJECT), .id = mem_strdup(all[i].id),
					 .name = mem_strdup(all[i].name), .parent_id = mem_strdup(all[i].parent),
					 .path_id = mem_strdup(all[i].id), .ordinal = (int)i};
	groups_take(groups, WORLD_PROJECT, list, 3);
	mem_free(list);
	return groups;
}

/* The newest `n` runs of a pipeline of the plans, as its run list gives them. */
static void take_runs(struct store *store, int i, int n)
{
	struct run *runs = mem_calloc((size_t)n, sizeof(*runs));
	char *pipeline = id_of("b", i);
	int k;

	for (k = 0; k < n; k++) {
		struct plan old = plans[i];

		if (k > 0) {
			old.status = k % 4 == 3 ? "FAILED" : "COMPLETED";
			old.number -= k;
			old.started_ago += k * 3600 * SECOND;
			old.took = 400 * SECOND + k * SECOND;
		}
		make_run(&runs[k], &old, k ? 100 * (i + 1) + k - 1 : i);
		mem_free(runs[k].pipeline_id);
		runs[k].pipeline_id = mem_strdup(pipeline);
	}
	store_take_runs(store, WORLD_PROJECT, runs, (size_t)n, ++snapshot, 1500);
	for (k = 0; k < n; k++)
		run_done(&runs[k]);
	mem_free(runs);
	mem_free(pipeline);
}

void world_take_history(struct store *store)
{
	char *pipeline = id_of("b", 2);

	take_runs(store, 2, 6);
	store_take_total(store, WORLD_PROJECT, pipeline, 412, snapshot);
	mem_free(pipeline);
}

void world_start_checkout(struct store *store)
{
	struct plan plan = plans[2];
	struct run run;

	plan.status = "RUNNING";
	plan.number++;
	plan.started_ago = 5 * SECOND;
	plan.took = 0;
	plan.stages = "build RUNNING,test INIT,deploy INIT";
	make_run(&run, &plan, 77);
	mem_free(run.pipeline_id);
	run.pipeline_id = id_of("b", 2);
	store_take_runs(store, WORLD_PROJECT, &run, 1, ++snapshot, 2500);
	run_done(&run);
}

void world_pass_gate(struct store *store)
{
	struct plan plan = plans[1];
	struct run run;

	plan.status = "COMPLETED";
	plan.took = 11 * MINUTE;
	plan.stages = "build COMPLETED,release COMPLETED";
	make_run(&run, &plan, 1);
	store_take_runs(store, WORLD_PROJECT, &run, 1, ++snapshot, 2000);
	run_done(&run);
}

void world_fail_running(struct store *store)
{
	struct plan plan = plans[3];
	struct run run;

	plan.status = "FAILED";
	plan.took = 192 * SECOND;
	plan.stages = "fetch COMPLETED,build COMPLETED,test FAILED,scan INIT,deploy INIT";
	make_run(&run, &plan, 3);
	store_take_runs(store, WORLD_PROJECT, &run, 1, ++snapshot, 2000);
	run_done(&run);
}

static void hold_step(struct step *step, const char *task, const char *status, int64_t timeout_ms)
{
	mem_free(step->task);
	mem_free(step->status);
	step->task = mem_strdup(task);
	step->status = mem_strdup(status);
	step->end_ms = WHEN_NONE;
	step->gate_timeout_ms = timeout_ms;
	step->gate_timeout_passes = true;
}

/* The steps of search-index from `first` on wait as steps of that plugin do in that state. */
static void hold_search(struct store *store, size_t first, const char *task, const char *status,
			int64_t timeout_ms)
{
	char *pipeline = id_of("b", 3);
	struct job *job;
	struct run run;

	make_run(&run, &plans[3], 3);
	detail_search(&run);
	job = &run.stages[2].jobs[0];
	for (; first < job->n_steps; first++)
		hold_step(&job->steps[first], task, status, timeout_ms);
	run.detailed = true;
	run_derive(&run);
	store_take_detail(store, WORLD_PROJECT, pipeline, &run, ++snapshot, 2000);
	run_done(&run);
	mem_free(pipeline);
}

void world_delay_search(struct store *store)
{
	hold_search(store, 1, "official_devcloud_delayedExecution", "PAUSED", 30 * MINUTE);
}

void world_suspend_search(struct store *store)
{
	hold_search(store, 1, "official_shell_plugin", "SUSPEND", 0);
}

void world_two_gates(struct store *store)
{
	hold_search(store, 0, "official_devcloud_checkpoint", "PAUSED", 0);
}
