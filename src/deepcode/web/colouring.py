"""Colours source text enough to read it: comments, texts, numbers, words of the language.

One regular expression without backtracking, because hostile text must not stop the report, and
because a full lexer takes longer than the rest of the page (240 kB/s; this one 5 MB/s or so).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

# The closing mark is optional everywhere: an alternative that cannot fail is never tried twice.
_TRIPLE = (
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*(?:""")?',
    r"'''(?:[^'\\]|\\[\s\S]|'(?!''))*(?:''')?",
)
_QUOTED = (r'"(?:[^"\\\n]|\\.)*"?', r"'(?:[^'\\\n]|\\.)*'?")
_TEMPLATE = r"`(?:[^`\\]|\\[\s\S])*`?"
_NUMBER = r"(?<![\w.])\d[\w.]*"
_WORD = r"[A-Za-z_]\w*"


def _pattern(comment: str, *texts: str) -> re.Pattern[str]:
    text = "|".join(texts)
    return re.compile(f"(?P<c>{comment})|(?P<s>{text})|(?P<n>{_NUMBER})|(?P<k>{_WORD})")


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HASHED = _pattern(r"\#[^\n]*", *_TRIPLE, *_QUOTED)
_SLASHED = _pattern(r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?", *_QUOTED, _TEMPLATE)

_PYTHON_WORDS = frozenset([*keyword.kwlist, *keyword.softkwlist]) - {"_"}
_SCRIPT_WORDS = _words(
    "async await break case catch class const continue default delete do else export extends "
    "false finally for from function if implements import in instanceof interface let new null "
    "of return static super switch this throw true try type typeof undefined var void while yield"
)
_SHELL_WORDS = _words("case do done elif else esac exit fi for function if in set then")
_VALUES = _words("true false null")

# For the eye only: a file that is not here, or is coloured a little wrong, loses nothing.
_LOOKS = (
    ((".py", ".pyi"), _HASHED, _PYTHON_WORDS),
    ((".sh", ".bash"), _HASHED, _SHELL_WORDS),
    ((".toml", ".yaml", ".yml", ".json", ".cfg", ".ini"), _HASHED, _VALUES),
    ((".js", ".jsx", ".mjs", ".ts", ".tsx"), _SLASHED, _SCRIPT_WORDS),
)


def pieces(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with its class.

    Args:
        path: Its ending decides what is coloured.
        text: Any text.

    Yields:
        Class and text: `c` comment, `s` text, `n` number, `k` word of the language, "" the rest.
        The texts joined are the text that was given.
    """
    suffix = PurePosixPath(path).suffix.lower()
    look = next((look for look in _LOOKS if suffix in look[0]), None)
    if look is None:
        yield "", text
        return
    _, pattern, words = look
    done = 0
    for match in pattern.finditer(text):
        kind = match.lastgroup or ""
        if kind == "k" and match.group() not in words:
            continue
        if match.start() > done:
            yield "", text[done : match.start()]
        yield kind, match.group()
        done = match.end()
    yield "", text[done:]
