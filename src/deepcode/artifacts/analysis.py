"""The two analyses of a document (paper 3.1.2): the conceptual and the algorithmic schema.

Both agents answer in these schemas; field descriptions are shown to the model. For an
application the same fields map features, screens, endpoints, data model, rules and errors.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deepcode.artifacts.base import Artifact

DocumentKind = Literal["paper", "library", "application", "program"]


class SectionNote(Artifact):
    """One line of the structure map."""

    section_id: str = Field(description="id of the section in the outline")
    role: str = Field(description="motivation, method, experiment, interface, data, appendix, ...")
    gist: str = Field(description="one sentence: what an implementer finds there")


class ComponentNote(Artifact):
    """One functional part of the method or system."""

    name: str = Field(description="short name of the component")
    purpose: str = Field(description="what it computes or does, one or two sentences")
    uses: tuple[str, ...] = Field((), description="names of the components it builds on")


class ClaimNote(Artifact):
    """What the document claims or demands, and the code that it takes."""

    claim: str = Field(description="the claim, contribution or feature")
    code: str = Field(description="what must exist in code for it")


class RoadmapStep(Artifact):
    """One step of the reproduction."""

    step: str = Field(description="what to build or run")
    success: str = Field(description="how one sees that it worked, with numbers where stated")


class ConceptAnalysis(Artifact):
    """Conceptual Analysis Schema: the document as a project plan (paper 3.1.2)."""

    kind: DocumentKind = Field(
        description="paper (method with experiments), library (API specification), "
        "application (pages, endpoints, data) or program (command line)"
    )
    summary: str = Field(description="what is to be built, three to six sentences")
    structure: tuple[SectionNote, ...] = Field((), description="map of the sections that matter")
    components: tuple[ComponentNote, ...] = Field((), description="method decomposition map")
    claims: tuple[ClaimNote, ...] = Field((), description="implementation map: claim -> code")
    roadmap: tuple[RoadmapStep, ...] = Field((), description="reproduction roadmap")


class AlgorithmNote(Artifact):
    """A procedure with its pseudocode."""

    name: str = Field(description="`Algorithm 1: ...` or the procedure's name")
    pseudocode: str = Field(description="verbatim steps, one per line")
    section_id: str = Field(description="where it stands")


class EquationNote(Artifact):
    """An equation with its variables."""

    label: str = Field("", description="its number, `(3)`, when it has one")
    latex: str = Field(description="verbatim LaTeX")
    variables: str = Field("", description="each symbol with meaning, shape and range")
    section_id: str = Field(description="where it stands")


class HyperparameterNote(Artifact):
    """A value that the document sets."""

    name: str = Field(description="name and symbol")
    value: str = Field(description="value with unit, exactly as printed")
    scope: str = Field("", description="experiment, model or data set that it belongs to")
    section_id: str = Field(description="where it stands")


class DetailNote(Artifact):
    """Any other exact detail: a layer, a training step, a data set, a metric, a signature."""

    topic: Literal[
        "architecture",
        "training",
        "dataset",
        "preprocessing",
        "metric",
        "evaluation",
        "baseline",
        "interface",
        "behaviour",
        "error",
        "data model",
        "screen",
        "environment",
    ] = Field(description="what kind of detail it is")
    name: str = Field(description="what it is about")
    detail: str = Field(description="the detail in full, exact names, numbers, order of steps")
    section_id: str = Field(description="where it stands")


class AlgorithmAnalysis(Artifact):
    """Algorithmic Implementation Schema: every low-level detail (paper 3.1.2)."""

    algorithms: tuple[AlgorithmNote, ...] = ()
    equations: tuple[EquationNote, ...] = ()
    hyperparameters: tuple[HyperparameterNote, ...] = ()
    details: tuple[DetailNote, ...] = ()


class Analyses(Artifact):
    """Both analyses of one document."""

    concept: ConceptAnalysis
    algorithm: AlgorithmAnalysis
