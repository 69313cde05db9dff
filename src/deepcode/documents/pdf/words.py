"""Lines of print to running text: words broken at line ends joined, Markdown kept harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from deepcode.documents.pdf.page import Line, Run

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_BROKEN = re.compile(r"([A-Za-z]+(?:-[A-Za-z]+)*)-$")
_NEXT = re.compile(r"([A-Za-z]+)")
_UNSAFE_START = re.compile(r"(#{1,6}\s|`{3}|~{3}|>)")
# Long words end before this many letters.
_MAX_WORD = 60


class Words:
    """Knows the words of a document, to tell `self-` + `improving` from `refin-` + `ing`."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._known: set[str] = set()
        for text in texts:
            found = _WORD.findall(text)
            # the last word of a line may be half a word
            self._known.update(word.lower() for word in found[: -1 if text.endswith("-") else None])

    def join(self, before: str, after: str) -> str:
        """Two lines of one paragraph as running text."""
        broken, follows = _BROKEN.search(before[-_MAX_WORD:]), _NEXT.match(after)
        if not broken or not follows:
            return f"{before} {after}"
        head, tail = broken[1].lower(), follows[1].lower()
        last = head.rpartition("-")[2]
        if f"{head}-{tail}" in self._known and last + tail not in self._known:
            return before + after
        if follows[1][0].isupper() or ("-" in head and last + tail not in self._known):
            return before + after
        return before[:-1] + after

    def paragraph(self, lines: Sequence[str]) -> str:
        """Many lines as running text."""
        text = ""
        for line in lines:
            text = self.join(text, line) if text else line
        return text


def marked_text(line: Line) -> str:
    """A line's text with names in fixed-width type in back-ticks."""
    runs = []
    for run in line.runs:
        # a run is reported in the type of its first letter: only single words can be trusted
        if run.mono and not set(run.text) & set("`$ "):
            runs.append(_with_text(run, f"`{run.text}`"))
        else:
            runs.append(run)
    return Line(tuple(runs), line.page, line.left, line.right).text.replace("` `", " ")


def bold_start(line: Line) -> str:
    """The bold words that open a paragraph as its own small heading; empty when there are none."""
    opening = []
    for run in line.runs:
        if not run.bold:
            break
        opening.append(run)
    text = " ".join(run.text for run in opening)
    return text if 0 < len(opening) < len(line.runs) and text[-1] in ".:?" else ""


def harmless(text: str) -> str:
    """A paragraph that cannot be taken for a heading, a fence or a quotation."""
    return "\\" + text if _UNSAFE_START.match(text) else text


def _with_text(run: Run, text: str) -> Run:
    return Run(
        text, run.x0, run.y0, run.x1, run.y1, run.size, run.bold, run.mono, run.maths, run.turned
    )
