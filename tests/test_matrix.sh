#!/bin/sh
# SPDX-License-Identifier: MIT
# Every reading command to every kind of output; every exit status; every way to name a run.
. "${top_srcdir:-.}/tests/commands.sh"

python=/usr/bin/python3

start demo --speed 0
PIPETOP_PROJECT=$projects PIPETOP_TENANT=t
export PIPETOP_PROJECT PIPETOP_TENANT

# ---- outputs ----

broken_pipe() { # arguments: its stdout is a pipe that nobody reads
	"$python" -c '
import os, subprocess, sys
r, w = os.pipe()
os.close(r)
p = subprocess.run(sys.argv[1:], stdout=w, stderr=subprocess.PIPE)
print(p.returncode, p.stderr.decode().strip())' "$pipetop" "$@"
}

matrix() { # status, arguments of a command that has data
	want=$1
	shift
	name="$1 ${2-}"
	run "$@"
	cp "$tmp/out" "$tmp/file"
	is "$name: its status to a file" "$status" "$want"
	"$pipetop" "$@" 2>"$tmp/err" | cat >"$tmp/out"
	is "$name: the same to a pipe" "$(cmp "$tmp/file" "$tmp/out" 2>&1)" ''
	COLUMNS=20 run "$@"
	is "$name: COLUMNS cuts nothing" "$(cmp "$tmp/file" "$tmp/out" 2>&1)" ''
	NO_COLOR=1 run "$@"
	is "$name: NO_COLOR changes nothing" "$(cmp "$tmp/file" "$tmp/out" 2>&1)" ''
	[ "$1" = logs ] || lacks "$name: there is no colour to be taken away" out "$(printf '\033')"
	TERM=dumb setsid -w "$pipetop" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	is "$name: without any terminal" "$?$(cmp "$tmp/file" "$tmp/out" 2>&1)" "$want"
	"$pipetop" "$@" 2>"$tmp/err" | head -n 1 >"$tmp/out"
	is "$name: head has its line" "$(wc -l <"$tmp/out")" 1
	lacks "$name: and nothing complains of the pipe" err 'could not be written'
	is "$name: a pipe that nobody reads: 128 + 13 and not a word" "$(broken_pipe "$@")" '141 '
	"$pipetop" "$@" >/dev/full 2>"$tmp/err"
	is "$name: a full disk: 7 and a sentence" "$? $(grep -c 'could not be written: No space' "$tmp/err")" '7 1'
	"$pipetop" "$@" >&- 2>"$tmp/err"
	is "$name: a closed output: the same" "$? $(grep -c 'could not be written' "$tmp/err")" '7 1'
	"$pipetop" "$@" >"$tmp/out" 2>&-
	is "$name: nowhere to complain to" "$?$(cmp "$tmp/file" "$tmp/out" 2>&1)" "$want"
	LC_ALL=C run "$@"
	is "$name: without UTF-8 its status is the same" "$status" "$want"
	case $1 in
	logs) is "$name: the bytes are the bytes" "$(cmp "$tmp/file" "$tmp/out" 2>&1)" '' ;;
	*)
		LC_ALL=C lacks "$name: without UTF-8 all is ASCII" out '[^ -~]'
		is "$name: in as many lines" "$(wc -l <"$tmp/out")" "$(wc -l <"$tmp/file")"
		;;
	esac
	LC_ALL='' LANG=zh_CN.UTF-8 run "$@"
	is "$name: in a Chinese locale that was never generated here the same" "$(cmp "$tmp/file" "$tmp/out" 2>&1)" ''
	for form in --json --json=lines; do
		run "$@" $form
		is "$name $form: its status" "$status" "$want"
		"$python" -c '
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
[json.loads(line) for line in text.splitlines()] if "lines" in sys.argv[2] else json.loads(text)' \
			"$tmp/out" "$form" >>"$tmp/err" 2>&1
		ok "$name $form: parses" $?
	done
}

matrix 0 pipelines --all
matrix 0 runs web-mall
matrix 0 show deploy-prod
matrix 0 logs @failed
matrix 1 watch @failed
matrix 0 templates list
matrix 0 templates show java
matrix 0 config

straight() { # what, title of a column
	"$python" "${top_srcdir:-.}/tests/cells.py" "$tmp/out" "$2" >>"$tmp/err"
	ok "$1" $?
}
run pipelines --all
straight 'Chinese names take two cells a character: the table is straight' STATE
run show 订单服务-构建
straight 'so is the tree' STATE
run runs 订单服务-构建 --limit 30
straight 'and the history' STARTED
LC_ALL=C run pipelines --all
has 'without UTF-8 a Chinese character is a _, and a symbol ASCII' out '____-__  '
LC_ALL=C run logs @failed --clean
LC_ALL=C lacks 'cleaned logs are ASCII, too' out '[^ -~	]'

# ---- errors: nothing on stdout ----

for wrong in 'runs nosuch' 'show web-mall 99999' 'logs web-mall --step nosuch' 'watch nosuch' 'pipelines --sort x' 'templates show nosuch'; do
	# shellcheck disable=SC2086 # words
	run $wrong
	is "$wrong: 2, a sentence, and nothing on stdout" "$status$(wc -c <"$tmp/out")$(grep -c '^pipetop: ' "$tmp/err")" 201
done

# ---- every exit status ----

gives '0: a question that was answered' 0 show web-mall
gives '1: a run that failed' 1 watch @failed
gives '2: no such thing' 2 show nosuch
PIPETOP_ENDPOINT=http://127.0.0.1:1 gives '3: no way there' 3 pipelines --timeout 0
PIPETOP_TOKEN='' gives '4: not signed in' 4 pipelines
run pipelines --name web-mall --json=lines
pipeline=$(sed 's/.*"pipeline_id":"\([0-9a-f]*\)","name":"web-mall".*/\1/' "$tmp/out")
started=$(lever "start?pipeline=$pipeline" pipeline_run_id)
lever 'advance?seconds=3' >"$tmp/told"
lever "stop?run=$started" >"$tmp/told"
gives '5: a run that was stopped' 5 watch web-mall "$started"
gives '6: a run that waits for a person' 6 watch deploy-prod @waiting
"$pipetop" pipelines >/dev/full 2>"$tmp/err"
is '7: a full disk' $? 7
in_background watch @running
await out running
kill -HUP "$job"
ends '128 + n: a signal' 129

# ---- ways to name a run ----

id_of() { # arguments of show: the id of the run that they mean
	"$pipetop" show "$@" --json 2>"$tmp/err" | sed 's/^{"id":"\([0-9a-f]*\)".*/\1/'
}
number_of() {
	"$pipetop" show "$@" --json 2>"$tmp/err" | sed 's/.*"run_number":\([0-9]*\).*/\1/'
}

wanted=$(id_of web-mall)
for words in "$pipeline" "web-mal" "WEB-MALL" "web-mall @latest" "web-mall $(number_of web-mall)" "web-mall $wanted" "$pipeline $wanted"; do
	# shellcheck disable=SC2086 # words
	is "show $words means that run" "$(id_of $words)" "$wanted"
done
for state in failed running waiting; do
	anywhere=$(id_of @$state)
	is "@$state in place of PIPELINE is $state" "$("$pipetop" show @$state --json | grep -c "\"state\":\"$state\"}$")" 1
	name=$("$pipetop" show @$state | sed -n '2s/ [0-9]* *[^ ]* '"$state"'.*//p')
	is "@$state of that pipeline is the same" "$(id_of "$name" @$state)" "$anywhere"
	run logs @$state --json=lines --tail 1
	is "logs @$state" "$status" 0
	run runs @$state --json=lines --limit 50
	has "runs @$state has it in its history" out "$anywhere"
	[ $state = running ] && continue
	[ $state = waiting ] && through='deploy-prod @waiting' || through=@failed
	# shellcheck disable=SC2086 # words
	run watch $through --json=lines
	# shellcheck disable=SC2086
	has "watch $through watches it" out "\"pipeline_run_id\":\"$(id_of $through)\""
done
is '@latest in place of PIPELINE is the newest of all' "$(id_of @latest)" \
	"$("$pipetop" pipelines --all --json=lines | "$python" -c '
import json, sys
rows = [json.loads(line)["latest_run"] for line in sys.stdin]
print(max((r for r in rows if r), key=lambda r: r["start_time"] or "")["pipeline_run_id"])')"
for command in runs show logs watch; do
	gives "$command with a part that several names have" 2 $command flaky
	is 'lists them' "$([ "$(grep -c '^  [0-9a-f]\{32\}  ' "$tmp/err")" -gt 0 ]; echo $?)" 0
	gives "$command with a word that begins with @ and is none" 2 $command @faild
	has 'names those that are' err '@latest, @failed, @running and @waiting'
done
gives 'a run besides one that is named already' 2 show @failed 3
has 'is refused' err 'leave'
end

# ---- pages ----

start many --speed 0
PIPETOP_PROJECT=$projects
run pipelines --all --json=lines
is 'where nothing is left out nothing is said of it' "$(cat "$tmp/err")" ''
many=$(wc -l <"$tmp/out")
is 'there are thousands of pipelines' "$([ "$many" -gt 4000 ]; echo $?)" 0
is 'each of them once' "$(sed 's/.*"pipeline_id":"\([0-9a-f]*\)","name".*/\1/' "$tmp/out" | sort -u | wc -l)" "$many"
run pipelines --limit 450 --json=lines
is '--limit 450 is 450' "$(wc -l <"$tmp/out")" 450
has 'of how many' err 'showing 450 of '
end

echo "1..$n"
