"""The Modification Agent (paper 3.3): findings and traces become line edits, guarded and atomic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepcode.artifacts.base import text_hash
from deepcode.artifacts.check import Execution, Finding, TestResult
from deepcode.artifacts.report import CheckReport
from deepcode.artifacts.tokens import estimate_tokens
from deepcode.languages import apply_edits, edit_for, language_of
from deepcode.models import Asker, Challenge, Hunk, Question, read_file_answer
from deepcode.prompts import fenced, load_prompt, units_text
from deepcode.sandbox import check_path
from deepcode.verification.acceptance import FOLDER, overview
from deepcode.verification.subject import Subject

# Files shown whole to the repair; a small repository fits, of a large one the suspects.
FILES_TOKENS = 20_000
# When the first approach brought no progress, more of the repository is shown.
WIDE_FILES_TOKENS = 50_000
# More failures than these in one question hide each other.
MOST_FAILURES = 25
_OUTPUT_CHARS = 3_000
_MESSAGE_CHARS = 1_500
_PATH = re.compile(r"[\w./-]+\.\w+")


@dataclass(frozen=True)
class Repair:
    """What one answer changes: whole new texts, each made from a text of known hash."""

    texts: Mapping[str, str]
    """Path -> text after the edits."""
    base_hashes: Mapping[str, str]
    """Path -> hash of the text that the edits were made for; empty for a new file."""
    challenges: tuple[Challenge, ...] = ()


async def propose_repair(
    repository: Subject,
    asker: Asker,
    report: CheckReport,
    *,
    subject: str,
    wide: bool,
    history: str,
) -> Repair:
    """Ask for the edits that mend what a measurement found.

    Args:
        repository: The repository.
        asker: The modification agent's model.
        report: The measurement.
        subject: Names the question in the run.
        wide: Show more of the repository, after an approach that brought no progress.
        history: What was tried before, for the model.

    Raises:
        PhaseError: No usable answer.
    """
    texts = repository.texts()
    shown = _suspects(report, texts, repository, WIDE_FILES_TOKENS if wide else FILES_TOKENS)
    failing = [test for test in report.counted if test.status != "passed"][:MOST_FAILURES]
    units = repository.contract.select(unit for test in failing for unit in test.units)
    prompt = load_prompt("verification/repair").render(
        overview=overview(repository),
        history=history or "First repair of this repository.",
        failures=_failures(report, failing),
        tests=_test_sources(failing, texts) or "(none)",
        units=units_text(units),
        files="\n\n".join(f"{path}\n{fenced('file', texts[path])}" for path in shown) or "(none)",
        others=_interfaces(texts, shown) or "(none)",
    )
    question = Question("repairer", subject, prompt.system, prompt.prompt)
    check = repository.workspace.check_path
    return await asker.ask(question, read=lambda answer: read_repair(answer, texts, check=check))


def read_repair(
    answer: str, texts: Mapping[str, str], *, check: Callable[[str], str] = check_path
) -> Repair:
    """Turn an answer's blocks into new texts.

    Args:
        answer: What the model gave.
        texts: Path -> text of the repository as it is.
        check: Puts the path of a file into normal form; its ValueError refuses the path.

    Raises:
        ValueError: A block is not whole, an old passage is not there once, a test is edited, a
            file that has text is given whole, or one cannot stand where it is put.
    """
    parsed = read_file_answer(answer)
    changed: dict[str, str] = {}
    hunks: dict[str, list[Hunk]] = {}
    for edit in parsed.edits:
        hunks.setdefault(check(edit.path), []).extend(edit.hunks)
    _refuse_tests(hunks)
    for path, given in hunks.items():
        if path not in texts:
            message = f"`{path}` does not exist; give a new file as `=== FILE`"
            raise ValueError(message)
        try:
            edits = [edit_for(texts[path], hunk.old, hunk.new) for hunk in given]
            changed[path] = apply_edits(texts[path], edits)
        except ValueError as error:
            message = f"`{path}`: {error}"
            raise ValueError(message) from error
    files = {check(file.path): file.text for file in parsed.files}
    _refuse_tests(files)
    _refuse_whole(files, texts)
    changed.update(files)
    return Repair(
        texts={path: text for path, text in changed.items() if texts.get(path) != text},
        base_hashes={path: text_hash(texts[path]) if path in texts else "" for path in changed},
        challenges=parsed.challenges,
    )


def apply_repair(subject: Subject, repair: Repair) -> dict[str, str | None]:
    """Write all edits, or none of them when a file changed meanwhile or cannot be written.

    Returns:
        The texts as they were, None for files that were not there, for `undo`.

    Raises:
        ValueError: A file is not the one that the edits were made for, or is refused.
        OSError: The disk is full, or similar.
    """
    before: dict[str, str | None] = {}
    for path in repair.texts:
        before[path] = subject.workspace.read(path) if subject.workspace.exists(path) else None
        found = before[path]
        if (text_hash(found) if found is not None else "") != repair.base_hashes[path]:
            message = f"`{path}` changed since it was read; the edits are not applied"
            raise ValueError(message)
    try:
        for path, text in repair.texts.items():
            subject.workspace.write(path, text)
    except (ValueError, OSError):
        undo(subject, before)
        raise
    return before


def undo(subject: Subject, before: Mapping[str, str | None]) -> None:
    """Put files back as they were."""
    for path, text in before.items():
        if text is None:
            subject.workspace.remove(path)
        else:
            subject.workspace.write(path, text)


def _refuse_tests(paths: Iterable[str]) -> None:
    for path in paths:
        if path.casefold().startswith(FOLDER):
            message = f"`{path}` is an acceptance test and cannot be edited; challenge it"
            raise ValueError(message)


def _refuse_whole(paths: Iterable[str], texts: Mapping[str, str]) -> None:
    for path in paths:
        if texts.get(path, "").strip():
            message = (
                f"`{path}` exists; change its lines with `=== EDIT` instead of giving it whole"
            )
            raise ValueError(message)


def _failures(report: CheckReport, failing: Sequence[TestResult]) -> str:
    parts = [_finding(found) for found in report.blocking[:MOST_FAILURES]]
    if report.provision_error:
        parts.append(f"The dependencies cannot be installed:\n{report.provision_error}")
    parts += [_execution(entry) for entry in report.entries if not entry.ok]
    parts += [_execution(run) for run in _broken_test_run(report)]
    parts += [
        f"test {test.id} {test.status} [{', '.join(test.units)}]\n"
        f"{fenced('output', test.message[-_MESSAGE_CHARS:])}"
        for test in failing
    ]
    return "\n\n".join(parts)


def _broken_test_run(report: CheckReport) -> list[Execution]:
    """The run of the tests, when its output is all that is known of some of them."""
    silent = not report.tests or any(test.status == "missing" for test in report.tests)
    return [report.test_run] if report.test_run is not None and silent else []


def _finding(found: Finding) -> str:
    return f"{found.path}:{found.line} {found.message} ({found.rule})"


def _execution(run: Execution) -> str:
    ended = f"ended by the {run.limit} limit" if run.limit else f"exit status {run.exit_code}"
    output = f"{run.stdout[-_OUTPUT_CHARS:]}\n{run.stderr[-_OUTPUT_CHARS:]}".strip()
    return f"command `{' '.join(run.argv)}`: {ended}\n{fenced('output', output)}"


def _test_sources(failing: Iterable[TestResult], texts: Mapping[str, str]) -> str:
    """The failing test functions, each with what stands at the top of its file once."""
    by_file: dict[str, list[str]] = {}
    for test in failing:
        path, _, name = test.id.partition("::")
        source = language_of(path).source_of(texts.get(path, ""), name.replace("::", "."))
        if source:
            by_file.setdefault(path, []).append(source)
    return "\n\n".join(
        f"{path}\n{fenced('file', _top(texts[path]) + chr(10).join(sources))}"
        for path, sources in by_file.items()
    )


def _top(text: str) -> str:
    """Imports, helpers and fixtures before the first test."""
    top = re.split(r"^(?:@pytest\.mark\.|def test_|class Test)", text, maxsplit=1, flags=re.M)[0]
    return top.rstrip() + "\n\n"


def _suspects(
    report: CheckReport, texts: Mapping[str, str], subject: Subject, budget_tokens: int
) -> list[str]:
    """Files to show whole, the most suspected first, within a budget."""
    code = [path for path in texts if not path.startswith(FOLDER)]
    votes = Counter(path for path in _accused(report, subject) if path in code)
    rest = [path for path in code if path not in votes and path.endswith(".py")]
    chosen = []
    for path in [*sorted(votes, key=lambda path: (-votes[path], path)), *sorted(rest)]:
        cost = estimate_tokens(texts[path])
        if cost <= budget_tokens:
            budget_tokens -= cost
            chosen.append(path)
    return chosen


def _accused(report: CheckReport, subject: Subject) -> Iterator[str]:
    """Paths, once for each reason to suspect them."""
    owners = subject.blueprint.owners()
    failing = [test for test in report.counted if test.status != "passed"]
    yield from (found.path for found in report.blocking)
    yield from (path for test in failing for unit in test.units for path in owners.get(unit, ()))
    runs = [*(entry for entry in report.entries if not entry.ok), *_broken_test_run(report)]
    outputs = [f"{run.stdout}\n{run.stderr}" for run in runs]
    for output in (*outputs, *(test.message for test in failing)):
        for named in set(_PATH.findall(output)):
            yield named.removeprefix("/ws/").removeprefix("./")
    if report.provision_error:
        yield from ("requirements.txt", "pyproject.toml", "setup.py")


def _interfaces(texts: Mapping[str, str], shown: Sequence[str]) -> str:
    lines = []
    for path, text in texts.items():
        if path in shown or path.startswith(FOLDER):
            continue
        symbols = language_of(path).interface(path, text).symbols
        lines.append(f"{path}: {'; '.join(symbol.signature for symbol in symbols)}".rstrip(": "))
    return "\n".join(lines)
