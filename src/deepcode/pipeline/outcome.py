"""The outcome of a run and the figures of its record, computed from stored evidence alone."""

from __future__ import annotations

from collections.abc import Iterable

from deepcode.artifacts.blueprint import Blueprint
from deepcode.artifacts.contract import Contract
from deepcode.artifacts.report import (
    CheckCounts,
    CheckReport,
    Outcome,
    UnitCounts,
    Usage,
    UsageReport,
)
from deepcode.events import ModelCalled, Record

# Chosen: live runs show 1.0 of the units; below a half the tests' author did not do the job.
SHOWN_RATIO = 0.5


def outcome_of(
    blueprint: Blueprint | None, report: CheckReport | None, files: Iterable[str]
) -> Outcome:
    """What a run that came to its end has reached.

    Args:
        blueprint: What was planned; None when there is no plan.
        report: The measurement of the kept state; None when nothing was measured.
        files: Paths that are in the repository.
    """
    if blueprint is None or {file.path for file in blueprint.files} - set(files):
        return "incomplete"
    if report is None or (report.sandbox is None and not report.provision_error):
        return "unverified"
    if report.sandbox == "none":
        # what ran outside of a sandbox could have changed its own evidence
        return "unverified" if report.sound else "checks-failed"
    return "verified" if report.sound else "checks-failed"


def shown_too_little(units: UnitCounts) -> str:
    """Why tests that pass do not verify the repository: they look at too few of its units.

    Returns:
        One sentence; empty when at least `SHOWN_RATIO` of the units are shown by a passing test.
    """
    wanted = units.total - units.waived
    if units.tested >= SHOWN_RATIO * wanted:
        return ""
    return f"all checks pass, but only {units.tested} of {wanted} units are shown by a test"


def count_units(
    contract: Contract | None, blueprint: Blueprint | None, report: CheckReport | None
) -> UnitCounts:
    """How many units there are, are owned by a file, shown by a passing test, and waived."""
    if contract is None or blueprint is None:
        return UnitCounts(total=len(contract.units) if contract else 0)
    known = {unit.id for unit in contract.units}
    owned = set(blueprint.owners()) & known
    passed = {
        unit
        for test in (report.counted if report else ())
        if test.status == "passed"
        for unit in test.units
    }
    waived = {waiver.unit for waiver in blueprint.waivers} & known
    return UnitCounts(
        total=len(known), owned=len(owned), tested=len(owned & passed), waived=len(waived - owned)
    )


def count_checks(report: CheckReport | None) -> CheckCounts:
    """Tests and entry commands of the kept state."""
    return CheckCounts(passed=report.passed, failed=report.failed) if report else CheckCounts()


def count_usage(records: Iterable[Record], *, recorded: bool) -> UsageReport:
    """Usage of a run from its event log.

    Args:
        records: The run's events.
        recorded: Count replayed answers: in a demo they are the run's usage; in a resumed run
            they were counted when they were paid.
    """
    total, replayed = Usage(), 0
    phases: dict[str, Usage] = {}
    for record in records:
        event = record.event
        if not isinstance(event, ModelCalled) or (event.replayed and not recorded):
            continue
        one = Usage(
            calls=1,
            input_tokens=event.input_tokens,
            cached_tokens=event.cached_tokens,
            output_tokens=event.output_tokens,
            cost_usd=event.cost_usd,
            seconds=event.seconds,
        )
        total += one
        replayed += event.replayed
        phases[event.phase] = phases.get(event.phase, Usage()) + one
    return UsageReport(**total.model_dump(), by_phase=phases, replayed_calls=replayed)
