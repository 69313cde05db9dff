from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from deepcode.errors import ArtifactError, DeepCodeError
from deepcode.events import AnyEvent, ModelCalled, PromptDrifted
from deepcode.models.call import Call, calling
from deepcode.models.recording import (
    Entry,
    RecordedModel,
    Recording,
    ReplayOnlyModel,
    prompt_hash,
)

CODER = Call("generation", "coder", "a.py")


class Provider:
    """Answers with the number of the request, and counts."""

    def __init__(self) -> None:
        self.requests = 0

    def answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.requests += 1
        usage = RequestUsage(input_tokens=100, cache_read_tokens=40, output_tokens=10)
        return ModelResponse(parts=[TextPart(f"answer {self.requests}")], usage=usage)

    @property
    def model(self) -> Model:
        return FunctionModel(self.answer)


def _prompt(text: str) -> list[ModelMessage]:
    return [ModelRequest(parts=[UserPromptPart(text)], instructions="be exact")]


async def _ask(model: Model, text: str, call: Call = CODER) -> str:
    with calling(call):
        response = await model.request(_prompt(text), None, ModelRequestParameters())
    (part,) = response.parts
    assert isinstance(part, TextPart)
    return part.content


def _recorded(
    wrapped: Model,
    entries: list[Entry],
    announce: Callable[[AnyEvent], None] = lambda event: None,
    *,
    drift_allowed: bool = False,
) -> RecordedModel:
    lines: list[Entry] = [json.loads(json.dumps(entry)) for entry in entries]
    return RecordedModel(
        wrapped,
        Recording(lines, append=entries.append),
        announce=announce,
        cost_of=lambda response: 0.25,
        drift_allowed=drift_allowed,
    )


async def test_recorded_answers_are_given_again_without_asking() -> None:
    provider, kept = Provider(), list[Entry]()
    first = _recorded(provider.model, kept)
    answers = [await _ask(first, text) for text in ("one", "two")]

    second = _recorded(provider.model, kept)
    again = [await _ask(second, text) for text in ("one", "two")]

    assert answers == again == ["answer 1", "answer 2"]
    assert provider.requests == 2
    assert len(kept) == 2


async def test_each_answer_is_told_with_its_figures() -> None:
    provider, kept = Provider(), list[Entry]()
    told: list[AnyEvent] = []
    await _ask(_recorded(provider.model, kept, told.append), "one")
    await _ask(_recorded(provider.model, kept, told.append), "one")

    asked, replayed = told
    assert isinstance(asked, ModelCalled)
    assert asked == ModelCalled(
        phase="generation",
        role="coder",
        subject="a.py",
        attempt=1,
        input_tokens=100,
        cached_tokens=40,
        output_tokens=10,
        cost_usd=0.25,
        seconds=asked.seconds,
        prompt_hash=prompt_hash(_prompt("one"), ModelRequestParameters()),
        replayed=False,
    )
    assert replayed == asked.model_copy(update={"replayed": True})


async def test_an_answer_is_kept_before_it_is_told_and_used() -> None:
    kept: list[Entry] = []
    seen: list[int] = []
    model = _recorded(Provider().model, kept, lambda event: seen.append(len(kept)))

    await _ask(model, "one")

    assert seen == [1]


async def test_attempts_are_counted_for_each_role_and_subject() -> None:
    kept: list[Entry] = []
    model = _recorded(Provider().model, kept)
    calls = [CODER, Call("generation", "coder", "b.py"), Call("verification", "mender", "a.py")]
    for call in [*calls, *calls, CODER]:
        await _ask(model, "same words", call)

    keys = [(entry["role"], entry["subject"], entry["attempt"]) for entry in kept]
    places = [(call.role, call.subject) for call in calls]
    assert keys == [
        *((*place, 1) for place in places),
        *((*place, 2) for place in places),
        ("coder", "a.py", 3),
    ]


async def test_a_resumed_run_asks_anew_when_the_prompt_changed_and_keeps_the_new_answer() -> None:
    provider, kept = Provider(), list[Entry]()
    told: list[AnyEvent] = []
    await _ask(_recorded(provider.model, kept), "old words")

    changed = await _ask(_recorded(provider.model, kept, told.append), "new words")
    again = await _ask(_recorded(provider.model, kept), "new words")

    assert (changed, again, provider.requests) == ("answer 2", "answer 2", 2)
    assert [event.kind for event in told] == ["model-called"]


async def test_a_demo_gives_the_recorded_answer_to_a_changed_prompt_and_says_so() -> None:
    provider, kept = Provider(), list[Entry]()
    told: list[AnyEvent] = []
    await _ask(_recorded(provider.model, kept), "old words")
    demo = _recorded(ReplayOnlyModel(), kept, told.append, drift_allowed=True)

    assert await _ask(demo, "new words") == "answer 1"
    assert told[0] == PromptDrifted(role="coder", subject="a.py", attempt=1)
    assert isinstance(told[1], ModelCalled) and told[1].replayed


async def test_an_unchanged_demo_does_not_drift() -> None:
    kept: list[Entry] = []
    told: list[AnyEvent] = []
    await _ask(_recorded(Provider().model, kept), "words")

    await _ask(_recorded(ReplayOnlyModel(), kept, told.append, drift_allowed=True), "words")

    assert [event.kind for event in told] == ["model-called"]


async def test_beyond_the_recording_there_is_nobody_to_ask() -> None:
    kept: list[Entry] = []
    await _ask(_recorded(Provider().model, kept), "words")
    demo = _recorded(ReplayOnlyModel(), kept, drift_allowed=True)
    await _ask(demo, "words")

    with pytest.raises(DeepCodeError, match=r"no answer for `coder` on `a\.py`") as caught:
        await _ask(demo, "words")

    assert "deepcode run" in caught.value.hint


async def test_a_failed_request_is_not_recorded_but_counts_as_an_attempt() -> None:
    kept: list[Entry] = []

    def fail(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise RuntimeError("down")

    with pytest.raises(RuntimeError):
        await _ask(_recorded(FunctionModel(fail), kept), "words")

    assert kept == []


async def test_tool_calls_and_thoughts_come_back_from_a_recording() -> None:
    parts = [
        ThinkingPart("hm", signature="s"),
        ToolCallPart("search", {"query": "ü"}, tool_call_id="c1"),
    ]
    kept: list[Entry] = []

    def call_tool(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=list(parts), finish_reason="tool_call")

    with calling(CODER):
        await _recorded(FunctionModel(call_tool), kept).request(
            _prompt("words"), None, ModelRequestParameters()
        )
    with calling(CODER):
        again = await _recorded(ReplayOnlyModel(), kept).request(
            _prompt("words"), None, ModelRequestParameters()
        )

    assert again.parts == parts


async def test_lines_that_hold_no_answer_are_left_out() -> None:
    assert Recording([{"role": "coder"}, {}]).entries == {}


async def test_a_recorded_line_that_is_no_answer_is_one_sentence() -> None:
    kept: list[Entry] = []
    await _ask(_recorded(Provider().model, kept), "words")
    damaged = [{**kept[0], "response": {"kind": "request", "parts": []}}]

    with pytest.raises(ArtifactError, match=r"`coder` on `a\.py` is damaged"):
        await _ask(_recorded(ReplayOnlyModel(), damaged), "words")


def test_the_hash_of_a_prompt_covers_all_that_the_model_reads() -> None:
    plain = ModelRequestParameters()
    tool = ModelRequestParameters(function_tools=[ToolDefinition(name="search")])
    prompts = [
        (_prompt("a"), plain),
        (_prompt("b"), plain),
        (_prompt("a"), tool),
        ([ModelRequest(parts=[UserPromptPart("a")], instructions="be quick")], plain),
        ([ModelRequest(parts=[SystemPromptPart("a")], instructions="be exact")], plain),
        ([*_prompt("a"), ModelResponse(parts=[TextPart("x")])], plain),
        ([*_prompt("a"), ModelResponse(parts=[ToolCallPart("t", '{"q": 1}')])], plain),
        ([*_prompt("a"), ModelResponse(parts=[ToolCallPart("t", '{"q": 2}')])], plain),
        ([*_prompt("a"), ModelRequest(parts=[ToolReturnPart("t", "x", tool_call_id="1")])], plain),
    ]

    assert len({prompt_hash(list(messages), with_) for messages, with_ in prompts}) == len(prompts)


def test_the_hash_of_a_prompt_is_the_same_in_every_run() -> None:
    def messages(call_id: str) -> list[ModelMessage]:
        return [
            *_prompt("a"),
            ModelResponse(parts=[ToolCallPart("t", '{"q": 1}', tool_call_id=call_id)]),
            ModelRequest(parts=[ToolReturnPart("t", "found \ud800", tool_call_id=call_id)]),
        ]

    plain = ModelRequestParameters()
    assert prompt_hash(messages("1"), plain) == prompt_hash(messages("2"), plain)
