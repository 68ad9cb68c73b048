/* SPDX-License-Identifier: MIT */
/*
 * Templates in number, for lists that have to be paged, searched and sorted: names in two
 * languages, every language of programs, every type of variable. They are counted from one, so
 * that the same number always makes the same ones; their definitions are those of the scenario's
 * shapes in turn.
 */
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "sim/definition.h"
#include "sim/scenario.h"
#include "sim/templates.h"

#define HOUR_MS INT64_C(3600000)

static const char *const names[] = {"微服务构建", "edge-gateway", "前端发布", "mobile-app", "数据同步", "sdk-release",
				    "回归测试",	  "monthly-report", "镜像构建", "etl",	    "灰度发布", "infra"};
static const char *const languages[] = {"java", "python", "nodejs", "go", "net", "cpp", "php", "other", "none"};

static char *variables_of(int number)
{
	char text[1200];

	snprintf(text, sizeof(text),
		 "[{\"name\":\"VERSION\",\"sequence\":1,\"type\":\"string\",\"value\":\"1.%d\",\"is_secret\":false,"
		 "\"description\":\"版本号 / version\",\"is_runtime\":true,\"limits\":[]},"
		 "{\"name\":\"TARGET_ENV\",\"sequence\":2,\"type\":\"enum\",\"value\":\"staging\",\"is_secret\":false,"
		 "\"description\":\"部署环境\",\"is_runtime\":true,\"limits\":[\"dev\",\"staging\",\"生产\"]},"
		 "{\"name\":\"BUILD_NO\",\"sequence\":3,\"type\":\"autoIncrement\",\"value\":\"%d\",\"is_secret\":false,"
		 "\"description\":\"\",\"is_runtime\":false,\"limits\":[]},"
		 "{\"name\":\"DEPLOY_TOKEN\",\"sequence\":4,\"type\":\"string\",\"value\":\"canary-template-secret-%d\","
		 "\"is_secret\":true,\"description\":\"令牌 / token of the target\",\"is_runtime\":true,\"limits\":[]}]",
		 number, number, number);
	return mem_strdup(text);
}

static const struct shape *shape_of(const struct scenario *s, int number)
{
	int i, n = s->npipelines;

	for (i = 0; i < n; i++)
		if (s->pipelines[(number + i) % n].shape)
			return s->pipelines[(number + i) % n].shape;
	return NULL;
}

static void fill(struct template *t, const struct scenario *s, int number)
{
	char text[200];

	rng_id(rng_mix(s->seed, (uint64_t)number + 0x57ec), t->id);
	snprintf(text, sizeof(text), "%s-%03d", names[number % (int)(sizeof(names) / sizeof(names[0]))], number);
	t->name = mem_strdup(text);
	t->language = mem_strdup(languages[number % (int)(sizeof(languages) / sizeof(languages[0]))]);
	snprintf(text, sizeof(text), "第 %d 个模板 / made up, number %d", number, number);
	t->description = mem_strdup(text);
	t->definition = definition_text(shape_of(s, number));
	if (number % 4)
		t->variables = variables_of(number);
	t->collected = number % 7 == 0;
	t->shows_source = number % 2 == 0;
}

void specimens_add(struct templates *t, const struct scenario *s, int n)
{
	int number = 1;
	size_t i;

	for (i = 0; i < t->n; i++)
		number += t->v[i].specimen;
	for (; n > 0; n--, number++) {
		struct template *one = templates_add(t, s->start_ms - number * HOUR_MS);

		one->specimen = true;
		one->updated += number % 5 * (HOUR_MS / 2);
		fill(one, s, number);
	}
}
