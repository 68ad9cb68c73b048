#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion in the shells themselves, with names that lists of the simulator have left behind and
# with names that somebody chose to do harm.
set -u
top=${top_srcdir:-.} build=${top_builddir:-.}
top=$(cd "$top" && pwd) build=$(cd "$build" && pwd)
tmp=$(mktemp -d) || exit 1
n=0 sim=''
trap '[ -z "$sim" ] || kill "$sim" 2>/dev/null; rm -rf "$tmp"' EXIT
unset PIPETOP_REGION PIPETOP_PROJECT ZDOTDIR BASH_ENV ENV
HOME=$tmp XDG_CACHE_HOME=$tmp/cache XDG_CONFIG_HOME=$tmp/config XDG_DATA_HOME=$tmp/data XDG_STATE_HOME=$tmp/state
PATH=$build:$PATH PIPETOP_ENDPOINT=https://a.example PIPETOP_TOKEN=x TERM=xterm
export HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME PATH PIPETOP_ENDPOINT PIPETOP_TOKEN TERM
cd "$tmp" || exit 1

result() { # what, 0 or not, what is shown otherwise
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
	[ "$2" -eq 0 ] || printf '%s\n' "$3" | sed 's/^/#   /' | cut -c1-300 | head -20
}

skip() { # what, why
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

names() { # the cache, as a list of https://a.example would leave it
	mkdir -p "$tmp/cache/pipetop"
	{
		printf 'pipetop-names 1\nplace\thttps://a.example:443\t\nproject\tp\n'
		day=$(($(date +%s) / 86400))
		while IFS='|' read -r id runs name; do
			printf '%s\t%s\t%s\t%s\n' "$day" "$id" "$runs" "$name"
		done
	} >"$tmp/cache/pipetop/names"
}

usual_names() {
	names <<-'END'
	1111|318,317|nightly build
	2222|12|订单 构建
	3333||evil; touch $(echo PWNED) `touch PWNED` $HOME "q" 'r' & <x>
	4444|4|two\nlines
	5555|5|bidi‮dliub
	6666||-rf
	END
}

# Readline, zle and fish's reader run on a terminal of zpty's. The key after Tab writes the line that
# there is then to a file.
cat >"$tmp/type.zsh" <<'END'
zmodload zsh/zpty zsh/datetime zsh/zselect
zpty -b shell "$1"
drain() { local x; while zpty -rt shell x 2>/dev/null; do print -rn -- "$x" >>seen; done }
await() { # file; a minute
	local -F until=$(( EPOCHREALTIME + 60 ))
	while [[ ! -e $1 ]]; do
		drain
		(( EPOCHREALTIME < until )) || { print -r -- "nothing came"; zpty -d shell; exit 1 }
		zselect -t 1
	done
}
zpty -w shell "source $2"
await ready
while IFS= read -r line; do
	rm -f line
	zpty -wn shell "$line"$'\t'$'\x18'
	await line
	print -r -- "$(<line; print -n '<')"
	drain
done
zpty -d shell
END

cat >"$tmp/init.bash" <<END
PS1= HISTFILE=
bind 'set enable-bracketed-paste off'
bind 'set bell-style none'
bind -x '"\C-x": printf "%s" "\$READLINE_LINE" >line.new; mv line.new line; READLINE_LINE= READLINE_POINT=0'
. "$top/completions/pipetop.bash"
: >ready
END
# As the distribution has it: loaded when it is needed, from where it is installed.
package=/usr/share/bash-completion/bash_completion
{ echo ". $package" && sed '/completions.pipetop/d' "$tmp/init.bash"; } >"$tmp/init.bash-package"
mkdir -p "$tmp/data/bash-completion/completions"
cp "$top/completions/pipetop.bash" "$tmp/data/bash-completion/completions/pipetop"

# Not all of zsh's own completions, which are a thousand files to look at.
cat >"$tmp/init.zsh" <<END
PS1= PROMPT_SP= PROMPT_CR=
unset zle_bracketed_paste
more=(\${(M)fpath:#*/Completion/Unix})
fpath=("$top/completions" \${(M)fpath:#*/Completion(|/Base|/Zsh)})
autoload -Uz compinit && compinit -u -D
fpath+=(\$more)
autoload -Uz _files _path_files
report() { print -rn -- "\$BUFFER" >line.new; mv line.new line; BUFFER= }
zle -N report
bindkey '^I' complete-word
bindkey '^X' report
: >ready
END

cat >"$tmp/init.fish" <<END
function fish_prompt; end
function fish_greeting; end
set -g fish_autosuggestion_enabled 0
function report; printf '%s' (commandline) >line.new; mv line.new line; commandline ''; end
bind \cx report
source "$top/completions/pipetop.fish"
touch ready
END

typed() { # shell, lines on stdin
	rm -f ready line
	case $1 in
	bash*) set -- "$1" 'bash --norc --noprofile -i' ;;
	zsh) set -- "$1" 'zsh -f -i' ;;
	fish) set -- "$1" 'fish --no-config -i' ;;
	esac
	zsh -f "$tmp/type.zsh" "$2" "$tmp/init.$1"
}

becomes() { # shell, what; "LINE => LINE<" on stdin
	cat >"$tmp/cases"
	sed 's/ => .*//' "$tmp/cases" >"$tmp/lines"
	sed 's/.* => //' "$tmp/cases" >"$tmp/want"
	typed "$1" <"$tmp/lines" >"$tmp/got" 2>&1
	diff "$tmp/want" "$tmp/got" >"$tmp/diff" 2>&1
	result "$1: $2" $? "$(cat "$tmp/diff")"
}

# The line that comes of it, read by the shell, has the name in it and does nothing else.
# shellcheck disable=SC2016 # not to be expanded, that is the point
evil='evil; touch $(echo PWNED) `touch PWNED` $HOME "q" '\''r'\'' & <x>'
means() { # shell, what, beginning of a line
	printf '%s\n' "$3" | typed "$1" >"$tmp/got" 2>&1
	line=$(sed 's/<$//' "$tmp/got")
	case $1 in
	fish) fish --no-config -c "set words $line; printf %s \$words[3]" >"$tmp/arg" 2>&1 ;;
	zsh) zsh -fc "set -- $line; print -rn -- \"\$3\"" >"$tmp/arg" 2>&1 ;;
	*) bash -c "set -- $line; printf %s \"\$3\"" >"$tmp/arg" 2>&1 ;;
	esac
	[ "$(cat "$tmp/arg")" = "$evil" ] && [ ! -e PWNED ] && [ ! -e x ]
	result "$1: $2" $? "$(cat "$tmp/got" "$tmp/arg")"
}

has_shell() {
	case $1 in
	bash-package) [ -f $package ] ;;
	*) command -v "$1" >/dev/null ;;
	esac && command -v zsh >/dev/null
}

# What all of them make of the same lines.
all_shells_do() { # shell
	usual_names
	becomes "$1" 'commands, options and values' <<-'END'
	pipetop pipel => pipetop pipelines <
	pipetop --read-only wat => pipetop --read-only watch <
	pipetop logs --foll => pipetop logs --follow <
	pipetop logs --color=al => pipetop logs --color=always <
	pipetop --theme high => pipetop --theme high-contrast <
	pipetop --region=me => pipetop --region=me-east-1 <
	pipetop runs --sort sta => pipetop runs --sort start_time <
	pipetop nonsense x => pipetop nonsense x<
	END
	becomes "$1" 'pipelines and runs' <<-'END'
	pipetop logs nig => pipetop logs nightly\ build <
	pipetop logs nightly\ b => pipetop logs nightly\ build <
	pipetop logs 订 => pipetop logs 订单\ 构建 <
	pipetop show 订单\ 构建 1 => pipetop show 订单\ 构建 12 <
	pipetop logs @f => pipetop logs @failed <
	pipetop logs 22 => pipetop logs 2222 <
	END
	becomes "$1" 'names that do not show as what they are go by their ids' <<-'END'
	pipetop logs two => pipetop logs two<
	pipetop logs bidi => pipetop logs bidi<
	pipetop logs 44 => pipetop logs 4444 <
	pipetop logs 55 => pipetop logs 5555 <
	END
	means "$1" 'a name that would do harm is a word' 'pipetop logs ev'
	: >"$tmp/afile"
	becomes "$1" 'files' <<-'END'
	pipetop --token-file afi => pipetop --token-file afile <
	END
	rm -rf "$tmp/cache"
	mkdir -p "$tmp/config/pipetop"
	echo 'profiles = ( oh' >"$tmp/config/pipetop/pipetop.conf"
	becomes "$1" 'no cache and a broken configuration' <<-'END'
	pipetop pipel => pipetop pipelines <
	pipetop logs nig => pipetop logs nig<
	pipetop --profile wo => pipetop --profile wo<
	END
	echo 'profiles: { working: { region = "cn-north-4"; }; };' >"$tmp/config/pipetop/pipetop.conf"
	becomes "$1" 'profiles of the configuration' <<-'END'
	pipetop --profile wo => pipetop --profile working <
	END
	rm "$tmp/config/pipetop/pipetop.conf"
}

for shell in bash bash-package zsh fish; do
	if has_shell $shell; then
		all_shells_do $shell
	else
		skip $shell "it is not installed, or zsh, whose terminal all need"
	fi
done

# ---- bash alone ----

if has_shell bash; then
	usual_names
	becomes bash 'quotes that are open are closed' <<-'END'
	pipetop logs "nig => pipetop logs "nightly build" <
	pipetop logs 'nig => pipetop logs 'nightly build' <
	END
	means bash 'the same name within double quotes' 'pipetop logs "ev'
	means bash 'and within single ones' "pipetop logs 'ev"
fi

# ---- what leaves names behind ----

names_of() { # a project of the simulator's has been listed with these options
	rm -rf "$tmp/cache"
	pipetop pipelines --all "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

cat >"$tmp/dashboard.zsh" <<'END'
zmodload zsh/zpty zsh/datetime zsh/zselect
zpty -b dashboard "stty rows 150 cols 80; exec pipetop $*"
local -F until=$(( EPOCHREALTIME + 60 ))
local seen= x quit=
while zpty -t dashboard && (( EPOCHREALTIME < until )); do
	zpty -rt dashboard x 2>/dev/null && seen+=$x || zselect -t 2
	if [[ -z $quit && $seen == *checkout-api* ]]; then
		quit=1 # once: when the terminal is given back, it would be a signal
		zpty -wn dashboard $'\x03'
	fi
done
print -r -- "${(V)seen}"
END

if [ -x "$build/pipetop-sim" ]; then
	mkfifo "$tmp/first"
	"$build/pipetop-sim" --port 0 --scenario demo >"$tmp/first" &
	sim=$!
	{ read -r _ _ PIPETOP_ENDPOINT && read -r _ PIPETOP_PROJECT; } <"$tmp/first"
	export PIPETOP_PROJECT
	names_of
	pipetop __complete words logs checkout-a | grep -q '^checkout-api	run [0-9]*$'
	result 'what a list has shown completes' $? "$(cat "$tmp/err" "$tmp/cache/pipetop/names")"
	[ "$(stat -c %a "$tmp/cache/pipetop/names" "$tmp/cache/pipetop" | tr '\n' ' ')" = '600 700 ' ]
	result 'for nobody else to read' $? "$(ls -la "$tmp/cache/pipetop")"
	pipetop runs checkout-api >"$tmp/out" 2>&1
	[ "$(pipetop __complete words show checkout-api '' | grep -c '^[0-9]')" -ge 20 ]
	result 'and so do the numbers of its runs' $? "$(cat "$tmp/cache/pipetop/names")"
	if has_shell zsh; then
		rm -rf "$tmp/cache"
		zsh -f "$tmp/dashboard.zsh" >"$tmp/out" 2>&1
		pipetop __complete words logs checkout-a | grep -q '^checkout-api	run [0-9]*$'
		result 'the dashboard leaves names, too' $? "$(cat "$tmp/out")"
	else
		skip 'the dashboard leaves names, too' 'zsh is not installed'
	fi
	names_of --no-cache
	pipetop logs @failed --no-cache >"$tmp/out" 2>"$tmp/err" || status=$?
	[ $status -eq 0 ] && [ -s "$tmp/out" ] && [ ! -e "$tmp/cache" ]
	result 'with --no-cache nothing is left' $? "$(cat "$tmp/err"; ls -laR "$tmp/cache" 2>&1)"
	if has_shell zsh; then
		rm -rf "$tmp/state"
		zsh -f "$tmp/dashboard.zsh" --no-cache >"$tmp/out" 2>&1
		grep -q checkout-api "$tmp/out" && [ ! -e "$tmp/cache" ] && [ ! -e "$tmp/state" ]
		result 'nor of the dashboard' $? "$(cat "$tmp/out"; ls -laR "$tmp/cache" "$tmp/state" 2>&1)"
	else
		skip 'nor of the dashboard' 'zsh is not installed'
	fi
	names_of --demo
	[ $status -eq 0 ] && [ ! -e "$tmp/cache/pipetop/names" ]
	result 'nor of a demo' $? "$(cat "$tmp/err"; ls -laR "$tmp/cache" 2>&1)"
	rm -rf "$tmp/cache"
	: >"$tmp/cache"
	pipetop pipelines --all >"$tmp/out" 2>"$tmp/err" && [ -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
	result 'a cache that cannot be written is no matter' $? "$(cat "$tmp/err")"
	rm -f "$tmp/cache"
fi

echo 1..$n
