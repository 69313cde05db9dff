from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pydantic_ai import exceptions as failed
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from deepcode.errors import BudgetSpentError, ProviderError, UserError
from deepcode.models.budget import Budget
from deepcode.models.provider import LONGEST_WAIT_S, MOST_UNUSABLE, ProviderModel
from deepcode.settings import BudgetSettings, ProviderSettings

KEY = "sk-test-0123456789"
ANSWER = ModelResponse(
    parts=[TextPart("done")], usage=RequestUsage(input_tokens=100, output_tokens=10)
)
ASKED: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("question")])]

type_ = failed.ModelHTTPError.for_category
RATE_LIMIT = type_(failed.ModelRateLimitError, status_code=429, model_name="m")
OVERLOADED = type_(failed.ModelOverloadedError, status_code=529, model_name="m")
SERVER = type_(failed.ModelServerError, status_code=500, model_name="m")
CONNECTION = failed.ModelConnectionError("m", "connection refused")
EMPTY = failed.UnexpectedModelBehavior("no content")


class Scripted:
    """A provider that fails and answers as told, and counts; and a clock that only notes waits."""

    def __init__(self, *script: Exception | ModelResponse) -> None:
        self.script = list(script)
        self.requests = 0
        self.waits: list[float] = []
        self.settings: object = None

    async def answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.requests += 1
        self.settings = info.model_settings
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def _model(
    answer: Callable[[list[ModelMessage], AgentInfo], Awaitable[ModelResponse]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    budget: Budget | None = None,
    usd: float | None = 0.0,
    **patience: float,
) -> ProviderModel:
    return ProviderModel(
        FunctionModel(answer, model_name="m"),
        budget or Budget(BudgetSettings()),
        price=lambda usage: None if usd is None else usd * usage.output_tokens,
        settings=ProviderSettings.model_validate(patience),
        sleep=sleep,
    )


def _scripted(script: Scripted, **options: object) -> ProviderModel:
    return _model(script.answer, sleep=script.sleep, **options)  # type: ignore[arg-type]


async def _ask(model: ProviderModel) -> ModelResponse:
    return await model.request(ASKED, None, ModelRequestParameters())


@pytest.mark.parametrize("error", [RATE_LIMIT, OVERLOADED, SERVER, CONNECTION, EMPTY], ids=repr)
async def test_a_passing_failure_is_waited_for_and_asked_again(error: Exception) -> None:
    script = Scripted(error, error, ANSWER)

    assert (await _ask(_scripted(script))).parts == ANSWER.parts
    assert script.requests == 3
    assert len(script.waits) == 2
    assert all(0 < wait <= 2.0 for wait in script.waits)


async def test_waits_grow() -> None:
    script = Scripted(RATE_LIMIT)

    with pytest.raises(ProviderError):
        await _ask(_scripted(script, max_retries=9))

    assert len(script.waits) == 9
    bounds = [min(2.0**attempt, LONGEST_WAIT_S) for attempt in range(9)]
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(script.waits, bounds, strict=True))


async def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    asked = [
        type_(failed.ModelRateLimitError, status_code=429, model_name="m", headers=headers)
        for headers in ({"Retry-After": "7"}, {"retry-after-ms": "1500"}, {"Retry-After": "0"})
    ]
    script = Scripted(*asked, ANSWER)

    await _ask(_scripted(script))

    assert script.waits == [7.0, 1.5, 0.0]


async def test_a_server_that_asks_for_a_day_is_not_waited_for() -> None:
    headers = {"Retry-After": "86400"}
    script = Scripted(
        type_(failed.ModelRateLimitError, status_code=429, model_name="m", headers=headers)
    )

    with pytest.raises(ProviderError, match="it asks to wait 86400 s") as caught:
        await _ask(_scripted(script))

    assert (script.requests, script.waits) == (1, [])
    assert (caught.value.status, caught.value.retryable) == (429, True)
    assert caught.value.hint == "try again later"


LASTING = [
    (failed.ModelAuthenticationError, 401, "refused the key for `m`", "check the API key"),
    (failed.ModelAuthenticationError, 403, "refused the key for `m`", "check the API key"),
    (failed.ModelNotFoundError, 404, "does not know the model `m`", "--model"),
    (failed.ModelQuotaExceededError, 402, "no credit left", "add credit"),
    (failed.ModelContextWindowExceededError, 400, "too long for `m`", "larger context window"),
    (failed.ModelRequestRejectedError, 400, "refused the request to `m`", "another model"),
    (None, 418, "`m` failed", "try again"),
]


@pytest.mark.parametrize(("category", "status", "message", "hint"), LASTING)
async def test_a_lasting_failure_is_one_request_and_one_sentence_without_the_key(
    category: type[failed.ModelRequestRejectedError] | None, status: int, message: str, hint: str
) -> None:
    body = {
        "error": f"Incorrect key {KEY}\nsent as Authorization: Bearer {KEY}.",
        "more": "x" * 999,
    }
    script = Scripted(type_(category, status_code=status, model_name="m", body=body))

    with pytest.raises(ProviderError) as caught:
        await _ask(_scripted(script))

    error = caught.value
    assert (script.requests, script.waits) == (1, [])
    assert message in str(error) and hint in error.hint
    assert (error.status, error.retryable) == (status, False)
    assert KEY not in str(error) + error.hint
    assert "\n" not in str(error) and len(str(error)) < 400


async def test_a_connection_that_stays_away_ends_after_the_last_retry() -> None:
    script = Scripted(CONNECTION)

    with pytest.raises(ProviderError, match="cannot be reached: connection refused") as caught:
        await _ask(_scripted(script, max_retries=3))

    assert script.requests == 4
    assert (caught.value.status, caught.value.retryable) == (None, True)
    assert "--base-url" in caught.value.hint


async def test_no_retries_is_one_request() -> None:
    script = Scripted(SERVER)

    with pytest.raises(ProviderError, match="`m` failed"):
        await _ask(_scripted(script, max_retries=0))

    assert script.requests == 1


async def test_unusable_answers_are_asked_for_again_only_a_few_times() -> None:
    script = Scripted(EMPTY)

    with pytest.raises(ProviderError, match="`m` gave no usable answer: no content") as caught:
        await _ask(_scripted(script, max_retries=9))

    assert script.requests == 1 + MOST_UNUSABLE
    assert caught.value.retryable


async def test_a_blocked_answer_is_not_asked_for_again() -> None:
    script = Scripted(failed.ContentFilterError("blocked"))

    with pytest.raises(ProviderError, match="blocked the answer") as caught:
        await _ask(_scripted(script))

    assert script.requests == 1
    assert not caught.value.retryable


async def test_an_answer_that_never_comes_is_given_up_in_time() -> None:
    async def hang(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(
        ProviderError, match=r"no answer in time: no answer within 0\.01 s"
    ) as caught:
        await _ask(_model(hang, timeout_s=0.01, max_retries=0))

    assert caught.value.retryable
    assert "TIMEOUT_S" in caught.value.hint


async def test_an_interrupted_call_stays_interrupted_and_frees_its_reservation() -> None:
    budget = Budget(BudgetSettings(max_cost_usd=1.0))
    begun = asyncio.Event()

    async def hang(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(_ask(_model(hang, budget=budget, usd=1e-6)))
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert budget.reserved_usd == 0.0


async def test_time_out_and_length_are_sent_and_the_sdk_does_not_retry_on_its_own() -> None:
    script = Scripted(ANSWER)
    await _ask(_scripted(script, timeout_s=12, max_output_tokens=500))

    assert script.settings == {"timeout": 12, "max_retries": 0, "max_tokens": 500}


async def test_a_call_is_settled_at_what_it_cost() -> None:
    budget = Budget(BudgetSettings(max_cost_usd=1.0))

    await _ask(_scripted(Scripted(ANSWER), budget=budget, usd=0.001, max_output_tokens=100))

    assert budget.spent_usd == pytest.approx(0.01)
    assert (budget.calls, budget.reserved_usd) == (1, 0.0)


async def test_a_failed_call_frees_its_reservation() -> None:
    budget = Budget(BudgetSettings(max_cost_usd=1.0))

    with pytest.raises(ProviderError):
        await _ask(_scripted(Scripted(SERVER), budget=budget, usd=0.001, max_output_tokens=100))

    assert (budget.spent_usd, budget.reserved_usd) == (0.0, 0.0)


async def test_a_call_that_could_pass_the_limit_is_not_sent() -> None:
    script = Scripted(ANSWER)
    budget = Budget(BudgetSettings(max_cost_usd=0.09))

    with pytest.raises(BudgetSpentError):
        await _ask(_scripted(script, budget=budget, usd=0.001, max_output_tokens=100))

    assert script.requests == 0


async def test_calls_at_the_same_time_stay_within_the_limit_together() -> None:
    under_way = 0
    most = 0

    async def slow(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return ANSWER

    budget = Budget(BudgetSettings(max_cost_usd=0.25))
    model = _model(slow, budget=budget, usd=0.001, max_output_tokens=100, parallel=8)

    results = await asyncio.gather(*(_ask(model) for _ in range(8)), return_exceptions=True)

    assert most == 2
    assert sum(isinstance(one, ModelResponse) for one in results) == 2
    assert sum(isinstance(one, BudgetSpentError) for one in results) == 6
    assert budget.spent_usd == pytest.approx(0.02)


async def test_no_more_calls_are_under_way_than_allowed() -> None:
    under_way = 0
    most = 0

    async def slow(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return ANSWER

    model = _model(slow, parallel=3)
    await asyncio.gather(*(_ask(model) for _ in range(12)))

    assert most == 3


async def test_a_model_of_unknown_price_is_refused_under_a_dollar_limit() -> None:
    script = Scripted(ANSWER)

    with pytest.raises(UserError, match="price of `m` is not known"):
        await _ask(_scripted(script, budget=Budget(BudgetSettings(max_cost_usd=5)), usd=None))

    assert script.requests == 0
    assert (await _ask(_scripted(script, usd=None))).parts == ANSWER.parts


@pytest.mark.parametrize("letter", ["a", "é", "設", "😀"])
async def test_the_reservation_covers_a_prompt_in_any_script(letter: str) -> None:
    reserved: list[int] = []

    def price(usage: RequestUsage) -> float:
        reserved.append(usage.input_tokens)
        return 0.0

    model = ProviderModel(
        FunctionModel(Scripted(ANSWER).answer),
        Budget(BudgetSettings()),
        price=price,
        settings=ProviderSettings(),
    )
    tool = ToolReturnPart("search", letter * 3000, tool_call_id="1")
    messages: list[ModelMessage] = [
        ModelRequest(parts=[UserPromptPart(letter * 3000), tool], instructions=letter * 3000)
    ]
    await model.request(messages, None, ModelRequestParameters())

    # a token is at most 3 bytes in the mean, and seldom more than one character of such scripts
    assert reserved[0] >= 9000 * len(letter.encode()) / 3


async def test_an_answer_with_half_a_surrogate_pair_is_made_storable() -> None:
    broken = ModelResponse(parts=[TextPart("a\ud83d b 😀")], usage=ANSWER.usage)

    response = await _ask(_scripted(Scripted(broken)))

    assert response.parts == [TextPart("a? b 😀")]
    assert response.usage == ANSWER.usage


async def test_a_dollar_limit_bounds_the_length_of_an_answer() -> None:
    provider = Scripted(ANSWER)
    model = ProviderModel(
        FunctionModel(provider.answer, model_name="m"),
        Budget(BudgetSettings(max_cost_usd=1.0)),
        # a tenth of a cent for ten output tokens: 10,000 of them for the dollar that is left
        price=lambda usage: usage.output_tokens * 1e-4,
        settings=ProviderSettings(),
    )
    await model.request(ASKED, None, ModelRequestParameters())
    assert isinstance(provider.settings, dict)
    assert provider.settings["max_tokens"] == 10_000


async def test_without_a_dollar_limit_the_provider_decides_how_long_an_answer_is() -> None:
    provider = Scripted(ANSWER)
    model = _model(provider.answer)
    await model.request(ASKED, None, ModelRequestParameters())
    assert isinstance(provider.settings, dict)
    assert "max_tokens" not in provider.settings


async def test_too_few_dollars_for_any_answer_stop_the_run() -> None:
    provider = Scripted(ANSWER)
    model = ProviderModel(
        FunctionModel(provider.answer, model_name="m"),
        Budget(BudgetSettings(max_cost_usd=0.1)),
        price=lambda usage: usage.output_tokens * 1e-4,
        settings=ProviderSettings(),
    )
    with pytest.raises(BudgetSpentError):
        await model.request(ASKED, None, ModelRequestParameters())
    assert provider.requests == 0
