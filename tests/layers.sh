#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom, and which foreign header has which home. The two tables are the
# rules; a line that breaks one is printed with its file.
set -u
cd "${top_srcdir:-.}" || exit 1
n=0
tmp=$(mktemp) || exit 1

result() { # name, offending lines
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# module: modules it may include, itself aside
layers='core:
model:core
net:core
log:core
sim:core
api:core model net log/cursor.h
ui:core model log
app:core model net log api ui'

# header pattern: files that may include it
homes='curses\.h|term\.h>:src/ui/term.c src/ui/termentry.c
curl/:src/net/http.c src/net/probework.c
cjson/:src/api/json.c src/api/json_pre.c src/api/decode.c src/api/calls.c src/app/cli.c src/app/cli_json.c src/sim/*
ev\.h>:src/net/http.c src/net/probe.c src/app/* src/sim/sim.c src/sim/main.c
pcre2\.h:src/log/search.c src/log/pattern.c
openssl/:src/core/hash.c src/net/peer.c src/sim/cert.c
libconfig\.h:src/app/config.c src/ui/theme.c src/sim/scenario*
microhttpd\.h:src/sim/*
zlib\.h:src/sim/gzip.c'

echo "1..$(($(printf '%s\n' "$layers" | wc -l) + $(printf '%s\n' "$homes" | wc -l) + 2))"

printf '%s\n' "$layers" | while IFS=: read -r module may; do
	allowed="^\"$module/"
	for m in $may; do
		case $m in
		*/*) allowed="$allowed|^\"$m\"" ;;
		*) allowed="$allowed|^\"$m/" ;;
		esac
	done
	bad=$(grep -rnE '^#include "[a-z]+/' "src/$module" "include/$module" 2>/dev/null |
		sed 's/#include //' | awk -F: -v ok="$allowed" '$3 !~ ok')
	printf '%s\n' "$module includes only what it may	$(printf '%s' "$bad" | tr '\n' ';')"
done >"$tmp"
printf '%s\n' "$homes" | while IFS=: read -r header files; do
	bad=$(grep -rnE "^#include <.*($header)" src include 2>/dev/null | while IFS= read -r line; do
		file=${line%%:*}
		keep=$line
		for home in $files; do
			# shellcheck disable=SC2254 # a pattern on purpose
			case $file in $home) keep= ;; esac
		done
		[ -z "$keep" ] || printf '%s\n' "$keep"
	done)
	printf '%s\n' "<$header> stays at home	$(printf '%s' "$bad" | tr '\n' ';')"
done >>"$tmp"
while IFS='	' read -r name bad; do
	result "$name" "$bad"
done <"$tmp"
rm -f "$tmp"

result 'no shell is started' "$(grep -rnE '\b(system|popen)\(' src include)"
result 'only ui/term.c draws with curses' \
	"$(grep -rnE '\b(mv)?w?(addch|addstr|printw|addnstr|add_wch|addwstr)\(' src | grep -v '^src/ui/term.c:')"
