#!/bin/sh
# SPDX-License-Identifier: MIT
# Plays tests/scripts/*.keys on the real program, each at every size that it is written for.
# Most of the time is waiting for the server's pace, so a few of them play at once.
set -u
build=${top_builddir:-.}
scripts=${top_srcdir:-.}/tests/scripts
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

if [ ! -x "$build/pipetop-sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	exit 0
fi

# play JOB SCRIPT SIZE
play() {
	if "$build/tests/play" "$2" "$3" >"$tmp/$1.out" 2>&1; then
		echo ok >"$tmp/$1"
	else
		echo 'not ok' >"$tmp/$1"
	fi
}

tell() { # JOB NAME
	echo "$(cat "$tmp/$1" 2>/dev/null || echo 'not ok') $1 - $2"
	sed 's/^/# /' "$tmp/$1.out"
}

n=0 told=0
flush() {
	wait
	while [ $told -lt $n ]; do
		told=$((told + 1))
		tell $told "$(cat "$tmp/$told.name")"
	done
}

for script in "$scripts"/*.keys; do
	sizes=$("$build/tests/play" --sizes "$script") || { echo "Bail out! $script"; exit 1; }
	for size in $sizes; do
		n=$((n + 1))
		echo "$(basename "$script" .keys) at $size" >"$tmp/$n.name"
		play $n "$script" "$size" &
		[ $((n % 4)) -ne 0 ] || flush
	done
done
flush
echo "1..$n"
