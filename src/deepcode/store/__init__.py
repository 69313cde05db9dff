"""Save and load artifacts and events; no interpretation."""

from deepcode.store.event_log import EventLog, end_torn_line, read_events, read_lines
from deepcode.store.lock import locked
from deepcode.store.repository import commit_all
from deepcode.store.run_directory import RunDirectory, find_runs
from deepcode.store.yaml_form import from_yaml, to_yaml

__all__ = [
    "EventLog",
    "RunDirectory",
    "commit_all",
    "end_torn_line",
    "find_runs",
    "from_yaml",
    "locked",
    "read_events",
    "read_lines",
    "to_yaml",
]
