from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from deepcode import events
from deepcode.events import AnyEvent, Event, Record

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

EVERY_KIND: list[AnyEvent] = [
    events.RunStarted(
        settings={"budget": {"max_calls": None}, "n": 1.5, "list": [1, "ü"]},
        documents=("a b.pdf", "ü.md"),
        resumed=True,
    ),
    events.PhaseStarted(phase="document"),
    events.PhaseFinished(phase="verification", seconds=1.25, summary="7 files"),
    events.EffortChosen(effort="fast", reason="3 pages"),
    events.ModelCalled(
        phase="generation",
        role="coder",
        subject="a.py",
        attempt=2,
        input_tokens=10,
        output_tokens=5,
        cached_tokens=3,
        cost_usd=0.125,
        seconds=2.5,
        prompt_hash="ab",
        replayed=True,
    ),
    events.PromptDrifted(role="coder", subject="a.py", attempt=1),
    events.AnswerRejected(role="coder", subject="a.py", reason='line one\nline "two"\u2028\x00'),
    events.GapsFound(artifact="contract", gaps=("EQ-1", "EQ-2")),
    events.FileWritten(path="a.py", lines=3, attempt=1, findings=0),
    events.ChecksFinished(iteration=1, findings=2, passed=3, failed=4, summary="s"),
    events.EditsApplied(iteration=1, paths=("a.py",), kept=False, reason="worse"),
    events.Noted(message="{}"),
    events.RunFinished(outcome="verified"),
]


def _line(event: AnyEvent) -> str:
    return Record(run_id="r", seq=7, at=AT, event=event).to_line()


def _kinds() -> set[type[Event]]:
    return set(Event.__subclasses__())


def test_every_kind_is_tried_here_and_known_to_readers() -> None:
    union = get_args(get_args(AnyEvent)[0])

    assert {type(event) for event in EVERY_KIND} == set(union) == _kinds()
    assert len({event.kind for event in EVERY_KIND}) == len(EVERY_KIND)


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: event.kind)
def test_an_event_comes_back_from_its_line_as_it_was(event: AnyEvent) -> None:
    record = Record(run_id="r", seq=7, at=AT, event=event)

    assert Record.from_object(json.loads(record.to_line())) == record


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: event.kind)
def test_a_line_is_one_flat_object(event: AnyEvent) -> None:
    line = _line(event)
    flat = json.loads(line)

    assert "\n" not in line
    assert list(flat)[:4] == ["run_id", "seq", "at", "kind"]
    assert (flat["run_id"], flat["seq"], flat["kind"]) == ("r", 7, event.kind)
    assert flat["at"] == "2026-01-02T03:04:05.678901Z"


@pytest.mark.parametrize("kind", sorted(_kinds(), key=lambda kind: kind.__name__))
def test_no_event_has_a_field_of_the_envelope(kind: type[Event]) -> None:
    assert not {"run_id", "seq", "at"} & set(kind.model_fields)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "dreamt"},
        {"kind": None},
        {"kind": ["noted"]},
        {"kind": {}},
        {"message": 3},
        {"message": None},
        {"colour": "red"},
        {"seq": "many"},
        {"seq": None},
        {"at": "yesterday"},
        {"run_id": None},
        {"run_id": 5},
    ],
)
def test_what_is_no_event_of_this_version_is_none(change: dict[str, object]) -> None:
    flat = json.loads(_line(events.Noted(message="m")))
    assert Record.from_object(flat) is not None

    assert Record.from_object({**flat, **change}) is None


@pytest.mark.parametrize("missing", ["run_id", "seq", "at", "kind", "message"])
def test_a_line_that_lacks_something_is_none(missing: str) -> None:
    flat = json.loads(_line(events.Noted(message="m")))
    del flat[missing]

    assert Record.from_object(flat) is None


@pytest.mark.parametrize("junk", [{}, {"a": 1}, {"kind": "noted"}, {"": {"": []}}])
def test_junk_is_none(junk: dict[str, object]) -> None:
    assert Record.from_object(junk) is None
