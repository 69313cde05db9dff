"""`Source`: the document of a run with its index, and how it is to be read."""

from __future__ import annotations

from dataclasses import dataclass

from deepcode.artifacts.document import Document
from deepcode.blueprint.effort import EffortChoice
from deepcode.documents import Index


@dataclass(frozen=True)
class Source:
    """What all agents of phase 1 read from."""

    document: Document
    index: Index
    effort: EffortChoice
