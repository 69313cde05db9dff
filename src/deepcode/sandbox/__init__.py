"""Machines in which generated programs run, and the one safe way to write files of a repository."""

from deepcode.sandbox.detection import Detection, detect_level
from deepcode.sandbox.environment import Environment
from deepcode.sandbox.machine import Command, Machine
from deepcode.sandbox.opening import open_machine
from deepcode.sandbox.paths import check_path
from deepcode.sandbox.provisioning import ProvisionFailure, provision
from deepcode.sandbox.requirements import check_requirements
from deepcode.sandbox.scripted import ScriptedMachine
from deepcode.sandbox.workspace import Workspace

__all__ = [
    "Command",
    "Detection",
    "Environment",
    "Machine",
    "ProvisionFailure",
    "ScriptedMachine",
    "Workspace",
    "check_path",
    "check_requirements",
    "detect_level",
    "open_machine",
    "provision",
]
