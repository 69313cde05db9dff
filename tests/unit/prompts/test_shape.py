from __future__ import annotations

import json
import re
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from deepcode.artifacts.analysis import AlgorithmAnalysis, ConceptAnalysis
from deepcode.artifacts.base import Artifact
from deepcode.artifacts.blueprint import Blueprint
from deepcode.blueprint.analysis import Distillation
from deepcode.blueprint.contract import GapAnswers, UnitDrafts
from deepcode.blueprint.patch import BlueprintPatch
from deepcode.blueprint.quotes import QuoteFixes
from deepcode.prompts import shape_of

ANSWERS = [
    Distillation,
    UnitDrafts,
    GapAnswers,
    ConceptAnalysis,
    AlgorithmAnalysis,
    Blueprint,
    BlueprintPatch,
    QuoteFixes,
]


class Part(Artifact):
    name: str = Field(description="what it is called")
    size: float = 1.0


class Whole(Artifact):
    schema_version: Literal[1] = 1
    count: int = Field(description="how many")
    kind: Literal["a", "b"] = Field("a", description="which")
    tags: tuple[str, ...] = ()
    parts: tuple[Part, ...] = Field((), description="the pieces")
    main: Part
    spare: Part | None = None
    secret: bool = False


def test_fields_are_shown_with_type_description_and_whether_they_are_needed() -> None:
    assert shape_of(Whole, leave_out=frozenset({"secret"})) == "\n".join(
        [
            "{",
            '  "count": integer,  // how many',
            '  "kind": "a"|"b",  // optional; which',
            '  "tags": [text, ...],  // optional',
            '  "parts": [{  // optional; the pieces',
            '    "name": text,  // what it is called',
            '    "size": number,  // optional',
            "  }, ...],",
            '  "main": {',
            '    "name": text,  // what it is called',
            '    "size": number,  // optional',
            "  },",
            '  "spare": {  // optional',
            '    "name": text,  // what it is called',
            '    "size": number,  // optional',
            "  },",
            "}",
        ]
    )


def _field_names(kind: type[BaseModel]) -> set[str]:
    """Names of all fields, also of the artifacts inside, from the JSON schema."""
    schema = kind.model_json_schema()
    kinds = [schema, *schema.get("$defs", {}).values()]
    return {name for one in kinds for name in one.get("properties", {})} - {"schema_version"}


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_the_shape_of_every_answer_names_every_field_once_told_and_nothing_else(
    kind: type[BaseModel],
) -> None:
    shape = shape_of(kind)

    assert set(re.findall(r'^ *"(\w+)":', shape, re.MULTILINE)) == _field_names(kind)
    assert shape.count("{") == shape.count("}")
    assert shape.count("[") == shape.count("]")
    assert "schema_version" not in shape


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_the_shape_is_shorter_than_the_schema_of_the_same_answer(kind: type[BaseModel]) -> None:
    assert len(shape_of(kind)) < len(json.dumps(kind.model_json_schema()))
