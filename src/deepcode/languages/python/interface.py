"""The interface of a Python file, exact from its syntax tree.

Public means: no leading underscore, or listed in `__all__`. A public definition that `__all__`
leaves out is still listed, because other files can import it and would rightly do so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from deepcode.artifacts.interface import Interface, Symbol, SymbolKind
from deepcode.languages.edits import Lines
from deepcode.languages.python.imports import imports_of
from deepcode.languages.python.signatures import (
    class_signature,
    function_signature,
    value_signature,
)
from deepcode.languages.python.syntax import (
    Definition,
    Function,
    decorators,
    first_line,
    last_name,
    parse,
    statements,
    written,
)

# Calls whose result is a type, by the names they have in `typing`.
_TYPE_MAKERS = frozenset(
    ["NewType", "TypeVar", "ParamSpec", "TypeVarTuple", "namedtuple", "NamedTuple", "TypedDict"]
)
_TYPE_FORMS = frozenset(["Union", "Optional", "Literal", "Annotated", "Callable"])

# Module names with underscores that other files rely on.
_DUNDER_NAMES = ("__getattr__", "__version__")


def interface(path: str, source: str) -> Interface:
    """What a Python file offers and imports.

    Args:
        path: Relative path; an `__init__.py` also offers what it takes from its own package.
        source: The file's text.

    Returns:
        The interface; empty when the text does not parse (`findings` says so).
    """
    try:
        tree = parse(source)
    except SyntaxError:
        return Interface()
    imports = imports_of(tree)
    listed = _listed_names(tree)
    lines = source.splitlines()
    symbols: dict[str, Symbol] = {}
    for symbol in _module_symbols(path, tree, lines, listed):
        symbols[symbol.name] = symbol
    return Interface(symbols=tuple(symbols.values()), imports=tuple(imports))


def source_of(source: str, name: str) -> str | None:
    """The whole lines of one symbol, decorators included.

    Args:
        source: Text of a Python file.
        name: Dotted name inside the file: `Reader`, `Reader.read`, `LIMIT`.

    Returns:
        Lines joined by LF without a final line end; None when there is no such symbol.
    """
    span = lines_of(source, name)
    if span is None:
        return None
    lines = Lines(source)
    rows = range(span[0] - 1, span[1])
    return "\n".join(source[lines.starts[row] : lines.ends[row]] for row in rows)


def lines_of(source: str, name: str) -> tuple[int, int] | None:
    """First and last line of one symbol from 1, decorators included; see `source_of`."""
    try:
        body = parse(source).body
    except SyntaxError:
        return None
    found: ast.stmt | None = None
    for part in name.split("."):
        matches = [node for node in statements(body) if part in _bound_names(node)]
        if not matches:
            return None
        found = _implementation(matches)
        body = found.body if isinstance(found, ast.ClassDef) else []
    assert found is not None
    start = first_line(found) if isinstance(found, Definition) else found.lineno
    return start, found.end_lineno or start


def _implementation(same_name: list[ast.stmt]) -> ast.stmt:
    """The last definition of a name, which is after its overloads; for a property its getter."""
    settled = [
        node for node in same_name if not (isinstance(node, Definition) and _is_setter(node))
    ]
    return (settled or same_name)[-1]


def _is_setter(node: Definition) -> bool:
    return bool(decorators(node) & {"setter", "deleter"})


def _bound_names(node: ast.stmt) -> list[str]:
    if isinstance(node, Definition):
        return [node.name]
    return [name for name, _, _ in _assignments(node)]


def _module_symbols(
    path: str, tree: ast.Module, lines: list[str], listed: set[str]
) -> Iterator[Symbol]:
    is_package = PurePosixPath(path).name in ("__init__.py", "__init__.pyi")
    package = PurePosixPath(path).parent.name if is_package else ""
    for node in statements(tree.body):
        if isinstance(node, Function):
            if _is_public(node.name, listed):
                yield _symbol("function", node.name, function_signature(node), node)
        elif isinstance(node, ast.ClassDef):
            if _is_public(node.name, listed):
                yield from _class_symbols(node, prefix="")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _re_exports(node, listed, package, is_package=is_package)
        else:
            yield from _value_symbols(node, lines, listed)


def _class_symbols(node: ast.ClassDef, *, prefix: str) -> Iterator[Symbol]:
    name = f"{prefix}{node.name}"
    yield _symbol("class", name, class_signature(node), node)
    methods: dict[str, Symbol] = {}
    for child in statements(node.body):
        if isinstance(child, Function) and _is_public_method(child):
            full = f"{name}.{child.name}"
            methods[full] = _symbol("method", full, function_signature(child), child)
        elif isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            methods |= {each.name: each for each in _class_symbols(child, prefix=f"{name}.")}
    yield from methods.values()


def _is_public_method(node: Function) -> bool:
    # a property's setter and deleter share the getter's name; the getter is the interface
    if _is_setter(node):
        return False
    return not node.name.startswith("_") or (
        node.name.startswith("__") and node.name.endswith("__")
    )


def _is_public(name: str, listed: set[str]) -> bool:
    return name in listed or not name.startswith("_") or name in _DUNDER_NAMES


def _symbol(kind: SymbolKind, name: str, signature: str, node: Definition) -> Symbol:
    return Symbol(
        kind=kind,
        name=name,
        signature=signature,
        summary=_first_sentence(ast.get_docstring(node) or ""),
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
    )


def _first_sentence(text: str) -> str:
    return text.strip().partition("\n")[0].strip()


def _value_symbols(node: ast.stmt, lines: list[str], listed: set[str]) -> Iterator[Symbol]:
    for name, annotation, value in _assignments(node):
        if _is_public(name, listed) and name != "__all__":
            yield Symbol(
                kind="type" if _is_type(node, annotation, value) else "constant",
                name=name,
                signature=_value_text(node, name, annotation, value),
                summary=_comment_at(lines, node),
                line=node.lineno,
                end_line=node.end_lineno or node.lineno,
            )


def _value_text(
    node: ast.stmt, name: str, annotation: ast.expr | None, value: ast.expr | None
) -> str:
    # `type X = ...` exists from Python 3.12 on
    if type(node).__name__ == "TypeAlias":
        return written(node)
    return value_signature(name, annotation, value)


def _assignments(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """Names that an assignment binds: name, annotation, value (None inside a tuple)."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.annotation, node.value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, None, node.value
            elif isinstance(target, ast.Tuple | ast.List):
                for part in target.elts:
                    if isinstance(part, ast.Name):
                        yield part.id, None, None
    elif type(node).__name__ == "TypeAlias":
        yield last_name(node.name), None, None  # type: ignore[attr-defined]


def _is_type(node: ast.stmt, annotation: ast.expr | None, value: ast.expr | None) -> bool:
    if type(node).__name__ == "TypeAlias":
        return True
    if annotation is not None:
        return last_name(annotation) == "TypeAlias"
    if isinstance(value, ast.Call):
        return last_name(value.func) in _TYPE_MAKERS
    if isinstance(value, ast.Subscript):
        return (
            last_name(value) in _TYPE_FORMS
            or _is_camel(last_name(value))
            or (last_name(value) in ("dict", "list", "tuple", "set", "frozenset", "type"))
        )
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return _is_camel(last_name(value.left)) or written(value.right) == "None"
    return False


def _is_camel(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]\w*[a-z]\w*", name))


def _comment_at(lines: list[str], node: ast.stmt) -> str:
    """The comment that ends right above a statement, its first line; empty for none."""
    row = node.lineno - 2
    first = ""
    while 0 <= row < len(lines) and lines[row].lstrip().startswith("#"):
        first = lines[row].lstrip("#: \t")
        row -= 1
    return first


def _listed_names(tree: ast.Module) -> set[str]:
    """What `__all__` lists, through assignments, `+=`, and `extend` with literals."""
    found: set[str] = set()
    for node in statements(tree.body):
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            if any(last_name(target) == "__all__" for target in node.targets):
                value = node.value
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            value = node.value if last_name(node.target) == "__all__" else None
        elif isinstance(node, ast.Expr) and written(node.value).startswith("__all__."):
            value = node.value
        if value is not None:
            found |= {
                part.value
                for part in ast.walk(value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return found


def _re_exports(
    node: ast.Import | ast.ImportFrom, listed: set[str], package: str, *, is_package: bool
) -> Iterator[Symbol]:
    """Imported names that the file offers as its own."""
    own = isinstance(node, ast.ImportFrom) and (
        node.level > 0 or (bool(package) and (node.module or "").split(".")[0] == package)
    )
    for alias in node.names:
        name = alias.asname or alias.name
        # `from a import b as b` is the agreed sign of a re-export
        offered = name in listed or alias.asname == alias.name
        if isinstance(node, ast.ImportFrom) and alias.asname and not name.startswith("_"):
            # under this name it exists in this file only
            offered = True
        if is_package and own and not name.startswith("_"):
            offered = True
        if offered and "." not in name and name != "*":
            yield Symbol(
                kind=_kind_by_name(name),
                name=name,
                signature=_import_text(node, alias),
                line=node.lineno,
                end_line=node.end_lineno or node.lineno,
            )


def _kind_by_name(name: str) -> SymbolKind:
    if name.isupper():
        return "constant"
    return "class" if name[:1].isupper() else "function"


def _import_text(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    renamed = f" as {alias.asname}" if alias.asname and alias.asname != alias.name else ""
    if isinstance(node, ast.Import):
        return f"import {alias.name}{renamed}"
    return f"from {'.' * node.level}{node.module or ''} import {alias.name}{renamed}"
