"""Cuts a document into stretches that one answer can turn into requirement units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from deepcode.artifacts.analysis import Analyses
from deepcode.artifacts.base import Artifact
from deepcode.artifacts.document import Block, Document, SectionId, Span
from deepcode.artifacts.tokens import estimate_tokens

# Two to four pages: small enough that no requirement is passed over, large enough that a paper
# takes four to eight questions.
STRETCH_TOKENS = 4_500


@dataclass(frozen=True)
class Stretch:
    """A run of neighbouring blocks."""

    number: int
    """From 1."""
    span: Span
    sections: frozenset[SectionId]
    """Sections that its blocks belong to."""


def stretches_of(document: Document, *, most_tokens: int = STRETCH_TOKENS) -> tuple[Stretch, ...]:
    """Neighbouring blocks up to `most_tokens`; the bibliography is left out.

    A new section that would not fit starts a new stretch, so that sections stay whole where
    they can.
    """
    groups = [group for run in _runs(document) for group in _packed(document, run, most_tokens)]
    return tuple(
        Stretch(number, _around(document, group), frozenset(block.section_id for block in group))
        for number, group in enumerate(groups, 1)
    )


def notes_on(stretch: Stretch, analyses: Analyses) -> str:
    """What the analysts noted about the sections of a stretch, one line each."""
    noted: list[Artifact] = [
        note
        for notes in (
            analyses.concept.structure,
            analyses.algorithm.algorithms,
            analyses.algorithm.equations,
            analyses.algorithm.hyperparameters,
            analyses.algorithm.details,
        )
        for note in notes
        if note.section_id in stretch.sections
    ]
    return "\n".join(f"- {_line(note)}" for note in noted) or "(none)"


def _line(note: Artifact) -> str:
    fields = note.model_dump(exclude={"section_id"}, exclude_defaults=True)
    return "; ".join(f"{name}: {value}" for name, value in fields.items())


def _runs(document: Document) -> Iterator[list[Block]]:
    """Neighbouring blocks between bibliographies, so that no stretch reaches across one."""
    for is_reference, blocks in groupby(document.blocks, lambda block: block.kind == "reference"):
        if not is_reference:
            yield list(blocks)


def _packed(document: Document, run: list[Block], most_tokens: int) -> list[list[Block]]:
    groups: list[list[Block]] = []
    size = 0
    for _, section_blocks in groupby(run, lambda block: block.section_id):
        blocks = list(section_blocks)
        sizes = [estimate_tokens(document.slice(block.span)) for block in blocks]
        if groups and size + sum(sizes) <= most_tokens:
            groups[-1].extend(blocks)
            size += sum(sizes)
            continue
        for block, block_size in zip(blocks, sizes, strict=True):
            if block is blocks[0] or size + block_size > most_tokens:
                groups.append([])
                size = 0
            groups[-1].append(block)
            size += block_size
    return groups


def _around(document: Document, group: list[Block]) -> Span:
    """The blocks and, when they open their section, its heading."""
    start, home = group[0].span.start, group[0].section_id
    if group[0] is next(block for block in document.blocks if block.section_id == home):
        start = next(
            (section.span.start for section in document.sections if section.id == home), start
        )
    return Span(start=start, end=group[-1].span.end)
