# SPDX-License-Identifier: MIT
# What tests of commands share: they read this file. A simulator on a free port, commands of
# pipetop with their output, error output and status kept, and TAP about them.
# shellcheck shell=sh disable=SC2034 # what is set here is read by those who read this file
set -u
build=${top_builddir:-.}
pipetop=$build/pipetop sim=$build/pipetop-sim
tmp=$(mktemp -d) || exit 1
sims='' n=0 status=0
trap 'for pid in $sims; do kill "$pid" 2>/dev/null; done; rm -rf "$tmp"' EXIT
unset PIPETOP_REGION PIPETOP_PROJECT NO_COLOR COLUMNS
XDG_CACHE_HOME=$tmp/cache XDG_CONFIG_HOME=$tmp/config XDG_STATE_HOME=$tmp/state PIPETOP_TOKEN=x
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME PIPETOP_TOKEN PIPETOP_ENDPOINT

if [ ! -x "$sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	exit 0
fi

ok() { # what, 0 or not
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/#   /' "$tmp/out" "$tmp/err" | cut -c1-300 | head -30
	fi
}

start() { # scenario and options of the simulator; sets PIPETOP_ENDPOINT, projects and pid
	mkfifo "$tmp/first"
	"$sim" --port 0 --scenario "$@" >"$tmp/first" &
	pid=$!
	sims="$sims $pid"
	{ read -r _ _ PIPETOP_ENDPOINT && read -r _ projects; } <"$tmp/first"
	rm "$tmp/first"
}

end() { # the simulator started last
	kill "$pid"
	wait "$pid" 2>/dev/null
}

run() { # arguments of pipetop; out, err, status
	"$pipetop" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

gives() { # what, status, arguments ...
	what=$1 want=$2
	shift 2
	run "$@"
	[ "$status" -eq "$want" ] || echo "exit status $status, not $want" >>"$tmp/err"
	ok "$what" "$([ "$status" -eq "$want" ]; echo $?)"
}

has() { # what, file, fixed text
	grep -qF -- "$3" "$tmp/$2"
	ok "$1" $?
}

lacks() { # what, file, basic regular expression
	! grep -q -- "$3" "$tmp/$2"
	ok "$1" $?
}

value() { # the first value of a key in the JSON of out
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$tmp/out" | head -n 1
}

is() { # what, got, want
	[ "$2" = "$3" ] || echo "got '$2', not '$3'" >>"$tmp/err"
	ok "$1" "$([ "$2" = "$3" ]; echo $?)"
}

# ---- what goes on in the simulator ----

lever() { # a control path to POST to, a member of its answer to print
	/usr/bin/python3 -c '
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[1], method="POST")
print(json.load(urllib.request.urlopen(request)).get(sys.argv[2], ""))' \
		"$PIPETOP_ENDPOINT/_sim/$1" "${2:-ok}"
}

# A shell without job control has its children ignore Ctrl+C.
in_background() { # arguments of pipetop; out, err and job
	env --default-signal=INT,HUP,TERM "$pipetop" "$@" >"$tmp/out" 2>"$tmp/err" &
	job=$!
	sims="$sims $job"
}

await() { # file, fixed text: until it is there; 30 s at most
	tries=0
	until grep -qF -- "$2" "$tmp/$1"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.05
	done
}

ends() { # what, status: of the job in the background
	wait "$job"
	status=$?
	[ "$status" -eq "$2" ] || echo "exit status $status, not $2" >>"$tmp/err"
	ok "$1" "$([ "$status" -eq "$2" ]; echo $?)"
}
