"""`RunDirectory`: one run on disk, as DESIGN.md section 1 lays it out.

run.json, events.jsonl, recording.jsonl, state.sqlite
document/  analysis/  contract.yaml  blueprint.yaml  memory/  checks/  repo/  report.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from deepcode.artifacts.base import Artifact, text_hash
from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.artifacts.memory import MemoryEntry
from deepcode.artifacts.report import CheckReport, RunRecord
from deepcode.errors import ArtifactError
from deepcode.store.atomic import write_atomic
from deepcode.store.event_log import EventLog
from deepcode.store.yaml_form import from_yaml, to_yaml

A = TypeVar("A", bound=Artifact)

# File systems hold 255 bytes; `.json` and the marks of a draft come to it.
_LONGEST_NAME = 200
_NAME_HEAD = 100

CONTRACT_HEAD = """\
The contract: every requirement of the document, with the words it rests on.
Edit it, then `deepcode resume`. `status` is stated, assumed (with a reason) or missing."""

BLUEPRINT_HEAD = """\
The blueprint: files, components with the units they implement, verification, environment, stages.
Edit it, then `deepcode resume`. Every unit of the contract needs a component or a waiver."""


class RunDirectory:
    """Where the artifacts of one run are; a thin layer over files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.id = root.name

    @property
    def events_path(self) -> Path:
        """The event log."""
        return self.root / "events.jsonl"

    @property
    def recording_path(self) -> Path:
        """Every answer that the model gave."""
        return self.root / "recording.jsonl"

    @property
    def assets(self) -> Path:
        """Images of the document."""
        return self.root / "document" / "assets"

    @property
    def repo(self) -> Path:
        """The generated repository."""
        return self.root / "repo"

    def open_log(self) -> EventLog:
        """The event log, to append to."""
        return EventLog(self.events_path, self.id)

    def save_record(self, record: RunRecord) -> None:
        """Write `run.json`."""
        write_atomic(self.root / "run.json", record.model_dump_json(indent=2) + "\n")

    def load_record(self) -> RunRecord:
        """Read `run.json`.

        Raises:
            ArtifactError: There is no run here, or it is damaged.
        """
        return self._load(self.root / "run.json", RunRecord)

    def save_document(self, document: Document) -> None:
        """Write the canonical text and the structure over it."""
        folder = self.root / "document"
        write_atomic(folder / "document.md", document.text)
        write_atomic(folder / "document.json", document.model_dump_json(exclude={"text"}))

    def load_document(self) -> Document | None:
        """The document; None when it was not read yet."""
        folder = self.root / "document"
        if not (folder / "document.json").is_file():
            return None
        structure = self._load_tree(folder / "document.json")
        text = self._load_text(folder / "document.md")
        return self._validate(folder / "document.json", Document, {**structure, "text": text})

    def save_analysis(self, name: str, analysis: Artifact) -> None:
        """Write `analysis/NAME.json`."""
        path = self.root / "analysis" / f"{name}.json"
        write_atomic(path, analysis.model_dump_json(indent=2) + "\n")

    def load_analysis(self, name: str, kind: type[A]) -> A | None:
        """Read `analysis/NAME.json`; None when it is not there."""
        path = self.root / "analysis" / f"{name}.json"
        return self._load(path, kind) if path.is_file() else None

    def save_contract(self, contract: Contract) -> None:
        """Write `contract.yaml`."""
        write_atomic(self.root / "contract.yaml", to_yaml(contract, head=CONTRACT_HEAD))

    def load_contract(self) -> Contract | None:
        """Read `contract.yaml` as it is now; None when it was not made yet."""
        path = self.root / "contract.yaml"
        return from_yaml(path, Contract) if path.is_file() else None

    def save_blueprint(self, blueprint: Blueprint) -> None:
        """Write `blueprint.yaml`."""
        write_atomic(self.root / "blueprint.yaml", to_yaml(blueprint, head=BLUEPRINT_HEAD))

    def load_blueprint(self) -> Blueprint | None:
        """Read `blueprint.yaml` as it is now; None when it was not made yet."""
        path = self.root / "blueprint.yaml"
        return from_yaml(path, Blueprint) if path.is_file() else None

    def save_entry(self, entry: MemoryEntry) -> None:
        """Write one memory entry; a rewritten file supersedes its entry."""
        path = self.root / "memory" / f"{_file_name(entry.path)}.json"
        write_atomic(path, entry.model_dump_json(indent=2) + "\n")

    def load_entries(self) -> tuple[MemoryEntry, ...]:
        """All memory entries, by path."""
        paths = (self.root / "memory").glob("*.json")
        entries = (self._load(path, MemoryEntry) for path in paths)
        return tuple(sorted(entries, key=lambda entry: entry.path))

    def save_check(self, report: CheckReport) -> None:
        """Write `checks/iteration-N.json`."""
        path = self.root / "checks" / f"iteration-{report.iteration:02d}.json"
        write_atomic(path, report.model_dump_json(indent=2) + "\n")

    def load_checks(self) -> tuple[CheckReport, ...]:
        """All measurements, in order."""
        paths = (self.root / "checks").glob("iteration-*.json")
        reports = (self._load(path, CheckReport) for path in paths)
        return tuple(sorted(reports, key=lambda report: report.iteration))

    def save_final_check(self, report: CheckReport) -> None:
        """Write `checks/final.json`: the measurement of the state that was kept."""
        path = self.root / "checks" / "final.json"
        write_atomic(path, report.model_dump_json(indent=2) + "\n")

    def load_final_check(self) -> CheckReport | None:
        """The measurement of the kept state; None when verification did not come to its end."""
        path = self.root / "checks" / "final.json"
        return self._load(path, CheckReport) if path.is_file() else None

    def forget_generation(self) -> None:
        """Drop memory and measurements, so that the files are written and checked again."""
        for path in (*self.root.glob("memory/*.json"), *self.root.glob("checks/*.json")):
            path.unlink()

    def set_repository_aside(self) -> None:
        """Rename `repo/` to the next free `repo-1/`, `repo-2/`, ..."""
        if self.repo.is_dir():
            number = 1
            while (aside := self.root / f"repo-{number}").exists():
                number += 1
            self.repo.rename(aside)

    def save_text(self, name: str, text: str) -> None:
        """Write any other file of the run, `report.html`, `checks/kept.txt`."""
        write_atomic(self.root / name, text)

    def _load(self, path: Path, kind: type[A]) -> A:
        return self._validate(path, kind, self._load_tree(path))

    def _load_tree(self, path: Path) -> dict[str, object]:
        import json

        try:
            tree = json.loads(self._load_text(path))
        except (ValueError, RecursionError) as error:
            message = f"`{path}` is damaged ({error}); restore it or start a new run"
            raise ArtifactError(message) from error
        if not isinstance(tree, dict):
            message = f"`{path}` is damaged (not a JSON object); restore it or start a new run"
            raise ArtifactError(message)
        return tree

    def _load_text(self, path: Path) -> str:
        try:
            # as bytes, so that no line end is changed: spans count characters
            return path.read_bytes().decode("utf-8")
        except FileNotFoundError as error:
            message = f"`{path}` is missing; is `{self.root}` a run?"
            raise ArtifactError(message) from error
        except (UnicodeDecodeError, IsADirectoryError) as error:
            message = f"`{path}` is damaged ({error}); restore it or start a new run"
            raise ArtifactError(message) from error

    def _validate(self, path: Path, kind: type[A], tree: dict[str, object]) -> A:
        try:
            return kind.model_validate(tree)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            message = f"`{path}` is not valid at `{place}`: {first['msg']}"
            raise ArtifactError(message) from error


def _file_name(path: str) -> str:
    """A path as one file name; the entry itself holds the path, so it is never read back."""
    name = quote(path, safe="")
    return name if len(name) <= _LONGEST_NAME else f"{name[:_NAME_HEAD]}-{text_hash(path)}"


def find_runs(home: Path) -> Iterator[RunDirectory]:
    """The runs in a folder, by name."""
    for path in sorted(home.glob("*/run.json")):
        yield RunDirectory(path.parent)
