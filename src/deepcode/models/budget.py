"""A run's limits on calls and dollars, checked before each call, settled after it."""

from __future__ import annotations

from dataclasses import dataclass, field

from deepcode.errors import BudgetSpentError, UserError
from deepcode.settings import BudgetSettings


@dataclass
class Budget:
    """What may still be spent.

    A call is reserved with the most it may cost before it is sent, so that calls under way at
    the same time cannot pass the limit together.
    """

    limits: BudgetSettings
    calls: int = 0
    """Calls settled or under way."""
    spent_usd: float = 0.0
    reserved_usd: float = field(default=0.0, init=False)

    @property
    def left_usd(self) -> float | None:
        """Dollars neither spent nor set aside; None when there is no limit."""
        limit = self.limits.max_cost_usd
        return None if limit is None else limit - self.spent_usd - self.reserved_usd

    def check_price(self, price_usd: float | None, model: str) -> float:
        """The reservation for one call.

        Raises:
            UserError: A dollar limit is set and the model's price is not known.
        """
        if price_usd is None and self.limits.max_cost_usd is not None:
            message = f"the price of `{model}` is not known, so --max-cost cannot be kept"
            raise UserError(message, hint="limit the run with --max-calls instead")
        return price_usd or 0.0

    def reserve(self, most_usd: float) -> None:
        """Set aside one call of at most `most_usd`.

        Raises:
            BudgetSpentError: The call could pass a limit.
        """
        limits = self.limits
        if limits.max_calls is not None and self.calls >= limits.max_calls:
            message = f"the limit of {limits.max_calls} model calls is reached"
            raise BudgetSpentError(message, hint="raise --max-calls and `deepcode resume`")
        if limits.max_cost_usd is not None:
            left_usd = self.left_usd or 0.0
            if most_usd > left_usd or limits.max_cost_usd == 0:
                message = (
                    f"${self.spent_usd:.2f} spent; the next call could pass the limit of "
                    f"${limits.max_cost_usd:.2f}"
                )
                raise BudgetSpentError(message, hint="raise --max-cost and `deepcode resume`")
        self.calls += 1
        self.reserved_usd += most_usd

    def settle(self, reserved_usd: float, cost_usd: float) -> None:
        """Replace a reservation by what the call cost; 0.0 for one that failed."""
        self.reserved_usd -= reserved_usd
        self.spent_usd += cost_usd
