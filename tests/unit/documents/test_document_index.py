import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepcode.artifacts.document import Document
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.documents import CHUNK_TOKENS, Index, read_documents
from deepcode.documents.chunks import chunk

Build = Callable[[Document], Index]
TEXT = """# Small Models

We study small models.

## 1 Method

The method has two parts.

### 1.1 Mask network

The network is trained with PPO and a learning rate of 3e-4.

$$
L = x \\tag{1}
$$

### 1.2 Exploration

Random network distillation gives a bonus for novel states.

| Name | Value |
|---|---|
| p | 0.25 |

## 2 Results

All environments improve.
"""


@pytest.fixture
def document(tmp_path: Path) -> Document:
    (tmp_path / "paper.md").write_text(TEXT)
    return read_documents([tmp_path / "paper.md"])


@pytest.fixture
def long_document(tmp_path: Path) -> Document:
    sections = [
        f"## {n} Topic number{n}\n\n"
        + "\n\n".join(f"Sentence {n} of {k} says more. " * 20 for k in range(6))
        for n in range(1, 40)
    ]
    (tmp_path / "long.md").write_text("# Long\n\n" + "\n\n".join(sections))
    return read_documents([tmp_path / "long.md"])


@pytest.fixture
def build() -> Iterator[Build]:
    with contextlib.ExitStack() as stack:

        def built(document: Document) -> Index:
            index = Index.build(document)
            stack.callback(index.close)
            return index

        yield built


def test_the_outline_shows_the_tree_with_sizes_and_counts(build: Build, document: Document) -> None:
    assert build(document).outline() == "\n".join(
        [
            "s1 Small Models (87 tokens; 1 equation, 1 table)",
            "  s2 1 Method (67 tokens; 1 equation, 1 table)",
            "    s3 1.1 Mask network (27 tokens; 1 equation)",
            "    s4 1.2 Exploration (31 tokens; 1 table)",
            "  s5 2 Results (10 tokens)",
        ]
    )


def test_an_outline_stays_within_its_budget_and_says_what_is_missing(
    build: Build, document: Document, long_document: Document
) -> None:
    short = build(document).outline(budget_tokens=45)
    assert short.endswith("(2 deeper sections are not shown)")
    for budget in (0, 10, 40, 200, 700):
        text = build(long_document).outline(budget_tokens=budget)
        assert estimate_tokens(text) <= budget


def test_search_finds_by_text_and_by_heading(build: Build, document: Document) -> None:
    index = build(document)
    best = index.search("which learning rates does the network use?")[0]
    assert best.section_id == "s3"
    assert best.heading_path == "Small Models > 1 Method > 1.1 Mask network"
    assert "3e-4" in best.text
    assert best.text == document.slice(best.span)
    assert best.score > 0
    assert index.search("exploration")[0].section_id == "s4"


@pytest.mark.parametrize("query", ["", "  ", "?!", "zebra", '"', "***"])
def test_a_query_without_a_known_word_finds_nothing(
    build: Build, document: Document, query: str
) -> None:
    assert build(document).search(query) == []


@given(st.text())
def test_any_query_is_safe(query: str) -> None:
    index = Index.build(WITHOUT_TEXT)
    assert isinstance(index.search(query + " NEAR(a) AND OR NOT col: \" ' -x^ {} network"), list)
    index.close()


def test_search_keeps_to_limit_and_budget(build: Build, long_document: Document) -> None:
    index = build(long_document)
    assert len(index.search("sentence", limit=3)) == 3
    assert index.search("sentence", limit=0) == []
    for budget in (0, 30, 300, 1000):
        passages = index.search("sentence says", budget_tokens=budget)
        assert sum(estimate_tokens(passage.text) for passage in passages) <= budget


def test_a_section_is_read_with_its_subsections(build: Build, document: Document) -> None:
    reading = build(document).read("s2")
    assert (reading.part, reading.parts) == (1, 1)
    assert reading.text.startswith("## 1 Method")
    assert "1.2 Exploration" in reading.text
    assert "2 Results" not in reading.text


def test_a_section_is_found_by_its_printed_number(build: Build, document: Document) -> None:
    assert build(document).read("1.2").section_id == "s4"


def test_a_large_section_is_read_in_parts_that_lose_nothing(
    build: Build, long_document: Document
) -> None:
    index = build(long_document)
    first = index.read("s1", budget_tokens=1000)
    readings = [
        index.read("s1", budget_tokens=1000, part=part) for part in range(1, first.parts + 1)
    ]
    assert all(estimate_tokens(reading.text) <= 1000 for reading in readings)
    whole = "".join("".join(reading.text for reading in readings).split())
    assert whole == "".join(long_document.text.split())


def test_an_unknown_section_names_the_nearest(build: Build, document: Document) -> None:
    with pytest.raises(ValueError, match=r"there is no section `s33`; the nearest ids are `s3` \("):
        build(document).read("s33")


def test_an_unknown_part_names_those_there_are(build: Build, document: Document) -> None:
    with pytest.raises(ValueError, match="parts 1 to 1; there is no part `2`"):
        build(document).read("s2", part=2)


def test_items_list_blocks_of_a_kind_within_the_budget(
    build: Build, document: Document, long_document: Document
) -> None:
    (equation,) = build(document).items("equation")
    assert (equation.label, equation.section_id, equation.text) == (
        "(1)",
        "s3",
        "$$\nL = x \\tag{1}\n$$",
    )
    items = build(long_document).items("paragraph", budget_tokens=8000)
    assert len(items) == 39 * 6
    assert sum(estimate_tokens(item.text) for item in items) <= 8000
    assert items[0].text.endswith("\u2026")


def test_no_chunk_is_larger_than_the_limit(tmp_path: Path) -> None:
    text = "# A\n\n" + "word " * 5000 + "\n\n" + "x" * 9000 + "\n\nSmall.\n\n# B\n\nEnd."
    (tmp_path / "a.md").write_text(text)
    document = read_documents([tmp_path / "a.md"])
    chunks = list(chunk(document))
    assert max(estimate_tokens(document.slice(piece.span)) for piece in chunks) <= CHUNK_TOKENS
    joined = "".join(document.slice(piece.span) for piece in chunks)
    assert "".join(joined.split()) == "".join(text.replace("# A", "").replace("# B", "").split())


def test_a_kept_index_is_used_again_and_replaced_for_another_document(
    build: Build, document: Document, long_document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "kept" / "index.sqlite"
    Index.build(document, path=path).close()
    written_at = path.stat().st_mtime_ns
    again = Index.build(document, path=path)
    assert path.stat().st_mtime_ns == written_at
    assert again.search("PPO")
    again.close()
    other = Index.build(long_document, path=path)
    assert not other.search("PPO")
    assert other.search("sentence")
    other.close()


def test_a_damaged_kept_index_is_made_anew(
    build: Build, document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"not a database" * 100)
    index = Index.build(document, path=path)
    assert index.search("PPO")
    index.close()


async def test_many_readers_at_once_get_their_own_answers(build: Build, document: Document) -> None:
    index = build(document)
    queries = ["PPO", "distillation", "environments"] * 30
    found = await asyncio.gather(*(asyncio.to_thread(index.search, query) for query in queries))
    assert [passages[0].section_id for passages in found] == ["s3", "s4", "s5"] * 30


WITHOUT_TEXT = Document(
    title="t", text="\n", sections=(), blocks=(), files=("a.md",), source_hash="0"
)
