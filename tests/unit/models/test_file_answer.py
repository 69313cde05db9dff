from __future__ import annotations

import pytest

from deepcode.artifacts.memory import WrittenFile
from deepcode.models import Challenge, FileAnswer, FileEdits, Hunk, read_file_answer


def _only_file(text: str) -> WrittenFile:
    answer = read_file_answer(text)
    assert answer.edits == () and answer.challenges == ()
    (file,) = answer.files
    return file


def test_files_edits_and_challenges_are_read_and_prose_is_not() -> None:
    answer = read_file_answer(
        "I will write two things.\n"
        "=== FILE pkg/core.py\n"
        "purpose: the core\n"
        "used by: a.py, b.py\n"
        "units: EQ-1, HP-2\n"
        "---\n"
        "x = 1\n"
        "=== END pkg/core.py\n"
        "And now an edit:\n"
        "=== EDIT pkg/other.py\n"
        "<<<<<<< OLD\n"
        "a\n"
        "=======\n"
        "b\n"
        ">>>>>>> NEW\n"
        "then\n"
        "<<<<<<< OLD\n"
        "c\n"
        "=======\n"
        ">>>>>>> NEW\n"
        "=== END pkg/other.py\n"
        "=== CHALLENGE `tests/test_a.py::test_b[x y]`\n"
        "The document says otherwise.\n"
        "=== END\n"
        "Done."
    )

    assert answer == FileAnswer(
        files=(
            WrittenFile(
                path="pkg/core.py",
                text="x = 1\n",
                purpose="the core",
                used_by=("a.py", "b.py"),
                units=("EQ-1", "HP-2"),
            ),
        ),
        edits=(FileEdits("pkg/other.py", (Hunk("a\n", "b\n"), Hunk("c\n", ""))),),
        challenges=(Challenge("tests/test_a.py::test_b[x y]", "The document says otherwise."),),
    )


def test_prose_alone_is_an_empty_answer() -> None:
    assert read_file_answer("KEEP the test as it is.") == FileAnswer((), ())


def test_header_lines_come_in_any_order_and_case() -> None:
    file = _only_file(
        "=== FILE a.py\nUnits: `EQ-1`; ALG-2\nPURPOSE:  it: works\nUsed By: none\n---\nx\n=== END\n"
    )

    assert file == WrittenFile(
        path="a.py", text="x\n", purpose="it: works", units=("EQ-1", "ALG-2")
    )


def test_header_lines_without_a_rule_are_still_header_lines() -> None:
    assert _only_file("=== FILE a.py\npurpose: p\nx = 1\n=== END\n").text == "x = 1\n"


@pytest.mark.parametrize("rule", ["", "---\n"])
def test_a_file_without_header_is_all_text(rule: str) -> None:
    file = _only_file(f"=== FILE `a.py`  \n{rule}x = 1\n=== END a.py\n")

    assert file == WrittenFile(path="a.py", text="x = 1\n")


def test_front_matter_without_header_is_kept() -> None:
    text = "---\ntitle: T\n---\nbody\n"

    assert _only_file(f"=== FILE a.md\n{text}=== END\n").text == text
    assert _only_file(f"=== FILE a.md\npurpose: p\n---\n{text}=== END\n").text == text


@pytest.mark.parametrize("opening", ["```python", "```", "```c++"])
def test_a_fence_around_the_text_is_taken_off(opening: str) -> None:
    file = _only_file(f"=== FILE a.py\nunits: EQ-1\n---\n{opening}\nx = 1\n\ny = 2\n```\n=== END\n")

    assert file.text == "x = 1\n\ny = 2\n"


def test_fences_inside_the_text_are_kept() -> None:
    text = "# Title\n\n```sh\nmake\n```\n\nend\n"

    assert _only_file(f"=== FILE README.md\n{text}=== END\n").text == text


def test_rules_and_marks_inside_a_file_are_its_text() -> None:
    text = "a\n---\nb\n=======\nTitle\n=======\n<<<<<<< OLD\n>>>>>>> NEW\n==== END ====\n"

    assert _only_file(f"=== FILE a.rst\npurpose: p\n---\n{text}=== END\n").text == text


def test_windows_line_ends_become_plain_ones() -> None:
    answer = read_file_answer(
        "=== FILE a.py\r\npurpose: p\r\n---\r\nx\r\ny\r\n=== END a.py\r\n"
        "=== EDIT b.py\r\n<<<<<<< OLD\r\nc\r\n=======\r\nd\r\n>>>>>>> NEW\r\n=== END b.py\r\n"
    )

    assert answer.files == (WrittenFile(path="a.py", text="x\ny\n", purpose="p"),)
    assert answer.edits == (FileEdits("b.py", (Hunk("c\n", "d\n"),)),)


@pytest.mark.parametrize("body", ["", "\n", "---\n", "```python\n```\n", "purpose: marker\n---\n"])
def test_an_empty_file_is_empty(body: str) -> None:
    assert _only_file(f"=== FILE pkg/__init__.py\n{body}=== END pkg/__init__.py").text == ""


def test_text_ends_with_one_line_end_and_keeps_its_indentation() -> None:
    assert _only_file("=== FILE a.py\n    x\n\ty\n\n\n\n=== END\n").text == "    x\n\ty\n"


@pytest.mark.parametrize("kind", ["FILE", "EDIT", "CHALLENGE"])
def test_a_block_without_end_names_itself(kind: str) -> None:
    with pytest.raises(ValueError, match=r"the block of `b\.py` has no `=== END` line"):
        read_file_answer(f"=== FILE a.py\nx\n=== END a.py\n=== {kind} b.py\nx = 1\ny")


def test_a_block_that_runs_into_the_next_names_the_first() -> None:
    with pytest.raises(ValueError, match=r"the block of `a\.py` has no"):
        read_file_answer("=== FILE a.py\nx\n=== FILE b.py\ny\n=== END b.py\n")


@pytest.mark.parametrize(
    "body",
    [
        "x = 1\n",
        "<<<<<<< OLD\na\n=======\nb\n",
        "<<<<<<< OLD\na\n>>>>>>> NEW\n",
        "<<<<<<< OLD\na\n=======\nb\n>>>>>>> NEW\n<<<<<<< OLD\nc\n=======\nd\n",
        "<<<<<<< OLD\na\n>>>>>>> NEW\n<<<<<<< OLD\nc\n=======\nd\n>>>>>>> NEW\n",
    ],
)
def test_an_edit_without_whole_hunks_names_the_file(body: str) -> None:
    with pytest.raises(ValueError, match=r"the edit of `pkg/a\.py` has no"):
        read_file_answer(f"=== EDIT pkg/a.py\n{body}=== END pkg/a.py\n")


def test_an_insertion_into_an_empty_place_is_a_hunk() -> None:
    answer = read_file_answer("=== EDIT a.py\n<<<<<<< OLD\n=======\nx\n>>>>>>> NEW\n=== END\n")

    assert answer.edits == (FileEdits("a.py", (Hunk("", "x\n"),)),)


def test_a_long_answer_is_read_in_a_moment() -> None:
    text = "x = 1\n" * 50_000 + "=" * 50_000 + "\n"

    assert _only_file(f"=== FILE a.py\n{text}=== END a.py\n").text == text


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_what_no_file_can_hold_is_sent_back(character: str) -> None:
    with pytest.raises(ValueError, match="NUL or half of a surrogate pair"):
        read_file_answer(f"=== FILE a.py\nx = '{character}'\n=== END a.py\n")
