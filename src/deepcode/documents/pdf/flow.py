"""Lines of print to Markdown: headings, paragraphs, tables, formulas, lists, code, in one flow.

Below: `columns.py` and `furniture.py` give the lines; `style.py`, `table.py`,
`formula.py` and `words.py` judge and write them. Above: `child.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from deepcode.documents.gather import caption_kind
from deepcode.documents.headings import is_bibliography, is_known_name
from deepcode.documents.pdf.boxes import (
    algorithm_end,
    code_end,
    code_markdown,
    contents_entry,
    figure_texts,
    item_mark,
)
from deepcode.documents.pdf.columns import reading_lines
from deepcode.documents.pdf.formula import formula_end, formula_markdown, is_formula
from deepcode.documents.pdf.furniture import without_furniture, without_page_number
from deepcode.documents.pdf.page import Line, Page
from deepcode.documents.pdf.style import Style, find_title, heading_number, is_heading, measure
from deepcode.documents.pdf.table import table_end, table_markdown
from deepcode.documents.pdf.words import Words, bold_start, harmless, marked_text

PartKind = Literal[
    "heading", "paragraph", "caption", "footnote", "item", "table", "formula", "code"
]
# Text may flow around these: they stand where the page had room.
_FLOATS = frozenset({"caption", "footnote", "table", "code"})
_SENTENCE_END = (".", "!", "?", ":", ";", "\u201d", '"', ")")
_ENTRY_MARK = re.compile(r"\[[\w+]{1,12}\]|\d{1,3}\.\s")
_FOOTNOTE = re.compile(r"[\d*\u2217\u2020\u2021\u00a7\\]{1,3}\s?\S")


class FlowLine(NamedTuple):
    """One line of Markdown, and the page it began on."""

    text: str
    page: int


@dataclass
class _Part:
    kind: PartKind
    page: int
    lines: list[str]
    """Markdown; for text that flows, the lines of print."""
    level: int = 0


@dataclass
class _Flow:
    lines: Sequence[Line]
    style: Style
    words: Words
    title: tuple[int, int]
    figure_of: dict[int, int]
    """Line inside a figure, to the line of the figure's caption."""
    parts: list[_Part] = field(default_factory=list)
    heading: str = ""
    """Text of the last heading."""
    begun: bool = False
    """Whether the first section heading has been passed."""


def flowing_lines(pages: Sequence[Page]) -> list[FlowLine]:
    """All pages as Markdown lines in reading order.

    Args:
        pages: At least one page with text.
    """
    lines = [
        line
        for page in without_furniture(pages)
        for line in without_page_number(page, reading_lines(page))
    ] or [line for page in pages for line in reading_lines(page)]
    if not lines:
        return []
    title = find_title(lines)
    title_size = lines[title[0]].size if title[1] else 1000.0
    style = measure(lines, title_size)
    flow = _Flow(
        lines,
        style,
        Words(line.text for line in lines),
        title,
        figure_texts(lines, style),
    )
    at = 0
    while at < len(lines):
        at = _take(flow, at)
    return _written(flow)


def _take(flow: _Flow, at: int) -> int:
    """Make a part of the lines from `at` on; return the line after it."""
    if at in flow.figure_of:
        return at + 1
    for take in (_title, _contents, _caption, _code, _heading, _table, _formula, _footnote, _item):
        end = take(flow, at)
        if end > at:
            return end
    return _paragraph(flow, at)


def _title(flow: _Flow, at: int) -> int:
    start, end = flow.title
    if at != start or end == 0:
        return at
    text = flow.words.paragraph([line.text for line in flow.lines[start:end]])
    flow.parts.append(_Part("heading", flow.lines[at].page, [text], 1))
    return end


def _contents(flow: _Flow, at: int) -> int:
    if "contents" not in flow.heading.lower():
        return at
    entry = contents_entry(flow.lines[at])
    if entry:
        flow.parts.append(_Part("item", flow.lines[at].page, [f"- {entry}"]))
        return at + 1
    return at


def _caption(flow: _Flow, at: int) -> int:
    line = flow.lines[at]
    kind = caption_kind(line.text)
    if kind is None:
        return at
    if kind == "algorithm":
        end = algorithm_end(flow.lines, at, flow.style)
        body = code_markdown(flow.lines[at:end], "algorithm")
        flow.parts.append(_Part("code", line.page, body))
        return end
    end = at + 1
    while end < len(flow.lines) and _same_caption(flow, end):
        end += 1
    texts = [marked_text(line) for line in flow.lines[at:end]]
    inside = [flow.lines[place].text for place, of in flow.figure_of.items() if of == at]
    text = [flow.words.paragraph(texts)]
    if any(char.isalpha() for char in "".join(inside)):
        text.append("Text in the figure: " + " \u00b7 ".join(inside)[:2000])
    flow.parts.append(_Part("caption", line.page, text))
    return end


def _same_caption(flow: _Flow, at: int) -> bool:
    above, line = flow.lines[at - 1], flow.lines[at]
    near = flow.style.close(above, line, factor=1.3) and abs(above.size - line.size) < 0.4
    return near and not caption_kind(line.text) and len(line.cells) < 2 and at not in flow.figure_of


def _code(flow: _Flow, at: int) -> int:
    nowhere = is_bibliography(flow.heading) or (flow.style.numbered and not flow.begun)
    end = at if nowhere else code_end(flow.lines, at, flow.style)
    if end > at:
        page = flow.lines[at].page
        flow.parts.append(_Part("code", page, code_markdown(flow.lines[at:end], "")))
    return end


def _heading(flow: _Flow, at: int) -> int:
    line = flow.lines[at]
    number = heading_number(line.text)
    cover = not flow.begun and flow.title[1] and flow.style.numbered
    if not is_heading(line, flow.style) or (cover and not number and not is_known_name(line.text)):
        return at
    if table_end(flow.lines, at, flow.style) > at + 3:
        return at
    end = at + 1
    while end < len(flow.lines) and end - at < 4 and _same_heading(flow, end):
        end += 1
    text = flow.words.paragraph([line.text for line in flow.lines[at:end]])
    level = flow.style.depth(line, number) + (1 if flow.title[1] else 0)
    flow.parts.append(_Part("heading", line.page, [text], level))
    flow.heading, flow.begun = text, True
    return end


def _same_heading(flow: _Flow, at: int) -> bool:
    above, line = flow.lines[at - 1], flow.lines[at]
    strong = line.share("bold") > 0.8 or line.size > 1.08 * flow.style.body
    alike = abs(above.size - line.size) < 0.3 and strong
    wraps = above.x1 > above.left + 0.6 * (above.right - above.left) or above.text.endswith("-")
    return alike and wraps and not heading_number(line.text) and flow.style.close(above, line)


def _table(flow: _Flow, at: int) -> int:
    end = table_end(flow.lines, at, flow.style) if flow.begun or not flow.title[1] else at
    if end > at:
        body = table_markdown(flow.lines[at:end])
        flow.parts.append(_Part("table", flow.lines[at].page, body))
    return end


def _formula(flow: _Flow, at: int) -> int:
    end = formula_end(flow.lines, at, flow.style)
    if end > at:
        body = formula_markdown(flow.lines[at:end])
        flow.parts.append(_Part("formula", flow.lines[at].page, body))
    return end


def _footnote(flow: _Flow, at: int) -> int:
    line = flow.lines[at]
    small = line.size < 0.93 * flow.style.body
    if not small or not _FOOTNOTE.match(line.text) or not _at_column_end(flow.lines, at):
        return at
    end = at + 1
    while end < len(flow.lines) and flow.lines[end].size < 0.93 * flow.style.body:
        if not flow.style.close(flow.lines[end - 1], flow.lines[end]):
            break
        if _FOOTNOTE.match(flow.lines[end].text) and flow.lines[end].x0 > line.x0 - 1:
            break
        end += 1
    text = flow.words.paragraph([line.text for line in flow.lines[at:end]])
    flow.parts.append(_Part("footnote", line.page, [text]))
    return end


def _at_column_end(lines: Sequence[Line], at: int) -> bool:
    """Whether only small print follows in the same column."""
    line = lines[at]
    for other in lines[at:]:
        if other.page != line.page or other.left != line.left:
            return True
        if other.size > line.size + 0.4:
            return False
    return True


def _item(flow: _Flow, at: int) -> int:
    line = flow.lines[at]
    mark = item_mark(line)
    if not mark or is_bibliography(flow.heading):
        return at
    end = at + 1
    while end < len(flow.lines) and _same_item(flow, at, end):
        end += 1
    text = flow.words.paragraph([marked_text(line) for line in flow.lines[at:end]])
    shown = "-" if mark == "\u2022" else mark
    flow.parts.append(_Part("item", line.page, [f"{shown} {text[len(mark) :].strip()}"]))
    return end


def _same_item(flow: _Flow, start: int, at: int) -> bool:
    first, line = flow.lines[start], flow.lines[at]
    if line.page != first.page or line.left != first.left:
        return False
    inset = line.x0 > first.x0 + 3
    return inset and flow.style.close(flow.lines[at - 1], line) and not _starts_part(flow, at)


def _starts_part(flow: _Flow, at: int) -> bool:
    """Whether a line cannot go on with a paragraph or item."""
    line = flow.lines[at]
    if at in flow.figure_of or caption_kind(line.text) or is_formula(line):
        return True
    if item_mark(line) and not is_bibliography(flow.heading):
        return True
    if is_heading(line, flow.style):
        return True
    if is_bibliography(flow.heading):
        return False
    if code_end(flow.lines, at, flow.style) > at:
        return True
    return len(line.cells) > 1 and table_end(flow.lines, at, flow.style) > at


def _paragraph(flow: _Flow, at: int) -> int:
    end = at + 1
    entries = is_bibliography(flow.heading)
    while end < len(flow.lines) and not _starts_part(flow, end):
        breaks = _entry_breaks if entries else _paragraph_breaks
        if breaks(flow, at, end):
            break
        end += 1
    lines = flow.lines[at:end]
    texts = [marked_text(line) for line in lines]
    if entries or not _joined_to_last(flow, lines[0], texts):
        opening = bold_start(lines[0])
        if opening and texts[0].startswith(opening):
            texts[0] = f"**{opening}**{texts[0][len(opening) :]}"
        flow.parts.append(_Part("paragraph", lines[0].page, texts))
    return end


def _paragraph_breaks(flow: _Flow, start: int, at: int) -> bool:
    above, line = flow.lines[at - 1], flow.lines[at]
    if not flow.style.close(above, line) or abs(above.size - line.size) > 0.06 * above.size:
        return True
    indented = line.x0 > above.x0 + 5 and (at - start > 1 or above.x0 < line.left + 3)
    ended = above.text.endswith(_SENTENCE_END)
    short = above.x1 < above.right - 0.2 * (above.right - above.left)
    apart = not flow.style.close(above, line, factor=1.15)
    bold = bool(bold_start(line)) and (ended or apart)
    return (indented and ended) or (short and ended) or bold


def _entry_breaks(flow: _Flow, start: int, at: int) -> bool:
    """Whether a new reference begins."""
    first, above, line = flow.lines[start], flow.lines[at - 1], flow.lines[at]
    if line.page != above.page or line.left != above.left:
        return not (line.text[0].islower() or line.x0 > line.left + 6)
    if _ENTRY_MARK.match(first.text):
        return bool(_ENTRY_MARK.match(line.text))
    hanging = line.x0 < above.x0 - 4 or (at - start == 1 and line.x0 > first.x0 + 4)
    if hanging:
        return line.x0 < above.x0 - 4
    return not flow.style.close(above, line, factor=1.25)


def _joined_to_last(flow: _Flow, line: Line, texts: Sequence[str]) -> bool:
    """Add lines to the paragraph before the floats, when that one has no end yet."""
    before = next((p for p in reversed(flow.parts) if p.kind not in _FLOATS), None)
    if before is None or before.kind not in ("paragraph", "item"):
        return False
    last = before.lines[-1]
    between = before is not flow.parts[-1] or line.page != before.page
    goes_on = texts[0][0].islower() or last.endswith("-") or last.endswith(",")
    open_ = not last.endswith((".", "!", "?", ":"))
    if not (goes_on and open_) or (before.kind == "item" and not between):
        return False
    if before.kind == "item":
        before.lines = [flow.words.paragraph([*before.lines, *texts])]
    else:
        before.lines += texts
    return True


def _written(flow: _Flow) -> list[FlowLine]:
    out: list[FlowLine] = []
    for at, part in enumerate(flow.parts):
        follows_item = at and part.kind == "item" and flow.parts[at - 1].kind == "item"
        if out and not follows_item:
            out.append(FlowLine("", part.page))
        out += [FlowLine(text, part.page) for text in _markdown(flow, part)]
    return out


def _markdown(flow: _Flow, part: _Part) -> list[str]:
    if part.kind == "heading":
        return [f"{'#' * min(6, part.level)} {part.lines[0]}"]
    if part.kind == "paragraph":
        return [harmless(flow.words.paragraph(part.lines))]
    return [harmless(line) for line in part.lines] if part.kind == "footnote" else part.lines
