"""Words that give unfinished or damaged text away, the same in every language.

Above it, each language decides which of its text to look at: comments where it can tell them,
whole lines where it cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deepcode.artifacts.check import Finding

NumberedLines = Iterable[tuple[int, str]]

_MARKER = re.compile(r"\b(TODO|FIXME)\b")

# Phrases with which models announce that the real thing is not there. Each was kept only after a
# run over installed packages showed (nearly) no hit in finished code.
_PHRASES = re.compile(
    r"""
    \b(?: in \ (?:a|the) \ (?:real|actual|full|production|complete) [-\ ]
          (?:\w+\ )?(?:implementation|system|application|app|scenario|version|setting|world\ use)
      | (?:this|it) \ (?:is|serves\ as) \ (?:just\ |only\ )? (?:an?|the) \ placeholder
      | placeholder \ (?:implementation | for\ (?:the\ )?(?:actual|real|now) | logic | code)
      | (?:is|are|was)? \s* not \ (?:yet\ implemented | implemented\ yet | fully\ implemented)
      | (?:to\ be|will\ be|should\ be) \ implemented \ (?:later|here|soon|in\ (?:a\ )?future)
      | implement \ me \b
      | (?:implement|add|put|write|insert) \ (?:your|the\ actual|the\ real|actual|real)
          \ (?:\w+\ )?(?:code|logic|implementation)
      | (?:stub|dummy|mock|fake|naive\ placeholder) \ implementation
      | your \ code \ (?:goes\ )? here
      | for \ now ,? \ (?:we\ )? (?:just\ |simply\ )? (?:return|use|assume|skip|ignore)
          \ (?:an?|the|some)? \s* (?:dummy|mock|fake|fixed|placeholder|hard-?coded|random|empty)
      | left \ as \ an \ exercise
      | omitted \ for \ brevity
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_ELISION = re.compile(
    r"""
      [\[<(] \s* (?:\.{3}|…)? \s* (?:the\ )? (?:rest|remainder) \ of \ (?:the\ |this\ |your\ )?
          (?:\w+\ )? (?:code|file|function|class|method|implementation|content)
    | (?:\.{3}|…) \s* (?:the\ )?
          (?:(?:rest|remainder)\ of\ |existing\ |previous\ |remaining\ |other\ |same\ )
          (?:the\ )?(?:\w+\ )?(?:code|file|function|class|method|implementation|import|content)s?
    | (?:rest|remainder) \ of \ (?:the\ )? (?:\w+\ )? (?:code|file|function|class|methods?)
          \ (?:is\ |are\ |remains?\ |stays?\ )? (?:the\ same|unchanged|as\ before|omitted|here)
    | (?:remaining|existing|other) \ (?:\w+\ )? (?:code|functions?|methods?|imports?|class(?:es)?)
          \ (?:is\ |are\ |remains?\ |stays?\ )? (?:the\ same|unchanged|as\ before|omitted)
    | code \ (?:omitted|truncated|continues\ here)
    | ^[\s#/]* [\[<(] \s* (?:\.{3}\s*)? (?:(?:output|content|file)\ )?truncated \s* [\])>] \s*$
    """,
    re.VERBOSE | re.IGNORECASE,
)

# Pieces of chat formats. Written in parts so that this file does not find itself.
_CHAT = re.compile(
    r"(?<!`)<" + r"\|(?:im_start|im_end|endoftext|eot_id|assistant|user|system)\|>|^\s*<"
    r"/?(?:think|thinking|function_calls|tool_call|answer)>\s*$",
    re.IGNORECASE,
)

_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[\w.+-]*\s*$")


def unfinished(path: str, lines: NumberedLines) -> list[Finding]:
    """Find words that announce missing work: `unfinished/todo`, `unfinished/wording`.

    Args:
        path: File the lines come from.
        lines: Line number from 1 and text; only what people wrote for people.
    """
    found = []
    for number, text in lines:
        if match := _MARKER.search(text):
            found.append(_finding(path, number, "unfinished/todo", f"`{match[1]}` marks open work"))
        elif match := _PHRASES.search(text):
            words = " ".join(match[0].split())
            found.append(
                _finding(path, number, "unfinished/wording", f"`{words}` announces missing work")
            )
    return found


def elisions(path: str, lines: NumberedLines) -> list[Finding]:
    """Find places where an answer left code out or chat markup got in: `artefact/...`."""
    found = []
    for number, text in lines:
        if match := _ELISION.search(text):
            message = f"`{match[0].strip()}` stands where code was left out; write it in full"
            found.append(_finding(path, number, "artefact/elision", message, blocking=True))
        elif match := _CHAT.search(text):
            message = f"`{match[0].strip()}` is chat markup, not code; remove it"
            found.append(_finding(path, number, "artefact/chat", message, blocking=True))
    return found


def fences(path: str, lines: NumberedLines) -> list[Finding]:
    """Find Markdown code fences: `artefact/fence`. For text that must not hold any."""
    return [
        _finding(path, number, "artefact/fence", "a Markdown fence is not code", blocking=True)
        for number, text in lines
        if _FENCE.match(text)
    ]


def empty(path: str, source: str) -> list[Finding]:
    """Find a file without any text: `structure/empty-file`."""
    if source.strip("\ufeff \t\r\n\f\v"):
        return []
    return [_finding(path, 0, "structure/empty-file", "the file is empty", blocking=True)]


def numbered(source: str) -> list[tuple[int, str]]:
    """The lines of a text with their numbers from 1, without line ends."""
    return list(enumerate(re.split(r"\r\n|\r|\n", source), start=1))


def _finding(path: str, line: int, rule: str, message: str, *, blocking: bool = False) -> Finding:
    return Finding(
        path=path,
        line=line,
        severity="blocking" if blocking else "error",
        rule=rule,
        message=message,
    )
