#!/bin/sh
# SPDX-License-Identifier: MIT
# rpm.sh TARBALL [DIR]: builds the rpm packages of a tarball of `make dist` and compares what is in
# them with packaging/files.list. On Debian what they need at their build is not looked up, since
# it came as Debian's packages. DIR keeps the results. Prints TAP. Part of `make full`.
set -u
tarball=$1
top=${top_srcdir:-.}
n=0 failed=0

for tool in rpmbuild rpmspec rpm; do
	command -v $tool >/dev/null 2>&1 || {
		echo "1..0 # SKIP $tool is not installed: ./bootstrap full installs it"
		exit 0
	}
done
base=$(mktemp -d "${TMPDIR:-/var/tmp}/pipetop-rpm-XXXXXX") || exit 1
trap 'rm -rf "$base"' EXIT
trap 'exit 1' HUP INT TERM
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR CFLAGS CPPFLAGS LDFLAGS

check() { # name, status; what went wrong is in $base/out
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		failed=$((failed + 1))
		tail -n 30 "$base/out" | sed 's/^/# /'
	fi
}

with_rpm() { # a program of rpm: nothing of the user's own settings
	program=$1
	shift
	HOME=$base $program --define "_topdir $base" --define "_tmppath $base" "$@"
}

built() { # package: its file
	find "$base/RPMS" -name "$1-[0-9]*.rpm"
}

# The spec's own files; rpm compresses man pages, and adds the licence and links named by build ids.
has_its_files() { # package
	sed -n "s|^$1 |/|p" "$top/packaging/files.list" >"$base/want"
	HOME=$base rpm -qp --queryformat '[%{FILEMODES:perms} %{FILENAMES}\n]' "$(built "$1")" 2>/dev/null |
		sed -n 's/^-[^ ]* //p' | sed 's|\(/man/.*\)\.gz$|\1|' | grep -vE "/licenses/$1(-[0-9.]+)?/LICENSE\$" | LC_ALL=C sort >"$base/got"
	LC_ALL=C sort -o "$base/want" "$base/want"
	diff -u "$base/want" "$base/got" >"$base/out" 2>&1
}

no_odd_modes() { # package
	HOME=$base rpm -qp --queryformat '[%{FILEMODES:perms} %{FILENAMES}\n]' "$(built "$1")" 2>/dev/null |
		grep -vE '^(lrwxrwxrwx /usr/lib/.build-id/|-rwxr-xr-x /usr/bin/|-rw-r--r-- |drwxr-xr-x )' >"$base/out"
	[ ! -s "$base/out" ]
}

echo 1..7
with_rpm rpmspec -P "$top/packaging/pipetop.spec" >"$base/out" 2>&1
check 'the spec is read' $?
mkdir -p "$base/SOURCES" && cp "$tarball" "$base/SOURCES"
# No package of debugging symbols: Debian's rpm has not got what makes them.
with_rpm rpmbuild -bb --nodeps --define 'debug_package %{nil}' "$top/packaging/pipetop.spec" >"$base/out" 2>&1
check 'the packages are built, and the quick tests pass at that' $?
with_rpm rpmspec -P --without check "$top/packaging/pipetop.spec" >"$base/out" 2>&1 &&
	! grep -qE 'cmocka|check-quick' "$base/out"
check 'without its tests it needs nothing of them' $?
for package in pipetop pipetop-sim; do
	has_its_files $package
	check "$package has the files of packaging/files.list" $?
	no_odd_modes $package
	check "$package has no odd modes, nothing setuid" $?
done
[ $# -lt 2 ] || { mkdir -p "$2" && find "$base/RPMS" -name '*.rpm' -exec cp {} "$2" \; ; }
[ $failed = 0 ]
