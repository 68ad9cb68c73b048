/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_POLICY_H
#define PIPETOP_LOG_SGR_POLICY_H

/* What is done with each escape and control sequence. */
#include "sgr_pen.h"

enum sgr_escape {
	SGR_ESC_MARKED, /* removed, with a mark */
	SGR_ESC_SILENT, /* removed */
	SGR_ESC_CSI,	/* these three begin something longer */
	SGR_ESC_OSC,
	SGR_ESC_STRING,
	SGR_ESC_BREAK,	/* a new line */
};

/* ESC, an intermediate or 0, and a final in 30..7E. */
enum sgr_escape sgr_policy_escape(char inter, unsigned final);

enum sgr_csi {
	SGR_CSI_MARKED,
	SGR_CSI_SILENT,
	SGR_CSI_STYLE,
	SGR_CSI_ERASE,
	SGR_CSI_COLUMN,
	SGR_CSI_LEFT,
	SGR_CSI_RIGHT,
	SGR_CSI_MODE, /* private: it depends on which */
};

/* CSI, a prefix `<=>?` or 0, parameters, an intermediate or 0, and a final in 40..7E. */
enum sgr_csi sgr_policy_csi(char prefix, const struct sgr_params *params, char inter,
			    unsigned final);

#endif
