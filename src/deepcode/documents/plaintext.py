"""Plain text to a draft: lines that look like headings become headings, the rest stays.

Plain text has no marks, so only what is beyond doubt is taken for a heading: an underlined line, a
numbered line alone between blank lines, and the names that every paper and specification uses.
Markdown in a `.txt` file is read as Markdown.
"""

from __future__ import annotations

import re

from deepcode.documents.canonical import clean, decode, invisible_warning
from deepcode.documents.draft import Draft
from deepcode.documents.fences import fenced_lines
from deepcode.documents.headings import is_known_name, split_number
from deepcode.documents.intake import Intake, shown
from deepcode.documents.markdown import normal_lines
from deepcode.errors import DocumentError

_MARKDOWN_HEADING = re.compile(r"#{1,6} \S")
# A heading fits on one line of a terminal.
_MAX_HEADING = 80


def read_plaintext(intake: Intake) -> Draft:
    """Read a plain text file.

    Raises:
        DocumentError: The bytes are not text.
    """
    text = decode(intake.data)
    name = shown(intake.path)
    if text is None:
        message = f"`{name}` is not text; give plain text in UTF-8"
        raise DocumentError(message)
    cleaned = clean(text)
    lines = normal_lines(cleaned.text.split("\n"))
    if not any(map(_MARKDOWN_HEADING.match, lines)):
        _mark_headings(lines)
    return Draft(
        lines=tuple(lines),
        stem=intake.path.stem,
        warnings=invisible_warning(name, cleaned.invisible),
    )


def _mark_headings(lines: list[str]) -> None:
    fenced = fenced_lines(lines)
    for at, line in enumerate(lines):
        alone = (at == 0 or not lines[at - 1]) and (at + 1 == len(lines) or not lines[at + 1])
        if alone and not fenced[at] and _looks_like_heading(line):
            number = split_number(line).number
            lines[at] = "#" * min(6, 1 + number.count(".")) + " " + line.strip()


def _looks_like_heading(line: str) -> bool:
    text = line.strip()
    if not 0 < len(text) <= _MAX_HEADING or text[-1] in ".,;:" or line[0] in " \t":
        return False
    numbered = split_number(text)
    return is_known_name(text) or (bool(numbered.number) and numbered.text[:1].isupper())
