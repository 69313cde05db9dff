from __future__ import annotations

import pytest

from deepcode.artifacts.base import text_hash
from deepcode.artifacts.memory import WrittenFile
from deepcode.memory import remember

SOURCE = '''\
"""A reader."""

import json
from pkg.core import Base


class Reader(Base):
    """Reads."""

    def read(self, size: int = 1) -> str:
        """One piece."""
        return json.dumps(size)


def _private() -> None: ...
'''


def test_the_interface_comes_from_the_text_and_the_rest_from_its_writer() -> None:
    written = WrittenFile(
        path="pkg/a.py", text=SOURCE, purpose="reads", used_by=("b.py",), units=("EQ-1",)
    )

    entry = remember(written)

    assert (entry.path, entry.purpose) == ("pkg/a.py", "reads")
    assert (entry.used_by, entry.units) == (("b.py",), ("EQ-1",))
    assert [symbol.name for symbol in entry.interface.symbols] == ["Reader", "Reader.read"]
    assert entry.interface.symbols[1].signature.startswith("def read(self, size: int")
    assert [one.module for one in entry.interface.imports] == ["json", "pkg.core"]
    assert entry.file_hash == text_hash(SOURCE)


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\n\nb", 3)])
def test_lines_are_counted_as_an_editor_counts_them(text: str, lines: int) -> None:
    assert remember(WrittenFile(path="a.txt", text=text)).lines == lines


@pytest.mark.parametrize("path", ["README.md", "a.toml", "broken.py", "no_ending"])
def test_a_file_of_any_kind_is_remembered(path: str) -> None:
    entry = remember(WrittenFile(path=path, text="def broken(:\n", purpose="p"))

    assert (entry.path, entry.purpose, entry.lines) == (path, "p", 1)
