"""Structural discrepancies between the blueprint and what is there."""

from __future__ import annotations

from collections.abc import Callable

from deepcode.verification import Subject
from deepcode.verification.static import static_findings

MakeSubject = Callable[..., Subject]


async def rules(subject: Subject) -> list[tuple[str, str, str]]:
    found = await static_findings(subject, environment=None)
    return [(one.path, one.severity, one.rule) for one in found if one.severity != "warning"]


async def test_what_is_planned_and_there_has_no_findings(make_subject: MakeSubject) -> None:
    assert await rules(make_subject({"README.md": "# Sample\n", "data.json": "{}\n"})) == []


async def test_a_planned_file_that_is_not_there_is_blocking(make_subject: MakeSubject) -> None:
    subject = make_subject({"README.md": "# Sample\n", "NOTES.md": "some\n"})
    subject.workspace.remove("NOTES.md")
    assert await rules(subject) == [("NOTES.md", "blocking", "structure/missing-file")]


async def test_an_empty_file_is_blocking_and_an_empty_marker_is_not(
    make_subject: MakeSubject,
) -> None:
    subject = make_subject({"README.md": " \n", "pkg/__init__.py": ""})
    assert ("README.md", "blocking", "structure/empty-file") in await rules(subject)
    assert all(path == "README.md" for path, _, _ in await rules(subject))


async def test_damaged_data_is_found(make_subject: MakeSubject) -> None:
    found = await rules(make_subject({"data.json": '{"a": \n'}))
    assert [path for path, _, _ in found] == ["data.json"]


async def test_code_is_judged_with_what_blocks_it_first(make_subject: MakeSubject) -> None:
    texts = {
        "a.py": "def do_a(x: int) -> int:\n    pass\n",
        "b.py": "from a import gone\n\nX = gone\n",
        "c.py": "import numpy\n\nX = numpy.pi\n",
    }
    subject = make_subject(texts)
    found = await static_findings(subject, environment=None)
    by_path = {path: {one.rule for one in found if one.path == path} for path in texts}
    assert "stub/empty-body" in by_path["a.py"]
    assert "imports/unknown-name" in by_path["b.py"]
    assert "imports/undeclared-dependency" in by_path["c.py"]
    severities = [one.severity for one in found]
    assert severities == sorted(severities, key=["blocking", "error", "warning"].index)


async def test_a_promised_function_that_is_not_there_is_blocking(make_subject: MakeSubject) -> None:
    subject = make_subject({"core.py": "def other(x: int) -> int:\n    return x\n"})
    assert await rules(subject) == [("core.py", "blocking", "interface/missing")]


async def test_other_parameters_than_promised_are_an_error(make_subject: MakeSubject) -> None:
    subject = make_subject({"core.py": "def do_core(y: int) -> int:\n    return y\n"})
    assert await rules(subject) == [("core.py", "error", "interface/differs")]


async def test_of_a_file_that_does_not_parse_no_name_is_demanded(make_subject: MakeSubject) -> None:
    found = await rules(make_subject({"core.py": "def do_core(:\n"}))
    assert found
    assert not any(rule.startswith("interface/") for _, _, rule in found)


async def test_the_acceptance_tests_are_not_judged(make_subject: MakeSubject) -> None:
    texts = {
        "README.md": "# Sample\n",
        "tests/acceptance/test_a.py": "import numpy\n\n\ndef test_a():\n    pass\n",
    }
    assert await rules(make_subject(texts)) == []
