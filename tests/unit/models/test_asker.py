from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel

from deepcode.errors import BudgetSpentError, PhaseError, ProviderError, UserError
from deepcode.events import AnswerRejected, AnyEvent
from deepcode.models import Asker, Question
from deepcode.models.asker import MAX_REASKS, MAX_TOOL_ROUNDS
from deepcode.models.call import Call, current_call

QUESTION = Question(role="planner", subject="blueprint", system="You plan.", prompt="Plan it.")

Answer = Callable[[list[ModelMessage], AgentInfo], ModelResponse]


def _asker(answer: Answer, events: list[AnyEvent] | None = None) -> Asker:
    announce = (lambda event: None) if events is None else events.append
    return Asker(FunctionModel(answer), "blueprint", announce)


def _saying(*texts: str) -> Answer:
    script = iter(texts)
    return lambda messages, info: ModelResponse(parts=[TextPart(next(script))])


def _shown(messages: list[ModelMessage]) -> str:
    """All that the last request says."""
    last = messages[-1]
    assert isinstance(last, ModelRequest)
    return " ".join(str(getattr(part, "content", "")) for part in last.parts)


def read_number(text: str) -> int:
    if not re.fullmatch(r"\d+", text.strip()):
        message = f"`{text}` is not a number"
        raise ValueError(message)
    return int(text)


async def test_the_answer_s_text_is_read() -> None:
    assert await _asker(_saying("42")).ask(QUESTION, read=read_number) == 42


async def test_the_model_sees_instructions_and_question() -> None:
    seen: list[tuple[str | None, str]] = []

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.append((info.instructions, _shown(messages)))
        return ModelResponse(parts=[TextPart("1")])

    await _asker(answer).ask(QUESTION, read=read_number)

    assert seen == [("You plan.", "Plan it.")]


async def test_wrappers_know_on_whose_behalf_they_are_asked() -> None:
    calls: list[Call] = []

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        calls.append(current_call())
        return ModelResponse(parts=[TextPart("1")])

    await _asker(answer).ask(QUESTION, read=read_number)

    assert calls == [Call("blueprint", "planner", "blueprint")]
    with pytest.raises(LookupError):
        current_call()


async def test_tools_are_offered_called_and_answered() -> None:
    asked: list[tuple[str, int]] = []
    offered: list[tuple[str, str | None]] = []

    def search(query: str, limit: int = 3) -> str:
        """Passages that fit a query."""
        asked.append((query, limit))
        return "page 7"

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        offered.extend((tool.name, tool.description) for tool in info.function_tools)
        returned = [part for part in messages[-1].parts if isinstance(part, ToolReturnPart)]
        if not returned:
            return ModelResponse(parts=[ToolCallPart("search", {"query": "loss"})])
        assert returned[0].content == "page 7"
        return ModelResponse(parts=[TextPart("7")])

    assert await _asker(answer).ask(QUESTION, read=read_number, tools=[search]) == 7
    assert asked == [("loss", 3)]
    assert offered[0] == ("search", "Passages that fit a query.")


async def test_wrong_arguments_of_a_tool_go_back_to_the_model() -> None:
    def read(section: int) -> str:
        """One section."""
        return f"section {section}"

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if len(messages) == 1:
            return ModelResponse(parts=[ToolCallPart("read", {"section": "three"})])
        if len(messages) == 3:
            assert "valid integer" in _shown(messages)
            return ModelResponse(parts=[ToolCallPart("read", {"section": 3})])
        return ModelResponse(parts=[TextPart("3")])

    assert await _asker(answer).ask(QUESTION, read=read_number, tools=[read]) == 3


async def test_what_is_wrong_with_an_answer_goes_back_and_is_announced() -> None:
    events: list[AnyEvent] = []
    requests: list[str] = []

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        requests.append(_shown(messages))
        return ModelResponse(parts=[TextPart("many" if len(requests) == 1 else "5")])

    assert await _asker(answer, events).ask(QUESTION, read=read_number) == 5
    assert len(requests) == 2
    assert "`many` is not a number" in requests[1]
    assert events == [
        AnswerRejected(role="planner", subject="blueprint", reason="`many` is not a number")
    ]


async def test_an_answer_that_stays_wrong_ends_the_phase_with_one_sentence() -> None:
    events: list[AnyEvent] = []
    texts = [f"no number {n}" for n in range(MAX_REASKS + 5)]

    with pytest.raises(PhaseError) as caught:
        await _asker(_saying(*texts), events).ask(QUESTION, read=read_number)

    assert str(caught.value).startswith("the model gave `planner` no usable answer for `blueprint`")
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    reasons = [event.reason for event in events if isinstance(event, AnswerRejected)]
    assert reasons == [f"`no number {n}` is not a number" for n in range(MAX_REASKS + 1)]


async def test_an_empty_answer_is_not_taken_for_one() -> None:
    requests = 0

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        nonlocal requests
        requests += 1
        return ModelResponse(parts=[])

    with pytest.raises(PhaseError, match="no usable answer"):
        await _asker(answer).ask(QUESTION, read=read_number)

    assert requests <= MAX_REASKS + 1


async def test_a_model_that_only_calls_tools_is_stopped() -> None:
    requests = 0

    def search() -> str:
        """Search."""
        return "nothing"

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        nonlocal requests
        requests += 1
        return ModelResponse(parts=[ToolCallPart("search", {})])

    with pytest.raises(PhaseError, match="no usable answer"):
        await _asker(answer).ask(QUESTION, read=read_number, tools=[search])

    assert requests == MAX_TOOL_ROUNDS + MAX_REASKS


@pytest.mark.parametrize(
    "error",
    [
        BudgetSpentError("the limit of 3 model calls is reached", hint="raise it"),
        ProviderError("the provider refused the key", status=401),
        UserError("the price is not known"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_stopped_the_call_comes_through_as_it_is(error: Exception) -> None:
    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise error

    with pytest.raises(type(error)) as caught:
        await _asker(answer).ask(QUESTION, read=read_number)

    assert caught.value is error


async def test_a_mistake_of_the_reader_is_not_blamed_on_the_model() -> None:
    def broken(text: str) -> int:
        raise KeyError(text)

    with pytest.raises(KeyError):
        await _asker(_saying("1", "2", "3")).ask(QUESTION, read=broken)
