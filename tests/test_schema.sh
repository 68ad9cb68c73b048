#!/bin/sh
# SPDX-License-Identifier: MIT
# What the commands write with --json, against docs/json.schema.json: in every world of the
# simulator, and broken by hand to see that the schema would notice.
. "${top_srcdir:-.}/tests/commands.sh"

schema=${top_srcdir:-.}/docs/json.schema.json
check() { /usr/bin/python3 "${top_srcdir:-.}/tests/schema.py" "$schema" "$@"; }

if ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	echo '1..1'
	echo 'not ok 1 - python3-jsonschema is there'
	exit 1
fi

fits_whole() { # what, definition, statuses, arguments ...
	what=$1 definition=$2 want=$3
	shift 3
	run "$@" --json
	check "$definition" "$tmp/out" >>"$tmp/err" 2>&1
	bad=$?
	case " $want " in *" $status "*) ;; *) echo "exit status $status, not $want" >>"$tmp/err"; bad=1 ;; esac
	ok "$what: --json" $bad
}

fits() { # what, definition of the whole, definition of a line, statuses, arguments ...
	line=$3
	what=$1 definition=$2 want=$4
	shift 4
	fits_whole "$what" "$definition" "$want" "$@"
	run "$@" --json=lines
	cp "$tmp/out" "$tmp/lines"
	check "$line" "$tmp/lines" lines >>"$tmp/err" 2>&1
	ok "$what: --json=lines" $?
}

notices() { # what, definition of a line: what was written last, broken
	is "the schema notices whatever is wrong with $1" \
		"$(check "$2" "$tmp/lines" lines mutants 2>>"$tmp/err" | sed 's/ of [1-9][0-9]* / of some /')" '0 of some pass'
}

check --itself >"$tmp/out" 2>"$tmp/err"
ok 'the schema is one' $?

# ---- the documentation's own answers, and the old API ----

start seed
fits 'pipelines of the old API' pipelines pipeline 0 pipelines --api v3
notices 'a pipeline of the old API' pipeline
fits 'runs of the documentation' runs run 0 runs 镜像 --project 54f90b75fc1447b1b65e8d3a9f77923d
PIPETOP_PROJECT=d80a8a6530324b7bac972cbb8a9f28ec
export PIPETOP_PROJECT
fits 'the detail' show show 0 show shell-demo
fits 'its log' logs logs_line 0 logs shell-demo
notices 'a log' logs_line
fits 'the watch of a run that is over' watch watch_line 0 watch shell-demo
end

# ---- a busy day ----

for as in running paused suspend; do
	start demo --speed 0 --gate-as $as
	PIPETOP_PROJECT=$projects
	fits "pipelines, gates as $as" pipelines pipeline 0 pipelines --all
	fits "a run at a gate, as $as" show show 0 show deploy-prod @waiting
	fits "its watch, gates as $as" watch watch_line 6 watch deploy-prod @waiting
	[ $as = running ] || end
	[ $as = running ] || continue
	notices 'a watch' watch_line
	run show deploy-prod @waiting --json
	has 'the gate it waits at' out '"gate":{"kind":"review","since":"2026'
	cp "$tmp/out" "$tmp/lines"
	notices 'a run' show
	fits 'runs' runs run 0 runs web-mall --limit 40
	notices 'a run of a list' run
	fits 'pipelines' pipelines pipeline 0 pipelines
	notices 'a pipeline' pipeline
	fits 'a failed run' show show 0 show @failed
	fits 'its watch' watch watch_line 1 watch @failed
	fits 'its failed steps' logs logs_line 0 logs @failed
	fits 'the tail of a running one' logs logs_line 0 logs @running --tail 3
	fits_whole 'pipelines that there are none of' pipelines 0 pipelines --name nosuch
	fits 'the settings' config config 0 config
	notices 'a setting' config
	fits 'the doctor' doctor finding '0 1 2 3 4 7' doctor
	notices 'a finding' finding
	PIPETOP_TOKEN='' PIPETOP_IAM_ENDPOINT=$PIPETOP_ENDPOINT PIPETOP_DOMAIN=acme PIPETOP_USER=li.na PIPETOP_PASSWORD=x
	export PIPETOP_IAM_ENDPOINT PIPETOP_DOMAIN PIPETOP_USER PIPETOP_PASSWORD
	fits 'a sign-in' login login 0 login
	fits 'the settings of who signs in' config config 0 config
	notices 'who signs in' config
	unset PIPETOP_IAM_ENDPOINT PIPETOP_DOMAIN PIPETOP_USER PIPETOP_PASSWORD
	fits_whole 'a kept token that is removed' login 0 login --forget
	is 'and was there' "$(cat "$tmp/out")" '{"removed":true}'
	PIPETOP_TOKEN=x
	end
done

# ---- what changes something ----

start demo --speed 0
PIPETOP_PROJECT=$projects
run pipelines --name web-mall --json=lines
pipeline=$(sed 's/.*"pipeline_id":"\([0-9a-f]*\)","name":"web-mall".*/\1/' "$tmp/out")
started=$(lever "start?pipeline=$pipeline" pipeline_run_id)
fits_whole 'a run that is stopped' action 0 stop web-mall "$started" --yes
fits_whole 'a run that is retried' action 0 retry web-mall "$started" --yes
lever 'fault?class=stop&kind=error200&shape=5' >"$tmp/told"
fits_whole 'what is refused' action 1 stop web-mall "$started" --yes
run stop web-mall "$started" --yes --json=lines
cp "$tmp/out" "$tmp/lines"
check action "$tmp/lines" lines >>"$tmp/err" 2>&1
ok 'on one line' $?
notices 'what was done to a run' action
run show deploy-prod @waiting --json
waiting=$(sed 's/^{"id":"\([0-9a-f]*\)".*/\1/' "$tmp/out")
fits_whole 'a gate that is passed' action 0 approve deploy-prod "$waiting" --yes
cp "$tmp/out" "$tmp/lines"
notices 'what was done to a gate' action
fits 'what was done from here' audit audit_entry 0 audit
notices 'the audit log' audit_entry
end

# ---- templates ----

start seed --speed 8
PIPETOP_PROJECT=${projects%%,*}
PIPETOP_TENANT=t
export PIPETOP_TENANT
seed=${top_srcdir:-.}/scenarios/seed/v3-templates-task.request.json
fits_whole 'a document of an orchestration' template_document 0 templates show --file "$seed"
cp "$tmp/out" "$tmp/lines"
notices 'a document' template_document
sed 's/"Task_2": "always"/"Task_9": "always"/' "$seed" >"$tmp/broken"
fits_whole 'a document with a mistake' template_document 2 templates show --file "$tmp/broken"
fits_whole 'a pipeline of a document' template_action 0 templates create --file "$seed"
cp "$tmp/out" "$tmp/lines"
notices 'a pipeline that was made' template_action
end
start demo --speed 0
PIPETOP_PROJECT=${projects%%,*}
fits_whole 'a template that is copied' template_action 0 templates copy java --name mine
fits 'templates' templates template 0 templates list
notices 'a template of a list' template
fits_whole 'a template' template_show 0 templates show mine
cp "$tmp/out" "$tmp/lines"
notices 'a template' template_show
fits_whole 'a template that is changed' template_action 0 templates edit mine --description x
fits_whole 'a favourite' template_action 0 templates favorite mine
fits_whole 'a favourite once more' template_action 0 templates favorite mine
fits_whole 'no favourite any more' template_action 0 templates favorite mine --off
fits_whole 'a pipeline of a template' template_action 0 templates create mine --name new
fits_whole 'another of that name' template_action 1 templates create mine --name new
fits_whole 'a template that is deleted' template_action 0 templates delete mine --yes
fits_whole 'templates that there are none of' templates 0 templates list --custom
end

# ---- many, and faults ----

start many --speed 0
PIPETOP_PROJECT=$projects
fits 'a thousand pipelines' pipelines pipeline 0 pipelines --limit 1000
is 'all of them' "$(wc -l <"$tmp/lines")" 1000
fits 'a hundred runs' runs run 0 runs deploy-prod --limit 100
lever 'fault?class=list&kind=status&status=503&count=-1&skip=1' >"$tmp/told"
fits_whole 'what a service that breaks off has given' pipelines 3 pipelines --all --timeout 0
is 'its first page' "$(grep -c '"pipeline_id"' "$tmp/out")" 200
end

echo "1..$n"
