#!/bin/sh
# SPDX-License-Identifier: MIT
# Canaries: secrets go in by every way there is, the commands do all that they can and suffer all that can
# happen to them, and then everything they left behind is searched: output, errors, files and
# their names, the --debug file.
# shellcheck source=tests/canary.inc
. "${top_srcdir:-.}/tests/canary.inc"

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

printf '%s\n' "$filed" >"$where/token-file"
printf 'token_file = "%s";\n' "$where/token-file" >"$home/config/pipetop/pipetop.conf"
some TZ=UTC
heard_has 'a token file is used' list filed
run "$pipetop" pipelines --token-file "$where/token-file"
settle
nothing_in 'and its token is nowhere' "$seen" "$home"

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

# ---- secret variables of a run ----

start --scenario "${top_srcdir:-.}/tests/fixtures/acts.conf"
set -- PIPETOP_TOKEN="$token"
canary variable "$(chance 33)"
canary entered "$(chance 33)"
canary given canary-deploy-key-7f31 # as the service has it
for words in '' --json "--debug $seen/run.debug"; do
	# shellcheck disable=SC2086
	run env "$@" "$pipetop" run to-run --yes -p DEPLOY_KEY="$(cat "$where/variable")" $words
	settle
done
heard_has 'a secret variable goes with the run' run variable
for fault in status=400 status=401 status=500 shape=2; do
	ask POST "/_sim/fault?class=run&kind=echo&$fault" >/dev/null
	run env "$@" "$pipetop" run to-run --yes -p DEPLOY_KEY="$(cat "$where/variable")" --json --timeout 1 \
		--debug "$seen/$runs.debug"
	settle
	ask POST /_sim/clear-faults >/dev/null
done
run env "$@" "$build/tests/typed" -r "$seen/variable.raw" -a DEPLOY_KEY "$(cat "$where/entered")" \
	"$pipetop" run to-run --yes -p DEPLOY_KEY --debug "$seen/$runs.debug"
settle
heard_has 'a secret variable is typed' run entered
grep -q '"event":"outcome"' "$home/state/pipetop/audit.jsonl"
ok 'the runs are in the audit log' $?
run env "$@" "$pipetop" audit
run env "$@" "$pipetop" audit --json
run env "$@" "$pipetop" show to-run --json
settle
nothing_in 'and none of them is in an output, the --debug files or the audit log' "$seen" "$home"
port=$main_port PIPETOP_ENDPOINT=$main_endpoint PIPETOP_IAM_ENDPOINT=$main_endpoint

# ---- a search in the places where the secrets are finds every one of them ----

for name in token filed printed password granted kept typed secret-key security proxy variable entered; do
	[ -s "$where/$name" ] && find_in "$where/$name"
done | wc -l >"$tmp/found"
is 'each secret is found where it was given' "$(cat "$tmp/found")" 12

echo "1..$n"
