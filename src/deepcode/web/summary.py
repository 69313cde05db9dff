"""The head of the report: the outcome in one word and one sentence, and the figures of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from deepcode.artifacts.report import Outcome, Usage
from deepcode.web.evidence import Evidence
from deepcode.web.trace import Row

# Seconds in a minute and an hour, for reading times.
_MINUTE, _HOUR = 60, 3600

_MEANINGS: dict[Outcome | None, tuple[str, str]] = {
    "verified": ("ok", "The code ran in a sandbox: all tests and entry commands passed, "
        "and the analysis found nothing worse than warnings."),
    "unverified": ("warn", "The repository is written, but nothing stored shows that it works: "
        "it was not run, or not in a sandbox."),
    "checks-failed": ("bad", "The repository is written, and some of its tests, entry commands "
        "or checks fail."),
    "incomplete": ("warn", "The run ended before the repository was complete."),
    "budget-spent": ("warn", "The run stopped at its limit of cost or calls; what was made until "
        "then is kept."),
    "cancelled": ("warn", "The run was interrupted; what was made until then is kept."),
    "failed": ("bad", "The run stopped at an error; what was made until then is kept."),
    None: ("warn", "No outcome is stored: the run is still going on, or it was killed."),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A figure of the run."""

    name: str
    value: str
    note: str = ""
    tone: Literal["", "ok", "warn", "bad"] = ""


@dataclass(frozen=True)
class Summary:
    """What stands at the top of the page."""

    title: str
    outcome: str
    tone: str
    meaning: str
    message: str
    words: str
    """Where the model's words came from."""
    facts: tuple[Fact, ...]


def summarise(evidence: Evidence, rows: tuple[Row, ...]) -> Summary:
    """The head of the page."""
    record = evidence.record
    tone, meaning = _MEANINGS[record.outcome]
    stored = evidence.document.title if evidence.document else ""
    return Summary(
        title=stored or (record.document.title if record.document else "") or evidence.run_id,
        outcome=record.outcome or "no outcome",
        tone=tone,
        meaning=meaning,
        message=record.message,
        words=_words(evidence),
        facts=(*_results(evidence, rows), *_costs(evidence)),
    )


def _words(evidence: Evidence) -> str:
    if evidence.record.recorded:
        return (
            "The model's words were recorded and replayed; reading, files, analysis, sandbox and "
            "tests are of this run."
        )
    model = evidence.record.model or "a model that is not stored"
    return f"The model's words are live, from {model}."


def _results(evidence: Evidence, rows: tuple[Row, ...]) -> tuple[Fact, ...]:
    report = evidence.report
    owned = sum(bool(row.code) for row in rows)
    tested = sum(any(t.status == "passed" for t in row.tests) for row in rows if row.code)
    passed, failed = (report.passed, report.failed) if report else (0, 0)
    level = (report.sandbox if report else None) or evidence.record.sandbox
    return (
        Fact("units owned", f"{owned} of {len(rows)}", "by a file", _share(owned, len(rows))),
        Fact("units tested", f"{tested} of {len(rows)}", "by a passing test",
            _share(tested, len(rows))),
        Fact("checks passed", str(passed), "tests and commands", "ok" if passed else ""),
        Fact("checks failed", str(failed), "none ran" if report is None else "",
            "bad" if failed else ""),
        Fact("files", str(len(evidence.paths)), _lines(evidence)),
        Fact("sandbox", level or "not used", "isolation", "ok" if level == "strong" else "warn"),
    )  # fmt: skip


def _share(part: int, whole: int) -> Literal["", "ok", "warn"]:
    if not whole:
        return ""
    return "ok" if part == whole else "warn"


def _lines(evidence: Evidence) -> str:
    total = sum(len(text.splitlines()) for text in evidence.texts.values())
    return f"{total:,} lines"


def _costs(evidence: Evidence) -> tuple[Fact, ...]:
    record, usage = evidence.record, evidence.record.usage
    replayed = f"{usage.replayed_calls} replayed" if usage.replayed_calls else ""
    return (
        Fact("model's words", "recorded" if record.recorded else "live", record.model),
        Fact(
            "wall time",
            duration(record.seconds),
            f"effort {record.effort}" if record.effort else "",
        ),
        Fact("model calls", f"{usage.calls:,}", replayed),
        Fact("tokens in", f"{usage.input_tokens:,}", cached(usage)),
        Fact("tokens out", f"{usage.output_tokens:,}"),
        Fact("cost", dollars(usage.cost_usd), "when recorded" if record.recorded else ""),
    )


def cached(usage: Usage) -> str:
    """The part of the input that came from the provider's cache."""
    return f"{usage.cached_tokens:,} cached" if usage.cached_tokens else ""


def dollars(cost_usd: float) -> str:
    """US dollars, with as many digits as small sums need."""
    return f"${cost_usd:.2f}" if cost_usd >= 1 or not cost_usd else f"${cost_usd:.3f}"


def duration(seconds: float) -> str:
    """A time as people say it: `0.4 s`, `3 min 20 s`, `1 h 5 min`."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
