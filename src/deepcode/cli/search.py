"""`deepcode search`: the best passages of a document with their headings and places; no model."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from deepcode.cli.options import Json
from deepcode.cli.output import clean

_PASSAGE_TOKENS = 20_000


def search(
    document: Annotated[Path, typer.Argument(help="Markdown, text or PDF.")],
    query: Annotated[str, typer.Argument(help="A few words.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="Passages, at most.")] = 5,
    as_json: Json = False,
) -> None:
    """Search a document."""
    from deepcode.documents import Index, read_documents

    with closing(Index.build(read_documents([document]))) as built:
        found = built.search(query, limit=limit, budget_tokens=_PASSAGE_TOKENS)
    if as_json:
        passages = [
            {
                "section_id": hit.section_id,
                "heading": hit.heading_path,
                "start": hit.span.start,
                "end": hit.span.end,
                "page": hit.page,
                "score": hit.score,
                "text": hit.text,
            }
            for hit in found
        ]
        print(json.dumps({"query": query, "passages": passages}))
        return
    for hit in found:
        page = f", page {hit.page}" if hit.page else ""
        print(clean(f"{hit.section_id}  {hit.heading_path}{page}  ({hit.score:.1f})"))
        print(clean(hit.text) + "\n")
    if not found:
        print("nothing found")
