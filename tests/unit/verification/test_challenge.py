"""A challenged test is decided by its author, who can mend it and cannot remove it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.check import TestResult
from deepcode.errors import PhaseError
from deepcode.models import Challenge
from deepcode.verification import Subject
from deepcode.verification.challenge import decide_challenges

MakeScript = Callable[..., Any]

PATH = "tests/acceptance/test_a.py"
TEST = """\
import pytest


@pytest.mark.units("EQ-1")
def test_a():
    assert do_core(1) == 3


def test_b():
    assert do_core(2) == 3
"""
RIGHT = "    assert do_core(1) == 2\n"


def edit(old: str, new: str, path: str = PATH) -> str:
    return f"=== EDIT {path}\n<<<<<<< OLD\n{old}=======\n{new}>>>>>>> NEW\n=== END {path}\n"


def result(name: str = "test_a") -> TestResult:
    return TestResult(id=f"{PATH}::{name}", status="failed", units=("EQ-1",))


def challenge(name: str = "test_a") -> Challenge:
    return Challenge(f"{PATH}::{name}", "the text says that one is added")


@pytest.fixture
def subject(make_subject: Callable[..., Subject]) -> Subject:
    code = "def do_core(x):\n    return hidden_detail\n"
    return make_subject({"core.py": code, PATH: TEST}, units=("EQ-1",))


async def decide(subject: Subject, model: Any, *challenges: Challenge) -> tuple[str, ...]:
    tests = [result("test_a"), result("test_b")]
    return await decide_challenges(subject, model.asker, challenges, tests, iteration=1)


async def test_a_test_that_is_mended_is_written_and_named(
    subject: Subject, script: MakeScript
) -> None:
    model = script(edit("    assert do_core(1) == 3\n", RIGHT))
    assert await decide(subject, model, challenge()) == (f"{PATH}::test_a",)
    assert subject.workspace.read(PATH) == TEST.replace("do_core(1) == 3", "do_core(1) == 2")


async def test_the_author_decides_on_test_unit_and_argument_without_the_code(
    subject: Subject, script: MakeScript
) -> None:
    model = script("KEEP: the quote demands three")
    assert await decide(subject, model, challenge()) == ()
    assert subject.workspace.read(PATH) == TEST
    (asked,) = model.asked
    everything = asked.system + asked.prompt
    assert "do_core(1) == 3" in everything
    assert "the text says that one is added" in everything
    assert "what EQ-1 demands" in everything
    assert "hidden_detail" not in everything


async def test_a_challenge_of_an_unknown_test_is_not_put_to_anybody(
    subject: Subject, script: MakeScript
) -> None:
    model = script()
    assert await decide(subject, model, challenge("test_gone")) == ()
    assert model.asked == []


@pytest.mark.parametrize(
    "removing",
    [
        edit('@pytest.mark.units("EQ-1")\ndef test_a():\n    assert do_core(1) == 3\n', ""),
        edit("def test_b():\n    assert do_core(2) == 3\n", ""),
        edit("def test_b():\n", "def helper():\n"),
        edit("def test_b():\n", "def test_other():\n"),
    ],
)
async def test_no_decision_removes_a_test(
    subject: Subject, script: MakeScript, removing: str
) -> None:
    model = script(removing, "KEEP")
    assert await decide(subject, model, challenge()) == ()
    assert subject.workspace.read(PATH) == TEST
    assert "removes a test" in model.asked[1].prompt


@pytest.mark.parametrize(
    "hollow",
    [
        edit("    assert do_core(2) == 3\n", "    assert True\n"),
        edit("def test_b():\n", "do_core = int\n\n\ndef test_b():\n"),
        edit("import pytest\n", "import pytest\n\npytestmark = pytest.mark.skip\n"),
        edit("import pytest\n", "import pytest; pytestmark = pytest.mark.skip\n"),
        edit("    assert do_core(1) == 3\n", f"{RIGHT}\n\ndef do_core(x):\n    return 2\n"),
        edit("    assert do_core(1) == 3\n", RIGHT) + edit("(2) == 3\n", "(2) != 9\n"),
    ],
)
async def test_only_the_challenged_test_can_be_changed(
    subject: Subject, script: MakeScript, hollow: str
) -> None:
    model = script(hollow, "KEEP")
    assert await decide(subject, model, challenge()) == ()
    assert subject.workspace.read(PATH) == TEST
    assert "outside of `test_a`" in model.asked[1].prompt


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("    assert (\n", "was never closed"),
        ("    do_core(1)\n", "asserts nothing"),
        ("    pass\n", "asserts nothing"),
    ],
)
async def test_a_mended_test_is_checked_like_a_new_one(
    subject: Subject, script: MakeScript, broken: str, reason: str
) -> None:
    model = script(edit("    assert do_core(1) == 3\n", broken), "KEEP")
    assert await decide(subject, model, challenge()) == ()
    assert subject.workspace.read(PATH) == TEST
    assert reason in model.asked[1].prompt


async def test_a_mended_test_may_bring_its_imports(subject: Subject, script: MakeScript) -> None:
    answer = edit("import pytest\n", "import math\n\nimport pytest\nfrom sys import argv\n")
    model = script(answer + edit("    assert do_core(1) == 3\n", "    assert math.pi > 3\n"))
    assert await decide(subject, model, challenge()) == (f"{PATH}::test_a",)
    assert subject.workspace.read(PATH).startswith("import math\n\nimport pytest\n")


async def test_a_test_of_the_repository_itself_is_not_put_to_the_author(
    subject: Subject, script: MakeScript
) -> None:
    subject.workspace.write("tests/test_own.py", "def test_own():\n    assert 1\n")
    own = TestResult(id="tests/test_own.py::test_own", status="failed")
    asked = Challenge(own.id, "it is wrong")
    model = script()
    assert await decide_challenges(subject, model.asker, [asked], [own], iteration=1) == ()
    assert model.asked == []


async def test_an_edit_of_another_file_is_no_decision(subject: Subject, script: MakeScript) -> None:
    model = script(edit("    return hidden_detail\n", "    return 3\n", "core.py"), "KEEP")
    assert await decide(subject, model, challenge()) == ()
    assert "hidden_detail" in subject.workspace.read("core.py")
    assert "KEEP" in model.asked[1].prompt


async def test_an_answer_without_a_decision_ends_the_phase(
    subject: Subject, script: MakeScript
) -> None:
    with pytest.raises(PhaseError):
        await decide(subject, script(lambda asked: "perhaps"), challenge())


async def test_each_challenge_is_decided_by_itself(subject: Subject, script: MakeScript) -> None:
    model = script(
        edit("    assert do_core(1) == 3\n", RIGHT),
        edit("    assert do_core(2) == 3\n", "    assert do_core(2) == 4\n"),
    )
    mended = await decide(subject, model, challenge("test_a"), challenge("test_b"))
    assert mended == (f"{PATH}::test_a", f"{PATH}::test_b")
    text = subject.workspace.read(PATH)
    assert RIGHT in text
    assert "do_core(2) == 4" in text
