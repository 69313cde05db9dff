from __future__ import annotations

import pytest

from deepcode.errors import BudgetSpentError, UserError
from deepcode.models.budget import Budget
from deepcode.settings import BudgetSettings


def _budget(**limits: float) -> Budget:
    return Budget(BudgetSettings.model_validate(limits))


def test_a_run_without_limits_may_spend_anything() -> None:
    budget = _budget()
    for _ in range(1000):
        budget.reserve(100.0)
        budget.settle(100.0, 99.0)

    assert (budget.calls, budget.spent_usd, budget.reserved_usd) == (1000, 99_000.0, 0.0)


def test_a_settled_call_frees_what_it_did_not_cost() -> None:
    budget = _budget(max_cost_usd=1.0)
    budget.reserve(0.8)
    budget.settle(0.8, 0.1)

    budget.reserve(0.8)

    assert budget.spent_usd == pytest.approx(0.1)
    assert budget.reserved_usd == pytest.approx(0.8)


def test_calls_under_way_cannot_pass_the_limit_together() -> None:
    budget = _budget(max_cost_usd=1.0)
    budget.reserve(0.4)
    budget.reserve(0.4)

    with pytest.raises(BudgetSpentError, match=r"\$0\.00 spent; .* limit of \$1\.00"):
        budget.reserve(0.4)

    assert budget.calls == 2
    budget.settle(0.4, 0.0)
    budget.reserve(0.4)


def test_a_call_that_would_just_fit_is_made() -> None:
    budget = _budget(max_cost_usd=1.0)
    budget.reserve(1.0)
    budget.settle(1.0, 1.0)

    with pytest.raises(BudgetSpentError, match="the next call could pass"):
        budget.reserve(0.01)


def test_the_number_of_calls_is_a_limit_whether_they_failed_or_not() -> None:
    budget = _budget(max_calls=2)
    budget.reserve(0.0)
    budget.settle(0.0, 0.0)
    budget.reserve(0.0)

    with pytest.raises(BudgetSpentError, match="limit of 2 model calls") as caught:
        budget.reserve(0.0)

    assert "--max-calls" in caught.value.hint


def test_calls_and_dollars_of_an_earlier_process_count() -> None:
    limits = BudgetSettings(max_calls=10, max_cost_usd=2.0)

    with pytest.raises(BudgetSpentError, match="10 model calls"):
        Budget(limits, calls=10).reserve(0.0)
    with pytest.raises(BudgetSpentError, match=r"\$1\.90 spent"):
        Budget(limits, spent_usd=1.9).reserve(0.2)


@pytest.mark.parametrize("limit", [{"max_cost_usd": 0.0}, {"max_calls": 0}])
def test_a_limit_of_zero_stops_before_the_first_call(limit: dict[str, float]) -> None:
    budget = _budget(**limit)

    with pytest.raises(BudgetSpentError):
        budget.reserve(0.0)

    assert budget.calls == 0


def test_a_dollar_limit_needs_a_known_price() -> None:
    with pytest.raises(UserError, match="price of `m` is not known") as caught:
        _budget(max_cost_usd=5.0).check_price(None, "m")

    assert "--max-calls" in caught.value.hint
    assert _budget(max_calls=5).check_price(None, "m") == 0.0
    assert _budget(max_cost_usd=5.0).check_price(0.25, "m") == 0.25
