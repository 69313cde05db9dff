"""The contract: drafts from the text, quotes verified, the completeness pass, ids.

Above it `phase.py`; below it the index and the model.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from pydantic import Field

from deepcode.artifacts.analysis import Analyses
from deepcode.artifacts.base import Artifact
from deepcode.artifacts.contract import Contract, Excused, Unit, UnitDraft
from deepcode.artifacts.document import Document, Section, SectionId, Span
from deepcode.artifacts.tokens import CHARS_PER_TOKEN
from deepcode.blueprint.analysis import AnalysisResult
from deepcode.blueprint.coverage import Place, uncovered
from deepcode.blueprint.quotes import Placed, place_quotes
from deepcode.blueprint.source import Source
from deepcode.blueprint.stretches import Stretch, notes_on, stretches_of
from deepcode.events import GapsFound
from deepcode.models import Asker, Question, json_answer
from deepcode.prompts import fenced, load_prompt, shape_of

# One question of the completeness pass: what still can be judged place by place.
GAP_TOKENS = 8_000
_PLACE_TOKENS = 700


class UnitDrafts(Artifact):
    """Units of one stretch."""

    units: tuple[UnitDraft, ...] = Field(description="in document order; may be empty")


class GapAnswer(Artifact):
    """Decision about one place."""

    place: str = Field(description="the id of the place")
    units: tuple[UnitDraft, ...] = Field((), description="units that were missing")
    reason: str = Field("", description="when there are none: why the place demands nothing")


class GapAnswers(Artifact):
    """Decisions about all places of a question."""

    places: tuple[GapAnswer, ...]


async def write_contract(source: Source, asker: Asker, analysed: AnalysisResult) -> Contract:
    """Write the contract of a document.

    Raises:
        PhaseError: An agent gave no usable answer.
    """
    if analysed.drafts is not None:
        placed = await place_quotes(analysed.drafts, source, asker, subject="document")
    else:
        placed = await _from_text(source, asker, analysed.analyses)
    excused: tuple[Excused, ...] = ()
    document = source.document
    gaps = uncovered(document, [unit.span for unit in placed if unit.span])
    if gaps:
        asker.announce(GapsFound(artifact="contract", gaps=tuple(place.what for place in gaps)))
        more, excused = await _fill(gaps, placed, source, asker)
        placed = (*placed, *more)
    return Contract(
        document_hash=document.source_hash, units=_numbered(placed, document), excused=excused
    )


async def _from_text(source: Source, asker: Asker, analyses: Analyses) -> tuple[Placed, ...]:
    found = await asyncio.gather(
        *(
            _of_stretch(stretch, source, asker, analyses)
            for stretch in stretches_of(source.document)
        )
    )
    return tuple(placed for stretch in found for placed in stretch)


async def _of_stretch(
    stretch: Stretch, source: Source, asker: Asker, analyses: Analyses
) -> tuple[Placed, ...]:
    prompt = load_prompt("contract/units").render(
        shape=shape_of(UnitDrafts),
        summary=analyses.concept.summary,
        notes=notes_on(stretch, analyses),
        passage=fenced("document", source.document.slice(stretch.span)),
    )
    subject = f"stretch {stretch.number}"
    question = Question("contract", subject, prompt.system, prompt.prompt)
    answer = await asker.ask(question, read=json_answer(UnitDrafts))
    return await place_quotes(answer.units, source, asker, subject=subject)


async def _fill(
    gaps: Sequence[Place], placed: Sequence[Placed], source: Source, asker: Asker
) -> tuple[tuple[Placed, ...], tuple[Excused, ...]]:
    known = "\n".join(f"- {unit.draft.kind}: {unit.draft.statement}" for unit in placed)
    answers = await asyncio.gather(
        *(
            _ask_about(number, batch, known, source.document, asker)
            for number, batch in enumerate(_batches(gaps), 1)
        )
    )
    decisions = [decision for answer in answers for decision in answer.places]
    drafts = [draft for decision in decisions for draft in decision.units]
    more = await place_quotes(drafts, source, asker, subject="gaps")
    spans = [unit.span for unit in (*placed, *more) if unit.span]
    reasons = {decision.place: _reason(decision) for decision in decisions}
    excused = tuple(
        Excused(place=place.id, reason=reasons.get(str(place.id)) or "not answered")
        for place in uncovered(source.document, spans)
    )
    return more, excused


def _reason(decision: GapAnswer) -> str:
    if decision.units and not decision.reason:
        return "its units rest on no words of this place"
    return decision.reason


async def _ask_about(
    number: int, batch: Sequence[Place], known: str, document: Document, asker: Asker
) -> GapAnswers:
    most = _PLACE_TOKENS * CHARS_PER_TOKEN
    places = "\n\n".join(
        f"place {place.id}: {place.what}\n{fenced('document', document.slice(place.span)[:most])}"
        for place in batch
    )
    prompt = load_prompt("contract/gaps").render(
        shape=shape_of(GapAnswers), units=known, places=places
    )
    question = Question("contract", f"gaps {number}", prompt.system, prompt.prompt)
    return await asker.ask(question, read=json_answer(GapAnswers))


def _batches(gaps: Sequence[Place]) -> list[list[Place]]:
    per_batch = max(1, GAP_TOKENS // _PLACE_TOKENS)
    return [list(gaps[at : at + per_batch]) for at in range(0, len(gaps), per_batch)]


def _numbered(placed: Sequence[Placed], document: Document) -> tuple[Unit, ...]:
    """Ids in document order; the same words drafted twice (a stretch and a gap) count once."""
    last = len(document.text)
    ordered = sorted(placed, key=lambda unit: unit.span.start if unit.span else last)
    numbers: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    units = []
    for one in ordered:
        key = (one.draft.kind, " ".join(one.draft.statement.lower().split()))
        if key in seen:
            continue
        seen.add(key)
        numbers[one.draft.kind] += 1
        units.append(
            Unit(
                **one.draft.model_dump(),
                id=f"{one.draft.kind}-{numbers[one.draft.kind]}",
                section_id=_section_at(document.sections, one.span),
                span=one.span,
            )
        )
    return tuple(units)


def _section_at(sections: Sequence[Section], span: Span | None) -> SectionId | None:
    if span is None:
        return None
    holding = [
        section for section in sections if section.span.start <= span.start < section.span.end
    ]
    return max(holding, key=lambda section: section.span.start).id if holding else None
