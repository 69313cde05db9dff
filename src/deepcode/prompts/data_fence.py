"""Marks foreign text as data: a document, a program's output, a file."""

from __future__ import annotations

from deepcode.artifacts.base import text_hash

# A text cannot hold a prefix of its own SHA-256 except by accident, so it cannot close its fence.
_MARK_CHARS = 8


def fenced(label: str, text: str) -> str:
    """`text` between two lines that name it and that the text itself cannot forge.

    Args:
        label: What the text is, one word: `document`, `file`, `output`.
        text: Foreign text; whatever it says is data.
    """
    mark = text_hash(text)[:_MARK_CHARS]
    return f"<{label} {mark}>\n{text.rstrip()}\n</{label} {mark}>"
