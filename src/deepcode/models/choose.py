"""Which model a run uses: what the user named, else what is there.

Keys are looked for in the order of `profiles.PROVIDERS`, then a server on this machine.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deepcode.errors import ProviderError, UserError
from deepcode.models.profiles import (
    LOCAL_SERVERS,
    LOOPBACK_HOSTS,
    PROVIDERS,
    Provider,
    provider_named,
)
from deepcode.settings import PROVIDER_KEYS, Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

NO_MODEL = "no model is set up: no API key and no local model server was found"
NO_MODEL_HINT = (
    "export ANTHROPIC_API_KEY or OPENAI_API_KEY, or start a server and pass "
    "--model NAME --base-url URL; `deepcode demo` works without a model"
)

# A server on this machine answers in milliseconds or is not there.
PROBE_TIMEOUT_S = 0.5
LIST_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Choice:
    """A model that was found or named."""

    provider: str
    """`anthropic`, `openai`, ... for what costs money; empty for a server on this machine."""
    name: str
    """The provider's name of the model."""
    base_url: str
    """Root of an OpenAI-compatible server; empty for the provider's own protocol."""
    key: str
    """API key; never shown."""

    def __repr__(self) -> str:
        return f"Choice({self.label!r})"

    @property
    def label(self) -> str:
        """As reports name it."""
        return f"{self.provider or 'local'}:{self.name}"


def choose_model(settings: Settings) -> Choice:
    """Decide on a model; asks a server only for its list of models.

    Raises:
        UserError: Nothing is set up, the name or key does not fit, or a package is missing.
        ProviderError: The named server cannot be reached.
    """
    prefix, _, rest = settings.model.partition(":")
    provider = provider_named(prefix) if rest else None
    if settings.base_url or (provider and provider.name == "openai" and settings.url_for("openai")):
        return _compatible(settings, rest if provider else settings.model)
    if provider is not None:
        return _with_key(settings, provider, rest)
    if settings.model:
        return _unprefixed(settings)
    return _found(settings)


def build_model(choice: Choice) -> Model:
    """The pydantic-ai model for a choice; imports the provider's SDK."""
    if choice.base_url:
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        server = OpenAICompatibleProvider(
            choice.provider or "local", base_url=choice.base_url, api_key=choice.key or "none"
        )
        return OpenAIChatModel(choice.name, provider=server)
    if choice.provider == "anthropic":
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        return AnthropicModel(choice.name, provider=AnthropicProvider(api_key=choice.key))
    if choice.provider == "google":
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        return GoogleModel(choice.name, provider=GoogleProvider(api_key=choice.key))
    from pydantic_ai.models.openai import OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIResponsesModel(choice.name, provider=OpenAIProvider(api_key=choice.key))


def list_models(base_url: str, *, key: str = "", timeout_s: float = LIST_TIMEOUT_S) -> list[str]:
    """Names of the models that an OpenAI-compatible server offers.

    Raises:
        ProviderError: It cannot be reached, refuses the key, or does not answer with a list.
    """
    url = f"{base_url.rstrip('/')}/models"
    try:
        request = urllib.request.Request(url)
        if key:
            # unredirected: another host that this one points to must not be given the key
            request.add_unredirected_header("authorization", f"Bearer {key}")
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            listed = json.load(answer)
        return [str(model["id"]) for model in listed["data"]]
    except urllib.error.HTTPError as error:
        error.close()
        message = f"the server at `{base_url}` answered {error.code} to a request for its models"
        raise ProviderError(message, status=error.code, hint="check the API key") from error
    except OSError as error:
        message = f"the server at `{base_url}` cannot be reached: {error}"
        raise ProviderError(message, hint="check --base-url and the network") from error
    except (ValueError, KeyError, TypeError, RecursionError, http.client.HTTPException) as error:
        message = f"the server at `{base_url}` does not speak the OpenAI protocol"
        raise ProviderError(message, hint="check --base-url") from error


def _compatible(settings: Settings, name: str) -> Choice:
    url = settings.url_for("openai")
    host = _host(url)
    key = settings.key_for("openai")
    if not name:
        name = next(iter(list_models(url, key=key)), "")
    if not name:
        message = f"the server at `{url}` offers no model"
        raise UserError(message, hint="load a model there, or name one with --model")
    return Choice("" if host in LOOPBACK_HOSTS else host, name, url, key)


def _host(url: str) -> str:
    message = f"--base-url `{url}` is not an http(s) address"
    hint = "for example http://localhost:11434/v1"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UserError(message, hint=hint) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(message, hint=hint)
    return parts.hostname


def _with_key(settings: Settings, provider: Provider, name: str) -> Choice:
    key = settings.key_for(provider.name)
    if not key:
        message = f"no API key for `{provider.name}`"
        raise UserError(message, hint=f"export {PROVIDER_KEYS[provider.name]}=...")
    return _own(provider, name, key)


def _own(provider: Provider, name: str, key: str) -> Choice:
    if provider.name == "google" and not _google_is_here():
        message = f"the model `google:{name}` needs a package that is not installed"
        raise UserError(message, hint="pip install '.[google]' in a checkout of DeepCode")
    return Choice(provider.name, name, provider.base_url, key)


def _google_is_here() -> bool:
    try:
        return find_spec("google.genai") is not None
    except ModuleNotFoundError:
        # raised where not even the folder `google` is there
        return False


def _unprefixed(settings: Settings) -> Choice:
    known = ", ".join(provider.name for provider in PROVIDERS)
    prefix, colon, _ = settings.model.partition(":")
    what = f"unknown provider `{prefix}`" if colon else "no provider is named"
    message = f"model `{settings.model}`: {what}"
    hint = f"write PROVIDER:NAME with one of {known}, or add --base-url for any other server"
    raise UserError(message, hint=hint)


def _found(settings: Settings) -> Choice:
    if settings.api_key.get_secret_value():
        # whose key it is cannot be known, and it is not tried out on one provider after another
        message = "DEEPCODE_API_KEY is set, but no model"
        raise UserError(message, hint="name one with --model PROVIDER:NAME")
    for provider in PROVIDERS:
        key = settings.key_for(provider.name)
        if not key:
            continue
        if provider.name == "openai" and settings.url_for("openai"):
            return _compatible(settings, "")
        return _own(provider, provider.default_model, key)
    for url in LOCAL_SERVERS:
        try:
            names = list_models(url, timeout_s=PROBE_TIMEOUT_S)
        except ProviderError:
            continue
        if names:
            return Choice("", names[0], url, "")
    raise UserError(NO_MODEL, hint=NO_MODEL_HINT)
