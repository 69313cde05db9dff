"""`read_documents`: files of any known format to one `Document`. The room's front door.

intake.py     bytes, or one sentence why not
markdown.py  plaintext.py  pdf/     one format each, to a `Draft`
structure.py  headings repaired, sections and blocks laid over the text
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import repeat
from pathlib import Path

from deepcode.artifacts.document import Document
from deepcode.documents.assets import AssetFolder
from deepcode.documents.draft import Draft
from deepcode.documents.headings import split_number
from deepcode.documents.intake import Format, Intake, shown, take
from deepcode.documents.markdown import read_markdown
from deepcode.documents.pdf.reader import read_pdf
from deepcode.documents.plaintext import read_plaintext
from deepcode.documents.structure import image_targets, relevelled, structured
from deepcode.errors import DocumentError

READERS: dict[Format, Callable[[Intake], Draft]] = {
    "markdown": read_markdown,
    "text": read_plaintext,
    "pdf": read_pdf,
}


def read_documents(paths: Sequence[Path], *, assets: Path | None = None) -> Document:
    """Read one document from one or several files.

    The first file stands as it is; each further one becomes a section of level 1, called by its own
    title or else its file name, with its own headings below.

    Args:
        paths: Markdown, plain text and PDF files, in reading order.
        assets: Folder to copy the images of Markdown files to; None to leave them.

    Returns:
        The document; the title is the first file's own, else its name without ending.

    Raises:
        DocumentError: A file is missing, empty, not readable, too large, or of no known format.
    """
    if not paths:
        message = "no document given; name at least one file"
        raise DocumentError(message)
    intakes = [take(path) for path in paths]
    folder = AssetFolder(assets) if assets else None
    joined = _Joined()
    for intake in intakes:
        joined.add(READERS[intake.format](intake), folder, shown(intake.path))
    return joined.document(intakes)


class _Joined:
    """Drafts one after the other, as lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pages: list[int | None] = []
        self.title = ""
        self.assets: dict[str, str] = {}
        self.warnings: list[str] = []

    def add(self, draft: Draft, folder: AssetFolder | None, name: str) -> None:
        """Put a file at the end."""
        if not any(line.strip() for line in draft.lines):
            message = f"`{name}` holds no text; give a document with text"
            raise DocumentError(message)
        lines, title = relevelled(draft.lines)
        pages: list[int | None] = list(draft.pages) or list(repeat(None, len(lines)))
        if self.lines:
            if not title:
                lines, _ = relevelled(draft.lines, base=1)
                lines[:0] = [f"# {draft.stem}", ""]
                pages[:0] = [pages[0], pages[0]]
            self.lines.append("")
            self.pages.append(None)
        else:
            self.title = title or draft.stem
        self.lines += lines
        self.pages += pages
        self.warnings += draft.warnings
        self._copy_images(draft, folder)

    def _copy_images(self, draft: Draft, folder: AssetFolder | None) -> None:
        if folder is None or draft.folder is None:
            return
        names, warnings = folder.copy(image_targets(draft.lines), draft.folder)
        self.assets.update(names)
        self.warnings += warnings

    def document(self, intakes: Sequence[Intake]) -> Document:
        """The finished document."""
        while not self.lines[-1].strip():
            self.lines.pop()
            self.pages.pop()
        sections, blocks = structured(self.lines, self.pages, self.assets)
        digest = hashlib.sha256()
        for intake in intakes:
            digest.update(intake.data)
        return Document(
            title=split_number(self.title).text or self.title,
            text="\n".join(self.lines) + "\n",
            sections=sections,
            blocks=blocks,
            files=tuple(shown(Path(intake.path.name)) for intake in intakes),
            source_hash=digest.hexdigest(),
            warnings=tuple(self.warnings),
        )
