"""Reading Python text safely: parsing that fails in one way, and small questions about nodes.

Above it stand the interface, the birth checks, the imports and the tests of Python files; below it
only the standard library's `ast`, which reads exactly the Python that is running.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


# The interface, the findings and the tests of one file are usually asked for in a row; trees are
# large, so only a few are kept. Nobody changes a tree that came from here.
@lru_cache(maxsize=16)
def parse(source: str) -> ast.Module:
    """Parse a module; the tree is shared and must not be changed.

    Raises:
        SyntaxError: It does not parse, for whatever reason; `lineno` where known.
    """
    try:
        with warnings.catch_warnings():
            # a doubtful escape sequence is no syntax error, even where warnings are errors
            warnings.simplefilter("ignore")
            return ast.parse(source.removeprefix("\ufeff"))
    except (ValueError, RecursionError, MemoryError) as error:
        message = str(error) or "it is nested too deeply"
        raise SyntaxError(message) from error


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a scope, those inside `if`, `try`, `with` and loops included, in order."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Definition):
            waiting.extend(reversed(_inner(node)))


def _inner(node: ast.stmt) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        for child in getattr(node, name, ()):
            if isinstance(child, ast.stmt):
                found.append(child)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                found.extend(child.body)
    return found


def written(node: ast.AST) -> str:
    """The code of a node on one line where possible; `...` for one too deep to write."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."


def last_name(node: ast.expr) -> str:
    """`c` of `c`, `a.b.c`, `c(...)` and `a.c[...]`; empty for anything else."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def decorators(node: Definition) -> set[str]:
    """The last names of a definition's decorators."""
    return {last_name(decorator) for decorator in node.decorator_list}


def bases(node: ast.ClassDef) -> set[str]:
    """The last names of a class's bases and metaclass."""
    named = [keyword.value for keyword in node.keywords if keyword.arg == "metaclass"]
    return {last_name(base) for base in [*node.bases, *named]}


def body_without_docstring(node: Definition) -> list[ast.stmt]:
    """The statements of a definition after its docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def first_line(node: Definition) -> int:
    """The line on which a definition begins, decorators included, from 1."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def comments(source: str) -> list[tuple[int, str]]:
    """The comments of a module with their line from 1, without `#`; what can be read of them."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0], token.string.lstrip("# ")))
    except (tokenize.TokenError, SyntaxError):
        # what came before the broken place still counts
        pass
    return found
