"""Promises and whole-run tests belong together, in both directions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from promises import PROMISES

E2E = Path(__file__).parent.parent / "e2e"


def test_every_promise_has_a_test_and_every_test_a_promise() -> None:
    kept = {name: set(promises) for name, promises in _tests()}
    assert len(kept) > 30
    assert [name for name, promises in kept.items() if not promises] == []
    assert set().union(*kept.values()) == set(PROMISES)


def _tests() -> Iterator[tuple[str, list[str]]]:
    for path in sorted(E2E.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.name}::{node.name}", list(_marks(node))


def _marks(node: ast.FunctionDef) -> Iterator[str]:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise":
            yield from (str(ast.literal_eval(argument)) for argument in mark.args)
