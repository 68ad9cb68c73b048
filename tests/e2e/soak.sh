#!/bin/sh
# SPDX-License-Identifier: MIT
# soak.sh [MINUTES [BUILD]]: runs `pipetop --demo` in tmux for so long (60), pressing keys all the
# time: moves, logs, searches, histories, layouts. Prints the memory of pipetop and of its
# simulator each minute and fails when, after a warm-up of a third, either grows by more
# than 4 MB in an hour. Needs tmux; not part of `make check`.
set -u
minutes=${1:-60}
build=${2:-.}
socket=$(mktemp -u "${TMPDIR:-/tmp}/pipetop-soak-XXXXXX")
table=$(mktemp "${TMPDIR:-/tmp}/pipetop-soak-XXXXXX") || exit 1
widths='80x24 100x30 130x40 200x60 110x24 60x20'

mux() {
	tmux -S "$socket" -f /dev/null "$@"
}

finish() {
	mux kill-server 2>/dev/null
	rm -f "$table"
}
trap finish EXIT INT TERM

mux new-session -d -x 80 -y 24 "exec '$build/pipetop' --demo" || exit 1
mux set -g status off
mux set -g remain-on-exit on
pid=$(mux display -p '#{pane_pid}')

rss() { # pid: KiB, 0 when it is gone
	awk '/^VmRSS/ { kb = $2 } END { print kb + 0 }' "/proc/$1/status" 2>/dev/null || echo 0
}

press() {
	for key in "$@"; do
		mux send-keys "$key"
	done
}

# One round of what an operator does, about four seconds long. Escape goes back and never quits.
round() {
	case $(($1 % 10)) in
	0) press '!' && sleep 2 && press e E Enter Enter Escape Escape ;;
	1) press F && sleep 2 && press k k G Escape Escape ;;
	2) press j j j Enter && sleep 1 && press Escape Escape ;;
	3) press H && sleep 1 && press j j j && sleep 1 && press H Escape ;;
	4) press / a p i Enter && sleep 1 && press Escape ;;
	5) press '>' i && sleep 1 && press i '<' ;;
	6) press : g r o u p s Enter && sleep 2 && press : g r o u p s Enter ;;
	7) press a && sleep 2 && press Escape ;;
	8) press '?' && sleep 1 && press Escape W ;;
	9) press Space g G g z z ;;
	esac
	# shellcheck disable=SC2086 # a list of words on purpose
	set -- $widths "$1"
	shift $(($7 % 6))
	mux resize-window -x "${1%x*}" -y "${1#*x}"
	sleep 2
}

child=$(pgrep -P "$pid" | head -n 1)
start=$(date +%s)
n=0
next=0
echo "minute  pipetop KiB  simulator KiB"
while :; do
	at=$(($(date +%s) - start))
	if [ "$at" -ge "$next" ]; then
		line="$((at / 60)) $(rss "$pid") $(rss "${child:-0}")"
		echo "$line" | tee -a "$table"
		next=$((next + 60))
	fi
	[ "$at" -ge $((minutes * 60)) ] && break
	if [ "$(mux display -p '#{pane_dead}')" = 1 ]; then
		mux display -p "pipetop ended after $at s: status #{pane_dead_status} #{pane_dead_signal}" >&2
		exit 1
	fi
	round "$n"
	n=$((n + 1))
done

# The slope of a straight line through what came after the warm-up, in KiB an hour.
awk -v warm=$((minutes / 3)) '
$1 >= warm { for (i = 2; i <= 3; i++) { sx[i] += $1; sy[i] += $i; sxx[i] += $1 * $1; sxy[i] += $1 * $i }; n++ }
END {
	for (i = 2; i <= 3; i++) {
		d = n * sxx[i] - sx[i] * sx[i]
		slope = d ? 60 * (n * sxy[i] - sx[i] * sy[i]) / d : 0
		printf "%s: %+.0f KiB an hour\n", i == 2 ? "pipetop" : "simulator", slope
		bad += slope > 4096
	}
	exit bad > 0
}' "$table"
