"""Pieces of prompts that several phases show: requirement units and passages of the document."""

from __future__ import annotations

from collections.abc import Iterable

from deepcode.artifacts.contract import Unit
from deepcode.artifacts.document import Block, Document
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.prompts.data_fence import fenced

# A document of this size and less is shown whole to every agent: with an answer it takes a quarter
# of a 64k context, cutting it would lose more than it saves, and it is the cacheable part of a
# prompt.
WHOLE_DOCUMENT_TOKENS = 12_000
# Passages around the quotes of a prompt's units, where the document is not shown whole.
PASSAGE_TOKENS = 8_000


def shown_whole(document: Document) -> bool:
    """Whether a document is short enough to be shown whole."""
    return estimate_tokens(document.text) <= WHOLE_DOCUMENT_TOKENS


def units_text(units: Iterable[Unit]) -> str:
    """Units one below the other: id, statement, verbatim quote, what must be kept."""
    return "\n".join(_unit(unit) for unit in units) or "(none)"


def passages_text(document: Document, units: Iterable[Unit], *, budget_tokens: int) -> str:
    """The blocks that hold the units' quotes, verbatim, in document order, within a budget."""
    spans = [unit.span for unit in units if unit.span]
    chosen: list[Block] = []
    left = budget_tokens
    for block in document.blocks:
        if any(span.start < block.span.end and block.span.start < span.end for span in spans):
            left -= estimate_tokens(document.slice(block.span))
            if left < 0:
                break
            chosen.append(block)
    text = "\n\n".join(document.slice(block.span) for block in chosen)
    return fenced("document", text) if text else "(none)"


def _unit(unit: Unit) -> str:
    mark = "" if unit.status == "stated" else f" [{unit.status}: {unit.reason}]"
    lines = [f"{unit.id}{mark} {unit.statement}"]
    if unit.quote:
        lines.append(f'    quote: "{unit.quote}"')
    if unit.must_keep:
        lines.append(f"    keep: {unit.must_keep}")
    return "\n".join(lines)
