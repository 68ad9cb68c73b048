#!/bin/sh
# SPDX-License-Identifier: MIT
# `pipetop audit`: what commands have done, and what they could not write down.
. "${top_srcdir:-.}/tests/commands.sh"

python=/usr/bin/python3
log=$XDG_STATE_HOME/pipetop/audit.jsonl

schema() { # definition, what schema.py takes behind the file
	definition=$1
	shift
	"$python" "${top_srcdir:-.}/tests/schema.py" "${top_srcdir:-.}/docs/json.schema.json" "$definition" "$tmp/out" "$@"
}

fits_schema() { # what, definition, `lines` or nothing
	what=$1
	shift
	schema "$@" >>"$tmp/err" 2>&1
	ok "$what is as the schema says" $?
}

requests() { # so many that change something have come
	"$python" -c 'import json, sys, urllib.request
print(len(json.load(urllib.request.urlopen(sys.argv[1]))["actions"]))' "$PIPETOP_ENDPOINT/_sim/actions"
}

fact() { # what, Python expression over the objects o
	"$python" -c 'import json, sys; o = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), o' "$tmp/out" "$2" 2>>"$tmp/err"
	ok "$1" $?
}

# ---- nothing yet; no service is needed ----

PIPETOP_ENDPOINT=http://127.0.0.1:9
gives 'without a log: 0' 0 audit
has 'it says that nothing was done' err 'nothing was done from here yet'
gives 'without a log, for programs: 0' 0 audit --json
is 'an empty list' "$(tr -d '\n ' <"$tmp/out")" '[]'
[ ! -e "$log" ]
ok 'looking makes no log' $?

# ---- what was done ----

start demo
PIPETOP_PROJECT=$(echo "$projects" | tr ' ' ',')
export PIPETOP_PROJECT
# One that failed and can be retried, by its ids.
"$pipetop" pipelines --status failed --json >"$tmp/out" 2>"$tmp/err"
"$python" -c '
import json, sys
for p in json.load(open(sys.argv[1])):
    if p["latest_run"] and p["latest_run"]["status"] == "FAILED":
        print(p["pipeline_id"], p["latest_run"]["pipeline_run_id"], p["project_id"])
        break' "$tmp/out" >"$tmp/failed"
read -r pipeline failed PIPETOP_PROJECT <"$tmp/failed"
gives 'a retry: 0' 0 retry "$pipeline" "$failed" --yes
run stop "$pipeline" "$failed" --yes
ok 'a stop' "$status"

gives 'the table: 0' 0 audit
is 'a title and two actions' "$(wc -l <"$tmp/out" | tr -d ' ')" 3
is 'the newest is last' "$(tail -n 1 "$tmp/out" | grep -c ' stop .* done')" 1
is 'who did it' "$(sed -n 2p "$tmp/out" | grep -cF " $(id -un) ")" 1
gives 'the JSON: 0' 0 audit --json
fits_schema 'the array' audit
fact 'two actions, both done, each with both lines' \
	'len(o) == 2 and all(a["verdict"] == "done" and a["intent"]["id"] == a["outcome"]["id"] for a in o)'
fact 'the intent has ids, names and the state before' \
	'o[0]["intent"]["action"] == "retry" and o[0]["intent"]["run"] == "'"$failed"'" and o[0]["intent"]["pipeline"] == "'"$pipeline"'" and o[0]["intent"]["before"] == "FAILED" and o[0]["intent"]["pipeline_name"]'
fact 'the outcome has what was answered and read' \
	'o[0]["outcome"]["http"] == 200 and o[0]["outcome"]["after"] in ("RUNNING", "QUEUED") and o[0]["outcome"]["unknown"] is False'
fact 'the intent came first' 'all(a["intent"]["monotonic_ms"] <= a["outcome"]["monotonic_ms"] for a in o)'
run audit --json=lines
fits_schema 'a line' audit_entry lines
is 'of what the schema would let pass of a line' \
	"$(schema audit_entry lines mutants 2>>"$tmp/err" | sed 's/ of [1-9][0-9]* / of some /')" '0 of some pass'
is 'the log is private' "$(stat -c %a "$log")" 600

# ---- some of it ----

gives 'the last one: 0' 0 audit --limit 1 --json
fact 'is the stop' 'len(o) == 1 and o[0]["intent"]["action"] == "stop"'
run audit --since 1h --json
fact 'since an hour ago: both' 'len(o) == 2'
run audit --until 1h --json
fact 'until an hour ago: none' 'o == []'

# ---- a run has a name once it has started ----

gives 'a run: 0' 0 run "$pipeline" --yes --json
started=$(sed -n 's/.*"pipeline_run_id":"\([0-9a-f]*\)".*/\1/p' "$tmp/out")
run audit --limit 1 --json
fits_schema 'a start' audit
fact 'its intent has no run, its outcome the one that was started' \
	'"run" not in o[0]["intent"] and o[0]["outcome"]["run"] == "'"$started"'" and o[0]["outcome"]["run_number"] > 0'

# ---- what is refused is not in it ----

before=$(wc -c <"$log")
gives 'a stop of what is over: 2' 2 stop "$pipeline" "$failed" --yes
gives 'a retry when read-only: 2' 2 retry "$pipeline" "$failed" --yes --read-only
is 'neither wrote a line' "$(wc -c <"$log")" "$before"
gives 'reading it when read-only: 0' 0 audit --read-only

# ---- what cannot be written is not sent ----

mv "$log" "$tmp/kept"
mkdir "$log"
sent=$(requests)
run retry "$pipeline" "$failed" --yes
is 'a retry that cannot be logged: 1' "$status" 1
has 'it says why' err 'nothing was sent, for the audit log cannot be written'
is 'nothing was sent' "$(requests)" "$sent"
run audit
is 'a log that is none: not 0' "$([ "$status" -ne 0 ]; echo $?)" 0
has 'and it is named' err 'audit.jsonl'
rmdir "$log"
mv "$tmp/kept" "$log"
end

# ---- a log with damage ----

sed -n '1s/"id":"[^"]*"/"id":"left-open"/p' "$log" >"$tmp/left"
cat "$tmp/left" >>"$log"
printf '{"time":"2026-01-02T03:04:05.678Z","event":"outc' >>"$log"
gives 'a log with damage: 0' 0 audit
has 'an intent without outcome is unknown' out 'unknown'
has 'and says so' out 'no outcome was written'
has 'what is not whole is counted' err 'lines that are not whole, and left out: 1'
run audit --json
fits_schema 'with damage, the array' audit
fact 'the open one is unknown' 'o[-1]["verdict"] == "unknown" and o[-1]["outcome"] is None'

echo "1..$n"
