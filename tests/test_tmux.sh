#!/bin/sh
# SPDX-License-Identifier: MIT
# The real binary in tmux, with the terminal types that people have: it draws, answers keys,
# survives a resize and a lost server, and gives the terminal back as it was.
set -u
build=${top_builddir:-.}
tmp=$(mktemp -d) || exit 1
export XDG_CACHE_HOME="$tmp/cache" XDG_STATE_HOME="$tmp/state" XDG_CONFIG_HOME="$tmp/config"
unset TMUX PIPETOP_ENDPOINT PIPETOP_PROJECT PIPETOP_TOKEN NO_COLOR
socket="$tmp/tmux"
n=0

if [ ! -x "$build/pipetop-sim" ]; then
	echo '1..0 # SKIP built without the simulator'
	rm -rf "$tmp"
	exit 0
fi

mux() { tmux -S "$socket" -f /dev/null "$@"; }
finish() {
	mux kill-server >/dev/null 2>&1
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

screen() { mux capture-pane -p -t t 2>/dev/null; }
flags() {
	mux display -p -t t '#{alternate_on} #{cursor_flag} #{keypad_flag} #{keypad_cursor_flag} #{mouse_any_flag} #{wrap_flag} #{insert_flag}'
}
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() {
	n=$((n + 1))
	echo "not ok $n - $1"
	screen | sed 's/^/# /'
}

# Waits until the screen matches (or, with !, no longer matches) a pattern: 20 s at most.
wait_for() { # name, pattern
	end=$(($(date +%s) + 20))
	while [ "$(date +%s)" -le $end ]; do
		screen >"$tmp/screen"
		case $2 in
		!*) grep -qE -- "${2#!}" "$tmp/screen" || { ok "$1"; return 0; } ;;
		*) grep -qE -- "$2" "$tmp/screen" && { ok "$1"; return 0; } ;;
		esac
	done
	not_ok "$1"
	return 1
}

smoke() { # TERM
	mux -u new-session -d -s t -x 80 -y 24 "exec sh" || { not_ok "$1: tmux starts"; return; }
	mux send-keys -t t "PS1='\$ '; stty -g > $tmp/tty.before; clear; echo rea''dy" Enter
	wait_for "$1: a shell" '^ready$'
	before=$(flags)
	mux send-keys -t t "TERM=$1 $build/pipetop --demo" Enter
	wait_for "$1: the first screen has columns and a badge" 'LIVE upd'
	wait_for "$1: something fails, as every day" 'failed'
	mux send-keys -t t '!'
	wait_for "$1: ! shows an error line of the newest failure" '^! +-?[0-9]+'
	mux send-keys -t t z
	wait_for "$1: z makes the log the whole screen" 'wrap off'
	mux resize-window -t t -x 200 -y 60
	wait_for "$1: it follows a resize" 'wrap off'
	mux resize-window -t t -x 30 -y 6
	wait_for "$1: too small says so" ': needs 40x8'
	mux resize-window -t t -x 80 -y 24
	mux send-keys -t t q
	wait_for "$1: back in the tree" 'NAME +STATE'
	mux send-keys -t t '?'
	wait_for "$1: help" 'Help for '
	mux send-keys -t t q
	wait_for "$1: help is left" 'NAME +STATE'
	mux send-keys -t t C-z
	wait_for "$1: Ctrl+Z gives the shell" 'Stopped|suspended|\[1\]'
	mux send-keys -t t "clear; fg; echo status=\$?; stty -g > $tmp/tty.after; echo do''ne" Enter
	wait_for "$1: fg brings it back" 'NAME +STATE'
	mux send-keys -t t q
	wait_for "$1: q quits with status 0" 'status=0'
	wait_for "$1: the shell goes on" '^done$'
	after=$(flags)
	if [ "$before" = "$after" ] && cmp -s "$tmp/tty.before" "$tmp/tty.after"; then
		ok "$1: the terminal is as it was"
	else
		not_ok "$1: the terminal is as it was ($before / $after)"
	fi
	mux kill-session -t t
}

# The screen with its colours, as long as it takes to match (or, with !, not to): 20 s at most.
wait_for_look() { # name, pattern
	end=$(($(date +%s) + 20))
	while [ "$(date +%s)" -le $end ]; do
		mux capture-pane -e -p -t t 2>/dev/null | sed "s/$(printf '\033')/^/g" >"$tmp/look"
		case $2 in
		!*) grep -qE -- "${2#!}" "$tmp/look" || { ok "$1"; return 0; } ;;
		*) grep -qE -- "$2" "$tmp/look" && { ok "$1"; return 0; } ;;
		esac
	done
	not_ok "$1"
	return 1
}

begin() { # words before the program, words after
	mux -u new-session -d -s t -x 100 -y 24 "exec sh" || { not_ok "$1: tmux starts"; return; }
	mux send-keys -t t "$1 $build/pipetop --demo $2" Enter
	wait_for "$1 $2: the first screen" 'LIVE upd'
}

end() {
	mux send-keys -t t q
	wait_for "$1 it is left" '!LIVE upd'
	mux kill-session -t t
}

# What is sent for a failed run in the theme `dark`, #ff5f5f and bold.
depth() { # TERM, pattern
	begin "TERM=$1" '--theme dark'
	wait_for_look "$1: failed is in the nearest colour there is" "$2"
	end "$1:"
}

without_colour() { # NO_COLOR's value, pattern of what is seen
	begin "NO_COLOR=$1 TERM=xterm-256color" ''
	wait_for_look "NO_COLOR=$1 is heeded" "$2"
	end "NO_COLOR=$1:"
}

check() { # name, what must hold within 20 s
	name=$1
	shift
	end=$(($(date +%s) + 20))
	while [ "$(date +%s)" -le $end ]; do
		"$@" && { ok "$name"; return 0; }
	done
	not_ok "$name"
	return 1
}
copied() { [ "$(mux show-buffer 2>/dev/null | od -An -c | tr -d ' \n')" = '033a;\n377' ]; }
mouse_is() { [ "$(mux display -p -t t '#{mouse_any_flag}#{mouse_sgr_flag}')" = "$1" ]; }
all_ascii() { ! screen | LC_ALL=C grep -q '[^ -~]'; }

# The probe says things to tmux beside its frames; tmux tells what it understood.
asides() {
	mux -u new-session -d -s t -x 80 -y 24 "top_srcdir='${top_srcdir:-.}' exec $build/tests/term_probe"
	mux set -s set-clipboard on
	wait_for "the probe's first screen" hello
	mux send-keys -t t Y
	wait_for "the probe has copied" 'key 0059'
	check 'tmux has what was copied' copied
	mux send-keys -t t M
	check 'tmux sees the mouse asked for' mouse_is 11
	mux send-keys -t t M
	check 'and given back' mouse_is 00
	mux send-keys -t t N
	wait_for "a note leaves the screen alone" 'key 004e'
	wait_for "and the frame is whole" '^hello$'
	mux kill-session -t t
}

# A session that stays, so that the server does not end with each of ours as the next begins.
mux -u new-session -d -s keep 'exec cat' || not_ok 'tmux starts'
for type in xterm-256color tmux-256color linux vt100; do
	smoke "$type"
done
depth xterm '\^\[1m\^\[31mfailed'
depth xterm-16color '\^\[1m\^\[91mfailed'
depth xterm-256color '\^\[1m\^\[38;5;203mfailed'
depth xterm-direct '\^\[1m\^\[38;2;255;95;95mfailed'
depth tmux-direct '\^\[1m\^\[38;2;255;95;95mfailed'
without_colour 1 '!\^\[[0-9;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]'
without_colour '' '\^\[[0-9;]*91m'
begin 'LC_ALL=C TERM=xterm-256color' ''
wait_for 'without UTF-8: a failed run in ASCII' '^ x [ -~]* failed'
check 'and nothing else on the screen' all_ascii
end 'LC_ALL=C:'
begin 'TERM=xterm-256color' '--ambiguous wide'
wait_for 'ambiguous characters wide: no lines drawn by them' '!│|─'
wait_for 'but symbols, which are not of those' '✗'
end 'ambiguous:'
asides
echo "1..$n"
