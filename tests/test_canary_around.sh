#!/bin/sh
# SPDX-License-Identifier: MIT
# Canaries around the program: the dashboard with its terminal, clipboard, files and children; what others
# see of its process; a crash; its system calls.
# shellcheck source=tests/canary.inc
. "${top_srcdir:-.}/tests/canary.inc"

# ---- the dashboard ----

# Its pipelines are called like the token, as those of a service of ill will could be; it is started
# with the token, and the token is pasted into its prompts.
sed "s,name = \"\(alpha\|beta\)\",name = \"$token\"," "${top_srcdir:-.}/tests/fixtures/faults.conf" >"$tmp/named.conf"
cat >"$where/child" <<END
#!/bin/sh
name=\$(basename "\$0")
cat "\$@" </dev/null >"$seen/\$name.\$\$.file" 2>/dev/null
tr '\\0' '\\n' </proc/self/environ >"$seen/\$name.\$\$.environ"
tr '\\0' '\\n' </proc/\$PPID/environ >"$seen/\$name.\$\$.parent" 2>/dev/null
tr '\\0' ' ' </proc/\$PPID/cmdline >>"$seen/\$name.\$\$.parent"
printf '%s\\n' "\$*" >"$seen/\$name.\$\$.arguments"
[ "\$name" = browser ] || exit 3 # the dashboard tells of it when it has ended
END
chmod 700 "$where/child"
for name in hook pager editor browser; do
	ln -s child "$where/$name"
done
cat >"$tmp/all.keys" <<END
scenario $tmp/named.conf
speed 1
start 2026-01-06 15:40:00
sizes 30x90
env PIPETOP_TOKEN=$token
env HW_SECRET_KEY=$printed
env XDG_CONFIG_HOME=$home/config
env XDG_STATE_HOME=$home/state
env XDG_CACHE_HOME=$home/cache
env PAGER=$where/pager
env VISUAL=$where/editor
env BROWSER=$where/browser
env TERM=xterm-256color
arg --config
arg $tmp/pipetop.conf

wait-row 0 LIVE
wait failed
key ?
wait Help
key q
wait-not Help
type :set
key Enter
type :set theme=dark
key Enter
type :profile $token
key Enter
type :find $token
key Enter
type /$token
key Enter
wait nothing passes
key Esc
wait-not nothing passes
type :view save mine
key Enter
key y y y u o
key !
wait error 1 of
key y
wait copied
key s
wait saved
key v
wait /pager.*3/
type :edit
key Enter
wait /editor.*3/
key z
key :
key Up
key Esc
wait failed
type :changes
key Enter
key q
sim POST /_sim/stop?run=fa170000000000000000000000000003
wait-row 0 LIVE
wait stopped
wait on_finish
save-screen end
END
cat >"$tmp/pipetop.conf" <<END
notify = true;
bell = true;
on_finish = ["$where/hook"];
on_fail = ["$where/hook"];
END
PLAY_RAW=$seen "$build/tests/play" "$tmp/all.keys" 30x90 >"$tmp/why" 2>&1
ok 'the dashboard is played: help, settings, prompts, copies, a saved log, children' $?
for name in pager editor browser hook; do
	for file in "$seen/$name".*.environ; do
		[ -s "$file" ] || echo "$name was not started"
	done
done >"$tmp/why"
ok 'its children were started' "$([ ! -s "$tmp/why" ]; echo $?)"
cat "$seen"/hook.*.environ >"$tmp/why"
grep -q '^PIPETOP_PIPELINE_NAME=<token ' "$tmp/why"
ok 'a hook is told of a pipeline that is called like the token' $?
find "$home" -name '*.log' >"$tmp/why"
ok 'a log was saved, in a file of its own name' "$(grep -c '_token_\|token_' "$tmp/why" | sed 's/^[1-9].*/x/;s/^0/1/;s/x/0/')"
grep -qa '\]52;c;' "$seen/end.raw"
ok 'something went to the clipboard' $?
grep -qa '<token \|\*\*\*\*\*\*' "$seen/end.raw"
ok 'and marks stand on the screen' $?
nothing_in 'no secret is in what went to the terminal, into files, or to children' "$seen" "$home"

# ---- the form of :run ----

# What is typed into a secret's field goes to the service, and nowhere else.
canary formed "$(chance 33)"
cat >"$tmp/form.keys" <<END
scenario demo
speed 5
sizes 24x80
env XDG_CONFIG_HOME=$home/config
env XDG_STATE_HOME=$home/state
env XDG_CACHE_HOME=$home/cache
env TERM=xterm-256color
arg --debug
arg $home/form.debug

wait-row 0 LIVE
key /
type deploy-prod
key Enter
wait-selected deploy-prod
key :
type run
key Enter
wait DEPLOY_KEY
key Down Down
type $(cat "$where/formed")
wait *********
key PgDn PgDn PgDn
wait | [ start ]
key Enter
wait y does it
key y
wait deploy-prod: run
save-screen form
key x
wait-not any key closes this
key Esc
wait-not /deploy
key q
exit 0
END
PLAY_RAW=$seen "$build/tests/play" "$tmp/form.keys" 24x80 >"$tmp/why" 2>&1
ok 'a run is started from its form, with a secret' $?
grep '"action":"run"' "$home/state/pipetop/audit.jsonl" | grep DEPLOY_KEY >"$tmp/why"
ok 'the audit log has the name of what was given' "$([ -s "$tmp/why" ]; echo $?)"
nothing_in 'and neither it, nor the screen, nor the debug file has the value' "$seen" "$home"

# ---- processes ----

# Everything at once, from a place of its own that another user can be given.
own=$(TMPDIR=/tmp mktemp -d) || exit 1
cp "$pipetop" "$own/program"
chmod 755 "$own/program"
as=''
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chown 65534 "$own"
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
chmod 711 "$own"
(
	cd "$own" || exit 1
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -c unlimited
	# shellcheck disable=SC2086
	exec $as env HOME="$own" XDG_CONFIG_HOME="$own" XDG_STATE_HOME="$own" XDG_CACHE_HOME="$own" TMPDIR="$own" \
		PIPETOP_TOKEN="$token" PIPETOP_PASSWORD="$password" PIPETOP_AK="$filed" PIPETOP_SK="$secret_key" \
		PIPETOP_SECURITY_TOKEN="$security" HUAWEICLOUD_SDK_AK="$printed" HUAWEICLOUD_SDK_SK="$secret_key" \
		HW_SECRET_KEY="$secret_key" SSLKEYLOGFILE="$own/keys" ./program logs -f alpha >"$own/out" 2>"$own/err"
) &
watched=$!
sims="$sims $watched"
(
	cd "$own" || exit 1
	# shellcheck disable=SC2086
	exec $as sleep 600
) &
sleeper=$!
sims="$sims $sleeper"
tries=0
until [ -s "$own/out" ] || [ $tries -gt 300 ] || [ ! -e /proc/$watched ]; do
	tries=$((tries + 1))
	sleep 0.1
done
cp "$own/err" "$tmp/why"
ok 'a log is followed with every kind of secret in the environment' "$([ -s "$own/out" ]; echo $?)"
cat /proc/$watched/environ >"$seen/environ" 2>/dev/null
cat /proc/$watched/cmdline >"$seen/cmdline"
grep -qa LC_ALL "$seen/environ" || [ -z "$as" ]
ok 'its environment can be looked at by root' $?
nothing_in 'and has no secret in it any more, nor has its command line' "$seen/environ" "$seen/cmdline"
grep -q '^Max core file size  *0  *0 ' /proc/$watched/limits
ok 'it leaves no core, by its limits' $?
opens() { # a file of /proc, as the user of those processes
	# shellcheck disable=SC2086
	$as dd if="$1" of=/dev/null bs=1 count=0 2>/dev/null
}
if [ -z "$as" ] && [ "$(id -u)" = 0 ]; then
	skip 'another process of the user cannot open its memory' 'root may open everything, and there is no setpriv'
	skip 'nor its environment' 'as above'
else
	! opens /proc/$watched/mem
	ok 'another process of the user cannot open its memory' $?
	! opens /proc/$watched/environ && opens /proc/$sleeper/environ
	ok 'nor its environment, as it can that of any other program' $?
fi
kill -ABRT "$watched" 2>/dev/null
wait "$watched" 2>/dev/null
status=$?
ok 'it can be made to crash' "$([ "$status" -ge 128 ]; echo $?)"
cores=$(find "$own" -name '*core*' | wc -l)
# shellcheck disable=SC3045
(cd "$own" && ulimit -c unlimited && sh -c 'kill -ABRT $$'; true) 2>/dev/null
if [ "$(find "$own" -name '*core*' | wc -l)" -gt "$cores" ]; then
	ok 'and leaves no core where another program does' "$cores"
else
	skip 'and leaves no core where another program does' "no program leaves one here: $(cat /proc/sys/kernel/core_pattern)"
fi
kill "$sleeper"
find "$own" -name '*core*' -exec rm {} +
nothing_in 'nothing that it wrote has a secret' "$own"
rm -rf "$own"

# ---- system calls ----

# Whatever is written, sent or handed to a program, other than to the service over its connection.
trace() { # name of the trace, variables and a command
	to=$1
	shift
	ASAN_OPTIONS=detect_leaks=0 strace -f -v -yy -s 100000 -o "$tmp/$to" \
		-e trace=write,writev,pwrite64,sendto,sendmsg,execve,rename,renameat,openat,mkdir,unlink \
		env "$@" >/dev/null 2>&1
	sed -e '/ execve(.*\(strace\|env\|pipetop\)", \["/d' -e "/TCP[v6]*:\[.*->127\.0\.0\.1:$port\]/d" "$tmp/$to" >"$seen/$to"
}
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	trace trace1 PIPETOP_TOKEN="$token" "$pipetop" logs @failed --debug "$seen/traced.debug"
	grep -q "X-Auth-Token: CN" "$tmp/trace1"
	ok 'a trace of system calls shows the token on its way to the service' $?
	trace trace2 PIPETOP_DOMAIN=acme PIPETOP_USER=ops1 PIPETOP_PASSWORD="$password" "$pipetop" pipelines --json
	printf 'token_command = ["%s"];\non_fail = ["%s"];\n' "$where/command" "$where/hook" >"$home/config/pipetop/pipetop.conf"
	printf '#!/bin/sh\nexec cat "%s"\n' "$where/printed" >"$where/command"
	chmod 700 "$where/command"
	trace trace3 HW_SECRET_KEY="$secret_key" "$pipetop" pipelines
	sed -i '/ write(1<[^>]*>, "CP/d' "$seen/trace3" # cat, on its way to us
	grep -q 'execve(.*cat' "$seen/trace3"
	ok 'and what children are started with' $?
	nothing_in 'and no secret in anything else' "$seen"
else
	skip 'no trace of system calls has a secret' 'strace is not here, or may not'
fi

echo "1..$n"
