"""Two pieces of work at the same time; a failure of one lets the other come to its end first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


async def together(*work: Coroutine[object, object, object]) -> None:
    """Await all of `work`, then raise the first failure as it is.

    The rest is not stopped by a failure: its calls under way are paid for, and their answers must
    be received. When the caller is cancelled, so is all of it.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
