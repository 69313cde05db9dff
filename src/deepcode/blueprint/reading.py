"""The tools by which an agent reads a document it does not hold: outline, search, read, list."""

from __future__ import annotations

from typing import get_args

from deepcode.artifacts.document import BlockKind
from deepcode.documents import Index, Item
from deepcode.models import Tool
from deepcode.prompts import fenced

OUTLINE_TOKENS = 3_000
READING_TOKENS = 6_000
SEARCH_TOKENS = 3_000
ITEMS_TOKENS = 6_000


def reading_tools(index: Index) -> tuple[Tool, ...]:
    """Tools over one document's index; each answer stays within a token budget."""

    def read_section(section_id: str, part: int = 1) -> str:
        """Read one section with its subsections.

        Args:
            section_id: Id from the outline, such as `s4`.
            part: Which part of a long section, from 1.
        """
        try:
            reading = index.read(section_id, budget_tokens=READING_TOKENS, part=part)
        except ValueError as error:
            return str(error)
        head = f"section {section_id}, part {reading.part} of {reading.parts}"
        return f"{head}\n{fenced('document', reading.text)}"

    def search(query: str) -> str:
        """Find the passages that fit the words best.

        Args:
            query: A few keywords.
        """
        found = index.search(query, limit=6, budget_tokens=SEARCH_TOKENS)
        if not found:
            return "nothing found"
        return "\n\n".join(
            f"{hit.section_id} {hit.heading_path}\n{fenced('document', hit.text)}" for hit in found
        )

    def list_items(kind: str) -> str:
        """List all items of one kind with their text.

        Args:
            kind: equation, algorithm, table, figure, code, list or reference.
        """
        if kind not in get_args(BlockKind):
            return f"unknown kind {kind!r}; one of {', '.join(get_args(BlockKind))}"
        listed = index.items(kind, budget_tokens=ITEMS_TOKENS)  # type: ignore[arg-type]
        if not listed:
            return f"the document holds no {kind}"
        return fenced("document", "\n\n".join(_item(item) for item in listed))

    return read_section, search, list_items


def _item(item: Item) -> str:
    place = f"{item.section_id} {item.heading_path}".strip()
    return f"{item.id} {item.label} in {place}\n{item.text}".replace("  ", " ", 1)
