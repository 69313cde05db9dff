"""Makers of small artifacts, and a model that answers from a script, for tests of the phases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deepcode.artifacts.blueprint import (
    Blueprint,
    Component,
    EnvironmentPlan,
    FilePlan,
    Stage,
    VerificationProtocol,
)
from deepcode.artifacts.contract import Contract, Unit
from deepcode.artifacts.document import Block, BlockId, Document, Section, SectionId, Span
from deepcode.events import AnyEvent
from deepcode.models import Asker
from deepcode.models.call import current_call
from deepcode.sandbox import Workspace


@dataclass(frozen=True)
class Asked:
    """One request that reached the scripted model."""

    role: str
    subject: str
    system: str
    prompt: str


Answer = Callable[[Asked], str | Awaitable[str]]


@dataclass
class Script:
    """A phase's asker over a scripted model, and all that went through it."""

    answers: Iterator[str] | Answer
    asked: list[Asked] = field(default_factory=list)
    events: list[AnyEvent] = field(default_factory=list)

    @property
    def asker(self) -> Asker:
        from pydantic_ai.models.function import FunctionModel

        return Asker(FunctionModel(self._respond), "generation", self.events.append)

    def of_kind(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.kind == kind]

    async def _respond(self, messages: Any, info: Any) -> Any:
        from pydantic_ai.messages import ModelResponse, TextPart

        last, call = messages[-1], current_call()
        prompt = "\n".join(str(part.content) for part in last.parts)
        asked = Asked(call.role, call.subject, last.instructions or "", prompt)
        self.asked.append(asked)
        if callable(self.answers):
            answer = self.answers(asked)
            text = answer if isinstance(answer, str) else await answer
        else:
            left = next(self.answers, None)
            assert left is not None, f"no answer is scripted for {call.role} on {call.subject}"
            text = left
        return ModelResponse(parts=[TextPart(text)])


@pytest.fixture
def script() -> Callable[..., Script]:
    """`script("first answer", "second")`, or `script(function of what was asked)`."""

    def make(*answers: Any) -> Script:
        if len(answers) == 1 and callable(answers[0]):
            return Script(answers[0])
        return Script(iter(answers))

    return make


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "repo")


def _document(*sections: tuple[str, Iterable[tuple[str, str]]], title: str = "A document") -> Any:
    """Sections one after the other: heading (empty for none) and blocks of kind and text."""
    text = ""
    made: list[Section] = []
    blocks: list[Block] = []
    for number, (heading, pieces) in enumerate(sections):
        section_id, start = SectionId(f"s{number}"), len(text)
        text += f"## {heading}\n\n" if heading else ""
        for kind, piece in pieces:
            span = Span(start=len(text), end=len(text) + len(piece))
            name = BlockId(f"b{len(blocks) + 1}")
            blocks.append(Block(id=name, kind=kind, span=span, section_id=section_id))
            text += f"{piece}\n\n"
        span = Span(start=start, end=len(text))
        made.append(Section(id=section_id, level=1 if heading else 0, heading=heading, span=span))
    return Document(
        title=title,
        text=text,
        sections=tuple(made),
        blocks=tuple(blocks),
        files=("document.md",),
        source_hash="0" * 64,
    )


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    return _document


@pytest.fixture(scope="session")
def make_contract() -> Callable[..., Contract]:
    """`make_contract("EQ-1", "HP-2")`, or with whole units."""

    def make(*units: str | Unit) -> Contract:
        made = tuple(
            Unit(kind=one.split("-")[0], id=one, statement=f"what {one} demands")
            if isinstance(one, str)
            else one
            for one in units
        )
        return Contract(document_hash="0" * 64, units=made)

    return make


@pytest.fixture(scope="session")
def make_blueprint() -> Callable[..., Blueprint]:
    """`make_blueprint({"a.py": (), "b.py": ("a.py",)})`: files and what they depend on.

    Each Python file holds one function, named `do_` and the file's stem, without units; `lines`
    gives lengths, and everything else replaces a section of the blueprint.
    """

    def make(
        files: Mapping[str, Iterable[str]], *, lines: Mapping[str, int] | int = 80, **changes: Any
    ) -> Blueprint:
        sections: dict[str, Any] = {
            "name": "sample",
            "kind": "library",
            "summary": "A sample.",
            "files": tuple(
                FilePlan(
                    path=path,
                    purpose=f"what {path} is for",
                    depends_on=tuple(needs),
                    lines=lines if isinstance(lines, int) else lines.get(path, 80),
                )
                for path, needs in files.items()
            ),
            "components": tuple(_function(path) for path in files if _is_code(path)),
            "verification": VerificationProtocol(entry_commands=("python -c 'import sample'",)),
            "environment": EnvironmentPlan(),
            "stages": (Stage(name="all", files=tuple(files), check="the tests pass"),),
        }
        return Blueprint(**(sections | changes))

    return make


def _is_code(path: str) -> bool:
    return path.endswith(".py") and not path.endswith("__init__.py")


def _function(path: str) -> Component:
    name = f"do_{path.rpartition('/')[2].removesuffix('.py')}"
    return Component(
        file=path, name=name, signature=f"def {name}(x: int) -> int", behaviour=f"{name} of x"
    )
