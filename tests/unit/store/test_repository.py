from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from deepcode.store import commit_all

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")


def _git(repo: Path, *words: str) -> str:
    assert GIT is not None
    plain = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "core.fsmonitor=false")
    return subprocess.run(
        [GIT, "-C", str(repo), *plain, *words], check=True, capture_output=True, text=True
    ).stdout


def _marking_program(folder: Path, name: str, marker: Path) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho ran >> '{marker}'\ncat\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg" / "ü.py").write_text("x = 1\n")
    return folder


@needs_git
def test_the_state_is_committed_under_our_own_name(repo: Path) -> None:
    assert commit_all(repo, "Written by DeepCode")

    assert _git(repo, "log", "--format=%an|%s").splitlines() == ["DeepCode|Written by DeepCode"]
    assert _git(repo, "-c", "core.quotePath=false", "ls-files").split() == ["pkg/ü.py"]
    assert _git(repo, "status", "--porcelain") == ""


@needs_git
def test_an_unchanged_state_is_not_committed_twice(repo: Path) -> None:
    assert commit_all(repo, "one")
    assert commit_all(repo, "two")

    assert _git(repo, "log", "--format=%s").splitlines() == ["one"]


@needs_git
def test_changes_and_removals_are_in_the_next_commit(repo: Path) -> None:
    commit_all(repo, "one")
    (repo / "pkg" / "ü.py").unlink()
    (repo / "b.py").write_text("")

    assert commit_all(repo, "two")
    assert _git(repo, "ls-files").split() == ["b.py"]


def test_without_git_there_is_no_commit(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not commit_all(repo, "message")
    assert not (repo / ".git").exists()


def test_a_folder_that_is_not_there_is_not_committed(tmp_path: Path) -> None:
    assert not commit_all(tmp_path / "nowhere", "message")


@needs_git
def test_settings_of_the_person_do_not_reach_the_commit(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    _marking_program(hooks, "pre-commit", marker)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n[user]\n\tname = Ann\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann")

    assert commit_all(repo, "message")
    assert _git(repo, "log", "--format=%an").split() == ["DeepCode"]
    assert not marker.exists()


@needs_git
def test_nothing_that_the_repository_names_is_run(repo: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    evil = _marking_program(repo, "evil.sh", marker)
    (repo / ".gitattributes").write_text("* filter=evil diff=evil merge=evil text eol=crlf\n")
    (repo / ".gitconfig").write_text(f"[filter \"evil\"]\n\tclean = '{evil}'\n")
    (repo / ".gitmodules").write_text('[submodule "n"]\n\tpath = nested\n\turl = ./nested\n')
    nested = repo / "nested"
    nested.mkdir()
    (nested / "a.txt").write_text("a")
    _git(nested, "init", "-q")
    _git(nested, "add", "a.txt")
    _git(nested, "commit", "-q", "-m", "inner")
    with (nested / ".git" / "config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {evil}\n\tpager = {evil}\n")
        file.write(f'[filter "evil"]\n\tclean = {evil}\n\tsmudge = {evil}\n')
    _marking_program(nested / ".git" / "hooks", "post-index-change", marker)
    _marking_program(nested / ".git" / "hooks", "pre-commit", marker)
    # the trap works: a plain git in that folder walks into it
    assert GIT is not None
    subprocess.run([GIT, "-C", str(nested), "status"], check=True, capture_output=True)
    assert marker.exists()
    marker.unlink()

    assert commit_all(repo, "one")
    (nested / "a.txt").write_text("changed")
    (repo / "pkg" / "ü.py").write_text("x = 2\n")
    assert commit_all(repo, "two")

    assert not marker.exists()


@needs_git
@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_git_folder_that_leads_elsewhere_is_not_obeyed(
    repo: Path, tmp_path: Path, kind: str
) -> None:
    marker = tmp_path / "ran"
    evil = _marking_program(tmp_path, "evil.sh", marker)
    (repo / ".gitattributes").write_text("* filter=evil\n")
    other = tmp_path / "other"
    other.mkdir()
    _git(other, "init", "-q")
    with (other / ".git" / "config").open("a") as file:
        file.write(f'[filter "evil"]\n\tclean = {evil}\n')
    if kind == "file":
        (repo / ".git").write_text(f"gitdir: {other / '.git'}\n")
    else:
        (repo / ".git").symlink_to(other / ".git")

    assert not commit_all(repo, "message")
    assert not marker.exists()
