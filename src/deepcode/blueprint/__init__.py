"""Phase 1 (paper 3.1): a document becomes analyses, a contract and a blueprint."""

from deepcode.blueprint.analysis import AnalysisResult, analyse
from deepcode.blueprint.contract import write_contract
from deepcode.blueprint.effort import EffortChoice, choose_effort
from deepcode.blueprint.invariants import violations
from deepcode.blueprint.planning import plan
from deepcode.blueprint.source import Source

__all__ = [
    "AnalysisResult",
    "EffortChoice",
    "Source",
    "analyse",
    "choose_effort",
    "plan",
    "violations",
    "write_contract",
]
