"""The reading tools answer in text, whatever an agent asks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deepcode.artifacts.document import Document
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.blueprint import Source
from deepcode.blueprint.reading import READING_TOKENS, reading_tools
from deepcode.models import Tool

MakeSource = Callable[..., Source]
MakeDocument = Callable[..., Document]


@pytest.fixture
def tools(make_document: MakeDocument, make_source: MakeSource) -> dict[str, Tool]:
    document = make_document(
        ("Method", [("paragraph", "The momentum is 0.9."), ("equation", "$$ a = b $$")]),
        ("Proof", [("paragraph", "word " * 1000)] * 10),
    )
    return {tool.__name__: tool for tool in reading_tools(make_source(document).index)}


def test_a_section_is_read_by_its_id(tools: dict[str, Tool]) -> None:
    read = tools["read_section"]("s0")
    assert read.startswith("section s0, part 1 of 1")
    assert "The momentum is 0.9." in read


def test_a_long_section_is_read_in_parts_that_keep_the_budget(tools: dict[str, Tool]) -> None:
    parts = [tools["read_section"]("s1", part) for part in (1, 2, 3)]
    for number, part in enumerate(parts, 1):
        assert part.startswith(f"section s1, part {number} of 3")
        assert estimate_tokens(part) < READING_TOKENS * 1.05
    assert sum(part.count("word") for part in parts) == 10_000


def test_an_unknown_section_is_answered_with_a_sentence(tools: dict[str, Tool]) -> None:
    assert "there is no section `s99`" in tools["read_section"]("s99")


def test_a_search_shows_where_its_passages_stand(tools: dict[str, Tool]) -> None:
    found = tools["search"]("momentum")
    assert found.startswith("s0 Method")
    assert "The momentum is 0.9." in found


def test_a_search_without_a_hit_says_so(tools: dict[str, Tool]) -> None:
    assert tools["search"]("zebra") == "nothing found"


def test_items_of_a_kind_are_listed_with_their_text_and_place(tools: dict[str, Tool]) -> None:
    listed = tools["list_items"]("equation")
    assert "b2 in s0 Method" in listed
    assert "$$ a = b $$" in listed


def test_a_kind_that_the_document_does_not_hold_is_said_so(tools: dict[str, Tool]) -> None:
    assert tools["list_items"]("table") == "the document holds no table"


def test_an_unknown_kind_is_answered_with_the_known_ones(tools: dict[str, Tool]) -> None:
    assert "one of paragraph, equation" in tools["list_items"]("poem")
