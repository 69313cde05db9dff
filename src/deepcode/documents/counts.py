"""How many blocks of each kind a document has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from deepcode.artifacts.document import Block, BlockKind, Document

PLURALS: dict[BlockKind, str] = {
    "equation": "equations",
    "algorithm": "algorithms",
    "table": "tables",
    "figure": "figures",
    "reference": "references",
    "code": "code",
    "list": "lists",
    "paragraph": "paragraphs",
}


def counts(document: Document) -> dict[str, int]:
    """Number of blocks by kind: `equations`, `algorithms`, `tables`, `figures`, `references`,
    `code`, `lists`, `paragraphs`; all keys are always there.
    """  # noqa: D205 - the keys are the contract
    return count_blocks(document.blocks)


def count_blocks(blocks: Iterable[Block]) -> dict[str, int]:
    """The same for any blocks."""
    found = Counter(block.kind for block in blocks)
    return {plural: found[kind] for kind, plural in PLURALS.items()}
