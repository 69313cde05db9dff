"""One tree of settings, and the only reader of the environment.

Defaults < settings file < environment < flags. The resolved tree, secrets masked, is the first
event of a run.

    file          `./deepcode.toml`, else `~/.config/deepcode/settings.toml`
    environment   DEEPCODE_MODEL, DEEPCODE_BASE_URL, DEEPCODE_API_KEY, DEEPCODE_HOME and, for what
                  is nested, DEEPCODE_BUDGET__MAX_CALLS and the like;
                  ANTHROPIC_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL, OPENROUTER_API_KEY,
                  GOOGLE_API_KEY as the providers name them
    flags         `deepcode run --model ... --max-cost ...`

A folder can come from somebody else, and its `./deepcode.toml` with it. That file may not name
where requests and keys go (`base_url`, `api_key`) or how far generated code is kept in
(`sandbox.level`): those belong into the personal file, the environment or a flag. That nothing
is kept in, `sandbox.level = "none"`, only a flag can say.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from deepcode.errors import UserError

Effort = Literal["auto", "fast", "standard", "max"]

PROVIDER_KEYS = {
    "anthropic": "ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "google": "GOOGLE_API_KEY",
}

_LOCAL_FILE = Path("deepcode.toml")

# A mistyped name may still stand before a key: its value is not repeated to the terminal.
_SECRET = re.compile("key|secret|token|password", re.IGNORECASE)
# What a settings file that came with a folder may not decide.
_PERSONAL = ("base_url", "api_key", "sandbox.level")
# `http://user:password@host`
_CREDENTIALS = re.compile("//[^/@]*@")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BudgetSettings(_Part):
    """Limits of one run, checked before each model call."""

    max_cost_usd: float | None = Field(None, ge=0)
    """US dollars; None for no limit."""
    max_calls: int | None = Field(None, ge=0)
    """Model requests; None for no limit."""


class ProviderSettings(_Part):
    """How the model's server is spoken to."""

    timeout_s: float = Field(600, gt=0)
    """Longest wait for one answer."""
    max_retries: int = Field(4, ge=0)
    """Further requests after a passing failure of one call."""
    max_output_tokens: int | None = Field(None, gt=0)
    """Longest answer asked for; None leaves it to the provider."""
    parallel: int = Field(4, ge=1)
    """Most calls under way at once."""


class SandboxSettings(_Part):
    """How generated code is run."""

    level: Literal["auto", "strong", "reduced", "none"] = "auto"
    """`auto` takes the best this machine can enforce; `none` only with --unsafe-local."""
    timeout_s: float = Field(120, gt=0)
    """Wall time of one command."""
    memory_bytes: int = Field(4 * 1024**3, gt=0)
    """Address space of one process."""
    provision_timeout_s: float = Field(600, gt=0)
    """Wall time of installing a repository's dependencies."""


class VerificationSettings(_Part):
    """How long the repair loop tries."""

    max_iterations: int = Field(5, ge=0)
    """Most rounds of repair."""


class Settings(BaseSettings):
    """Everything a run can be told."""

    model_config = SettingsConfigDict(
        env_prefix="DEEPCODE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    model: str = ""
    """`provider:name`; empty to take what is there."""
    base_url: str = ""
    """Root of an OpenAI-compatible server, `http://localhost:11434/v1`; else the provider's."""
    api_key: SecretStr = SecretStr("")
    """Key for `base_url` or the model's provider; the providers' own variables work as well."""
    home: Path = Path("runs")
    """Folder that holds the runs."""
    effort: Effort = "auto"
    """How much machinery to use; `auto` follows the document."""
    budget: BudgetSettings = BudgetSettings()
    provider: ProviderSettings = ProviderSettings()
    sandbox: SandboxSettings = SandboxSettings()
    verification: VerificationSettings = VerificationSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags over environment over file."""
        path = _settings_file()
        file = TomlConfigSettingsSource(settings_cls, path)
        if path == _LOCAL_FILE:
            _refuse_personal(file.toml_data)
        return init_settings, env_settings, file

    def masked(self) -> dict[str, object]:
        """The tree as JSON values, secrets as asterisks, also those inside an address."""
        address = _CREDENTIALS.sub("//**********@", self.base_url)
        return {**self.model_dump(mode="json"), "base_url": address}

    def key_for(self, provider: str) -> str:
        """The key for a provider, from the settings or its own variable; empty when there is none.

        Args:
            provider: `anthropic`, `openai`, `openrouter` or `google`.
        """
        own = self.api_key.get_secret_value()
        if own:
            return own
        return os.environ.get(PROVIDER_KEYS.get(provider, ""), "").strip()

    def url_for(self, provider: str) -> str:
        """The base URL to use for a provider; empty for its own."""
        if self.base_url:
            return self.base_url
        return os.environ.get("OPENAI_BASE_URL", "").strip() if provider == "openai" else ""


def load_settings(**flags: object) -> Settings:
    """Resolve the settings.

    Args:
        flags: What the command line said, `budget={"max_calls": 3}`; None values are left out.

    Raises:
        UserError: A value is not valid or stands where it may not, or the settings file cannot be
            read.
    """
    given = _without_none(flags)
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        got = "" if _SECRET.search(name) else f" (got {first['input']!r})"
        message = f"setting `{name}`: {first['msg']}{got}"
        raise UserError(message) from error
    except SettingsError as error:
        message = f"a setting in the environment cannot be read: {error}"
        raise UserError(message, hint="write it as JSON, or one variable a value") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"cannot read settings file `{_settings_file()}`: {error}"
        raise UserError(message) from error
    sandbox = given.get("sandbox")
    flag = sandbox.get("level") if isinstance(sandbox, dict) else None
    if settings.sandbox.level == "none" and flag != "none":
        message = "setting `sandbox.level`: `none` is taken from a flag alone"
        raise UserError(message, hint="remove it, and pass --unsafe-local where you mean it")
    return settings


def inherited_environment(*names: str) -> dict[str, str]:
    """Those of the named variables that are set, for a child process that must have them."""
    return {name: os.environ[name] for name in names if name in os.environ}


def user_cache() -> Path:
    """Folder for what can be made again, such as provisioned environments."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if root else Path.home() / ".cache") / "deepcode"


def _settings_file() -> Path:
    personal = Path.home() / ".config" / "deepcode" / "settings.toml"
    return _LOCAL_FILE if _LOCAL_FILE.is_file() else personal


def _refuse_personal(tree: dict[str, object]) -> None:
    """Raise UserError for what the file of a working folder may not decide."""
    named = set(_names(tree))
    for name in _PERSONAL:
        if name in named:
            message = f"setting `{name}`: `./{_LOCAL_FILE}` may not name it, as folders are shared"
            hint = "use `~/.config/deepcode/settings.toml`, the environment or a flag"
            raise UserError(message, hint=hint)


def _names(tree: dict[str, object], above: str = "") -> Iterator[str]:
    """Dotted names of a tree in small letters: `BASE_URL` is read as `base_url`."""
    for key, value in tree.items():
        name = f"{above}{key.casefold()}"
        yield name
        if isinstance(value, dict):
            yield from _names(value, f"{name}.")


def _without_none(tree: dict[str, object]) -> dict[str, object]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if value is not None
    }
