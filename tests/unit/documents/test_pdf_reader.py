import random
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from deepcode.artifacts.document import Document
from deepcode.documents import read_documents
from deepcode.errors import DocumentError

MakePdf = Callable[..., bytes]
WORDS = ("model", "state", "agent", "reward", "policy", "value", "train", "sample", "loss")


def read(folder: Path, data: bytes) -> Document:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return read_documents([path])


def refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read(folder, data)
    message = str(caught.value)
    assert message.startswith(f"`{folder / 'paper.pdf'}` ")
    assert "\n" not in message
    return message


def prose(seed: int, words: int) -> str:
    """Sentences that never repeat."""
    pick = random.Random(seed)
    return " ".join(pick.choice(WORDS) + str(seed) for _ in range(words)).capitalize() + "."


def column(
    x: float, top: float, text: str, width: int = 44
) -> list[tuple[float, float, float, str]]:
    return [(x, top + 12 * at, 10, line) for at, line in enumerate(textwrap.wrap(text, width))]


def test_headings_paragraphs_and_pages_come_out_of_print(tmp_path: Path, make_pdf: MakePdf) -> None:
    first = [(72, 80, 20, "*A Short Paper"), (72, 130, 14, "*1 Introduction")]
    first += [*column(72, 160, prose(1, 60), 90), (72, 400, 12, "*1.1 Purpose")]
    first += column(72, 420, prose(2, 60), 90)
    second = [(72, 80, 14, "*2 Method"), *column(72, 110, prose(3, 60), 90)]
    document = read(tmp_path, make_pdf([first, second]))
    assert document.title == "A Short Paper"
    assert [(s.level, s.number, s.heading, s.page) for s in document.sections] == [
        (1, "", "A Short Paper", 1),
        (2, "1", "Introduction", 1),
        (3, "1.1", "Purpose", 1),
        (2, "2", "Method", 2),
    ]
    assert [(block.kind, block.page) for block in document.blocks] == [
        ("paragraph", 1),
        ("paragraph", 1),
        ("paragraph", 2),
    ]
    assert [document.slice(block.span) for block in document.blocks] == [
        prose(1, 60),
        prose(2, 60),
        prose(3, 60),
    ]


def test_two_columns_are_read_one_after_the_other_and_their_paragraph_is_joined(
    tmp_path: Path, make_pdf: MakePdf
) -> None:
    words = prose(1, 150).split()
    left, right = " ".join(words[:80]), " ".join(words[80:])
    page = [(72, 60, 20, "*A Paper In Columns"), (72, 110, 14, "*1 Start")]
    page += column(72, 140, left) + column(320, 110, right)
    document = read(tmp_path, make_pdf([page]))
    assert [document.slice(block.span) for block in document.blocks] == [prose(1, 150)]


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path, make_pdf: MakePdf) -> None:
    pages = [
        [(200, 40, 9, "A Running Head"), *column(72, 100, prose(n, 80), 90), (300, 760, 9, str(n))]
        for n in range(1, 5)
    ]
    document = read(tmp_path, make_pdf(pages))
    assert document.text == "\n\n".join(prose(n, 80) for n in range(1, 5)) + "\n"


def test_words_broken_at_line_ends_are_joined(tmp_path: Path, make_pdf: MakePdf) -> None:
    lines = ["We start refining the agent in a self-made world and then go on refin-"]
    lines += ["ing it, as the authors of the older and now well known paper on self-"]
    lines += ["made worlds did, because that is what everybody would like to do here."]
    page = [(72, 100 + 12 * at, 10, line) for at, line in enumerate(lines)]
    document = read(tmp_path, make_pdf([page]))
    assert "go on refining it" in document.text
    assert "paper on self-made worlds" in document.text


def test_tables_lists_captions_and_references_are_blocks(tmp_path: Path, make_pdf: MakePdf) -> None:
    page = [(72, 80, 14, "*1 Results"), *column(72, 110, prose(1, 40), 90)]
    page += [(72, 200, 10, "Table 1: Scores.")]
    for row, cells in enumerate([("Name", "Low", "High"), ("one", "1.5", "2"), ("two", "3", "4")]):
        page += [(72 + 120 * at, 220 + 12 * row, 10, cell) for at, cell in enumerate(cells)]
    page += [(82, 300, 10, "\u2022 a first point"), (82, 314, 10, "\u2022 a second point")]
    page += [(72, 350, 14, "*2 Closing"), *column(72, 380, prose(2, 40), 90)]
    page += [(72, 460, 14, "*References"), (72, 490, 10, "[1] A. First. A book. 2020.")]
    page += [(72, 506, 10, "[2] B. Second. A paper. 2021.")]
    document = read(tmp_path, make_pdf([page]))
    assert [(block.kind, block.label) for block in document.blocks] == [
        ("paragraph", ""),
        ("table", "Table 1: Scores."),
        ("list", ""),
        ("paragraph", ""),
        ("reference", ""),
        ("reference", ""),
    ]
    assert "| one | 1.5 | 2 |" in document.text
    assert "- a first point\n- a second point" in document.text


def test_an_encrypted_pdf_is_refused_with_one_sentence(tmp_path: Path, make_pdf: MakePdf) -> None:
    data = make_pdf([column(72, 100, prose(1, 60))], user_password=b"secret")
    assert refusal(tmp_path, data).endswith("is encrypted; give an unlocked copy")


def test_a_pdf_that_only_its_owner_may_change_is_read(tmp_path: Path, make_pdf: MakePdf) -> None:
    data = make_pdf([column(72, 100, prose(1, 60), 90)], user_password=b"")
    assert prose(1, 60) in read(tmp_path, data).text


def test_a_pdf_without_text_says_so(tmp_path: Path, make_pdf: MakePdf) -> None:
    assert "has no text layer" in refusal(tmp_path, make_pdf([[], []]))


def test_a_page_without_text_is_a_warning(tmp_path: Path, make_pdf: MakePdf) -> None:
    document = read(tmp_path, make_pdf([column(72, 100, prose(1, 60)), []]))
    assert document.warnings == (f"`{tmp_path / 'paper.pdf'}`: no text on page 2",)


def test_a_cut_off_pdf_is_refused(tmp_path: Path, make_pdf: MakePdf) -> None:
    data = make_pdf([column(72, 100, prose(1, 60))])
    assert "damaged or cut off" in refusal(tmp_path, data[:-200])


def test_a_damaged_pdf_is_refused(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(5000)
    assert "damaged or cut off" in refusal(tmp_path, b"%PDF-1.7\n" + noise + b"\n%%EOF")


def test_a_pdf_and_a_note_are_one_document(tmp_path: Path, make_pdf: MakePdf) -> None:
    (tmp_path / "paper.pdf").write_bytes(make_pdf([column(72, 100, prose(1, 60), 90)]))
    (tmp_path / "note.md").write_text("Mind this.")
    document = read_documents([tmp_path / "paper.pdf", tmp_path / "note.md"])
    assert [section.heading for section in document.sections] == ["", "note"]
    assert [block.page for block in document.blocks] == [1, None]
