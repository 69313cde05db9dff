"""No block is lost or doubled on the way into the questions of the contract."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from deepcode.artifacts.analysis import (
    AlgorithmAnalysis,
    Analyses,
    ConceptAnalysis,
    HyperparameterNote,
    SectionNote,
)
from deepcode.artifacts.document import Block, Document
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.blueprint.stretches import Stretch, notes_on, stretches_of

MakeDocument = Callable[..., Document]
MOST = 50

BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(["paragraph", "equation", "table", "reference"]),
        st.integers(1, 300).map(lambda size: "x" * size),
    ),
    max_size=6,
)
SECTIONS = st.lists(st.tuples(st.sampled_from(["", "Heading"]), BLOCKS), min_size=1, max_size=8)


def held(document: Document, stretch: Stretch) -> list[Block]:
    span = stretch.span
    return [
        block
        for block in document.blocks
        if span.start < block.span.end and block.span.start < span.end
    ]


def tokens(document: Document, blocks: list[Block]) -> int:
    return sum(estimate_tokens(document.slice(block.span)) for block in blocks)


@given(SECTIONS)
def test_every_block_stands_in_one_stretch_and_the_bibliography_in_none(
    make_document: MakeDocument, sections: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    document = make_document(*sections)
    stretches = stretches_of(document, most_tokens=MOST)
    shown = [block for stretch in stretches for block in held(document, stretch)]
    assert shown == [block for block in document.blocks if block.kind != "reference"]
    assert [stretch.number for stretch in stretches] == list(range(1, len(stretches) + 1))
    for stretch in stretches:
        blocks = held(document, stretch)
        assert all(block.span.end <= stretch.span.end for block in blocks)
        assert stretch.sections == {block.section_id for block in blocks}
    assert all(one.span.end <= other.span.start for one, other in pairwise(stretches))


@given(SECTIONS)
def test_a_stretch_is_as_large_as_allowed_or_a_single_block(
    make_document: MakeDocument, sections: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    document = make_document(*sections)
    for stretch in stretches_of(document, most_tokens=MOST):
        blocks = held(document, stretch)
        assert len(blocks) == 1 or tokens(document, blocks) <= MOST


@given(SECTIONS)
def test_a_section_that_fits_is_not_cut(
    make_document: MakeDocument, sections: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    document = make_document(*sections)
    places = {
        block.id: stretch.number
        for stretch in stretches_of(document, most_tokens=MOST)
        for block in held(document, stretch)
    }
    for _, section in groupby(document.blocks, lambda block: block.section_id):
        blocks = list(section)
        if all(block.kind != "reference" for block in blocks) and tokens(document, blocks) <= MOST:
            assert len({places[block.id] for block in blocks}) == 1


def test_a_stretch_that_opens_a_section_shows_its_heading(make_document: MakeDocument) -> None:
    document = make_document(
        ("Method", [("paragraph", "m" * 150), ("paragraph", "n" * 150)]),
        ("Training", [("paragraph", "t" * 150)]),
    )
    texts = [document.slice(one.span) for one in stretches_of(document, most_tokens=MOST)]
    assert texts == [f"## Method\n\n{'m' * 150}", "n" * 150, f"## Training\n\n{'t' * 150}"]


def test_text_before_the_first_heading_is_not_shown_twice(make_document: MakeDocument) -> None:
    document = make_document(("", [("paragraph", "a" * 150), ("paragraph", "b" * 150)]))
    texts = [document.slice(one.span) for one in stretches_of(document, most_tokens=MOST)]
    assert texts == ["a" * 150, "b" * 150]


def test_an_appendix_is_not_joined_to_the_text_before_the_bibliography(
    make_document: MakeDocument,
) -> None:
    document = make_document(
        ("Method", [("paragraph", "how it works")]),
        ("References", [("reference", "[1] Somebody. Something. 2001.")]),
        ("Appendix", [("paragraph", "more of it")]),
    )
    texts = [document.slice(one.span) for one in stretches_of(document, most_tokens=MOST)]
    assert texts == ["## Method\n\nhow it works", "## Appendix\n\nmore of it"]


def test_a_document_of_references_only_has_no_stretch(make_document: MakeDocument) -> None:
    assert stretches_of(make_document(("References", [("reference", "[1] A.")]))) == ()


def test_notes_are_those_on_the_sections_of_the_stretch(make_document: MakeDocument) -> None:
    document = make_document(("A", [("paragraph", "a" * 300)]), ("B", [("paragraph", "b" * 300)]))
    first, second = stretches_of(document, most_tokens=MOST)
    analyses = Analyses(
        concept=ConceptAnalysis(
            kind="paper",
            summary="s",
            structure=(SectionNote(section_id="s0", role="method", gist="the idea"),),
        ),
        algorithm=AlgorithmAnalysis(
            hyperparameters=(HyperparameterNote(name="rate", value="0.1", section_id="s1"),)
        ),
    )
    assert "the idea" in notes_on(first, analyses)
    assert "rate" not in notes_on(first, analyses)
    assert notes_on(second, analyses) == "- name: rate; value: 0.1"


def test_a_stretch_without_notes_says_so(make_document: MakeDocument) -> None:
    (stretch,) = stretches_of(make_document(("A", [("paragraph", "a")])))
    nothing = Analyses(
        concept=ConceptAnalysis(kind="paper", summary="s"), algorithm=AlgorithmAnalysis()
    )
    assert notes_on(stretch, nothing) == "(none)"
