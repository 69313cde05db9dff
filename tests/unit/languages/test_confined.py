"""Changes inside one definition, and where others are seen."""

from __future__ import annotations

import pytest

from deepcode.languages import change_outside

TEXT = '''\
"""Doc."""

import a

LIMIT = "x\u2028y"


class TestA:
    def test_b(self):
        assert 1

    @mark
    def test_c(self):
        assert 2


def test_d():
    assert 3
'''


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("TestA.test_c", changed("assert 2", "x = 1\n        assert x")),
        ("TestA.test_c", changed("    @mark\n", "")),
        ("test_d", changed("    assert 3\n", "    assert 4\n")),
        ("test_d", changed("import a\n", "import a\nfrom b import (\n    c,\n)\n")),
        ("test_d", changed("import a\n", "from __future__ import x\n\nimport a\n")),
        ("test_d", TEXT),
    ],
)
def test_a_change_inside_the_definition_or_a_new_import_is_confined(name: str, after: str) -> None:
    assert change_outside(TEXT, after, name) is None


@pytest.mark.parametrize(
    ("name", "after", "line"),
    [
        ("TestA.test_c", changed("assert 1", "assert 0"), 10),
        ("TestA.test_c", changed("assert 3", "assert 0"), 18),
        ("test_d", changed("import a\n", ""), 3),
        ("test_d", changed("import a\n", "import b\n"), 5),
        ("test_d", changed("import a\n", "import a; b = 1\n"), 3),
        ("test_d", changed('"""Doc."""\n', '"""Doc.\n\nimport x\n"""\n'), 1),
        ("test_d", changed("def test_d", "import b\n\n\ndef test_d"), 17),
        ("test_d", TEXT + "x = 1\n", 19),
        ("test_d", changed("LIMIT = ", "LIMIT =  "), 5),
    ],
)
def test_any_other_change_is_named_by_its_line(name: str, after: str, line: int) -> None:
    assert change_outside(TEXT, after, name) == line


def test_a_file_without_imports_may_get_one() -> None:
    before = "def test_a():\n    assert 1\n"
    assert change_outside(before, f"import os\n\n\n{before}", "test_a") is None


def test_a_definition_that_is_gone_is_a_change() -> None:
    assert change_outside(TEXT, TEXT.replace("test_d", "test_e"), "test_d") == 1
