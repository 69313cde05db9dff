import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from deepcode.sandbox.workspace import MAX_FILE_BYTES, Workspace


def test_a_written_file_is_read_back_listed_and_removed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "repo")
    assert workspace.files() == []
    assert workspace.write("./src/a.py", "x = 'ü'\r\n") == "src/a.py"
    workspace.write("README.md", "old")
    workspace.write("README.md", "new")
    assert workspace.read("src/a.py") == "x = 'ü'\r\n"
    assert workspace.read("README.md") == "new"
    assert workspace.files() == ["README.md", "src/a.py"]
    assert workspace.exists("src/a.py")
    assert not workspace.exists("src")
    workspace.remove("src/a.py")
    workspace.remove("src/a.py")
    assert workspace.files() == ["README.md"]
    assert not (tmp_path / "repo" / "src").exists()


def test_only_a_script_can_be_executed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write("reproduce.sh", "#!/bin/sh\n")
    workspace.write("plain.py", "x = 1\n")
    assert os.access(tmp_path / "reproduce.sh", os.X_OK)
    assert not (tmp_path / "plain.py").stat().st_mode & 0o111


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * (MAX_FILE_BYTES + 1)])
def test_text_that_is_no_file_is_refused_and_leaves_nothing(tmp_path: Path, text: str) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(ValueError):
        workspace.write("a.py", text)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_differs_only_in_case_is_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write("src/Model.py", "")
    for path in ("src/model.py", "SRC/other.py"):
        with pytest.raises(ValueError, match="case"):
            workspace.write(path, "")
    assert workspace.files() == ["src/Model.py"]


def test_a_file_is_not_written_where_a_folder_is_nor_through_a_file(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write("a/b", "")
    with pytest.raises(ValueError, match="a folder already"):
        workspace.write("a", "")
    with pytest.raises(ValueError, match="a file already"):
        workspace.write("a/b/c", "")


@pytest.mark.parametrize("path", ["link.py", "folder/new.py"])
def test_no_link_is_followed_by_writing_reading_or_removing(tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "target.py").write_text("original")
    (outside / "new.py").write_text("original")
    root = tmp_path / "repo"
    root.mkdir()
    (root / "link.py").symlink_to(outside / "target.py")
    (root / "folder").symlink_to(outside)
    workspace = Workspace(root)
    with pytest.raises(ValueError):
        workspace.write(path, "changed")
    with pytest.raises(ValueError):
        workspace.read(path)
    assert not workspace.exists(path)
    assert workspace.files() == []
    if path != "link.py":
        with pytest.raises(ValueError):
            workspace.remove(path)
    assert {file.read_text() for file in outside.iterdir()} == {"original"}


def test_specials_are_neither_read_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    workspace = Workspace(tmp_path)
    with pytest.raises(ValueError):
        workspace.read("fifo")
    with pytest.raises(ValueError):
        workspace.write("fifo", "")
    assert workspace.files() == []


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Workspace(tmp_path).read("a.py")


def test_history_is_not_listed(tmp_path: Path) -> None:
    for folder in (".git", "vendor/x/.git"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "config").touch()
    assert Workspace(tmp_path).files() == []


def test_a_folder_swapped_for_a_link_meanwhile_lets_nothing_out(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "repo"
    outside.mkdir()
    root.mkdir()
    (root / "link").symlink_to(outside)
    stop = threading.Event()

    def swap() -> None:
        number = 0
        while not stop.is_set():
            with suppress(OSError):
                (root / "link").rename(root / "src")
                (root / "src").rename(root / "link")
            with suppress(OSError):
                (root / "src").rename(root / f"old{(number := number + 1)}")

    thread = threading.Thread(target=swap)
    thread.start()
    written = 0
    try:
        for number in range(400):
            with suppress(ValueError, OSError):
                Workspace(root).write(f"src/a{number}.py", "x")
                written += 1
    finally:
        stop.set()
        thread.join()
    assert written
    assert list(outside.iterdir()) == []
