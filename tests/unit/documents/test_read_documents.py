from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepcode.artifacts.document import Document
from deepcode.documents import counts, read_documents
from deepcode.documents.structure import relevelled, structured
from deepcode.errors import DocumentError

PAPER = """# Small Models

# Abstract

We study small models.

# 1. Method

# 1.1. Loss

The loss is

$$
L = x \\tag{1}
$$

# References

[1] Somebody. Something. 2020.
"""


def written(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        path = folder / f"{stem}.{ending}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def tree(document: Document) -> list[tuple[int, str, str]]:
    return [(section.level, section.number, section.heading) for section in document.sections]


def test_a_paper_becomes_a_tree_with_blocks(tmp_path: Path) -> None:
    document = read_documents(written(tmp_path, paper_md=PAPER))
    assert document.title == "Small Models"
    assert tree(document) == [
        (1, "", "Small Models"),
        (2, "", "Abstract"),
        (2, "1", "Method"),
        (3, "1.1", "Loss"),
        (2, "", "References"),
    ]
    assert [(block.kind, block.label, block.section_id) for block in document.blocks] == [
        ("paragraph", "", "s2"),
        ("paragraph", "", "s4"),
        ("equation", "(1)", "s4"),
        ("reference", "", "s5"),
    ]
    loss = document.sections[3]
    assert loss.parent_id == "s3"
    assert document.slice(loss.span).startswith("### 1.1. Loss\n\nThe loss is")
    assert document.files == ("paper.md",)


def test_counts_name_every_kind(tmp_path: Path) -> None:
    assert counts(read_documents(written(tmp_path, paper_md=PAPER))) == {
        "equations": 1,
        "algorithms": 0,
        "tables": 0,
        "figures": 0,
        "references": 1,
        "code": 0,
        "lists": 0,
        "paragraphs": 2,
    }


def test_further_files_become_sections_of_level_one(tmp_path: Path) -> None:
    paths = written(
        tmp_path,
        paper_md=PAPER,
        addendum_md="## Scope\n\nOut.\n",
        notes_md="# Notes\n\n## One\n\nx",
    )
    document = read_documents(paths)
    assert tree(document)[5:] == [
        (1, "", "addendum"),
        (2, "", "Scope"),
        (1, "", "Notes"),
        (2, "", "One"),
    ]
    assert document.title == "Small Models"
    assert document.files == ("paper.md", "addendum.md", "notes.md")


def test_text_before_the_first_heading_is_section_s0(tmp_path: Path) -> None:
    document = read_documents(written(tmp_path, a_md="Hello.\n\n# One\n\nText."))
    assert (document.sections[0].id, document.sections[0].level) == ("s0", 0)
    assert document.slice(document.sections[0].span) == "Hello.\n\n"
    assert document.blocks[0].section_id == "s0"


def test_a_document_without_headings_is_one_section(tmp_path: Path) -> None:
    document = read_documents(written(tmp_path, notes_txt="Just text.\n\nMore text."))
    assert document.title == "notes"
    assert [section.id for section in document.sections] == ["s0"]
    assert len(document.blocks) == 2


def test_latex_marks_of_paper_parsers_become_markdown(tmp_path: Path) -> None:
    text = "\\title{\nA Long\nTitle\n}\n\n\\begin{abstract}\nShort.\n\\end{abstract}\n\n"
    text += (
        "\\section*{1. Intro}\n\n\\footnotetext{\nA note.\n}\n\n\\subsection*{1.1. More}\n\nText."
    )
    document = read_documents(written(tmp_path, a_md=text))
    assert tree(document) == [
        (1, "", "A Long Title"),
        (2, "", "Abstract"),
        (2, "1", "Intro"),
        (3, "1.1", "More"),
    ]
    assert [document.slice(block.span) for block in document.blocks] == [
        "Short.",
        "A note.",
        "Text.",
    ]


def test_underlined_headings_and_front_matter_are_understood(tmp_path: Path) -> None:
    text = "---\ntitle: x\n---\n\nBig\n===\n\nText.\n\nSmall\n-----\n\nMore.\n\n---\n\nEnd."
    document = read_documents(written(tmp_path, a_md=text))
    assert [heading for _, _, heading in tree(document)] == ["", "Big", "Small"]
    assert document.blocks[0].kind == "code"
    assert "---\n\nEnd" not in document.text


def test_plain_text_headings_are_found_when_beyond_doubt(tmp_path: Path) -> None:
    text = "1. Introduction\n\nThis stores.\n\n1.1 Purpose\n\nTo store.\n\nReferences\n\nNone."
    document = read_documents(written(tmp_path, spec_txt=text))
    assert tree(document) == [
        (1, "1", "Introduction"),
        (2, "1.1", "Purpose"),
        (1, "", "References"),
    ]


def test_images_beside_the_document_are_copied(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a.png").write_bytes(b"png")
    (tmp_path / "a.png").write_bytes(b"other")
    text = "![x](img/a.png)\nFigure 1: X.\n\n![](a.png)\n"
    document = read_documents(written(tmp_path, a_md=text), assets=tmp_path / "out")
    assert [block.asset for block in document.blocks] == ["a.png", "a-2.png"]
    assert (tmp_path / "out" / "a.png").read_bytes() == b"png"
    assert (tmp_path / "out" / "a-2.png").read_bytes() == b"other"


def test_images_elsewhere_are_never_copied(tmp_path: Path) -> None:
    folder = tmp_path / "doc"
    folder.mkdir()
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    (folder / "link.png").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    (folder / "key.txt").write_text("secret")
    links = ["../secret.png", str(secret), "link.png", "up/secret.png", "key.txt", "gone.png"]
    links += ["%2e%2e/secret.png", "https://example.org/a.png"]
    text = "\n\n".join(f"![]({link})" for link in links)
    document = read_documents(written(folder, a_md=text), assets=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert len(document.warnings) == len(links) - 1
    assert not any(block.asset for block in document.blocks)


def test_hidden_characters_are_reported(tmp_path: Path) -> None:
    document = read_documents(written(tmp_path, a_md="Pay\u200b now\U000e0041."))
    assert document.text == "Pay now.\n"
    assert document.warnings == (f"`{tmp_path / 'a.md'}`: 2 invisible characters were removed",)


def test_no_document_at_all_is_refused() -> None:
    with pytest.raises(DocumentError, match="no document given"):
        read_documents([])


def test_binary_bytes_named_markdown_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(DocumentError, match="is not text"):
        read_documents([tmp_path / "a.md"])


def test_only_invisible_characters_are_no_document(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no text"):
        read_documents(written(tmp_path, a_md="\u200b\n\u200b"))


def test_a_very_long_line_and_deep_nesting_are_read(tmp_path: Path) -> None:
    text = ">" * 100_000 + "\n\n" + "[" * 100_000 + "\n\n" + "word " * 400_000
    assert len(read_documents(written(tmp_path, a_md=text)).blocks) == 3


# What blocks begin and end with, so that every mixture of them is tried.
MARKS = (
    "|text|# H|## 1.2 N|$$|```|- a|  b|1. x|Table 1. T|Figure 2: F|![](a.png)|Algorithm 1 A"
    "|for x do|# References|[1] R.|\\begin{align}|\\end{align}|<table>|</table>|\\[|\\]"
)
LINES = st.lists(st.sampled_from([*MARKS.split("|"), "| a | b |", "|---|---|"]), max_size=40)


@given(LINES)
def test_blocks_and_headings_cover_every_line_once_and_in_order(lines: list[str]) -> None:
    fixed, _ = relevelled(lines)
    text = "\n".join(fixed)
    sections, blocks = structured(fixed, [None] * len(fixed), {})
    starts = {section.span.start for section in sections if section.level}
    headings = [(start, (text + "\n").index("\n", start)) for start in starts]
    spans = sorted([*headings, *((block.span.start, block.span.end) for block in blocks)])
    rest, at = "", 0
    for start, end in spans:
        assert at <= start < end
        rest += text[at:start]
        at = end
    assert not (rest + text[at:]).strip()


@given(LINES)
def test_sections_nest_and_hold_their_blocks(lines: list[str]) -> None:
    fixed, _ = relevelled(lines)
    sections, blocks = structured(fixed, [None] * len(fixed), {})
    by_id = {section.id: section for section in sections}
    for section in sections:
        if section.parent_id:
            parent = by_id[section.parent_id]
            assert parent.span.start < section.span.start <= section.span.end <= parent.span.end
            assert parent.level < section.level
    for block in blocks:
        holder = by_id[block.section_id].span
        assert holder.start <= block.span.start <= block.span.end <= holder.end
