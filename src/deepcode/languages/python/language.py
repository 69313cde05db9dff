"""Python as a `Language`: where its pieces are put together."""

from __future__ import annotations

from deepcode.languages.language import Language
from deepcode.languages.python.birth import findings
from deepcode.languages.python.interface import interface, source_of
from deepcode.languages.python.resolution import unresolved_imports
from deepcode.languages.python.servers import disarmed, python_servers
from deepcode.languages.python.testing import collect_tests

PYTHON = Language(
    name="python",
    suffixes=(".py", ".pyi"),
    findings=findings,
    interface=interface,
    source_of=source_of,
    unresolved_imports=unresolved_imports,
    collect_tests=collect_tests,
    servers=python_servers,
    disarmed=disarmed,
)
