"""Loads a prompt file and renders it strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FORM = re.compile(r"\A---\n(.*?)\n---\n+# System\n(.*?)\n# Prompt\n(.*)\Z", re.DOTALL)
_VARIABLE = re.compile(r"\{\{ (\w+) \}\}")


@dataclass(frozen=True)
class Rendered:
    """A prompt with its variables filled in."""

    system: str
    """Stable instructions."""
    prompt: str
    """The question."""


@dataclass(frozen=True)
class Prompt:
    """One prompt file."""

    name: str
    """`<phase>/<name>`."""
    purpose: str
    """Why it exists, one sentence."""
    answer: str
    """What the model is to give back."""
    version: int
    """Raised when the wording changes in meaning."""
    variables: tuple[str, ...]
    """Names that `render` takes, all of them and no others."""
    system: str
    prompt: str

    def render(self, **values: str) -> Rendered:
        """Fill in the variables; text inside a value is never expanded again.

        Raises:
            KeyError: A variable is missing or unknown: a mistake of the program.
        """
        if set(values) != set(self.variables):
            message = f"prompt `{self.name}` takes {self.variables}, got {tuple(values)}"
            raise KeyError(message)
        return Rendered(_fill(self.system, values), _fill(self.prompt, values))


@cache
def load_prompt(name: str) -> Prompt:
    """Read `<phase>/<name>.md` from this room.

    Raises:
        ValueError: The file does not have the form, or its header does not name its variables.
    """
    import yaml

    text = resources.files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    form = _FORM.match(text)
    if form is None:
        message = f"prompt `{name}` needs a header, `# System` and `# Prompt`"
        raise ValueError(message)
    header = yaml.safe_load(form[1])
    system, prompt = form[2].strip(), form[3].strip()
    variables = tuple(header["variables"] or ())
    used = set(_VARIABLE.findall(system + prompt))
    if used != set(variables):
        message = f"prompt `{name}` names {variables} and uses {sorted(used)}"
        raise ValueError(message)
    return Prompt(
        name=name,
        purpose=header["purpose"],
        answer=header["answer"],
        version=header["version"],
        variables=variables,
        system=system,
        prompt=prompt,
    )


def _fill(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match[1]], text)
