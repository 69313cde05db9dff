"""The tests of a Python file, read from its syntax tree before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from deepcode.artifacts.check import Finding
from deepcode.languages.language import CollectedTest
from deepcode.languages.python.syntax import (
    Definition,
    Function,
    bases,
    last_name,
    parse,
    statements,
    written,
)

# Calls that check something by themselves. Besides these, anything called `assert...`, `check...`,
# `expect...` or `verify...` counts, wherever it is defined.
_CHECKING = frozenset(["raises", "warns", "fail", "exit", "importorskip", "deprecated_call"])
_CHECKING_STEMS = ("assert", "check", "expect", "verify", "validate", "must", "ensure", "should")

Test = tuple[str, Function, tuple[ast.ClassDef, ...]]


def collect_tests(path: str, source: str) -> list[CollectedTest]:
    """The tests that pytest will find in a file, each parametrised test once.

    Args:
        path: Relative path; only `test_*.py` and `*_test.py` hold tests.
        source: The file's text.

    Returns:
        In order of lines; empty when the text does not parse.
    """
    return [
        CollectedTest(id=name, line=node.lineno, units=_units(node, owners))
        for name, node, owners in _tests(path, source)
    ]


def asserts_nothing(path: str, source: str) -> list[Finding]:
    """Find tests that check nothing and so can only fail by accident: `tests/asserts-nothing`.

    A test checks when it, or a function of the same file that it calls, has an `assert`, a
    `pytest.raises` or the like, or calls something whose name says that it checks.
    """
    tests = _tests(path, source)
    if not tests:
        return []
    checking = _checking_functions(parse(source))
    return [
        Finding(
            path=path,
            line=node.lineno,
            severity="error",
            rule="tests/asserts-nothing",
            message=f"`{name.rpartition('::')[2]}` asserts nothing; state what must hold",
        )
        for name, node, _ in tests
        if not _checks(node, checking)
    ]


def _tests(path: str, source: str) -> list[Test]:
    stem = PurePosixPath(path).stem
    if not path.endswith(".py") or not (stem.startswith("test_") or stem.endswith("_test")):
        return []
    try:
        tree = parse(source)
    except SyntaxError:
        return []
    # the last definition of a name is the one that runs
    found = {name: (name, node, owners) for name, node, owners in _inside(tree.body, path, ())}
    return list(found.values())


def _inside(body: list[ast.stmt], prefix: str, owners: tuple[ast.ClassDef, ...]) -> Iterator[Test]:
    for node in statements(body):
        if isinstance(node, Function):
            fixture = any(last_name(each) == "fixture" for each in node.decorator_list)
            if node.name.startswith("test") and not fixture:
                yield f"{prefix}::{node.name}", node, owners
        elif isinstance(node, ast.ClassDef) and _holds_tests(node):
            yield from _inside(node.body, f"{prefix}::{node.name}", (*owners, node))


def _holds_tests(node: ast.ClassDef) -> bool:
    if any(base.endswith("TestCase") for base in bases(node)):
        return True
    has_init = any(isinstance(each, Function) and each.name == "__init__" for each in node.body)
    return node.name.startswith("Test") and not has_init


def _units(node: Function, owners: tuple[ast.ClassDef, ...]) -> tuple[str, ...]:
    """Units named by `@pytest.mark.units(...)` on the test and on the classes around it."""
    found: list[str] = []
    holders: list[Definition] = [*owners, node]
    for holder in holders:
        for decorator in holder.decorator_list:
            if isinstance(decorator, ast.Call) and written(decorator.func).endswith("mark.units"):
                found += [
                    part.value
                    for argument in decorator.args
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
    return tuple(dict.fromkeys(found))


def _checking_functions(tree: ast.Module) -> set[str]:
    """Names of functions in a file that check something, directly or by calling each other."""
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    checking: set[str] = set()
    while True:
        more = {node.name for node in functions if _checks(node, checking)} - checking
        if not more:
            return checking
        checking |= more


def _checks(node: Function, checking: set[str]) -> bool:
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return True
        if isinstance(part, ast.Raise) and part.exc and last_name(part.exc) == "AssertionError":
            return True
        if isinstance(part, ast.Call):
            name = last_name(part.func)
            plain = name.lstrip("_").lower()
            if name in _CHECKING or name in checking or plain.startswith(_CHECKING_STEMS):
                return True
    return False
