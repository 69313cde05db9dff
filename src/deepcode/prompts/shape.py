"""Shows a model the JSON shape of an answer: short, with each field's description beside it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_PLAIN = {str: "text", int: "integer", float: "number", bool: "true|false"}


def shape_of(kind: type[BaseModel], *, leave_out: frozenset[str] = frozenset()) -> str:
    """The fields of an artifact as commented JSON.

    Args:
        kind: The artifact that is asked for.
        leave_out: Fields that the program fills in itself.
    """
    return "\n".join(_object(kind, "", leave_out))


def _object(kind: type[BaseModel], indent: str, leave_out: frozenset[str]) -> Iterator[str]:
    yield "{"
    for name, field in kind.model_fields.items():
        if name not in leave_out and name != "schema_version":
            yield from _field(name, field, indent + "  ")
    yield indent + "}"


def _field(name: str, field: FieldInfo, indent: str) -> Iterator[str]:
    opening, inner, closing = _type(field.annotation)
    note = _note(field)
    if inner is None:
        yield f'{indent}"{name}": {opening},{note}'
        return
    lines = list(_object(inner, indent, frozenset()))
    yield f'{indent}"{name}": {opening}{lines[0]}{note}'
    yield from lines[1:-1]
    yield f"{lines[-1]}{closing},"


def _type(annotation: Any) -> tuple[str, type[BaseModel] | None, str]:
    """What stands before, the object inside if there is one, and what stands after."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "|".join(f'"{value}"' for value in arguments), None, ""
    if origin is tuple:
        opening, inner, closing = _type(arguments[0])
        if inner is None:
            return f"[{opening}, ...]", None, ""
        return f"[{opening}", inner, f"{closing}, ...]"
    if origin in (Union, types.UnionType):
        return _type(next(one for one in arguments if one is not types.NoneType))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "", annotation, ""
    return _PLAIN.get(annotation, "text"), None, ""


def _note(field: FieldInfo) -> str:
    optional = "" if field.is_required() else "optional; "
    words = f"{optional}{field.description or ''}".strip("; ")
    return f"  // {words}" if words else ""
