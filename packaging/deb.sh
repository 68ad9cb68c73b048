#!/bin/sh
# SPDX-License-Identifier: MIT
# deb.sh TREE OUT: builds the Debian packages of TREE, an unpacked source (as `make dist` packs it),
# and leaves them in OUT; then lintian judges them, where it is installed. `make deb` runs it.
# DEB_BUILD_OPTIONS and SOURCE_DATE_EPOCH are honoured as everywhere in Debian.
set -eu

die() { echo "deb: $*" >&2; exit 1; }

[ $# = 2 ] || die 'usage: deb.sh TREE OUT'
tree=$1
out=$2
for tool in dpkg-buildpackage dh; do
	command -v $tool >/dev/null 2>&1 ||
		die "$tool is missing: ./bootstrap full installs what packages need, or install dpkg-dev and debhelper"
done

# The packages are built as on a builder: with nothing of the make that called this.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR CFLAGS CPPFLAGS LDFLAGS
log=$out/build.log
(cd "$tree" && dpkg-buildpackage --no-sign --build=full) >"$log" 2>&1 || {
	tail -n 40 "$log" >&2
	die "the build failed: all of its output is in $log"
}
find "$tree/.." -maxdepth 1 -type f -exec mv {} "$out" \;
ls "$out"/*.deb

if command -v lintian >/dev/null 2>&1; then
	lintian --allow-root --fail-on error,warning -EvIL +pedantic "$out"/*.changes ||
		die 'lintian has found faults'
	echo 'lintian: no error, no warning'
else
	echo 'deb: not judged, because lintian is not installed' >&2
fi
