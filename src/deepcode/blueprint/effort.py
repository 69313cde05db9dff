"""How much machinery a document needs: effort follows the document (DESIGN.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from deepcode.artifacts.document import Document
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.prompts import WHOLE_DOCUMENT_TOKENS, shown_whole
from deepcode.settings import Effort


@dataclass(frozen=True)
class EffortChoice:
    """The effort of a run and why."""

    effort: Effort
    """`fast`, `standard` or `max`, never `auto`."""
    reason: str
    """With the figures that decided it."""

    @property
    def reads_whole(self) -> bool:
        """Whether agents are given the document instead of reading tools."""
        return self.effort == "fast"


def choose_effort(document: Document, asked: Effort) -> EffortChoice:
    """Decide on the effort; the user's word goes first."""
    tokens = estimate_tokens(document.text)
    if asked != "auto":
        return EffortChoice(asked, f"asked for; the document has about {tokens} tokens")
    if shown_whole(document):
        reason = f"about {tokens} tokens fit into one reading (limit {WHOLE_DOCUMENT_TOKENS})"
        return EffortChoice("fast", reason)
    reason = f"about {tokens} tokens are more than one reading of {WHOLE_DOCUMENT_TOKENS}"
    return EffortChoice("standard", reason)
