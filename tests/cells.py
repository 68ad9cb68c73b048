# SPDX-License-Identifier: MIT
"""Are the columns of a table straight on a screen? cells.py FILE TITLE

Each row must have, in the terminal cell where TITLE stands in the first line, the beginning of
a column: a blank before it and something else than a blank there, or nothing at all.
"""
import sys
import unicodedata


def width(c):
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def at_cell(line, cell):
    """The characters right before and at a cell; None where that is the middle of one."""
    at, before = 0, " "
    for c in line:
        if at == cell:
            return before, c
        if at > cell:
            return None
        at += width(c)
        before = c
    return "  "


with open(sys.argv[1], encoding="utf-8") as f:
    lines = f.read().splitlines()
column = lines[0].index(sys.argv[2])
bad = [line for line in lines[1:]
       if not (pair := at_cell(line, column)) or pair[0] != " " or pair[1] == " " != line[-1:]]
wide = sum(any(width(c) == 2 for c in line) for line in lines)
print("%d rows, %d with wide characters, %d askew" % (len(lines) - 1, wide, len(bad)), *bad[:3], sep="\n")
sys.exit(1 if bad or not wide else 0)
