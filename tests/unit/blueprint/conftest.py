"""A document with its index, as the agents of phase 1 read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from deepcode.artifacts.document import Document
from deepcode.blueprint import EffortChoice, Source
from deepcode.documents import Index


@pytest.fixture
def make_source() -> Iterator[Callable[..., Source]]:
    opened: list[Index] = []

    def make(document: Document, effort: str = "fast") -> Source:
        index = Index.build(document)
        opened.append(index)
        return Source(document, index, EffortChoice(effort, "chosen by the test"))  # type: ignore[arg-type]

    yield make
    for index in opened:
        index.close()
