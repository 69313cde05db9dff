"""Whether a change of a Python file stays inside one definition."""

from __future__ import annotations

import ast
from itertools import zip_longest

from deepcode.languages.edits import Lines
from deepcode.languages.python.interface import lines_of
from deepcode.languages.python.syntax import Definition, first_line, parse


def change_outside(before: str, after: str, name: str) -> int | None:
    """Where a file was changed outside of one symbol; imports added at its top do not count.

    Args:
        before: Text of a Python file that holds the symbol.
        after: The text after the change; it parses.
        name: Dotted name of the symbol that may change: `test_a`, `TestA.test_b`.

    Returns:
        Line of `after` from 1, the first that should be as it was; None when all others are.
    """
    old, new = lines_of(before, name), lines_of(after, name)
    if old is None or new is None:
        return 1
    was, now = _lines(before), _lines(after)
    head, added = was[: old[0] - 1], _imports_at_top(after)
    for number, line in enumerate(now[: new[0] - 1], 1):
        if head and head[0] == line:
            del head[0]
        elif number not in added:
            return number
    if head:
        return new[0]
    for number, pair in enumerate(zip_longest(was[old[1] :], now[new[1] :]), new[1] + 1):
        if pair[0] != pair[1]:
            return number
    return None


def _lines(text: str) -> list[str]:
    """Lines as the parser counts them, with their ends."""
    starts = Lines(text).starts
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _imports_at_top(text: str) -> set[int]:
    """Lines of the imports before the first other statement, and the blank lines around them."""
    imports: set[int] = set()
    lines = _lines(text)
    end = len(lines) + 1
    for position, node in enumerate(parse(text).body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        elif position > 0 or not _is_docstring(node):
            end = first_line(node) if isinstance(node, Definition) else node.lineno
            break
    around = range(max(min(imports) - 1, 1), end) if imports else ()
    blank = {number for number in around if not lines[number - 1].strip()}
    # what follows an import on its own line is no import
    return {number for number in imports | blank if number < end}


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
