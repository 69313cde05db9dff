"""The Sandbox Agent's measured part (paper 3.3.2, eq. 9): provision, run, judge.

Verdicts come from exit statuses that the sandbox reports and from our own test runner; what a
program prints is shown to people and models and decides nothing.
"""

from __future__ import annotations

import secrets
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deepcode.artifacts.check import Execution, TestResult
from deepcode.artifacts.report import CheckReport
from deepcode.errors import SandboxError
from deepcode.languages import (
    CollectedTest,
    build_command,
    build_requirements,
    came_to_end,
    declared_dependencies,
    language_of,
    read_results,
    runner_arguments,
    runner_source,
)
from deepcode.sandbox import (
    Command,
    Environment,
    Machine,
    ProvisionFailure,
    open_machine,
    provision,
)
from deepcode.verification.static import static_findings
from deepcode.verification.subject import Subject

# What our own checks need beside what the repository declares.
OWN_REQUIREMENTS = ("pytest",)
RESULTS = ".deepcode-results.jsonl"
# One test; the whole run has the sandbox's own limit.
TEST_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class TestRun:
    """One run of the acceptance tests."""

    __test__ = False

    execution: Execution
    results: tuple[TestResult, ...]


async def measure(
    subject: Subject, *, iteration: int, empty_tree_passed: tuple[str, ...] = ()
) -> CheckReport:
    """Everything that can be known about the repository as it is now.

    Raises:
        SandboxError: No sandbox here, or the package index cannot be reached.
    """
    tree_hash = subject.tree_hash()
    environment = await provisioned(subject)
    findings = await static_findings(
        subject, environment=environment.path if isinstance(environment, Environment) else None
    )
    if isinstance(environment, ProvisionFailure):
        return CheckReport(
            iteration=iteration,
            tree_hash=tree_hash,
            findings=findings,
            provision_error=environment.message,
            tests=tuple(_missing(test) for test in collected(subject)),
            empty_tree_passed=empty_tree_passed,
        )
    async with open_machine(
        subject.workspace.root, environment=environment, settings=subject.settings.sandbox
    ) as machine:
        entries = [await _enter(machine, argv, subject) for argv in _entry_commands(subject)]
        run = await run_tests(machine, subject)
    return CheckReport(
        iteration=iteration,
        tree_hash=tree_hash,
        findings=findings,
        lock=_pins(environment.lock),
        entries=tuple(entries),
        test_run=run.execution if run else None,
        tests=run.results if run else (),
        empty_tree_passed=empty_tree_passed,
        sandbox=machine.level,
    )


async def passing_on_empty_tree(subject: Subject) -> tuple[str, ...]:
    """Ids of acceptance tests that pass where there is no code: they show nothing."""
    environment = await provisioned(subject)
    if isinstance(environment, ProvisionFailure):
        return ()
    with tempfile.TemporaryDirectory(prefix="deepcode-empty-") as folder:
        for path in subject.acceptance_paths:
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(subject.workspace.read(path), encoding="utf-8")
        async with open_machine(
            Path(folder), environment=environment, settings=subject.settings.sandbox
        ) as machine:
            run = await run_tests(machine, subject)
    return tuple(test.id for test in run.results if test.status == "passed") if run else ()


async def provisioned(subject: Subject) -> Environment | ProvisionFailure:
    """The environment that the repository's own manifest asks for, and our runner's needs."""
    texts = subject.texts()
    wanted = (*declared_dependencies(texts), *build_requirements(texts), *OWN_REQUIREMENTS)
    return await provision(wanted, settings=subject.settings.sandbox)


def collected(subject: Subject) -> list[CollectedTest]:
    """The acceptance tests, known from their source before anything runs."""
    return [
        test
        for path in subject.acceptance_paths
        for test in language_of(path).collect_tests(path, subject.workspace.read(path))
    ]


async def run_tests(machine: Machine, subject: Subject) -> TestRun | None:
    """Run the acceptance tests; None when there are none."""
    expected = collected(subject)
    if not expected:
        return None
    nonce = secrets.token_hex(16)
    arguments = runner_arguments(
        root=machine.inside,
        results=f"{machine.inside}/{RESULTS}",
        nonce="-",
        paths=subject.acceptance_paths,
        test_timeout_s=TEST_TIMEOUT_S,
    )
    execution = await machine.run(
        Command(
            argv=("python", "-I", "-c", runner_source(), *arguments),
            timeout_s=subject.settings.sandbox.timeout_s,
            env=_import_path(machine),
            stdin=f"{nonce}\n",
        )
    )
    raw = await machine.fetch(RESULTS)
    text = (raw or b"").decode("utf-8", "replace")
    results = tuple(read_results(text, nonce, expected))
    shown = execution.model_copy(update={"argv": ("python", "-m", "pytest", *arguments[-1:])})
    ended = came_to_end(text, nonce) and execution.exit_code in (0, 1) and not execution.limit
    return TestRun(shown, results if ended else tuple(_doubted(results, execution)))


def _doubted(results: Sequence[TestResult], execution: Execution) -> list[TestResult]:
    """A runner that did not come to its end makes no test pass."""
    why = f"the test run ended with status {execution.exit_code} {execution.limit}".rstrip()
    return [
        test.model_copy(update={"status": "missing", "message": why})
        if test.status == "passed"
        else test
        for test in results
    ]


def _entry_commands(subject: Subject) -> list[tuple[str, ...]]:
    texts = subject.texts()
    commands = [tuple(shlex.split(line)) for line in subject.blueprint.verification.entry_commands]
    build = build_command(texts)
    return [*commands, build] if build else commands


async def _enter(machine: Machine, argv: tuple[str, ...], subject: Subject) -> Execution:
    command = Command(
        argv=argv, timeout_s=subject.settings.sandbox.timeout_s, env=_import_path(machine)
    )
    try:
        return await machine.run(command)
    except ValueError as error:
        message = f"the entry command {argv!r} cannot be run: {error}"
        raise SandboxError(
            message, hint="mend it in blueprint.yaml and `deepcode resume`"
        ) from error


def _pins(lock: str) -> str:
    """The `name==version` lines of a lock; its hundreds of hashes are the environment's."""
    return "\n".join(line.split()[0] for line in lock.splitlines() if "==" in line)


def _import_path(machine: Machine) -> dict[str, str]:
    """Makes both common layouts importable without installing anything."""
    root = machine.inside
    return {"PYTHONPATH": f"{root}/src:{root}", "PYTHONDONTWRITEBYTECODE": "1"}


def _missing(test: CollectedTest) -> TestResult:
    why = "the environment could not be provisioned"
    return TestResult(id=test.id, status="missing", message=why, units=test.units)
