"""Artifacts as YAML that people read and edit: stable order, long text as blocks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from deepcode.artifacts.base import Artifact
from deepcode.errors import ArtifactError

A = TypeVar("A", bound=Artifact)

# YAML reads these as line breaks and does not give all of them back, unless they are escaped.
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")

# wide enough that a sentence stays on one line and diffs stay short
_WIDTH = 100


def to_yaml(artifact: Artifact, *, head: str) -> str:
    """The artifact as YAML, fields in the order of its class.

    Args:
        artifact: Any artifact; empty fields are left out.
        head: Explanation for the reader, put on top as comment lines.
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes text with line breaks as literal blocks."""

    def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else None
        if _OTHER_BREAKS.search(text):
            style = '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent_text)
    tree = artifact.model_dump(mode="json", exclude_defaults=True)
    tree = (
        {"schema_version": 1, **tree} if "schema_version" in type(artifact).model_fields else tree
    )
    body = yaml.dump(tree, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    comment = "".join(f"# {line}\n" for line in head.splitlines())
    return f"{comment}\n{body}"


def from_yaml(path: Path, kind: type[A]) -> A:
    """Read an artifact that people may have edited.

    Raises:
        ArtifactError: Not there, not YAML, or not a valid `kind`; names the place in the file.
    """
    import yaml

    try:
        # libyaml's loader, where it was built in, is ten times faster and as safe
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        return kind.model_validate(tree)
    except FileNotFoundError as error:
        message = f"`{path}` is missing; run `deepcode plan` to make it"
        raise ArtifactError(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        message = f"`{path}` is not a valid {kind.__name__.lower()}: at `{place}`: {first['msg']}"
        raise ArtifactError(message) from error
    # a value such as 2024-13-45 looks like a date and is none: a plain ValueError
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = f"`{path}` is not YAML: {' '.join(str(error).split())}"
        raise ArtifactError(message) from error
