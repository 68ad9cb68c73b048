#!/bin/sh
# SPDX-License-Identifier: MIT
# Canaries: secrets of recognisable random values go in by every way there is, the program does all
# that it can do and suffers all that can happen to it, and then everything it left behind
# is searched for them: output, files and their names, children, traces, cores.
# A secret counts as found whole, begun, in base64, percent-encoded, escaped as in JSON, or in hex.
set -u
build=${top_builddir:-.}
pipetop=$build/pipetop sim=$build/pipetop-sim
tmp=$(mktemp -d) || exit 1
sims='' n=0
trap 'for pid in $sims; do kill "$pid" 2>/dev/null; done; rm -rf "$tmp"' EXIT
unset PIPETOP_REGION PIPETOP_PROJECT PIPETOP_TOKEN PIPETOP_PROFILE NO_COLOR https_proxy http_proxy
export PIPETOP_ENDPOINT PIPETOP_IAM_ENDPOINT PIPETOP_PROJECT

if [ ! -x "$sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	exit 0
fi

# Where secrets are given, what the program writes, and where it lives.
where=$tmp/where seen=$tmp/seen home=$tmp/home
mkdir -m 700 "$where" "$seen" "$home" "$home/config" "$home/config/pipetop"
HOME=$home XDG_CONFIG_HOME=$home/config XDG_STATE_HOME=$home/state XDG_CACHE_HOME=$home/cache
TMPDIR=$home/tmp
export HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME TMPDIR
mkdir "$TMPDIR"
cd "$home" || exit 1
umask 077

# ---- words ----

ok() { # what, 0 or not
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		[ ! -s "$tmp/why" ] || sed 's/^/#   /' "$tmp/why" | cut -c1-300 | head -30
	fi
	: >"$tmp/why"
}

skip() { # what, why
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

start() { # options of the simulator; sets port, PIPETOP_ENDPOINT, PIPETOP_PROJECT
	mkfifo "$tmp/first"
	"$sim" --port 0 "$@" >"$tmp/first" &
	sims="$sims $!"
	{ read -r _ _ PIPETOP_ENDPOINT && read -r _ PIPETOP_PROJECT; } <"$tmp/first"
	rm "$tmp/first"
	port=${PIPETOP_ENDPOINT##*:}
	PIPETOP_IAM_ENDPOINT=$PIPETOP_ENDPOINT
}

ask() { # method, path of the simulator's control
	"$build/tests/ask" "$port" "$@"
}

# ---- canaries ----

chance() { # how many bytes
	head -c "$1" /dev/urandom | base64 -w0
}

escape() { # a sed script over the value
	printf '%s' "$value" | sed "$1"
}

hex() {
	printf '%s' "$value" | od -An -v -tx1 | tr -d ' \n'
}

# base64 of what begins 0, 1 or 2 bytes before it, without the digits that others have a part in
base64_forms() {
	for before in '' a ab; do
		printf '%s%s' "$before" "$value" | base64 -w0 | sed "${before:+s/^....//;}s/....\$//"
		echo
	done
}

canary() { # its name, its value: from now on every search looks for it
	value=$2
	{
		printf '%s\n' "$value"
		[ ${#value} -lt 40 ] || printf '%.20s\n' "$value"
		escape 's/%/%25/g;s/+/%2B/g;s,/,%2F,g;s/=/%3D/g;s/"/%22/g;s/\\/%5C/g;s/#/%23/g;s/@/%40/g' && echo
		escape 's/\\/\\\\/g;s/"/\\"/g' && echo
		escape 's/\\/\\\\/g;s/"/\\"/g;s,/,\\/,g' && echo
		hex && echo
		base64_forms
	} >>"$tmp/forms"
	printf '%s\n' "$value" >"$where/$1"
}

find_in() { # files and directories; lists what has a canary in it, or in its name
	{
		grep -raFlf "$tmp/forms" "$@" 2>/dev/null
		find "$@" 2>/dev/null | grep -aFf "$tmp/forms" | sed 's/^/a name: /'
	} | grep -vxF "$home/state/pipetop/token" # where `login` keeps what it got
}

nothing_in() { # what, files and directories
	what=$1
	shift
	find_in "$@" >"$tmp/why"
	ok "$what" "$([ ! -s "$tmp/why" ]; echo $?)"
}

# ---- runs ----

runs=0
run() { # words before pipetop (env and its variables), --, its arguments; output goes to $seen
	runs=$((runs + 1))
	set -- "$@" # the words as they are
	"$@" >"$seen/$runs.out" 2>"$seen/$runs.err" </dev/null
	status=$?
}

everything() { # variables: every reading command, in every form
	while read -r words; do
		for json in '' --json --json=lines; do
			# shellcheck disable=SC2086 # lists of words
			run env "$@" "$pipetop" $words $json --timeout 2
		done
	done <<'END'
pipelines
runs beta
show @failed
show alpha 7
logs @failed --tail 3
watch beta
doctor
config
END
	run env "$@" "$pipetop" logs @failed --clean --color=always
	run env "$@" "$pipetop" logs @failed --raw
	run env "$@" "$pipetop" pipelines --debug "$seen/$runs.debug"
	run env "$@" "$pipetop" --help
	run env "$@" "$pipetop" pipelines --token-fil
	run env "$@" "$pipetop"
}

some() { # variables: enough to see where another kind of secret goes
	for words in pipelines 'show @failed --json' 'logs @failed' doctor 'doctor --json' config 'config --json' \
		"pipelines --debug $seen/$runs.debug"; do
		# shellcheck disable=SC2086
		run env "$@" "$pipetop" $words --timeout 2
	done
}

faults() { # variables: each kind of error, and services that repeat what they were sent
	for fault in status=401 status=403 status=429 status=500 kind=html kind=redirect kind=truncate \
		kind=echo\&status=400 kind=echo\&status=401 kind=echo\&status=403 kind=echo\&status=429 \
		kind=echo\&status=500 kind=echo\&shape=2; do
		ask POST "/_sim/fault?count=-1&$fault" >/dev/null
		for words in pipelines 'show @failed --json' 'logs @failed' doctor; do
			# shellcheck disable=SC2086
			run env "$@" "$pipetop" $words --timeout 1 --debug "$seen/$runs.debug"
		done
		ask POST /_sim/clear-faults >/dev/null
	done
}

# ---- the world: a pipeline is called like the token, as a service of ill will could ----

token=CN$(chance 60)+/=
canary token "$token"
sed "s,name = \"beta\",name = \"$token\",;s,^start = .*,start = \"now\";," \
	"${top_srcdir:-.}/tests/fixtures/faults.conf" >"$tmp/named.conf"
start --scenario "${top_srcdir:-.}/tests/fixtures/faults.conf" --start now

# ---- a search that cannot find proves nothing ----

run env PIPETOP_TOKEN="$token" "$pipetop" pipelines
ask GET /_sim/heard?class=list >"$tmp/heard"
ok 'the token went over the wire, and the search finds it there' "$([ "$(find_in "$tmp/heard")" = "$tmp/heard" ]; echo $?)"
value=$token
mkdir "$tmp/forms.d"
k=0
while read -r form; do
	k=$((k + 1))
	printf 'xy%sz\n' "$form" >"$tmp/forms.d/$k"
done <"$tmp/forms"
printf 'user:%s@host' "$value" | base64 -w0 >"$tmp/forms.d/basic"
touch "$tmp/forms.d/$(escape 's,/,%2F,g')"
ok 'the search finds each form of it' "$([ "$(find_in "$tmp/forms.d" | wc -l)" -eq $((k + 2)) ]; echo $?)"

# ---- tokens ----

everything PIPETOP_TOKEN="$token"
nothing_in 'a token of the environment is in no output of any command' "$seen" "$home"
grep -q '"state":"failed"' "$seen"/*.out
ok 'and these were answers' $?
faults PIPETOP_TOKEN="$token"
nothing_in 'nor in what is said of any error, also where the service repeats it' "$seen" "$home"
grep -q '<token ' "$seen"/*.err
ok 'which it did: a mark stands in its place' $?

echo "1..$n"
