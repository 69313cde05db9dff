"""Acceptance tests: what their author is shown, and what is taken for tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.blueprint import Waiver
from deepcode.artifacts.document import Document
from deepcode.errors import PhaseError
from deepcode.prompts import WHOLE_DOCUMENT_TOKENS
from deepcode.verification import Subject
from deepcode.verification.acceptance import (
    UNITS_PER_ANSWER,
    write_acceptance_tests,
)

MakeSubject = Callable[..., Subject]
MakeScript = Callable[..., Any]

TEST = "def test_a():\n    from core import do_core\n\n    assert do_core(1) == 2\n"


def answer(*paths: str, text: str = TEST) -> str:
    paths = paths or ("tests/acceptance/test_a.py",)
    return "".join(f"=== FILE {path}\n---\n{text}=== END {path}\n" for path in paths)


async def test_the_author_sees_units_and_interfaces_and_never_the_code(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    subject = make_subject(
        {"core.py": "def do_core(x):\n    return hidden_detail\n"},
        owners={"core.py": ("EQ-1",)},
        units=("EQ-1",),
    )
    model = script(answer())
    (file,) = await write_acceptance_tests(subject, model.asker)
    assert (file.path, file.text) == ("tests/acceptance/test_a.py", TEST)
    (asked,) = model.asked
    everything = asked.system + asked.prompt
    assert "hidden_detail" not in everything
    assert "core.py: def do_core(x: int) -> int [EQ-1]" in everything
    assert "EQ-1 what EQ-1 demands" in everything
    assert "a is b" in everything


async def test_waived_units_are_not_tested(make_subject: MakeSubject, script: MakeScript) -> None:
    waivers = (Waiver(unit="HP-1", reason="no such hardware"),)
    subject = make_subject({"core.py": "x = 1\n"}, units=("EQ-1", "HP-1"), waivers=waivers)
    model = script(answer())
    await write_acceptance_tests(subject, model.asker)
    assert "what EQ-1 demands" in model.asked[0].prompt
    assert "what HP-1 demands" not in model.asked[0].prompt


async def test_many_units_are_shared_out_each_to_one_part(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    units = tuple(f"HP-{number}" for number in range(1, 2 * UNITS_PER_ANSWER + 2))
    subject = make_subject({"core.py": "x = 1\n"}, units=units)
    model = script(lambda asked: answer())
    files = await write_acceptance_tests(subject, model.asker)
    assert [asked.subject for asked in model.asked] == ["part 1", "part 2", "part 3"]
    shown = [re.findall(r"what (HP-\d+) demands", asked.prompt) for asked in model.asked]
    assert [unit for part in shown for unit in part] == list(units)
    assert max(map(len, shown)) == UNITS_PER_ANSWER
    assert [file.path for file in files] == [
        "tests/acceptance/test_a.py",
        "tests/acceptance/test_a_2.py",
        "tests/acceptance/test_a_3.py",
    ]


async def test_names_that_differ_only_in_case_are_kept_apart(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    model = script(answer("tests/acceptance/test_a.py", "tests/acceptance/test_A.py"))
    subject = make_subject({"core.py": "x = 1\n"}, units=("EQ-1",))
    files = await write_acceptance_tests(subject, model.asker)
    names = [file.path for file in files]
    assert len({name.casefold() for name in names}) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("no tests are needed", "holds no"),
        (answer("tests/test_a.py"), "must be tests/acceptance/test_<topic>.py"),
        (answer("tests/acceptance/deep/test_a.py"), "must be"),
        (answer("tests/acceptance/conftest.py"), "must be"),
        (answer("tests/acceptance/a_test.py"), "must be"),
        (answer("tests/acceptance/test_a.txt"), "must be"),
        (answer("tests/acceptance/../test_a.py"), "is refused"),
        (answer("tests/acceptance/test_<a>.py"), "is refused"),
        (answer(text="def test_a(:\n"), "line 1"),
        (answer(text="def helper():\n    return 1\n"), "holds no test"),
    ],
)
async def test_what_is_no_acceptance_test_is_asked_for_again(
    make_subject: MakeSubject, script: MakeScript, wrong: str, says: str
) -> None:
    model = script(wrong, answer())
    subject = make_subject({"core.py": "x = 1\n"}, units=("EQ-1",))
    files = await write_acceptance_tests(subject, model.asker)
    assert [file.text for file in files] == [TEST]
    assert says in model.asked[1].prompt


async def test_an_author_without_usable_tests_ends_the_phase(
    make_subject: MakeSubject, script: MakeScript
) -> None:
    subject = make_subject({"core.py": "x = 1\n"}, units=("EQ-1",))
    with pytest.raises(PhaseError):
        await write_acceptance_tests(subject, script(lambda asked: "none").asker)


async def test_of_a_long_document_the_author_sees_the_passages_of_its_units(
    make_subject: MakeSubject, script: MakeScript, make_document: Callable[..., Document]
) -> None:
    document = make_document(
        ("Method", [("paragraph", "The rate is 0.01."), ("paragraph", "y" * 60_000)])
    )
    assert len(document.text) > WHOLE_DOCUMENT_TOKENS * 4
    subject = make_subject({"core.py": "x = 1\n"}, units=("HP-1",), document=document)
    unit = subject.contract.units[0].model_copy(update={"span": document.blocks[0].span})
    contract = subject.contract.model_copy(update={"units": (unit,)})
    quoting = Subject(
        subject.workspace, subject.blueprint, contract, subject.document, subject.settings
    )
    model = script(answer())
    await write_acceptance_tests(quoting, model.asker)
    assert "Passages of the document:" in model.asked[0].prompt
    assert "The rate is 0.01." in model.asked[0].prompt
    assert "yyyy" not in model.asked[0].prompt + model.asked[0].system
