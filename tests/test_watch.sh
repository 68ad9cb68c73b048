#!/bin/sh
# SPDX-License-Identifier: MIT
# `pipetop watch` against the simulator: the lines, the ends, and what is said beside them.
. "${top_srcdir:-.}/tests/commands.sh"

# A line is told once: time, path and state together.
once() { # what
	is "$1" "$(sort "$tmp/out" | uniq -d)" ''
}

# ---- a run that is over ----

start seed
PIPETOP_PROJECT=d80a8a6530324b7bac972cbb8a9f28ec
export PIPETOP_PROJECT
gives 'a run that is well ends with 0' 0 watch shell-demo 3
has 'its steps are told in one line each change' out '阶段_1 / 新建任务 / 执行Shell  running'
is 'in order: everything begins before what it holds and ends after it' \
	"$(sed 's/.*  \(.*\)  \(running\|ok\).*/\1 \2/' "$tmp/out" | tr '\n' ',')" \
	'shell-demo 3 running,阶段_1 running,阶段_1 / 新建任务 running,阶段_1 / 新建任务 / 执行Shell running,阶段_1 / 新建任务 / 执行Shell ok,阶段_1 / 新建任务 ok,阶段_1 ok,shell-demo 3 ok,'
is 'nothing else is said' "$(cat "$tmp/err")" ''
is 'each with its local time' "$(grep -vc '^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]  ' "$tmp/out")" 0
gives 'a pipeline given by id is told by its name' 0 watch e2bcbd561fbc4fd89577fb27c80b09a6
has 'as the service says it' out '  shell-demo 3  ok'
end

# ---- failures, stops ----

start demo --speed 0
PIPETOP_PROJECT=$projects
gives 'a run that failed ends with 1' 1 watch @failed
has 'the line of its failed step has what it took and the message' out '  failed  '
has 'and the command that shows the error is named' err ' failed: pipetop logs '
command=$(sed -n 's/.* failed: pipetop //p' "$tmp/err")
eval "run $command"
is 'that command works' "$status$([ -s "$tmp/out" ]; echo $?)" 00
gives 'a pipeline that never ran' 2 watch scratch-pipeline
has 'is told' err 'never run'

pipeline=$("$pipetop" pipelines --name web-mall --json=lines | sed 's/.*"pipeline_id":"\([0-9a-f]*\)","name":"web-mall".*/\1/')
started=$(lever "start?pipeline=$pipeline" pipeline_run_id)
in_background watch web-mall "$started"
await out 'queued'
ok 'a run that waits for its turn is queued' $?
lever 'advance?seconds=5' >"$tmp/told"
await out '检出代码  running'
ok 'what it does comes as it happens' $?
lever "stop?run=$started" >"$tmp/told"
ends 'a run that is stopped ends with 5' 5
has 'and is told' out '  stopped  '
once 'nothing is told twice'
lacks 'no command is named where no step failed' err 'pipetop logs'

# ---- whole runs, faster than they are looked at ----

lever 'speed?x=60' >"$tmp/told"
started=$(lever "start?pipeline=$pipeline" pipeline_run_id)
run watch web-mall "$started"
watched=$status
cp "$tmp/out" "$tmp/lines"
once 'of a run that goes on between the looks nothing is told twice'
lever 'stop-time' >"$tmp/told"
run watch web-mall "$started"
is 'the outcome stays' "$status" "$watched"
# "skipped" has no time of its own, and queued is a matter of when one looks.
told() { grep -v '  \(skipped\|queued\)$' "$1" | sed 's/^[^ ]* *//' | sort; }
told "$tmp/lines" >"$tmp/a"
told "$tmp/out" >"$tmp/b"
is 'and nothing was missed: afterwards the same is told' "$(cmp "$tmp/a" "$tmp/b" >>"$tmp/err" 2>&1; echo $?)" 0

run watch web-mall "$started" --json=lines
is 'as JSON it is the same number of changes' "$(grep -c '"event":"\(run\|stage\|job\|step\|gate\)"' "$tmp/out")" \
	"$(($(grep -c . "$tmp/b") + $(grep -c '"state":"skipped"' "$tmp/out") + $(grep -c official_devcloud_autoTrigger "$tmp/out")))"
is 'and ends with the end' "$(tail -n 1 "$tmp/out" | grep -c "\"event\":\"end\".*\"exit_status\":$watched}")" 1
end

# ---- gates, however they show ----

for as in running paused suspend; do
	start demo --speed 0 --gate-as $as
	PIPETOP_PROJECT=$projects
	gives "at a gate that shows as $as the status is 6" 6 watch deploy-prod @waiting
	has 'its line says what it is' out 'waiting  manual review  to be approved by '
	has 'the sentence says who may' err 'waits for a review, since '
	has 'and what its end does, and when' err '; rejects by itself in '
	has 'and how to go on' err '--through-gates'
	run show deploy-prod @waiting
	has 'show says who may, too' out 'to be approved by '
	has 'and until when' out 'rejects by itself in '
	end
done

start demo --speed 0
PIPETOP_PROJECT=$projects
run show deploy-prod @waiting --json
waiting=$(sed 's/^{"id":"\([0-9a-f]*\)".*/\1/' "$tmp/out")
in_background watch deploy-prod "$waiting" --through-gates
await out 'waiting  manual review'
ok '--through-gates tells the gate' $?
lever "pass?run=$waiting" >"$tmp/told"
lever 'speed?x=60' >"$tmp/told"
ends 'and goes on to the end' 0
once 'the gate is told once'
is 'and its end' "$(grep -c '人工审核  ok' "$tmp/out")" 1
end

start demo --speed 0
PIPETOP_PROJECT=$projects
in_background watch deploy-prod "$waiting" --through-gates --json=lines
await out '"event":"gate"'
lever "refuse?run=$waiting" >"$tmp/told"
lever 'speed?x=60' >"$tmp/told"
ends 'rejected at a gate and nothing else failed: 5' 5
has 'the end says so, too' out '"exit_status":5}'
end

# ---- outages, signals, sign-in ----

start demo --speed 0
PIPETOP_PROJECT=$projects
running=$("$pipetop" show @running --json | sed 's/^{"id":"\([0-9a-f]*\)".*"pipeline_id":"\([0-9a-f]*\)".*/\2 \1/')
# shellcheck disable=SC2086 # pipeline and run
in_background watch $running
await out 'running'
lever 'fault?class=detail&kind=close&count=3' >"$tmp/told"
await err 'answers again, after'
ok 'an outage is told, and its end' $?
is 'each once' "$(grep -c 'trying again' "$tmp/err")$(grep -c 'answers again' "$tmp/err")" 11
kill -TERM "$job"
ends 'SIGTERM ends it at once: 128 + 15' 143
# shellcheck disable=SC2086
in_background watch $running
await out 'running'
kill -INT "$job"
ends 'Ctrl+C too: 128 + 2' 130
lever 'fault?class=detail&kind=status&status=503&count=-1' >"$tmp/told"
# shellcheck disable=SC2086
gives 'a service that stays away for longer than --timeout is 3' 3 watch $running --timeout 1
lever clear-faults >"$tmp/told"
# shellcheck disable=SC2086
in_background watch $running --json=lines
await out '"event":"run"'
lever expire-tokens >"$tmp/told"
ends 'a token that is refused is 4' 4
end

gives 'watch without a pipeline is usage' 2 watch
gives '--through-gates goes with watch alone' 2 show @latest --through-gates
has 'and says so' err 'it goes with watch'

echo "1..$n"
