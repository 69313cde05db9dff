"""The outcome and the figures of a run come from what was measured, never from what was said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from deepcode.artifacts.blueprint import Blueprint, Component, Waiver
from deepcode.artifacts.check import Execution, Finding, TestResult
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.report import CheckReport, UnitCounts
from deepcode.events import Event, ModelCalled, Noted, Record
from deepcode.pipeline.outcome import count_checks, count_units, count_usage, outcome_of

Report = Callable[..., CheckReport]


def result(status: str, name: str = "test_a", *units: str) -> TestResult:
    return TestResult(id=f"test_a.py::{name}", status=status, units=units)


def entry(**changes: Any) -> Execution:
    known = {"exit_code": 0, "stdout": "", "stderr": "", "duration_s": 0.1, "level": "strong"}
    return Execution(argv=("python", "-m", "sample"), **(known | changes))


def finding(severity: str) -> Finding:
    return Finding(path="a.py", severity=severity, rule="ruff/x", message="it is so")


@pytest.fixture
def plan(make_blueprint: Callable[..., Blueprint]) -> Blueprint:
    return make_blueprint({"a.py": (), "README.md": ()})


FILES = ("README.md", "a.py", "tests/acceptance/test_a.py")


def test_all_files_a_passing_test_and_a_sandbox_are_verified(
    plan: Blueprint, sound: Report
) -> None:
    assert outcome_of(plan, sound(), FILES) == "verified"
    assert outcome_of(plan, sound(entries=(entry(),), sandbox="reduced"), FILES) == "verified"


@pytest.mark.parametrize(
    "changes",
    [
        {"tests": (result("failed"),)},
        {"tests": (result("passed"), result("error", "test_b"))},
        {"tests": (result("passed"), result("skipped", "test_b"))},
        {"tests": (result("passed"), result("missing", "test_b"))},
        {"entries": (entry(exit_code=1),)},
        {"entries": (entry(limit="time"),)},
        {"findings": (finding("blocking"),)},
        {"provision_error": "no such package"},
        {"provision_error": "no such package", "sandbox": None, "tests": ()},
    ],
)
def test_anything_that_fails_is_told(
    plan: Blueprint, sound: Report, changes: dict[str, Any]
) -> None:
    assert outcome_of(plan, sound(**changes), FILES) == "checks-failed"


def test_warnings_keep_nothing_from_being_verified(plan: Blueprint, sound: Report) -> None:
    assert outcome_of(plan, sound(findings=(finding("warning"),)), FILES) == "verified"


def test_without_a_test_nothing_is_verified(plan: Blueprint, sound: Report) -> None:
    assert outcome_of(plan, sound(tests=()), FILES) != "verified"
    assert outcome_of(plan, sound(tests=(), entries=(entry(),)), FILES) != "verified"


def test_tests_that_pass_on_an_empty_tree_verify_nothing(plan: Blueprint, sound: Report) -> None:
    hollow = sound(empty_tree_passed=("test_a.py::test_a",), entries=(entry(),))
    assert outcome_of(plan, hollow, FILES) != "verified"


def test_what_ran_outside_of_a_sandbox_is_not_verified(plan: Blueprint, sound: Report) -> None:
    assert outcome_of(plan, sound(sandbox="none"), FILES) == "unverified"
    failing = sound(sandbox="none", tests=(result("failed"),))
    assert outcome_of(plan, failing, FILES) == "checks-failed"


def test_what_was_not_measured_is_not_verified(plan: Blueprint, sound: Report) -> None:
    assert outcome_of(plan, None, FILES) == "unverified"
    assert outcome_of(plan, sound(sandbox=None), FILES) == "unverified"


@pytest.mark.parametrize("missing", ["a.py", "README.md"])
def test_a_planned_file_that_is_missing_makes_the_run_incomplete(
    plan: Blueprint, sound: Report, missing: str
) -> None:
    files = [path for path in FILES if path != missing]
    assert outcome_of(plan, sound(), files) == "incomplete"


def test_a_run_without_a_plan_is_incomplete(sound: Report) -> None:
    assert outcome_of(None, None, ()) == "incomplete"
    assert outcome_of(None, sound(), FILES) == "incomplete"


# units


@pytest.fixture
def owning(plan: Blueprint) -> Blueprint:
    """`a.py` owns EQ-1, EQ-2 and a unit that no contract holds; HP-1 is waived."""
    part = Component(file="a.py", name="f", behaviour="f", units=("EQ-1", "EQ-2", "EQ-9"))
    waivers = (Waiver(unit="HP-1", reason="no hardware"), Waiver(unit="EQ-2", reason="also owned"))
    return plan.model_copy(update={"components": (part,), "waivers": waivers})


@pytest.fixture
def contract(make_contract: Callable[..., Contract]) -> Contract:
    return make_contract("EQ-1", "EQ-2", "HP-1", "HP-2")


def test_units_are_counted_where_they_are(
    contract: Contract, owning: Blueprint, sound: Report
) -> None:
    counts = count_units(contract, owning, sound())
    assert counts == UnitCounts(total=4, owned=2, tested=1, waived=1)


@pytest.mark.parametrize(
    "tests",
    [
        (),
        (result("failed", "test_a", "EQ-1"),),
        (result("skipped", "test_a", "EQ-1"),),
        (result("missing", "test_a", "EQ-1"),),
        (result("passed", "test_a", "HP-1", "HP-2", "EQ-9", "EQ-77"),),
    ],
)
def test_only_a_passing_test_of_an_owned_unit_shows_it(
    contract: Contract, owning: Blueprint, sound: Report, tests: tuple[TestResult, ...]
) -> None:
    assert count_units(contract, owning, sound(tests=tests)).tested == 0


def test_a_hollow_test_shows_no_unit(contract: Contract, owning: Blueprint, sound: Report) -> None:
    hollow = sound(empty_tree_passed=("test_a.py::test_a",))
    assert count_units(contract, owning, hollow).tested == 0


def test_before_there_is_a_plan_only_the_total_is_known(contract: Contract) -> None:
    assert count_units(None, None, None) == UnitCounts()
    assert count_units(contract, None, None) == UnitCounts(total=4)


def test_before_anything_was_measured_nothing_is_tested(
    contract: Contract, owning: Blueprint
) -> None:
    assert count_units(contract, owning, None) == UnitCounts(total=4, owned=2, waived=1)


def test_checks_are_tests_that_count_and_entry_commands(sound: Report) -> None:
    report = sound(
        tests=(result("passed"), result("passed", "hollow"), result("skipped", "test_c")),
        entries=(entry(), entry(exit_code=2)),
        empty_tree_passed=("test_a.py::hollow",),
    )
    counts = count_checks(report)
    assert (counts.passed, counts.failed) == (2, 2)
    assert (count_checks(None).passed, count_checks(None).failed) == (0, 0)


# usage


def called(phase: str, *, replayed: bool = False, **changes: Any) -> ModelCalled:
    known = {
        "role": "coder",
        "subject": "a.py",
        "attempt": 1,
        "input_tokens": 100,
        "cached_tokens": 40,
        "output_tokens": 10,
        "cost_usd": 0.25,
        "seconds": 2.0,
        "prompt_hash": "0",
    }
    return ModelCalled(phase=phase, replayed=replayed, **(known | changes))


def records(*events: Event) -> list[Record]:
    return [
        Record(run_id="sample", seq=seq, at=datetime.now(UTC), event=event)
        for seq, event in enumerate(events, 1)
    ]


def test_usage_is_summed_in_all_and_by_phase() -> None:
    log = records(called("contract"), Noted(message="x"), called("generation"), called("contract"))
    usage = count_usage(log, recorded=False)
    assert (usage.calls, usage.input_tokens, usage.cached_tokens) == (3, 300, 120)
    assert (usage.output_tokens, usage.cost_usd, usage.seconds) == (30, 0.75, 6.0)
    assert {phase: one.calls for phase, one in usage.by_phase.items()} == {
        "contract": 2,
        "generation": 1,
    }
    assert usage.by_phase["contract"].cost_usd == 0.5
    assert usage.replayed_calls == 0


def test_an_answer_given_again_to_a_resumed_run_is_not_counted_twice() -> None:
    log = records(called("contract"), called("contract", replayed=True), called("generation"))
    usage = count_usage(log, recorded=False)
    assert (usage.calls, usage.cost_usd, usage.replayed_calls) == (2, 0.5, 0)


def test_in_a_demo_the_replayed_answers_are_the_usage_and_said_to_be_replayed() -> None:
    log = records(*(called("contract", replayed=True) for _ in range(3)))
    usage = count_usage(log, recorded=True)
    assert (usage.calls, usage.replayed_calls, usage.input_tokens) == (3, 3, 300)


def test_a_run_without_calls_used_nothing() -> None:
    usage = count_usage([], recorded=False)
    assert (usage.calls, usage.cost_usd, usage.by_phase) == (0, 0.0, {})
