from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    Experiment,
    FilePlan,
    Stage,
    Target,
    VerificationProtocol,
    Waiver,
)
from deepcode.artifacts.contract import Contract, Excused, Unit
from deepcode.artifacts.document import SectionId, Span
from deepcode.errors import ArtifactError
from deepcode.store import from_yaml, to_yaml

A = TypeVar("A", Contract, Blueprint)

CONTRACT = Contract(
    document_hash="00e1",
    units=(
        Unit(
            id="EQ-1",
            kind="EQ",
            statement="x' = \\frac{x}{2}\nfor all x:\n\n    indented — größer ∇ 😀\n",
            quote="yes",
            section_id=SectionId("s1"),
            span=Span(start=3, end=7),
        ),
        Unit(id="HP-1", kind="HP", statement="1e-3", status="assumed", reason="# not a comment"),
        Unit(id="HP-2", kind="HP", statement=" \n leading and trailing  \n", quote="a\tb: [c]"),
    ),
    excused=(Excused(place=SectionId("s9"), reason="null"),),
)

BLUEPRINT = Blueprint(
    name="hedge",
    kind="paper",
    summary="Learns.\nTwo lines.",
    files=(FilePlan(path="hedge/a b ü.py", purpose="core: all", depends_on=("x.py",)),),
    components=(
        Component(file="hedge/a b ü.py", name="f", signature="def f(x: int) -> str", behaviour=""),
    ),
    verification=VerificationProtocol(
        entry_commands=("python -c 'import hedge'",),
        experiments=(
            Experiment(
                name="e", purpose="p", command="c", targets=(Target(metric="m", value="0.10"),)
            ),
        ),
    ),
    environment=EnvironmentPlan(dependencies=("numpy>=2; python_version > '3.10'",)),
    stages=(Stage(name="1", files=("x.py",), check="~"),),
    waivers=(Waiver(unit="HP-1", reason="off"),),
)


def _again(tmp_path: Path, artifact: A) -> A:
    path = tmp_path / "artifact.yaml"
    path.write_bytes(to_yaml(artifact, head="line one\nline two").encode())
    return from_yaml(path, type(artifact))


def test_a_contract_comes_back_as_it_was(tmp_path: Path) -> None:
    assert _again(tmp_path, CONTRACT) == CONTRACT


def test_a_blueprint_comes_back_as_it_was(tmp_path: Path) -> None:
    assert _again(tmp_path, BLUEPRINT) == BLUEPRINT


def test_people_read_comments_blocks_and_letters_and_no_empty_fields() -> None:
    text = to_yaml(CONTRACT, head="line one\nline two")

    assert text.startswith("# line one\n# line two\n\nschema_version: 1\ndocument_hash:")
    assert "∇ 😀" in text
    assert "must_keep" not in text
    assert "'null'" in text


def test_text_of_several_lines_is_a_block() -> None:
    assert "summary: |-\n  Learns.\n  Two lines.\n" in to_yaml(BLUEPRINT, head="")


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.text(" \n\t\r\x85\u2028#:-'a")
)
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    contract = CONTRACT.model_copy(
        update={"excused": (Excused(place=SectionId("s"), reason=text),)}
    )

    assert _again(tmp_path_factory.getbasetemp(), contract) == contract


def test_a_wrong_field_is_named_with_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(to_yaml(CONTRACT, head="").replace("status: assumed", "status: guessed"))

    with pytest.raises(ArtifactError) as caught:
        from_yaml(path, Contract)

    assert str(caught.value).startswith(f"`{path}` is not a valid contract: at `units.1.status`: ")
    assert "'assumed'" in str(caught.value)


def test_a_misspelt_field_is_not_swallowed(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(to_yaml(BLUEPRINT, head="").replace("purpose: 'core", "purpos: 'core"))

    with pytest.raises(ArtifactError, match=r"`files\.0\.purpos"):
        from_yaml(path, Blueprint)


@pytest.mark.parametrize(
    "text",
    [
        "units: [",
        "a: b: c",
        "\t- x",
        "document_hash: 2024-13-45",
        "!!python/object/apply:os.system [id]",
        "{[1]: 2}",
        "[" * 20_000,
        "&a [*a",
    ],
)
def test_what_is_not_yaml_is_one_sentence_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(text)

    with pytest.raises(ArtifactError) as caught:
        from_yaml(path, Contract)

    assert str(caught.value).startswith(f"`{path}` is not YAML: ")
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ArtifactError, match="is not YAML"):
        from_yaml(path, Contract)


@pytest.mark.parametrize("text", ["", "just words", "- a list", "3"])
def test_yaml_without_fields_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(text)

    with pytest.raises(ArtifactError, match="is not a valid contract: at `top level`"):
        from_yaml(path, Contract)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="is missing; run `deepcode plan`"):
        from_yaml(tmp_path / "contract.yaml", Contract)
