"""Each invariant of a blueprint, with what breaks it and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    FilePlan,
    Stage,
    VerificationProtocol,
    Waiver,
)
from deepcode.artifacts.contract import Contract
from deepcode.blueprint import violations

Check = Callable[..., tuple[str, ...]]
Files = dict[str, tuple[str, ...]]


@pytest.fixture
def check(
    make_blueprint: Callable[..., Blueprint], make_contract: Callable[..., Contract]
) -> Check:
    """The violations of a blueprint that would hold without what is given."""

    def found(graph: Files | None = None, *, units: tuple[str, ...] = (), **parts: Any) -> Any:
        plan = make_blueprint({"core.py": ()} if graph is None else graph)
        return violations(plan.model_copy(update=parts), make_contract(*units))

    return found


def component(**changes: Any) -> Component:
    return Component(**({"file": "core.py", "name": "f", "behaviour": "does f"} | changes))


def entries(*commands: str) -> VerificationProtocol:
    return VerificationProtocol(entry_commands=commands)


def test_a_blueprint_without_faults_holds(check: Check) -> None:
    files = {"core.py": (), "cli.py": ("core.py",), "README.md": ("cli.py",)}
    assert check(files) == ()


def test_nothing_planned_is_a_fault(check: Check) -> None:
    assert check({}, stages=()) == ("no file is planned",)


# the file graph


def test_a_cycle_is_named_with_its_files(check: Check) -> None:
    (found,) = check({"a.py": ("b.py",), "b.py": ("c.py",), "c.py": ("a.py",)})
    assert "cycle" in found
    assert all(path in found for path in ("a.py", "b.py", "c.py"))


def test_a_file_that_depends_on_itself_is_a_cycle(check: Check) -> None:
    (found,) = check({"a.py": ("a.py",)})
    assert "cycle" in found


def test_a_diamond_is_no_cycle(check: Check) -> None:
    files = {"a.py": (), "b.py": ("a.py",), "c.py": ("a.py",), "d.py": ("b.py", "c.py")}
    assert check(files) == ()


def test_a_dependency_that_is_not_planned_is_named(check: Check) -> None:
    (found,) = check({"a.py": ("gone.py",)})
    assert found == "file `a.py` depends on `gone.py`, which is not planned"


# paths


def test_a_file_planned_twice_is_a_fault(check: Check) -> None:
    file = FilePlan(path="core.py", purpose="twice")
    assert check(files=(file, file)) == ("file `core.py` is planned 2 times",)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "~/core.txt",
        "../outside.txt",
        "pkg/../../outside.txt",
        "pkg\\core.txt",
        "",
        ".",
        "data/",
        "./notes.txt",
        "data//notes.txt",
        ".git/config",
        ".env",
        ".github/workflows/build.yml",
        "a\nb.txt",
        "con.txt",
    ],
)
def test_a_path_that_could_not_be_written_is_a_fault(check: Check, path: str) -> None:
    found = check({path: ()})
    assert len(found) == 1, found


@pytest.mark.parametrize(
    "path", ["a.txt", "src/pkg/data.json", ".env.example", "docs/überblick.md", "a..b.txt"]
)
def test_an_ordinary_path_is_no_fault(check: Check, path: str) -> None:
    assert check({path: ()}) == ()


def test_two_files_that_differ_only_in_case_are_a_fault(check: Check) -> None:
    (found,) = check({"notes.txt": (), "Notes.txt": ()})
    assert found == "files `Notes.txt` and `notes.txt` differ only in case"


def test_a_file_that_is_the_folder_of_another_is_a_fault(check: Check) -> None:
    (found,) = check({"data": (), "data/a.txt": ()})
    assert found == "`data` is planned as a file and as the folder of `data/a.txt`"


@pytest.mark.parametrize(
    "path", ["tests/acceptance/test_a.py", "tests/acceptance", "Tests/Acceptance/notes.txt"]
)
def test_nothing_is_planned_where_the_acceptance_tests_go(check: Check, path: str) -> None:
    assert any("written by somebody else" in found for found in check({path: ()}))


def test_tests_of_the_documents_own_may_be_planned(check: Check) -> None:
    assert check({"tests/test_core.py": (), "tests/acceptance_notes.md": ()}) == ()


# components and signatures


def test_a_component_in_a_file_that_is_not_planned_is_a_fault(check: Check) -> None:
    found = check(components=(component(), component(file="gone.py")))
    assert found == ("component `f` is in `gone.py`, which is not planned",)


def test_a_code_file_without_a_component_is_a_fault(check: Check) -> None:
    assert check(components=()) == ("file `core.py` has no component",)


def test_markers_and_texts_need_no_component(check: Check) -> None:
    assert check({"pkg/__init__.py": (), "README.md": (), "data.json": ()}) == ()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "def f(x: int, *, k: float = 0.1) -> str",
        "def f(x: int) -> str:",
        "def f(a, /, b, *rest, **more)",
        "async def f(x: int) -> None",
        "class A",
        "class A(Base, metaclass=Meta)",
        "class A:",
        "@property\ndef size(self) -> int",
        "@dataclass(frozen=True)\nclass A:",
        "@overload\ndef f(x: int) -> int\n@overload\ndef f(x: str) -> str",
        "def f(x: int) -> int: ...\ndef f(x: str) -> str: ...",
        "RATE: float = 0.1",
        "RATE: float",
        "RATE = 0.1",
        "Vector = list[float]",
        "RATE",
        "def f(\n    x: int,\n    y: int = 2,\n) -> str",
        "def f(self) -> 'A'",
    ],
)
def test_every_form_of_a_header_is_accepted(check: Check, signature: str) -> None:
    assert check(components=(component(signature=signature),)) == ()


@pytest.mark.parametrize(
    "signature",
    [
        "def f(x: int -> str",
        "f(x) -> int",
        "function f(x)",
        "def f(x, ...)",
        "class A(",
        "def f(a=1, b)",
        "\0",
        "(" * 5000,
    ],
)
def test_a_signature_that_does_not_parse_is_named(check: Check, signature: str) -> None:
    (found,) = check(components=(component(signature=signature),))
    assert found.startswith("signature of `f` in `core.py` does not parse")


def test_only_python_has_signatures_that_must_parse(check: Check) -> None:
    graph = {"core.py": (), "run.sh": ()}
    parts = (component(), component(file="run.sh", name="run", signature="run.sh [--quick] OUT"))
    assert check(graph, components=parts) == ()


# units


def test_a_unit_that_nobody_owns_is_a_fault(check: Check) -> None:
    assert check(units=("EQ-1",)) == ("unit `EQ-1` has no owner and no waiver",)


def test_an_owner_or_a_waiver_with_a_reason_is_enough(check: Check) -> None:
    parts = (component(units=("EQ-1",)),)
    waivers = (Waiver(unit="HP-1", reason="hardware of this size is not for sale"),)
    assert check(units=("EQ-1", "HP-1"), components=parts, waivers=waivers) == ()


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_waiver_without_a_reason_is_a_fault(check: Check, reason: str) -> None:
    waivers = (Waiver(unit="HP-1", reason=reason),)
    assert check(units=("HP-1",), waivers=waivers) == ("the waiver of unit `HP-1` has no reason",)


def test_a_unit_that_the_contract_does_not_hold_is_named(check: Check) -> None:
    waivers = (Waiver(unit="HP-9", reason="unknown"),)
    found = check(components=(component(units=("EQ-7",)),), waivers=waivers)
    assert found == (
        "unit `EQ-7` is named, but the contract does not hold it",
        "unit `HP-9` is named, but the contract does not hold it",
    )


# environment


@pytest.mark.parametrize("line", ["numpy", "numpy>=1.26,<3", "uvicorn[standard]; os_name=='posix'"])
def test_requirements_of_the_index_are_accepted(check: Check, line: str) -> None:
    assert check(environment=EnvironmentPlan(dependencies=(line,))) == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("numpy >> 1", "is not a valid requirement"),
        ("the numpy package", "is not a valid requirement"),
        ("-e .", "is not a valid requirement"),
        ("numpy\n--index-url x", "is not a valid requirement"),
        ("", "is not a valid requirement"),
        ("mine @ https://example.org/mine-1.0.zip", "names a URL"),
        ("mine @ git+https://example.org/mine", "names a URL"),
    ],
)
def test_anything_but_a_requirement_of_the_index_is_a_fault(
    check: Check, line: str, says: str
) -> None:
    (found,) = check(environment=EnvironmentPlan(dependencies=(line,)))
    assert says in found


def test_the_python_version_must_be_a_specifier(check: Check) -> None:
    assert check(environment=EnvironmentPlan(requires_python=">=3.11,<4")) == ()
    (found,) = check(environment=EnvironmentPlan(requires_python="3.11 or newer"))
    assert found == "requires_python `3.11 or newer` is not a version specifier"


# stages


def test_a_stage_without_a_check_is_a_fault(check: Check) -> None:
    stages = (Stage(name="one", files=("core.py",), check=" "),)
    assert check(stages=stages) == ("stage `one` has no check",)


def test_stages_name_all_planned_files_and_no_others(check: Check) -> None:
    stages = (Stage(name="one", files=("gone.py",), check="it runs"),)
    assert check(stages=stages) == (
        "a stage names `gone.py`, which is not planned",
        "file `core.py` is in no stage",
    )


def test_a_blueprint_without_stages_leaves_its_files_in_none(check: Check) -> None:
    assert check(stages=()) == ("file `core.py` is in no stage",)


# entry commands


def test_there_must_be_an_entry_command(check: Check) -> None:
    assert check(verification=entries()) == ("there is no entry command",)


@pytest.mark.parametrize(
    "command",
    ["python -m pkg --help", "python -c 'import a; import b'", "bash run.sh", "sh -c 'a && b'"],
)
def test_python_and_shells_may_be_entered(check: Check, command: str) -> None:
    assert check(verification=entries(command)) == ()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("python -c 'import a", "does not parse"),
        ("make test", "must start with `python`, `bash` or `sh`"),
        ("./run.sh", "must start with"),
        ("pytest -q", "must start with"),
        ("cd src && python -m pkg", "must start with"),
        ("PYTHONPATH=src python -m pkg", "must start with"),
        ("/usr/bin/python -m pkg", "must start with"),
        ("python -m a && python -m b", "needs a shell"),
        ("python -m a | head", "needs a shell"),
        ("python -m a > out.txt", "needs a shell"),
    ],
)
def test_a_command_that_could_not_run_by_itself_is_a_fault(
    check: Check, command: str, says: str
) -> None:
    (found,) = check(verification=entries(command))
    assert says in found


def test_all_faults_are_named_at_once(check: Check) -> None:
    found = check({"a.py": ("gone.py",)}, units=("EQ-1",), stages=(), verification=entries())
    assert len(found) == 4
