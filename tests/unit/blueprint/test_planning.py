"""The planner: a blueprint that does not hold is mended by patches, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.analysis import AlgorithmAnalysis, Analyses, ConceptAnalysis
from deepcode.artifacts.blueprint import Blueprint, VerificationProtocol
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.blueprint import Source, plan
from deepcode.blueprint.patch import Assignment, BlueprintPatch
from deepcode.blueprint.planning import MAX_MENDS
from deepcode.errors import PhaseError

MakeScript = Callable[..., Any]
NOTHING = Analyses(
    concept=ConceptAnalysis(kind="paper", summary="a method"), algorithm=AlgorithmAnalysis()
)
OWNED = BlueprintPatch(assignments=(Assignment(unit="EQ-1", file="core.py", name="do_core"),))
USELESS = BlueprintPatch()


@pytest.fixture
def source(make_document: Callable[..., Document], make_source: Callable[..., Source]) -> Source:
    return make_source(make_document(("Method", [("paragraph", "a is b")])))


@pytest.fixture
def ask(source: Source, make_contract: Callable[..., Contract]) -> Callable[[Any], Any]:
    """Plans for a contract of one unit, `EQ-1`."""

    async def planned(model: Any) -> Blueprint:
        contract = make_contract("EQ-1")
        return await plan(source, model.asker, analyses=NOTHING, contract=contract)

    return planned


@pytest.fixture
def broken(make_blueprint: Callable[..., Blueprint]) -> Blueprint:
    """A plan in which nobody owns `EQ-1`."""
    return make_blueprint({"core.py": ()})


async def test_a_plan_that_holds_is_taken_as_it_is(
    ask: Callable[[Any], Any], broken: Blueprint, script: MakeScript
) -> None:
    part = broken.components[0].model_copy(update={"units": ("EQ-1",)})
    good = broken.model_copy(update={"components": (part,)})
    model = script(good.model_dump_json())
    assert await ask(model) == good
    assert [asked.subject for asked in model.asked] == ["blueprint"]
    assert model.events == []


async def test_a_violation_is_mended_by_a_patch(
    ask: Callable[[Any], Any], broken: Blueprint, script: MakeScript
) -> None:
    model = script(broken.model_dump_json(), OWNED.model_dump_json())
    mended = await ask(model)
    assert mended.owners() == {"EQ-1": ("core.py",)}
    assert mended.files == broken.files
    (event,) = model.of_kind("gaps-found")
    assert event.gaps == ("unit `EQ-1` has no owner and no waiver",)
    question = model.asked[1]
    assert question.subject == "mend 1"
    assert "- unit `EQ-1` has no owner and no waiver" in question.prompt
    assert "what EQ-1 demands" in question.prompt


async def test_the_mender_sees_all_entry_commands_since_its_own_replace_them(
    ask: Callable[[Any], Any], broken: Blueprint, script: MakeScript
) -> None:
    commands = ("python -m sample --help", "make test")
    doubly = broken.model_copy(
        update={"verification": VerificationProtocol(entry_commands=commands)}
    )
    patch = OWNED.model_copy(update={"entry_commands": ("python -m sample --help", "sh test.sh")})
    model = script(doubly.model_dump_json(), patch.model_dump_json())
    mended = await ask(model)
    assert mended.verification.entry_commands == patch.entry_commands
    assert all(command in model.asked[1].prompt for command in commands)


async def test_mending_may_take_several_rounds(
    ask: Callable[[Any], Any], broken: Blueprint, script: MakeScript
) -> None:
    useless = [USELESS.model_dump_json()] * (MAX_MENDS - 1)
    model = script(broken.model_dump_json(), *useless, OWNED.model_dump_json())
    assert (await ask(model)).owners() == {"EQ-1": ("core.py",)}
    assert [asked.subject for asked in model.asked[1:]] == [
        f"mend {number}" for number in range(1, MAX_MENDS + 1)
    ]


async def test_a_plan_that_never_holds_stops_the_phase_and_names_the_first_violation(
    ask: Callable[[Any], Any], broken: Blueprint, script: MakeScript
) -> None:
    model = script(broken.model_dump_json(), *[USELESS.model_dump_json()] * MAX_MENDS)
    with pytest.raises(PhaseError, match="unit `EQ-1` has no owner and no waiver") as raised:
        await ask(model)
    assert str(MAX_MENDS) in str(raised.value)
    assert raised.value.hint
    assert len(model.asked) == 1 + MAX_MENDS


async def test_an_answer_that_is_no_blueprint_is_asked_again(
    ask: Callable[[Any], Any], broken: Blueprint, script: MakeScript
) -> None:
    model = script("I would rather not.", broken.model_dump_json(), OWNED.model_dump_json())
    assert (await ask(model)).owners() == {"EQ-1": ("core.py",)}
    assert len(model.of_kind("answer-rejected")) == 1


async def test_a_long_document_is_planned_from_its_verbatim_pieces(
    make_document: Callable[..., Document],
    make_source: Callable[..., Source],
    make_contract: Callable[..., Contract],
    make_blueprint: Callable[..., Blueprint],
    script: MakeScript,
) -> None:
    document = make_document(
        ("Method", [("paragraph", "only prose"), ("algorithm", "1: repeat until done")])
    )
    model = script(make_blueprint({"core.py": ()}).model_dump_json())
    source = make_source(document, "standard")
    await plan(source, model.asker, analyses=NOTHING, contract=make_contract())
    assert "1: repeat until done" in model.asked[0].prompt
    assert "only prose" not in model.asked[0].prompt
