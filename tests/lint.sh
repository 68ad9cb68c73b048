#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh TOOL [compiler's words ...]: one static checker over the sources, each finding an
# error. Run by `make full`. What is left out is left out on the line of the source or in the
# checker's own file, with the reason.
set -u
cd "${top_srcdir:-.}" || exit 1
tool=$1
shift
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

each() { # command and its first words: one run for each source, all cores
	find src -name '*.c' | LC_ALL=C sort | xargs -n 1 -P "$jobs" "$@"
}

has() {
	command -v "$1" >/dev/null 2>&1 || { echo "lint.sh: $1 is not installed: ./bootstrap full installs it" >&2; exit 1; }
}

# shellcheck disable=SC2016 # for the inner shell
tidy_one='source=$1; shift; clang-tidy --quiet "$source" -- "$@" 2>/dev/null'

case $tool in
analyzer)
	each "${CC:-gcc}" -std=gnu17 -O1 -fanalyzer -Werror "$@" -c -o /dev/null
	;;
tidy)
	has clang-tidy
	find src -name '*.c' | LC_ALL=C sort |
		xargs -P "$jobs" -I @FILE@ sh -c "$tidy_one" tidy @FILE@ -std=gnu17 "$@"
	;;
cppcheck)
	has cppcheck
	cppcheck --std=c11 --enable=warning,portability,performance --inline-suppr --quiet \
		--error-exitcode=1 --suppress=missingIncludeSystem -j "$jobs" \
		--template='{file}:{line}: {id}: {message}' -I include -I src -D_GNU_SOURCE src
	;;
shellcheck)
	has shellcheck
	shellcheck -x bootstrap tests/*.sh tests/e2e/*.sh packaging/*.sh
	;;
*)
	echo "lint.sh: no such tool: $tool" >&2
	exit 2
	;;
esac
