"""Text that belongs to the page and not to the document: running heads, page numbers, stamps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from deepcode.documents.pdf.page import Line, Page, Run

# Running heads stand in these parts of a page's height.
_TOP, _BOTTOM = 0.13, 0.87
_NUMBER = re.compile(
    r"[-\u2013\u2014\s]*(page\s*)?(\d{1,4}|[ivxl]{1,6})(\s*(of|/)\s*\d{1,4})?[-\u2013\u2014\s]*$",
    re.IGNORECASE,
)
# On the first page only; a reference says `arXiv:1607.06450, 2016`.
_STAMP = re.compile(r"arXiv:\d{4}\.\d{4,5}(v\d+)?\s+\[")
_DIGITS = re.compile(r"\d+")
_Key = tuple[str, int]


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """Leave out what repeats at the same height of several pages, and stamps."""
    seen = Counter(key for page in pages for key in {_key(run) for run in page.runs})
    # twice is enough in a short document, a long one repeats its heads on many pages
    at_edge = max(2, min(4, len(pages) // 4))
    anywhere = max(4, len(pages) // 2)
    kept = []
    for page in pages:
        runs = tuple(
            run
            for run in page.runs
            if _repeats(run, seen) < (at_edge if _is_at_edge(run, page) else anywhere)
            and not (_STAMP.search(run.text) and len(run.text) < 80)
        )
        kept.append(replace(page, runs=runs))
    return kept


def without_page_number(page: Page, lines: Sequence[Line]) -> list[Line]:
    """Leave out the first or last line when it is nothing but the page's number."""
    return [line for line in lines if not (_is_at_edge(line, page) and _NUMBER.match(line.text))]


def _is_at_edge(part: Run | Line, page: Page) -> bool:
    return part.y1 < _TOP * page.height or part.y0 > _BOTTOM * page.height


def _repeats(run: Run, seen: Counter[_Key]) -> int:
    text, height = _key(run)
    return max(seen[text, height + step] for step in (-1, 0, 1))


def _key(run: Run) -> _Key:
    """What a run repeats as: its text without digits, at its height in steps of 4 points."""
    text = run.text if len(run.text) < 4 else _DIGITS.sub("#", run.text).lower()
    return text, round(run.y0 / 4)
