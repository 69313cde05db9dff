import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from deepcode.documents.canonical import clean, decode


def test_all_line_ends_become_lf() -> None:
    assert clean("a\r\nb\rc\u2028d\x0ce").text == "a\nb\nc\nd\ne"


def test_nul_and_control_characters_vanish() -> None:
    assert clean("a\0b\x1b[31mc\x9bd").text == "ab[31mcd"


def test_lone_surrogates_are_replaced() -> None:
    assert clean("a\ud800b").text == "a\ufffdb"


def test_hidden_characters_are_removed_and_counted() -> None:
    cleaned = clean("pay\u200b\u202ement\U000e0041")
    assert cleaned == ("payment", 3)


def test_text_is_composed() -> None:
    assert clean("e\u0301").text == "\u00e9"


def test_a_long_run_of_marks_is_cut() -> None:
    assert len(clean("a" + "\u0301\u0323" * 50_000).text) < 40


def test_utf16_and_windows_bytes_are_read() -> None:
    assert decode("caf\u00e9".encode("utf-16")) == "caf\u00e9"
    assert decode("caf\u00e9 noir".encode("cp1252")) == "caf\u00e9 noir"
    assert decode(b"\xef\xbb\xbftext") == "text"


def test_bytes_that_are_no_text_give_nothing() -> None:
    assert decode(b"\x00\x01\x02\x00\x00\xff\xfe") is None
    assert decode(bytes(range(256)) * 4) is None


def test_a_character_cut_at_the_end_is_replaced() -> None:
    assert decode("caf\u00e9".encode()[:-1]) == "caf\ufffd"


@given(st.text(st.characters()))
def test_clean_text_is_stable_and_valid(text: str) -> None:
    once = clean(text).text
    assert clean(once).text == once
    assert once.encode("utf-8").decode() == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\0" not in once
    assert len((once + "x").splitlines()) == once.count("\n") + 1
