"""Pieces made whole: captions joined to tables and figures, algorithm boxes, references, labels.

Between `scan.py`, which sees lines, and `structure.py`, which sees sections. Works on pieces in
reading order and never changes what they cover together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deepcode.artifacts.document import BlockKind
from deepcode.documents.headings import is_bibliography, split_number
from deepcode.documents.scan import Piece

_CAPTION = re.compile(
    r"[*_>\s]{0,6}(?P<what>(?i:table|figure|fig\.|algorithm|listing))\s*"
    r"(?P<number>[A-Z]?\.?\d+(?:\.\d+)*[a-z]?|[IVXL]+\b)"
    r"(?P<mark>[*_]{0,2}\s*[.:|\u2013\u2014-]|[*_]{0,2}(?=\s+[A-Z(\"\u201c])|[*_]{0,2}\s*$)",
)
_KINDS: dict[str, BlockKind] = {
    "table": "table",
    "figure": "figure",
    "fig.": "figure",
    "algorithm": "algorithm",
    "listing": "code",
}
_LATEX_CAPTION = re.compile(r"\\caption\*?\{")
_TAG = re.compile(r"\\tag\*?\s*\{\s*\(?([^{}]{1,20}?)\)?\s*\}")
_TRAILING = re.compile(
    r"(?:\\(?:text|mathrm|eqno)\s*)?\{?\s*\(\s*([A-Z]?\.?\d{1,3}(?:\.\d{1,3})?[a-z]?)\s*\)\s*\}?"
    r"[\s.,;\\$\]]*$"
)
_PSEUDO = re.compile(
    r"^\W*(\d+\s*:|input\b|output\b|require\b|ensure\b|initiali[sz]|for\b|while\b|if\b|else\b|end\b|"
    r"end(for|if|while)\b|return\b|repeat\b|until\b|function\b|procedure\b)"
    r"|\\leftarrow|\u2190|\\gets|:=|\\State",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\s*(\[[\w+.,\s-]{1,20}\]|[-*]\s|\d{1,3}\.\s|\\bibitem)")
# Longest label; a caption's rest is in the block.
_MAX_LABEL = 300
# The longest algorithm box is a page.
_MAX_ALGORITHM_PIECES = 60


def gather(lines: Sequence[str], pieces: Sequence[Piece]) -> list[Piece]:
    """Join and label pieces.

    Returns:
        Pieces in reading order that cover the same lines, headings unchanged.
    """
    labelled = [_labelled(lines, piece) for piece in pieces]
    with_algorithms = _join_algorithms(lines, labelled)
    with_captions = _join_captions(lines, with_algorithms)
    return _mark_references(lines, with_captions)


def caption_kind(text: str) -> BlockKind | None:
    """The kind of block that a caption line announces; None when it is no caption.

    `Table 2. Results` and `Algorithm 1 Training` are captions, `Table 2 shows that` is not.
    """
    match = _CAPTION.match(text[:200])
    return _KINDS[match["what"].lower()] if match else None


def _labelled(lines: Sequence[str], piece: Piece) -> Piece:
    if piece.kind == "equation":
        return replace(piece, label=_equation_number(_text(lines, piece)))
    if piece.kind in ("table", "figure", "algorithm"):
        return replace(piece, label=_latex_caption(_text(lines, piece)))
    if piece.kind == "code":
        return _code_or_algorithm(lines, piece)
    return piece


def _equation_number(text: str) -> str:
    tags = _TAG.findall(text)
    if tags:
        return ", ".join(f"({tag.strip()})" for tag in tags[:5])
    trailing = _TRAILING.search(text[-60:])
    # f(3) at the end of a formula is no number: numbers stand apart
    apart = trailing and text[-60:][: trailing.start()].rstrip(" \t")[-1:] in (
        "",
        "$",
        "]",
        "}",
        ",",
    )
    spaced = trailing and re.search(r"(\\q?quad|\s{2,}|\n)\s*$", text[-60:][: trailing.start()])
    return f"({trailing[1]})" if trailing and (apart or spaced) else ""


def _latex_caption(text: str) -> str:
    match = _LATEX_CAPTION.search(text)
    if not match:
        return ""
    depth = 1
    for at, char in enumerate(text[match.end() : match.end() + 2000], match.end()):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth == 0:
            return " ".join(text[match.end() : at].split())[:_MAX_LABEL]
    return ""


def _code_or_algorithm(lines: Sequence[str], piece: Piece) -> Piece:
    info = lines[piece.start].strip(" `~").lower()
    first = lines[piece.start + 1].strip() if piece.end - piece.start > 1 else ""
    if caption_kind(first) == "algorithm":
        return replace(piece, kind="algorithm", label=_label(first))
    if info in ("algorithm", "pseudocode", "pseudo"):
        return replace(piece, kind="algorithm", label=_label(first) if len(first) < 120 else "")
    return piece


def _join_algorithms(lines: Sequence[str], pieces: Sequence[Piece]) -> list[Piece]:
    out: list[Piece] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        end = at + 1
        if piece.kind == "paragraph" and caption_kind(lines[piece.start]) == "algorithm":
            end = _algorithm_end(lines, pieces, at)
            if end > at + 1 or _is_pseudo(lines, piece):
                label = _label(lines[piece.start])
                piece = Piece("algorithm", piece.start, pieces[end - 1].end, label)
        out.append(piece)
        at = end
    return out


def _algorithm_end(lines: Sequence[str], pieces: Sequence[Piece], at: int) -> int:
    end = at + 1
    last = min(len(pieces), at + _MAX_ALGORITHM_PIECES)
    if end < last and pieces[end].kind in ("code", "table", "figure"):
        return end + 1
    while end < last and pieces[end].kind != "heading" and _is_pseudo(lines, pieces[end]):
        end += 1
    return end


def _is_pseudo(lines: Sequence[str], piece: Piece) -> bool:
    """Whether most lines of a piece read like pseudo-code."""
    if piece.kind in ("table", "figure", "heading", "code"):
        return False
    shown = [lines[at][:400] for at in range(piece.start, piece.end) if lines[at].strip()]
    hits = sum(bool(_PSEUDO.search(line)) for line in shown)
    prose = sum(len(line) > 250 for line in shown)
    return hits * 2 >= len(shown) and prose == 0


def _join_captions(lines: Sequence[str], pieces: Sequence[Piece]) -> list[Piece]:
    out: list[Piece] = []
    waiting: Piece | None = None
    for piece in pieces:
        kind = caption_kind(lines[piece.start]) if piece.kind in ("paragraph", "list") else None
        if kind in ("table", "figure", "code"):
            piece = replace(piece, kind=kind, label=_label(_text(lines, piece)))
            if out and _lacks_caption(out[-1], kind) and waiting is not out[-1]:
                out[-1] = _joined(out[-1], piece)
                continue
            waiting = piece
        elif waiting and out and out[-1] is waiting and _lacks_caption(piece, waiting.kind):
            out[-1] = _joined(waiting, piece)
            continue
        out.append(piece)
    return out


def _lacks_caption(piece: Piece, kind: str) -> bool:
    same = piece.kind == kind or (kind == "table" and piece.kind == "figure")
    return same and not piece.label


def _joined(first: Piece, second: Piece) -> Piece:
    captioned = first if first.label else second
    return Piece(captioned.kind, first.start, second.end, captioned.label)


def _mark_references(lines: Sequence[str], pieces: Sequence[Piece]) -> list[Piece]:
    out: list[Piece] = []
    inside = False
    for piece in pieces:
        if piece.kind == "heading":
            inside = is_bibliography(split_number(lines[piece.start].strip(" #")).text)
        if inside and piece.kind in ("paragraph", "list", "code"):
            out.extend(_entries(lines, piece))
        else:
            out.append(piece)
    return out


def _entries(lines: Sequence[str], piece: Piece) -> list[Piece]:
    """The single references of a paragraph: by their marks, else by lines that end one."""
    shown = range(piece.start, piece.end)
    marked = [at for at in shown if _ENTRY.match(lines[at])]
    if not marked:
        unwrapped = sum(len(lines[at]) > 100 for at in shown) * 2 > len(shown)
        marked = [at for at in shown if unwrapped and lines[at - 1].rstrip().endswith(".")]
    starts = sorted({piece.start, *marked})
    ends = [*starts[1:], piece.end]
    return [
        Piece("reference", start, _shown_end(lines, start, end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _shown_end(lines: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _label(text: str) -> str:
    words = " ".join(text.replace("**", "").split())
    return words if len(words) <= _MAX_LABEL else words[: _MAX_LABEL - 1].rstrip() + "\u2026"


def _text(lines: Sequence[str], piece: Piece) -> str:
    return "\n".join(lines[piece.start : piece.end])
