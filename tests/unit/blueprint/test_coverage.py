"""The completeness pass finds the places that no quote touches."""

from __future__ import annotations

from collections.abc import Callable

from deepcode.artifacts.document import Document, Span
from deepcode.blueprint.coverage import SHORTEST_SECTION_CHARS, uncovered

MakeDocument = Callable[..., Document]
LONG = "A sentence that demands something of the code. " * 5
assert len(LONG) > SHORTEST_SECTION_CHARS


def span_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start=start, end=start + len(words))


def test_a_section_that_no_quote_touches_is_a_gap(make_document: MakeDocument) -> None:
    document = make_document(("Method", [("paragraph", LONG)]))
    (place,) = uncovered(document, [])
    assert (place.id, place.what) == ("s0", "section Method")
    assert document.slice(place.span) == LONG


def test_one_quote_inside_covers_its_section(make_document: MakeDocument) -> None:
    document = make_document(("Method", [("paragraph", LONG)]), ("Data", [("paragraph", LONG)]))
    (place,) = uncovered(document, [span_of(document, "demands something")])
    assert place.what == "section Data"


def test_a_quote_that_ends_where_a_section_begins_does_not_cover_it(
    make_document: MakeDocument,
) -> None:
    document = make_document(("", [("paragraph", LONG)]), ("Data", [("paragraph", LONG)]))
    begins = document.blocks[1].span.start
    (place,) = uncovered(document, [Span(start=0, end=begins)])
    assert place.id == "s1"


def test_equations_algorithms_and_tables_are_gaps_of_their_own(make_document: MakeDocument) -> None:
    document = make_document(
        (
            "Method",
            [
                ("paragraph", LONG),
                ("equation", "$$ a = b $$"),
                ("algorithm", "Algorithm 1: repeat"),
                ("table", "| a | b |"),
                ("figure", "![a figure](a.png)"),
                ("code", "a = b"),
            ],
        )
    )
    places = uncovered(document, [span_of(document, "demands something")])
    assert [place.what for place in places] == ["equation", "algorithm", "table"]


def test_an_untouched_section_is_one_gap_and_not_many(make_document: MakeDocument) -> None:
    document = make_document(("Method", [("paragraph", LONG), ("equation", "$$ a = b $$")]))
    assert [place.id for place in uncovered(document, [])] == ["s0"]


def test_a_short_section_is_no_gap_but_its_equation_is(make_document: MakeDocument) -> None:
    document = make_document(("Loss", [("paragraph", "We use"), ("equation", "$$ a = b $$")]))
    assert [place.id for place in uncovered(document, [])] == ["b2"]


def test_the_bibliography_is_no_gap(make_document: MakeDocument) -> None:
    document = make_document(("References", [("reference", LONG), ("reference", LONG)]))
    assert uncovered(document, []) == ()


def test_gaps_come_in_document_order(make_document: MakeDocument) -> None:
    document = make_document(
        ("One", [("paragraph", LONG), ("table", "| a |")]),
        ("Two", [("paragraph", LONG)]),
        ("Three", [("equation", "$$ c $$")]),
    )
    places = uncovered(document, [span_of(document, "demands something")])
    assert [place.id for place in places] == ["b2", "s1", "b4"]
