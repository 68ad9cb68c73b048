#!/bin/sh
# SPDX-License-Identifier: MIT
# `pipetop retry`, `stop`, `approve`, `reject` and `postpone` against the simulator: what they do, when
# they do nothing, what they say and ask, and that no request is ever sent that was not wanted.
. "${top_srcdir:-.}/tests/commands.sh"

python=/usr/bin/python3
typed=$build/tests/typed

# ---- what the service saw ----

# One line for each action of a caller: "KIND OUTCOME", in order.
journal() {
	"$python" -c '
import json, sys, urllib.request
for a in json.load(urllib.request.urlopen(sys.argv[1]))["actions"]:
    if a["by"] == "caller":
        print(a["kind"], a["outcome"])' "$PIPETOP_ENDPOINT/_sim/actions"
}

# How many there were when it was last looked at, to see what came since.
mark() {
	marked=$(journal | wc -l)
}

sent() { # what, the actions since mark(), each with a ; behind it
	is "$1" "$(journal | tail -n +$((marked + 1)) | tr '\n' ';')" "$2"
	mark
}

refuses() { # what, status, the sentence, arguments: nothing is done, nothing is sent
	what=$1 want=$2 sentence=$3
	shift 3
	gives "$what: $want" "$want" "$@"
	has "$what: it says so" err "$sentence"
	is "$what: and nothing on stdout" "$(wc -c <"$tmp/out")" 0
	sent "$what: nothing was sent" ''
}

post() { # path, body: as another client; prints the answer
	"$python" -c '
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"X-Auth-Token": "x", "Content-Type": "application/json"})
print(urllib.request.urlopen(request).read().decode())' "$PIPETOP_ENDPOINT$1" "$2"
}

pipeline_of() { # name; sets project and pipeline
	"$pipetop" pipelines --name "$1" --limit 5 --json=lines >"$tmp/found" 2>&1
	project=$(sed -n "s/.*\"name\":\"$1\".*\"project_id\":\"\([0-9a-f]*\)\".*/\1/p;s/.*\"project_id\":\"\([0-9a-f]*\)\".*\"name\":\"$1\".*/\1/p" "$tmp/found" | head -n 1)
	pipeline=$(sed -n "s/.*\"pipeline_id\":\"\([0-9a-f]*\)\".*\"name\":\"$1\".*/\1/p" "$tmp/found" | head -n 1)
}

# Somebody starts the pipeline; sets also run and number.
begin() { # name
	pipeline_of "$1"
	run=$(lever "start?pipeline=$pipeline" pipeline_run_id)
	number=$("$pipetop" show "$pipeline" "$run" --json 2>"$tmp/err" | sed 's/.*"run_number":\([0-9]*\).*/\1/')
}

state_of() { # of the run, in our word
	"$pipetop" show "$pipeline" "$run" --json 2>"$tmp/err" | sed 's/.*"state":"\([^"]*\)"}$/\1/'
}

until_open() { # text in show's row of a step that waits; 400 times 20 s at most
	steps=0
	until "$pipetop" show "$pipeline" "$run" 2>"$tmp/err" | grep -qF -- "$1"; do
		steps=$((steps + 1))
		[ $steps -lt 400 ] || return 1
		lever 'advance?seconds=20' >"$tmp/told"
	done
}

counted() { # class: how many requests of it have come
	"$python" -c '
import json, sys, urllib.request
print(json.load(urllib.request.urlopen(sys.argv[1])).get(sys.argv[2], 0))' "$PIPETOP_ENDPOINT/_sim/counts" "$1"
}

verdict() { # of the JSON in out
	value verdict
}

audited() { # fixed text: how many lines of the audit log have it
	grep -cF -- "$1" "$XDG_STATE_HOME/pipetop/audit.jsonl" 2>"$tmp/told"
}

start demo --speed 0 --gate-as paused
PIPETOP_PROJECT=$projects
export PIPETOP_PROJECT
mark

# ---- stop and retry ----

begin web-mall
lever 'advance?seconds=5' >"$tmp/told"
gives 'a running run is stopped' 0 stop web-mall "$number" --yes
is 'in one line' "$(cat "$tmp/out")" "web-mall $number: stopped"
is 'and nothing else is said when it is quick' "$(cat "$tmp/err")" ''
sent 'with one request' 'stop applied;'
is 'it is stopped' "$(state_of)" stopped
is 'the audit log has what was wanted' "$(audited '"event":"intent"')" 1
is 'and what became of it' "$(audited '"verdict":"done"')" 1
is 'and is for nobody else' "$(stat -c %a "$XDG_STATE_HOME/pipetop/audit.jsonl")" 600
refuses 'what is stopped cannot be stopped' 2 'only a run that is not over can be stopped: this one is stopped' \
	stop web-mall "$number" --yes
gives 'a stopped run is retried' 0 retry web-mall "$number" --yes --json
sent 'with one request, too' 'retry applied;'
is 'it runs again' "$(state_of)" running
is 'the JSON says what, and to what' "$(value action) $(value pipeline_run_id) $(value run_number) $(verdict) $(value why)" \
	"retry $run $number done null"
is 'and how the run stands' "$(value state) $(value status)" 'running RUNNING'
is 'and where it is in the audit log' "$(audited "\"id\":\"$(value audit_id)\"")" 2
refuses 'what runs cannot be retried' 2 'only a failed or stopped run can be retried: this one is running' \
	retry web-mall "$number" --yes
gives 'by id' 0 stop "$pipeline" "$run" --yes --json=lines
is 'it is one line of JSON' "$(wc -l <"$tmp/out") $(verdict)" '1 done'
sent 'and one request' 'stop applied;'

# ---- what --yes demands ----

begin web-mall
lever 'advance?seconds=5' >"$tmp/told"
mark
refuses '--yes without a pipeline' 2 'needs the pipeline' stop --yes
has 'the line that does it is named' err ' --yes'
eval "set -- $(sed -n 's/^  pipetop //p' "$tmp/err")"
is 'and is one that can be typed' "$1 $4 $#" 'stop --yes 4'
refuses '--yes with an @' 2 'takes no @' stop @running --yes
refuses '--yes with a part of a name' 2 'takes no part of a name' stop web-mal "$number" --yes
has 'with the whole one as it is to be typed' err "  pipetop stop $pipeline $number --yes"
PIPETOP_PROJECT=$project refuses 'in one project its name is enough' 2 'takes no part of a name' stop web-mal "$number" --yes
has 'and is what is to be typed' err "  pipetop stop web-mall $number --yes"
refuses '--yes with a name that is none' 2 'no pipeline is called' stop nosuch --yes
refuses '--yes with a number that is none' 2 'has no run 99999' stop web-mall 99999 --yes
gives 'the only run that runs needs no number' 0 stop web-mall --yes
sent 'and is the one' 'stop applied;'
is 'so it is stopped' "$(state_of)" stopped
begin web-mall
first=$number
begin web-mall
lever 'advance?seconds=5' >"$tmp/told"
mark
refuses 'of two that run one has to be said' 2 "2 runs of web-mall are @running: say which, one of $number, $first" \
	stop web-mall --yes
refuses 'also with the word' 2 'say which' stop web-mall @running --yes
gives 'the latest is one and no other' 0 stop web-mall @latest --yes
sent 'and is stopped' 'stop applied;'
refuses 'a failed run that is not the latest has to be said' 2 'the latest run of web-mall is another' \
	retry web-mall @failed --yes
gives 'a word and a name together' 2 stop @running "$first" --yes

# ---- without a terminal, and --read-only ----

refuses 'without a terminal and --yes' 2 'there is no terminal to ask at' stop web-mall "$first"
has 'it shows what would be done' err "  run: $first ("
has 'how it stands' err '  state: '
has 'and what it does' err '  what it does: what runs is broken off'
has 'and the line that does it' err "  pipetop stop web-mall $first --yes"
refuses 'nor with words for a script that forgot it' 2 'there is no terminal to ask at' stop
for words in "stop web-mall $first" "retry web-mall $number" 'approve deploy-prod' 'reject deploy-prod' 'postpone deploy-prod'; do
	# shellcheck disable=SC2086 # words
	refuses "--read-only: $words" 2 'read_only is set: nothing was sent' $words --yes --read-only
done
gives 'the run that was left is stopped' 0 stop web-mall "$first" --yes
mark

# ---- the question ----

begin web-mall
lever 'advance?seconds=5' >"$tmp/told"
asked() { # what, answer, status: of stop, at a terminal
	"$typed" -a 'Only y does:' "$2" "$pipetop" stop web-mall "$number" >"$tmp/out" 2>"$tmp/err"
	status=$?
	is "$1: exit status" "$status" "$3"
}
for answer in '' n Y yes 'y ' ' y' q "$(printf 'y\rn')"; do
	asked "the answer '$answer' is no" "$answer" 1
	has 'it was not confirmed' out 'it was not confirmed: nothing was sent'
	sent 'nothing was sent' ''
done
# Where tests run in the background, Ctrl+C is ignored unless it is asked for.
"$typed" -a 'Only y does:' "$(printf '\003')" env --default-signal=INT "$pipetop" stop web-mall "$number" >"$tmp/out" 2>"$tmp/err"
is 'Ctrl+C at the question ends it' $? 130
sent 'and nothing was sent' ''
"$typed" -a 'Only y does:' "$(printf '\004')" "$pipetop" stop web-mall "$number" >"$tmp/out" 2>"$tmp/err"
is 'the end of input is no' $? 1
sent 'and nothing was sent then' ''
is 'it is still running' "$(state_of)" running
"$typed" -a 'Only y does:' n sh -c '"$@" >"$0"' "$tmp/json" "$pipetop" stop web-mall "$number" --json >"$tmp/out" 2>"$tmp/err"
cp "$tmp/json" "$tmp/out"
is 'as JSON a no is told, too' "$(verdict)" 'not done'
asked 'y' y 0
has 'y does it' out "web-mall $number: stopped"
has 'after it was shown' out "  pipeline: web-mall ($pipeline)"
sent 'with one request' 'stop applied;'
"$typed" -a 'Only y does:' y "$pipetop" retry @failed >"$tmp/out" 2>"$tmp/err"
is 'at a terminal @failed is as good as a name' $? 0
has 'it shows what failed' out '  failed: '
sent 'and is retried' 'retry applied;'
mark

# ---- what goes otherwise ----

begin web-mall
lever 'advance?seconds=5' >"$tmp/told"
mark
before=$(counted detail)
lever 'fault?class=detail&kind=delay&ms=3000' >"$tmp/told"
in_background stop web-mall "$number" --yes --json
until [ "$(counted detail)" -gt "$before" ]; do sleep 0.05; done
lever "stop?run=$run" >"$tmp/told"
ends 'what a colleague has stopped since it was looked at is not done: 1' 1
is 'the JSON says so' "$(verdict) $(value state)" 'not done stopped'
has 'and how the run stands' err "web-mall $number: not stopped: already stopped"
sent 'nothing was sent' ''

lever 'fault?class=retry&kind=status&status=403' >"$tmp/told"
gives 'what is not permitted is not done: 4' 4 retry web-mall "$number" --yes --json
is 'as the JSON says' "$(verdict)" 'not done'
is 'with the reason' "$([ "$(value why)" != null ]; echo $?)" 0
has 'what takes longer is told meanwhile' err 'pipetop: '
sent 'it was sent once' 'retry not-applied;'
lever 'fault?class=retry&kind=error200&shape=5' >"$tmp/told"
gives 'what the service refuses is not done: 1' 1 retry web-mall "$number" --yes
has 'in one sentence' err "web-mall $number: not retried: "
is 'and nothing on stdout' "$(wc -c <"$tmp/out")" 0
sent 'and was sent once' 'retry not-applied;'
lever 'fault?class=retry&kind=close&when=after' >"$tmp/told"
gives 'an answer that is lost is read back: done' 0 retry web-mall "$number" --yes --json
is 'and runs' "$(verdict) $(value state)" 'done running'
sent 'it was not sent again' 'retry applied;'

lever 'fault?class=stop&kind=never-applied' >"$tmp/told"
in_background stop web-mall "$number" --yes --json
await err 'pipetop: '
ok 'while it is not known what became of it, it says what it does' $?
kill -INT "$job"
ends 'Ctrl+C then: 128 + 2' 130
is 'the verdict is unknown' "$(verdict)" unknown
has 'and is told' err 'it is not known whether it was stopped'
is 'and is in the audit log' "$(tail -n 1 "$XDG_STATE_HOME/pipetop/audit.jsonl" | grep -c '"verdict":"unknown"')" 1
lever 'fault?class=stop&kind=never-applied' >"$tmp/told"
in_background stop web-mall "$number" --yes
await err 'pipetop: '
kill -TERM "$job"
ends 'SIGTERM: 128 + 15' 143
is 'what is unknown is no result' "$(wc -c <"$tmp/out")" 0
mark
XDG_STATE_HOME=/dev/null gives 'without an audit log nothing is done: 1' 1 stop web-mall "$number" --yes
has 'which it says' err 'nothing was sent, for the audit log cannot be written: '
sent 'and nothing is sent' ''
PIPETOP_ENDPOINT=http://127.0.0.1:1 gives 'without a way to the service: 3' 3 stop "$pipeline" "$run" --yes --timeout 0
PIPETOP_TOKEN='' gives 'not signed in: 4' 4 stop "$pipeline" "$run" --yes
is 'it still runs' "$(state_of)" running
lever "stop?run=$run" >"$tmp/told"

# ---- every kind of gate ----

gate() { # what, pipeline, text of the open gate, command and options, request, sentence, state of the run
	begin "$2"
	until_open "$3"
	mark
	# shellcheck disable=SC2086 # words
	gives "$1" 0 $4 "$pipeline" "$number" --yes
	is "$1: its line" "$(cat "$tmp/out")" "$2 $number $6"
	sent "$1: its request" "$5 applied;"
	lever "advance?seconds=${8:-2}" >"$tmp/told"
	is "$1: the run" "$(state_of)" "$7"
}
gate 'a review is passed' deploy-prod 'waits for a review' approve pass '人工审核: approved' running
gate 'a review is refused' deploy-prod 'waits for a review' reject refuse '人工审核: rejected' failed 600
gate 'a stage is let begin' 网关-生产上线 'waits for a person to start the stage' approve manual-pass 'stage check point: approved' running
gate 'a stage is refused' 网关-生产上线 'waits for a person to start the stage' reject manual-refuse 'stage check point: rejected' failed
gate 'a delay is over' '灰度发布 canary' 'waits for its time' approve delay-pass '延时 soak: approved' running
gate 'a delay is refused' '灰度发布 canary' 'waits for its time' reject delay-refuse '延时 soak: rejected' failed
gate 'a delay is put off' '灰度发布 canary' 'waits for its time' postpone delay '延时 soak: put off by an hour' waiting
gives 'what waits longer can still be passed' 0 approve "$pipeline" "$number" --yes --json
is 'and the JSON says which gate it was' "$(value gate) $(value step) $(value action)" 'delay 延时 soak approve'
mark
refuses 'a gate is passed once' 2 'nothing waits here: the run is running' approve "$pipeline" "$number" --yes
refuses 'nothing is there to be refused' 2 'nothing waits here that could be rejected' reject "$pipeline" "$number" --yes
refuses 'nor to be put off' 2 'only a delayed job can be put off by an hour' postpone "$pipeline" "$number" --yes
begin '灰度发布 canary'
until_open 'waits for its time'
mark
lever 'fault?class=approve&kind=close&when=after' >"$tmp/told"
gives 'what nothing shows is unknown when the answer is lost: 3' 3 postpone "$pipeline" "$number" --yes --json
is 'the JSON says so' "$(verdict) $(value gate)" 'unknown delay'
has 'and so does the sentence' err 'it is not known whether it was put off'
sent 'it was sent once' 'delay applied;'
begin coupon-release
until_open 'waits for a review'
"$typed" -a 'Only y does:' n "$pipetop" approve "$pipeline" "$number" >"$tmp/out" 2>"$tmp/err"
has 'the question says who may decide' out '  may decide: all of 刘洋,陈静怡'
has 'what happens if nobody does, and when' out '  if nobody does: passes by itself in '
has 'what its reviewers are told' out '  reviewers are told: 业务方确认'
has 'and that others have to approve, too' out 'when everybody has approved'
mark
refuses 'a part of a gate by name that is none' 2 'no gate that is open is called so; these are' \
	approve "$pipeline" "$number" --step nosuch --yes
has 'the one that is there is named, with the option for it' err " --step '变更签字 sign-off'"

# ---- queued ----

begin nightly-e2e
lever 'advance?seconds=5' >"$tmp/told"
lever "concurrency?pipeline=$pipeline&number=1&exceed=queue" >"$tmp/told"
post "/v5/$project/api/pipelines/$pipeline/run" '{}' >"$tmp/queued"
run=$(sed 's/.*"pipeline_run_id": *"\([0-9a-f]*\)".*/\1/' "$tmp/queued")
is 'the second of two waits for the first' "$(state_of)" queued
mark
gives 'a queued run leaves the queue' 0 stop "$pipeline" "$run" --yes --json
sent 'by its own request' 'cancel-queuing applied;'
is 'which the JSON says' "$(value action) $(verdict) $(value state)" 'stop done stopped'
end

# ---- several gates at once, and a step that is suspended ----

cat >"$tmp/gates.conf" <<'END'
start = "2026-01-06 15:40:00";
people = ["li.na"];
steps: {
	sign: { name = "sign"; gate = true; seconds = 900; timeout = 1800; approvers = ["li.na"]; };
	check: { name = "check"; gate = true; seconds = 900; };
	halt: { name = "halt"; task = "official_shell_plugin"; gate = true; seconds = 900; };
};
shapes: { release = ( { name = "release"; jobs = (
	{ name = "legal"; steps = ["sign"]; },
	{ name = "sales"; steps = ["sign"]; },
	{ name = "safety"; steps = ["check"]; },
	{ name = "it's 2 hosts"; steps = ["halt"]; }
); } ); };
projects = ( { name = "gates"; id = "9a7e5000000000000000000000000001"; pipelines = (
	{ name = "four gates"; shape = "release"; }
); } );
END
start "$tmp/gates.conf" --speed 0 --gate-as suspend
PIPETOP_PROJECT=$projects
begin 'four gates'
until_open 'suspended: waits for a person'
mark
refuses 'of several gates one has to be said' 2 '4 gates of this run are open: say which' approve "$pipeline" "$number" --yes
is 'each is listed with what means it' "$(grep -c '^  release / .* --' "$tmp/err")" 4
has 'by its step where that is enough' err 'safety / check  manual review, since '
has 'with the fewest options' err ' --step check'
has 'by its job where two steps have the same name' err ' --job legal'
has 'quoted for the shell' err " --step halt"
refuses 'a stage that has all of them' 2 '4 gates of this run' approve "$pipeline" "$number" --stage release --yes
refuses 'two by the name of their step' 2 '2 gates of this run are open: say which' approve "$pipeline" "$number" --step sign --yes
gives 'one of two of the same name' 0 approve 'four gates' "$number" --step sign --job sales --yes --json
is 'is the one in that job' "$(value job) $(value gate) $(verdict)" 'sales review done'
sent 'with one request' 'pass applied;'
refuses 'a suspended step cannot be refused' 2 'a suspended step can only go on: stop the run instead' \
	reject "$pipeline" "$number" --step halt --yes
gives 'it goes on' 0 approve "$pipeline" "$number" --job "it's" --yes --json
is 'which is no review' "$(value gate) $(verdict)" 'suspended done'
sent 'and has a request of its own' 'resume applied;'
gives 'what can be refused is refused' 0 reject "$pipeline" "$number" --step check --yes
sent 'with one request, too' 'refuse applied;'
end

echo "1..$n"
