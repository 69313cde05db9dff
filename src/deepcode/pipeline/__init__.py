"""The spine: a run from its request to its outcome."""

from deepcode.pipeline.request import Listener, RunRequest, new_run_path
from deepcode.pipeline.run import resume, start

__all__ = ["Listener", "RunRequest", "new_run_path", "resume", "start"]
