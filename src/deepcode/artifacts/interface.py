"""`Interface`: what a source file offers and what it imports, exact, from its syntax tree."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deepcode.artifacts.base import Artifact

SymbolKind = Literal["class", "function", "method", "constant", "type"]


class Symbol(Artifact):
    """One name that other files can use."""

    kind: SymbolKind
    """What it is."""
    name: str
    """Dotted inside the file: `Reader`, `Reader.read`."""
    signature: str
    """As a reader would write it: `def read(self, n: int = 1) -> str`, `class Reader(Base)`."""
    summary: str = ""
    """First line of its docstring or comment; may be empty."""
    line: int = Field(ge=1)
    """Line of its definition, from 1."""
    end_line: int = Field(ge=1)
    """Its last line."""


class Import(Artifact):
    """One import statement's target."""

    module: str
    """As written, with leading dots for a relative import: `numpy`, `.core`, `pkg.sub`."""
    names: tuple[str, ...] = ()
    """What is taken from it; empty for a plain module import, `*` for everything."""
    line: int = Field(ge=1)
    """Line of the statement, from 1."""
    guarded: bool = False
    """Inside `try: ... except ImportError` or `if TYPE_CHECKING`: its absence is handled."""


class Interface(Artifact):
    """Everything a file shows to the outside."""

    symbols: tuple[Symbol, ...] = ()
    """Public names in order of definition; methods after their class."""
    imports: tuple[Import, ...] = ()
    """In order of appearance, from anywhere in the file."""
