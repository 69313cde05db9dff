"""What is said of a file the moment it is born."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from deepcode.artifacts.blueprint import Blueprint, Component, EnvironmentPlan
from deepcode.artifacts.memory import WrittenFile
from deepcode.generation.birth import birth_findings
from deepcode.memory import remember

MakeBlueprint = Callable[..., Blueprint]
Rules = Callable[..., list[str]]

GRAPH: dict[str, tuple[str, ...]] = {"pkg/__init__.py": (), "pkg/core.py": (), "pkg/cli.py": ()}


def component(name: str, signature: str = "", file: str = "pkg/core.py") -> Component:
    return Component(file=file, name=name, signature=signature, behaviour="as promised")


@pytest.fixture
def rules(make_blueprint: MakeBlueprint) -> Rules:
    """Rules that `pkg/core.py` breaks with a text, when these components were promised."""

    def broken(
        text: str,
        *components: Component,
        written: Mapping[str, str] | None = None,
        dependencies: tuple[str, ...] = (),
    ) -> list[str]:
        plan = make_blueprint(
            GRAPH,
            components=components,
            environment=EnvironmentPlan(dependencies=dependencies),
        )
        files = {**(written or {}), "pkg/core.py": text}
        memory = {
            path: remember(WrittenFile(path=path, text=content)) for path, content in files.items()
        }
        found = birth_findings("pkg/core.py", text, plan, memory)
        assert all(one.path == "pkg/core.py" and one.message for one in found)
        return [one.rule for one in found]

    return broken


def test_a_file_that_keeps_its_promises_has_no_findings(rules: Rules) -> None:
    text = "def f(x: int, *, k: float = 0.1) -> str:\n    return str(x * k)\n"
    assert rules(text, component("f", "def f(x: int, *, k: float = 0.1) -> str")) == []


def test_a_file_that_does_not_parse_is_not_judged_further(rules: Rules) -> None:
    found = rules("def f(:\n", component("g", "def g()"))
    assert "syntax/python" in found
    assert not any(rule.startswith("interface/") for rule in found)


def test_a_stub_is_found(rules: Rules) -> None:
    assert "stub/empty-body" in rules("def f():\n    pass\n", component("f", "def f()"))


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("f", "def f(x: int) -> int"),
        ("Reader", "class Reader"),
        ("Reader.read", "def read(self) -> str"),
        ("`f()`", "def f()"),
        ("core", "def core(x: int) -> int"),
        ("RATE", ""),
    ],
)
def test_a_promised_name_that_is_not_there_is_found(
    rules: Rules, name: str, signature: str
) -> None:
    assert rules("OTHER = 1\n", component(name, signature)) == ["interface/missing"]


@pytest.mark.parametrize("name", ["core", "pkg.core", "core.py", "pkg/core.py"])
def test_a_component_that_describes_the_module_as_a_whole_is_no_name(
    rules: Rules, name: str
) -> None:
    assert rules("OTHER = 1\n", component(name)) == []


@pytest.mark.parametrize("name", ["_helper", "Reader._open", "Reader.__init__", "the parser"])
def test_what_no_other_file_can_name_is_not_demanded(rules: Rules, name: str) -> None:
    assert rules("OTHER = 1\n", component(name, "def helper(x)")) == []


@pytest.mark.parametrize(
    "header",
    [
        "def f(y: int) -> int",
        "def f(x: int, y: int) -> int",
        "def f() -> int",
        "def f(x: int, *rest: int) -> int",
    ],
)
def test_other_parameters_than_promised_are_found(rules: Rules, header: str) -> None:
    promised = component("f", "def f(x: int) -> int")
    assert rules(f"{header}:\n    return 1\n", promised) == ["interface/differs"]


@pytest.mark.parametrize(
    "header",
    [
        "def f(x: int) -> int",
        "async def f(x: 'int') -> int",
        "def f(x: float = 1.0) -> object",
        "def f(x, /)",
        "def f(*, x)",
    ],
)
def test_types_and_defaults_may_differ_while_the_names_are_the_promised(
    rules: Rules, header: str
) -> None:
    assert rules(f"{header}:\n    return 1\n", component("f", "def f(x: int) -> int")) == []


def test_the_receiver_of_a_method_is_no_parameter(rules: Rules) -> None:
    text = "class A:\n    def read(self, n: int) -> int:\n        return n\n"
    assert rules(text, component("A.read", "def read(n: int) -> int")) == []


def test_a_class_where_a_function_was_promised_is_taken(rules: Rules) -> None:
    text = "class Make:\n    size = 1\n"
    assert rules(text, component("Make", "def Make(x: int) -> int")) == []


def test_only_code_is_held_to_names(make_blueprint: MakeBlueprint) -> None:
    plan = make_blueprint({"README.md": ()}, components=(component("Usage", "", "README.md"),))
    assert birth_findings("README.md", "# Sample\n", plan, {}) == ()


# imports


def test_an_import_that_leads_nowhere_is_found(rules: Rules) -> None:
    assert rules("from pkg.gone import f\n\nX = f\n") == ["imports/unknown-module"]


def test_an_import_of_an_undeclared_package_is_found(rules: Rules) -> None:
    assert rules("import numpy\n\nX = numpy.pi\n") == ["imports/undeclared-dependency"]
    assert rules("import numpy\n\nX = numpy.pi\n", dependencies=("numpy>=1",)) == []


def test_a_name_that_a_written_module_lacks_is_found(rules: Rules) -> None:
    written = {"pkg/cli.py": "def main():\n    return 0\n"}
    assert rules("from pkg.cli import main\n\nX = main\n", written=written) == []
    assert rules("from pkg.cli import run\n\nX = run\n", written=written) == [
        "imports/unknown-name"
    ]


def test_planned_modules_that_are_not_written_yet_offer_what_was_promised(rules: Rules) -> None:
    promised = component("main", "def main() -> int", "pkg/cli.py")
    assert rules("from pkg.cli import main\n\nX = main\n", promised) == []
    assert rules("from pkg.cli import run\n\nX = run\n", promised) == ["imports/unknown-name"]


def test_of_a_module_described_as_a_whole_every_name_is_believed(rules: Rules) -> None:
    whole = component("cli", "", "pkg/cli.py")
    assert rules("from pkg.cli import anything\n\nX = anything\n", whole) == []
    assert rules("from pkg.cli import anything\n\nX = anything\n") == []


def test_exports_of_a_package_that_is_not_written_yet_are_believed(rules: Rules) -> None:
    exports = component("exports", "", "pkg/__init__.py")
    assert rules("from pkg import Reader\n\nX = Reader\n", exports) == []


def test_a_guarded_import_is_left_alone(rules: Rules) -> None:
    assert rules("try:\n    import numpy\nexcept ImportError:\n    numpy = None\n") == []
