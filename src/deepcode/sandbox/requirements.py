"""Which requirement lines may reach the installer: names and versions, from the one index.

Above: `provisioning.py`. Below: `packaging`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

# A project with more direct requirements is a distribution.
MAX_REQUIREMENTS = 200


def check_requirements(lines: Iterable[str]) -> tuple[str, ...]:
    """Accept requirement lines that name packages and nothing else.

    Args:
        lines: As in `requirements.txt`; empty lines and comments are dropped.

    Returns:
        PEP 508 lines in normal form, sorted, none twice.

    Raises:
        ValueError: A line is an option (`-r`, `-e`, `--index-url`), a URL, a path, a
            `name @ url`, or not a requirement; or there are more than 200.
    """
    wanted = {accepted for line in lines if (accepted := _accept(line))}
    if len(wanted) > MAX_REQUIREMENTS:
        message = f"{len(wanted)} requirements are more than {MAX_REQUIREMENTS}"
        raise ValueError(message)
    return tuple(sorted(wanted))


def _accept(line: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    text = line.split(" #")[0].strip()
    if not text or text.startswith("#"):
        return ""
    if text.startswith("-"):
        message = f"the requirement {text!r} is an option of the installer; only names are taken"
        raise ValueError(message)
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        message = f"{text!r} is not a requirement: write a name and versions, `numpy>=2,<3`"
        raise ValueError(message) from error
    if requirement.url:
        message = f"the requirement {text!r} names a place; only the package index is used"
        raise ValueError(message)
    requirement.name = canonicalize_name(requirement.name)
    return str(requirement)
