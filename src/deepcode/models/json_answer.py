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
# \rho, \theta. Read as JSON they would silently become control characters. Text never holds a
# backspace, a form feed or a lone carriage return, so after \b, \f and \r any letter is LaTeX; a
# line end or a tab before a letter is common, so after \n and \t only whole commands are.
_LATEX = re.compile(
    r"(?<!\\)((?:\\\\)*)\\(?=[bfr][A-Za-z]|(?:"
    r"n(?:abla|atural|e|earrow|eg|eq|geq|leq|onumber|ot|otag|otin|u)|"
    r"t(?:ag|anh|au|frac|herefore|heta|ilde|imes|o|op|riangle|riangleq)"
    r")(?![a-z])|(?:text|normal)[a-zA-Z]*\b)"
)
# Any other backslash that JSON does not know: \alpha, \(, \{.
_FOREIGN = re.compile(
    r'(?<!\\)((?:\\\\)*)\\(?!["\\/bfnrtu])|(?<!\\)((?:\\\\)*)\\(?=u(?![0-9a-fA-F]{4}))'
)

# Where an object begins in prose that may itself hold braces.
_OBJECT = re.compile(r'\{\s*"')

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
    """The JSON object in `text`; prose before and after it is ignored.

    Raises:
        ValueError: There is none, there are several, or it is not valid JSON.
    """
    opening = _OBJECT.search(text)
    start = opening.start() if opening else text.find("{")
    if start < 0:
        message = "the answer holds no JSON object"
        raise ValueError(message)
    raw = _mend_backslashes(text[start:])
    value, end = _decoded(raw)
    if _another(raw[end:]):
        message = "the answer holds more than one JSON object; give exactly one"
        raise ValueError(message)
    return value


def _decoded(raw: str) -> tuple[dict[str, object], int]:
    """The object that `raw` begins with, and where it ends."""
    decoder = json.JSONDecoder(strict=False, parse_constant=_refuse)
    try:
        value, end = decoder.raw_decode(raw)
        # half of a surrogate pair, which no file can hold
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        message = "the JSON is nested too deeply"
        raise ValueError(message) from error
    except UnicodeEncodeError as error:
        message = "the JSON holds half of a surrogate pair; write the character itself"
        raise ValueError(message) from error
    except json.JSONDecodeError as error:
        near = raw[max(0, error.pos - 40) : error.pos + 40]
        message = f"the JSON is not valid: {error.msg}, near {near!r}"
        raise ValueError(message) from error
    return value, end


def _another(rest: str) -> bool:
    opening = _OBJECT.search(rest)
    if opening is None:
        return False
    try:
        _decoded(rest[opening.start() :])
    except ValueError:
        return False
    return True


def _refuse(constant: str) -> float:
    message = f"the JSON is not valid: `{constant}` is not a JSON number"
    raise ValueError(message)


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
