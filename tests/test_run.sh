#!/bin/sh
# SPDX-License-Identifier: MIT
# `pipetop run` against the simulator: what is checked before anything is sent, what is sent, what
# comes of it, and that a secret is told to the service alone.
. "${top_srcdir:-.}/tests/commands.sh"

get() { # a control path; into told
	/usr/bin/python3 -c '
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())' "$PIPETOP_ENDPOINT/_sim/$1" >"$tmp/told"
}

body() { # the last request that started a run, its body; into told
	get 'heard?class=run'
	sed -n '$p' "$tmp/told" >"$tmp/body" && mv "$tmp/body" "$tmp/told"
}

applied() { # how many actions of callers came through
	get 'actions?since=0'
	sed -n 's/.*"applied":\([0-9]*\).*/\1/p' "$tmp/told"
}

parameters=$tmp/state/pipetop/audit.jsonl
start demo --speed 0
PIPETOP_PROJECT=$projects
export PIPETOP_PROJECT
id=$("$pipetop" pipelines --name deploy-prod --json=lines | sed 's/.*"pipeline_id":"\([0-9a-f]*\)","name":"deploy-prod".*/\1/')

# ---- nothing is sent ----

before=$(applied)
gives 'a value that is none of those allowed' 2 run deploy-prod -p REGION=mars
has 'is told with what it takes' err 'REGION takes one of cn-north-4, cn-east-3, ap-southeast-3'
gives 'a variable that is not asked for' 2 run deploy-prod -p VERSON=3
has 'is told with the nearest' err 'did you mean "VERSION"?'
gives 'a word without a value' 2 run deploy-prod -p VERSION
has 'is told what is wanted' err 'VERSION=VALUE'
gives 'an option without its value' 2 run deploy-prod -p
gives 'a secret cannot be asked for without a terminal' 2 run deploy-prod -p DEPLOY_KEY
gives 'a stage that is not there' 2 run deploy-prod --stage nowhere
has 'is told with those that are' err '--stage 生产  st-4'
has 'and their jobs' err '--job prod-a  JOB_'
gives 'a job that is not there' 2 run deploy-prod --job prod-c
has 'is told with the nearest' err 'did you mean prod-'
gives 'a branch and a tag' 2 run deploy-prod --branch main --tag v1
gives 'no name of a branch' 2 run deploy-prod --branch 'a b'
gives 'a part of a name, without a terminal' 2 run deploy-pro
has 'is told with the id that it stands for' err "$id"
gives 'a part of a name, with --yes' 2 run deploy-pro --yes
gives 'several pipelines' 2 run release
gives 'no pipeline at all' 2 run nowhere-at-all
gives 'a run is no pipeline' 2 run @failed
gives 'no words' 2 run
gives 'read-only' 2 run deploy-prod --read-only
has 'is told' err 'read_only'
gives 'an option of another command' 2 run deploy-prod --follow
gives 'gates without --watch' 2 run deploy-prod --through-gates
is 'none of it has started anything' "$(applied)" "$before"
is 'nor is any of it in the audit log' "$(cat "$parameters" 2>/dev/null)" ''

# ---- what is sent ----

gives 'a run is started by the whole name' 0 run web-mall
has 'and told with its number' out 'web-mall: run '
is 'nothing else is said' "$(cat "$tmp/err")" ''
body
is 'nothing is sent that nobody said' "$(cat "$tmp/told")" '{}'
is 'one request has started one run' "$(applied)" "$((before + 1))"

gives 'a run is started by the id' 0 run "$id" -p REGION=cn-east-3 -p 'VERSION=2.5 b=c' --branch feature/购物车
body
has 'variables are sent as they were said' told '"variables":[{"name":"VERSION","value":"2.5 b=c"},{"name":"REGION","value":"cn-east-3"}]'
has 'the branch stands in the source' told '"build_params":{"build_type":"branch","event_type":"Manual","target_branch":"feature/购物车"}'
has 'which is otherwise the one that the pipeline has' told '"ssh_git_url":"git@codehub.example.com:acme/deploy-prod.git"'
lacks 'no stages are chosen' told 'choose_'
is 'the audit log names variables and branch' \
	"$(sed -n 's/.*"event":"intent".*"detail":"\([^"]*\)".*/\1/p' "$parameters" | tail -n 1)" \
	'variables VERSION, REGION; branch feature/购物车'

gives 'a tag' 0 run deploy-prod --tag v2.5 -p VERSION=2.6
body
has 'stands in the source' told '"build_params":{"build_type":"tag","event_type":"Manual","tag":"v2.5"}'
has 'what the last run had is taken over' told '{"name":"REGION","value":"cn-east-3"}'
has 'and told' err 'REGION = cn-east-3, as the last run had it'
lacks 'what was said is not told again' err 'VERSION'
gives 'the pipeline has values of its own' 0 run deploy-prod --defaults
body
is 'which then hold without being sent' "$(cat "$tmp/told")" '{}'

# ---- stages and jobs ----

gives 'stages are chosen by name' 0 run deploy-prod --stage 构建 --stage 通知 --defaults --json
run_id=$(value pipeline_run_id)
body
is 'and sent by identifier' "$(cat "$tmp/told")" '{"choose_stages":["st-1","st-5"]}'
lever 'advance?seconds=5' >"$tmp/told"
run show deploy-prod "$run_id" --json
is 'what was not chosen is not run' "$(/usr/bin/python3 -c 'import json, sys
print(*(s["name"] for s in json.load(open(sys.argv[1]))["stages"] if s["status"] == "UNSELECTED"))' "$tmp/out")" \
	'预发布 release 生产'
gives 'a job is chosen by name' 0 run deploy-prod --job prod-b --defaults
body
has 'and sent by identifier' told '{"choose_jobs":["JOB_'
lacks 'alone' told ','

# ---- secrets ----

gives 'a secret' 0 run deploy-prod -p DEPLOY_KEY=kept-from-everybody-77 --json --debug "$tmp/debug"
cp "$tmp/out" "$tmp/all" && cat "$tmp/err" "$tmp/debug" >>"$tmp/all"
body
has 'is sent' told '{"name":"DEPLOY_KEY","value":"kept-from-everybody-77"}'
is 'and stands in no output and no debug file' "$(grep -c 'kept-from-everybody' "$tmp/all")" 0
is 'nor in any file of ours' "$(grep -rl 'kept-from-everybody' "$tmp/state" "$tmp/cache" 2>/dev/null)" ''
gives 'and is not taken over by the next run' 0 run deploy-prod
body
lacks 'nor is what the service sends of it' told 'DEPLOY_KEY'
has 'its name is in the audit log' state/pipetop/audit.jsonl 'DEPLOY_KEY"'
gives 'a wrong value of a secret' 2 run deploy-prod "-pDEPLOY_KEY=$(printf 'bad\377secret')"
lacks 'is not repeated' err secret

# ---- queued, refused, switched off ----

web=$("$pipetop" pipelines --name web-mall --json=lines | sed 's/.*"pipeline_id":"\([0-9a-f]*\)","name":"web-mall".*/\1/')
lever "concurrency?pipeline=$web&number=1" >"$tmp/told"
run run web-mall
lever 'advance?seconds=5' >"$tmp/told" # it takes its place only once it runs
gives 'a run beyond the limit is a success' 0 run web-mall
has 'that says that it is queued' out 'web-mall: queued as '
gives 'and so it is as JSON' 0 run web-mall --json
is 'which says so' "$(grep -o '"verdict":"done","why":null,"state":"queued","status":"QUEUED","queued":true,"queue_id":[0-9]*' "$tmp/out" | grep -c .)" 1
is 'with the number of the run' "$(grep -c '"run_number":[0-9]' "$tmp/out")" 1
lever "concurrency?pipeline=$web&number=1&exceed=abort" >"$tmp/told"
before=$(applied)
gives 'where the limit refuses, no run is started' 1 run web-mall
has 'and the service says why' err 'concurrency limit'
lacks 'on stdout nothing is said' out .
gives 'as JSON it is an object all the same' 1 run web-mall --json
has 'with the verdict' out '"pipeline_run_id":null,"run_number":null'
has 'and why' out '"verdict":"not done","why":"'
is 'nothing was started' "$(applied)" "$before"
get truth/state
gives 'a pipeline that is switched off' 1 run $(/usr/bin/python3 -c 'import json, sys
print(*("%s --project %s" % (p["pipeline_id"], p["project_id"]) for p in json.load(open(sys.argv[1]))["pipelines"]
	if p["name"].startswith("\u5df2\u505c\u7528")))' "$tmp/told")
has 'is told' err 'switched off'
end

# ---- answers that are lost ----

start demo --speed 5
PIPETOP_PROJECT=$projects
before=$(applied)
lever 'fault?class=run&kind=close&when=after' >"$tmp/told"
gives 'an answer that is lost is no failure and no success' 3 run web-mall --json
has 'that is what is told' out '"verdict":"unknown","why":"'
is 'and with it the run that started since, for a person to look at' "$(grep -c 'run [0-9]* by .* started since then' "$tmp/out")" 1
get counts
is 'nothing is sent again' "$(sed -n 's/.*"run":\([0-9]*\).*/\1/p' "$tmp/told")" 1
is 'it was started once' "$(applied)" "$((before + 1))"
gives 'another pipeline can be started' 0 run search-index
lever 'fault?class=run&kind=status&status=403' >"$tmp/told"
gives 'who may not is told so' 4 run web-mall
lever 'fault?class=other&kind=status&status=403&count=-1' >"$tmp/told"
gives 'who may not even look at it, too' 4 run web-mall
lever clear-faults >"$tmp/told"
lever 'fault?class=list&kind=status&status=500&count=1&skip=1' >"$tmp/told"
gives 'where the last run cannot be read it is started all the same' 0 run "$(
	run pipelines --name search-index --json=lines
	value pipeline_id)" --project "$(run pipelines --name search-index --json=lines; value project_id)"
end

# ---- at a terminal ----

start demo --speed 5
PIPETOP_PROJECT=$projects
typed=$build/tests/typed
if [ -x "$typed" ]; then
	"$typed" -r "$tmp/raw" "$pipetop" run deploy-pro >"$tmp/out" 2>"$tmp/err"
	is 'a part of a name will do, where a person sees what it stands for' "$?" 0
	has 'which is told' out 'deploy-prod: run '
	"$typed" -r "$tmp/raw" -a DEPLOY_KEY: 'typed where nobody looks' "$pipetop" run deploy-prod -p DEPLOY_KEY >"$tmp/out" 2>"$tmp/err"
	is 'a secret is asked for' "$?" 0
	is 'and not shown' "$(grep -c 'nobody looks' "$tmp/raw")" 0
	body
	has 'but sent' told '{"name":"DEPLOY_KEY","value":"typed where nobody looks"}'
fi
end

# ---- what it asks for and has no default ----

cat >"$tmp/asks.conf" <<'CONF'
variables = {
	TARGET: { type = "enum"; value = ""; limits = ["dev", "prod"]; runtime = true; description = "where to"; };
	REASON: { value = ""; runtime = true; };
	BUILD: { type = "autoIncrement"; value = "7"; runtime = true; };
};
shapes = { plain = ( { name = "build"; jobs = ( { name = "compile"; steps = ["make"]; } ); } ); };
steps = { make: { task = "official_shell_plugin"; }; };
projects = ( { name = "asking"; pipelines = ( { name = "asks"; shape = "plain"; } ); } );
CONF
start "$tmp/asks.conf" --speed 0
PIPETOP_PROJECT=$projects
gives 'what has no value and no default' 2 run asks --defaults
has 'is listed with what it takes' err '  TARGET: one of dev, prod: where to'
has 'each' err '  REASON: text'
lacks 'what counts by itself needs none' err 'BUILD'
gives 'an empty value is a value' 0 run asks --defaults -p TARGET=dev -p REASON=
body
is 'and the counter goes on by itself' "$(cat "$tmp/told")" '{"variables":[{"name":"TARGET","value":"dev"},{"name":"REASON","value":""}]}'
gives 'a counter is set to what can be counted on' 2 run asks -p BUILD=next
end

# ---- watching ----

start demo --speed 60
PIPETOP_PROJECT=$projects
run run web-mall --watch
watched=$status
has 'with --watch the run is told first' out 'web-mall: run '
number=$(sed -n 's/^web-mall: run \([0-9]*\) started$/\1/p' "$tmp/out")
has 'and then what it does' out "web-mall $number  running"
run watch web-mall "$number"
is 'the exit status is the outcome' "$watched" "$status"
run run web-mall --watch --json
is 'as JSON the action is the first of one array' \
	"$(/usr/bin/python3 -c 'import json, sys
all = json.load(open(sys.argv[1]))
print(all[0]["action"], all[1]["event"], all[-1]["event"])' "$tmp/out")" 'run run end'
end

echo "1..$n"
