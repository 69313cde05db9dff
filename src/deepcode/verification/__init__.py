"""Phase 3 (paper 3.3): analysis, execution in a sandbox, repair by line edits."""

from deepcode.verification.phase import ensure_acceptance_tests, verify
from deepcode.verification.subject import Subject

__all__ = ["Subject", "ensure_acceptance_tests", "verify"]
