"""Repairs: what is shown for them, what they may touch, and that they are applied whole."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from deepcode.artifacts.base import text_hash
from deepcode.artifacts.check import Execution, Finding, TestResult
from deepcode.artifacts.report import CheckReport
from deepcode.errors import PhaseError
from deepcode.verification import Subject
from deepcode.verification.repair import (
    FILES_TOKENS,
    Repair,
    apply_repair,
    propose_repair,
    read_repair,
    undo,
)

MakeSubject = Callable[..., Subject]
MakeScript = Callable[..., Any]
Ran = Callable[..., Execution]

TEST_PATH = "tests/acceptance/test_a.py"
TEST = "def test_a():\n    assert do_core(1) == 2\n\n\ndef test_b():\n    assert 1\n"
TEXTS = {"core.py": "a = 1\nb = 2\nc = 3\n", "other.py": "x = 1\n", TEST_PATH: TEST}


def edit(path: str, old: str, new: str) -> str:
    return f"=== EDIT {path}\n<<<<<<< OLD\n{old}=======\n{new}>>>>>>> NEW\n=== END {path}\n"


def file(path: str, text: str = "new = 1\n") -> str:
    return f"=== FILE {path}\n---\n{text}=== END {path}\n"


# reading an answer


def test_edits_become_whole_texts_with_the_hash_they_were_made_for() -> None:
    repair = read_repair(edit("core.py", "b = 2\n", "b = 3\n") + file("new.py"), TEXTS)
    assert repair.texts == {"core.py": "a = 1\nb = 3\nc = 3\n", "new.py": "new = 1\n"}
    assert repair.base_hashes == {"core.py": text_hash(TEXTS["core.py"]), "new.py": ""}


def test_several_edits_of_one_file_are_all_applied() -> None:
    answer = edit("core.py", "a = 1\n", "a = 2\n") + edit("core.py", "c = 3\n", "")
    assert read_repair(answer, TEXTS).texts == {"core.py": "a = 2\nb = 2\n"}


def test_edits_that_overlap_are_refused() -> None:
    answer = edit("core.py", "a = 1\nb = 2\n", "") + edit("core.py", "b = 2\nc = 3\n", "")
    with pytest.raises(ValueError, match=r"`core.py`: .*overlap"):
        read_repair(answer, TEXTS)


def test_an_edit_that_changes_nothing_is_no_repair() -> None:
    assert read_repair(edit("core.py", "a = 1\n", "a = 1\n"), TEXTS).texts == {}


@pytest.mark.parametrize(
    "answer",
    [
        edit(TEST_PATH, "    assert 1\n", "    pass\n"),
        file(TEST_PATH),
        file("tests/acceptance/conftest.py"),
        file("./tests/acceptance/conftest.py"),
        file("tests//acceptance/conftest.py"),
        file("Tests/Acceptance/conftest.py"),
    ],
)
def test_nothing_among_the_acceptance_tests_can_be_touched(answer: str) -> None:
    with pytest.raises(ValueError, match=r"acceptance test and cannot be edited; challenge it"):
        read_repair(edit("core.py", "a = 1\n", "a = 2\n") + answer, TEXTS)


def test_an_edit_of_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`gone.py` does not exist; give a new file"):
        read_repair(edit("gone.py", "a = 1\n", "a = 2\n"), TEXTS)


def test_a_passage_that_is_not_there_is_refused_with_its_file() -> None:
    with pytest.raises(ValueError, match=r"`core.py`: "):
        read_repair(edit("core.py", "zebra = 17\n", "a = 2\n"), TEXTS)


@pytest.mark.parametrize(
    "path", ["../x.py", "/etc/x", "a/../../x.py", ".github/workflows/x.yml", ".git/hooks/x", "a\\x"]
)
def test_a_file_outside_or_where_tools_obey_it_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is refused"):
        read_repair(file(path), TEXTS)


def test_a_path_is_brought_to_normal_form() -> None:
    repair = read_repair(edit("./core.py", "a = 1\n", "a = 7\n") + file("pkg//new.py"), TEXTS)
    assert repair.texts == {"core.py": "a = 7\nb = 2\nc = 3\n", "pkg/new.py": "new = 1\n"}
    assert repair.base_hashes == {"core.py": text_hash(TEXTS["core.py"]), "pkg/new.py": ""}


@pytest.mark.parametrize("path", ["core.py", "./core.py"])
def test_a_file_that_has_text_cannot_be_given_whole(path: str) -> None:
    with pytest.raises(ValueError, match=r"`core.py` exists; .*`=== EDIT`"):
        read_repair(edit("other.py", "x = 1\n", "x = 2\n") + file(path, "a = 7\n"), TEXTS)


@pytest.mark.parametrize("empty", ["", "\n"])
def test_an_empty_file_may_be_given_whole(empty: str) -> None:
    repair = read_repair(file("pkg/__init__.py"), {**TEXTS, "pkg/__init__.py": empty})
    assert repair.texts == {"pkg/__init__.py": "new = 1\n"}
    assert repair.base_hashes == {"pkg/__init__.py": text_hash(empty)}


def test_an_answer_that_was_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="no `=== END` line"):
        read_repair("=== FILE core.py\n---\na = 1\n", TEXTS)


def test_challenges_are_handed_on() -> None:
    answer = f"=== CHALLENGE {TEST_PATH}::test_a\nit contradicts the text\n=== END\n"
    (challenge,) = read_repair(answer, TEXTS).challenges
    assert challenge.test_id == f"{TEST_PATH}::test_a"
    assert challenge.argument == "it contradicts the text"


# applying


def test_applying_writes_all_and_undoing_restores_and_removes(make_subject: MakeSubject) -> None:
    subject = make_subject(TEXTS)
    answer = edit("core.py", "a = 1\n", "a = 2\n") + file("pkg/new.py")
    before = apply_repair(subject, read_repair(answer, subject.texts()))
    assert subject.workspace.read("core.py") == "a = 2\nb = 2\nc = 3\n"
    assert subject.workspace.read("pkg/new.py") == "new = 1\n"
    undo(subject, before)
    assert subject.texts() == TEXTS
    assert not (subject.workspace.root / "pkg").exists()


def test_a_file_that_changed_meanwhile_stops_everything(make_subject: MakeSubject) -> None:
    subject = make_subject(TEXTS)
    answer = edit("core.py", "a = 1\n", "a = 2\n") + edit("other.py", "x = 1\n", "x = 2\n")
    repair = read_repair(answer, subject.texts())
    subject.workspace.write("other.py", "x = 17\n")
    with pytest.raises(ValueError, match=r"`other.py` changed since it was read"):
        apply_repair(subject, repair)
    assert subject.texts() == {**TEXTS, "other.py": "x = 17\n"}


def test_a_new_file_that_appeared_meanwhile_is_not_overwritten(make_subject: MakeSubject) -> None:
    subject = make_subject(TEXTS)
    repair = read_repair(file("new.py"), subject.texts())
    subject.workspace.write("new.py", "mine = 1\n")
    with pytest.raises(ValueError, match=r"`new.py` changed since it was read"):
        apply_repair(subject, repair)
    assert subject.workspace.read("new.py") == "mine = 1\n"


def test_a_file_that_cannot_be_written_leaves_nothing_changed(make_subject: MakeSubject) -> None:
    subject = make_subject(TEXTS)
    repair = Repair(
        texts={"core.py": "a = 2\n", "new.py": "n = 1\n", "core.py/x.py": "x = 1\n"},
        base_hashes={"core.py": text_hash(TEXTS["core.py"]), "new.py": "", "core.py/x.py": ""},
    )
    with pytest.raises(ValueError, match="is refused"):
        apply_repair(subject, repair)
    assert subject.texts() == TEXTS


# asking for one


def report(**parts: Any) -> CheckReport:
    return CheckReport(iteration=1, **parts)


def failed(name: str = "test_a", *units: str, message: str = "AssertionError") -> TestResult:
    return TestResult(id=f"{TEST_PATH}::{name}", status="failed", message=message, units=units)


async def propose(
    subject: Subject, model: Any, found: CheckReport, *, wide: bool = False, history: str = ""
) -> Repair:
    return await propose_repair(
        subject, model.asker, found, subject="iteration 1", wide=wide, history=history
    )


def shown(model: Any) -> tuple[list[str], str]:
    """Files that were shown whole, in order, and the whole prompt."""
    lines = model.asked[0].prompt.splitlines()
    paths = [
        line
        for line, after in pairwise(lines)
        if after.startswith("<file ") and not line.startswith("tests/acceptance/")
    ]
    return paths, model.asked[0].prompt


async def test_the_failing_test_is_shown_and_the_passing_one_is_not(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    model = script(edit("core.py", "a = 1\n", "a = 2\n"))
    passed = TestResult(id=f"{TEST_PATH}::test_b", status="passed")
    subject = make_subject(TEXTS, units=("EQ-1",))
    repair = await propose(subject, model, report(tests=(failed("test_a", "EQ-1"), passed)))
    assert repair.texts == {"core.py": "a = 2\nb = 2\nc = 3\n"}
    _, prompt = shown(model)
    assert "assert do_core(1) == 2" in prompt
    assert "def test_b" not in prompt
    assert "what EQ-1 demands" in prompt


async def test_the_accused_come_first_the_owner_before_the_bystander(
    make_subject: MakeSubject, script: MakeScript, ran: Ran
) -> None:
    texts = {name: f"# {name}\n" for name in ("a.py", "b.py", "owner.py", "traced.py")}
    subject = make_subject(
        {**texts, TEST_PATH: TEST}, owners={"owner.py": ("EQ-1",)}, units=("EQ-1",)
    )
    trace = 'File "/ws/traced.py", line 1, in f\n  File "./owner.py", line 2\nValueError'
    found = report(tests=(failed("test_a", "EQ-1", message=trace),))
    model = script(edit("a.py", "# a.py\n", "a = 1\n"))
    await propose(subject, model, found)
    paths, _ = shown(model)
    assert paths == ["owner.py", "traced.py", "a.py", "b.py"]


async def test_findings_and_failed_commands_accuse_as_well(
    make_subject: MakeSubject, script: MakeScript, ran: Ran
) -> None:
    texts = {f"{name}.py": f"# {name}\n" for name in "abcd"}
    found = report(
        findings=(
            Finding(path="c.py", line=1, severity="error", rule="ty/x", message="wrong"),
            Finding(path="a.py", severity="warning", rule="ruff/x", message="could be nicer"),
        ),
        entries=(
            ran("python", "d.py", exit_code=1, stderr="d.py:1: NameError"),
            ran("python", "b.py", stderr="b.py is fine"),
        ),
    )
    model = script(edit("a.py", "# a\n", "a = 1\n"))
    await propose(make_subject({**texts, TEST_PATH: TEST}), model, found)
    paths, prompt = shown(model)
    assert paths == ["c.py", "d.py", "a.py", "b.py"]
    assert "c.py:1 wrong (ty/x)" in prompt
    assert "could be nicer" not in prompt
    assert "command `python d.py`: exit status 1" in prompt
    assert "b.py is fine" not in prompt


async def test_acceptance_tests_are_never_shown_as_files_to_edit(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    message = f'File "/ws/{TEST_PATH}", line 4'
    model = script(edit("core.py", "a = 1\n", "a = 2\n"))
    await propose(make_subject(TEXTS), model, report(tests=(failed("test_a", message=message),)))
    paths, _ = shown(model)
    assert paths == ["core.py", "other.py"]


async def test_what_is_shown_whole_keeps_its_budget_and_the_rest_is_named(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    half = "x = 1\n" * (FILES_TOKENS * 4 // 12)
    texts = {
        "a.py": half,
        "b.py": half,
        "big.py": "x = 1\n" * FILES_TOKENS,
        "c.py": "def shown_by_name(x: int) -> int:\n    return x\n" + half,
        "tiny.py": "t = 1\n",
    }
    subject = make_subject({**texts, TEST_PATH: TEST}, owners={"c.py": ("EQ-1",)}, units=("EQ-1",))
    first = script(edit("tiny.py", "t = 1\n", "t = 2\n"))
    await propose(subject, first, report(tests=(failed("test_a", "EQ-1"),)))
    assert shown(first)[0] == ["c.py", "tiny.py"]
    second = script(edit("tiny.py", "t = 1\n", "t = 2\n"))
    await propose(subject, second, report(tests=(failed("test_b"),)))
    paths, prompt = shown(second)
    assert paths == ["a.py", "b.py", "tiny.py"]
    assert "c.py: def shown_by_name(x: int) -> int" in prompt


async def test_after_a_round_without_progress_more_is_shown(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    texts = {"a.py": "x = 1\n" * FILES_TOKENS, "b.py": "y = 1\n"}
    subject = make_subject({**texts, TEST_PATH: TEST})
    answers = {wide: script(edit("b.py", "y = 1\n", "y = 2\n")) for wide in (False, True)}
    for wide, model in answers.items():
        await propose(subject, model, report(tests=(failed(),)), wide=wide, history="tried x")
    assert shown(answers[False])[0] == ["b.py"]
    assert shown(answers[True])[0] == ["a.py", "b.py"]
    assert "tried x" in shown(answers[True])[1]


async def test_tests_that_pass_without_code_are_not_to_be_repaired(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    model = script(edit("core.py", "a = 1\n", "a = 2\n"))
    hollow = report(
        tests=(failed("test_a"), failed("test_b", message="hollow one")),
        empty_tree_passed=(f"{TEST_PATH}::test_b",),
    )
    await propose(make_subject(TEXTS), model, hollow)
    assert "hollow one" not in shown(model)[1]


async def test_a_test_run_that_died_is_shown_with_its_output(
    make_subject: MakeSubject, script: MakeScript, ran: Ran
) -> None:
    model = script(edit("core.py", "a = 1\n", "a = 2\n"))
    missing = TestResult(id=f"{TEST_PATH}::test_a", status="missing", message="never reported")
    died = ran("python", "-m", "pytest", exit_code=139, stderr='File "/ws/other.py": Segfault')
    await propose(make_subject(TEXTS), model, report(tests=(missing,), test_run=died))
    paths, prompt = shown(model)
    assert "command `python -m pytest`: exit status 139" in prompt
    assert paths[0] == "other.py"


async def test_a_run_whose_tests_all_reported_is_not_shown_again(
    make_subject: MakeSubject, script: MakeScript, ran: Ran
) -> None:
    model = script(edit("core.py", "a = 1\n", "a = 2\n"))
    run = ran("python", "-m", "pytest", exit_code=1, stdout="a long report")
    await propose(make_subject(TEXTS), model, report(tests=(failed(),), test_run=run))
    assert "a long report" not in shown(model)[1]


async def test_dependencies_that_cannot_be_installed_are_told_with_the_manifest(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    texts = {"core.py": "a = 1\n", "pyproject.toml": "[project]\n", TEST_PATH: TEST}
    model = script(edit("pyproject.toml", "[project]\n", "[project]\nname = 'x'\n"))
    await propose(make_subject(texts), model, report(provision_error="no such package `numpi`"))
    paths, prompt = shown(model)
    assert paths[0] == "pyproject.toml"
    assert "no such package `numpi`" in prompt


async def test_an_answer_that_edits_a_test_goes_back_with_the_reason(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    model = script(
        edit(TEST_PATH, "    assert 1\n", "    pass\n"), edit("core.py", "a = 1\n", "a = 2\n")
    )
    repair = await propose(make_subject(TEXTS), model, report(tests=(failed(),)))
    assert list(repair.texts) == ["core.py"]
    assert "cannot be edited" in model.asked[1].prompt


async def test_a_path_that_the_folder_cannot_hold_goes_back_as_well(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    model = script(file("Core.py"), file("core.py/x.py"), file("fresh.py"))
    repair = await propose(make_subject(TEXTS), model, report(tests=(failed(),)))
    assert list(repair.texts) == ["fresh.py"]
    assert "differs only in case" in model.asked[1].prompt


async def test_a_repairer_that_never_gives_usable_edits_ends_the_phase(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    model = script(lambda asked: edit("gone.py", "a\n", "b\n"))
    with pytest.raises(PhaseError):
        await propose(make_subject(TEXTS), model, report(tests=(failed(),)))
