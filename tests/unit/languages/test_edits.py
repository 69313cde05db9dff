import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range, TextEdit

from deepcode.languages import apply_edits, edit_for
from deepcode.languages.edits import Lines


def edit(start: tuple[int, int], end: tuple[int, int], new: str) -> TextEdit:
    return TextEdit(range=Range(Position(*start), Position(*end)), new_text=new)


def test_edits_refer_to_the_original_text_in_any_order() -> None:
    edits = [edit((0, 0), (0, 1), "A"), edit((1, 1), (1, 1), "!"), edit((2, 0), (3, 0), "")]

    assert apply_edits("abc\nd\ne\n", edits) == "Abc\nd!\n"
    assert apply_edits("abc\nd\ne\n", edits[::-1]) == "Abc\nd!\n"


def test_positions_count_utf_16_units_unless_told_otherwise() -> None:
    text = "x = '😀é'; y"

    assert apply_edits(text, [edit((0, 8), (0, 9), ",")]) == "x = '😀é,; y"
    assert apply_edits(text, [edit((0, 7), (0, 8), ",")], encoding="utf-32") == "x = '😀é,; y"
    assert apply_edits(text, [edit((0, 11), (0, 12), ",")], encoding="utf-8") == "x = '😀é,; y"


def test_all_line_ends_of_the_protocol_count_and_stay() -> None:
    assert apply_edits("a\r\nb\rc\nd", [edit((1, 0), (1, 1), "B"), edit((3, 0), (3, 1), "D")]) == (
        "a\r\nB\rc\nD"
    )


def test_places_beyond_the_end_mean_the_end() -> None:
    assert apply_edits("ab\ncd", [edit((0, 99), (0, 99), "!"), edit((9, 0), (9, 0), "?")]) == (
        "ab!\ncd?"
    )


def test_insertions_at_one_place_keep_their_order_before_a_replacement() -> None:
    edits = [edit((0, 0), (0, 1), "X"), edit((0, 0), (0, 0), "1"), edit((0, 0), (0, 0), "2")]

    assert apply_edits("abc", edits) == "12Xbc"


def test_overlapping_and_reversed_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcd", [edit((0, 0), (0, 2), ""), edit((0, 1), (0, 3), "")])
    with pytest.raises(ValueError, match="ends before it starts"):
        apply_edits("abcd", [edit((0, 3), (0, 1), "")])


@given(st.text(alphabet="a😀é\n\r"), st.data())
def test_offset_and_position_are_inverse_except_inside_a_line_end(
    text: str, data: st.DataObject
) -> None:
    lines = Lines(text)
    offset = data.draw(st.integers(0, len(text)))
    inside = text[offset - 1 : offset + 1] == "\r\n"

    assert lines.offset(lines.position(offset)) == offset - inside


@given(st.text(alphabet="ab \n", max_size=12), st.text(alphabet="xy\n", max_size=4), st.data())
def test_an_exact_unique_passage_is_replaced_and_nothing_else(
    text: str, new: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    old = text[start:end]
    if not old.strip() or text.find(old) != text.rfind(old):
        return

    assert apply_edits(text, [edit_for(text, old, new)]) == text[:start] + new + text[end:]


def replaced(text: str, old: str, new: str) -> str:
    return apply_edits(text, [edit_for(text, old, new)])


def test_other_indentation_and_trailing_blanks_are_bridged() -> None:
    text = "class A:\n    def f(self):\n        if x:  \n            return 1\n        return 2\n"
    old = "def f(self):\n    if x:\n        return 1"
    new = "def f(self, y):\n    if y:\n\n        return 3"

    assert replaced(text, old, new) == (
        "class A:\n    def f(self, y):\n        if y:\n\n            return 3\n        return 2\n"
    )


def test_a_passage_quoted_too_deep_is_moved_left() -> None:
    text = "def f():\n    return 1\n"

    assert replaced(
        text, "        def f():\n            return 1\n", "        def g():\n            return 2\n"
    ) == ("def g():\n    return 2\n")


def test_crlf_files_keep_their_line_ends() -> None:
    assert replaced("a\r\nb\r\nc\r\n", "a\nb", "x\ny") == "x\r\ny\r\nc\r\n"


def test_loosely_matched_lines_can_be_deleted() -> None:
    assert replaced("a:\n    b \n    c\nd\n", "b\nc", "") == "a:\nd\n"


def test_a_passage_that_stands_several_times_is_refused_with_its_lines() -> None:
    with pytest.raises(ValueError, match="2 times, at lines 1, 3"):
        edit_for("x = 1\ny\nx = 1\n", "x = 1", "z")
    with pytest.raises(ValueError, match="2 times, at lines 2, 4"):
        edit_for("if a:\n    x = 1 \nelse:\n    x = 1\t\n", "x = 1\n ", "z")


def test_a_passage_that_stands_nowhere_names_the_closest_lines() -> None:
    with pytest.raises(ValueError, match=r"closest are lines 2-3 (?s:.*)return total / n"):
        edit_for(
            "a = 1\ntotal = sum(x)\nreturn total / n\n", "total = sum(y)\nreturn total / m", ""
        )
    with pytest.raises(ValueError, match="nothing is close"):
        edit_for("a = 1\n", "completely = different(words)", "")


def test_an_empty_passage_is_only_for_an_empty_file() -> None:
    assert replaced("", "", "x = 1\n") == "x = 1\n"
    with pytest.raises(ValueError, match="is empty"):
        edit_for("x\n", " ", "y")
