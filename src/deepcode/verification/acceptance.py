"""Acceptance tests from contract and interfaces, by an author that never sees the code."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import PurePosixPath

from deepcode.artifacts.blueprint import ACCEPTANCE_FOLDER, Blueprint, Component
from deepcode.artifacts.contract import Unit
from deepcode.artifacts.memory import WrittenFile
from deepcode.languages import asserts_nothing, language_of
from deepcode.models import Asker, FileAnswer, Question, read_file_answer
from deepcode.prompts import (
    PASSAGE_TOKENS,
    fenced,
    load_prompt,
    passages_text,
    shown_whole,
    units_text,
)
from deepcode.sandbox import check_path
from deepcode.verification.subject import Subject

FOLDER = f"{ACCEPTANCE_FOLDER}/"
# Units that one answer can test sharply; more of them share tests that show little.
UNITS_PER_ANSWER = 90


async def write_acceptance_tests(subject: Subject, asker: Asker) -> tuple[WrittenFile, ...]:
    """Have the acceptance tests written; nothing of the repository's code is shown.

    Raises:
        PhaseError: The author gave no usable tests.
    """
    waived = {waiver.unit for waiver in subject.blueprint.waivers}
    units = [unit for unit in subject.contract.units if unit.id not in waived]
    parts = [units[at : at + UNITS_PER_ANSWER] for at in range(0, len(units), UNITS_PER_ANSWER)]
    answers = await asyncio.gather(
        *(_write(subject, asker, part, number, len(parts)) for number, part in enumerate(parts, 1))
    )
    files = [file for answer in answers for file in answer.files]
    return tuple(_apart(files))


async def _write(
    subject: Subject, asker: Asker, units: Sequence[Unit], number: int, parts: int
) -> FileAnswer:
    prompt = load_prompt("verification/acceptance").render(
        overview=overview(subject),
        components=_components(subject.blueprint),
        units=units_text(units),
        passages=_passages(subject, units),
        part=f"Part {number} of {parts}: name the files test_part{number}_<topic>.py."
        if parts > 1
        else "All units at once.",
    )
    question = Question("tester", f"part {number}", prompt.system, prompt.prompt)
    return await asker.ask(question, read=_read)


def _read(text: str) -> FileAnswer:
    """An answer with test files that parse and hold tests.

    Raises:
        ValueError: There are none, or one is not a test file.
    """
    answer = read_file_answer(text)
    if not answer.files:
        message = "the answer holds no `=== FILE tests/acceptance/test_<topic>.py` block"
        raise ValueError(message)
    for file in answer.files:
        name = PurePosixPath(check_path(file.path)).name
        if file.path != f"{FOLDER}{name}" or not name.startswith("test_") or name[-3:] != ".py":
            message = f"`{file.path}` must be {FOLDER}test_<topic>.py"
            raise ValueError(message)
        check_test_file(file.path, file.text)
    return answer


def check_test_file(path: str, text: str) -> None:
    """Refuse a file that does not parse, holds no test, or holds one that asserts nothing.

    Raises:
        ValueError: The first thing that is wrong, with its line.
    """
    language = language_of(path)
    broken = [found for found in language.findings(path, text) if found.severity == "blocking"]
    broken += asserts_nothing(path, text)
    if broken:
        message = f"`{path}` line {broken[0].line}: {broken[0].message}"
        raise ValueError(message)
    if not language.collect_tests(path, text):
        message = f"`{path}` holds no test"
        raise ValueError(message)


def overview(subject: Subject) -> str:
    """What the repository is: summary, files, commands, and a short document whole."""
    plan = subject.blueprint
    files = "\n".join(f"- {file.path}: {file.purpose}" for file in plan.files)
    commands = "\n".join(f"- {command}" for command in plan.verification.entry_commands)
    parts = [
        f"Project `{plan.name}` ({plan.kind}): {plan.summary}",
        f"Files of the repository:\n{files}",
        f"Dependencies: {', '.join(plan.environment.dependencies) or 'none'}",
        f"Commands that must work:\n{commands}",
    ]
    if shown_whole(subject.document):
        parts.append(f"The document, whole:\n{fenced('document', subject.document.text)}")
    return "\n\n".join(parts)


def _passages(subject: Subject, units: Sequence[Unit]) -> str:
    if shown_whole(subject.document):
        return ""
    text = passages_text(subject.document, units, budget_tokens=PASSAGE_TOKENS)
    return f"Passages of the document:\n{text}"


def _components(blueprint: Blueprint) -> str:
    return "\n".join(_component(part) for part in blueprint.components)


def _component(part: Component) -> str:
    units = f" [{', '.join(part.units)}]" if part.units else ""
    return f"- {part.file}: {part.signature or part.name}{units}\n    {part.behaviour}"


def _apart(files: Sequence[WrittenFile]) -> list[WrittenFile]:
    """Two parts may give a file the same name; the second gets a number."""
    taken: set[str] = set()
    apart = []
    for file in files:
        path, number = file.path, 2
        while path.casefold() in taken:
            path = f"{file.path[:-3]}_{number}.py"
            number += 1
        taken.add(path.casefold())
        apart.append(file.model_copy(update={"path": path}))
    return apart
