"""Cuts a document into stretches that one answer can turn into requirement units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
    groups: list[list[Block]] = []
    size = 0
    for blocks in _by_section(document):
        section_size = sum(estimate_tokens(document.slice(block.span)) for block in blocks)
        if groups and size + section_size <= most_tokens:
            groups[-1].extend(blocks)
            size += section_size
            continue
        for block in blocks:
            block_size = estimate_tokens(document.slice(block.span))
            if not groups or block is blocks[0] or size + block_size > most_tokens:
                groups.append([])
                size = 0
            groups[-1].append(block)
            size += block_size
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


def _by_section(document: Document) -> Iterable[list[Block]]:
    group: list[Block] = []
    for block in document.blocks:
        if block.kind == "reference":
            continue
        if group and group[-1].section_id != block.section_id:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _around(document: Document, group: list[Block]) -> Span:
    """The blocks and, when they open their section, its heading."""
    start = group[0].span.start
    for section in document.sections:
        if section.id == group[0].section_id:
            between = document.text[section.span.start : start]
            if between.count("\n\n") <= 1:
                start = section.span.start
    return Span(start=start, end=group[-1].span.end)
