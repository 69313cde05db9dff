"""What language servers say about a repository.

The repository is written by a model and may be hostile, so servers never see it: they get a folder
of plain copies of its source files. Configuration files, links, environments and folders of tools
stay behind and cannot steer a server. Comments that silence a check are disarmed in the copies.
"""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deepcode.artifacts.check import Finding
from deepcode.languages.known import language_of
from deepcode.languages.language import Language, Server, Workspace, no_servers
from deepcode.languages.server import visit

# Generated sources stay far below; larger files are data that somebody named `.py`.
_MAX_FILE_BYTES = 2 * 1024**2
_MAX_FILES = 5_000

_SKIPPED_FOLDERS = frozenset(
    ["node_modules", "__pycache__", "site-packages", "venv", "env", "build", "dist"]
)


@dataclass(frozen=True)
class Diagnosis:
    """What the servers said, and which of them did not answer."""

    findings: tuple[Finding, ...]
    """By path and line; what two servers say about one place in other words is there once."""
    missing: tuple[str, ...] = ()
    """One sentence for every server or file without an answer; empty when the check is whole."""


async def diagnose(
    root: Path,
    paths: Sequence[str],
    *,
    environment: Path | None = None,
    timeout_s: float = 60,
) -> Diagnosis:
    """Ask the language servers about files of a repository; all servers at the same time.

    Args:
        root: The repository's folder. Only read, and no link in it is followed.
        paths: Relative paths to report on; files of languages without a server are passed over.
        environment: The repository's provisioned environment, for Python the folder that holds
            `pyvenv.cfg`; without it, nothing is said about imports from outside the repository.
        timeout_s: Longest wait for each server, in seconds.

    Returns:
        The findings; a server that cannot start, dies or is late is named in `missing`.
    """
    languages = {language_of(path) for path in paths}
    with tempfile.TemporaryDirectory(prefix="deepcode-lsp-") as folder:
        # resolved, because servers report real paths and some systems link their temporary folder
        place = Path(folder).resolve()
        jobs, unread = [], []
        meanings: dict[str, str] = {}
        for language in sorted(languages, key=lambda each: each.name):
            if language.servers is no_servers:
                continue
            workspace = await asyncio.to_thread(_copy, root, place, language, environment)
            wanted = [path for path in dict.fromkeys(paths) if language_of(path) is language]
            readable = [path for path in wanted if path in workspace.sources]
            unread += [
                f"`{path}`: no readable source file"
                for path in wanted
                if path not in workspace.sources
            ]
            for server in language.servers(workspace):
                meanings |= server.meanings
                jobs.append(_ask(server, workspace, readable, timeout_s))
        answers = await asyncio.gather(*jobs)
    findings = [finding for found, _ in answers for finding in found]
    reasons = [reason for _, reason in answers if reason]
    return Diagnosis(findings=tuple(_merged(findings, meanings)), missing=(*unread, *reasons))


async def _ask(
    server: Server, workspace: Workspace, paths: Sequence[str], timeout_s: float
) -> tuple[list[Finding], str]:
    """What one server says, or why it says nothing."""
    if not paths:
        return [], ""
    try:
        async with asyncio.timeout(timeout_s):
            diagnostics = await visit(server, workspace, paths)
    except TimeoutError:
        return [], f"`{server.name}` did not answer within {timeout_s:g} s"
    except ConnectionError as error:
        return [], f"`{server.name}` did not answer: {error}"
    judged = (
        server.judge(path, diagnostic)
        for path, items in diagnostics.items()
        for diagnostic in items
    )
    return [finding for finding in judged if finding is not None], ""


def _copy(root: Path, place: Path, language: Language, environment: Path | None) -> Workspace:
    """Copy the sources of one language into a folder of their own below `place`."""
    copies = place / language.name / "repository"
    scratch = place / language.name / "scratch"
    copies.mkdir(parents=True)
    scratch.mkdir()
    sources = dict(_sources(root, language))
    for path, text in sources.items():
        copy = copies / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(language.disarmed(text), encoding="utf-8", newline="")
    return Workspace(
        root=copies,
        scratch=scratch,
        sources=sources,
        # it may be relative to the caller's folder, which is not the server's
        environment=environment.absolute() if environment else None,
    )


def _sources(root: Path, language: Language) -> Iterator[tuple[str, str]]:
    """Relative path and text of a language's regular, readable files below a folder."""
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED_FOLDERS and not name.startswith(".")
        )
        for name in sorted(names):
            path = Path(folder, name)
            text = _read(path) if language.claims(name) else None
            if text is not None:
                yield path.relative_to(root).as_posix(), text
                count += 1
            if count >= _MAX_FILES:
                return


def _read(path: Path) -> str | None:
    """The text of a regular file of bearable size; None for links, pipes, other bytes."""
    try:
        # not blocking, because opening a pipe would wait for someone to write
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_FILE_BYTES:
            return None
        try:
            return file.read(_MAX_FILE_BYTES).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None


_RANK = {"blocking": 0, "error": 1, "warning": 2}


def _merged(findings: list[Finding], meanings: Mapping[str, str]) -> list[Finding]:
    """Findings by path and line; of several with one meaning at one line the gravest."""
    kept: dict[tuple[str, int, str], Finding] = {}
    for finding in sorted(findings, key=lambda each: _RANK[each.severity]):
        kept.setdefault((finding.path, finding.line, _meaning(finding, meanings)), finding)
    return sorted(kept.values(), key=lambda each: (each.path, each.line, each.rule))


def _meaning(finding: Finding, meanings: Mapping[str, str]) -> str:
    """What a finding is about: the fault and the name that its message quotes."""
    if finding.rule not in meanings:
        return f"{finding.rule} {finding.message}"
    quoted = finding.message.split("`")[1:2]
    return " ".join([meanings[finding.rule], *quoted])
