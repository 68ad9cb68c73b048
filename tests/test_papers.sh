#!/bin/sh
# SPDX-License-Identifier: MIT
# The papers say what is true: man pages are lint-clean, the key table in pipetop.1 is the
# one that the program uses, and --help names what the man page names.
set -u
top=${top_srcdir:-.} build=${top_builddir:-.}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0

check() { # name, status, output of what went wrong
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
	[ "$2" = 0 ] || sed 's/^/# /' "$3"
}

echo 1..9
for page in pipetop.1 pipetop-sim.1 pipetop-config.5; do
	mandoc -T lint -W warning "$top/man/$page" >"$tmp/out" 2>&1
	check "$page is lint-clean" $? "$tmp/out"
done

for part in keys lines; do
	"$build/tests/print_keys" $part >"$tmp/want"
	sed -n '/^\.\\" '$part': begin/,/^\.\\" '$part': end/p' "$top/man/pipetop.1" | sed '1d;$d' >"$tmp/got"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/out" 2>&1
	check "pipetop.1 has the $part of the program (make man-keys writes them)" $? "$tmp/out"
done

for part in settings commands; do
	"$build/tests/print_settings" $part >"$tmp/want"
	sed -n '/^\.\\" '$part': begin/,/^\.\\" '$part': end/p' "$top/man/pipetop-config.5" | sed '1d;$d' >"$tmp/got"
	diff -u "$tmp/want" "$tmp/got" >"$tmp/out" 2>&1
	check "pipetop-config.5 has the $part of the program (make man-keys writes them)" $? "$tmp/out"
done

"$build/pipetop" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u >"$tmp/help"
: >"$tmp/out"
while read -r option; do
	name=${option#--}
	grep -qE "^\.(It|Op)?.*Fl (Fl |-)$name\b" "$top/man/pipetop.1" || echo "$option is not in pipetop.1" >>"$tmp/out"
done <"$tmp/help"
[ -s "$tmp/help" ] || echo '--help names no option' >>"$tmp/out"
[ ! -s "$tmp/out" ]
check 'every option of --help is in pipetop.1' $? "$tmp/out"

: >"$tmp/out"
# shellcheck disable=SC2013,SC2016 # paths without blanks; the quotes are of Markdown
for path in $(grep -oE '`(docs|man|tests|themes|scenarios|src|include)/[A-Za-z0-9_./-]+`' "$top/README.md" "$top/ARCHITECTURE.md" |
	sed 's/.*:`//; s/`//' | sort -u); do
	[ -e "$top/$path" ] || echo "$path is named but is not there" >>"$tmp/out"
done
[ ! -s "$tmp/out" ]
check 'files that README and ARCHITECTURE name are there' $? "$tmp/out"
