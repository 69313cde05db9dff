"""Every promise to a user that a whole run can show: id, sentence, where it was made.

Each test in `tests/e2e` names the promise that it shows by `@pytest.mark.promise("ID")`;
`tests/unit/test_promises.py` checks that no promise is without a test and no test without one.
"""

from __future__ import annotations

from typing import NamedTuple


class Promise(NamedTuple):
    """One promise."""

    sentence: str
    source: str


PROMISES = {
    "DONE-1": Promise("`verified` follows from stored evidence", "README, outcomes"),
    "DONE-2": Promise("a test that passes without code does not count", "ARCHITECTURE, belief"),
    "DONE-3": Promise("tests come from an author who never sees the code", "decision 0004"),
    "PLAN-1": Promise("every quote of the contract stands in the document", "README, how it works"),
    "PLAN-2": Promise("a blueprint's invariants hold, whoever wrote it", "README, how it works"),
    "PLAN-3": Promise("contract and blueprint can be edited before code is written", "README"),
    "CODE-1": Promise("no stub is called a file", "README, how it works"),
    "REPAIR-1": Promise("repairs are line edits, kept only when it gets better", "README"),
    "MONEY-1": Promise("a budget is a hard limit, and nothing is paid twice", "README, commands"),
    "STOP-1": Promise("kill -9 and Ctrl-C lose nothing that was received", "decision 0001"),
    "DEMO-1": Promise("the demo needs no key and ends verified", "README, top"),
    "INPUT-1": Promise("bad input is one sentence and leaves nothing behind", "README, exit codes"),
    "KEY-1": Promise("keys are never logged, prompted or shown", "README, settings"),
    "CLI-1": Promise("data on stdout, one JSON object with --json", "README, exit codes"),
    "CLI-2": Promise("foreign text cannot steer the terminal", "ARCHITECTURE, belief"),
    "CLI-3": Promise("reading, searching and diagnosing need no model", "README, commands"),
    "TRACE-1": Promise("the report links requirement, code and test", "README, what comes out"),
    "TRACE-2": Promise("events tell all that happened, in order", "README, what comes out"),
}
