"""Pages over a run: the trace report."""

from deepcode.web.report import write_report

__all__ = ["write_report"]
