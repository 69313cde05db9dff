r"""Markdown to a draft, with the LaTeX marks that paper parsers leave in it made Markdown.

Below: `canonical.py`. Above: `read.py`. Headings become `#` lines whatever their form was
(underlined, `\section*{..}`), so that everything further knows one form.
"""

from __future__ import annotations

import re

from deepcode.documents.canonical import clean, decode, invisible_warning
from deepcode.documents.draft import Draft
from deepcode.documents.fences import fenced_lines
from deepcode.documents.intake import Intake, shown
from deepcode.errors import DocumentError

_SECTION = re.compile(r"\s*\\(sub|subsub|)section\*?\{(.*)\}\s*$")
_OPENING = re.compile(r"\s*\\(title|author|footnotetext|footnote|date|thanks)\{(.*)$")
_DEPTH = {"": "#", "sub": "##", "subsub": "###"}
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_YAML = re.compile(r"[\w-]{1,60}:(\s|$)")
# A heading is short; a longer line over dashes is a table or a paragraph over a rule.
_MAX_HEADING = 300
# How far a LaTeX group such as \footnotetext{ may reach.
_MAX_GROUP_LINES = 100
# A text that opens more groups than it closes is not LaTeX.
_MAX_UNCLOSED = 50


def read_markdown(intake: Intake) -> Draft:
    """Read a Markdown file.

    Raises:
        DocumentError: The bytes are not text.
    """
    text = decode(intake.data)
    name = shown(intake.path)
    if text is None:
        message = f"`{name}` is not text; give Markdown in UTF-8"
        raise DocumentError(message)
    cleaned = clean(text)
    return Draft(
        lines=tuple(normal_lines(cleaned.text.split("\n"))),
        stem=intake.path.stem,
        folder=intake.path.parent,
        warnings=invisible_warning(name, cleaned.invisible),
    )


def normal_lines(lines: list[str]) -> list[str]:
    """Markdown lines with every heading as `#` line and LaTeX's text marks gone.

    Args:
        lines: Clean lines.

    Returns:
        As many lines; fenced code is as it was, other lines have no trailing space, and rules
        are blank.
    """
    fenced = fenced_lines(lines)
    out = [line if code else line.rstrip() for line, code in zip(lines, fenced, strict=True)]
    start = _front_matter_end(out)
    _headings_from_underlines(out, fenced, start)
    _unwrap_latex(out, fenced)
    for at in range(start, len(out)):
        if not fenced[at] and _RULE.match(out[at]):
            out[at] = ""
    return out


def _front_matter_end(lines: list[str]) -> int:
    """The line after a YAML front matter, fenced so that it stays as it is; 0 without one."""
    if len(lines) < 3 or lines[0] != "---" or not _YAML.match(lines[1]):
        return 0
    for at in range(1, min(len(lines), 200)):
        if lines[at] in ("---", "..."):
            lines[0], lines[at] = "```yaml", "```"
            return at + 1
    return 0


def _headings_from_underlines(lines: list[str], fenced: list[bool], start: int) -> None:
    for at in range(start + 1, len(lines)):
        mark = _UNDERLINE.match(lines[at])
        if not mark or fenced[at] or fenced[at - 1] or not _can_be_heading(lines, at - 1, start):
            continue
        lines[at - 1] = ("# " if mark[1][0] == "=" else "## ") + lines[at - 1].strip()
        lines[at] = ""


def _can_be_heading(lines: list[str], at: int, start: int) -> bool:
    text = lines[at].strip()
    alone = at == start or not lines[at - 1].strip()
    starts_other = text.startswith(("#", ">", "|", "- ", "* ", "+ ", "!", "$$", "<"))
    return alone and bool(text) and len(text) <= _MAX_HEADING and not starts_other


def _unwrap_latex(lines: list[str], fenced: list[bool]) -> None:
    at = unclosed = 0
    while at < len(lines):
        line = lines[at]
        if not fenced[at] and "\\" in line:
            if section := _SECTION.match(line):
                lines[at] = f"{_DEPTH[section[1]]} {section[2].strip()}"
            elif line.strip() == "\\begin{abstract}":
                lines[at] = "# Abstract"
            elif line.strip() in ("\\end{abstract}", "\\maketitle"):
                lines[at] = ""
            elif (opening := _OPENING.match(line)) and unclosed < _MAX_UNCLOSED:
                end = _unwrap_group(lines, at, opening)
                unclosed += end is None
                at = at if end is None else end
        at += 1


def _unwrap_group(lines: list[str], at: int, opening: re.Match[str]) -> int | None:
    r"""Take `\name{` and its brace away; return its last line, None when it is not closed."""
    depth = 1
    for end in range(at, min(at + _MAX_GROUP_LINES, len(lines))):
        text = opening[2] if end == at else lines[end]
        for place, char in enumerate(text):
            depth += {"{": 1, "}": -1}.get(char, 0)
            if depth == 0:
                _replace_group(lines, at, end, opening, place)
                return end
    return None


def _replace_group(lines: list[str], at: int, end: int, opening: re.Match[str], place: int) -> None:
    if end == at:
        lines[at] = (opening[2][:place] + opening[2][place + 1 :]).strip()
    else:
        lines[at] = opening[2].strip()
        lines[end] = (lines[end][:place] + lines[end][place + 1 :]).strip()
    if opening[1] == "title":
        words = " ".join(line.strip() for line in lines[at : end + 1]).strip()
        lines[at] = f"# {words}"
        lines[at + 1 : end + 1] = [""] * (end - at)
