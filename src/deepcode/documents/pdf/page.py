"""What a PDF page is made of: runs of text with a place and a font, and lines of runs.

Coordinates are points from the top left corner. Below: nothing. Above: `columns.py` puts lines
in reading order, `flow.py` makes Markdown of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|-bd|medi(?!um)", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|cmtt|typewriter|consol|menlo|nimbusmonl|sftt", re.IGNORECASE)
_MATHS = re.compile(
    r"^(?:[A-Z]{6}\+)?(cmmi|cmsy|cmex|msbm|msam|eufm|rsfs|stix.*math)", re.IGNORECASE
)
_COMMAND = re.compile(r"\\[A-Za-z]+ ?[{_^\\]")
# What the parser makes of LaTeX that a PDF carries for screen readers.
_MANGLED = (("\\setminus ", "\\"), ("\\hat{}", "^"), ("\\_", "_"), ("\\{", "{"), ("\\}", "}"))
_BOLD_WEIGHT = 600
_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "ft",
        "\ufb06": "st",
        "\u00a0": " ",
        "\x02": "-",
        "\ufffe": "-",
        "\u00ad": "-",
    }
)
# Marks of list items, among them those that symbol fonts use without a Unicode meaning.
BULLETS = frozenset(
    "\u2022\u25e6\u25aa\u2023\u2219\u25cf\u25cb\u25a0\u25a1\u2b29\u22c4\u25c6\u27a2\u2713\u2756\uf0b7\uf0a7\uf0d8"
)


@dataclass(frozen=True)
class Run:
    """Text of one font on one line, as the parser cut it."""

    text: str
    """May hold LaTeX between `$` signs."""
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    """Font size in points."""
    bold: bool
    mono: bool
    maths: bool
    """Set in a font for formulas, or holds LaTeX."""
    turned: bool
    """Not horizontal."""

    @cached_property
    def maths_length(self) -> int:
        """How many characters are mathematics."""
        inside = sum(map(len, self.text.split("$")[1::2]))
        return inside or (len(self.text) if self.maths else 0)

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Page:
    """One page's runs, in the parser's order."""

    number: int
    width: float
    height: float
    runs: tuple[Run, ...]


def make_run(
    text: str,
    box: tuple[float, float, float, float],
    *,
    font: str,
    size: float,
    weight: int,
    rotation: float,
) -> Run:
    """A run from what a parser says about it; list marks become `\u2022`, ligatures letters."""
    if len(text) == 1 and (text in BULLETS or "\x80" <= text <= "\x9f"):
        text = "\u2022"
    text = tidy_maths(restored_latex(" ".join(text.translate(_LIGATURES).split())))
    return Run(
        text,
        *box,
        size=round(size, 1),
        bold=weight >= _BOLD_WEIGHT or bool(_BOLD.search(font)),
        mono=bool(_MONO.search(font)),
        maths="$" in text or bool(_MATHS.match(font)) or len(_COMMAND.findall(text)) > 1,
        # slanted fonts are reported as turned by up to 20 degrees
        turned=30 < rotation % 180 < 150,
    )


def restored_latex(text: str) -> str:
    """Undo what a parser does to LaTeX source that stands in the text layer itself."""
    if text.count("\\setminus ") < 2 or not re.search(r"\\setminus (begin|label|[a-z]{3,})", text):
        return text
    for mangled, meant in _MANGLED:
        text = text.replace(mangled, meant)
    return re.sub(r"\\label\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "", text)


def tidy_maths(text: str) -> str:
    """Move punctuation that the parser drew into a formula back out of it: `a$,b$` to `a, $b$`."""
    parts = text.split("$")
    if len(parts) < 3 or len(parts) % 2 == 0:
        return text
    for at in range(1, len(parts), 2):
        inner = parts[at].lstrip()
        outer = parts[at - 1]
        if inner[:1] in {",", ";", ":", "."} and outer[-1:].strip():
            parts[at - 1], parts[at] = f"{outer}{inner[0]} ", inner[1:].lstrip()
    return "$".join(parts).replace("$$", "")


@dataclass(frozen=True)
class Line:
    """Runs that stand on one line of one column."""

    runs: tuple[Run, ...]
    """From left to right."""
    page: int
    left: float
    """The column's left edge."""
    right: float
    """The column's right edge."""

    @cached_property
    def x0(self) -> float:
        """Left end of the text."""
        return self.runs[0].x0

    @cached_property
    def x1(self) -> float:
        """Right end of the text."""
        return max(run.x1 for run in self.runs)

    @cached_property
    def y0(self) -> float:
        """Top."""
        return min(run.y0 for run in self.runs)

    @cached_property
    def y1(self) -> float:
        """Bottom."""
        return max(run.y1 for run in self.runs)

    @cached_property
    def size(self) -> float:
        """The font size that most characters have."""
        return _weightiest([(run.size, len(run.text)) for run in self.runs])

    @cached_property
    def base(self) -> float:
        """Vertical middle of the widest run, which no index or brace moves."""
        return max(self.runs, key=lambda run: run.x1 - run.x0).middle

    def share(self, attribute: str) -> float:
        """Share of characters in runs that are `bold` or `mono`, or that are `maths`."""
        total = sum(len(run.text) for run in self.runs)
        if attribute == "maths":
            return sum(run.maths_length for run in self.runs) / total
        return sum(len(run.text) for run in self.runs if getattr(run, attribute)) / total

    @cached_property
    def cells(self) -> tuple[tuple[Run, ...], ...]:
        """Runs parted where the gap is too wide for a space between words."""
        cells: list[list[Run]] = [[self.runs[0]]]
        for before, run in zip(self.runs, self.runs[1:], strict=False):
            if run.x0 - before.x1 > max(1.1 * run.size, 8):
                cells.append([])
            cells[-1].append(run)
        return tuple(map(tuple, cells))

    @cached_property
    def text(self) -> str:
        """The line as read."""
        return join_runs(self.runs)


def join_runs(runs: Sequence[Run]) -> str:
    """Text of runs on one line, with a space wherever the gap is one."""
    out = ""
    end = 0.0
    for run in runs:
        gap = run.x0 - end
        space = out and (gap > 0.12 * run.size or (run.text[0] == "$" and out[-1].isalnum()))
        out += f" {run.text}" if space else run.text
        end = run.x1
    return re.sub(r" +", " ", out)


def _weightiest(values: Sequence[tuple[float, int]]) -> float:
    weights: dict[float, int] = {}
    for value, weight in values:
        weights[value] = weights.get(value, 0) + weight
    return max(weights, key=lambda value: weights[value])
