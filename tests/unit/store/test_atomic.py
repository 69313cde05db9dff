from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deepcode.store.atomic import write_atomic

HALF_PAIR = "\ud800"


def test_text_is_written_as_utf8_without_changing_line_ends(tmp_path: Path) -> None:
    write_atomic(tmp_path / "deep" / "er" / "a.txt", "ü\r\nb\n")

    assert (tmp_path / "deep" / "er" / "a.txt").read_bytes() == "ü\r\nb\n".encode()


def test_a_write_that_fails_midway_leaves_the_old_text_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_atomic(path, "old")

    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "new " * 100_000 + HALF_PAIR)

    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["run.json"]


def test_a_first_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_atomic(tmp_path / "run.json", HALF_PAIR)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file_is_an_error_and_is_kept(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    (tmp_path / "run.json" / "inside").write_text("kept")

    with pytest.raises(OSError, match=r"run\.json"):
        write_atomic(tmp_path / "run.json", "text")

    assert (tmp_path / "run.json" / "inside").read_text() == "kept"
    assert [child.name for child in tmp_path.iterdir()] == ["run.json"]


def test_a_file_in_the_place_of_the_folder_is_an_error_and_is_kept(tmp_path: Path) -> None:
    (tmp_path / "checks").write_text("a file")

    with pytest.raises(OSError, match="checks"):
        write_atomic(tmp_path / "checks" / "final.json", "text")

    assert (tmp_path / "checks").read_text() == "a file"


def test_writers_at_the_same_time_leave_one_whole_text(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    texts = [character * 50_000 for character in "abcdefgh"]

    with ThreadPoolExecutor(len(texts)) as pool:
        list(pool.map(lambda text: write_atomic(path, text), texts))

    assert path.read_text() in texts
    assert [child.name for child in tmp_path.iterdir()] == ["run.json"]
