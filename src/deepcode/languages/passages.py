"""From a passage that someone quotes to the edit that replaces it.

A model quotes old code nearly right: trailing blanks and indentation drift. An exact and unique
match is taken as it is; otherwise lines are compared without trailing blanks and with a uniform
shift of indentation, and the new text is shifted the same way. Anything less sure is refused.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deepcode.languages.edits import Lines

if TYPE_CHECKING:
    from lsprotocol.types import TextEdit

# Below this a "closest" place is noise: two unrelated lines of code share about half their letters.
_CLOSE_RATIO = 0.6


@dataclass(frozen=True)
class _Match:
    """Lines `[first, last]` of a text, and the indentation to exchange in the new text."""

    first: int
    last: int
    removed: str
    added: str


def edit_for(text: str, old: str, new: str) -> TextEdit:
    """The edit that replaces the one place where `old` stands in `text` by `new`.

    Args:
        text: The file as it is.
        old: A passage of it; white space at line ends and a uniform indentation may differ. Empty
            only for an empty file.
        new: What stands there afterwards; takes over the file's line ends and indentation.

    Raises:
        ValueError: `old` stands nowhere (the message names the closest lines) or several times
            (it names the lines of each).
    """
    if not old.strip():
        if text.strip():
            message = "the old passage is empty; quote the lines to replace"
            raise ValueError(message)
        return _edit(text, 0, len(text), new)
    crlf = "\r\n" in text
    if crlf:
        old, new = _with_crlf(old), _with_crlf(new)
    places = _occurrences(text, old)
    if len(places) == 1:
        return _edit(text, places[0], places[0] + len(old), new)
    if places:
        raise ValueError(_several(text, places))
    return _loose_edit(text, old, new)


def _edit(text: str, start: int, end: int, new: str) -> TextEdit:
    from lsprotocol.types import Range, TextEdit

    lines = Lines(text)
    return TextEdit(range=Range(lines.position(start), lines.position(end)), new_text=new)


def _with_crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def _occurrences(text: str, old: str) -> list[int]:
    places, start = [], text.find(old)
    while start >= 0:
        places.append(start)
        start = text.find(old, start + 1)
    return places


def _several(text: str, places: list[int]) -> str:
    lines = Lines(text)
    where = ", ".join(str(lines.position(place).line + 1) for place in places[:10])
    return (
        f"the old passage stands {len(places)} times, at lines {where}; "
        "quote more lines around the one that is meant"
    )


def _loose_edit(text: str, old: str, new: str) -> TextEdit:
    lines = Lines(text)
    content = [text[start:end] for start, end in zip(lines.starts, lines.ends, strict=True)]
    wanted = re.split(r"\r\n|\r|\n", old.strip("\r\n"))
    while wanted and not wanted[0].strip():
        del wanted[0]
    while wanted and not wanted[-1].strip():
        del wanted[-1]
    matches = _loose_matches(content, wanted)
    if not matches:
        raise ValueError(_nowhere(content, wanted))
    if len(matches) > 1:
        raise ValueError(_several(text, [lines.starts[match.first] for match in matches]))
    found = matches[0]
    line_end = "\r\n" if "\r\n" in text else "\n"
    shifted = _shifted(new.strip("\r\n"), found, line_end)
    if shifted or found.last + 1 >= len(content):
        return _edit(text, lines.starts[found.first], lines.ends[found.last], shifted)
    # nothing takes the lines' place, so the last line end goes as well
    return _edit(text, lines.starts[found.first], lines.starts[found.last + 1], "")


def _loose_matches(content: list[str], wanted: list[str]) -> list[_Match]:
    size = len(wanted)
    target, removed = _without_indent(wanted)
    found = []
    for first in range(len(content) - size + 1):
        if content[first].strip() != target[0].strip():
            continue
        window, added = _without_indent(content[first : first + size])
        if window == target:
            found.append(_Match(first, first + size - 1, removed, added))
    return found


def _without_indent(lines: list[str]) -> tuple[list[str], str]:
    """Lines without trailing blanks and common indentation, and that indentation."""
    filled = [line for line in lines if line.strip()]
    indent = _common_indent(filled)
    return [line[len(indent) :].rstrip() if line.strip() else "" for line in lines], indent


def _common_indent(lines: list[str]) -> str:
    indents = [line[: len(line) - len(line.lstrip())] for line in lines]
    if not indents:
        return ""
    low, high = min(indents), max(indents)
    size = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:size]


def _shifted(new: str, match: _Match, line_end: str) -> str:
    lines = re.split(r"\r\n|\r|\n", new)
    moved = []
    for line in lines:
        if not line.strip():
            moved.append("")
        elif line.startswith(match.removed):
            moved.append(match.added + line[len(match.removed) :])
        else:
            # less indented than the old passage ever was: keep it relative to the left edge
            moved.append(_outdented(line, match))
    return line_end.join(moved)


def _outdented(line: str, match: _Match) -> str:
    body = line.lstrip()
    missing = len(match.removed) - (len(line) - len(body))
    return match.added[: max(0, len(match.added) - missing)] + body


def _nowhere(content: list[str], wanted: list[str]) -> str:
    first, ratio = _closest(content, wanted)
    if ratio < _CLOSE_RATIO:
        return "the old passage stands nowhere in the file, and nothing is close; read it again"
    last = min(first + len(wanted), len(content))
    shown = "\n".join(content[first:last])
    return (
        f"the old passage stands nowhere in the file; closest are lines {first + 1}-{last} "
        f"({ratio:.0%} alike), which read:\n{shown}"
    )


def _closest(content: list[str], wanted: list[str]) -> tuple[int, float]:
    """First line of the window most like `wanted`, and how alike it is, 0.0-1.0."""
    target = [line.strip() for line in wanted]
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2("\n".join(target))
    best, best_ratio = 0, 0.0
    for first in range(max(1, len(content) - len(target) + 1)):
        window = "\n".join(line.strip() for line in content[first : first + len(target)])
        matcher.set_seq1(window)
        # the quick ratio is an upper bound, so most windows need no full comparison
        if matcher.quick_ratio() > best_ratio and (ratio := matcher.ratio()) > best_ratio:
            best, best_ratio = first, ratio
    return best, best_ratio
