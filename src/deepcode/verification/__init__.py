"""Phase 3 (paper 3.3): analysis, execution in a sandbox, repair by line edits."""

from deepcode.verification.phase import verify
from deepcode.verification.subject import Subject

__all__ = ["Subject", "verify"]
