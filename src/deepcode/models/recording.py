"""Recording and replay: every answer is kept before it is used, and can be given again.

An answer is keyed by role, subject and attempt, and carries its prompt's hash. A resumed run is
given only answers to the very same prompt; a demo is given them anyway, and says that it drifted.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from deepcode.errors import ArtifactError
from deepcode.events import Announce, ModelCalled, PromptDrifted
from deepcode.models.call import Call, current_call

Entry = Mapping[str, Any]
"""One line of `recording.jsonl`."""

# Fields of message parts that a model reads; times and ids differ from run to run.
_READ_FIELDS = ("content", "tool_name", "args")


class Recording:
    """The answers of one run, in memory, and where new ones are written.

    Args:
        entries: Lines of a recording; a later line for the same key supersedes an earlier one.
        append: Stores a new line durably; None for a recording that is only read.
    """

    def __init__(
        self, entries: Iterable[Entry] = (), append: Callable[[Entry], None] | None = None
    ) -> None:
        self.entries: dict[tuple[str, str, int], Entry] = {}
        self._append = append
        for entry in entries:
            self._take(entry)

    def find(self, call: Call, attempt: int) -> Entry | None:
        """The recorded answer to one request."""
        return self.entries.get((call.role, call.subject, attempt))

    def add(self, entry: Entry) -> None:
        """Keep a new answer."""
        if self._append is not None:
            self._append(entry)
        self._take(entry)

    def _take(self, entry: Entry) -> None:
        if "response" in entry:
            self.entries[_key(entry)] = entry
        elif entry.get("forgotten"):
            told = (entry["role"], entry["subject"])
            self.entries = {key: kept for key, kept in self.entries.items() if key[:2] != told}


class RecordedModel(WrapperModel):
    """A model that gives recorded answers where it has them and records all others.

    Args:
        wrapped: The model that is asked when there is no recorded answer.
        recording: Answers so far.
        announce: Told of every answer.
        drift_allowed: Give a recorded answer to a changed prompt (the demo) instead of asking anew.
        cost_of: Dollars of an answer.
    """

    def __init__(
        self,
        wrapped: Model,
        recording: Recording,
        *,
        announce: Announce,
        cost_of: Callable[[ModelResponse], float],
        drift_allowed: bool = False,
    ) -> None:
        super().__init__(wrapped)
        self._recording = recording
        self._announce = announce
        self._cost_of = cost_of
        self._drift_allowed = drift_allowed
        self._attempts: Counter[tuple[str, str]] = Counter()

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Answer from the recording, or ask and record."""
        call = current_call()
        self._attempts[call.role, call.subject] += 1
        attempt = self._attempts[call.role, call.subject]
        asked = prompt_hash(messages, model_request_parameters)
        found = self._recording.find(call, attempt)
        if found is not None and (found["prompt_hash"] == asked or self._drift_allowed):
            if found["prompt_hash"] != asked:
                self._announce(PromptDrifted(role=call.role, subject=call.subject, attempt=attempt))
            self._tell(found, replayed=True)
            return _response_of(found)
        started = time.monotonic()
        response = await self.wrapped.request(messages, model_settings, model_request_parameters)
        entry = {
            "phase": call.phase,
            "role": call.role,
            "subject": call.subject,
            "attempt": attempt,
            "prompt_hash": asked,
            "seconds": round(time.monotonic() - started, 3),
            "cost_usd": self._cost_of(response),
            "input_tokens": response.usage.input_tokens,
            "cached_tokens": response.usage.cache_read_tokens,
            "output_tokens": response.usage.output_tokens,
            "response": _kept(response),
        }
        self._recording.add(entry)
        self._tell(entry, replayed=False)
        return response

    def forget(self, call: Call) -> None:
        """Never give the answers to `call` again: none of them could be used."""
        self._recording.add({"role": call.role, "subject": call.subject, "forgotten": True})

    def _tell(self, entry: Entry, *, replayed: bool) -> None:
        self._announce(
            ModelCalled(
                phase=entry["phase"],
                role=entry["role"],
                subject=entry["subject"],
                attempt=entry["attempt"],
                input_tokens=entry["input_tokens"],
                cached_tokens=entry["cached_tokens"],
                output_tokens=entry["output_tokens"],
                cost_usd=entry["cost_usd"],
                seconds=entry["seconds"],
                prompt_hash=entry["prompt_hash"],
                replayed=replayed,
            )
        )


class ReplayOnlyModel(Model):
    """Stands where a provider would: there is nobody to ask beyond the recording."""

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Refuse.

        Raises:
            ArtifactError: Always; the recording holds no answer to this request.
        """
        call = current_call()
        message = f"the recording has no answer for `{call.role}` on `{call.subject}`"
        raise ArtifactError(message, hint="run the document with a model: `deepcode run`")

    @property
    def model_name(self) -> str:
        """What stands in reports."""
        return "recorded"

    @property
    def system(self) -> str:
        """No provider."""
        return "recording"


def prompt_hash(messages: list[ModelMessage], parameters: ModelRequestParameters) -> str:
    """SHA-256 over all that the model reads: instructions, messages, tool names."""
    digest = hashlib.sha256()
    for tool in parameters.function_tools:
        digest.update(f"tool {tool.name}\n".encode())
    for message in messages:
        digest.update(str(getattr(message, "instructions", None) or "").encode())
        for part in message.parts:
            digest.update(part.part_kind.encode())
            for name in _READ_FIELDS:
                digest.update(repr(getattr(part, name, "")).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _kept(response: ModelResponse) -> dict[str, Any]:
    """The response as JSON; where its server stands is nobody's business in a recording."""
    dumped = ModelMessagesTypeAdapter.dump_python([response], mode="json")[0]
    return {name: value for name, value in dumped.items() if name != "provider_url"}


def _key(entry: Entry) -> tuple[str, str, int]:
    return entry["role"], entry["subject"], entry["attempt"]


def _response_of(entry: Entry) -> ModelResponse:
    message = ModelMessagesTypeAdapter.validate_python([entry["response"]])[0]
    if not isinstance(message, ModelResponse):
        text = f"the recorded answer for `{entry['role']}` on `{entry['subject']}` is damaged"
        raise ArtifactError(text)
    return message
