"""The pure questions that artifacts answer about themselves."""

from __future__ import annotations

import pytest

from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    FilePlan,
    VerificationProtocol,
)
from deepcode.artifacts.check import Execution, Finding, Severity, TestResult, TestStatus
from deepcode.artifacts.contract import UNIT_KINDS, Contract, Unit
from deepcode.artifacts.document import Block, BlockId, Document, SectionId, Span
from deepcode.artifacts.report import CheckReport, Usage

BLUEPRINT = Blueprint(
    name="n",
    kind="library",
    summary="",
    files=(FilePlan(path="a.py", purpose=""), FilePlan(path="b.py", purpose="")),
    components=(
        Component(file="a.py", name="f", behaviour="", units=("EQ-2", "EQ-1")),
        Component(file="b.py", name="g", behaviour="", units=("EQ-1",)),
        Component(file="a.py", name="h", behaviour="", units=("EQ-1", "HP-1")),
    ),
    verification=VerificationProtocol(entry_commands=()),
    environment=EnvironmentPlan(),
    stages=(),
)


def _unit(unit_id: str) -> Unit:
    return Unit(id=unit_id, kind="EQ", statement="")


def _finding(severity: Severity) -> Finding:
    return Finding(path="a.py", severity=severity, rule="r", message="m")


def _test(name: str, status: TestStatus = "passed") -> TestResult:
    return TestResult(id=name, status=status)


def _run(exit_code: int = 0, **more: object) -> Execution:
    fields = {"argv": ("x",), "exit_code": exit_code, "stdout": "", "stderr": "", "duration_s": 1}
    return Execution.model_validate({**fields, "level": "strong", **more})


def test_a_blueprint_knows_who_owns_which_unit() -> None:
    assert BLUEPRINT.units_of("a.py") == ("EQ-2", "EQ-1", "HP-1")
    assert BLUEPRINT.units_of("nowhere.py") == ()
    assert BLUEPRINT.owners() == {
        "EQ-2": ("a.py",),
        "EQ-1": ("a.py", "b.py"),
        "HP-1": ("a.py",),
    }
    assert [part.name for part in BLUEPRINT.components_of("a.py")] == ["f", "h"]
    assert BLUEPRINT.file("b.py") == FilePlan(path="b.py", purpose="")
    assert BLUEPRINT.file("nowhere.py") is None


def test_units_are_selected_in_the_order_of_the_contract() -> None:
    contract = Contract(document_hash="h", units=tuple(map(_unit, ("EQ-1", "EQ-2", "EQ-3"))))

    assert contract.select(["EQ-3", "HP-9", "EQ-1", "EQ-3"]) == (_unit("EQ-1"), _unit("EQ-3"))
    assert contract.unit("EQ-2") == _unit("EQ-2")
    assert contract.unit("EQ-9") is None


def test_unit_kinds_are_told_apart_by_their_ids() -> None:
    assert len(set(UNIT_KINDS)) == len(UNIT_KINDS)
    assert all(kind.isupper() for kind in UNIT_KINDS)


def test_a_document_is_cut_by_characters_and_asked_by_kind() -> None:
    blocks = tuple(
        Block(
            id=BlockId(f"b{at}"),
            kind=kind,
            span=Span(start=at, end=at + 1),
            section_id=SectionId("s0"),
        )
        for at, kind in enumerate(("paragraph", "equation", "paragraph"))
    )
    document = Document(title="", text="ü😀z", sections=(), blocks=blocks, files=(), source_hash="")

    assert [document.slice(block.span) for block in blocks] == ["ü", "😀", "z"]
    assert [block.id for block in document.of_kind("paragraph")] == ["b0", "b2"]


@pytest.mark.parametrize(
    ("run", "ok"),
    [(_run(), True), (_run(1), False), (_run(0, limit="time"), False), (_run(137), False)],
)
def test_a_command_is_fine_when_it_ended_by_itself_without_error(run: Execution, ok: bool) -> None:
    assert run.ok is ok


def test_tests_that_pass_without_code_do_not_count() -> None:
    report = CheckReport(
        iteration=1,
        tests=(_test("a"), _test("b"), _test("c", "failed")),
        empty_tree_passed=("b",),
        entries=(_run(), _run(2)),
    )

    assert [test.id for test in report.counted] == ["a", "c"]
    assert (report.passed, report.failed) == (2, 2)


@pytest.mark.parametrize("status", ["failed", "error", "skipped", "missing"])
def test_whatever_did_not_pass_has_failed(status: TestStatus) -> None:
    assert CheckReport(iteration=1, tests=(_test("a", status),)).failed == 1


def test_a_report_is_sound_only_with_tests_that_pass_and_nothing_but_warnings() -> None:
    sound = CheckReport(iteration=1, tests=(_test("a"),), findings=(_finding("warning"),))
    assert sound.sound

    broken = [
        {"tests": ()},
        {"empty_tree_passed": ("a",)},
        {"tests": (_test("a"), _test("b", "missing"))},
        {"entries": (_run(1),)},
        {"findings": (_finding("error"),)},
        {"findings": (_finding("blocking"),)},
        {"provision_error": "no such package"},
    ]
    assert not any(sound.model_copy(update=change).sound for change in broken)


def test_of_two_states_the_worse_is_the_one_with_more_failures_then_more_findings() -> None:
    best = CheckReport(iteration=1, tests=(_test("a"),))
    finding = CheckReport(iteration=1, tests=(_test("a"),), findings=(_finding("error"),))
    blocked = CheckReport(iteration=1, tests=(_test("a"),), findings=(_finding("blocking"),))
    failing = CheckReport(iteration=1, tests=(_test("a", "failed"),))

    assert best.badness < finding.badness < blocked.badness < failing.badness


def test_usage_is_added_field_by_field() -> None:
    one = Usage(
        calls=1, input_tokens=2, cached_tokens=3, output_tokens=4, cost_usd=0.5, seconds=6.0
    )

    assert one + one == Usage(
        calls=2, input_tokens=4, cached_tokens=6, output_tokens=8, cost_usd=1.0, seconds=12.0
    )
    assert Usage() + one == one
