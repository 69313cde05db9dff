"""The tree of a document's sections as indented lines that fit a budget."""

from __future__ import annotations

from deepcode.artifacts.document import Document, Section
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.documents.counts import PLURALS

# Paragraphs and references say nothing about where the substance is.
_COUNTED = ("equation", "algorithm", "table", "figure", "code")


def outline(document: Document, *, budget_tokens: int) -> str:
    """One line for each section: id, number, heading, size in tokens, what it holds.

        s7 3 Method (2140 tokens)
          s8 3.1 Loss (410 tokens; 2 equations, 1 table)

    Sizes and counts include subsections. The deepest levels are left out when the budget asks for
    it, then the last sections; a last line says how many are missing. Never longer than the budget.
    """
    held = _held(document)
    deepest = max((section.level for section in document.sections), default=0)
    for level in range(deepest, 0, -1):
        shown = [section for section in document.sections if section.level <= level]
        text = "\n".join(_line(document, section, held) for section in shown)
        missing = len(document.sections) - len(shown)
        text += f"\n({missing} deeper sections are not shown)" if missing else ""
        if estimate_tokens(text) <= budget_tokens:
            return text
    return _cut(document, held, budget_tokens)


def _cut(document: Document, held: dict[str, dict[str, int]], budget_tokens: int) -> str:
    tops = [section for section in document.sections if section.level <= 1]
    lines = [_line(document, section, held) for section in tops]
    while lines:
        missing = len(document.sections) - len(lines)
        text = "\n".join([*lines, f"({missing} more sections are not shown)"])
        if estimate_tokens(text) <= budget_tokens:
            return text
        lines.pop()
    return ""


def _line(document: Document, section: Section, held: dict[str, dict[str, int]]) -> str:
    size = estimate_tokens(document.slice(section.span))
    name = " ".join(part for part in (section.id, section.number, section.heading) if part)
    found = held[section.id]
    inside = ", ".join(f"{count} {_plural(kind, count)}" for kind, count in found.items() if count)
    about = f"{size} tokens; {inside}" if inside else f"{size} tokens"
    start = section.heading or "(before the first heading)"
    shown = name if section.heading else f"{section.id} {start}"
    return f"{'  ' * max(0, section.level - 1)}{shown} ({about})"


def _plural(kind: str, count: int) -> str:
    plural = {str(key): value for key, value in PLURALS.items()}[kind]
    return kind if count == 1 else plural if kind != "code" else "code blocks"


def _held(document: Document) -> dict[str, dict[str, int]]:
    """How many blocks of each counted kind each section holds, subsections included."""
    held = {str(section.id): dict.fromkeys(_COUNTED, 0) for section in document.sections}
    parents = {section.id: section.parent_id for section in document.sections}
    for block in document.blocks:
        at = block.section_id if block.kind in _COUNTED else None
        while at is not None:
            held[at][block.kind] += 1
            at = parents[at]
    return held
