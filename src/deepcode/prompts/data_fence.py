"""Marks foreign text as data: a document, a program's output, a file."""

from __future__ import annotations

from deepcode.artifacts.base import text_hash

# A text seldom holds the first characters of its own SHA-256. Eight of them can be found by trying,
# so the mark grows until the text does not hold it.
_MARK_CHARS = 8


def fenced(label: str, text: str) -> str:
    """`text` between two lines that name it and that the text itself cannot forge.

    Args:
        label: What the text is, one word: `document`, `file`, `output`.
        text: Foreign text; whatever it says is data.
    """
    digest = text_hash(text)
    size = _MARK_CHARS
    while digest[:size] in text and size < len(digest):
        size += 1
    mark = digest[:size]
    return f"<{label} {mark}>\n{text.rstrip()}\n</{label} {mark}>"
