"""Bodies that do nothing where something was promised.

An empty body is often right: protocols, abstract methods, overloads, exceptions, hooks to override.
So each exemption below names one such habit of real code; what is left is work not done.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from deepcode.artifacts.check import Finding, Severity
from deepcode.languages.python.syntax import (
    Function,
    bases,
    body_without_docstring,
    decorators,
    last_name,
    statements,
    written,
)

_ABSTRACT = frozenset(["abstractmethod", "abstractproperty", "overload"])

# Words by which a docstring or comment says that doing nothing is the intent.
_INTENDED = re.compile(
    r"\b(?:no[- ]?op|nothing|ignore[ds]?|intentional(?:ly)?|deliberate(?:ly)?|by default|default"
    r"|overrid(?:e|den|ing)|overwritten|sub-?class(?:es)?|hook|abstract|interface|optional"
    r"|callback|called (?:when|after|before|by)|not (?:needed|required|supported|applicable|used)"
    r"|unsupported|never (?:called|used)|only (?:used|exists)|dummy|compat\w*|for typing|type check"
    r"|marker|sentinel|placeholder for|empty on purpose|do not|should not|must be implemented"
    r"|can be implemented|disabled?)\b",
    re.IGNORECASE,
)

_INTENDED_NAME = re.compile(
    r"no_?op|null|dummy|fake|mock|stub|ignore|nothing|empty|disabled|silent", re.IGNORECASE
)
_INTERFACE_NAME = re.compile(
    r"^_?(?:Base|Abstract|ReadOnly|No(?=[A-Z])|I(?=[A-Z][a-z]))|(?:Base|Interface|Mixin|Protocol|Hooks?"
    r"|Callbacks?|Handlers?|Listeners?|Observers?|Visitors?|Plugins?|Spec)$"
)


class _Context:
    """What surrounds the definitions of one file."""

    def __init__(self, path: str, tree: ast.Module, comments: list[tuple[int, str]]) -> None:
        self.path = path
        self.comments = dict(comments)
        self.subclassed = {
            base
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for base in bases(node)
        }

    def says_why(self, node: Function | ast.ClassDef) -> bool:
        """Whether docstring, a comment inside, or the name tells that empty is meant."""
        end = node.end_lineno or node.lineno
        told = [self.comments.get(row, "") for row in range(node.lineno, end + 1)]
        told.append(ast.get_docstring(node, clean=False) or "")
        return bool(_INTENDED_NAME.search(node.name)) or any(map(_INTENDED.search, told))

    def finding(
        self, node: ast.stmt, rule: str, message: str, *, severity: Severity = "error"
    ) -> Finding:
        """A finding at a definition."""
        return Finding(
            path=self.path, line=node.lineno, severity=severity, rule=rule, message=message
        )


def stubs(path: str, tree: ast.Module, comments: list[tuple[int, str]]) -> list[Finding]:
    """Find `stub/empty-body`, `stub/not-implemented` and `stub/empty-class`.

    Args:
        path: Relative path.
        tree: The parsed file.
        comments: Line from 1 and text of each comment.
    """
    context = _Context(path, tree, comments)
    found: list[Finding] = []
    waiting: list[tuple[ast.stmt, ast.ClassDef | None, str]] = [
        (node, None, "") for node in _definitions(tree.body)
    ]
    while waiting:
        node, owner, prefix = waiting.pop(0)
        name = f"{prefix}{getattr(node, 'name', '')}"
        if isinstance(node, ast.ClassDef):
            found += _class_stub(node, name, context)
            inner = node
        else:
            assert isinstance(node, Function)
            found += _function_stub(node, owner, name, context)
            # a function inside a function is usually a callback of it: looked at, without owner
            inner = None
        waiting += [(child, inner, f"{name}.") for child in _definitions(node.body)]
    return found


def _definitions(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Definitions that exist when the code runs, not those for type checkers only."""
    for_types = {
        id(inner)
        for node in statements(body)
        if isinstance(node, ast.If) and last_name(node.test) == "TYPE_CHECKING"
        for inner in statements(node.body)
    }
    for node in statements(body):
        if isinstance(node, Function | ast.ClassDef) and id(node) not in for_types:
            yield node


def _class_stub(node: ast.ClassDef, name: str, context: _Context) -> list[Finding]:
    if node.bases or node.keywords or node.decorator_list or node.name in context.subclassed:
        return []
    body = body_without_docstring(node)
    has_docstring = len(body) < len(node.body)
    if has_docstring or not all(map(_does_nothing, body)) or context.says_why(node):
        return []
    message = f"class `{name}` has no content"
    return [context.finding(node, "stub/empty-class", message, severity="warning")]


def _function_stub(
    node: Function, owner: ast.ClassDef | None, name: str, context: _Context
) -> list[Finding]:
    body = body_without_docstring(node)
    if all(map(_does_nothing, body)):
        if _may_be_empty(node, owner, context):
            return []
        return [context.finding(node, "stub/empty-body", f"`{name}` has no body yet; write it")]
    if len(body) == 1 and _raises_not_implemented(body[0]):
        if _may_be_abstract(node, owner, context) or _INTENDED.search(written(body[0])):
            return []
        message = f"`{name}` only raises NotImplementedError; write it, or declare it abstract"
        return [context.finding(node, "stub/not-implemented", message)]
    return []


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _raises_not_implemented(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Raise)
        and node.exc is not None
        and last_name(node.exc) == "NotImplementedError"
    )


def _may_be_empty(node: Function, owner: ast.ClassDef | None, context: _Context) -> bool:
    if _may_be_abstract(node, owner, context):
        return True
    # a decorator may hand the name and signature to a framework that supplies the behaviour
    if node.decorator_list and not decorators(node) <= {"staticmethod", "classmethod", "property"}:
        return True
    dunder = node.name.startswith("__") and node.name.endswith("__")
    return owner is not None and dunder


def _may_be_abstract(node: Function, owner: ast.ClassDef | None, context: _Context) -> bool:
    if decorators(node) & _ABSTRACT or context.says_why(node):
        return True
    if owner is None:
        return False
    if bases(owner) & {"Protocol", "ABC", "ABCMeta", "Interface"}:
        return True
    return (
        owner.name in context.subclassed
        or bool(_INTERFACE_NAME.search(owner.name))
        or context.says_why(owner)
        or _has_abstract_sibling(owner)
    )


def _has_abstract_sibling(owner: ast.ClassDef) -> bool:
    return any(isinstance(each, Function) and decorators(each) & _ABSTRACT for each in owner.body)
