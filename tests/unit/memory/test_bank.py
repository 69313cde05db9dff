from __future__ import annotations

import pytest

from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    FilePlan,
    VerificationProtocol,
)
from deepcode.artifacts.interface import Interface, Symbol
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.memory import MemoryBank, Recalled

PLENTY = 100_000


def _plan(graph: dict[str, tuple[str, ...]], units: dict[str, str] | None = None) -> Blueprint:
    return Blueprint(
        name="n",
        kind="library",
        summary="",
        files=tuple(FilePlan(path=path, purpose="", depends_on=graph[path]) for path in graph),
        components=tuple(
            Component(file=path, name="f", behaviour="", units=(unit,))
            for path, unit in (units or {}).items()
        ),
        verification=VerificationProtocol(entry_commands=()),
        environment=EnvironmentPlan(),
        stages=(),
    )


def _entry(
    path: str,
    *,
    symbols: int = 1,
    used_by: tuple[str, ...] = (),
    units: tuple[str, ...] = (),
    purpose: str = "p",
) -> MemoryEntry:
    return MemoryEntry(
        path=path,
        purpose=purpose,
        interface=Interface(
            symbols=tuple(
                Symbol(
                    kind="function",
                    name=f"function_{number}",
                    signature=f"def function_{number}(value: int, *, scale: float = 1.0) -> str",
                    line=number + 1,
                    end_line=number + 1,
                )
                for number in range(symbols)
            )
        ),
        used_by=used_by,
        units=units,
        lines=1,
        file_hash="h",
    )


def _told(recalled: tuple[Recalled, ...]) -> list[tuple[str, str]]:
    return [(one.entry.path, one.detail) for one in recalled]


def _shown_tokens(recalled: tuple[Recalled, ...]) -> int:
    """What the entries take at least when they are shown."""
    return sum(
        estimate_tokens(
            one.entry.path
            + one.entry.purpose
            + "".join(
                symbol.signature if one.detail == "full" else symbol.name
                for symbol in one.entry.interface.symbols
            )
        )
        for one in recalled
    )


def test_direct_dependencies_come_in_full_and_farther_ones_condensed() -> None:
    plan = _plan({"a": ("b",), "b": ("c",), "c": ("d",), "d": (), "e": ()})
    bank = MemoryBank(_entry(path) for path in "edcba")

    recalled = bank.select(["a"], plan, budget_tokens=PLENTY)

    assert _told(recalled) == [("b", "full"), ("c", "condensed"), ("d", "condensed")]


def test_a_file_that_says_it_serves_the_target_comes_before_farther_dependencies() -> None:
    plan = _plan({"a": ("b",), "b": ("c",), "c": (), "x": ()})
    bank = MemoryBank([_entry("b"), _entry("c"), _entry("x", used_by=("a", "z"))])

    recalled = bank.select(["a"], plan, budget_tokens=PLENTY)

    assert _told(recalled) == [("b", "full"), ("x", "condensed"), ("c", "condensed")]


def test_files_that_share_a_unit_come_last() -> None:
    plan = _plan({"a": ("b",), "b": ("c",), "c": (), "x": (), "y": ()}, units={"a": "EQ-1"})
    bank = MemoryBank(
        [_entry("x", units=("EQ-1",)), _entry("y", units=("EQ-2",)), _entry("b"), _entry("c")]
    )

    recalled = bank.select(["a"], plan, budget_tokens=PLENTY)

    assert _told(recalled) == [("b", "full"), ("c", "condensed"), ("x", "condensed")]


def test_targets_are_not_told_of_themselves_nor_of_files_that_are_not_written() -> None:
    plan = _plan({"a": ("b", "c"), "b": ("c",), "c": ()})
    bank = MemoryBank([_entry("a"), _entry("b", used_by=("a",))])

    assert bank.select(["a", "b"], plan, budget_tokens=PLENTY) == ()
    assert _told(bank.select(["a"], plan, budget_tokens=PLENTY)) == [("b", "full")]


def test_a_batch_is_told_what_any_of_its_files_needs() -> None:
    plan = _plan({"a": ("x",), "b": ("y",), "x": (), "y": ()})
    bank = MemoryBank([_entry("x"), _entry("y")])

    recalled = bank.select(["a", "b"], plan, budget_tokens=PLENTY)

    assert _told(recalled) == [("x", "full"), ("y", "full")]


def test_a_cycle_and_an_unknown_target_do_no_harm() -> None:
    plan = _plan({"a": ("b",), "b": ("c",), "c": ("a", "b")})
    bank = MemoryBank(_entry(path) for path in "abc")

    recalled = bank.select(["a"], plan, budget_tokens=PLENTY)

    assert _told(recalled) == [("b", "full"), ("c", "condensed")]
    assert bank.select(["nowhere"], plan, budget_tokens=PLENTY) == ()


def test_a_direct_dependency_too_large_for_the_budget_is_condensed() -> None:
    plan = _plan({"a": ("big", "small"), "big": (), "small": ()})
    bank = MemoryBank([_entry("big", symbols=50), _entry("small")])

    recalled = bank.select(["a"], plan, budget_tokens=400)

    assert _told(recalled) == [("big", "condensed"), ("small", "full")]


@pytest.mark.parametrize("budget_tokens", [-1, 0, 1])
def test_without_budget_nothing_is_told(budget_tokens: int) -> None:
    plan = _plan({"a": ("b",), "b": ()})

    assert MemoryBank([_entry("b")]).select(["a"], plan, budget_tokens=budget_tokens) == ()


@pytest.mark.parametrize("budget_tokens", [50, 300, 2000])
@pytest.mark.parametrize("purpose", ["p", "A long story of what it is for. " * 40])
def test_what_is_told_stays_within_the_budget(budget_tokens: int, purpose: str) -> None:
    names = [f"pkg/module_{number}.py" for number in range(60)]
    graph = {"a": tuple(names[:20])} | {name: tuple(names[20:]) for name in names[:20]}
    graph |= dict.fromkeys(names[20:], ())
    bank = MemoryBank(_entry(name, symbols=30, purpose=purpose) for name in names)

    recalled = bank.select(["a"], _plan(graph), budget_tokens=budget_tokens)

    assert _shown_tokens(recalled) <= budget_tokens


def test_what_is_told_does_not_grow_with_the_repository() -> None:
    def shown(files: int) -> int:
        names = [f"pkg/module_{number}.py" for number in range(files)]
        # each file uses the three before it, as layered code does
        graph = {name: tuple(names[max(0, at - 3) : at]) for at, name in enumerate(names)}
        bank = MemoryBank(_entry(name, symbols=10, units=("EQ-1",)) for name in names[:-1])
        plan = _plan(graph, units={names[-1]: "EQ-1"})
        recalled = bank.select([names[-1]], plan, budget_tokens=6000)
        assert [one.detail for one in recalled[:3]] == ["full"] * 3
        return _shown_tokens(recalled)

    assert shown(200) <= 6000
    assert shown(400) <= 1.1 * shown(200)


def test_a_rewritten_file_supersedes_its_entry() -> None:
    bank = MemoryBank([_entry("b", purpose="first")])
    bank.update(_entry("b", purpose="second"))

    assert [entry.purpose for entry in bank.entries.values()] == ["second"]
    (recalled,) = bank.select(["a"], _plan({"a": ("b",), "b": ()}), budget_tokens=PLENTY)
    assert recalled.entry.purpose == "second"


def test_each_entry_is_kept_as_soon_as_it_is_made_and_old_ones_are_not_kept_again() -> None:
    kept: list[MemoryEntry] = []
    bank = MemoryBank([_entry("old")], keep=kept.append)

    bank.update(_entry("b"))
    bank.update(_entry("c"))

    assert kept == [_entry("b"), _entry("c")]


def test_an_entry_that_could_not_be_kept_is_not_remembered() -> None:
    def fail(entry: MemoryEntry) -> None:
        raise OSError(entry.path)

    bank = MemoryBank(keep=fail)
    with pytest.raises(OSError, match="b"):
        bank.update(_entry("b"))

    assert dict(bank.entries) == {}
