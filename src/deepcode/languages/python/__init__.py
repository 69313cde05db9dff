"""Python: everything that is particular about it."""

from deepcode.languages.python.language import PYTHON

__all__ = ["PYTHON"]
