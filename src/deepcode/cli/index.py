"""`deepcode index`: outline of a document and counts of what it holds; no model."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from deepcode.cli.options import Json
from deepcode.cli.output import clean

Document = Annotated[list[Path], typer.Argument(help="Markdown, text or PDF; or several files.")]

# Enough for the outline of a book; an outline has no reason to be cut for a reader.
_OUTLINE_TOKENS = 100_000


def index(document: Document, as_json: Json = False) -> None:
    """Print the outline of a document."""
    from deepcode.documents import Index, counts, read_documents

    read = read_documents(document)
    if as_json:
        sections = [
            {
                "id": section.id,
                "level": section.level,
                "number": section.number,
                "heading": section.heading,
                "chars": section.span.end - section.span.start,
                "page": section.page,
            }
            for section in read.sections
        ]
        print(json.dumps({"title": read.title, "sections": sections, "counts": counts(read)}))
        return
    print(clean(read.title))
    with closing(Index.build(read)) as built:
        print(clean(built.outline(budget_tokens=_OUTLINE_TOKENS)))
    print(", ".join(f"{count} {name}" for name, count in counts(read).items()))
    for warning in read.warnings:
        print(clean(f"note: {warning}"))
