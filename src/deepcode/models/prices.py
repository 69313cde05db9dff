"""What an answer costs, from `genai-prices`; local servers cost nothing."""

from __future__ import annotations

from typing import Protocol


class Priced(Protocol):
    """What a price is calculated from."""

    @property
    def name(self) -> str:
        """Model name as the provider knows it."""

    @property
    def provider(self) -> str:
        """Provider id of genai-prices, or the server's host; empty for a local server."""


class TokenCounts(Protocol):
    """Token figures of one answer, as pydantic-ai reports them."""

    input_tokens: int
    output_tokens: int


def price_usd(model: Priced, usage: TokenCounts) -> float | None:
    """US dollars for `usage`; 0.0 for a local server, None when the price is not known."""
    if not model.provider:
        return 0.0
    from genai_prices import calc_price

    try:
        found = calc_price(usage, model.name, provider_id=model.provider)
    except LookupError:
        # a server that is named by its address may still be a known provider's
        address = f"https://{model.provider}"
        try:
            found = calc_price(usage, model.name, provider_api_url=address)
        except LookupError:
            return None
    return float(found.total_price)
