#!/bin/sh
# SPDX-License-Identifier: MIT
# `pipetop templates`: every verb against the simulator, with pages, mistakes, editors that do as they like,
# colleagues and lost answers.
# shellcheck disable=SC2016 # what an editor does is for its own shell
. "${top_srcdir:-.}/tests/commands.sh"

top=$(cd "${top_srcdir:-.}" && pwd)
python=/usr/bin/python3
seed=$top/scenarios/seed/v3-templates-task.request.json
PIPETOP_TENANT=ffffffff000000000000000000000001
export PIPETOP_TENANT PIPETOP_PROJECT
unset VISUAL EDITOR

# The service itself, past pipetop: METHOD PATH [JSON]; {TEMPLATES} is the path of templates. A member: of the answer.
cat >"$tmp/service.py" <<'END'
import json, os, sys, urllib.request
def call(method, path, body=None):
    path = path.replace("{TEMPLATES}", "/v5/%s/api/pipeline-templates" % os.environ["PIPETOP_TENANT"])
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(os.environ["PIPETOP_ENDPOINT"] + path, method=method, data=data,
                                     headers={"X-Auth-Token": "x", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
def template(name, variables=(), stages=("Build",)):
    definition = {"stages": [{"name": s, "jobs": [{"name": "job", "steps": [
        {"name": "step", "task": "official_shell_plugin", "inputs": [{"key": "k", "value": "INPUT-SECRET"}]}]}]}
        for s in stages]}
    return call("POST", "{TEMPLATES}", {"name": name, "language": "go", "description": "", "is_system": False,
        "domain_id": "d", "is_show_source": False, "definition": json.dumps(definition),
        "variables": list(variables)})["templateId"]
def touch(ident, **changes):
    call("PUT", "{TEMPLATES}/" + ident, {**call("GET", "{TEMPLATES}/" + ident), "is_show_source": False, **changes})
def requests():
    return call("GET", "/_sim/requests?since=0")["requests"]
exec(sys.argv[1])
END
service() {
	"$python" "$tmp/service.py" "$1"
}

changes() { # how many requests that change something there were
	service 'print(sum(1 for r in requests() if "/pipeline-templates" in r["path"] + "?" and not r["path"].endswith("/list") and r["method"] != "GET" or r["path"] == "/v3/templates/task"))'
}

id_of() { # a template's name
	"$pipetop" templates list --all --json=lines | "$python" -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row["name"] == sys.argv[1]: print(row["id"])' "$1"
}

start demo --speed 0
PIPETOP_PROJECT=${projects%%,*}

# ---- words ----

for wrong in 'templates' 'templates lst' 'templates list x' 'templates show' 'templates list --off' 'templates copy java' \
	'templates create java' 'templates show java --file x' 'templates list --system --custom' 'templates list --limit 0' \
	'templates list --language jva' 'templates list --sort id' 'templates create java --name x --branch b' \
	'templates create --file x --name y' 'templates delete java x' 'templates edit java --file a --name b' \
	'templates create java --name x --git-url u --git-type svn'; do
	# shellcheck disable=SC2086 # words
	run $wrong
	is "$wrong: 2 and a sentence" "$status$(wc -c <"$tmp/out")$(grep -c '^pipetop: ' "$tmp/err")" 201
done
gives 'a language that nobody knows' 2 templates list --language jva
has 'is answered with the nearest' err 'did you mean java?'
gives 'a verb that is none' 2 templates lsit
has 'too' err 'did you mean list?'
is 'none of that asked the service anything' "$(service 'print(len(requests()))')" 0

# ---- list and show ----

gives 'the templates of the system' 0 templates list
has 'have a kind' out 'system'
has 'and their stages' out '构建, 测试, 镜像, 部署'
gives 'one is shown by its name' 0 templates show java
has 'with the tree that it would make: a stage' out '构建'
has 'a job' out '  编译'
has 'a step and its plugin' out '检出代码  (official_git_clone)'
java=$(id_of java)
gives 'by its id' 0 templates show "$java"
gives 'by a part of its name' 0 templates show jav
gives 'a part that several have' 2 templates show a
has 'lists them' err "  $java  java  system"
gives 'a name that is none' 2 templates show jaav
has 'has a suggestion' err "did you mean 'java'?"
gives 'an id that is none' 2 templates show 00000000000000000000000000000000
service 'for i in range(115): template("custom-%03d" % i)'
gives 'more templates than a list shows' 0 templates list --custom
is 'a hundred are shown' "$(wc -l <"$tmp/out")" 101
has 'and it is said of how many' err 'showing 100 of 115; --all shows every one'
gives 'all of them' 0 templates list --custom --all --json=lines
is 'are all there' "$(sort -u "$tmp/out" | wc -l)$(wc -c <"$tmp/err")" 1150
gives 'fifteen' 0 templates list --custom --limit 15 --sort name:desc --json=lines
is 'are fifteen' "$(wc -l <"$tmp/out")" 15
has 'in the order that was asked for' out 'custom-114'
gives 'some' 0 templates list --name custom-01 --language go
is 'are those' "$(grep -c '^custom-01' "$tmp/out")" 10
gives 'an empty list' 0 templates list --language php
service 'rows = call("POST", "{TEMPLATES}/list", {"is_system": False, "limit": 200})["templates"]
for row in rows:
    if row["name"] in ("custom-003", "custom-110"): call("POST", "{TEMPLATES}/" + row["id"] + "/favorite?flag=true")'
gives 'favourites are looked for on every page' 0 templates list --favourites --limit 2
is 'and found' "$(grep -c '^custom-\(003\|110\)' "$tmp/out")$(wc -c <"$tmp/err")" 20

# ---- what changes something ----

before=$(changes)
gives 'a favourite' 0 templates favorite java
has 'is told' out 'template java: is a favourite now'
gives 'once more' 0 templates favorite java
has 'is no change' err 'is a favourite already: nothing was sent'
gives 'no favourite any more' 0 templates favorite java --off
is 'these were two requests' "$(($(changes) - before))" 2
gives 'a copy' 0 templates copy java --name mine --language go --description 'one "two"'
has 'has an id' out "$(id_of mine)"
gives 'is shown' 0 templates show mine
has 'with its own language' out 'language: go'
has 'and description' out 'description: one "two"'
has 'and the stages of the other' out '构建'
gives 'a second one of that name' 1 templates copy java --name mine
has 'is refused' err 'there is a template called'
gives 'another description' 0 templates edit mine --description ''
run templates show mine
lacks 'is there' out 'description'
service 'print(json.dumps(json.loads(call("GET", "{TEMPLATES}/'"$(id_of custom-000)"'")["definition"]), indent=3))' >"$tmp/definition"
gives 'another definition from a file, and a name' 0 templates edit mine --definition "$tmp/definition" --name mine2
run templates show mine2
lacks 'is there, too' out '构建'
gives 'what is the same' 0 templates edit mine2 --definition "$tmp/definition"
has 'is not sent' err 'nothing was changed: nothing was sent'
echo '{"stages":[}' >"$tmp/definition"
gives 'what is no JSON' 2 templates edit mine2 --definition "$tmp/definition"
has 'has its place' err 'definition: line 1, column 12:'
for verb in 'edit java --name x' 'delete java --yes'; do
	before=$(changes)
	# shellcheck disable=SC2086 # words
	gives "templates $verb" 2 templates $verb
	has 'says what may be done with a system template' err 'can be copied and used, not changed or deleted'
	is 'before anything is sent' "$(changes)" "$before"
done
gives 'a deletion that nobody can be asked about' 2 templates delete mine2 </dev/null
has 'names the command' err "templates delete --yes $(id_of mine2)"
gives 'a deletion by a part of a name' 2 templates delete mine --yes
has 'is none' err 'its whole name: mine2'
gives 'a deletion' 0 templates delete mine2 --yes
has 'is told' out 'template mine2: deleted'
is 'and done' "$(id_of mine2)" ''
before=$(changes)
for verb in 'favorite java' 'copy java --name x' 'edit custom-000 --name x' 'delete custom-000 --yes' 'create java --name x' "create --file $seed"; do
	# shellcheck disable=SC2086 # words
	gives "--read-only: templates $verb" 2 templates $verb --read-only
	has 'says so' err 'read-only'
done
is '--read-only: nothing was sent' "$(changes)" "$before"

# ---- an editor ----

cat >"$tmp/editor" <<'END'
#!/bin/sh
stat -c %a "$1" >"$SEEN.mode"
cp "$1" "$SEEN"
eval "$DO"
END
chmod +x "$tmp/editor"
EDITOR=$tmp/editor SEEN=$tmp/seen
export EDITOR SEEN DO

edits() { # what, status, what the editor does to "$1", template
	DO=$3
	gives "$1" "$2" templates edit "$4" </dev/null
}
kept() { # the text that was kept last
	sed -n 's/.*your text is kept in \([^ :]*\):.*/\1/p' "$tmp/err"
}

run templates copy java --name mine
mine=$(id_of mine)
before=$(changes)
edits 'an editor that leaves the text' 0 : mine
has 'changes nothing' err 'nothing was changed: nothing was sent'
is 'its file is private' "$(cat "$tmp/seen.mode")" 600
has 'and has a line for the name' seen 'name: mine'
edits 'an editor that empties it' 0 ': >"$1"' mine
edits 'an editor that only moves things about' 0 'tr -s " \n" " " <"$1" | sed "s/.*definition://" >"$1.d"; { sed "/^definition:/q" "$1"; cat "$1.d"; } >"$1.n"; mv "$1.n" "$1"' mine
is 'send nothing' "$(changes)" "$before"
edits 'an editor that changes it' 0 'sed -i "s/^description:.*/description: \"a\\\\nb\"/; s/构建/BUILD/" "$1"' mine
run templates show mine
has 'changes the definition' out BUILD
is 'and the description' "$(service "print(repr(call('GET', '{TEMPLATES}/$mine')['description']))")" "'a\\nb'"
is 'all in one request' "$(($(changes) - before))" 1
is 'nothing is left of its file' "$(find "$tmp/cache/pipetop" -name 'view-*' | wc -l)" 0
before=$(changes)
edits 'an editor that breaks it' 2 'echo "]" >>"$1"' mine
has 'is told the line' err "line $(wc -l <"$tmp/seen" | awk '{print $1 + 1}'), column 1: nothing may follow"
is 'and the text is kept, for its owner alone' "$(tail -n 1 "$(kept)")$(stat -c %a "$(kept)")" ']600'
text=$(kept)
sed -i '$d; s/^name:.*/name: mine too/' "$text"
edits 'an editor that takes a key away' 2 'sed -i "/^language/d" "$1"' mine
has 'is told which' err "'language:' is missing"
edits 'an editor that fails' 2 'echo x >>"$1"; exit 3' mine
has 'is told' err 'exit status 3: nothing was sent'
is 'and what it wrote is kept' "$(tail -n 1 "$(kept)")" x
is 'nothing of all that was sent' "$(changes)" "$before"
gives 'a kept text is taken' 0 templates edit mine --file "$text"
is 'as it is' "$(id_of 'mine too')" "$mine"
edits 'a colleague who is faster' 1 "sed -i 's/^name:.*/name: other/' \"\$1\"; $python $tmp/service.py 'touch(\"$mine\", description=\"colleague\")'" mine
has 'is respected' err 'was changed on the service meanwhile'
is 'and the text is kept' "$(grep -c '^name: other' "$(kept)")" 1
is 'as is what he wrote' "$(service "print(call('GET', '{TEMPLATES}/$mine')['description'])")" colleague
VISUAL='no-such-editor -x' EDITOR='' gives 'an editor that is not there' 2 templates edit mine
VISUAL='sed | vi' EDITOR='' gives 'an editor that needs a shell' 2 templates edit mine
has 'is refused by its name' err VISUAL

# ---- a pipeline of a template ----

secret=HUNTER2-$$
with=$(service "print(template('with parameters', [
    {'name': 'VERSION', 'type': 'autoIncrement', 'value': '7', 'description': 'counts', 'sequence': 0},
    {'name': 'ENV', 'type': 'enum', 'value': '', 'limits': ['dev', 'prod'], 'sequence': 1},
    {'name': 'WHERE', 'type': 'string', 'value': '', 'sequence': 2},
    {'name': 'KEY', 'type': 'string', 'value': '$secret', 'is_secret': True, 'sequence': 3}], ['Plan', 'Do']))")
gives 'parameters are shown' 0 templates show "$with"
has 'with their limits' out 'dev, prod'
lacks 'without secrets' out "$secret"
run templates show "$with" --json
lacks 'nor in JSON' out "$secret"
lacks 'nor inputs' out 'INPUT-SECRET'
before=$(changes)
gives 'parameters without a value and without a terminal' 2 templates create "$with" --name made </dev/null
has 'are listed' err '  -p ENV (enum: dev, prod)'
has 'all of them' err '  -p WHERE (string)'
gives 'a value that is none of those' 2 templates create "$with" --name made -p ENV=pord -p WHERE=x
has 'has a suggestion' err 'did you mean prod?'
gives 'a parameter that there is not' 2 templates create "$with" --name made -p EN=x
gives 'one that is to be typed where there is no terminal' 2 templates create "$with" --name made -p ENV=dev -p WHERE=x -p KEY </dev/null
has 'is listed' err '  -p KEY (string)'
gives 'one that is given twice' 2 templates create "$with" --name made -p ENV=dev -p ENV=prod
gives 'two projects' 2 templates create "$with" --name made -p ENV=dev -p WHERE=x --project "$projects"
echo '{}' >"$tmp/sources"
gives 'sources that are no list' 2 templates create "$with" --name made -p ENV=dev -p WHERE=x --source-json "$tmp/sources"
is 'nothing of that was sent' "$(changes)" "$before"
gives 'a pipeline of a template' 0 templates create "$with" --name made -p ENV=dev -p WHERE=a,b=c -p KEY="$secret" \
	--git-url git@example.com:a/b.git --git-type gitee --branch main
has 'is made' out 'pipeline made: made ('
run pipelines --name made
has 'and in the list' out 'made '
is 'the service was asked once' "$(($(changes) - before))" 1
gives 'another of that name' 1 templates create "$with" --name made -p ENV=dev -p WHERE=x
has 'is refused' err "there is a pipeline called 'made' already"
! grep -q "$secret" "$tmp/state/pipetop/audit.jsonl"
ok 'no secret is in the audit log' $?
"$python" - "$pipetop" "$with" >"$tmp/out" 2>"$tmp/err" <<'END'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], ["pipetop", "templates", "create", sys.argv[2], "--name", "typed", "-p", "KEY"])
seen = whole = ""
def until(text):
    global seen
    end = time.time() + 30
    while text not in seen and time.time() < end:
        try:
            seen += os.read(fd, 4096).decode(errors="replace")
        except OSError:
            break
for asked, typed in (("ENV (enum: dev, prod): ", "pord"), ("did you mean prod?", ""), ("ENV (enum: dev, prod): ", "prod"),
                     ("WHERE (string): ", "here"), ("KEY (string): ", "NEVER-SHOWN"), ("made (", "")):
    until(asked)
    whole += seen
    seen = seen.split(asked, 1)[-1]
    if typed:
        os.write(fd, typed.encode() + b"\n")
until("never")
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(status, "NEVER-SHOWN" in whole + seen)
END
is 'at a terminal what is missing is asked for, again if it is wrong, and a secret is not shown' "$(cat "$tmp/out")" '0 False'
run pipelines --name typed
has 'and the pipeline made' out 'typed '

# ---- lost and refused ----

fault() { # of the next request that changes something
	lever "fault?class=template&count=1&$1" >"$tmp/told"
}
for how in close 'truncate&bytes=5' 'status&status=502' 'empty' 'html'; do
	fault "kind=$how&when=after"
	gives "a copy whose answer is lost ($how)" 0 templates copy "$java" --name "lost-${how%%&*}"
	has 'is found by its name' out "template java: copied, as lost-${how%%&*} ("
done
lost=$(id_of lost-close)
fault 'kind=close&when=after'
gives 'an edit whose answer is lost' 0 templates edit "$lost" --name lost-edit
is 'is seen to be done' "$(id_of lost-edit)" "$lost"
fault 'kind=close&when=after'
gives 'a favourite whose answer is lost' 0 templates favorite "$lost"
fault 'kind=close&when=after'
gives 'a deletion whose answer is lost' 0 templates delete "$lost" --yes
fault 'kind=close&when=after'
gives 'a pipeline whose answer is lost' 0 templates create "$java" --name lost-pipeline
has 'is found by its name' out 'pipeline lost-pipeline: made ('
before=$(changes)
fault 'kind=close&when=before'
gives 'a copy that never was' 3 templates copy "$java" --name never
has 'is not known' err 'template java: perhaps copied: the answer was lost'
is 'and not repeated' "$(($(changes) - before))" 1
fault 'kind=error200&shape=5'
gives 'a favourite that is refused' 1 templates favorite "$java"
has 'is not done' err 'template java: not made a favourite'
fault 'kind=error200&shape=1'
gives 'a copy that is not permitted' 4 templates copy "$java" --name forbidden
for event in intent outcome; do
	grep -c "\"event\":\"$event\"" "$tmp/state/pipetop/audit.jsonl"
done >"$tmp/told"
is 'each intent has its outcome' "$(uniq "$tmp/told" | wc -l)" 1
end

# ---- orchestrations ----

run templates show --file "$seed"
is 'the document of the seed is drawn, without any service' "$status$(sed -n '6,7p' "$tmp/out" | tr -d '\n')" \
	'0Build_and_Check  (build)  Build_Task  (Maven)'
PIPETOP_ENDPOINT='' PIPETOP_TOKEN='' PIPETOP_TENANT='' gives 'nor a sign-in' 0 templates show --file - <"$seed"
start seed --speed 8
PIPETOP_PROJECT=${projects%%,*}
sed 's/"Task_2": "always"/"Task_9": "always"/' "$seed" >"$tmp/broken"
for verb in show create; do
	gives "templates $verb: a name in the flow without a state" 2 templates $verb --file "$tmp/broken"
	has 'is told with its path' err 'line 12: flow.state_4.Task_9: no such state'
done
sed 's/"final": "always"/"state_3": "always"/' "$seed" >"$tmp/broken"
gives 'a circle' 2 templates create --file "$tmp/broken"
has 'and all else that is wrong is listed' err 'flow: final cannot be reached from initial'
gives 'what is no JSON' 2 templates create --file "${top_srcdir:-.}/tests/commands.sh"
gives 'a file that is not there' 2 templates create --file "$tmp/nosuch"
is 'nothing of that was sent' "$(changes)" 0
gives 'the document of the seed' 0 templates create --file "$seed"
made=$(sed -n 's/.*made (\([0-9a-f]*\)) https:.*/\1/p' "$tmp/out")
is 'ends with the id and the url of the pipeline' "${#made}" 32
has 'its progress is told' err ': initializing'
has 'to the end' err ': succeeded'
is 'it went out byte for byte, once' "$(service 'print([r["body_sha256"] for r in requests() if r["path"] == "/v3/templates/task"])')" \
	"['$(sha256sum "$seed" | cut -d' ' -f1)']"
"$pipetop" pipelines --all --project "$projects" >"$tmp/out" 2>"$tmp/err"
has 'the pipeline that it makes is in the list' out "$(service 'print(json.load(open("'"$seed"'"))["workflow"]["name"])')"
rename() { # a name: the seed with it, in a project of this world
	sed "s/pipeline-123123/$1/g; s/bc97c4d99c7d4f98bb6cd104a77fddd6/$PIPETOP_PROJECT/g" "$seed" >"$tmp/$1.json"
}
rename again
gives 'from the standard input, as JSON' 0 templates create --file - --json <"$tmp/again.json"
has 'with its verdict' out '"verdict":"done"'
gives 'the same once more' 1 templates create --file "$tmp/again.json"
has 'is refused' err "there is a pipeline called 'again' already"
rename lost
lever 'fault?class=task&count=1&kind=close&when=after' >"$tmp/told"
gives 'one whose answer is lost' 3 templates create --file "$tmp/lost.json"
has 'is not known' err 'perhaps made'
rename refused
lever 'fault?class=other&count=1&skip=1&kind=error200&shape=5' >"$tmp/told"
gives 'a task that ends in an error' 1 templates create --file "$tmp/refused.json"
has 'is not done' err 'pipeline refused: not made'
rename slow
lever 'speed?x=0' >"$tmp/told"
gives 'a task on which nothing goes on' 3 templates create --file "$tmp/slow.json" --timeout 1
has 'is not known' err "is 'initializing'"
end

# ---- whose ----

start demo
PIPETOP_TENANT='' gives 'an account that nobody names' 2 templates list
has 'is asked for' err '--tenant or PIPETOP_TENANT'
PIPETOP_TENANT='' PIPETOP_TOKEN='' PIPETOP_IAM_ENDPOINT=$PIPETOP_ENDPOINT PIPETOP_DOMAIN=acme PIPETOP_USER=li.na PIPETOP_PASSWORD=x \
	gives 'a sign-in at IAM names it' 0 templates list
gives 'so does an option' 0 templates list --tenant abc
gives 'the words of the completion' 0 __complete words templates ''
is 'are the verbs' "$(cut -f1 "$tmp/out" | tr '\n' ' ')" 'list show create favorite copy edit delete '
end

echo "1..$n"
