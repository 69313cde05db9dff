"""Files that a program makes: markers, manifest, ignore rules."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from deepcode.artifacts.blueprint import Blueprint, Component, EnvironmentPlan, FilePlan
from deepcode.artifacts.memory import WrittenFile
from deepcode.generation.made_by_code import made_by_code

MakeBlueprint = Callable[..., Blueprint]


def made(plan: Blueprint) -> dict[str, WrittenFile]:
    return {file.path: file for file in made_by_code(plan)}


def test_markers_are_made_and_code_is_left_to_the_writer(make_blueprint: MakeBlueprint) -> None:
    files = made(make_blueprint({"pkg/__init__.py": (), "pkg/core.py": ()}))
    assert files["pkg/__init__.py"].text == '"""what pkg/__init__.py is for"""\n'
    assert "pkg/core.py" not in files
    assert "__pycache__/" in files[".gitignore"].text


def test_a_marker_with_promised_exports_is_left_to_the_writer(
    make_blueprint: MakeBlueprint,
) -> None:
    exports = Component(file="pkg/__init__.py", name="exports", behaviour="exports Reader")
    plan = make_blueprint({"pkg/__init__.py": ()}, components=(exports,))
    assert "pkg/__init__.py" not in made(plan)


@pytest.mark.parametrize(
    "purpose", ['holds "it"', '"""', "ends in \\", 'a """quoted""" word', "two\nlines", ""]
)
def test_a_marker_parses_whatever_its_purpose_says(
    make_blueprint: MakeBlueprint, purpose: str
) -> None:
    file = FilePlan(path="pkg/__init__.py", purpose=purpose)
    plan = make_blueprint({}).model_copy(update={"files": (file,)})
    text = made(plan)["pkg/__init__.py"].text
    assert len(ast.parse(text).body) == (1 if purpose else 0)


def test_the_manifest_declares_what_the_environment_does(make_blueprint: MakeBlueprint) -> None:
    environment = EnvironmentPlan(
        requires_python=">=3.12",
        dependencies=("numpy>=1.26",),
        scripts=("sample = sample.cli:main", "not a script"),
    )
    plan = make_blueprint({"sample/cli.py": ()}, environment=environment)
    text = made(plan)["pyproject.toml"].text
    assert 'requires-python = ">=3.12"' in text
    assert "numpy>=1.26" in text
    assert '"sample" = "sample.cli:main"' in text
    assert "not a script" not in text


def test_a_manifest_that_the_document_specifies_is_left_to_the_writer(
    make_blueprint: MakeBlueprint,
) -> None:
    part = Component(file="pyproject.toml", name="build", behaviour="uses flit")
    plan = make_blueprint({"pyproject.toml": (), "core.py": ()})
    specified = plan.model_copy(update={"components": (*plan.components, part)})
    assert "pyproject.toml" in made(plan)
    assert "pyproject.toml" not in made(specified)


def test_one_project_gets_one_build_description(make_blueprint: MakeBlueprint) -> None:
    assert "pyproject.toml" not in made(make_blueprint({"setup.py": (), "core.py": ()}))
