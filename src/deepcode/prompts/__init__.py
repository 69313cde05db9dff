"""Every word a model reads, as Markdown files; here is only the loader."""

from deepcode.prompts.data_fence import fenced
from deepcode.prompts.fragments import (
    PASSAGE_TOKENS,
    WHOLE_DOCUMENT_TOKENS,
    passages_text,
    shown_whole,
    units_text,
)
from deepcode.prompts.prompt import Prompt, load_prompt
from deepcode.prompts.shape import shape_of

__all__ = [
    "PASSAGE_TOKENS",
    "WHOLE_DOCUMENT_TOKENS",
    "Prompt",
    "fenced",
    "load_prompt",
    "passages_text",
    "shape_of",
    "shown_whole",
    "units_text",
]
