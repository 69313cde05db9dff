"""Phase 3 (paper 3.3): measure, repair by line edits, measure again, keep the best state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deepcode.artifacts.report import CheckReport
from deepcode.errors import PhaseError
from deepcode.events import ChecksFinished, EditsApplied, Noted
from deepcode.models import Asker
from deepcode.verification.acceptance import FOLDER, write_acceptance_tests
from deepcode.verification.challenge import decide_challenges
from deepcode.verification.execution import measure, passing_on_empty_tree
from deepcode.verification.repair import Repair, apply_repair, propose_repair, undo
from deepcode.verification.subject import Subject

# No progress this often in a row ends the loop; after the first time the approach changes.
PATIENCE = 2


NOTICE_PATH = f"{FOLDER}README.md"
NOTICE = """\
# Acceptance tests

Written from the document's requirement units by an author who never saw this repository's code.
The marker `units` names the units that a test shows. Repairs cannot edit these files.
"""


@dataclass
class Loop:
    """State of the repair loop (eq. 10)."""

    subject: Subject
    asker: Asker
    keep: Callable[[CheckReport], None]
    best: CheckReport
    history: str = ""
    stuck: int = 0
    """Rounds without progress, in a row."""
    measured: int = 0
    """Number of the newest measurement."""

    async def measure(self) -> CheckReport:
        """Measure the repository as it is now, store and announce the result."""
        self.measured += 1
        hollow = self.best.empty_tree_passed
        report = await measure(self.subject, iteration=self.measured, empty_tree_passed=hollow)
        self.keep(report)
        self.asker.announce(
            ChecksFinished(
                iteration=report.iteration,
                findings=len(report.blocking),
                passed=report.passed,
                failed=report.failed,
                summary=" ".join(report.provision_error.split())[:200],
            )
        )
        return report


async def ensure_acceptance_tests(subject: Subject, asker: Asker) -> None:
    """Have the acceptance tests written, unless they are there.

    Needs no code of the repository, so it may be done while that is being written.

    Raises:
        PhaseError: The author gave no usable tests.
    """
    if subject.workspace.exists(NOTICE_PATH):
        return
    for file in await write_acceptance_tests(subject, asker):
        subject.workspace.write(file.path, file.text)
    # last, so that a stop in between is seen and the tests are written again
    subject.workspace.write(NOTICE_PATH, NOTICE)


async def verify(
    subject: Subject, asker: Asker, *, keep: Callable[[CheckReport], None]
) -> CheckReport:
    """Verify and repair the repository.

    Args:
        subject: The repository.
        asker: For the tests' author and the modification agent.
        keep: Stores each measurement.

    Returns:
        The measurement of the state that is kept: the best, not the last.

    Raises:
        SandboxError: Nothing can be run here.
        BudgetSpentError: A limit of the run was reached; what was measured is stored.
    """
    await ensure_acceptance_tests(subject, asker)
    hollow = await passing_on_empty_tree(subject)
    if hollow:
        message = f"{len(hollow)} tests pass without any code and do not count"
        asker.announce(Noted(message=message))
    nothing = CheckReport(iteration=0, empty_tree_passed=hollow)
    loop = Loop(subject, asker, keep, best=nothing)
    loop.best = await loop.measure()
    for iteration in range(1, subject.settings.verification.max_iterations + 1):
        if loop.best.sound or loop.stuck >= PATIENCE:
            break
        try:
            await _round(loop, iteration)
        except PhaseError as error:
            asker.announce(Noted(message=f"repair stopped: {error}"))
            break
    return loop.best


async def _round(loop: Loop, iteration: int) -> None:
    """One iteration: propose, decide challenges, apply, measure, keep or roll back."""
    repair = await propose_repair(
        loop.subject,
        loop.asker,
        loop.best,
        subject=f"iteration {iteration}",
        wide=loop.stuck > 0,
        history=loop.history,
    )
    mended = await decide_challenges(
        loop.subject, loop.asker, repair.challenges, loop.best.tests, iteration=iteration
    )
    if mended:
        # the tests changed, so what they prove, and what the edits are held against, is measured
        hollow = await passing_on_empty_tree(loop.subject)
        loop.best = loop.best.model_copy(update={"empty_tree_passed": hollow})
        loop.best = await loop.measure()
    if not repair.texts:
        loop.stuck = 0 if mended else loop.stuck + 1
        loop.history = "The last answer changed no file, and the failures are still there."
        return
    before = apply_repair(loop.subject, repair)
    try:
        report = await loop.measure()
    except BaseException:
        # stopped before the edits were shown to be better
        undo(loop.subject, before)
        raise
    kept = report.badness < loop.best.badness
    if not kept:
        undo(loop.subject, before)
    loop.asker.announce(
        EditsApplied(
            iteration=iteration,
            paths=tuple(sorted(repair.texts)),
            kept=kept,
            reason=_comparison(loop.best, report),
        )
    )
    loop.history = _history(repair, report, loop.best, kept=kept)
    loop.stuck = 0 if kept else loop.stuck + 1
    loop.best = report if kept else loop.best


def _comparison(before: CheckReport, after: CheckReport) -> str:
    return (
        f"failing {before.failed} -> {after.failed}, "
        f"findings {len(before.blocking)} -> {len(after.blocking)}"
    )


def _history(repair: Repair, report: CheckReport, best: CheckReport, *, kept: bool) -> str:
    """What the next round is told of this one."""
    paths = ", ".join(sorted(repair.texts)) or "no file"
    change = _comparison(best, report)
    if kept:
        return f"The last repair changed {paths} and was kept ({change})."
    failed = [test for test in report.counted if test.status != "passed"][:5]
    seen = "\n".join(f"- {test.id}: {test.message[-300:]}" for test in failed)
    return (
        f"The last repair changed {paths}, made nothing better ({change}) and was rolled back. "
        f"With it, these failed:\n{seen}\nTake another approach."
    )
