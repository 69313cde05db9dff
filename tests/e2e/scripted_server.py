"""A model server for whole runs: on loopback, answering each agent from a script."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

DOCUMENT = """\
# Tally

## Introduction

Tally is a small library that adds up numbers. It is meant for people who count things. It was
written on a rainy afternoon, after a long discussion of whether such a library is needed at all,
and nobody could say that it was not, so here it is.

## Interface

The package is called `tally`. The function `total(values)` returns the sum of a list of numbers.
An empty list raises `ValueError`. The function `mean(values)` returns the total divided by the
number of values, and raises `ValueError` for an empty list as well.
"""

ANALYSIS = {
    "concept": {"kind": "library", "summary": "A library that adds up numbers."},
    "units": [
        {
            "kind": "API",
            "statement": "total(values) returns the sum of a list of numbers.",
            "quote": "The function `total(values)` returns the sum of a list of numbers.",
        },
        {
            "kind": "ERR",
            "statement": "total([]) raises ValueError.",
            "quote": "An empty list raises `ValueError`.",
        },
        {
            "kind": "API",
            "statement": "mean(values) is the total divided by the number of values.",
            "quote": "returns the total divided by the number of values",
        },
    ],
}

BLUEPRINT = {
    "name": "tally",
    "kind": "library",
    "summary": "Adds up numbers.",
    "files": [
        {"path": "tally/__init__.py", "purpose": "package marker", "lines": 1},
        {"path": "tally/core.py", "purpose": "total and mean", "lines": 20},
    ],
    "components": [
        {
            "file": "tally/core.py",
            "name": "total",
            "signature": "def total(values: list[float]) -> float",
            "behaviour": "sum; ValueError for an empty list",
            "units": ["API-1", "ERR-1"],
        },
        {
            "file": "tally/core.py",
            "name": "mean",
            "signature": "def mean(values: list[float]) -> float",
            "behaviour": "total divided by the count",
            "units": ["API-2"],
        },
    ],
    "verification": {"entry_commands": ["python -c 'import tally.core'"]},
    "environment": {"requires_python": ">=3.11", "dependencies": []},
    "stages": [
        {"name": "all", "files": ["tally/__init__.py", "tally/core.py"], "check": "tests pass"}
    ],
}

CORE = '''\
"""Totals and means."""


def total(values: list[float]) -> float:
    """The sum of `values`; ValueError when there are none."""
    if not values:
        raise ValueError("no values")
    return sum(values)


def mean(values: list[float]) -> float:
    """The total of `values` divided by their number."""
    return total(values) / len(values)
'''

TESTS = """\
import pytest


@pytest.mark.units("API-1")
def test_total_is_the_sum():
    from tally.core import total

    assert total([1, 2, 4]) == 7


@pytest.mark.units("ERR-1")
def test_nothing_has_no_total():
    from tally.core import total

    with pytest.raises(ValueError):
        total([])


@pytest.mark.units("API-2")
def test_mean_divides_by_the_count():
    from tally.core import mean

    assert mean([1, 2, 6]) == 3
"""


def file_block(path: str, text: str) -> str:
    """One file as an agent answers it."""
    return f"=== FILE {path}\npurpose: what it is for\n---\n{text}=== END {path}\n"


def edit_block(path: str, old: str, new: str) -> str:
    """One edit as an agent answers it."""
    return f"=== EDIT {path}\n<<<<<<< OLD\n{old}=======\n{new}>>>>>>> NEW\n=== END {path}\n"


CORE_ANSWER = file_block("tally/core.py", CORE)
TESTS_ANSWER = file_block("tests/acceptance/test_tally.py", TESTS)

# The words by which each agent's system prompt begins.
AGENTS = {
    "You analyse a document": "analyst",
    "Requirement units rest": "quotes",
    "A contract lists": "gaps",
    "You are the Code Planning Agent": "planner",
    "A program checked the blueprint": "planner-mend",
    "You write files of a repository from a plan. The plan": "coder",
    "You write files of a repository from a plan. A file": "coder-mend",
    "You write the acceptance tests": "tester",
    "You are the author of acceptance tests": "author",
    "You mend a repository": "repairer",
}


class ScriptedServer:
    """Answers each agent with the next of its lines; the last one is given again and again."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/v1")
        self.status = 200
        self.asked: Counter[str] = Counter()
        self.prompts: list[str] = []
        self.before_answer: Callable[[str], None] = lambda agent: None
        self.lines: dict[str, list[str]] = {
            "analyst": [json.dumps(ANALYSIS)],
            "gaps": [json.dumps({"places": [{"place": "s2", "reason": "it only introduces"}]})],
            "planner": [json.dumps(BLUEPRINT)],
            "coder": [CORE_ANSWER],
            "tester": [TESTS_ANSWER],
            "author": ["KEEP: the test is right"],
        }
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(
            self._respond
        )

    def refuse(self, status: int) -> None:
        """Answer every request with an error from now on."""
        self.status = status

    def _respond(self, request: Request) -> Response:
        if self.status != 200:
            error = {"error": {"message": "refused", "type": "invalid_request_error"}}
            return Response(json.dumps(error), self.status, content_type="application/json")
        body = json.loads(request.get_data())
        words = "\n".join(str(message["content"]) for message in body["messages"])
        agent = next(name for start, name in AGENTS.items() if words.startswith(start))
        self.prompts.append(words)
        lines = self.lines.get(agent)
        if lines is None:
            # a refusal is not tried again, so an unexpected question fails the test at once
            error = {"error": {"message": f"no lines for {agent}", "type": "invalid_request_error"}}
            return Response(json.dumps(error), 400, content_type="application/json")
        answer = lines[min(self.asked[agent], len(lines) - 1)]
        self.asked[agent] += 1
        self.before_answer(agent)
        return _completion(answer, prompt_tokens=len(words) // 4)


def _completion(text: str, *, prompt_tokens: int) -> Response:
    answer = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": len(text) // 4,
            "total_tokens": prompt_tokens + len(text) // 4,
        },
    }
    return Response(json.dumps(answer), content_type="application/json")
