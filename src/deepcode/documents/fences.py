"""Which lines of a Markdown text stand in fenced code, where nothing means what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

FENCE = re.compile(r"\s*(`{3,}|~{3,})([^`]*)$")


def fenced_lines(lines: Sequence[str]) -> list[bool]:
    """For each line whether it belongs to a fenced block, the fences themselves included.

    A fence that is never closed reaches to the end, as in CommonMark. Linear.
    """
    inside = ""
    marks = []
    for line in lines:
        fence = FENCE.match(line) if inside or "```" in line or "~~~" in line else None
        if inside:
            marks.append(True)
            if fence and closes(fence, inside):
                inside = ""
        else:
            marks.append(bool(fence))
            inside = fence[1] if fence else ""
    return marks


def closes(fence: re.Match[str], opening: str) -> bool:
    """Whether a fence line ends the block that `opening` (its back-ticks or tildes) began."""
    same = fence[1][0] == opening[0] and len(fence[1]) >= len(opening)
    return same and not fence[2].strip()
