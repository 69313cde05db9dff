"""The whole way once: from a choice through our wrapper and the SDK to a server of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from pydantic_ai import models
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from deepcode.errors import ProviderError
from deepcode.models import Choice, build_model
from deepcode.models.budget import Budget
from deepcode.models.prices import price_usd
from deepcode.models.provider import ProviderModel
from deepcode.settings import BudgetSettings, ProviderSettings

KEY = "sk-test-0123456789"
ASKED: list[ModelMessage] = [
    ModelRequest(parts=[UserPromptPart("Plan it.")], instructions="You plan.")
]
COMPLETION = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "qwen3",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Done."}}
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
}


@pytest.fixture(autouse=True)
def _this_machine_may_be_asked() -> Iterator[None]:
    with models.override_allow_model_requests(True):
        yield


async def _ask(httpserver: HTTPServer, budget: Budget, **patience: float) -> ModelResponse:
    choice = Choice("", "qwen3", httpserver.url_for("/v1"), KEY)

    async def no_wait(seconds: float) -> None:
        return

    model = ProviderModel(
        build_model(choice),
        budget,
        price=lambda usage: price_usd(choice, usage),
        settings=ProviderSettings.model_validate(patience),
        sleep=no_wait,
    )
    async with model:
        return await model.request(ASKED, None, ModelRequestParameters())


async def test_a_local_server_is_asked_for_its_model_and_costs_nothing(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/v1/chat/completions", method="POST").respond_with_json(COMPLETION)
    budget = Budget(BudgetSettings(max_cost_usd=0.01))

    response = await _ask(httpserver, budget, max_output_tokens=77)

    assert response.parts == [TextPart("Done.")]
    assert (response.usage.input_tokens, response.usage.output_tokens) == (12, 3)
    assert (budget.calls, budget.spent_usd, budget.reserved_usd) == (1, 0.0, 0.0)
    ((request, _),) = httpserver.log
    body = json.loads(request.get_data())
    assert body["model"] == "qwen3"
    assert 77 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert [(message["role"], message["content"]) for message in body["messages"]] == [
        ("system", "You plan."),
        ("user", "Plan it."),
    ]
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def test_one_call_is_at_most_one_request_and_its_retries(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_json({}, status=503)

    with pytest.raises(ProviderError, match="`qwen3` failed") as caught:
        await _ask(httpserver, Budget(BudgetSettings()), max_retries=2)

    assert len(httpserver.log) == 3
    assert caught.value.status == 503


async def test_a_refused_key_is_one_request_and_not_shown(httpserver: HTTPServer) -> None:
    error = {"error": {"message": f"Incorrect API key provided: {KEY}", "type": "invalid"}}
    httpserver.expect_request("/v1/chat/completions").respond_with_json(error, status=401)

    with pytest.raises(ProviderError, match="refused the key for `qwen3`") as caught:
        await _ask(httpserver, Budget(BudgetSettings()))

    assert len(httpserver.log) == 1
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "application/json"),
        ("<html>hello</html>", "text/html"),
        ("{", "application/json"),
        (json.dumps({**COMPLETION, "choices": []}), "application/json"),
        ("[]", "application/json"),
        ("null", "application/json"),
    ],
)
async def test_an_answer_that_is_none_is_one_sentence(
    httpserver: HTTPServer, body: str, content_type: str
) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_data(
        body, content_type=content_type
    )

    with pytest.raises(ProviderError, match="qwen3"):
        await _ask(httpserver, Budget(BudgetSettings()), max_retries=5)

    assert len(httpserver.log) <= 6


async def test_a_slow_server_is_given_up_in_time(httpserver: HTTPServer) -> None:
    released = threading.Event()

    def drip(request: Request) -> Response:
        def body() -> Iterator[bytes]:
            # a byte now and then, so that only a limit on the whole answer ends it
            while not released.wait(0.02):
                yield b" "

        return Response(body(), content_type="application/json")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(drip)
    try:
        with pytest.raises(ProviderError, match=r"gave no answer in time: no answer within 0\.3 s"):
            await _ask(httpserver, Budget(BudgetSettings()), timeout_s=0.3, max_retries=0)
    finally:
        released.set()


async def test_the_key_does_not_follow_a_server_that_points_elsewhere(
    httpserver: HTTPServer,
) -> None:
    target = f"http://127.0.0.1:{httpserver.port}/elsewhere"
    httpserver.expect_request("/v1/chat/completions").respond_with_data(
        status=307, headers={"location": target}
    )
    httpserver.expect_request("/elsewhere").respond_with_json(COMPLETION)

    with pytest.raises(ProviderError, match="307"):
        await _ask(httpserver, Budget(BudgetSettings()))

    assert [request.path for request, _ in httpserver.log] == ["/v1/chat/completions"]


async def test_without_permission_no_model_is_asked(httpserver: HTTPServer) -> None:
    with models.override_allow_model_requests(False), pytest.raises(RuntimeError, match="ALLOW"):
        await _ask(httpserver, Budget(BudgetSettings()))

    assert httpserver.log == []
