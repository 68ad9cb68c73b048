#!/bin/sh
# SPDX-License-Identifier: MIT
# make install and make uninstall: every file where packaging/files.list says, as plain files that
# anybody may read; and one version in all papers of the packages.
set -u
top=${top_srcdir:-.} build=${top_builddir:-.}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
# The make that runs the tests is not this one: neither its -n or -j nor its variables.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR

check() { # name, status, output of what went wrong
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
	[ "$2" = 0 ] || sed 's/^/# /' "$3"
}

installs() { # the words of make: DESTDIR and what goes to /usr
	"${MAKE:-make}" -C "$build" -s "$@" prefix=/usr exec_prefix=/usr bindir=/usr/bin \
		datarootdir=/usr/share datadir=/usr/share mandir=/usr/share/man docdir=/usr/share/doc/pipetop \
		>"$tmp/make.out" 2>&1
}

echo 1..9
installs install DESTDIR="$tmp/root"
check 'make install succeeds' $? "$tmp/make.out"

# Without the simulator its part is not there, and nothing else is missing.
part='^pipetop'
[ -x "$build/pipetop-sim" ] || part='^pipetop '
grep "$part" "$top/packaging/files.list" | cut -d ' ' -f 2 | LC_ALL=C sort >"$tmp/want"
(cd "$tmp/root" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort) >"$tmp/got"
diff -u "$tmp/want" "$tmp/got" >"$tmp/out" 2>&1
check 'what is installed is what packaging/files.list has' $? "$tmp/out"

(cd "$tmp/root" && find . ! -type d ! -type f) >"$tmp/out"
[ ! -s "$tmp/out" ]
check 'all of them are plain files' $? "$tmp/out"

(cd "$tmp/root" && find . -type f \( -path './usr/bin/*' ! -perm 755 -o ! -path './usr/bin/*' ! -perm 644 \) \
	-exec ls -l {} +) >"$tmp/out"
[ ! -s "$tmp/out" ]
check 'programs have mode 755, all else 644: nothing is setuid' $? "$tmp/out"

version=$(sed -n 's/^AC_INIT(\[pipetop\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
"$tmp/root/usr/bin/pipetop" --version >"$tmp/out" 2>&1
grep -qxF "pipetop $version" "$tmp/out"
check 'the installed program runs and says the version of configure.ac' $? "$tmp/out"

# The program was compiled for the prefix of configure, not for /usr.
# shellcheck disable=SC2016 # for make
data=$(cd "$build" && printf 'include Makefile\nwhere:\n\t@echo $(pkgdatadir)\n' | "${MAKE:-make}" -s -f - where)
echo "$data is not in it" >"$tmp/out"
[ -n "$data" ] && grep -qaF "$data" "$tmp/root/usr/bin/pipetop"
check 'it looks for its data where make install puts them' $? "$tmp/out"

installs uninstall DESTDIR="$tmp/root"
status=$?
find "$tmp/root" ! -type d >>"$tmp/make.out"
[ $status = 0 ] && [ -z "$(find "$tmp/root" ! -type d)" ]
check 'make uninstall takes all of it away' $? "$tmp/make.out"

sed -n '1s/^pipetop (\([^)]*\)).*/\1/p' "$top/debian/changelog" >"$tmp/out"
[ -n "$version" ] && [ "$(cat "$tmp/out")" = "$version" ]
check 'debian/changelog has the version of configure.ac' $? "$tmp/out"

sed -n 's/^Version: *//p' "$top/packaging/pipetop.spec" >"$tmp/out"
[ -n "$version" ] && [ "$(cat "$tmp/out")" = "$version" ]
check 'pipetop.spec has the version of configure.ac' $? "$tmp/out"
