"""What a document's print looks like: its body text, its headings, its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from deepcode.documents.gather import caption_kind
from deepcode.documents.headings import is_known_name, split_number
from deepcode.documents.pdf.columns import line_pitch
from deepcode.documents.pdf.page import Line

# How much larger than the body a heading's type is at least, when it is not bold.
_LARGER = 1.08
_MAX_HEADING = 160
_MAX_WORDS = 18
# Lines of a table of contents.
_PAGE_AT_END = re.compile(r"[\s.]\d{1,4}$")
_BARE_LETTER = re.compile(r"([A-Z])(\.\d{1,2})*\s+[A-Z]")


@dataclass(frozen=True)
class Style:
    """Measures that lines are judged by."""

    body: float
    """Font size of most of the text, points."""
    pitch: float
    """Distance of its lines, points."""
    numbered: tuple[tuple[float, int], ...]
    """Sizes of numbered headings with their depth, from 1."""
    ranks: tuple[float, ...]
    """Sizes of all headings, largest first, where none is numbered."""
    bold: bool
    """Whether headings are set in bold."""

    def close(self, above: Line, below: Line, *, factor: float = 1.38) -> bool:
        """Whether one line follows the other as in running text."""
        step = below.base - above.base
        same = above.page == below.page and above.left == below.left
        pitch = self.pitch * max(1.0, max(above.size, below.size) / self.body)
        return same and 0 < step < factor * pitch

    def depth(self, line: Line, number: str) -> int:
        """Level of a heading among the sections, from 1."""
        if number:
            return 1 + number.count(".")
        if self.numbered:
            fitting = [depth for size, depth in self.numbered if line.size >= size - 0.3]
            depth = min(fitting, default=1 + max(depth for _, depth in self.numbered))
            # `Problem statement:` opens a part of the section it stands in
            return depth + line.text.endswith(":")
        fitting = [at for at, size in enumerate(self.ranks, 1) if line.size >= size - 0.3]
        return min(fitting, default=1)

    def fits_number(self, line: Line, number: str) -> bool:
        """Whether a numbered line has the type that headings of its depth have."""
        depth = 1 + number.count(".")
        sizes = [size for size, usual in self.numbered if usual == depth]
        return line.size >= min(sizes, default=self.body) - 0.6


def measure(lines: Sequence[Line], title_size: float) -> Style:
    """Learn the style of a document from all its lines."""
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    # looser than double spacing is no running text
    pitch = min(line_pitch([line for line in lines if abs(line.size - body) < 0.3]), 2.4 * body)
    strong = [
        line
        for line in lines
        if _is_strong(line, body) and _is_short(line) and not _PAGE_AT_END.search(line.text)
    ]
    depths: dict[float, Counter[int]] = {}
    for line in strong:
        number = heading_number(line.text)
        if number:
            depths.setdefault(line.size, Counter())[1 + number.count(".")] += 1
    numbered = tuple(sorted((size, found.most_common(1)[0][0]) for size, found in depths.items()))
    enough = sum(sum(found.values()) for found in depths.values()) >= 3
    ranks = sorted({line.size for line in strong if line.size < title_size}, reverse=True)
    bold = sum(line.share("bold") > 0.8 for line in strong) * 2 > len(strong)
    return Style(body, pitch, numbered if enough else (), tuple(ranks[:4]), bold)


def heading_number(text: str) -> str:
    """The printed number, bare letters of appendices (`A Proofs`) included."""
    found = split_number(text)
    if found.number:
        # `4.0` stands at an axis
        axis = found.number.endswith(".0")
        return found.number if not axis and (found.text[:1].isupper() or not found.text) else ""
    bare = _BARE_LETTER.match(text)
    return bare[0].split()[0] if bare else ""


def is_heading(line: Line, style: Style) -> bool:
    """Whether a line by itself looks like a heading of this document."""
    if not _is_short(line) or not _is_strong(line, style.body):
        return False
    if style.bold and line.share("bold") <= 0.8 and not is_known_name(line.text):
        return False
    number = heading_number(line.text)
    if number:
        return style.fits_number(line, number)
    return is_known_name(line.text) or _stands_alone(line, style)


def _stands_alone(line: Line, style: Style) -> bool:
    """Whether an unnumbered line can only be a heading."""
    width = line.right - line.left
    starts = line.text[0].isupper() and line.x0 < line.left + 0.45 * width
    if not starts or len(line.cells) > 1 or line.text.endswith("."):
        return False
    if line.size > style.body * _LARGER:
        return True
    # a run is reported in the type of its first letter, so a full line may be bold only at first
    known_size = any(abs(line.size - size) < 0.3 for size, _ in style.numbered)
    narrow = line.x1 - line.x0 < 0.6 * width
    return narrow and (known_size or not style.numbered) and not line.text.endswith(":")


def _is_strong(line: Line, body: float) -> bool:
    """Whether type alone sets a line apart: bold throughout, or clearly larger."""
    return line.share("bold") > 0.8 or line.size > body * _LARGER


def _is_short(line: Line) -> bool:
    text = line.text
    fits = len(text) <= _MAX_HEADING and len(text.split()) <= _MAX_WORDS
    letters = sum(char.isalpha() for char in text)
    plain = not text.endswith((",", ";")) and line.share("maths") < 0.5 and line.share("mono") < 0.5
    return fits and letters >= 3 and plain and caption_kind(text) is None


def find_title(lines: Sequence[Line]) -> tuple[int, int]:
    """The lines of the title on the first page: `[start, end)`, empty when there is none."""
    first = [line for line in lines if line.page == lines[0].page]
    if len(first) < 3:
        return 0, 0
    typical = Counter(line.size for line in lines).most_common(1)[0][0]
    candidates = [line for line in first if sum(char.isalpha() for char in line.text) > 3]
    largest = max((line.size for line in candidates), default=0.0)
    first_largest = next((line.text for line in candidates if line.size == largest), "")
    section = split_number(first_largest).number or is_known_name(first_largest)
    if largest < typical * 1.15 or section:
        return 0, 0
    start = next(at for at, line in enumerate(first) if line.size == largest and line in candidates)
    # a name in another type may stand a little smaller on the line above
    if start and first[start - 1].size > 0.7 * largest:
        start -= 1
    end = start + 1
    while end < len(first) and abs(first[end].size - largest) < 0.5 and end - start < 5:
        end += 1
    return start, end
