"""Token figures before a provider has counted: an estimate, and named so."""

from __future__ import annotations

# English prose and code come to 3.5-4.5 characters a token with current tokenizers; only used to
# keep prompts within budgets, never for money.
CHARS_PER_TOKEN = 4


def estimate_tokens(text: str) -> int:
    """Estimated tokens of `text`: characters / 4, rounded up."""
    return -(-len(text) // CHARS_PER_TOKEN)
