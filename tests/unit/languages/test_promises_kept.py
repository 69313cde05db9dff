"""What an interface shows of a promise, and what it cannot show and is believed."""

from __future__ import annotations

import pytest

from deepcode.artifacts.blueprint import Component
from deepcode.languages import language_of, promised

PATH = "src/pkg/core.py"


def broken(text: str, name: str, signature: str = "") -> list[tuple[str, str]]:
    """Severities and rules of what `pkg/core.py` with this text breaks of one promise."""
    part = Component(file=PATH, name=name, signature=signature, behaviour="as promised")
    interface = language_of(PATH).interface(PATH, text)
    return [(one.severity, one.rule) for one in promised(PATH, interface, [part])]


MISSING = [("blocking", "interface/missing")]
READER = "class Reader:\n    size: int = 1\n    def __init__(self):\n        self.path = ''\n"


@pytest.mark.parametrize(
    ("name", "signature"),
    [("total", "def total(x)"), ("Reader.read", "def read(self)"), ("Writer.write", ""), ("A", "")],
)
def test_a_name_that_is_not_there_is_blocking(name: str, signature: str) -> None:
    assert broken(READER, name, signature) == MISSING


def test_other_parameters_are_an_error() -> None:
    found = broken("def total(y):\n    return y\n", "total", "def total(x)")
    assert found == [("error", "interface/differs")]


@pytest.mark.parametrize("name", ["pkg.core.total", "core.total", "src.pkg.core.total"])
def test_a_name_may_be_given_with_its_module(name: str) -> None:
    assert broken("def total(x):\n    return x\n", name, "def total(x)") == []
    assert broken("def other(x):\n    return x\n", name, "def total(x)") == MISSING


@pytest.mark.parametrize("name", ["Reader.size", "Reader.path"])
def test_fields_and_attributes_are_seen(name: str) -> None:
    assert broken(READER, name) == []


@pytest.mark.parametrize(
    "text",
    [
        "from pkg.base import Base\n\nclass Reader(Base):\n    x = 1\n",
        "from pkg.base import Reader\n",
        "from pkg.base import Reader as Reader\n",
        "class Reader:\n    def __getattr__(self, name):\n        return name\n",
    ],
)
def test_an_inherited_or_made_member_is_believed(text: str) -> None:
    assert broken(text, "Reader.read", "def read(self)") == []


@pytest.mark.parametrize(
    "text",
    [
        "from pkg.base import total\n",
        "from pkg.base import *\n",
        "from pkg.base import add as total\n",
        "def __getattr__(name):\n    return name\n",
    ],
)
def test_a_name_that_can_be_imported_from_the_file_is_there(text: str) -> None:
    assert broken(text, "total", "def total(x)") == []
