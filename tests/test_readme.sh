#!/bin/sh
# SPDX-License-Identifier: MIT
# The transcript of README.md ("From nothing to the error line") is what happens: each command after
# "$ " is run on a terminal of 200 columns, what it asks for is typed, and what is on the screen afterwards
# is compared with what stands below it in the README, line by line.
#
# The simulator stands at the time that the README starts it at, and so does the clock of the
# programs (wallclock.so). What varies all the same is made the same on both sides:
#   127.0.0.1:PORT    the simulator takes any free port here, 8080 in the README
#   /home/ops1        stands for the home directory
#   N ms              how long something took
set -u
build=${top_builddir:-.} readme=${top_srcdir:-.}/README.md
tmp=$(mktemp -d) || exit 1
sim='' n=0
trap '[ -z "$sim" ] || kill "$sim" 2>/dev/null; rm -rf "$tmp"' EXIT

if [ ! -x "$build/pipetop-sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	exit 0
fi
for name in $(env | sed -n 's/^\(PIPETOP_[A-Z_]*\|HW_[A-Z_]*\|HUAWEI[A-Z_]*\|XDG_[A-Z_]*\|[a-z]*_proxy\)=.*/\1/p'); do
	unset "$name"
done
build=$(cd "$build" && pwd)
HOME=$tmp/home PATH=$build:$PATH LC_ALL=C.UTF-8 TZ=Asia/Shanghai password=$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
export HOME PATH LC_ALL TZ
mkdir -m 700 "$HOME"

# ---- the transcript: the indented block that begins with starting the simulator ----

awk '/^    \$ pipetop-sim / {on = 1} on && !/^    / && !/^$/ {exit} on {sub(/^    /, ""); print}' "$readme" |
	sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$tmp/transcript"
if ! grep -q '^\$ pipetop logs' "$tmp/transcript"; then
	echo '1..1'
	echo 'not ok 1 - README.md has a transcript'
	exit 1
fi

same() { # what varies, made the same
	sed -e "s,127\.0\.0\.1:$port,127.0.0.1:8080,g" -e "s,$HOME,/home/ops1,g" -e 's/[0-9][0-9]* ms\>/N ms/g' \
		-e 's/[[:space:]]*$//'
}

# ---- running it ----

# "$ pipetop-sim --port 8080 --start '...' --speed 0 &", on a free port
start_simulator() { # the command
	start=$(printf '%s\n' "$1" | sed -n "s/.*--start '\([^']*\)'.*/\1/p")
	WALLCLOCK=$(TZ=UTC-8 date -d "$start" +%s)
	export WALLCLOCK
	mkfifo "$tmp/first"
	command=$(printf '%s\n' "$1" | sed 's/--port 8080/--port 0/;s/ *&$//')
	eval "exec $command" >"$tmp/first" &
	sim=$!
	{ read -r _ _ url && read -r _ projects; } <"$tmp/first"
	port=${url##*:}
	printf 'listening on %s\nprojects %s\n' "$url" "$projects"
}

# What a person types is in the transcript behind the question; a password is not.
answers() { # file with what should be on the screen; sets the words for `typed`
	set --
	while IFS= read -r asked; do
		case $asked in
		Account:* | 'IAM user:'*) set -- "$@" -a "${asked%%:*}:" "${asked#*: }" ;;
		Password*:) set -- "$@" -a "${asked%:}" "$password" ;;
		esac
	done <"$tmp/want"
	words=$(for word; do printf "'%s' " "$word"; done)
}

act() { # a command; $tmp/want has what should be on the screen
	case $1 in
	pipetop-sim*) start_simulator "$1" >"$tmp/got" ;;
	export*) eval "$(printf '%s\n' "$1" | sed "s,127\.0\.0\.1:8080,127.0.0.1:$port,g")" && : >"$tmp/got" ;;
	*)
		answers
		eval "LD_PRELOAD=\$build/tests/wallclock.so '$build/tests/typed' -c 200 $words sh -c \"\$1\"" >"$tmp/got"
		;;
	esac
	n=$((n + 1))
	same <"$tmp/got" >"$tmp/got.same"
	same <"$tmp/want" >"$tmp/want.same"
	if diff "$tmp/want.same" "$tmp/got.same" >"$tmp/diff"; then
		echo "ok $n - \$ $1"
	else
		echo "not ok $n - \$ $1"
		sed 's/^/#   /' "$tmp/diff"
	fi
}

command='' port=8080
: >"$tmp/want"
while IFS= read -r line; do
	case $line in
	'$ '*)
		[ -z "$command" ] || act "$command"
		command=${line#??}
		: >"$tmp/want"
		;;
	*) printf '%s\n' "$line" >>"$tmp/want" ;;
	esac
done <"$tmp/transcript"
[ -z "$command" ] || act "$command"
echo "1..$n"
