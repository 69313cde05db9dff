from __future__ import annotations

from pathlib import Path

import pytest

from deepcode.errors import UserError
from deepcode.settings import (
    PROVIDER_KEYS,
    BudgetSettings,
    inherited_environment,
    load_settings,
    user_cache,
)

KEY = "sk-test-0123456789"

pytestmark = pytest.mark.usefixtures("home")


def _local(text: str) -> None:
    Path("deepcode.toml").write_text(text, encoding="utf-8")


def _personal(home: Path, text: str) -> None:
    folder = home / ".config" / "deepcode"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(text, encoding="utf-8")


def test_without_file_environment_and_flags_there_are_defaults() -> None:
    settings = load_settings()

    assert (settings.model, settings.base_url, settings.home) == ("", "", Path("runs"))
    assert settings.budget == BudgetSettings(max_cost_usd=None, max_calls=None)
    assert settings.sandbox.level == "auto"


def test_flags_go_before_environment_and_environment_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _local('model = "file"\neffort = "fast"\nhome = "file-runs"\n')
    monkeypatch.setenv("DEEPCODE_MODEL", "environment")
    monkeypatch.setenv("DEEPCODE_EFFORT", "standard")

    settings = load_settings(model="flag")

    assert (settings.model, settings.effort, settings.home) == (
        "flag",
        "standard",
        Path("file-runs"),
    )


def test_nested_settings_are_merged_value_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    _local("[budget]\nmax_calls = 1\nmax_cost_usd = 1.5\n[provider]\nparallel = 2\n")
    monkeypatch.setenv("DEEPCODE_BUDGET__MAX_CALLS", "7")
    monkeypatch.setenv("DEEPCODE_PROVIDER__TIMEOUT_S", "30")

    settings = load_settings(budget={"max_cost_usd": 9, "max_calls": None})

    assert settings.budget == BudgetSettings(max_cost_usd=9, max_calls=7)
    assert (settings.provider.parallel, settings.provider.timeout_s) == (2, 30)


def test_a_flag_that_was_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCODE_MODEL", "environment")

    assert load_settings(model=None, budget={"max_calls": None}).model == "environment"


def test_a_file_in_the_working_folder_goes_before_the_personal_one(home: Path) -> None:
    _personal(home, 'model = "personal"\n')
    assert load_settings().model == "personal"

    _local('effort = "max"\n')
    assert (load_settings().model, load_settings().effort) == ("", "max")


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    settings = load_settings(api_key=KEY, base_url=f"https://ann:{KEY}@host.example/v1")

    assert KEY not in f"{settings.masked()}"
    assert settings.masked()["api_key"] == "**********"
    assert settings.masked()["base_url"] == "https://**********@host.example/v1"
    assert KEY not in repr(settings.api_key)
    assert settings.url_for("openai") == f"https://ann:{KEY}@host.example/v1"


def test_masked_settings_are_plain_json_values() -> None:
    masked = load_settings(budget={"max_calls": 3}, home=Path("here")).masked()

    assert masked["home"] == "here"
    assert masked["budget"] == {"max_cost_usd": None, "max_calls": 3}
    assert masked["api_key"] == ""


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        ({"budget": {"max_calls": -1}}, "budget.max_calls", "-1"),
        ({"budget": {"max_cost_usd": float("nan")}}, "budget.max_cost_usd", "nan"),
        ({"provider": {"timeout_s": 0}}, "provider.timeout_s", "0"),
        ({"provider": {"parallel": 0}}, "provider.parallel", "0"),
        ({"effort": "much"}, "effort", "'much'"),
        ({"sandbox": {"level": "weak"}}, "sandbox.level", "'weak'"),
        ({"colour": "red"}, "colour", "'red'"),
        ({"budget": {"dollars": 1}}, "budget.dollars", "1"),
    ],
)
def test_a_wrong_value_is_named_with_its_setting(
    flags: dict[str, object], name: str, value: str
) -> None:
    with pytest.raises(UserError) as caught:
        load_settings(**flags)

    assert str(caught.value).startswith(f"setting `{name}`: ")
    assert f"(got {value})" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_value_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCODE_BUDGET__MAX_CALLS", "many")

    with pytest.raises(UserError, match=r"setting `budget\.max_calls`: .*\(got 'many'\)"):
        load_settings()


def test_a_variable_that_is_not_json_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCODE_BUDGET", "{max_calls")

    with pytest.raises(UserError, match=r'environment cannot be read: .*"budget"'):
        load_settings()


@pytest.mark.parametrize(
    "text", [f'api_key = ["{KEY}"]', f'apikey = "{KEY}"', f'[provider]\napi_key = "{KEY}"']
)
def test_a_mistake_around_a_key_does_not_show_the_key(text: str) -> None:
    _local(text)

    with pytest.raises(UserError, match="key`: ") as caught:
        load_settings()

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("content", [b"model = ", b'model = "\xff"', b"[budget", b"a b c"])
def test_a_file_that_is_no_toml_is_named(content: bytes) -> None:
    Path("deepcode.toml").write_bytes(content)

    with pytest.raises(UserError, match=r"cannot read settings file `deepcode\.toml`: "):
        load_settings()


def test_settings_cannot_be_changed() -> None:
    settings = load_settings()

    with pytest.raises(ValueError, match="frozen"):
        settings.model = "other"  # type: ignore[misc]


@pytest.mark.parametrize("provider", PROVIDER_KEYS)
def test_a_key_comes_from_the_settings_or_the_provider_s_own_variable(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().key_for(provider) == ""

    monkeypatch.setenv(PROVIDER_KEYS[provider], f" {KEY} \n")
    assert load_settings().key_for(provider) == KEY
    assert load_settings(api_key="own").key_for(provider) == "own"
    assert load_settings().key_for("nobody") == ""


def test_the_address_of_openai_comes_from_the_settings_or_its_own_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://proxy.example/v1")

    assert load_settings().url_for("openai") == "https://proxy.example/v1"
    assert load_settings().url_for("anthropic") == ""
    assert load_settings(base_url="http://own/v1").url_for("anthropic") == "http://own/v1"


def test_a_child_process_is_given_only_the_variables_that_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.delenv("LC_ALL", raising=False)

    assert inherited_environment("LANG", "LC_ALL") == {"LANG": "C.UTF-8"}


def test_the_cache_is_where_the_person_wants_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert user_cache() == home / ".cache" / "deepcode"

    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert user_cache() == Path("/elsewhere/deepcode")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('base_url = "https://elsewhere.example/v1"', "base_url"),
        ('BASE_URL = "https://elsewhere.example/v1"', "base_url"),
        (f'api_key = "{KEY}"', "api_key"),
        ('[sandbox]\nlevel = "reduced"', "sandbox.level"),
        ('[Sandbox]\nlevel = "none"', "sandbox.level"),
        ('[SANDBOX]\nlevel = "none"\n[sandbox]\ntimeout_s = 3', "sandbox.level"),
    ],
)
def test_the_file_of_a_folder_does_not_decide_where_keys_go_or_what_keeps_code_in(
    home: Path, text: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    _local(text)

    with pytest.raises(UserError, match=rf"setting `{name}`: `\./deepcode\.toml`") as caught:
        load_settings()

    assert KEY not in str(caught.value)
    assert "~/.config/deepcode/settings.toml" in caught.value.hint


def test_the_personal_file_may_name_an_address_and_a_key(home: Path) -> None:
    text = f'base_url = "http://mine/v1"\napi_key = "{KEY}"\n[sandbox]\nlevel = "strong"\n'
    _personal(home, text)

    settings = load_settings()

    assert (settings.base_url, settings.key_for("openai")) == ("http://mine/v1", KEY)
    assert settings.sandbox.level == "strong"


def test_only_a_flag_takes_the_sandbox_away(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _personal(home, '[sandbox]\nlevel = "none"\n')
    with pytest.raises(UserError, match=r"`sandbox\.level`: `none` is taken from a flag alone"):
        load_settings()

    monkeypatch.setenv("DEEPCODE_SANDBOX__LEVEL", "none")
    with pytest.raises(UserError, match="flag alone") as caught:
        load_settings(sandbox={"timeout_s": 3})

    assert "--unsafe-local" in caught.value.hint
    assert load_settings(sandbox={"level": "none"}).sandbox.level == "none"
