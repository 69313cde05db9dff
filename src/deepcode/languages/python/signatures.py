"""How a Python definition is shown to someone who will use it: its head, exact, no body."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from deepcode.languages.python.syntax import (
    Definition,
    Function,
    decorators,
    last_name,
    written,
)

# Decorators that change how a name is used; the rest is the implementation's business.
_TELLING = re.compile(
    "property|cached_property|staticmethod|classmethod|abstractmethod|(?:async)?contextmanager"
    "|dataclass|fixture|singledispatch|total_ordering|runtime_checkable"
    # routes and commands: the decorator is the interface
    "|get|post|put|patch|delete|route|websocket|command"
)

# A default or constant longer than this says nothing more to a reader; fields and constants only,
# the defaults of parameters are shown in full.
_MAX_VALUE_CHARS = 80


def function_signature(node: Function) -> str:
    """`def read(self, n: int = 1) -> str`, telling decorators on lines of their own before it."""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {written(node.returns)}" if node.returns else ""
    head = f"{word} {node.name}{_type_parameters(node)}({written(node.args)}){returns}"
    return "\n".join([*_decorator_lines(node), head])


def class_signature(node: ast.ClassDef) -> str:
    """`class Reader(Base)` with telling decorators before it and fields, indented, after it."""
    arguments = [written(base) for base in node.bases]
    arguments += [
        written(keyword.value) if keyword.arg is None else _keyword(keyword)
        for keyword in node.keywords
    ]
    listed = f"({', '.join(arguments)})" if arguments else ""
    head = f"class {node.name}{_type_parameters(node)}{listed}"
    fields = [f"    {field}" for field in _fields(node)]
    if attributes := _instance_attributes(node):
        fields.append(f"    # attributes: {', '.join(attributes)}")
    return "\n".join([*_decorator_lines(node), head + (":" if fields else ""), *fields])


def value_signature(name: str, annotation: ast.expr | None, value: ast.expr | None) -> str:
    """`LIMIT: int = 3`, with `...` for a long value."""
    typed = f": {written(annotation)}" if annotation is not None else ""
    return f"{name}{typed}{_short(value)}"


def _short(value: ast.expr | None) -> str:
    if value is None:
        return ""
    text = written(value)
    return f" = {text}" if len(text) <= _MAX_VALUE_CHARS and "\n" not in text else " = ..."


def _keyword(keyword: ast.keyword) -> str:
    return f"{keyword.arg}={written(keyword.value)}"


def _type_parameters(node: Definition) -> str:
    parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
    return f"[{', '.join(written(each) for each in parameters)}]" if parameters else ""


def _decorator_lines(node: Definition) -> list[str]:
    return [
        f"@{written(decorator)}"
        for decorator in node.decorator_list
        if _TELLING.fullmatch(last_name(decorator))
    ]


def _fields(node: ast.ClassDef) -> Iterator[str]:
    """Class-level names: annotated fields, enumeration members, public class constants."""
    # private fields of a dataclass are parameters of its constructor
    all_names = "dataclass" in decorators(node)
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if all_names or not name.startswith("_"):
                yield value_signature(name, statement.annotation, statement.value)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name) and not target.id.startswith("_"):
                    yield value_signature(target.id, None, statement.value)


def _instance_attributes(node: ast.ClassDef) -> list[str]:
    """Public attributes that `__init__` sets, with the type where it is written down."""
    init = next(
        (each for each in node.body if isinstance(each, Function) and each.name == "__init__"), None
    )
    if init is None or not init.args.args:
        return []
    own = init.args.args[0].arg
    types = {
        arg.arg: arg.annotation
        for arg in [*init.args.args, *init.args.kwonlyargs]
        if arg.annotation
    }
    found: dict[str, str] = {}
    for statement in ast.walk(init):
        for name, kind in _assigned(statement, own, types):
            if not name.startswith("_") and not found.get(name):
                found[name] = f": {written(kind)}" if kind is not None else ""
    return [f"{name}{kind}" for name, kind in found.items()]


def _assigned(
    node: ast.AST, own: str, types: dict[str, ast.expr]
) -> Iterator[tuple[str, ast.expr | None]]:
    """Attributes of `own` that one statement sets: name and type, if known."""
    targets: list[ast.expr]
    kind: ast.expr | None
    if isinstance(node, ast.AnnAssign):
        targets, kind = [node.target], node.annotation
    elif isinstance(node, ast.Assign):
        targets = [
            part
            for target in node.targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
        plain = isinstance(node.value, ast.Name) and len(targets) == 1
        kind = types.get(node.value.id) if plain and isinstance(node.value, ast.Name) else None
    else:
        return
    for target in targets:
        if (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and target.value.id == own
        ):
            yield target.attr, kind
