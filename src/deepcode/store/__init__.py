"""Save and load artifacts and events; no interpretation."""

from deepcode.store.event_log import EventLog, read_events, read_lines
from deepcode.store.repository import commit_all
from deepcode.store.run_directory import RunDirectory, find_runs
from deepcode.store.yaml_form import from_yaml, to_yaml

__all__ = [
    "EventLog",
    "RunDirectory",
    "commit_all",
    "find_runs",
    "from_yaml",
    "read_events",
    "read_lines",
    "to_yaml",
]
