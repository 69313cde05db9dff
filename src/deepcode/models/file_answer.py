"""Reads answers that hold files and edits as plain text, so that any model can give them.

=== FILE pkg/core.py              === EDIT pkg/core.py
purpose: one sentence             <<<<<<< OLD
used by: a.py, b.py               the lines as they are
units: EQ-1, HP-2                 =======
---                               the lines as they should be
the text of the file              >>>>>>> NEW
=== END pkg/core.py               === END pkg/core.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deepcode.artifacts.memory import WrittenFile

_BLOCK = re.compile(
    r"^=== (FILE|EDIT|CHALLENGE) (\S[^\n]*?)[ \t]*\n(.*?)^=== END\b[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
_OPENING = re.compile(r"^=== (?:FILE|EDIT|CHALLENGE) (\S[^\n]*?)[ \t]*$", re.MULTILINE)
_HUNK = re.compile(
    r"^<<<<<<< OLD[ \t]*\n(.*?)^=======[ \t]*\n(.*?)^>>>>>>> NEW[ \t]*$", re.MULTILINE | re.DOTALL
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FENCE = re.compile(r"\A```[\w+-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_HEADER = re.compile(r"\A(?:[ \t]*(purpose|used by|units)[ \t]*:[ \t]*([^\n]*)\n)", re.IGNORECASE)


_RULE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HUNK_BEGIN = re.compile(r"^<<<<<<< OLD[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Hunk:
    """One passage to be replaced."""

    old: str
    """Whole lines as they stand, with line ends."""
    new: str
    """Whole lines to put there; empty to delete."""


@dataclass(frozen=True)
class FileEdits:
    """The hunks for one file."""

    path: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True)
class Challenge:
    """An argument that a test contradicts the document."""

    test_id: str
    argument: str


@dataclass(frozen=True)
class FileAnswer:
    """What an answer holds."""

    files: tuple[WrittenFile, ...]
    edits: tuple[FileEdits, ...]
    challenges: tuple[Challenge, ...] = ()


def read_file_answer(text: str) -> FileAnswer:
    """The files and edits in an answer; prose between them is ignored.

    Raises:
        ValueError: A block was begun and not ended (the answer was cut), an edit has no hunk, or
            the text holds what no file can.
    """
    if _UNSTORABLE.search(text):
        message = "the answer holds a NUL or half of a surrogate pair; write it as an escape"
        raise ValueError(message)
    text = text.replace("\r\n", "\n") + "\n"
    blocks = list(_BLOCK.finditer(text))
    ended = {match.start(): match for match in blocks if not _OPENING.search(match[3])}
    for opening in _OPENING.finditer(text):
        if opening.start() not in ended:
            message = f"the block of `{opening[1]}` has no `=== END` line; give it whole"
            raise ValueError(message)
    return FileAnswer(
        files=tuple(_file(match[2], match[3]) for match in blocks if match[1] == "FILE"),
        edits=tuple(_edits(match[2], match[3]) for match in blocks if match[1] == "EDIT"),
        challenges=tuple(
            Challenge(match[2].strip("`"), match[3].strip())
            for match in blocks
            if match[1] == "CHALLENGE"
        ),
    )


def _file(path: str, body: str) -> WrittenFile:
    head: dict[str, str] = {}
    while match := _HEADER.match(body):
        head[match[1].lower()] = match[2].strip()
        body = body[match.end() :]
    # without header lines a first `---` still ends the header, unless a second one makes it the
    # front matter of the file itself
    if head or len(_RULE.findall(body)) == 1:
        body = re.sub(r"\A[ \t]*---[ \t]*\n", "", body)
    fence = _FENCE.match(body)
    return WrittenFile(
        path=path.strip("`"),
        text=_ended(fence[1] if fence else body),
        purpose=head.get("purpose", ""),
        used_by=tuple(_listed(head.get("used by", ""))),
        units=tuple(_listed(head.get("units", ""))),
    )


def _edits(path: str, body: str) -> FileEdits:
    hunks = tuple(Hunk(match[1], match[2]) for match in _HUNK.finditer(body))
    if not hunks:
        message = f"the edit of `{path}` has no `<<<<<<< OLD ... ======= ... >>>>>>> NEW` hunk"
        raise ValueError(message)
    if len(_HUNK_BEGIN.findall(body)) != len(hunks):
        message = f"a hunk in the edit of `{path}` has no `=======` or no `>>>>>>> NEW` line"
        raise ValueError(message)
    return FileEdits(path.strip("`"), hunks)


def _ended(text: str) -> str:
    """One line end at the end; an empty file stays empty."""
    stripped = text.rstrip("\n")
    return f"{stripped}\n" if stripped else ""


def _listed(text: str) -> Iterator[str]:
    for item in re.split(r"[,;\s]+", text):
        if item.strip("`-") and item.lower() not in ("none", "(none)"):
            yield item.strip("`")
