/* SPDX-License-Identifier: MIT */
/* The table of regions: three spellings of the host name, by age of the region. */
#include "region.h"

#include <string.h>

#include "core/i18n.h"
#include "core/suggest.h"

static const struct {
	const char *region, *host;
} regions[] = {
	{"cn-north-1", "cloudpipeline-ext"},	 {"cn-north-4", "cloudpipeline-ext"},
	{"cn-south-1", "cloudpipeline-ext"},	 {"cn-south-2", "cloudpipeline-ext"},
	{"cn-east-2", "cloudpipeline-ext"},	 {"cn-east-3", "cloudpipeline-ext"},
	{"cn-southwest-2", "cloudpipeline-ext"}, {"ap-southeast-3", "cloudpipeline-ext"},
	{"sa-brazil-1", "cloudpipeline-ext"},	 {"la-north-2", "cloudpipeline-ext"},
	{"tr-west-1", "pipeline-external"},	 {"la-south-2", "pipeline-external"},
	{"af-north-1", "pipeline"},		 {"me-east-1", "pipeline"},
	{"af-south-1", "pipeline"},
};

bool region_endpoint(const char *region, struct buf *out, struct err *err)
{
	struct suggest near = {.word = region};
	size_t i;

	for (i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		if (strcmp(regions[i].region, region) == 0)
			return buf_addf(out, "https://%s.%s.myhuaweicloud.com", regions[i].host, region);
		suggest_offer(&near, regions[i].region);
	}
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("region %s is not known: did you mean %s?"), region,
			       near.best);
	return err_set(err, ERR_INPUT, 0,
		       _("region %s is not known: give the address of the service with --endpoint URL"),
		       region);
}

const char *region_at(size_t i)
{
	return i < sizeof(regions) / sizeof(regions[0]) ? regions[i].region : NULL;
}
