"""A recording speaks for the model, and beyond it there is nobody to ask."""

from __future__ import annotations

from typing import Any

import pytest

from deepcode.errors import ArtifactError
from deepcode.events import AnyEvent
from deepcode.models import Asker, Question
from deepcode.pipeline.model import replayed_model


def entry(attempt: int, text: str, *, subject: str = "a.py") -> dict[str, Any]:
    return {
        "phase": "generation",
        "role": "coder",
        "subject": subject,
        "attempt": attempt,
        "prompt_hash": "of other words",
        "seconds": 1.0,
        "cost_usd": 0.01,
        "input_tokens": 10,
        "cached_tokens": 0,
        "output_tokens": 5,
        "response": {
            "kind": "response",
            "parts": [{"part_kind": "text", "content": text}],
        },
    }


def question(subject: str = "a.py") -> Question:
    return Question("coder", subject, "you write files", "write it")


async def test_recorded_answers_are_given_in_turn_and_said_to_be_recorded() -> None:
    events: list[AnyEvent] = []
    model = replayed_model(
        [entry(1, "one"), entry(2, "two"), entry(1, "b", subject="b.py")], events.append
    )
    asker = Asker(model, "generation", events.append)
    given = [await asker.ask(question(name), read=str) for name in ("a.py", "b.py", "a.py")]
    assert given == ["one", "b", "two"]
    calls = [event for event in events if event.kind == "model-called"]
    assert len(calls) == 3
    assert all(call.replayed for call in calls)
    assert [event.kind for event in events].count("prompt-drifted") == 3


async def test_beyond_the_recording_the_run_stops_with_a_sentence() -> None:
    events: list[AnyEvent] = []
    asker = Asker(replayed_model([entry(1, "one")], events.append), "generation", events.append)
    await asker.ask(question(), read=str)
    with pytest.raises(ArtifactError, match=r"no answer for `coder` on `a\.py`"):
        await asker.ask(question(), read=str)


async def test_a_recorded_answer_that_is_refused_is_followed_by_the_next() -> None:
    events: list[AnyEvent] = []
    model = replayed_model([entry(1, "wrong"), entry(2, "17")], events.append)
    asker = Asker(model, "generation", events.append)
    assert await asker.ask(question(), read=int) == 17
    assert [event.kind for event in events].count("answer-rejected") == 1
