import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepcode.documents import QuoteFinder, find_quote

TEXT = (
    """## 3.1. Loss

The **mask network** is trained with a learning rate of 3e-4 and a
batch size of `256`; we call this the \u201cblinding\u201d bonus \u2014 it\u2019s small.
The e\ufb03cient self-improving state-ofthe-art method uses $\\alpha_{t} = 0.1$.

| Name | Value |
|---|---|
| Batch size | 512 |

<table><tr><td>Steps</td><td>1000</td></tr></table>

$$
L _ { \\eta } = x ^ 2 \\tag{3}
$$

First we sample a state. """
    + "Filler. " * 20
    + """Then we reset the agent.
"""
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("batch size of `256`", "batch size of `256`"),
        ("learning rate of 3e-4 and a batch size", "learning rate of 3e-4 and a\nbatch size"),
        ("The mask network is trained", "The **mask network** is trained"),
        ("batch size of 256; we call", "batch size of `256`; we call"),
        (
            'the "blinding" bonus - it\'s small',
            "the \u201cblinding\u201d bonus \u2014 it\u2019s small",
        ),
        ("The efficient self-improving", "The e\ufb03cient self-improving"),
        ("state-of-the-art method", "state-ofthe-art method"),
        ("| Batch size | 512 |", "| Batch size | 512 |"),
        ("Batch size 512", "Batch size | 512"),
        ("Steps 1000", "Steps</td><td>1000"),
        ("L_{\\eta} = x^2", "L _ { \\eta } = x ^ 2"),
        ("alpha_{t} = 0.1", "alpha_{t} = 0.1"),
        ("3.1. Loss The mask network", "3.1. Loss\n\nThe **mask network"),
        ("\u201cThe mask network is trained\u201d", "The **mask network** is trained"),
        ("First we sample \u2026 reset the agent.", None),
    ],
)
def test_a_quote_is_found_whatever_print_did_to_it(quote: str, found: str | None) -> None:
    span = find_quote(TEXT, quote)
    assert span is not None
    if found is not None:
        assert TEXT[span.start : span.end] == found


@pytest.mark.parametrize(
    "quote",
    [
        "learning rate of 3e-5",
        "The mask network is not trained",
        "batch size of 257",
        "the mask network",
        "reset the agent ... First we sample",
        "First we ... reset nothing",
        "ab",
        " a b ",
        "",
        "**",
        "...",
        "zzz... ",
    ],
)
def test_what_the_text_does_not_say_is_not_found(quote: str) -> None:
    assert find_quote(TEXT, quote) is None


def test_an_ellipsis_joins_parts_in_order() -> None:
    for dots in ("...", "[...]", "\u2026", "[\u2026]"):
        span = find_quote(TEXT, f"First we sample {dots} Then we reset the agent.")
        assert span is not None
        passage = TEXT[span.start : span.end]
        assert passage.startswith("First we sample a state.")
        assert passage.endswith("reset the agent.")


def test_parts_that_stand_too_far_apart_are_not_joined() -> None:
    text = "alpha beta. " + "x " * 1500 + "gamma delta."
    assert find_quote(text, "alpha beta ... gamma delta") is None
    assert find_quote(text + " alpha beta. gamma delta.", "alpha beta ... gamma delta") is not None


def test_an_ellipsis_of_the_text_itself_is_literal() -> None:
    assert find_quote("for i = 1, 2, . . . do it", "for i = 1, 2, ... do it") is not None


def test_a_sign_that_carries_meaning_is_never_forgiven() -> None:
    assert find_quote("a rate of 1e4 is used", "a rate of 1e-4 is used") is None
    assert find_quote("the value is 3", "the value is -3") is None


@given(st.text(min_size=3), st.text(), st.text())
def test_every_passage_of_a_text_is_found_in_it(quote: str, before: str, after: str) -> None:
    finder = QuoteFinder(f"{before}{quote}{after}")
    span = finder.find(quote)
    if len("".join(quote.split())) >= 3:
        assert span is not None
        assert finder.text[span.start : span.end] == quote.strip()


@given(st.text(alphabet="ab .*_-\u2019'\u2026\ufb01<td>", max_size=30), st.text(max_size=30))
def test_a_found_place_lies_in_the_text(quote: str, text: str) -> None:
    span = find_quote(text, quote)
    if span is not None:
        assert 0 <= span.start < span.end <= len(text)
