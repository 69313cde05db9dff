"""What a programming language is to DeepCode: one value of functions.

Above it, phases ask `language_of(path)` and call what they get; they never compare a language's
name. Below it, each language is a file (or a folder) of this room that builds one `Language`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from deepcode.artifacts.check import Finding
from deepcode.artifacts.interface import Interface

if TYPE_CHECKING:
    from lsprotocol.types import Diagnostic


@dataclass(frozen=True)
class CollectedTest:
    """One test that the source promises, known before anything runs."""

    id: str
    """`tests/test_a.py::TestB::test_c`, without parameters."""
    line: int
    """Line of its `def`, from 1."""
    units: tuple[str, ...] = ()
    """Requirement units that it says it shows."""


@dataclass(frozen=True)
class Workspace:
    """A folder that holds copies of a repository's sources and nothing else."""

    root: Path
    """The copies, under the repository's own relative paths."""
    scratch: Path
    """An empty folder for a server's configuration; also its home and working directory."""
    sources: Mapping[str, str]
    """Relative path → text, as the repository has it, of every file that was copied."""
    environment: Path | None = None
    """The repository's provisioned environment; None when there is none."""


@dataclass(frozen=True)
class Server:
    """How one language server is started, configured and understood."""

    name: str
    """`ty`, `ruff`; the first part of its rule ids."""
    argv: tuple[str, ...]
    """The command, absolute path first."""
    options: Mapping[str, object]
    """Its `initializationOptions`."""
    language_id: str
    """As the protocol names the language: `python`."""
    judge: Callable[[str, Diagnostic], Finding | None]
    """Relative path and diagnostic → finding; None for what does not matter."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """Rule id → a word that servers share for one fault; any other rule means itself."""


class ImportCheck(Protocol):
    """Finds the imports of one file that cannot work."""

    def __call__(
        self,
        path: str,
        interface: Interface,
        *,
        modules: Mapping[str, Interface],
        distributions: Sequence[str],
    ) -> list[Finding]:
        """See `python.resolution.unresolved_imports`."""


def no_interface(path: str, source: str) -> Interface:
    """The interface of a file in a language whose syntax is not read: empty."""
    return Interface()


def no_source(source: str, name: str) -> str | None:
    """The source of a symbol in a language whose syntax is not read: not found."""
    return None


def no_import_findings(
    path: str,
    interface: Interface,
    *,
    modules: Mapping[str, Interface],
    distributions: Sequence[str],
) -> list[Finding]:
    """The import check of a language without one: nothing found."""
    return []


def no_tests(path: str, source: str) -> list[CollectedTest]:
    """The tests of a file in a language without a test runner: none."""
    return []


def unchanged(source: str) -> str:
    """The text of a language in which no comment silences a server: as it is."""
    return source


def no_servers(workspace: Workspace) -> tuple[Server, ...]:
    """The servers of a language without one: none."""
    return ()


@dataclass(frozen=True)
class Language:
    """What differs between programming languages. What a language lacks is the empty answer."""

    name: str
    """Lower case: `python`, `json`, `text`."""
    findings: Callable[[str, str], list[Finding]]
    """Path and text → what is wrong with the text alone."""
    suffixes: tuple[str, ...] = ()
    """File endings with the dot, lower case."""
    filenames: tuple[str, ...] = ()
    """Whole file names, lower case, for files without a telling ending."""
    interface: Callable[[str, str], Interface] = no_interface
    """Path and text → public symbols and imports; empty for text that does not parse."""
    source_of: Callable[[str, str], str | None] = no_source
    """Text and dotted symbol name → the symbol's whole lines."""
    unresolved_imports: ImportCheck = no_import_findings
    """Which imports cannot work."""
    collect_tests: Callable[[str, str], list[CollectedTest]] = no_tests
    """Path and text → the tests in it."""
    servers: Callable[[Workspace], tuple[Server, ...]] = no_servers
    """The language servers to ask, configured for a workspace."""
    disarmed: Callable[[str], str] = unchanged
    """Text with the comments that silence a server made idle, every character in its place."""

    def claims(self, path: str) -> bool:
        """Whether a file of this name is written in this language."""
        name = PurePosixPath(path).name.lower()
        return name in self.filenames or PurePosixPath(name).suffix in self.suffixes
