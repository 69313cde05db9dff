from __future__ import annotations

import pytest
from pydantic_ai.usage import RequestUsage

from deepcode.models import Choice
from deepcode.models.prices import price_usd
from deepcode.models.profiles import PROVIDERS, Provider

USAGE = RequestUsage(input_tokens=1_000_000, output_tokens=100_000)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_the_price_of_every_default_model_is_known(provider: Provider) -> None:
    price = price_usd(Choice(provider.name, provider.default_model, "", ""), USAGE)

    assert price is not None and 0.1 < price < 100


def test_a_server_on_this_machine_costs_nothing() -> None:
    assert price_usd(Choice("", "gpt-4o", "http://localhost:1/v1", ""), USAGE) == 0.0


def test_a_known_provider_is_priced_by_the_address_of_its_server() -> None:
    named = price_usd(Choice("openai", "gpt-4o", "", ""), USAGE)

    assert named == price_usd(Choice("api.openai.com", "gpt-4o", "", ""), USAGE)


@pytest.mark.parametrize(
    ("provider", "name"), [("openai", "no-such-model"), ("models.example.org", "gpt-4o")]
)
def test_an_unknown_price_is_not_taken_for_nothing(provider: str, name: str) -> None:
    assert price_usd(Choice(provider, name, "", ""), USAGE) is None


def test_tokens_from_the_cache_cost_less() -> None:
    choice = Choice("anthropic", PROVIDERS[0].default_model, "", "")
    cached = RequestUsage(input_tokens=1_000_000, cache_read_tokens=900_000, output_tokens=100_000)

    full, less = price_usd(choice, USAGE), price_usd(choice, cached)
    assert full is not None and less is not None
    assert less < full
