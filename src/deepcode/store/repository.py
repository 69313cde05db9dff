"""Commits the generated repository, with a git that runs nothing of what it finds there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from deepcode.settings import inherited_environment

# A repository can name programs that git runs (hooks, fsmonitor, filters, pagers): all are off.
_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "commit.gpgSign=false",
    "init.defaultBranch=main",
    "user.name=DeepCode",
    "user.email=deepcode@localhost",
)
_TIMEOUT_S = 60


def commit_all(repo: Path, message: str) -> bool:
    """Record the state of `repo` as a commit.

    Returns:
        Whether there is a commit of this state now; False where git is missing or refuses.
    """
    git = shutil.which("git")
    if git is None or not repo.is_dir() or _leads_elsewhere(repo / ".git"):
        return False
    environment = {
        **inherited_environment("PATH", "LANG"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": "/nonexistent",
    }
    options = [part for setting in _SAFE for part in ("-c", setting)]

    def run(*words: str) -> int:
        try:
            return subprocess.run(
                [git, "-C", str(repo), *options, *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return 1

    if not (repo / ".git").is_dir() and run("init", "--quiet") != 0:
        return False
    if run("add", "--all") != 0:
        return False
    return run("diff", "--cached", "--quiet") == 0 or run("commit", "-q", "-m", message) == 0


def _leads_elsewhere(place: Path) -> bool:
    """A `.git` that is a link or a file names another folder, whose settings git would obey."""
    return place.is_symlink() or place.is_file()
