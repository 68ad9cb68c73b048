#!/bin/sh
# SPDX-License-Identifier: MIT
# The papers say what is true: man pages are lint-clean, their tables are those that the program
# uses, and --help names what they name.
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

echo 1..15
for page in pipetop.1 pipetop-sim.1 pipetop-config.5; do
	mandoc -T lint -W warning "$top/man/$page" >"$tmp/out" 2>&1
	check "$page is lint-clean" $? "$tmp/out"
done

# What stands between the marks of a part is what a program prints of its tables.
part_is_true() { # page, program, part
	"$build/tests/$2" "$3" >"$tmp/want"
	sed -n '/^\.\\" '"$3"': begin/,/^\.\\" '"$3"': end/p' "$top/man/$1" | sed '1d;$d' >"$tmp/got"
	{ [ -s "$tmp/want" ] && diff -u "$tmp/want" "$tmp/got"; } >"$tmp/out" 2>&1
	check "$1 has the $3 of the program (make man writes them)" $? "$tmp/out"
}
for part in keys lines; do part_is_true pipetop.1 print_keys $part; done
for part in synopsis commands options variables statuses; do part_is_true pipetop.1 print_words $part; done
for part in settings commands; do part_is_true pipetop-config.5 print_settings $part; done

# Both are printed from the tables, but an option that the manual got otherwise is seen here.
options_agree() { # program, page
	"$build/$1" --help | grep -oE -- '^ +(-[a-zA-Z], )?--[a-z].*' | sed 's/  *\(-[a-zA-Z], \)*\(.*\)/\2/; s/   .*//' |
		grep -oE -- '--[a-z-]+' | sort -u >"$tmp/help"
	sed -n '/^\.It /s/Fl -/\n--/gp' "$top/man/$2" | grep -oE -- '^--[a-z-]+' | sort -u >"$tmp/page"
	{ [ -s "$tmp/help" ] && diff "$tmp/help" "$tmp/page"; } >"$tmp/out" 2>&1
	check "$1 --help and $2 name the same options" $? "$tmp/out"
}
options_agree pipetop pipetop.1
options_agree pipetop-sim pipetop-sim.1

: >"$tmp/out"
# shellcheck disable=SC2013,SC2016 # paths without blanks; the quotes are of Markdown
for path in $(grep -oE '`(docs|man|tests|themes|scenarios|src|include)/[A-Za-z0-9_./-]+`' "$top/README.md" "$top/ARCHITECTURE.md" |
	sed 's/.*:`//; s/`//' | sort -u); do
	[ -e "$top/$path" ] || echo "$path is named but is not there" >>"$tmp/out"
done
[ ! -s "$tmp/out" ]
check 'files that README and ARCHITECTURE name are there' $? "$tmp/out"
