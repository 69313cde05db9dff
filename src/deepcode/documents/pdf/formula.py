r"""Displayed formulas in print: lines that are mostly mathematics, to `$$ ... \tag{n} $$`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deepcode.documents.pdf.page import Line, join_runs
from deepcode.documents.pdf.style import Style

_NUMBER = re.compile(r"\(([A-Z]?\.?\d{1,3}(?:\.\d{1,3})?[a-z]?)\)$")
_WORD = re.compile(r"[A-Za-z]{3,}")
# Words that formulas are made with.
_NAMES = (
    "where otherwise with softmax concat attention multihead max min arg argmax argmin exp log for "
    "and sin cos tan tanh sigmoid relu ffn det var cov subject such that std mean sign norm"
)
_MATHS_WORDS = frozenset(_NAMES.split())
_SIGNS = re.compile(
    r"[=<>\u2264\u2265\u2248\u221d\u2190\u2192\u2208+\u2211]|\\(leq|geq|frac|sum|approx|propto)"
)


def is_formula(line: Line) -> bool:
    """Whether a line is displayed mathematics."""
    numbered = formula_number(line) != ""
    if "$" not in line.text and line.share("maths") > 0.9 and "\\" in line.text:
        return True
    has_sign = bool(_SIGNS.search(line.text))
    words = _plain_words(line)
    if numbered:
        return words <= 6 and (has_sign or line.share("maths") > 0)
    inset = line.x0 - line.left > 10 and len(line.text) > 4
    return inset and has_sign and words <= 1 and line.share("maths") > 0.3


def _goes_on(line: Line) -> bool:
    """Whether a line can be a further row of a formula."""
    lone_number = len(line.runs) == 1 and formula_number(line) != ""
    return (
        lone_number or is_formula(line) or (line.share("maths") > 0.6 and _plain_words(line) == 0)
    )


def _plain_words(line: Line) -> int:
    plain = "".join(line.text.split("$")[::2])
    return sum(word.lower() not in _MATHS_WORDS for word in _WORD.findall(plain))


def formula_number(line: Line) -> str:
    """The number at the right end of a formula, without parentheses; empty when there is none."""
    last = line.cells[-1]
    match = _NUMBER.match(join_runs(last))
    apart = len(line.cells) > 1 or len(line.runs) == 1
    return match[1] if match and apart and line.x1 > line.right - 12 else ""


def formula_end(lines: Sequence[Line], start: int, style: Style) -> int:
    """One past the last line of the formula that begins at `start`; `start` when none does."""
    if not is_formula(lines[start]):
        return start
    end = start + 1
    while end < len(lines) and _goes_on(lines[end]):
        done = any(map(formula_number, lines[start:end])) and formula_number(lines[end])
        if done or not style.close(lines[end - 1], lines[end], factor=2.0):
            break
        end += 1
    return end


def formula_markdown(lines: Sequence[Line]) -> list[str]:
    """The formula as LaTeX between `$$` lines, its number as tag."""
    number = next((found for found in map(formula_number, lines) if found), "")
    rows = [row for row in map(_latex, lines) if row]
    body = " \\\\\n".join(rows) + (f" \\tag{{{number}}}" if number else "")
    return ["$$", *body.split("\n"), "$$"]


def _latex(line: Line) -> str:
    runs = line.cells[-1] if len(line.cells) == 1 else [run for cell in line.cells for run in cell]
    text = join_runs(list(runs))
    if formula_number(line):
        text = text[: text.rindex("(")].rstrip()
    parts = text.split("$")
    if len(parts) == 1 and "\\" in text:
        return " ".join(text.split())
    for at in range(0, len(parts), 2):
        parts[at] = re.sub(r"(?<![\\A-Za-z])[A-Za-z]{2,}", r"\\text{\g<0>}", parts[at])
        parts[at] = re.sub(r"([#%&_])", r"\\\1", parts[at])
    return " ".join(" ".join(parts).split())
