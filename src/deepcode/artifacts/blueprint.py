"""`Blueprint`: the implementation plan with the paper's five sections (3.1.3).

It is the only thing that generation sees of the document, apart from the contract's units.
Field descriptions are shown to the planning agent.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deepcode.artifacts.analysis import DocumentKind
from deepcode.artifacts.base import Artifact

# Written by the agent that never sees the code; planned files must not stand in their way.
ACCEPTANCE_FOLDER = "tests/acceptance"


class FilePlan(Artifact):
    """One file of the project file hierarchy."""

    path: str = Field(description="POSIX path from the repository's root")
    purpose: str = Field(description="what the file is for, one sentence")
    priority: int = Field(1, ge=1, description="1 is most important; orders files that are ready")
    depends_on: tuple[str, ...] = Field(
        (), description="paths of planned files whose code it imports or reads"
    )
    lines: int = Field(80, ge=0, description="expected length in lines")


class Component(Artifact):
    """One module, class, function, command or configuration of the component specification."""

    file: str = Field(description="path of the planned file that holds it")
    name: str = Field(description="name inside the file: `Reader`, `Reader.read`, `main`")
    signature: str = Field(
        "", description="Python: full header, `def f(x: int, *, k: float = 0.1) -> str` or "
        "`class A(Base)`; empty for what has no signature"
    )  # fmt: skip
    behaviour: str = Field(
        description="what it does, exactly: formulas, order of steps, defaults, errors raised"
    )
    units: tuple[str, ...] = Field((), description="ids of the requirement units it implements")


class Target(Artifact):
    """A number that the document promises."""

    metric: str = Field(description="what is measured, on what")
    value: str = Field(description="the value as printed, with tolerance when stated")
    unit: str = Field("", description="id of the requirement unit that states it")


class Experiment(Artifact):
    """One experiment of the verification protocol."""

    name: str
    purpose: str = Field(description="which claim it shows")
    command: str = Field(description="shell-like command at full size, from the repository's root")
    scaled_command: str = Field(
        "", description="the same, scaled down to run on a laptop CPU in at most two minutes"
    )
    targets: tuple[Target, ...] = ()


class VerificationProtocol(Artifact):
    """How one sees that the repository does what the document says."""

    entry_commands: tuple[str, ...] = Field(
        description="commands that must end with exit status 0, in under a minute each, without "
        "network and without data files that are not in the repository; "
        "e.g. `python -m pkg --help`, `python -c 'import pkg'`"
    )
    experiments: tuple[Experiment, ...] = ()
    success_criteria: tuple[str, ...] = ()


class EnvironmentPlan(Artifact):
    """Execution environment."""

    requires_python: str = Field(">=3.11", description="version specifier")
    dependencies: tuple[str, ...] = Field(
        (), description="run-time requirements as PEP 508 lines, only what the code imports"
    )
    scripts: tuple[str, ...] = Field(
        (), description="console commands to install, each as `name = package.module:function`"
    )
    hardware: str = Field("", description="what the full size needs")
    notes: str = ""


class Stage(Artifact):
    """One stage of the staged development plan."""

    name: str
    files: tuple[str, ...] = Field(description="paths of planned files")
    check: str = Field(description="how one sees that the stage is done")


class Waiver(Artifact):
    """A requirement unit that no component implements, and why."""

    unit: str
    reason: str


class Blueprint(Artifact):
    """The plan of one repository."""

    schema_version: Literal[1] = 1
    name: str = Field(description="distribution name of the project, e.g. `jsonlines`")
    kind: DocumentKind
    summary: str = Field(description="what the repository is, three sentences at most")
    files: tuple[FilePlan, ...] = Field(description="project file hierarchy")
    components: tuple[Component, ...] = Field(description="component specification")
    verification: VerificationProtocol
    environment: EnvironmentPlan
    stages: tuple[Stage, ...] = Field(description="staged development plan")
    waivers: tuple[Waiver, ...] = Field((), description="units left out, each with a reason")

    def file(self, path: str) -> FilePlan | None:
        """The planned file at `path`."""
        return next((file for file in self.files if file.path == path), None)

    def components_of(self, path: str) -> tuple[Component, ...]:
        """What is to be in one file."""
        return tuple(part for part in self.components if part.file == path)

    def units_of(self, path: str) -> tuple[str, ...]:
        """Ids of the units that one file owns, without repeats, in order of mention."""
        ids = (unit for part in self.components_of(path) for unit in part.units)
        return tuple(dict.fromkeys(ids))

    def owners(self) -> dict[str, tuple[str, ...]]:
        """Unit id -> paths of the files that own it."""
        owners: dict[str, list[str]] = {}
        for part in self.components:
            for unit in part.units:
                paths = owners.setdefault(unit, [])
                if part.file not in paths:
                    paths.append(part.file)
        return {unit: tuple(paths) for unit, paths in owners.items()}
