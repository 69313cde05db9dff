"""Shell scripts, as far as text alone tells."""

from __future__ import annotations

import re

from deepcode.artifacts.check import Finding
from deepcode.languages import wording
from deepcode.languages.language import Language

_SHEBANG = re.compile(r"^#!\s*/(?:usr/)?(?:bin/env\s+(?:-S\s+)?|bin/)(?:ba|da|z|k)?sh\b")
_COMMENT = re.compile(r"^\s*#(?!!)(.*)$|\s#\s(.*)$")


def shell_findings(path: str, source: str) -> list[Finding]:
    """Generic text rules, and a first line that names a shell."""
    if found := wording.empty(path, source):
        return found
    lines = wording.numbered(source)
    comments = [
        (number, match[1] or match[2] or "")
        for number, text in lines
        if (match := _COMMENT.search(text))
    ]
    found = wording.elisions(path, lines) + wording.fences(path, lines)
    found += wording.unfinished(path, comments)
    if not _SHEBANG.match(source):
        message = "the first line names no shell; begin with `#!/usr/bin/env bash`"
        found.append(
            Finding(path=path, line=1, severity="warning", rule="shell/shebang", message=message)
        )
    if "\r\n" in source:
        message = "lines end with CR LF, which a shell reads as part of the command; use LF"
        found.append(
            Finding(path=path, line=1, severity="blocking", rule="shell/crlf", message=message)
        )
    return found


SHELL = Language(name="shell", suffixes=(".sh", ".bash"), findings=shell_findings)
