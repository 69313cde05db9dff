"""What differs between programming languages: syntax, interface, servers, tests, manifest.

`language_of(path)` gives a `Language`; ask it, and never compare its name.
"""

from deepcode.languages.diagnosis import Diagnosis, diagnose
from deepcode.languages.edits import apply_edits
from deepcode.languages.known import LANGUAGES, language_of
from deepcode.languages.language import CollectedTest, Language
from deepcode.languages.passages import edit_for
from deepcode.languages.promises import promised, promised_interface
from deepcode.languages.python.build import build_command, build_requirements
from deepcode.languages.python.confined import change_outside
from deepcode.languages.python.manifest import declared_dependencies, python_manifest
from deepcode.languages.python.resolution import unused_distributions
from deepcode.languages.python.results import (
    came_to_end,
    read_results,
    runner_arguments,
    runner_source,
)
from deepcode.languages.python.testing import asserts_nothing

__all__ = [
    "LANGUAGES",
    "CollectedTest",
    "Diagnosis",
    "Language",
    "apply_edits",
    "asserts_nothing",
    "build_command",
    "build_requirements",
    "came_to_end",
    "change_outside",
    "declared_dependencies",
    "diagnose",
    "edit_for",
    "language_of",
    "promised",
    "promised_interface",
    "python_manifest",
    "read_results",
    "runner_arguments",
    "runner_source",
    "unused_distributions",
]
