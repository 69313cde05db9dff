"""A quote counts when the document holds it; what does not hold is asked once, then marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.contract import UnitDraft
from deepcode.artifacts.document import Document
from deepcode.blueprint import Source
from deepcode.blueprint.quotes import NOT_FOUND, place_quotes

MakeScript = Callable[..., Any]
TEXT = "The learning rate is 0.01 and the batch holds 32 samples."


@pytest.fixture
def source(make_document: Callable[..., Document], make_source: Callable[..., Source]) -> Source:
    return make_source(make_document(("Training", [("paragraph", TEXT)])))


def draft(quote: str = "", **more: Any) -> UnitDraft:
    return UnitDraft(**({"kind": "HP", "statement": "the rate is 0.01", "quote": quote} | more))


def fixes(*pairs: tuple[int, str]) -> str:
    return json.dumps({"fixes": [{"number": number, "quote": quote} for number, quote in pairs]})


async def test_a_quote_that_is_there_gets_its_place_and_nobody_is_asked(
    source: Source, script: MakeScript
) -> None:
    model = script()
    (placed,) = await place_quotes(
        [draft("learning rate is 0.01")], source, model.asker, subject="x"
    )
    assert placed.span is not None
    assert source.document.slice(placed.span) == "learning rate is 0.01"
    assert placed.draft.status == "stated"
    assert model.asked == []


async def test_lost_quotes_are_asked_about_once_all_together(
    source: Source, script: MakeScript
) -> None:
    model = script(fixes((0, "rate is 0.01"), (2, "32 samples")))
    drafts = [draft("rate was 0.01"), draft("batch holds 32"), draft("33 samples")]
    placed = await place_quotes(drafts, source, model.asker, subject="stretch 1")
    assert [one.draft.quote for one in placed] == ["rate is 0.01", "batch holds 32", "32 samples"]
    assert all(one.span and one.draft.status == "stated" for one in placed)
    (asked,) = model.asked
    assert asked.subject == "quotes of stretch 1"
    assert "rate was 0.01" in asked.prompt
    assert TEXT in asked.prompt
    assert "quote given: batch holds 32" not in asked.prompt


@pytest.mark.parametrize("answer", [fixes((0, "still wrong")), fixes((0, "")), fixes()])
async def test_what_stays_lost_becomes_an_assumption_without_a_quote(
    source: Source, script: MakeScript, answer: str
) -> None:
    model = script(answer)
    lost = draft("the rate is 0.5", reason="it seemed so")
    (placed,) = await place_quotes([lost], source, model.asker, subject="x")
    assert placed.span is None
    assert placed.draft.status == "assumed"
    assert placed.draft.quote == ""
    assert placed.draft.reason == f"it seemed so {NOT_FOUND}"
    assert len(model.asked) == 1


async def test_a_stated_unit_without_a_quote_is_asked_for_one(
    source: Source, script: MakeScript
) -> None:
    model = script(fixes((0, "rate is 0.01")))
    (placed,) = await place_quotes([draft("")], source, model.asker, subject="x")
    assert placed.draft.quote == "rate is 0.01"


@pytest.mark.parametrize("status", ["assumed", "missing"])
async def test_what_the_document_does_not_state_needs_no_quote(
    source: Source, script: MakeScript, status: str
) -> None:
    model = script()
    open_unit = draft("", status=status, reason="left open")
    (placed,) = await place_quotes([open_unit], source, model.asker, subject="x")
    assert placed.draft == open_unit
    assert placed.span is None
    assert model.asked == []


async def test_an_assumption_with_a_false_quote_loses_the_quote_and_keeps_its_reason(
    source: Source, script: MakeScript
) -> None:
    model = script(fixes((0, "")))
    unit = draft("never said", status="assumed", reason="left open")
    (placed,) = await place_quotes([unit], source, model.asker, subject="x")
    assert (placed.draft.quote, placed.draft.status) == ("", "assumed")
    assert placed.draft.reason == "left open"


async def test_a_fix_for_a_quote_that_was_found_is_ignored(
    source: Source, script: MakeScript
) -> None:
    model = script(fixes((0, "32 samples"), (1, "32 samples"), (7, "32 samples")))
    drafts = [draft("learning rate"), draft("lost")]
    placed = await place_quotes(drafts, source, model.asker, subject="x")
    assert [one.draft.quote for one in placed] == ["learning rate", "32 samples"]
