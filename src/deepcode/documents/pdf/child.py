"""The child process that reads a PDF: bytes on stdin, one JSON object on stdout.

    {"lines": [...], "pages": [...], "warnings": [...]}   or   {"refusal": "encrypted"}

Started by `reader.py` with a limit on memory and time that it sets itself before any foreign code
sees a byte. The boundary of a parser for untrusted files: the one place here with a broad `except`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

from deepcode.documents.pdf.flow import flowing_lines
from deepcode.documents.pdf.page import Page, Run, make_run

# pdfium reserves 250 MB when it can have no more and works with that; real papers use 70 MB.
MEMORY_BYTES = 1024**3
CPU_S = 60
# Ten times the longest book: what is longer was made to fill a disk.
MAX_CHARS = 20_000_000
MAX_PAGES = 5000
_OUTPUT_BYTES = 256 * 1024**2
# Fewer are page numbers or stamps on a scan.
_MIN_CHARS_PER_PAGE = 5


def main() -> None:
    """Read stdin, answer on stdout."""
    answer_to = os.dup(1)
    # the parser may print to stdout; nothing but the answer may arrive there
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit()
    data = sys.stdin.buffer.read()
    try:
        answer = read(data)
    except MemoryError:
        answer = {"refusal": "memory"}
    except Exception as error:
        # whatever a foreign parser throws, the PDF is bad
        answer = {"refusal": "encrypted" if _is_password(error) else "damaged"}
    with os.fdopen(answer_to, "w", encoding="ascii") as out:
        json.dump(answer, out)
    sys.stdout.flush()
    # pdfium's own tear-down has nothing to say any more and may still crash
    os._exit(0)


def read(data: bytes) -> dict[str, Any]:
    """Read a PDF in this process.

    Returns:
        What `main` answers.
    """
    pages, total = _pages(data)
    chars = sum(len(run.text) for page in pages for run in page.runs)
    if chars > MAX_CHARS:
        return {"refusal": "too-long"}
    with_text = sum(any(run.text.strip() for run in page.runs) for page in pages)
    if chars < _MIN_CHARS_PER_PAGE * min(len(pages), 10) or not with_text:
        return {"refusal": "no-text"}
    flow = flowing_lines(pages)
    warnings = []
    empty = [page.number for page in pages if not page.runs]
    if empty:
        warnings.append(f"no text on page {', '.join(map(str, empty[:20]))}")
    if total > len(pages):
        warnings.append(f"only the first {len(pages)} of {total} pages were read")
    return {
        "lines": [line.text for line in flow],
        "pages": [line.page for line in flow],
        "warnings": warnings,
    }


def _pages(data: bytes) -> tuple[list[Page], int]:
    from liteparse import LiteParse

    parser = LiteParse(
        ocr_enabled=False,
        quiet=True,
        output_format="json",
        extract_links=False,
        extract_text_metadata=True,
        max_pages=MAX_PAGES,
        num_workers=1,
    )
    pages: list[Page] = []
    chars = total = 0
    for batch in parser.parse_batches(data, 50):
        total = batch.total_pages
        for parsed in batch.result.pages:
            runs = tuple(_runs(parsed.text_items))
            pages.append(Page(parsed.page_num, parsed.width, parsed.height, runs))
            chars += sum(len(run.text) for run in runs)
        if chars > MAX_CHARS:
            break
    return pages, total


def _runs(items: list[Any]) -> list[Run]:
    made = (
        make_run(
            item.text,
            (item.x, item.y, item.x + item.width, item.y + item.height),
            font=item.font_name or "",
            size=item.font_size or item.height,
            weight=item.font_weight or 0,
            rotation=item.rotation,
        )
        for item in items
    )
    return [run for run in made if run.text]


def _is_password(error: Exception) -> bool:
    return "password" in str(error).lower() or "encrypt" in str(error).lower()


def _limit() -> None:
    import resource

    wanted = (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _OUTPUT_BYTES),
    )
    for kind, value in wanted:
        # macOS refuses some of these; the time limit of the parent holds everywhere
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
