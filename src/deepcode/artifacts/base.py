"""What all artifacts share: frozen, closed, versioned, with a content hash."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict


class Artifact(BaseModel):
    """A value that a step made. It holds data and answers pure questions about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def content_hash(self) -> str:
        """SHA-256 of the JSON form, hexadecimal."""
        return text_hash(self.model_dump_json())


def text_hash(text: str) -> str:
    """SHA-256 of the UTF-8 form of `text`, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
