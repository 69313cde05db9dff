"""What is known of providers and model families, as data. A model's name is compared only here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """One way to reach models."""

    name: str
    """As in `provider:model` and in `settings.PROVIDER_KEYS`."""
    default_model: str
    """Taken when only a key is there: the vendor's current general coding model."""
    base_url: str = ""
    """Set where the provider is reached as an OpenAI-compatible server."""


# In the order in which keys are looked for.
PROVIDERS = (
    Provider("anthropic", "claude-sonnet-5-5"),
    Provider("openai", "gpt-6.1-sol"),
    Provider("google", "gemini-3.1-pro-preview"),
    Provider("openrouter", "anthropic/claude-sonnet-5.5", "https://openrouter.ai/api/v1"),
)

# Servers that people run at home, at their default ports: Ollama, LM Studio, vLLM.
LOCAL_SERVERS = (
    "http://127.0.0.1:11434/v1",
    "http://127.0.0.1:1234/v1",
    "http://127.0.0.1:8000/v1",
)

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1", "0.0.0.0"})

# Longest answer that is reckoned with when a call's cost is reserved and no limit is set.
ASSUMED_OUTPUT_TOKENS = 32_000


def provider_named(name: str) -> Provider | None:
    """The provider with that name."""
    return next((provider for provider in PROVIDERS if provider.name == name), None)
