"""What the house refuses to start with."""

from __future__ import annotations

import pytest

from hoffice.settings import Settings, SettingsError

KEY = "k" * 40
GOOD = {"HOFFICE_SECRET_KEY": KEY, "HOFFICE_URL": "https://hoffice.example"}


def test_production_starts_with_a_key_and_an_address() -> None:
    settings = Settings.from_env(GOOD)

    assert settings.url == "https://hoffice.example"
    assert settings.is_secure
    assert not settings.demo


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"HOFFICE_SECRET_KEY": ""}, "HOFFICE_SECRET_KEY"),
        ({"HOFFICE_SECRET_KEY": "short"}, "32"),
        ({"HOFFICE_URL": ""}, "HOFFICE_URL"),
        ({"HOFFICE_URL": "http://hoffice.example"}, "https"),
        ({"HOFFICE_URL": "https://hoffice.example/path"}, "plain address"),
        ({"HOFFICE_DEMO": "1"}, "this computer only"),
        ({"HOFFICE_DEMO": "perhaps"}, "neither yes nor no"),
        ({"HOFFICE_DATABASE_URL": "mysql://x"}, "neither sqlite"),
        ({"HOFFICE_SMTP_URL": "http://x"}, "HOFFICE_SMTP_URL"),
        ({"HOFFICE_SMTP_URL": "smtp://mail.example?starttls=no"}, "starttls"),
        ({"HOFFICE_TRUSTED_PROXIES": "-1"}, "too small"),
        ({"HOFFICE_LINK_VALID_DAYS": "viele"}, "whole number"),
    ],
)
def test_each_unsafe_setting_is_named(change: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        Settings.from_env({**GOOD, **change})


def test_a_secret_never_shows_in_a_printed_setting() -> None:
    settings = Settings.from_env(
        {**GOOD, "HOFFICE_SMTP_URL": "smtp://me:hush@mail.example:587", "HOFFICE_DATABASE_URL": ""}
    )

    assert KEY not in repr(settings)
    assert "hush" not in repr(settings)


def test_a_postgresql_address_is_spelt_for_its_driver() -> None:
    settings = Settings.from_env({**GOOD, "HOFFICE_DATABASE_URL": "postgres://u:p@h/n"})

    assert settings.database_url == "postgresql+psycopg://u:p@h/n"
