"""What a writer of files is shown: a part that never changes, and the specification uncut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.blueprint import Blueprint, Component
from deepcode.artifacts.contract import Contract, Unit
from deepcode.artifacts.document import Document, Span
from deepcode.artifacts.interface import Interface, Symbol
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.generation.packet import (
    MEMORY_TOKENS,
    Brief,
    assignment,
    memory_text,
    overview,
)
from deepcode.memory import MemoryBank
from deepcode.prompts import WHOLE_DOCUMENT_TOKENS

MakeBlueprint = Callable[..., Blueprint]
MakeDocument = Callable[..., Document]
MakeContract = Callable[..., Contract]

LONG_QUOTE = "the gradient is scaled by the inverse square root of the running mean " * 60


def entry(path: str, *, symbols: int = 3, used_by: tuple[str, ...] = ()) -> MemoryEntry:
    named = tuple(
        Symbol(
            kind="function",
            name=f"compute_part_{number}",
            signature=f"def compute_part_{number}(values: list[float]) -> float",
            line=number + 1,
            end_line=number + 1,
        )
        for number in range(symbols)
    )
    return MemoryEntry(
        path=path,
        purpose=f"holds the parts of {path}",
        interface=Interface(symbols=named),
        used_by=used_by,
        lines=10,
        file_hash="0",
    )


@pytest.fixture
def brief(
    make_blueprint: MakeBlueprint, make_contract: MakeContract, make_document: MakeDocument
) -> Callable[..., Brief]:
    """A brief for `base.py` and `top.py`, which uses it and owns `EQ-1`."""

    def make(*, text: str = "a is b", units: tuple[Unit, ...] = (), **changes: Any) -> Brief:
        document = make_document(("Method", [("paragraph", text)]))
        plan = make_blueprint({"base.py": (), "top.py": ("base.py",)}, **changes)
        part = plan.components[1].model_copy(update={"units": ("EQ-1",)})
        owned = plan.model_copy(update={"components": (plan.components[0], part)})
        return Brief(owned, make_contract(*units), document)

    return make


def unit(**changes: Any) -> Unit:
    known = {"kind": "EQ", "id": "EQ-1", "statement": "scale the gradient", "quote": LONG_QUOTE}
    return Unit(**(known | changes))


def test_the_overview_names_every_file_and_command(brief: Callable[..., Brief]) -> None:
    shown = overview(brief())
    assert "- base.py: what base.py is for" in shown
    assert "- top.py: what top.py is for" in shown
    assert "python -c 'import sample'" in shown


def test_the_overview_depends_on_the_run_alone(brief: Callable[..., Brief]) -> None:
    one = brief(units=(unit(),))
    assert overview(one) == overview(brief(units=(unit(),)))


def test_a_short_document_is_in_the_stable_part_and_not_repeated(
    brief: Callable[..., Brief],
) -> None:
    one = brief(text="a is b", units=(unit(quote="a is b", span=Span(start=11, end=17)),))
    assert "a is b" in overview(one)
    assert "Passages" not in assignment(one, one.blueprint.files, MemoryBank())


def test_of_a_long_document_the_passages_of_the_units_are_shown(
    brief: Callable[..., Brief],
) -> None:
    text = "filler " * WHOLE_DOCUMENT_TOKENS
    one = brief(text=text, units=(unit(quote="filler", span=Span(start=11, end=17)),))
    long = Brief(one.blueprint, one.contract, one.document)
    assert not long.whole
    assert "filler" not in overview(long)
    assert "Passages of the document:" in assignment(long, long.blueprint.files, MemoryBank())


def test_a_unit_is_shown_whole_however_long_its_quote(brief: Callable[..., Brief]) -> None:
    one = brief(units=(unit(must_keep="the running mean", statement="scale it"),))
    shown = assignment(one, one.blueprint.files[1:], MemoryBank())
    assert LONG_QUOTE in shown
    assert "EQ-1 scale it" in shown
    assert "keep: the running mean" in shown


def test_only_the_targets_units_are_shown(brief: Callable[..., Brief]) -> None:
    one = brief(units=(unit(),))
    shown = assignment(one, one.blueprint.files[:1], MemoryBank())
    assert LONG_QUOTE not in shown
    assert "base.py - what base.py is for\n  uses: nothing of this repository" in shown


def test_targets_come_with_their_signatures_and_behaviour(brief: Callable[..., Brief]) -> None:
    one = brief()
    shown = assignment(one, one.blueprint.files[1:], MemoryBank())
    assert "top.py - what top.py is for\n  uses: base.py" in shown
    assert "  * def do_top(x: int) -> int [EQ-1]\n    do_top of x" in shown


def test_what_a_target_uses_is_recalled_with_every_signature(brief: Callable[..., Brief]) -> None:
    one = brief()
    shown = assignment(one, one.blueprint.files[1:], MemoryBank([entry("base.py")]))
    assert "base.py: holds the parts of base.py" in shown
    assert "def compute_part_2(values: list[float]) -> float" in shown


def test_the_first_file_is_told_that_nothing_is_written(brief: Callable[..., Brief]) -> None:
    one = brief()
    shown = assignment(one, one.blueprint.files[:1], MemoryBank())
    assert shown.startswith("Files that are written already:\n(none)\n")


@pytest.mark.parametrize("symbols", [1, 12, 60])
@pytest.mark.parametrize("files", [10, 200])
def test_the_memory_keeps_its_budget_however_large_the_repository(
    make_blueprint: MakeBlueprint, files: int, symbols: int
) -> None:
    names = [f"pkg/module_{number}.py" for number in range(files)]
    plan = make_blueprint({**dict.fromkeys(names, ()), "top.py": names[::2]})
    bank = MemoryBank(entry(name, symbols=symbols, used_by=("top.py",)) for name in names)
    recalled = bank.select(["top.py"], plan, budget_tokens=MEMORY_TOKENS)
    assert recalled
    assert estimate_tokens(memory_text(recalled)) <= MEMORY_TOKENS


def test_a_component_without_a_signature_is_shown_by_its_name(
    make_blueprint: MakeBlueprint, brief: Callable[..., Brief]
) -> None:
    one = brief()
    part = Component(file="base.py", name="RATES", behaviour="a table of rates")
    plan = one.blueprint.model_copy(update={"components": (part,)})
    shown = assignment(Brief(plan, one.contract, one.document), plan.files[:1], MemoryBank())
    assert "  * RATES\n    a table of rates" in shown
