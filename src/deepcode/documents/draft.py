"""`Draft`: what a format reader hands on, Markdown by lines before anything is measured.

One file per format makes a draft (`markdown.py`, `plaintext.py`, `pdf/`); `read.py` repairs its
headings, joins several drafts and lays sections and blocks over the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Draft:
    """The Markdown of one file."""

    lines: tuple[str, ...]
    """Clean text (`canonical.clean`) without line ends."""
    stem: str
    """The file's name without ending, the title when the text has none."""
    pages: tuple[int, ...] = ()
    """The page each line began on, from 1; empty where the format has no pages."""
    folder: Path | None = None
    """Folder that relative image links start from; None where images cannot be linked."""
    warnings: tuple[str, ...] = ()
    """What the reader should know."""

    def page(self, line: int) -> int | None:
        """The page of a line, or None where the format has no pages."""
        return self.pages[line] if self.pages else None
