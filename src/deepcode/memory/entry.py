"""Makes m_t of a written file (paper 3.2.1, eq. 6)."""

from __future__ import annotations

from deepcode.artifacts.base import text_hash
from deepcode.artifacts.memory import MemoryEntry, WrittenFile
from deepcode.languages import language_of


def remember(written: WrittenFile) -> MemoryEntry:
    """The entry of one file: interface from its syntax tree, the rest as its writer said."""
    return MemoryEntry(
        path=written.path,
        purpose=written.purpose,
        interface=language_of(written.path).interface(written.path, written.text),
        used_by=written.used_by,
        units=written.units,
        lines=len(written.text.splitlines()),
        file_hash=text_hash(written.text),
    )
