#!/bin/sh
# SPDX-License-Identifier: MIT
# The commands against the simulator: values, bytes, exit statuses, sentences.
. "${top_srcdir:-.}/tests/commands.sh"

# ---- the seed: the documentation's own values ----

runs_project=54f90b75fc1447b1b65e8d3a9f77923d runs_pipeline=e5460d1d403146a1935c2d4b68ef506c
logs_project=d80a8a6530324b7bac972cbb8a9f28ec logs_pipeline=e2bcbd561fbc4fd89577fb27c80b09a6
log_run=9e91b1fd7ce743b7a1b7a2458bcf76c7 log_step=7a1a7bb1b5e74d1c944d8b8971621033
log_sha=23eab219e860c8ea7977e65e4204dd297da9e9ed27b065d47cbc24982651e85e
v3_project=e12ed176898d4841aa9881fe9b933c87

start seed
gives 'pipelines --api v3 --json works without a project' 0 pipelines --api v3 --json
is 'it gives the two rows of the documentation' "$(grep -c '"pipeline_id":"\(d33f98177c3e44f8841b005e1badcaed\|2ec08a45031c4d2896292a48b7fb1a30\)","name":"\(马云多仓\|门禁专用测试_勿删\)"' "$tmp/out")" 2
has 'v3 names became those of v5' out '"is_collect":true'
has 'times are RFC 3339' out '"create_time":"2022-07-28T09:02:11.000Z"'
has 'states come from batch status' out '"state":"failed"}'
has 'the list says that it is not whole' err 'showing 2 of 88'
is 'the array is closed' "$(head -n 1 "$tmp/out")$(tail -n 1 "$tmp/out")" '[]'
gives '--json=lines' 0 pipelines --api v3 --json=lines
is 'gives one object a line' "$(grep -c '^{.*}$' "$tmp/out")/$(wc -l <"$tmp/out")" 2/2
gives 'a project that v5 has nothing of is looked up in v3' 0 pipelines --project $v3_project
has 'and shown' out '马云多仓'

gives 'runs of a pipeline by id' 0 runs $runs_pipeline --json --project $runs_project
is 'its run number' "$(value run_number)" 11
is 'its start' "$(value pipeline_run_id)" ddb7532cb0e948f2af7bb4397fc19864
has 'its start in RFC 3339' out '"start_time":"2023-03-06T01:34:47.000Z","end_time":"2023-03-06T01:34:48.000Z","state":"ok"}'
has 'its stage with our word' out '"name":"阶段_1","sequence":0,"status":"COMPLETED","start_time":"2023-03-06T02:04:46.000Z","end_time":"2023-03-06T02:04:46.000Z","state":"ok"'
gives 'runs as a table' 0 runs 镜像 --project $runs_project
has 'with the state as symbol and word' out '11  ✓ ok'

gives 'logs of the step' 0 logs $logs_pipeline $log_run --project $logs_project
is 'to a file: the bytes as delivered and one newline' "$(sha256sum <"$tmp/out" | cut -d' ' -f1)/$(wc -c <"$tmp/out")" "$log_sha/3692"
is 'nothing is told beside them' "$(cat "$tmp/err")" ''
gives 'logs by name' 0 logs shell-demo --project $logs_project --step 执行Shell
is 'give the same' "$(sha256sum <"$tmp/out" | cut -d' ' -f1)" "$log_sha"
gives 'logs --tail 3' 0 logs shell-demo --project $logs_project --tail 3
is 'gives the last three lines' "$(wc -l <"$tmp/out")" 3
gives 'logs --json=lines' 0 logs shell-demo --project $logs_project --json=lines
is 'gives the 31 lines and the step' "$(grep -c "^{\"step\":\"$log_step\",\"line\":" "$tmp/out")/$(grep -c '^{"event":"step"' "$tmp/out")" 31/1
has 'numbered from 1' out '"line":1,"text":"[2023/11/24 21:49:32.198 GMT+08:00]'
gives 'logs -f of a run that is over' 0 logs -f shell-demo --project $logs_project
is 'gives the same bytes' "$(sha256sum <"$tmp/out" | cut -d' ' -f1)" "$log_sha"

gives 'show' 0 show shell-demo --project $logs_project
has 'has the step in its tree' out '      执行Shell'
gives 'show --json' 0 show shell-demo 3 --json --project $logs_project
has 'hands no value of an input on' out '"inputs":[{"key":"OFFICIAL_SHELL_SCRIPT_INPUT"}'
lacks 'not one' out '"value"'

# ---- mistakes ----

gives 'an unknown command is usage' 2 pipelins
has 'with a suggestion' err 'did you mean pipelines?'
gives 'an unknown option is usage' 2 pipelines --satus failed
has 'with a suggestion' err 'did you mean --status?'
gives 'an unknown pipeline' 2 runs nosuch --project $runs_project
has 'is named' err "no pipeline is called 'nosuch'"
gives 'a mistyped name' 2 runs 镜像构筑 --project $runs_project
has 'gets the nearest' err "did you mean '镜像构建'?"
gives 'an unknown run number' 2 show 镜像 12 --project $runs_project
has 'is told what there is' err 'its only run is 11'
gives 'an unknown step' 2 logs shell-demo --project $logs_project --step nosuch
has 'is told what there is' err '阶段_1 / 新建任务 / 执行Shell  ✓ ok'
gives 'no failed step' 2 logs shell-demo --project $logs_project --failed
gives 'no project' 2 pipelines
has 'says the mend' err 'give --project ID or set PIPETOP_PROJECT'
gives 'a project that is no id' 2 pipelines --project ../x
gives 'an unlisted id is asked for all the same' 2 show 0123456789abcdef0123456789abcdef --project $runs_project

umask 022
printf 'x\n' >"$tmp/token"
gives 'a token file that others can read is refused' 2 pipelines --token-file "$tmp/token" --project $runs_project
has 'with the command that mends it' err "chmod 600 $tmp/token"
chmod 600 "$tmp/token"
gives 'and taken afterwards' 0 pipelines --token-file "$tmp/token" --project $runs_project
PIPETOP_TOKEN='' gives 'no token is not signed in' 4 pipelines --project $runs_project
PIPETOP_TOKEN='two words' gives 'a token with a blank is refused' 2 pipelines --project $runs_project

# ---- locales, pipes ----

LC_ALL=C gives 'without UTF-8' 0 show 镜像 --project $runs_project
has 'symbols are ASCII' out 'v ok'
LC_ALL=C lacks 'and so is everything else' out '[^ -~]'
"$pipetop" logs shell-demo --project $logs_project 2>"$tmp/err" | head -n 1 >"$tmp/out"
is 'head gets its line and nothing is complained of' "$(wc -l <"$tmp/out")$(cat "$tmp/err")" 1
"$pipetop" pipelines --project $runs_project >/dev/full 2>"$tmp/err"
is 'a full disk is told' "$? $(grep -c 'could not be written' "$tmp/err")" '7 1'
gives 'the dashboard without a terminal' 2 --project $runs_project
has 'names what serves instead' err '--json'
end

# ---- failures ----

gives 'a refused connection is the network' 3 pipelines --project $runs_project --timeout 1
has 'by name' err 'refused'
start seed --token right
gives 'a wrong token is not signed in' 4 pipelines --project $runs_project
PIPETOP_TOKEN=right gives 'the right one is' 0 pipelines --project $runs_project
end

# ---- config and login ----

mkdir -p "$tmp/config/pipetop"
cat >"$tmp/config/pipetop/pipetop.conf" <<'END'
theme = "mono";
profiles: {
	work: { region = "cn-north-4";
		token_command = ["/usr/bin/vault", "canary-of-an-argument"]; };
};
END
PIPETOP_TOKEN=canary-of-a-token gives 'config' 0 config --read-only --profile work
is 'says of a setting which line of the file said it' "$(grep -c '^theme  *mono  *.*pipetop.conf:1$' "$tmp/out")" 1
is 'or which line of the profile' "$(grep -c '^region  *- *$\|^token_command  */usr/bin/vault and 1 more words  *profile work, .*:4$' "$tmp/out")" 2
is 'or which variable, which puts off the region of the file' "$(grep -c '^endpoint  *http://127.*PIPETOP_ENDPOINT$' "$tmp/out")" 1
is 'or which option' "$(grep -c '^read_only  *true  *--read-only$' "$tmp/out")" 1
is 'or nobody' "$(grep -c '^interval  *1  *default$' "$tmp/out")" 1
has 'where the token is from' out 'token from PIPETOP_TOKEN, 17 B'
lacks 'but not what it is' out canary
PIPETOP_TOKEN=canary-of-a-token gives 'config --json' 0 config --json --profile work
has 'has the line' out '{"name":"theme","value":"mono","from":"file","line":1}'
has 'and the variable' out '"from":"environment","by":"PIPETOP_ENDPOINT"}'
has 'and the credentials' out '"sign_in":{"kind":"token","from":"PIPETOP_TOKEN","bytes":17}'
lacks 'without the secret' out canary
unset PIPETOP_TOKEN
PIPETOP_AK=half gives 'config lives with half a key pair' 0 config
has 'and says what is missing' out 'PIPETOP_AK is set and PIPETOP_SK is not'
PIPETOP_AK=half gives 'which others do not' 2 pipelines --project $runs_project
rm "$tmp/config/pipetop/pipetop.conf"
gives 'login without a terminal and without a password' 4 login
has 'says what may be set' err 'set PIPETOP_PASSWORD, with PIPETOP_DOMAIN and PIPETOP_USER'
PIPETOP_ENDPOINT='' gives 'login has to know the service' 2 login
has 'and says so' err 'login has to know the service'
gives 'login --forget is content with nothing' 0 login --forget
has 'and says so' out 'no token was kept'
PIPETOP_TOKEN=x
export PIPETOP_TOKEN

# ---- the demo: names that match twice, and a run that goes on ----

start demo --speed 60
PIPETOP_PROJECT=$projects
export PIPETOP_PROJECT
gives 'pipelines of three projects' 0 pipelines --json=lines --all
many=$(wc -l <"$tmp/out")
is 'are more than twenty' "$([ "$many" -gt 20 ]; echo $?)" 0
gives '--limit 5' 0 pipelines --json=lines --limit 5
is 'gives five' "$(wc -l <"$tmp/out")" 5
has 'and says so' err 'showing 5 of'
gives '--status running' 0 pipelines --status running --json=lines
is 'gives running ones only' "$(grep -vc '"state":"running"}$' "$tmp/out")" 0
gives 'a part that several names have' 2 runs a
has 'is refused' err "pipelines match 'a'"
is 'with the candidates' "$([ "$(grep -c '^  [0-9a-f]\{32\}  ' "$tmp/err")" -gt 1 ]; echo $?)" 0
gives 'a name that is whole wins' 0 runs checkout-api --json=lines --limit 3
is 'newest first' "$(sed 's/.*"run_number":\([0-9]*\).*/\1/' "$tmp/out" | sort -rn | tr '\n' ' ')" \
	"$(sed 's/.*"run_number":\([0-9]*\).*/\1/' "$tmp/out" | tr '\n' ' ')"
lever stop-time >"$tmp/told" # else the newest failure may be retried meanwhile
gives 'the newest failure of all' 0 show @failed --json
is 'has failed' "$(grep -c '"state":"failed"}$' "$tmp/out")" 1
gives 'its failed steps' 0 logs @failed --json=lines
lacks 'and no others' out '"event":"step".*"state":"[^f]'
gives 'a run that waits' 0 show @waiting
has 'says what for' out 'waits for'

gives 'cleaned logs' 0 logs @failed --clean
lacks 'hold no escape' out "$(printf '\033')"
gives 'coloured logs' 0 logs @failed --color=always
lacks 'hold no escape but SGR' out "$(printf '\033')[^[]"

# Simulated time runs 60 times faster: a run of minutes ends in seconds.
lever 'speed?x=60' >"$tmp/told"
gives 'a running run' 0 show @running --json
pipeline=$(value pipeline_id) number=$(sed 's/.*"run_number":\([0-9]*\).*/\1/' "$tmp/out")
run logs -f "$pipeline" "$number" --json=lines
followed=$status
lines() { grep '"line":' "$tmp/out" | sort; }
lines >"$tmp/text"
is 'logs -f writes text' "$([ -s "$tmp/text" ]; echo $?)" 0
run show "$pipeline" "$number" --json
case $(sed 's/.*"state":"\([a-z ]*\)"}$/\1/' "$tmp/out") in
ok) outcome=0 ;;
failed) outcome=1 ;;
stopped) outcome=5 ;;
waiting) outcome=6 ;;
*) outcome=unknown ;;
esac
is 'and exits with the outcome of the run' "$followed" "$outcome"
run logs "$pipeline" "$number" --json=lines
lines >"$tmp/again"
is 'what it wrote of each step is what logs reads afterwards' "$(cmp "$tmp/text" "$tmp/again" >>"$tmp/err" 2>&1; echo $?)" 0
end

# ---- side by side ----

start demo --speed 0
PIPETOP_PROJECT=$projects
lever 'advance?seconds=100' >"$tmp/told"
number=$("$pipetop" show 库存-集成验证 --json | sed 's/.*"run_number":\([0-9]*\).*/\1/')
run show 库存-集成验证 "$number"
is 'two jobs run side by side' "$(grep -c '^      [^ ].*running' "$tmp/out")" 2
in_background logs -f 库存-集成验证 "$number"
await out '==> 测试 / pytest-unit' && await out '==> 测试 / pytest-io'
ok 'logs -f shows the text of both' $?
lever 'speed?x=20' >"$tmp/told"
ends 'to the end of the run' 0
is 'a header comes whenever the other one goes on' "$([ "$(grep -c '^==> 测试 / .* / pytest <==$' "$tmp/out")" -gt 2 ]; echo $?)" 0
is 'always on a line of its own, after an empty one' "$(grep -B 1 '^==> ' "$tmp/out" | grep -vc '^==> \|^--$\|^$')" 0
one_step() { # its lines in out, in order
	awk -v of="==> $1 <==" '/^==> / { on = $0 == of; next } on && $0 != ""' "$tmp/out"
}
one_step '测试 / pytest-unit / pytest' >"$tmp/text"
run logs 库存-集成验证 "$number" --job pytest-unit --step pytest
grep . "$tmp/out" >"$tmp/again"
is 'and each text is whole' "$(cmp "$tmp/text" "$tmp/again" >>"$tmp/err" 2>&1; echo $?)" 0
run logs 库存-集成验证 "$number" -f --job pytest-unit --step pytest
cp "$tmp/out" "$tmp/text"
run logs 库存-集成验证 "$number" --job pytest-unit --step pytest
is 'of one step -f gives the very bytes' "$(cmp "$tmp/text" "$tmp/out" >>"$tmp/err" 2>&1; echo $?)" 0
end

# ---- --demo ----

unset PIPETOP_PROJECT PIPETOP_TOKEN PIPETOP_ENDPOINT
gives '--demo needs nothing else' 0 --demo pipelines --json=lines --all
is 'and looks at every project of the demo' "$(wc -l <"$tmp/out")" "$many"
gives '--demo=seed' 0 --demo=seed logs shell-demo
is 'is the seed' "$(sha256sum <"$tmp/out" | cut -d' ' -f1)" "$log_sha"
gives 'a scenario that is not there' 2 --demo=nosuch pipelines
has 'is named' err 'nosuch'

echo "1..$n"
