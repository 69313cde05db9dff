"""Which modules a Python file imports, and whether it gets by without them."""

from __future__ import annotations

import ast

from deepcode.artifacts.interface import Import
from deepcode.languages.python.syntax import last_name

_HANDLED = frozenset(["ImportError", "ModuleNotFoundError", "Exception", "BaseException"])


def imports_of(tree: ast.Module) -> list[Import]:
    """All imports of a module, those inside functions included, in order of appearance."""
    found: list[Import] = []
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, guarded = waiting.pop()
        if isinstance(node, ast.Import):
            found += [
                Import(module=alias.name, line=node.lineno, guarded=guarded) for alias in node.names
            ]
        elif isinstance(node, ast.ImportFrom):
            found.append(_from_import(node, guarded=guarded))
        else:
            waiting += _children(node, guarded=guarded)
    return sorted(found, key=lambda each: each.line)


def _from_import(node: ast.ImportFrom, *, guarded: bool) -> Import:
    return Import(
        module="." * node.level + (node.module or ""),
        names=tuple(alias.name for alias in node.names),
        line=node.lineno,
        guarded=guarded,
    )


def _children(node: ast.AST, *, guarded: bool) -> list[tuple[ast.AST, bool]]:
    """The statements right below a node, each with whether an absent module is handled there."""
    inside = guarded or _guards(node)
    found: list[tuple[ast.AST, bool]] = []
    for name, value in ast.iter_fields(node):
        if not isinstance(value, list):
            continue
        # the other branch of `if TYPE_CHECKING` is the one that runs
        covered = inside if name in ("body", "handlers") else guarded
        found += [
            (child, covered)
            for child in value
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
        ]
    return found


def _guards(node: ast.AST) -> bool:
    if isinstance(node, ast.Try):
        return any(_handles(handler.type) for handler in node.handlers)
    if isinstance(node, ast.If):
        return last_name(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.With):
        return any(_suppresses(item.context_expr) for item in node.items)
    return False


def _handles(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(last_name(each) in _HANDLED for each in kinds)


def _suppresses(context: ast.expr) -> bool:
    if not isinstance(context, ast.Call) or last_name(context.func) != "suppress":
        return False
    return any(last_name(argument) in _HANDLED for argument in context.args)
