"""Phase 2 (paper 3.2): a blueprint becomes files, with CodeMem."""

from deepcode.generation.packet import Brief
from deepcode.generation.phase import generate

__all__ = ["Brief", "generate"]
