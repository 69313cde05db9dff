"""`Subject`: the repository under verification and what it is measured against."""

from __future__ import annotations

from dataclasses import dataclass

from deepcode.artifacts.base import text_hash
from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.document import Document
from deepcode.sandbox import Workspace
from deepcode.settings import Settings


@dataclass(frozen=True)
class Subject:
    """What phase 3 works on."""

    workspace: Workspace
    """The repository's folder, written only through this."""
    blueprint: Blueprint
    contract: Contract
    document: Document
    settings: Settings

    @property
    def acceptance_paths(self) -> tuple[str, ...]:
        """Test files by the author who never sees the code."""
        return tuple(
            path
            for path in self.workspace.files()
            if path.startswith("tests/acceptance/") and path.endswith(".py")
        )

    def tree_hash(self) -> str:
        """Hash over paths and texts of the repository: whether it is what was measured."""
        return text_hash(
            "\n".join(f"{path} {text_hash(text)}" for path, text in self.texts().items())
        )

    def texts(self) -> dict[str, str]:
        """Path -> text of all files of the repository that are text."""
        texts = {}
        for path in self.workspace.files():
            try:
                texts[path] = self.workspace.read(path)
            except (ValueError, OSError):
                continue
        return texts
