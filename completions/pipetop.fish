# SPDX-License-Identifier: MIT
# Completion of pipetop for fish. The program itself knows the answers, and asks nothing of the
# network; fish quotes them.

function __pipetop_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l word (string unescape -- "$typed" 2>/dev/null)
    or set word (string replace -r '^[\'"]' '' -- "$typed")
    for line in (command pipetop __complete words $words[2..-1] "$word" 2>/dev/null </dev/null)
        if test "$line" = \tfiles
            set -l before (string match -r '^--[^=]*=' -- "$word")
            for path in (__fish_complete_path (string replace -- "$before" '' "$word"))
                printf '%s%s\n' "$before" $path
            end
        else
            printf '%s\n' $line
        end
    end
end

complete -c pipetop -f -k -a '(__pipetop_complete)'
