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
	wait_for "$1: help" 'Keys '
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

for type in xterm-256color tmux-256color linux vt100; do
	smoke "$type"
done
echo "1..$n"
