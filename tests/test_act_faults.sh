#!/bin/sh
# SPDX-License-Identifier: MIT
# Faults on actions, before and after they are applied: requests, verdict, exit status, audit log.
build=${top_builddir:-.}
if [ ! -x "$build/pipetop-sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	exit 0
fi
exec /usr/bin/python3 "${top_srcdir:-.}/tests/act_faults.py" "$@"
