"""Effort follows the document, unless the user said otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deepcode.artifacts.document import Document
from deepcode.blueprint.effort import choose_effort
from deepcode.prompts import WHOLE_DOCUMENT_TOKENS

MakeDocument = Callable[..., Document]
LIMIT_CHARS = WHOLE_DOCUMENT_TOKENS * 4


def of_size(make_document: MakeDocument, chars: int) -> Document:
    document = make_document(("", [("paragraph", "x" * (chars - 2))]))
    assert len(document.text) == chars
    return document


def test_a_document_up_to_the_limit_is_read_whole(make_document: MakeDocument) -> None:
    choice = choose_effort(of_size(make_document, LIMIT_CHARS), "auto")
    assert choice.effort == "fast"
    assert choice.reads_whole


def test_one_token_more_is_read_through_the_index(make_document: MakeDocument) -> None:
    choice = choose_effort(of_size(make_document, LIMIT_CHARS + 1), "auto")
    assert choice.effort == "standard"
    assert not choice.reads_whole


def test_the_reason_holds_the_figures_that_decided(make_document: MakeDocument) -> None:
    reason = choose_effort(of_size(make_document, 4000), "auto").reason
    assert "1000" in reason
    assert str(WHOLE_DOCUMENT_TOKENS) in reason


@pytest.mark.parametrize("asked", ["fast", "standard", "max"])
def test_the_users_word_goes_before_the_size(make_document: MakeDocument, asked: str) -> None:
    for chars in (400, LIMIT_CHARS * 2):
        choice = choose_effort(of_size(make_document, chars), asked)  # type: ignore[arg-type]
        assert choice.effort == asked
        assert "asked for" in choice.reason
