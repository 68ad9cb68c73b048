#!/bin/sh
# SPDX-License-Identifier: MIT
# `pipetop doctor` on set-ups that are broken in one way each: the check that must name it, the
# words it must use, the mend, the exit status; and that one cause is one problem.
set -u
build=${top_builddir:-.}
pipetop=$build/pipetop sim=$build/pipetop-sim
tmp=$(mktemp -d) || exit 1
sims='' n=0 status=0
trap 'for pid in $sims; do kill "$pid" 2>/dev/null; done; rm -rf "$tmp"' EXIT
for name in $(env | sed -n 's/^\(PIPETOP_[A-Z_]*\|HW_[A-Z_]*\|HUAWEICLOUD_[A-Z_]*\|[a-zA-Z]*_[pP][rR][oO][xX][yY]\)=.*/\1/p'); do
	unset "$name"
done
unset NO_COLOR TMUX STY ESCDELAY LANG LC_CTYPE
HOME=$tmp/home XDG_CONFIG_HOME=$tmp/config XDG_STATE_HOME=$tmp/state XDG_CACHE_HOME=$tmp/cache
TERM=xterm-256color LC_ALL=C.UTF-8
export HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME TERM LC_ALL
mkdir -p "$HOME" "$XDG_CONFIG_HOME/pipetop"
conf=$XDG_CONFIG_HOME/pipetop/pipetop.conf

if [ ! -x "$sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	exit 0
fi

# ---- words ----

ok() { # what, 0 or not
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/#   /' "$tmp/out" "$tmp/err" | cut -c1-300 | head -80
	fi
}

start() { # options of the simulator; sets endpoint, project, certificate and pid
	rm -f "$tmp/first"
	mkfifo "$tmp/first"
	"$sim" --port 0 "$@" >"$tmp/first" &
	pid=$!
	sims="$sims $pid"
	certificate=
	{
		read -r _ _ endpoint && read -r _ projects
		case $* in *--tls*) read -r _ certificate ;; esac
	} <"$tmp/first"
	project=${projects%%,*}
	port=${endpoint##*:}
}

end() { # the simulator started last
	kill "$pid"
	wait "$pid" 2>/dev/null
}

# Runs the doctor with the environment given as NAME=VALUE words before the arguments.
run() { # [NAME=VALUE ...] [arguments ...]
	env PIPETOP_ENDPOINT="$endpoint" PIPETOP_PROJECT="$project" PIPETOP_TOKEN=secret-token-of-mine \
		env "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

# The case: what, exit status, problems, then as run().
finds() {
	what=$1 want=$2 problems=$3
	shift 3
	run "$@"
	found=$(grep -c '^  ✗ problem' "$tmp/out")
	[ "$status" -eq "$want" ] && [ "$found" -eq "$problems" ] && [ ! -s "$tmp/err" ]
	got=$?
	[ $got -eq 0 ] || echo "status $status, not $want; problems $found, not $problems" >>"$tmp/err"
	ok "$what: status $want, problems $problems" $got
}

says() { # verdict, check, fixed text in its line
	case $1 in ok) symbol=✓ ;; warning) symbol=! ;; skipped) symbol=- ;; problem) symbol=✗ ;; esac
	grep "^  $symbol $1 *$2  " "$tmp/out" | grep -qF -- "$3"
	ok "  $1 of $2: $3" $?
}

mends() { # fixed text of a mend
	grep '^  *to mend: ' "$tmp/out" | grep -qF -- "$1"
	ok "  to mend: $1" $?
}

has() { # what, fixed text of the output
	grep -qF -- "$2" "$tmp/out"
	ok "$1" $?
}

lacks() { # what, fixed text
	! grep -qF -- "$2" "$tmp/out"
	ok "$1" $?
}

control() { # method, path of the simulator's control
	"$build/tests/ask" "$port" "$@" >"$tmp/control"
}

# ---- a good one ----

start --start now
finds 'a good set-up' 0 0 "$pipetop" doctor
says ok file 'is not there: the defaults hold'
says ok service "$endpoint (PIPETOP_ENDPOINT)"
says ok projects "$project (PIPETOP_PROJECT)"
says ok connection "127.0.0.1 port $port, IPv4"
says ok certificate 'plain http to this machine'
says ok answer 'without credentials'
says ok service ' s from the service'
says ok source 'token from PIPETOP_TOKEN'
says ok sign-in 'the service lets us in'
says ok list "$project: "
says ok 'run detail' 'run '
says ok 'step log' 'it can be read'
says ok groups ' groups'
says ok 'v3 list' ' pipelines'
says ok times 'first byte after'
has 'three more reads are measured' 'median of 3 reads'
says ok TERM 'is no terminal, which commands do not need'
says ok locale 'UTF-8'
has 'the sum' 'no problem'
lacks 'the secret is nowhere' secret-token-of-mine
lacks 'no colours in a file' "$(printf '\033')"
"$pipetop" doctor --endpoint "$endpoint" --project "$project" >/dev/full 2>"$tmp/err"
[ $? -eq 7 ]
ok 'a full disk is told' $?

# ---- JSON ----

run "$pipetop" doctor --json
[ "$status" -eq 0 ]
ok '--json: status 0' $?
if command -v jq >/dev/null; then
	jq -e '(.problems == 0) and (.status == 0) and (.checks | length > 30) and
		all(.checks[]; (.verdict | IN("ok", "warning", "problem", "skipped")) and has("mend") and
		(.group | length > 0) and (.name | length > 0) and (.text | length > 0))' "$tmp/out" >"$tmp/err" 2>&1
	ok '--json is JSON with every member' $?
fi
run "$pipetop" doctor --json=lines
[ "$(grep -c '^{"group":"[a-zA-Z]*","name":".*"mend":.*}$' "$tmp/out")" = "$(wc -l <"$tmp/out")" ]
ok '--json=lines: one check a line' $?

# ---- configuration ----

printf 'theme = "mono";\nmouse = true;\nregion = ;\n' >"$conf"
finds 'a syntax error' 2 1 "$pipetop" doctor
says problem file 'pipetop.conf:3: '
mends 'pipetop-config(5)'
says skipped profile 'because of: configuration, file'
says ok sign-in 'the service lets us in'
env "$pipetop" doctor >"$tmp/out" 2>"$tmp/err"
ok 'without anything else it is the one problem but for the sign-in' \
	"$([ "$(grep -c '^  ✗ problem' "$tmp/out")" -eq 2 ]; echo $?)"
says skipped service 'because of what could not be read'

printf 'theme = "mono";\nregoin = "cn-north-4";\n' >"$conf"
finds 'an unknown setting' 2 1 "$pipetop" doctor
says problem file 'pipetop.conf:2: '
has 'what was meant' 'did you mean region?'
printf 'profiles: { work: { read_only = true; }; };\n' >"$conf"
finds 'a profile that is not there' 2 1 "$pipetop" doctor --profile wrok
says problem profile 'did you mean work?'
chmod 666 "$conf"
finds 'a configuration that others may write' 2 1 "$pipetop" doctor
says problem configuration 'has mode 0666: others may write to it'
mends "chmod go-w $conf"
rm "$conf"
finds 'an unknown region' 2 1 -u PIPETOP_ENDPOINT PIPETOP_REGION=cn-nroth-4 "$pipetop" doctor
says problem service 'region cn-nroth-4 is not known: did you mean cn-north-4?'
says skipped name 'because of: configuration, service'
finds 'an odd project' 2 1 PIPETOP_PROJECT=../x "$pipetop" doctor
says problem environment 'PIPETOP_PROJECT'
finds 'nothing at all' 2 3 -u PIPETOP_ENDPOINT -u PIPETOP_PROJECT -u PIPETOP_TOKEN "$pipetop" doctor
says problem service 'no service is named'
says problem projects 'no project is named'
says problem source 'nothing to sign in with'
mends 'pipetop login'
run -i "$pipetop" doctor
[ "$status" -eq 2 ] && [ ! -s "$tmp/err" ]
ok 'an empty environment, no home: it runs' $?
has 'and says what that costs' 'nothing is kept from one time to the next'

# ---- files ----

printf 'secret-token-of-mine\n' >"$tmp/token"
chmod 644 "$tmp/token"
finds 'a token file that others may read' 2 2 -u PIPETOP_TOKEN "$pipetop" doctor --token-file "$tmp/token"
says problem 'token file' 'has mode 0644: others may read the token'
mends "chmod 600 $tmp/token"
chmod 600 "$tmp/token"
finds 'and one that is right' 0 0 -u PIPETOP_TOKEN "$pipetop" doctor --token-file "$tmp/token"
ln -s token "$tmp/link"
finds 'a symbolic link' 2 2 -u PIPETOP_TOKEN "$pipetop" doctor --token-file "$tmp/link"
says problem 'token file' 'is a symbolic link'
touch -d '3 days ago' "$tmp/token"
finds 'an old token file' 0 0 -u PIPETOP_TOKEN "$pipetop" doctor --token-file "$tmp/token"
has 'its age' 'was written 3d00h ago'
mkdir -p "$XDG_STATE_HOME/pipetop" && chmod 755 "$XDG_STATE_HOME/pipetop"
finds 'a state directory that others may look into' 0 0 "$pipetop" doctor
says warning state 'has mode 0755: others may look into it'
mends "chmod 700 $XDG_STATE_HOME/pipetop"
chmod 700 "$XDG_STATE_HOME/pipetop"
: >"$XDG_CACHE_HOME.file"
mkdir -p "$XDG_CACHE_HOME" && : >"$XDG_CACHE_HOME/pipetop"
finds 'a file where the cache should be' 2 1 "$pipetop" doctor
says problem cache 'is not a directory'
rm "$XDG_CACHE_HOME/pipetop"

# ---- network ----

finds 'a name that does not exist' 3 1 PIPETOP_ENDPOINT=https://pipeline.invalid "$pipetop" doctor
says problem name 'cannot find host pipeline.invalid: '
says skipped sign-in 'because of: network, name'
finds 'nobody listens' 3 1 PIPETOP_ENDPOINT=http://127.0.0.1:1 "$pipetop" doctor
says problem connection '127.0.0.1:1 refused the connection'
mends 'is the port right?'
finds 'a proxy that is not there' 3 1 PIPETOP_ENDPOINT=https://pipeline.invalid \
	https_proxy=http://me:swordfish@127.0.0.1:1 "$pipetop" doctor
says problem proxy 'https_proxy=http://me:***@127.0.0.1:1'
says ok name 'it is the proxy that looks it up'
lacks 'its password is nowhere' swordfish
finds 'a proxy that this name is spared from' 3 1 PIPETOP_ENDPOINT=https://pipeline.invalid \
	https_proxy=http://127.0.0.1:1 no_proxy=invalid "$pipetop" doctor
says ok proxy 'is not used: no_proxy spares that name'
finds 'a proxy that refuses' 3 1 PIPETOP_ENDPOINT=https://pipeline.invalid https_proxy="$endpoint" "$pipetop" doctor
says problem proxy 'the proxy refused to connect to pipeline.invalid'
finds 'TLS where there is none' 3 1 PIPETOP_ENDPOINT="https://127.0.0.1:$port" "$pipetop" doctor
says problem certificate "127.0.0.1 does not speak TLS on port $port"
mends "http://127.0.0.1:$port"

# ---- answers ----

control POST '/_sim/fault?class=other&kind=html&count=1'
finds 'a login page' 3 1 "$pipetop" doctor
says problem answer 'a web page answered instead of the service'
says skipped sign-in 'because of: service, answer'
control POST '/_sim/clear-faults'
control POST '/_sim/fault?class=detail&status=403&count=-1'
finds '403 for the details of runs' 4 1 "$pipetop" doctor
says problem 'run detail' 'HTTP 403'
mends 'ask for the right to view the runs'
says ok list "$project: "
control POST '/_sim/clear-faults'
control POST '/_sim/fault?class=log&status=403&count=-1'
finds '403 for logs' 4 1 "$pipetop" doctor
mends 'ask for the right to view the logs'
says ok 'run detail' 'run '
control POST '/_sim/clear-faults'
control POST '/_sim/fault?class=list&kind=error200&shape=1&skip=1&count=-1'
finds 'a list that fails inside HTTP 200 is a failure' 0 0 "$pipetop" doctor
says warning 'v3 list' 'v3'
control POST '/_sim/clear-faults'
control POST '/_sim/fault?class=detail&kind=hang&count=-1'
finds 'a detail that never comes' 3 1 "$pipetop" doctor
says problem 'run detail' 'no answer'
control POST '/_sim/clear-faults'
end

start --start now --token another
finds 'a wrong token' 4 1 "$pipetop" doctor
says problem sign-in 'the service refuses PIPETOP_TOKEN'
mends 'set a new PIPETOP_TOKEN'
says skipped all 'because of: credentials, sign-in'
control GET '/_sim/requests?since=0'
ok '  one request carried it' "$([ "$(grep -o '"with_token":true' "$tmp/control" | wc -l)" -eq 1 ]; echo $?)"
end

start --start now --password right --lock-after 3
finds 'a wrong password' 4 1 -u PIPETOP_TOKEN PIPETOP_IAM_ENDPOINT="$endpoint" PIPETOP_DOMAIN=acme PIPETOP_USER=ops1 \
	PIPETOP_PASSWORD=swordfish PIPETOP_REGION=cn-north-4 "$pipetop" doctor --endpoint "$endpoint"
says ok way ''
says problem sign-in ''
control GET '/_sim/counts'
ok '  it was tried once' "$([ "$(sed -n 's/.*"iam":\([0-9]*\).*/\1/p' "$tmp/control")" -eq 1 ]; echo $?)"
finds 'the right password' 0 0 -u PIPETOP_TOKEN PIPETOP_IAM_ENDPOINT="$endpoint" PIPETOP_DOMAIN=acme PIPETOP_USER=ops1 \
	PIPETOP_PASSWORD=right PIPETOP_REGION=cn-north-4 "$pipetop" doctor --endpoint "$endpoint"
says ok sign-in 'IAM gives a token, and the service takes it'
has 'and how long that is good' 'the token is good for 2'
end

# ---- the clock ----

start --start '2026-01-02 03:04:05'
finds 'a service of another year' 0 0 "$pipetop" doctor
says warning service 'your clock is '
mends 'set the clock'
finds 'with a key pair that is a problem' 4 1 -u PIPETOP_TOKEN PIPETOP_AK=PIPETOPSIMULATORKEY0 \
	PIPETOP_SK=pipetop-sim-keeps-no-secrets-at-all-0000 "$pipetop" doctor
says problem service 'signatures are refused beyond 15 min'
end

# ---- TLS ----

trust() {
	printf 'ca_file = "%s";\n' "$1" >"$conf"
}

start --start now --tls
finds 'a self-signed certificate' 3 1 "$pipetop" doctor
says problem certificate 'is not trusted: it is issued by '
mends 'set ca_file'
trust "$tmp/nothing.pem"
finds 'a ca_file that is not there' 2 1 "$pipetop" doctor
says problem trusted 'nothing.pem'
says skipped certificate 'because of: TLS, trusted'
echo 'no certificate' >"$tmp/text.pem"
trust "$tmp/text.pem"
finds 'a ca_file of something else' 2 1 "$pipetop" doctor
says problem trusted 'holds no certificate in PEM form'
trust "$certificate"
finds 'the right ca_file' 0 0 "$pipetop" doctor
says ok certificate 'the certificate is trusted and for 127.0.0.1'
has 'its end is near, which is told' 'only (6 days)'
finds 'plain http where TLS is spoken' 3 1 PIPETOP_ENDPOINT="http://127.0.0.1:$port" "$pipetop" doctor
says problem answer ''
mends "https://127.0.0.1:$port"
end
start --start now --tls=expired
trust "$certificate"
finds 'an expired certificate' 3 1 "$pipetop" doctor
says problem certificate 'expired on 2'
mends 'renew it'
end
start --start now --tls=not-yet-valid
trust "$certificate"
finds 'a certificate of tomorrow' 3 1 "$pipetop" doctor
says problem certificate 'is not valid before 2'
mends 'check your clock'
end
start --start now --tls=wrong-host
trust "$certificate"
finds "somebody else's certificate" 3 1 "$pipetop" doctor
says problem certificate 'the certificate is for DNS:other.example'
has 'both names' 'not for 127.0.0.1'
end
start --start now --tls=unknown-ca
trust "$certificate"
finds 'an unknown authority' 3 1 "$pipetop" doctor
says problem certificate 'is not trusted: it is issued by '
mends 'ca_file has to hold the certificate of that issuer'
end
rm "$conf"
start --start now --tls=hostile-names
finds 'a certificate with escapes in its names' 3 1 "$pipetop" doctor
lacks 'they do not reach the terminal' "$(printf '\033')"
end

# ---- the terminal ----

start --start now
finds 'TERM=dumb' 0 0 TERM=dumb "$pipetop" doctor
says warning TERM 'TERM=dumb cannot move the cursor'
mends 'pipetop watch'
finds 'an unknown TERM' 0 0 TERM=no-such-terminal "$pipetop" doctor
says warning TERM 'TERM=no-such-terminal is not known here'
mends 'ncurses-term'
finds 'no TERM' 0 0 -u TERM "$pipetop" doctor
says warning TERM 'TERM is not set'
finds 'NO_COLOR' 0 0 NO_COLOR=1 "$pipetop" doctor
says ok colours 'NO_COLOR is set'
finds "tmux with the outer terminal's TERM" 0 0 TMUX=/tmp/x,1,0 "$pipetop" doctor
says warning multiplexer 'tmux, but TERM=xterm-256color'
run LC_ALL=C "$pipetop" doctor
grep -q '^  ! warning  locale  *LC_ALL=C is not UTF-8' "$tmp/out" && grep -q '^  v ok  *file' "$tmp/out" && [ "$status" -eq 0 ]
ok 'the C locale: told, in ASCII' $?
! LC_ALL=C grep -q '[^ -~]' "$tmp/out"
ok '  every byte of it' $?
run LC_ALL=xx_XX.UTF-8 "$pipetop" doctor
grep -q 'LC_ALL=xx_XX.UTF-8 is not installed here' "$tmp/out"
ok 'a locale that is not installed' $?
if script --version >/dev/null 2>&1; then
	PIPETOP_ENDPOINT=$endpoint PIPETOP_PROJECT=$project PIPETOP_TOKEN=x TERM=dumb script -qec "$pipetop doctor" /dev/null \
		</dev/null >"$tmp/out" 2>"$tmp/err"
	[ $? -eq 2 ] && grep -q 'problem.*TERM=dumb cannot move the cursor' "$tmp/out"
	ok 'TERM=dumb on a terminal is a problem' $?
	PIPETOP_ENDPOINT=$endpoint PIPETOP_PROJECT=$project PIPETOP_TOKEN=x script -qec "$pipetop doctor" /dev/null \
		</dev/null >"$tmp/out" 2>"$tmp/err" &&
		grep -q '|①②|' "$tmp/out" && grep -q "$(printf '\033')\\[32m" "$tmp/out"
	ok 'on a terminal: colours, and a ruler for ambiguous characters' $?
fi
finds 'the demo' 0 0 -u PIPETOP_ENDPOINT -u PIPETOP_PROJECT -u PIPETOP_TOKEN "$pipetop" doctor --demo
says ok service 'the simulated service has a time of its own'
end

echo "1..$n"
