import pytest

from deepcode.documents.headings import (
    Numbered,
    find_headings,
    has_title,
    repaired_levels,
    split_number,
)


def levels(*lines: str) -> list[int]:
    return repaired_levels(find_headings(lines, range(len(lines))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.2. Setup", ("3.2", "Setup")),
        ("3.2 Setup", ("3.2", "Setup")),
        ("1) Login", ("1", "Login")),
        ("A.1. Proofs", ("A.1", "Proofs")),
        ("Appendix B: Data", ("B", "Data")),
        ("IV. Results", ("IV", "Results")),
        ("**2.1 Bold**", ("2.1", "Bold")),
        ("A Study of Things", ("", "A Study of Things")),
        ("3D Reconstruction", ("", "3D Reconstruction")),
        ("2024 in review", ("", "2024 in review")),
        ("Introduction", ("", "Introduction")),
    ],
)
def test_the_printed_number_is_split_from_a_heading(text: str, expected: Numbered) -> None:
    assert split_number(text) == expected


def test_flat_headings_of_a_paper_get_levels_from_their_numbers() -> None:
    assert levels(
        "# A Study of Things",
        "# Abstract",
        "# 1. Introduction",
        "# 3. Method",
        "# 3.1. Loss",
        "# Implementation notes",
        "# 3.1.1. Terms",
        "# 3.2. Training",
        "# References",
        "# A. Proofs",
        "# A.1. Lemma",
    ) == [1, 2, 2, 2, 3, 4, 4, 3, 2, 2, 3]


def test_a_bare_letter_counts_as_a_number_when_it_is_the_next_one() -> None:
    lines = ["# Title", "# 1 Intro", "# 2 Method", "# A Proofs", "# B Data", "# D Day"]
    found = find_headings(lines, range(len(lines)))
    assert [heading.number for heading in found] == ["", "1", "2", "A", "B", ""]


def test_well_formed_levels_stay_as_they_are() -> None:
    assert levels("# T", "## One", "### Deep", "## Two", "### Deep") == [1, 2, 3, 2, 3]


def test_a_skipped_level_is_closed_up() -> None:
    assert levels("## One", "##### Deep", "## Two") == [1, 2, 1]


def test_a_number_overrules_a_wrong_mark() -> None:
    assert levels("## API", "### 2. Classes", "#### 2.1 Error", "### 2.2 Reader") == [1, 2, 3, 3]


def test_a_local_list_of_numbered_headings_stays_where_it_is() -> None:
    assert levels("## 1. Intro", "### Core", "#### 1. Import", "#### 2. Call", "## 2. Use") == [
        1,
        2,
        3,
        3,
        1,
    ]


def test_sections_beside_each_other_have_no_title() -> None:
    lines = ["# Introduction", "# Goals", "# Features"]
    assert not has_title(find_headings(lines, range(3)))


def test_a_bare_number_sign_is_no_heading() -> None:
    assert find_headings(["#", "#no space", "# " + "x" * 1000], range(3)) == []
