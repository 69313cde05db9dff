"""Every file that no language claims: rules that hold for any text."""

from __future__ import annotations

from pathlib import PurePosixPath

from deepcode.artifacts.check import Finding
from deepcode.languages import wording
from deepcode.languages.language import Language

# Files whose whole meaning is that they exist.
_MARKERS = ("py.typed", ".gitkeep", ".keep", ".nojekyll", ".placeholder")

# In prose a fence is Markdown and a TODO may be the subject.
_PROSE = (".md", ".markdown", ".rst", ".txt", ".adoc", ".tex", ".csv", ".tsv", ".svg", ".html")
_PROSE_NAMES = ("license", "licence", "notice", "authors", "changelog", "copying")


def text_findings(path: str, source: str) -> list[Finding]:
    """Empty files, elided code, fences around the whole, and announced gaps."""
    name = PurePosixPath(path).name.lower()
    if name in _MARKERS:
        return []
    lines = wording.numbered(source)
    found = wording.empty(path, source) + wording.elisions(path, lines)
    if PurePosixPath(name).suffix in _PROSE or PurePosixPath(name).stem in _PROSE_NAMES:
        return found
    return found + wording.fences(path, lines) + wording.unfinished(path, lines)


TEXT = Language(name="text", findings=text_findings)
