"""Phase 2 (paper 3.2): file after file, from blueprint and memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from deepcode.artifacts.blueprint import FilePlan
from deepcode.artifacts.check import Finding
from deepcode.artifacts.memory import WrittenFile
from deepcode.events import FileWritten
from deepcode.generation.birth import birth_findings
from deepcode.generation.made_by_code import made_by_code
from deepcode.generation.packet import Brief, assignment, overview
from deepcode.generation.schedule import Schedule
from deepcode.languages import apply_edits, edit_for, language_of
from deepcode.memory import MemoryBank, remember
from deepcode.models import Asker, FileAnswer, Question, read_file_answer
from deepcode.prompts import fenced, load_prompt
from deepcode.sandbox import Workspace

# Times that a file which fails its birth checks goes back; what is left after them is for phase 3.
MAX_MENDS = 2


@dataclass
class Writing:
    """State of the phase: what is written where, and what is remembered of it."""

    brief: Brief
    asker: Asker
    workspace: Workspace
    bank: MemoryBank


async def generate(
    brief: Brief, asker: Asker, workspace: Workspace, *, bank: MemoryBank, parallel: int
) -> None:
    """Write all files of the blueprint that are not written yet.

    Args:
        brief: Blueprint, contract and document.
        asker: The coding agent's model.
        workspace: The repository's folder.
        bank: Memory of files written before; theirs are left alone. Updated file by file.
        parallel: Most answers under way at once.

    Raises:
        PhaseError: An answer stayed unusable.
    """
    writing = Writing(brief, asker, workspace, bank)
    for file in made_by_code(brief.blueprint):
        if file.path not in bank.entries:
            _keep(writing, file)
    paths = [file.path for file in brief.blueprint.files]
    schedule = Schedule(brief.blueprint, paths, done=bank.entries)
    under_way: dict[asyncio.Task[None], tuple[FilePlan, ...]] = {}
    failures: list[BaseException] = []
    try:
        while under_way or not (schedule.finished or failures):
            while not failures and len(under_way) < parallel and (batch := schedule.next_batch()):
                under_way[asyncio.create_task(_write(batch, writing))] = batch
            done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                schedule.finish(under_way.pop(task))
                failures += [error for error in [task.exception()] if error]
    finally:
        # only when this was cancelled: after a failure the answers under way are received first
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    if failures:
        raise failures[0]


async def _write(batch: Sequence[FilePlan], writing: Writing) -> None:
    """Have one batch written (eq. 5), check each file, remember it (eq. 6)."""
    brief = writing.brief
    prompt = load_prompt("generation/write").render(
        overview=overview(brief), assignment=assignment(brief, batch, writing.bank)
    )
    paths = [file.path for file in batch]
    question = Question("coder", " ".join(paths), prompt.system, prompt.prompt)
    answer = await writing.asker.ask(question, read=lambda text: _complete(text, paths))
    given = {file.path: file for file in answer.files}
    for path in paths:
        _keep(writing, given[path])
    for path in paths:
        await _check(path, given[path], writing)


def _complete(text: str, paths: Sequence[str]) -> FileAnswer:
    """An answer with exactly the files asked for.

    Raises:
        ValueError: A file is missing, or given without text.
    """
    answer = read_file_answer(text)
    given = {file.path: file.text for file in answer.files}
    lacking = [path for path in paths if path not in given]
    if lacking:
        message = f"these files are missing: {', '.join(lacking)}; give all files asked for"
        raise ValueError(message)
    empty = [
        path
        for path in paths
        if not given[path].strip() and language_of(path).findings(path, given[path])
    ]
    if empty:
        message = f"these files are empty: {', '.join(empty)}"
        raise ValueError(message)
    return answer


async def _check(path: str, written: WrittenFile, writing: Writing) -> None:
    """Send a file back while its birth checks find something, a bounded number of times."""
    blueprint = writing.brief.blueprint
    findings: tuple[Finding, ...] = ()
    for attempt in range(1, MAX_MENDS + 2):
        findings = birth_findings(path, written.text, blueprint, writing.bank.entries)
        if not findings or attempt > MAX_MENDS:
            break
        mended = await _mend(written, findings, writing, attempt)
        if mended.text == written.text:
            break
        written = mended
        _keep(writing, written)
    writing.asker.announce(
        FileWritten(
            path=path,
            lines=written.text.count("\n"),
            attempt=attempt,
            findings=len(findings),
        )
    )


async def _mend(
    written: WrittenFile, findings: Sequence[Finding], writing: Writing, attempt: int
) -> WrittenFile:
    brief = writing.brief
    plan = brief.blueprint.file(written.path)
    assert plan is not None
    prompt = load_prompt("generation/mend").render(
        overview=overview(brief),
        assignment=assignment(brief, [plan], writing.bank),
        path=written.path,
        text=fenced("file", written.text),
        findings="\n".join(f"- line {one.line}: {one.message} ({one.rule})" for one in findings),
    )
    question = Question("coder", f"mend {attempt} {written.path}", prompt.system, prompt.prompt)

    def read(text: str) -> str:
        answer = read_file_answer(text)
        for file in answer.files:
            if file.path == written.path:
                return file.text
        edits = [
            edit_for(written.text, hunk.old, hunk.new)
            for edit in answer.edits
            if edit.path == written.path
            for hunk in edit.hunks
        ]
        return apply_edits(written.text, edits)

    text = await writing.asker.ask(question, read=read)
    return written.model_copy(update={"text": text})


def _keep(writing: Writing, file: WrittenFile) -> None:
    """Put a file on disk and into the memory, with the units that it was asked to implement."""
    owned = writing.brief.blueprint.units_of(file.path)
    claimed = tuple(unit for unit in file.units if unit in owned) or owned
    writing.workspace.write(file.path, file.text)
    writing.bank.update(remember(file.model_copy(update={"units": claimed})))
