"""Read a JSON answer that stands in prose or a code fence, and validate it.

Models that cannot be held to a schema still work: the answer is plain text, what is wrong with
it is said in one line each, and the model is asked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from deepcode.artifacts.base import Artifact

A = TypeVar("A", bound=Artifact)

# LaTeX commands whose first letter makes a JSON escape of their backslash: \beta, \frac, \nabla,
# \rho, \theta. Read as JSON they would silently become control characters.
_LATEX = re.compile(
    r"(?<!\\)((?:\\\\)*)\\(?=(?:"
    r"b(?:ar|eta|egin|ig|inom|m|old|oxed|ullet)|"
    r"f(?:rac|orall|lat)|"
    r"n(?:abla|e|eq|eg|u|ot|otin|ormal|leq)|"
    r"r(?:ho|ight|angle|ceil|floor|m)|"
    r"t(?:heta|au|ext|ilde|imes|o|op|frac|riangle)"
    r")(?![a-z])|(?:text|right|begin|bold|big|normal)[a-zA-Z]*\b)"
)
# Any other backslash that JSON does not know: \alpha, \(, \{.
_FOREIGN = re.compile(
    r'(?<!\\)((?:\\\\)*)\\(?!["\\/bfnrtu])|(?<!\\)((?:\\\\)*)\\(?=u(?![0-9a-fA-F]{4}))'
)

# More than this in one message confuses more than it helps.
_MOST_COMPLAINTS = 12


def json_answer(kind: type[A]) -> Callable[[str], A]:
    """A reader of answers: text in, validated artifact out.

    The reader raises ValueError with the complaints, one a line, when the text holds no valid
    `kind`.
    """

    def read(text: str) -> A:
        try:
            return kind.model_validate(parse_json_object(text))
        except ValidationError as error:
            raise ValueError(_complaints(error)) from error

    return read


def parse_json_object(text: str) -> dict[str, object]:
    """The outermost JSON object in `text`.

    Raises:
        ValueError: There is none, or it is not valid JSON.
    """
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        message = "the answer holds no JSON object"
        raise ValueError(message)
    raw = text[start : end + 1]
    try:
        value = json.loads(_mend_backslashes(raw), strict=False)
    except RecursionError as error:
        message = "the JSON is nested too deeply"
        raise ValueError(message) from error
    except json.JSONDecodeError as error:
        near = raw[max(0, error.pos - 40) : error.pos + 40]
        message = f"the JSON is not valid: {error.msg}, near {near!r}"
        raise ValueError(message) from error
    if not isinstance(value, dict):
        message = "the answer is not a JSON object"
        raise ValueError(message)
    return value


def _mend_backslashes(raw: str) -> str:
    raw = _FOREIGN.sub(lambda match: (match[1] or match[2] or "") + "\\\\", raw)
    return _LATEX.sub(lambda match: match[1] + "\\\\", raw)


def _complaints(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    lines = [
        f"{'.'.join(str(part) for part in one['loc']) or 'top level'}: {one['msg']}"
        for one in found[:_MOST_COMPLAINTS]
    ]
    if len(found) > _MOST_COMPLAINTS:
        lines.append(f"and {len(found) - _MOST_COMPLAINTS} more of this kind")
    return "\n".join(lines)
