from __future__ import annotations

import importlib
import pkgutil

import pytest
from pydantic import ValidationError

import deepcode.artifacts
from deepcode.artifacts.base import Artifact, text_hash
from deepcode.artifacts.document import Span
from deepcode.artifacts.tokens import estimate_tokens

for _module in pkgutil.iter_modules(deepcode.artifacts.__path__):
    importlib.import_module(f"deepcode.artifacts.{_module.name}")


def _all_kinds(kind: type[Artifact] = Artifact) -> list[type[Artifact]]:
    found = [
        one for one in kind.__subclasses__() if one.__module__.startswith("deepcode.artifacts")
    ]
    return [*found, *(inner for one in found for inner in _all_kinds(one))]


def test_an_artifact_cannot_be_changed() -> None:
    span = Span(start=1, end=2)

    with pytest.raises(ValidationError, match="frozen"):
        span.start = 5  # type: ignore[misc]


def test_an_artifact_takes_no_field_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Span.model_validate({"start": 1, "end": 2, "colour": "red"})


def test_equal_artifacts_have_equal_hashes_and_others_have_others() -> None:
    assert Span(start=1, end=2).content_hash == Span(end=2, start=1).content_hash
    assert Span(start=1, end=2).content_hash != Span(start=1, end=3).content_hash


def test_any_text_has_a_hash() -> None:
    assert text_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert text_hash("\ud800") != text_hash("")


@pytest.mark.parametrize("kind", _all_kinds(), ids=lambda kind: kind.__name__)
def test_every_artifact_is_closed_and_frozen(kind: type[Artifact]) -> None:
    assert kind.model_config.get("frozen") and kind.model_config.get("extra") == "forbid"
    assert kind.__doc__


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_tokens_are_estimated_upwards(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens
