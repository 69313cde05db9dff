"""What reaches the terminal: data on stdout, everything else on stderr, no foreign controls."""

from __future__ import annotations

import sys
import unicodedata

# Bidirectional overrides and invisible marks reorder or hide what a reader sees.
_HIDDEN = frozenset("\u061c\u200b\u200e\u200f\u2028\u2029\u2060\ufeff")
_BIDI = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def clean(text: str) -> str:
    """`text` with everything that steers a terminal shown by its code; line ends and tabs stay."""
    return "".join(_shown(character) for character in text)


def say(text: str) -> None:
    """One line for people, on stderr."""
    print(clean(text), file=sys.stderr, flush=True)


def _shown(character: str) -> str:
    if character in "\n\t":
        return character
    if (
        character in _HIDDEN
        or character in _BIDI
        or unicodedata.category(character) in ("Cc", "Cs")
    ):
        code = ord(character)
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return character
