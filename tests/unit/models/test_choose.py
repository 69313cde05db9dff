from __future__ import annotations

import socket
import threading

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from deepcode.errors import ProviderError, UserError
from deepcode.models import Choice, build_model, choose_model, list_models
from deepcode.models import choose as module
from deepcode.models.profiles import PROVIDERS, Provider
from deepcode.settings import PROVIDER_KEYS, load_settings

KEY = "sk-test-0123456789"

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def _no_server_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCAL_SERVERS", ())


@pytest.fixture(autouse=True)
def _every_package_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: name)


def _models(*names: str) -> dict[str, object]:
    return {"object": "list", "data": [{"id": name, "object": "model"} for name in names]}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_key_alone_chooses_its_provider(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROVIDER_KEYS[provider.name], f" {KEY}\n")

    assert choose_model(load_settings()) == Choice(
        provider.name, provider.default_model, provider.base_url, KEY
    )


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_named_model_is_taken_with_the_key_of_its_provider(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROVIDER_KEYS.values():
        monkeypatch.setenv(name, "another key")
    monkeypatch.setenv(PROVIDER_KEYS[provider.name], KEY)

    choice = choose_model(load_settings(model=f"{provider.name}:some/model:free"))

    assert choice == Choice(provider.name, "some/model:free", provider.base_url, KEY)


def test_the_own_key_goes_before_the_provider_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "theirs")
    monkeypatch.setenv("DEEPCODE_API_KEY", KEY)

    assert choose_model(load_settings(model="anthropic:m")).key == KEY


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_named_model_without_key_says_which_variable_to_set(provider: Provider) -> None:
    with pytest.raises(UserError, match=f"no API key for `{provider.name}`") as caught:
        choose_model(load_settings(model=f"{provider.name}:m"))

    assert PROVIDER_KEYS[provider.name] in caught.value.hint


def test_an_unknown_provider_is_said_with_those_that_are_known() -> None:
    with pytest.raises(UserError, match="model `acme:m1`: unknown provider `acme`") as caught:
        choose_model(load_settings(model="acme:m1"))

    assert all(provider.name in caught.value.hint for provider in PROVIDERS)


def test_a_bare_model_name_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    with pytest.raises(UserError, match="model `gpt-4o`: no provider is named") as caught:
        choose_model(load_settings(model="gpt-4o"))

    assert "PROVIDER:NAME" in caught.value.hint


def test_nothing_set_up_names_the_ways_out() -> None:
    with pytest.raises(UserError, match="no model is set up") as caught:
        choose_model(load_settings())

    assert all(way in caught.value.hint for way in ("API_KEY", "--base-url", "deepcode demo"))


def test_a_key_of_unknown_owner_is_not_tried_out_on_a_provider() -> None:
    with pytest.raises(UserError, match="DEEPCODE_API_KEY is set, but no model") as caught:
        choose_model(load_settings(api_key=KEY))

    assert KEY not in str(caught.value) + caught.value.hint


def test_a_choice_never_shows_its_key() -> None:
    choice = Choice("openai", "gpt-4o", "", KEY)

    assert KEY not in f"{choice} {choice!r} {[choice]}"
    assert choice.label == "openai:gpt-4o"


@pytest.mark.parametrize(
    "url", ["http://localhost:11434/v1", "http://127.0.0.1:1234/v1/", "http://[::1]:8000/v1"]
)
def test_a_server_on_this_machine_is_free(url: str) -> None:
    choice = choose_model(load_settings(base_url=url, model="llama3:8b"))

    assert choice == Choice("", "llama3:8b", url, "")
    assert choice.label == "local:llama3:8b"


def test_a_server_elsewhere_costs_and_is_named_by_its_host() -> None:
    settings = load_settings(base_url="https://models.example.org/v1", model="m", api_key=KEY)

    assert choose_model(settings) == Choice(
        "models.example.org", "m", "https://models.example.org/v1", KEY
    )


def test_the_address_that_openai_s_own_variable_names_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://proxy.example.org/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "theirs")

    assert choose_model(load_settings(model="openai:m")) == Choice(
        "proxy.example.org", "m", "https://proxy.example.org/v1", KEY
    )
    assert choose_model(load_settings(model="anthropic:m")).base_url == ""


@pytest.mark.parametrize(
    "url",
    ["localhost:11434", "ftp://localhost/v1", "file:///etc/passwd", "http://", "http://[::1/v1",
     "http://localhost:port/v1", "nonsense"],
)  # fmt: skip
def test_an_address_that_is_none_is_shown_with_an_example(url: str) -> None:
    with pytest.raises(UserError, match="is not an http") as caught:
        choose_model(load_settings(base_url=url, model="m"))

    assert f"`{url}`" in str(caught.value)
    assert "http://localhost:11434/v1" in caught.value.hint


def test_the_first_model_of_a_named_server_is_taken(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/models").respond_with_json(_models("qwen3", "llama"))
    url = httpserver.url_for("/v1")

    assert choose_model(load_settings(base_url=url)) == Choice("", "qwen3", url, "")


def test_a_server_that_is_found_at_home_is_taken(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/v1/models").respond_with_json(_models("qwen3"))
    httpserver.expect_request("/empty/models").respond_with_json(_models())
    httpserver.expect_request("/web/models").respond_with_data("<html>")
    # nobody listens at the first
    urls = [httpserver.url_for(path) for path in ("/web", "/empty", "/v1")]
    monkeypatch.setattr(module, "LOCAL_SERVERS", ("http://127.0.0.1:9/v1", *urls))

    assert choose_model(load_settings()) == Choice("", "qwen3", urls[-1], "")


def test_a_server_without_models_is_said_so(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/models").respond_with_json(_models())

    with pytest.raises(UserError, match="offers no model"):
        choose_model(load_settings(base_url=httpserver.url_for("/v1")))


def test_the_key_is_sent_to_the_server_that_was_named(httpserver: HTTPServer) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    httpserver.expect_request("/v1/models", headers=headers).respond_with_json(_models("m"))

    assert list_models(httpserver.url_for("/v1/"), key=KEY) == ["m"]


def test_the_key_is_not_sent_on_to_where_a_server_points(httpserver: HTTPServer) -> None:
    seen: list[str | None] = []

    def elsewhere(request: Request) -> Response:
        seen.append(request.headers.get("authorization"))
        return Response('{"data": [{"id": "m"}]}', content_type="application/json")

    httpserver.expect_request("/elsewhere/models").respond_with_handler(elsewhere)
    target = f"http://127.0.0.1:{httpserver.port}/elsewhere/models"
    httpserver.expect_request("/v1/models").respond_with_data(
        status=302, headers={"location": target}
    )

    assert list_models(f"http://localhost:{httpserver.port}/v1", key=KEY) == ["m"]
    assert seen == [None]


def test_a_refused_key_is_one_sentence_without_the_key(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/models").respond_with_data(f"bad key {KEY}", status=401)

    with pytest.raises(ProviderError, match="answered 401") as caught:
        list_models(httpserver.url_for("/v1"), key=KEY)

    assert caught.value.status == 401
    assert caught.value.hint == "check the API key"
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    ["", "<html>hello</html>", "[]", "null", "3", "{}", '{"data": null}', '{"data": [1]}',
     '{"data": [{"name": "m"}]}', '{"data": {"id": "m"}}', '"data"', "[" * 200_000],
)  # fmt: skip
def test_an_answer_that_is_no_list_of_models_is_one_sentence(
    httpserver: HTTPServer, body: str
) -> None:
    httpserver.expect_request("/v1/models").respond_with_data(body, content_type="application/json")

    with pytest.raises(ProviderError, match="does not speak the OpenAI protocol"):
        list_models(httpserver.url_for("/v1"))


def test_a_server_that_speaks_no_http_is_one_sentence() -> None:
    def greet(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"SSH-2.0-Example\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=greet, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

        with pytest.raises(ProviderError, match="does not speak the OpenAI protocol"):
            list_models(url)
        thread.join(5)


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    # port 9 is the discard service: nothing listens there
    with pytest.raises(ProviderError, match="cannot be reached") as caught:
        list_models("http://127.0.0.1:9/v1")

    assert "--base-url" in caught.value.hint


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        (Choice("anthropic", "claude-sonnet-5-5", "", KEY), "AnthropicModel"),
        (Choice("openai", "gpt-4o", "", KEY), "OpenAIResponsesModel"),
        (Choice("openrouter", "a/b", "https://openrouter.ai/api/v1", KEY), "OpenAIChatModel"),
        (Choice("", "llama", "http://localhost:1/v1", ""), "OpenAIChatModel"),
        (
            Choice("models.example.org", "m", "https://models.example.org/v1", KEY),
            "OpenAIChatModel",
        ),
    ],
)
def test_a_choice_becomes_the_provider_s_model(choice: Choice, kind: str) -> None:
    model = build_model(choice)

    assert type(model).__name__ == kind
    assert model.model_name == choice.name


@pytest.mark.parametrize("model", ["", "google:m"])
@pytest.mark.parametrize("parent_is_there", [True, False])
def test_a_missing_package_is_noticed_before_anything_begins(
    model: str, parent_is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_nothing(name: str) -> None:
        if not parent_is_there:
            raise ModuleNotFoundError(name)

    monkeypatch.setattr(module, "find_spec", find_nothing)
    monkeypatch.setenv("GOOGLE_API_KEY", KEY)

    with pytest.raises(UserError, match="needs a package that is not installed") as caught:
        choose_model(load_settings(model=model))

    assert "pip install '.[google]'" in caught.value.hint
