"""Where a new run goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepcode.errors import UserError
from deepcode.pipeline.request import RunRequest, new_run_path
from deepcode.settings import Settings


def path_for(home: Path, document: str) -> Path:
    return new_run_path(RunRequest(Settings(home=home / "runs"), (Path(document),)))


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("Attention Is All You Need.pdf", "attention-is-all-you-need"),
        ("2512.07921v1.pdf", "2512-07921v1"),
        ("/data/hedge/spec.md", "hedge"),
        ("/data/hedge/PRD.docx", "hedge"),
        ("/data/hedge/paper/paper.pdf", "hedge"),
        ("/data/hedge/main.tex", "hedge"),
        ("--weird__name--.txt", "weird-name"),
        ("论文.pdf", "run"),
        ("/paper.pdf", "run"),
    ],
)
def test_a_run_is_named_after_its_document(home: Path, document: str, name: str) -> None:
    assert path_for(home, document) == home / "runs" / name


def test_a_long_name_is_cut_without_a_dash_at_its_end(home: Path) -> None:
    name = path_for(home, f"{'x' * 59} and more.pdf").name
    assert name == "x" * 59


def test_a_second_run_of_a_document_gets_a_number(home: Path) -> None:
    for expected in ("hedge", "hedge-2", "hedge-3"):
        path = path_for(home, "hedge.pdf")
        assert path == home / "runs" / expected
        path.mkdir(parents=True)


def test_the_users_folder_is_taken_as_it_is(home: Path) -> None:
    request = RunRequest(Settings(), (Path("a.pdf"),), out=home / "My Run")
    assert new_run_path(request) == home / "My Run"


def test_a_folder_that_is_there_is_not_written_over(home: Path) -> None:
    request = RunRequest(Settings(), (Path("a.pdf"),), out=home)
    with pytest.raises(UserError, match="exists already") as raised:
        new_run_path(request)
    assert "resume" in raised.value.hint
