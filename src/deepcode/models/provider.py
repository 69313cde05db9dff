"""`ProviderModel`: the provider behind one wrapper that budgets, waits and classifies failures.

A passing failure is tried again with growing, jittered waits; a lasting one becomes one
`ProviderError` that says what to do. The SDK's own retries are switched off, so one call is at
most `1 + max_retries` requests.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
import re
from collections.abc import Awaitable, Callable

from pydantic_ai import exceptions as failed
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ThinkingPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from deepcode.errors import ProviderError
from deepcode.models.budget import Budget
from deepcode.models.profiles import ASSUMED_OUTPUT_TOKENS
from deepcode.settings import ProviderSettings

# A server may ask for any wait; a person in front of a terminal is not kept longer than this.
LONGEST_WAIT_S = 120.0
FIRST_WAIT_S = 1.0

# Further requests after answers that are no answer: empty, not JSON. The same prompt seldom fares
# better, and each try may have been charged.
MOST_UNUSABLE = 2

# With fewer tokens left to pay for, no agent can answer; the run stops instead.
SHORTEST_ANSWER = 4_000

# Further requests after an answer that did not come in time: each wait is long, and the provider
# may have charged for what it did not deliver.
MOST_TIMEOUTS = 1

# For money the estimate must err upwards: prose, code and Chinese come to 3 bytes a token or more.
_BYTES_PER_TOKEN = 3

# A provider's error page may repeat the key it was sent; as the providers shape their keys.
_KEY = re.compile(r"\b(?:sk|rk|pk)-[\w*-]{6,}|\bAIza[\w-]{10,}|\bbearer\s+\S+", re.IGNORECASE)

# Half of a surrogate pair: no file, and no recording, could hold it.
_HALF_PAIR = re.compile("[\ud800-\udfff]")

_PASSING = (
    failed.ModelRateLimitError,
    failed.ModelUnavailableError,
    failed.ModelServerError,
    failed.ModelConnectionError,
)

# What may succeed when it is asked again, now or later.
_LATER = (*_PASSING, failed.UnexpectedModelBehavior)

# What is said of each failure, and what to do; the first that fits.
_SENTENCES: tuple[tuple[type[Exception], str, str], ...] = (
    (
        failed.ModelAuthenticationError,
        "the provider refused the key for `{name}`",
        "check the API key",
    ),
    (
        failed.ModelNotFoundError,
        "the provider does not know the model `{name}`",
        "check --model and --base-url",
    ),
    (
        failed.ModelQuotaExceededError,
        "the account for `{name}` has no credit left: {said}",
        "add credit, then try again",
    ),
    (
        failed.ModelContextWindowExceededError,
        "the prompt is too long for `{name}`: {said}",
        "use a model with a larger context window",
    ),
    (
        failed.ModelRequestRejectedError,
        "the provider refused the request to `{name}`: {said}",
        "try another model",
    ),
    (
        failed.ModelTimeoutError,
        "the server of `{name}` gave no answer in time: {said}",
        "raise DEEPCODE_PROVIDER__TIMEOUT_S, then try again",
    ),
    (
        failed.ModelConnectionError,
        "the server of `{name}` cannot be reached: {said}",
        "check the network and --base-url, then try again",
    ),
    (failed.ModelRateLimitError, "`{name}` is over its rate limit", "try again later"),
    (
        failed.ContentFilterError,
        "the provider of `{name}` blocked the answer: {said}",
        "try another model",
    ),
    (
        failed.UnexpectedModelBehavior,
        "`{name}` gave no usable answer: {said}",
        "try another model",
    ),
)


class ProviderModel(WrapperModel):
    """One provider's model, patient and within budget.

    Args:
        wrapped: The provider's model.
        budget: Limits of the run.
        price: Dollars of a usage; None when not known.
        settings: Time-outs and number of retries.
        sleep: How to wait, for tests.
    """

    def __init__(
        self,
        wrapped: Model,
        budget: Budget,
        *,
        price: Callable[[RequestUsage], float | None],
        settings: ProviderSettings,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(wrapped)
        self._budget = budget
        self._price = price
        self._patience = settings
        self._sleep = sleep
        self._slots = asyncio.Semaphore(settings.parallel)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Reserve, ask, settle.

        Raises:
            BudgetSpentError: The call could pass a limit of the run.
            ProviderError: The provider failed for good, or for longer than it is waited for.
        """
        async with self._slots:
            usage = self._most(messages)
            most = self._budget.check_price(self._price(usage), self.model_name)
            usage, most = self._afforded(usage, most)
            settings = self._ask_for(model_settings, usage.output_tokens)
            self._budget.reserve(most)
            cost = 0.0
            try:
                response = await self._ask(messages, settings, model_request_parameters)
                cost = self._price(response.usage) or 0.0
            finally:
                self._budget.settle(most, cost)
        return _storable(response)

    async def _ask(
        self,
        messages: list[ModelMessage],
        settings: ModelSettings,
        parameters: ModelRequestParameters,
    ) -> ModelResponse:
        for attempt in range(self._patience.max_retries + 1):
            try:
                return await self._once(messages, settings, parameters)
            except (failed.ModelAPIError, failed.UnexpectedModelBehavior) as error:
                wait_s = _wait_s(error, attempt)
                last = attempt == self._patience.max_retries
                if last or wait_s is None:
                    raise _classified(error, self.model_name) from error
            await self._sleep(wait_s)
        raise AssertionError

    async def _once(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings,
        parameters: ModelRequestParameters,
    ) -> ModelResponse:
        # the SDK's own time-out starts anew with every byte; this one bounds the whole answer
        timeout_s = self._patience.timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                return await self.wrapped.request(messages, model_settings, parameters)
        except TimeoutError as error:
            message = f"no answer within {timeout_s:g} s"
            raise failed.ModelTimeoutError(self.model_name, message) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # the library stumbles over a body that it does not expect, such as `"choices": []`
            message = f"its answer cannot be read ({type(error).__name__}: {error})"
            raise failed.UnexpectedModelBehavior(message) from error

    def _afforded(self, usage: RequestUsage, most_usd: float) -> tuple[RequestUsage, float]:
        """The longest answer that the dollars left can pay for, down to `SHORTEST_ANSWER`."""
        left_usd = self._budget.left_usd
        prompt_only = RequestUsage(input_tokens=usage.input_tokens)
        prompt_usd = self._price(prompt_only) or 0.0
        if left_usd is None or most_usd <= left_usd or most_usd == prompt_usd:
            return usage, most_usd
        share = (left_usd - prompt_usd) / (most_usd - prompt_usd)
        shorter = dataclasses.replace(usage, output_tokens=int(usage.output_tokens * share))
        if shorter.output_tokens < SHORTEST_ANSWER:
            return usage, most_usd
        return shorter, self._price(shorter) or 0.0

    def _ask_for(self, settings: ModelSettings | None, output_tokens: int) -> ModelSettings:
        own = ModelSettings(timeout=self._patience.timeout_s, max_retries=0)
        # a dollar limit holds only if no answer is longer than what was set aside for it
        if self._patience.max_output_tokens is not None or self._budget.left_usd is not None:
            own["max_tokens"] = output_tokens
        return {**(settings or {}), **own}

    def _most(self, messages: list[ModelMessage]) -> RequestUsage:
        sent = [
            str(getattr(part, field, "") or "")
            for message in messages
            for part in message.parts
            for field in ("content", "args")
        ] + [str(getattr(message, "instructions", "") or "") for message in messages[-1:]]
        size_bytes = sum(len(text.encode("utf-8", "replace")) for text in sent)
        return RequestUsage(
            input_tokens=size_bytes // _BYTES_PER_TOKEN + 1,
            output_tokens=self._patience.max_output_tokens or ASSUMED_OUTPUT_TOKENS,
        )


def _storable(response: ModelResponse) -> ModelResponse:
    """The answer with each half of a surrogate pair replaced by a question mark."""
    parts = [
        dataclasses.replace(part, content=_HALF_PAIR.sub("?", part.content))
        if isinstance(part, TextPart | ThinkingPart) and _HALF_PAIR.search(part.content)
        else part
        for part in response.parts
    ]
    return dataclasses.replace(response, parts=parts)


def _wait_s(
    error: failed.ModelAPIError | failed.UnexpectedModelBehavior, attempt: int
) -> float | None:
    """Seconds to wait before the next try; None when there should be none."""
    if isinstance(error, failed.UnexpectedModelBehavior):
        again = attempt < MOST_UNUSABLE and not isinstance(error, failed.ContentFilterError)
        return FIRST_WAIT_S if again else None
    if not isinstance(error, _PASSING):
        return None
    if isinstance(error, failed.ModelTimeoutError) and attempt >= MOST_TIMEOUTS:
        return None
    asked = error.retry_after
    if asked is not None:
        return asked if asked <= LONGEST_WAIT_S else None
    # jitter keeps calls that failed together from coming back together; not a secret
    grown: float = min(FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S)
    return grown * random.uniform(0.5, 1.0)


def _classified(
    error: failed.ModelAPIError | failed.UnexpectedModelBehavior, name: str
) -> ProviderError:
    sentence, hint = next(
        (words for kind, *words in _SENTENCES if isinstance(error, kind)),
        ("`{name}` failed: {said}", "try again later"),
    )
    asked = getattr(error, "retry_after", None)
    wait = f"; it asks to wait {asked:.0f} s" if asked else ""
    later = isinstance(error, _LATER) and not isinstance(error, failed.ContentFilterError)
    return ProviderError(
        sentence.format(name=name, said=_one_line(error)) + wait,
        hint=hint,
        status=getattr(error, "status_code", None),
        retryable=later,
    )


def _one_line(error: Exception) -> str:
    # a provider's error page can be long
    return _KEY.sub("***", " ".join(str(error).split()))[:300]
