"""The languages that are known. To add one: write its file and name it here."""

from __future__ import annotations

from deepcode.languages.data import JSON, TOML, YAML
from deepcode.languages.language import Language
from deepcode.languages.python import PYTHON
from deepcode.languages.shell import SHELL
from deepcode.languages.text import TEXT

LANGUAGES: tuple[Language, ...] = (PYTHON, JSON, YAML, TOML, SHELL)


def language_of(path: str) -> Language:
    """The language of a file by its name; plain text rules for names that nobody claims."""
    return next((language for language in LANGUAGES if language.claims(path)), TEXT)
