# SPDX-License-Identifier: MIT
# Completion of pipetop for bash. The program itself knows the answers; it quotes them as the line
# needs it, and asks nothing of the network. The line goes there as it was typed, because bash cuts
# words at characters that names and options have in them.

_pipetop()
{
	local reply
	COMPREPLY=()
	while IFS= read -r reply; do
		if [[ $reply == $'\tfiles' ]]; then
			compopt -o default
		else
			COMPREPLY+=("$reply")
		fi
	done < <(command pipetop __complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
}

complete -o nosort -F _pipetop pipetop 2>/dev/null || complete -F _pipetop pipetop
