"""Bytes to clean text: UTF-8, LF, NFC, nothing that a terminal, JSON or an index chokes on.

Used by every format reader. What is removed without a trace in print (invisible characters) is
counted, because hidden text is a way to talk to a model behind the reader's back.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

# Unicode calls a text stream-safe when no run of marks is longer than 30; ordering longer runs
# costs quadratic time.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
)
_LONG_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Zero-width space and joiner, byte-order mark, direction overrides, and the tag characters.
_INVISIBLE = re.compile(
    "[\u200b\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


class Cleaned(NamedTuple):
    """Clean text, and how many invisible characters it had."""

    text: str
    invisible: int


def decode(data: bytes) -> str | None:
    """Read bytes as text: UTF-16 by its mark, else UTF-8, else Windows-1252.

    Returns:
        The text, or None when the bytes are not text at all.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    # Two stray NUL bytes are a slip, more are a binary format.
    if data.count(0) > 2:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data.decode("utf-8-sig", "replace")
    controls = sum(data.count(byte) for byte in range(9)) + sum(map(data.count, range(14, 27)))
    if controls > len(data) // 100:
        return None
    return data.decode("cp1252", "replace")


def clean(text: str) -> Cleaned:
    r"""Make text canonical: LF, NFC, no control or invisible characters, no lone surrogates.

    Line ends of every kind become LF, and the number of lines stays what `str.split("\n")` of the
    result says. Linear in the length of `text`.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("", text)
    text, invisible = _INVISIBLE.subn("", text)
    text = _LONG_MARKS.sub(r"\1", text)
    return Cleaned(unicodedata.normalize("NFC", text), invisible)


def invisible_warning(name: str, count: int) -> tuple[str, ...]:
    """The warning that goes with removed invisible characters; empty for none."""
    return (f"`{name}`: {count} invisible characters were removed",) if count else ()
