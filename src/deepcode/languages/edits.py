"""Text edits of the Language Server Protocol, applied exactly as its specification says.

Above it, the repair of phase 3 turns findings into edits; below it is only text.

Source: LSP 3.17, "Text Documents", "Position", "TextEdit[]".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lsprotocol.types import Position, TextEdit

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """Where the lines of a text begin and end; LF, CR LF and CR end a line."""

    def __init__(self, text: str, encoding: PositionEncoding = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        ends = list(_LINE_END.finditer(text))
        self.starts = [0, *(end.end() for end in ends)]
        self.ends = [*(end.start() for end in ends), len(text)]

    def offset(self, position: Position) -> int:
        """Character offset of a position.

        A character beyond the line's end means the line's end, a line beyond the last the end of
        the text, and a place inside a character that character's start.
        """
        if position.line >= len(self.starts):
            return len(self.text)
        start, end = self.starts[position.line], self.ends[position.line]
        line = self.text[start:end]
        if self.encoding == "utf-32" or (self.encoding == "utf-16" and line.isascii()):
            return start + min(position.character, len(line))
        units = 0
        for index, character in enumerate(line):
            units += _units(character, self.encoding)
            if units > position.character:
                return start + index
        return end

    def position(self, offset: int) -> Position:
        """The position of a character offset between 0 and the text's length."""
        from lsprotocol.types import Position

        line = bisect_right(self.starts, offset) - 1
        before = self.text[self.starts[line] : offset]
        if self.encoding == "utf-32":
            return Position(line, len(before))
        return Position(line, sum(_units(character, self.encoding) for character in before))


def apply_edits(
    text: str, edits: Sequence[TextEdit], *, encoding: PositionEncoding = "utf-16"
) -> str:
    """Apply edits that all refer to `text` as it is, whatever their order.

    Args:
        text: Any text; its line ends stay as they are.
        edits: Several insertions at one place stay in their order, before a replacement there.
        encoding: What a position's `character` counts.

    Raises:
        ValueError: Two edits overlap, or one ends before it starts.
    """
    lines = Lines(text, encoding)
    spans = []
    for edit in edits:
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        if end < start:
            message = f"edit at {_place(edit)} ends before it starts; exchange start and end"
            raise ValueError(message)
        spans.append((start, end, edit))
    # at one place insertions come first; the sort is stable, so they keep their order
    spans.sort(key=lambda span: (span[0], span[1] > span[0]))
    pieces, done = [], 0
    for index, (start, end, edit) in enumerate(spans):
        if start < done:
            message = (
                f"edits at {_place(spans[index - 1][2])} and {_place(edit)} overlap; join them"
            )
            raise ValueError(message)
        pieces += [text[done:start], edit.new_text]
        done = end
    return "".join([*pieces, text[done:]])


def _units(character: str, encoding: PositionEncoding) -> int:
    if encoding == "utf-8":
        return len(character.encode("utf-8", "surrogatepass"))
    return 2 if ord(character) > 0xFFFF else 1


def _place(edit: TextEdit) -> str:
    start = edit.range.start
    return f"`{start.line + 1}:{start.character + 1}`"
