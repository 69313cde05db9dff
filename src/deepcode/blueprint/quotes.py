"""Verifies that every quote of a contract stands in the document; nothing is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from deepcode.artifacts.base import Artifact
from deepcode.artifacts.contract import UnitDraft
from deepcode.artifacts.document import Span
from deepcode.blueprint.source import Source
from deepcode.documents import QuoteFinder
from deepcode.models import Asker, Question, json_answer
from deepcode.prompts import fenced, load_prompt, shape_of

# Passages shown for one quote that was not found, and how much of them.
_PASSAGES = 2
_PASSAGE_TOKENS = 800

NOT_FOUND = "the quote given for it was not found in the document"


class QuoteFix(Artifact):
    """The right words for one unit."""

    number: int = Field(description="the number of the unit in the question")
    quote: str = Field(description="copied character by character; empty when there is none")


class QuoteFixes(Artifact):
    """Answer to the question about quotes that were not found."""

    fixes: tuple[QuoteFix, ...]


@dataclass(frozen=True)
class Placed:
    """A draft with the place of its quote."""

    draft: UnitDraft
    span: Span | None
    """None for what the document does not state."""


async def place_quotes(
    drafts: Sequence[UnitDraft], source: Source, asker: Asker, *, subject: str
) -> tuple[Placed, ...]:
    """Find each draft's quote; ask once for those that are not there, then mark them as assumed.

    Args:
        drafts: Units as agents wrote them.
        source: What they speak of; its index finds what a wrong quote may have meant.
        asker: For the one question.
        subject: Names the question in the run.
    """
    finder = QuoteFinder(source.document.text)
    spans = [finder.find(draft.quote) if draft.quote else None for draft in drafts]
    lost = [number for number, draft in enumerate(drafts) if _unproven(draft, spans[number])]
    fixed = await _ask_for(lost, drafts, source, asker, subject) if lost else {}
    placed = []
    for number, draft in enumerate(drafts):
        quote = fixed.get(number, draft.quote)
        span = finder.find(quote) if number in fixed else spans[number]
        placed.append(_settled(draft, quote, span))
    return tuple(placed)


def _unproven(draft: UnitDraft, span: Span | None) -> bool:
    return span is None and (draft.status == "stated" or bool(draft.quote))


def _settled(draft: UnitDraft, quote: str, span: Span | None) -> Placed:
    if span is not None:
        return Placed(draft.model_copy(update={"quote": quote}), span)
    if draft.status == "stated":
        reason = f"{draft.reason} {NOT_FOUND}".strip()
        draft = draft.model_copy(update={"status": "assumed", "reason": reason})
    return Placed(draft.model_copy(update={"quote": ""}), None)


async def _ask_for(
    lost: Sequence[int], drafts: Sequence[UnitDraft], source: Source, asker: Asker, subject: str
) -> dict[int, str]:
    failures = "\n".join(
        f"{number}. {drafts[number].statement}\n   quote given: {drafts[number].quote or '(none)'}"
        for number in lost
    )
    passages = {
        hit.span.start: hit.text
        for number in lost
        for hit in source.index.search(
            f"{drafts[number].quote} {drafts[number].statement}",
            limit=_PASSAGES,
            budget_tokens=_PASSAGE_TOKENS,
        )
    }
    prompt = load_prompt("contract/quotes").render(
        shape=shape_of(QuoteFixes),
        failures=failures,
        passages="\n\n".join(fenced("document", passages[start]) for start in sorted(passages)),
    )
    question = Question("contract", f"quotes of {subject}", prompt.system, prompt.prompt)
    answer = await asker.ask(question, read=json_answer(QuoteFixes))
    return {fix.number: fix.quote for fix in answer.fixes if fix.number in lost}
