"""The contract: ids in document order, nothing twice, every place of the document answered for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from deepcode.artifacts.analysis import AlgorithmAnalysis, Analyses, ConceptAnalysis
from deepcode.artifacts.contract import UnitDraft
from deepcode.artifacts.document import Document
from deepcode.blueprint import AnalysisResult, Source, write_contract

MakeDocument = Callable[..., Document]
MakeSource = Callable[..., Source]
MakeScript = Callable[..., Any]
LONG = "The rate is 0.01. The batch holds 32 samples. " * 6

NOTHING = Analyses(
    concept=ConceptAnalysis(kind="paper", summary="a method"), algorithm=AlgorithmAnalysis()
)


def draft(kind: str, statement: str, quote: str = "", **more: Any) -> UnitDraft:
    return UnitDraft(**({"kind": kind, "statement": statement, "quote": quote} | more))


def read_whole(*drafts: UnitDraft) -> AnalysisResult:
    return AnalysisResult(analyses=NOTHING, drafts=drafts)


def units_answer(*drafts: UnitDraft) -> str:
    return json.dumps({"units": [one.model_dump() for one in drafts]})


def gaps_answer(*places: dict[str, Any]) -> str:
    return json.dumps({"places": places})


async def test_units_are_numbered_by_kind_in_document_order(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    document = make_document(
        ("One", [("paragraph", "alpha beta")]), ("Two", [("paragraph", "gamma delta")])
    )
    analysed = read_whole(
        draft("HP", "the last", "delta"),
        draft("HP", "nowhere", status="assumed", reason="left open"),
        draft("EQ", "the third", "gamma"),
        draft("HP", "the first", "alpha"),
    )
    model = script()
    contract = await write_contract(make_source(document), model.asker, analysed)
    assert [(unit.id, unit.statement, unit.section_id) for unit in contract.units] == [
        ("HP-1", "the first", "s0"),
        ("EQ-1", "the third", "s1"),
        ("HP-2", "the last", "s1"),
        ("HP-3", "nowhere", None),
    ]
    assert contract.document_hash == document.source_hash
    assert model.asked == []


async def test_a_unit_belongs_to_the_innermost_section(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    document = make_document(
        ("Outer", [("paragraph", "alpha")]), ("Inner", [("paragraph", "beta")])
    )
    outer = document.sections[0].model_copy(update={"span": document.sections[0].span.model_copy(
        update={"end": len(document.text)}
    )})  # fmt: skip
    nested = document.model_copy(update={"sections": (outer, document.sections[1])})
    analysed = read_whole(draft("HP", "b", "beta"), draft("HP", "a", "alpha"))
    contract = await write_contract(make_source(nested), script().asker, analysed)
    assert [unit.section_id for unit in contract.units] == ["s0", "s1"]


async def test_the_same_words_drafted_twice_count_once(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    document = make_document(("One", [("paragraph", "alpha beta")]))
    analysed = read_whole(
        draft("HP", "The  rate is 1", "beta"),
        draft("HP", "the rate\nis 1", "alpha"),
        draft("RULE", "the rate is 1", "alpha"),
    )
    contract = await write_contract(make_source(document), script().asker, analysed)
    assert [(unit.id, unit.quote) for unit in contract.units] == [
        ("HP-1", "alpha"),
        ("RULE-1", "alpha"),
    ]


async def test_gaps_are_asked_about_and_what_fills_them_joins_in_document_order(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    document = make_document(
        ("One", [("paragraph", LONG)]), ("Two", [("paragraph", "gamma " * 60)])
    )
    found = draft("HP", "the rate", "The rate is 0.01")
    model = script(gaps_answer({"place": "s0", "units": [found.model_dump()]}))
    analysed = read_whole(draft("HP", "gamma it is", "gamma"))
    contract = await write_contract(make_source(document), model.asker, analysed)
    assert [unit.statement for unit in contract.units] == ["the rate", "gamma it is"]
    assert contract.excused == ()
    (asked,) = model.asked
    assert asked.subject == "gaps 1"
    assert "place s0" in asked.prompt
    assert "place s1" not in asked.prompt
    (event,) = model.of_kind("gaps-found")
    assert event.gaps == ("section One",)


async def test_places_that_demand_nothing_are_excused_with_the_reason(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    document = make_document(
        ("One", [("paragraph", LONG)]),
        ("Two", [("paragraph", LONG)]),
        ("Three", [("paragraph", LONG.replace("32", "33"))]),
    )
    assumed = draft("HP", "a guess", status="assumed", reason="left open")
    model = script(
        gaps_answer(
            {"place": "s0", "reason": "only an introduction"},
            {"place": "s2", "units": [assumed.model_dump()]},
        )
    )
    contract = await write_contract(make_source(document), model.asker, read_whole())
    assert {one.place: one.reason for one in contract.excused} == {
        "s0": "only an introduction",
        "s1": "not answered",
        "s2": "its units rest on no words of this place",
    }
    assert [unit.statement for unit in contract.units] == ["a guess"]


async def test_many_gaps_are_asked_about_in_several_questions(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    document = make_document(*((f"Part {n}", [("paragraph", LONG)]) for n in range(25)))
    model = script(lambda asked: gaps_answer())
    contract = await write_contract(make_source(document), model.asker, read_whole())
    shown = [sum(f"place s{n}:" in asked.prompt for asked in model.asked) for n in range(25)]
    assert shown == [1] * 25
    assert len(model.asked) > 1
    assert len(contract.excused) == 25


async def test_a_long_document_is_drafted_stretch_by_stretch(
    make_document: MakeDocument, make_source: MakeSource, script: MakeScript
) -> None:
    texts = [f"Fact {n} holds. " * 800 for n in (1, 2)]
    document = make_document(
        *((f"Part {n}", [("paragraph", text)]) for n, text in enumerate(texts))
    )
    model = script(
        lambda asked: units_answer(
            draft("RULE", f"from {asked.subject}", f"Fact {asked.subject[-1]} holds")
        )
    )
    analysed = AnalysisResult(analyses=NOTHING, drafts=None)
    contract = await write_contract(make_source(document), model.asker, analysed)
    assert [asked.subject for asked in model.asked] == ["stretch 1", "stretch 2"]
    assert [unit.statement for unit in contract.units] == ["from stretch 1", "from stretch 2"]
    assert "Fact 2" not in model.asked[0].prompt
