"""`Evidence`: everything stored of one run that the report speaks of, read once.

Above: the parts of the report. Below: `store/`, and `sandbox.Workspace`, which follows no link out
of the repository. What cannot be read becomes a sentence in `problems`; the page is most needed
when something is broken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract, Unit
from deepcode.artifacts.document import Document
from deepcode.artifacts.interface import Interface
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.report import CheckReport, RunRecord
from deepcode.errors import ArtifactError
from deepcode.events import Record
from deepcode.languages import CollectedTest, language_of
from deepcode.sandbox import Workspace
from deepcode.store import RunDirectory, read_events

T = TypeVar("T")

# A page of 3 MB holds this much source and its markup; a usual repository has a tenth.
MAX_SOURCE_CHARS = 1_000_000
# Far above a file that a person would read here.
MAX_FILE_CHARS = 150_000
# Beyond these a list helps nobody.
MAX_FILES = 400


@dataclass(frozen=True)
class Evidence:
    """What is stored of a run."""

    run_id: str
    record: RunRecord
    document: Document | None
    contract: Contract | None
    blueprint: Blueprint | None
    entries: dict[str, MemoryEntry]
    """By path."""
    checks: tuple[CheckReport, ...]
    """All measurements, in order."""
    report: CheckReport | None
    """The measurement that the page speaks of; None when nothing was measured."""
    settled: bool
    """Whether `report` is that of the state that was kept."""
    events: tuple[Record, ...]
    paths: tuple[str, ...]
    """Files in the repository."""
    texts: dict[str, str]
    """Path -> text with LF line ends, of the files that are shown."""
    interfaces: dict[str, Interface]
    """Path -> interface, of the files in `texts`."""
    collected: dict[str, CollectedTest]
    """Id -> test that the text of a file holds."""
    unshown: dict[str, str]
    """Path -> why its text is not shown."""
    problems: tuple[str, ...]
    """What could not be read, one sentence each."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """The contract's units, each id once; none without a contract."""
        known: dict[str, Unit] = {}
        for unit in self.contract.units if self.contract else ():
            known.setdefault(unit.id, unit)
        return tuple(known.values())


class _Reader:
    """Reads parts of a run and remembers what was wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, load: Callable[[], T]) -> T | None:
        """What `load` gives; None when it is damaged."""
        try:
            return load()
        except (ArtifactError, OSError, UnicodeDecodeError) as error:
            self.problems.append(str(error))
            return None


def gather(run: RunDirectory) -> Evidence:
    """Read a run.

    Raises:
        ArtifactError: There is no readable `run.json`.
    """
    record, reader = run.load_record(), _Reader()
    checks = reader.read(run.load_checks) or ()
    final = reader.read(run.load_final_check)
    entries = {entry.path: entry for entry in reader.read(run.load_entries) or ()}
    workspace = Workspace(run.repo)
    paths = tuple(reader.read(workspace.files) or ())
    texts, unshown = _texts(workspace, paths[:MAX_FILES])
    interfaces, collected = _syntax(texts)
    return Evidence(
        run_id=run.id,
        record=record,
        document=reader.read(run.load_document),
        contract=reader.read(run.load_contract),
        blueprint=reader.read(run.load_blueprint),
        entries=entries,
        checks=checks,
        report=final or (checks[-1] if checks else None),
        settled=final is not None,
        events=reader.read(lambda: tuple(read_events(run.events_path))) or (),
        paths=paths,
        texts=texts,
        interfaces=interfaces,
        collected=collected,
        unshown=unshown,
        problems=tuple(reader.problems),
    )


def _syntax(texts: dict[str, str]) -> tuple[dict[str, Interface], dict[str, CollectedTest]]:
    """Interfaces and tests; file by file, because a language keeps only its newest trees."""
    interfaces: dict[str, Interface] = {}
    collected: dict[str, CollectedTest] = {}
    for path, text in texts.items():
        language = language_of(path)
        interfaces[path] = language.interface(path, text)
        collected.update((test.id, test) for test in language.collect_tests(path, text))
    return interfaces, collected


def _texts(workspace: Workspace, paths: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    texts: dict[str, str] = {}
    unshown: dict[str, str] = {}
    room = MAX_SOURCE_CHARS
    for path in paths:
        try:
            text = workspace.read(path).replace("\r\n", "\n").replace("\r", "\n")
        except (ValueError, OSError) as error:
            unshown[path] = str(error)
            continue
        why = _too_much(text, room)
        if why:
            unshown[path] = why
        else:
            texts[path] = text
            room -= len(text)
    return texts, unshown


def _too_much(text: str, room: int) -> str:
    if "\0" in text[:MAX_FILE_CHARS]:
        return "it is not text"
    if len(text) > MAX_FILE_CHARS:
        return f"it is too long for this page ({len(text):,} characters)"
    return "the page is full" if len(text) > room else ""
