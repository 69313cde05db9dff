"""The `deepcode` command: one file per command; parse, call, print."""

from deepcode.cli.door import main

__all__ = ["main"]
