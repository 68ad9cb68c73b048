/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEMAKE_H
#define PIPETOP_APP_TEMPLATEMAKE_H

/* The two ways to a new pipeline: of a template, and of an orchestration's document. */
#include "templates.h"

templates_fn templatemake_use, templatemake_task;

#endif
