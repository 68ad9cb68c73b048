/* SPDX-License-Identifier: MIT */
/* The words of acts that are no deeds; those of deeds stand with the deeds. */
#include "model/act.h"

bool act_is_deed(enum act act)
{
	return (int)act < DEED_COUNT;
}

const char *act_word(enum act act)
{
	static const char *const words[ACT_COUNT] = {
		[ACT_RUN] = "run",
		[ACT_BAN] = "ban",
		[ACT_UNBAN] = "unban",
		[ACT_TEMPLATE_FAVOURITE] = "template-favourite",
		[ACT_TEMPLATE_UNFAVOURITE] = "template-unfavourite",
		[ACT_TEMPLATE_COPY] = "template-copy",
		[ACT_TEMPLATE_EDIT] = "template-edit",
		[ACT_TEMPLATE_DELETE] = "template-delete",
		[ACT_TEMPLATE_USE] = "template-use",
		[ACT_TASK] = "task",
	};

	return act_is_deed(act) ? deed_word((enum deed)act) : words[act];
}
