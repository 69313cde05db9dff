"""Builds the run's model: the provider within its budget, and the recording around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from deepcode.events import Announce
from deepcode.models import Choice, build_model
from deepcode.models.budget import Budget
from deepcode.models.prices import price_usd
from deepcode.models.provider import ProviderModel
from deepcode.models.recording import Entry, RecordedModel, Recording, ReplayOnlyModel
from deepcode.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def live_model(
    choice: Choice,
    settings: Settings,
    *,
    entries: list[Entry],
    append: Callable[[Entry], None],
    announce: Announce,
) -> Model:
    """A model that asks the provider and records every answer.

    Args:
        choice: Which model.
        settings: Budget and patience.
        entries: Answers that the run has received already; they are not paid for again.
        append: Stores an answer.
        announce: Told of every answer.
    """
    paid = [float(entry["cost_usd"]) for entry in entries if "response" in entry]
    budget = Budget(settings.budget, calls=len(paid), spent_usd=sum(paid))
    provider = ProviderModel(
        build_model(choice),
        budget,
        price=lambda usage: price_usd(choice, usage),
        settings=settings.provider,
    )
    return RecordedModel(
        provider,
        Recording(entries, append),
        announce=announce,
        cost_of=lambda response: price_usd(choice, response.usage) or 0.0,
    )


def replayed_model(entries: Iterable[Entry], announce: Announce) -> Model:
    """A model that gives the answers of a recording, and has nobody to ask beyond it."""
    return RecordedModel(
        ReplayOnlyModel(),
        Recording(entries),
        announce=announce,
        cost_of=lambda response: 0.0,
        drift_allowed=True,
    )
