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
sims='' own='' n=0
trap 'for pid in $sims; do kill "$pid" 2>/dev/null; done; rm -rf "$tmp" ${own:+"$own"}' EXIT
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

percent() {
	escape 's/%/%25/g;s/+/%2B/g;s,/,%2F,g;s/=/%3D/g;s/"/%22/g;s/\\/%5C/g;s/#/%23/g;s/@/%40/g'
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
		percent && echo
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

is() { # what, got, want
	[ "$2" = "$3" ] || echo "got '$2', not '$3'" >"$tmp/why"
	ok "$1" "$([ "$2" = "$3" ]; echo $?)"
}

heard_has() { # what, class of request, name of a canary: the service did get it
	ask GET "/_sim/heard?class=$2" >"$tmp/heard"
	sed 's/\\/\\\\/g;s/"/\\"/g' "$where/$3" >"$tmp/escaped"
	grep -qFf "$where/$3" "$tmp/heard" || grep -qFf "$tmp/escaped" "$tmp/heard"
	ok "$1" $?
}

is_private() { # a file
	is "$(basename "$1") is for its owner alone" "$(stat -c %a "$1")" 600
}

# ---- runs ----

# Several at a time, since most of them wait for a server that fails.
runs=0 running=''
run() { # a command; what it says goes to $seen
	runs=$((runs + 1))
	"$@" >"$seen/$runs.out" 2>"$seen/$runs.err" </dev/null &
	running="$running $!"
}

settle() { # until all have ended
	for pid in $running; do
		wait "$pid"
	done
	running=''
}

everything() { # variables: every reading command, in every form
	while read -r words; do
		for json in '' --json --json=lines; do
			# shellcheck disable=SC2086 # lists of words
			run env "$@" "$pipetop" $words $json --timeout 2
		done
		settle
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
	settle
}

some() { # variables: enough to see where another kind of secret goes
	for words in pipelines 'show @failed --json' 'logs @failed' doctor 'doctor --json' config 'config --json' \
		"pipelines --debug $seen/$runs.debug"; do
		# shellcheck disable=SC2086
		run env "$@" "$pipetop" $words --timeout 2
	done
	settle
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
		settle
		ask POST /_sim/clear-faults >/dev/null
	done
}

# ---- the world ----

token=CN$(chance 60)+/=
canary token "$token"
start --scenario "${top_srcdir:-.}/tests/fixtures/faults.conf" --start now

# ---- a search that cannot find proves nothing ----

run env PIPETOP_TOKEN="$token" "$pipetop" pipelines
settle
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
touch "$tmp/forms.d/$(percent)"
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
grep -q '<token ' "$seen"/*.debug || grep -q 'GET\|POST' "$seen"/*.debug
ok 'and the --debug files have their lines' $?
ask POST '/_sim/fault?kind=echo&shape=3&class=log&count=-1' >/dev/null
run env PIPETOP_TOKEN="$token" "$pipetop" logs @failed
settle
ok 'a log that has the token in it is written as it came' "$([ "$(find_in "$seen/$runs.out")" ]; echo $?)"
rm "$seen/$runs.out"
ask POST /_sim/clear-faults >/dev/null

filed=CF$(chance 60)+/=
canary filed "$filed"
printf '%s\n' "$filed" >"$where/token-file"
printf 'token_file = "%s";\n' "$where/token-file" >"$home/config/pipetop/pipetop.conf"
some TZ=UTC
heard_has 'a token file is used' list filed
run "$pipetop" pipelines --token-file "$where/token-file"
settle
nothing_in 'and its token is nowhere' "$seen" "$home"

printed=CP$(chance 60)+/=
canary printed "$printed"
cat >"$where/command" <<END
#!/bin/sh
env >"$seen/command.env"
cat "$where/printed"
[ ! -e "$where/fails" ] || { cat "$where/printed" >&2; exit 1; }
END
chmod 700 "$where/command"
printf 'token_command = ["%s"];\n' "$where/command" >"$home/config/pipetop/pipetop.conf"
some TZ=UTC
heard_has 'what token_command prints is used' list printed
touch "$where/fails"
some TZ=UTC
rm "$where/fails"
grep -q 'command.*failed\|status 1' "$seen/$runs.err"
ok 'a token_command that fails is told of' $?
nothing_in 'and is nowhere, also when the command fails and complains with it' "$seen" "$home"

# ---- passwords ----

rm "$home/config/pipetop/pipetop.conf"
password="pw$(chance 30)\"\\%#@"
canary password "$password"
set -- PIPETOP_DOMAIN=acme PIPETOP_USER=ops1 PIPETOP_PASSWORD="$password"
some "$@"
heard_has 'a password goes to IAM' iam password
canary granted "$(ask GET /_sim/heard?class=list | sed -n 's/^X-Auth-Token: \([^[:cntrl:]]*\).*/\1/p')"
nothing_in 'and is nowhere else, nor is the token that it got' "$seen" "$home"
run env "$@" "$pipetop" login
settle
run env "$@" "$pipetop" login --json
settle
canary kept "$(sed '/^#/d' "$home/state/pipetop/token")"
some TZ=UTC
heard_has 'login keeps a token that is used' list kept
nothing_in 'and is in its file alone' "$seen" "$home"
is_private "$home/state/pipetop/token"
rm "$home/state/pipetop/token"
for fault in status=401 status=403 status=500 shape=2; do
	ask POST "/_sim/fault?class=iam&kind=echo&count=-1&$fault" >/dev/null
	for words in login pipelines 'pipelines --json' doctor; do
		# shellcheck disable=SC2086
		run env "$@" "$pipetop" $words --timeout 1 --debug "$seen/$runs.debug"
	done
	settle
	ask POST /_sim/clear-faults >/dev/null
	ask POST /_sim/unlock >/dev/null
done
nothing_in 'nor in the words of an IAM that repeats them' "$seen" "$home"
set --
run "$build/tests/typed" -r "$seen/typed.raw" -a Account: acme -a 'IAM user:' ops1 -a Password "$password" \
	"$pipetop" login
settle
canary typed "$(sed '/^#/d' "$home/state/pipetop/token")"
heard_has 'a password is typed' iam password
nothing_in 'and not echoed' "$seen" "$home"
rm "$home/state/pipetop/token"

# ---- keys ----

secret_key=sk$(chance 30)
security=st$(chance 60)
canary secret-key "$secret_key"
canary security "$security"
main_port=$port main_endpoint=$PIPETOP_ENDPOINT
start --scenario "${top_srcdir:-.}/tests/fixtures/faults.conf" --start now --ak CANARYACCESSKEY00001 \
	--sk "$secret_key" --security-token "$security"
set -- PIPETOP_AK=CANARYACCESSKEY00001 PIPETOP_SK="$secret_key" PIPETOP_SECURITY_TOKEN="$security"
some "$@"
heard_has 'a security token goes with what a key pair signed' list security
ok 'the secret key itself goes nowhere' "$(ask GET /_sim/heard?class=list | grep -cF "$secret_key")"
for fault in kind=echo\&status=401 kind=echo\&status=403 kind=echo\&status=500 kind=echo\&shape=2; do
	ask POST "/_sim/fault?count=-1&$fault" >/dev/null
	for words in pipelines 'show @failed --json' doctor; do
		# shellcheck disable=SC2086
		run env "$@" "$pipetop" $words --timeout 1 --debug "$seen/$runs.debug"
	done
	settle
	ask POST /_sim/clear-faults >/dev/null
	ask POST /_sim/unlock >/dev/null
done
nothing_in 'and none of the three is in any output' "$seen" "$home"
printf '#!/bin/sh\nprintf "%%s\\n" "CANARYACCESSKEY00001 %s %s"\n' "$secret_key" "$security" >"$where/command"
printf 'aksk_command = ["%s"];\n' "$where/command" >"$home/config/pipetop/pipetop.conf"
some TZ=UTC
heard_has 'aksk_command is understood' list security
nothing_in 'and what it prints is nowhere' "$seen" "$home"
rm "$home/config/pipetop/pipetop.conf"
port=$main_port PIPETOP_ENDPOINT=$main_endpoint PIPETOP_IAM_ENDPOINT=$main_endpoint

# ---- proxies ----

proxy=px$(head -c 20 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
canary proxy "$proxy"
for at in "$port" 1; do
	for words in pipelines doctor 'doctor --json' config; do
		# shellcheck disable=SC2086
		run env https_proxy="http://me:$proxy@127.0.0.1:$at" PIPETOP_TOKEN="$token" \
			PIPETOP_ENDPOINT=https://pipetop.invalid PIPETOP_IAM_ENDPOINT=https://pipetop.invalid \
			"$pipetop" $words --timeout 1 --debug "$seen/$runs.debug"
	done
	settle
done
grep -qi proxy "$seen"/*.err
ok 'a proxy is spoken of' $?
nothing_in 'but not its password' "$seen" "$home"

# ---- the dashboard ----

# Its pipelines are called like the token, as those of a service of ill will could be; it is started
# with the token, and the token is pasted into its prompts.
sed "s,name = \"\(alpha\|beta\)\",name = \"$token\"," "${top_srcdir:-.}/tests/fixtures/faults.conf" >"$tmp/named.conf"
cat >"$where/child" <<END
#!/bin/sh
name=\$(basename "\$0")
cat "\$@" </dev/null >"$seen/\$name.\$\$.file" 2>/dev/null
tr '\\0' '\\n' </proc/self/environ >"$seen/\$name.\$\$.environ"
tr '\\0' '\\n' </proc/\$PPID/environ >"$seen/\$name.\$\$.parent" 2>/dev/null
tr '\\0' ' ' </proc/\$PPID/cmdline >>"$seen/\$name.\$\$.parent"
printf '%s\\n' "\$*" >"$seen/\$name.\$\$.arguments"
[ "\$name" = browser ] || exit 3 # the dashboard tells of it when it has ended
END
chmod 700 "$where/child"
for name in hook pager editor browser; do
	ln -s child "$where/$name"
done
cat >"$tmp/all.keys" <<END
scenario $tmp/named.conf
speed 1
start 2026-01-06 15:40:00
sizes 30x90
env PIPETOP_TOKEN=$token
env HW_SECRET_KEY=$printed
env XDG_CONFIG_HOME=$home/config
env XDG_STATE_HOME=$home/state
env XDG_CACHE_HOME=$home/cache
env PAGER=$where/pager
env VISUAL=$where/editor
env BROWSER=$where/browser
env TERM=xterm-256color
arg --config
arg $tmp/pipetop.conf

wait-row 0 LIVE
wait failed
key ?
wait Help
key q
wait-not Help
type :set
key Enter
type :set theme=dark
key Enter
type :profile $token
key Enter
type :find $token
key Enter
type /$token
key Enter
wait nothing passes
key Esc
wait-not nothing passes
type :view save mine
key Enter
key y y y u o
key !
wait error 1 of
key y
wait copied
key s
wait saved
key v
wait /pager.*3/
type :edit
key Enter
wait /editor.*3/
key z
key :
key Up
key Esc
wait failed
type :changes
key Enter
key q
sim POST /_sim/stop?run=fa170000000000000000000000000003
wait-row 0 LIVE
wait stopped
wait on_finish
save-screen end
END
cat >"$tmp/pipetop.conf" <<END
notify = true;
bell = true;
on_finish = ["$where/hook"];
on_fail = ["$where/hook"];
END
PLAY_RAW=$seen "$build/tests/play" "$tmp/all.keys" 30x90 >"$tmp/why" 2>&1
ok 'the dashboard is played: help, settings, prompts, copies, a saved log, children' $?
for name in pager editor browser hook; do
	for file in "$seen/$name".*.environ; do
		[ -s "$file" ] || echo "$name was not started"
	done
done >"$tmp/why"
ok 'its children were started' "$([ ! -s "$tmp/why" ]; echo $?)"
cat "$seen"/hook.*.environ >"$tmp/why"
grep -q '^PIPETOP_PIPELINE_NAME=<token ' "$tmp/why"
ok 'a hook is told of a pipeline that is called like the token' $?
find "$home" -name '*.log' >"$tmp/why"
ok 'a log was saved, in a file of its own name' "$(grep -c '_token_\|token_' "$tmp/why" | sed 's/^[1-9].*/x/;s/^0/1/;s/x/0/')"
grep -qa '\]52;c;' "$seen/end.raw"
ok 'something went to the clipboard' $?
grep -qa '<token \|\*\*\*\*\*\*' "$seen/end.raw"
ok 'and marks stand on the screen' $?
nothing_in 'no secret is in what went to the terminal, into files, or to children' "$seen" "$home"

# ---- processes ----

# Everything at once, from a place of its own that another user can be given.
own=$(TMPDIR=/tmp mktemp -d) || exit 1
cp "$pipetop" "$own/program"
chmod 755 "$own/program"
as=''
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chown 65534 "$own"
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
chmod 711 "$own"
(
	cd "$own" || exit 1
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -c unlimited
	# shellcheck disable=SC2086
	exec $as env HOME="$own" XDG_CONFIG_HOME="$own" XDG_STATE_HOME="$own" XDG_CACHE_HOME="$own" TMPDIR="$own" \
		PIPETOP_TOKEN="$token" PIPETOP_PASSWORD="$password" PIPETOP_AK="$filed" PIPETOP_SK="$secret_key" \
		PIPETOP_SECURITY_TOKEN="$security" HUAWEICLOUD_SDK_AK="$printed" HUAWEICLOUD_SDK_SK="$secret_key" \
		HW_SECRET_KEY="$secret_key" SSLKEYLOGFILE="$own/keys" ./program logs -f alpha >"$own/out" 2>"$own/err"
) &
watched=$!
sims="$sims $watched"
(
	cd "$own" || exit 1
	# shellcheck disable=SC2086
	exec $as sleep 600
) &
sleeper=$!
sims="$sims $sleeper"
tries=0
until [ -s "$own/out" ] || [ $tries -gt 300 ] || [ ! -e /proc/$watched ]; do
	tries=$((tries + 1))
	sleep 0.1
done
cp "$own/err" "$tmp/why"
ok 'a log is followed with every kind of secret in the environment' "$([ -s "$own/out" ]; echo $?)"
cat /proc/$watched/environ >"$seen/environ" 2>/dev/null
cat /proc/$watched/cmdline >"$seen/cmdline"
grep -qa LC_ALL "$seen/environ" || [ -z "$as" ]
ok 'its environment can be looked at by root' $?
nothing_in 'and has no secret in it any more, nor has its command line' "$seen/environ" "$seen/cmdline"
grep -q '^Max core file size  *0  *0 ' /proc/$watched/limits
ok 'it leaves no core, by its limits' $?
opens() { # a file of /proc, as the user of those processes
	# shellcheck disable=SC2086
	$as dd if="$1" of=/dev/null bs=1 count=0 2>/dev/null
}
if [ -z "$as" ] && [ "$(id -u)" = 0 ]; then
	skip 'another process of the user cannot open its memory' 'root may open everything, and there is no setpriv'
	skip 'nor its environment' 'as above'
else
	! opens /proc/$watched/mem
	ok 'another process of the user cannot open its memory' $?
	! opens /proc/$watched/environ && opens /proc/$sleeper/environ
	ok 'nor its environment, as it can that of any other program' $?
fi
kill -ABRT "$watched" 2>/dev/null
wait "$watched" 2>/dev/null
status=$?
ok 'it can be made to crash' "$([ "$status" -ge 128 ]; echo $?)"
cores=$(find "$own" -name '*core*' | wc -l)
# shellcheck disable=SC3045
(cd "$own" && ulimit -c unlimited && sh -c 'kill -ABRT $$'; true) 2>/dev/null
if [ "$(find "$own" -name '*core*' | wc -l)" -gt "$cores" ]; then
	ok 'and leaves no core where another program does' "$cores"
else
	skip 'and leaves no core where another program does' "no program leaves one here: $(cat /proc/sys/kernel/core_pattern)"
fi
kill "$sleeper"
find "$own" -name '*core*' -exec rm {} +
nothing_in 'nothing that it wrote has a secret' "$own"
rm -rf "$own"

# ---- system calls ----

# Whatever is written, sent or handed to a program, other than to the service over its connection.
trace() { # name of the trace, variables and a command
	to=$1
	shift
	ASAN_OPTIONS=detect_leaks=0 strace -f -v -yy -s 100000 -o "$tmp/$to" \
		-e trace=write,writev,pwrite64,sendto,sendmsg,execve,rename,renameat,openat,mkdir,unlink \
		env "$@" >/dev/null 2>&1
	sed -e '/ execve(.*\(strace\|env\|pipetop\)", \["/d' -e "/TCP[v6]*:\[.*->127\.0\.0\.1:$port\]/d" "$tmp/$to" >"$seen/$to"
}
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	trace trace1 PIPETOP_TOKEN="$token" "$pipetop" logs @failed --debug "$seen/traced.debug"
	grep -q "X-Auth-Token: CN" "$tmp/trace1"
	ok 'a trace of system calls shows the token on its way to the service' $?
	trace trace2 PIPETOP_DOMAIN=acme PIPETOP_USER=ops1 PIPETOP_PASSWORD="$password" "$pipetop" pipelines --json
	printf 'token_command = ["%s"];\non_fail = ["%s"];\n' "$where/command" "$where/hook" >"$home/config/pipetop/pipetop.conf"
	printf '#!/bin/sh\nexec cat "%s"\n' "$where/printed" >"$where/command"
	chmod 700 "$where/command"
	trace trace3 HW_SECRET_KEY="$secret_key" "$pipetop" pipelines
	sed -i '/ write(1<[^>]*>, "CP/d' "$seen/trace3" # cat, on its way to us
	grep -q 'execve(.*cat' "$seen/trace3"
	ok 'and what children are started with' $?
	nothing_in 'and no secret in anything else' "$seen"
else
	skip 'no trace of system calls has a secret' 'strace is not here, or may not'
fi

# ---- a search in the places where the secrets are finds every one of them ----

for name in token filed printed password granted kept typed secret-key security proxy; do
	[ -s "$where/$name" ] && find_in "$where/$name"
done | wc -l >"$tmp/found"
is 'each secret is found where it was given' "$(cat "$tmp/found")" 10

echo "1..$n"
