"""What the hub may reach outside itself: off unless set, refused where it would be unsafe, secrets from files only."""

from pathlib import Path

import pytest

from hub.errors import BadInput
from hub.outside import MailRelay, OidcClient
from hub.settings import Settings

MAIL = {"ETABLI_SMTP_HOST": "mail.example", "ETABLI_MAIL_FROM": "hub@atelier.example"}


@pytest.fixture
def oidc(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    return {
        "ETABLI_OIDC_ISSUER": "https://names.example/realm",
        "ETABLI_OIDC_CLIENT": "etabli",
        "ETABLI_OIDC_SECRET_FILE": str(file),
    }


def test_nothing_is_reached_unless_it_is_set(tmp_path: Path) -> None:
    settings = Settings.from_environment(tmp_path, {})
    assert (settings.oidc, settings.mail) == (None, None)


def test_a_provider_is_read_with_its_secret_from_a_file_which_no_log_shows(oidc: dict[str, str]) -> None:
    client = OidcClient.from_environment(oidc)
    assert client is not None
    assert (client.issuer, client.secret, client.name) == ("https://names.example/realm", "s3cret", "names.example")
    assert "s3cret" not in repr(client)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ETABLI_OIDC_ISSUER", "http://names.example"),
        ("ETABLI_OIDC_ISSUER", "names.example"),
        ("ETABLI_OIDC_ISSUER", "https://user@names.example"),
        ("ETABLI_OIDC_ISSUER", "https://names.example/#x"),
        ("ETABLI_OIDC_ISSUER", "https://[::"),
        ("ETABLI_OIDC_CLIENT", ""),
        ("ETABLI_OIDC_SECRET_FILE", ""),
        ("ETABLI_OIDC_SECRET_FILE", "/nowhere/at/all"),
    ],
)
def test_a_provider_that_is_unsafe_or_half_set_is_refused(oidc: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(BadInput):
        OidcClient.from_environment({**oidc, name: value})


def test_a_mail_server_has_the_usual_port_of_its_way() -> None:
    found = [MailRelay.from_environment({**MAIL, "ETABLI_SMTP_TLS": tls}) for tls in ("starttls", "tls", "none")]
    assert [one and (one.port, one.tls) for one in found] == [(587, "starttls"), (465, "tls"), (25, "none")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ETABLI_MAIL_FROM", ""),
        ("ETABLI_MAIL_FROM", "a@b\nBcc: c@d"),
        ("ETABLI_MAIL_FROM", "Atelier <a@b>"),
        ("ETABLI_SMTP_TLS", "perhaps"),
        ("ETABLI_SMTP_PORT", "0"),
        ("ETABLI_SMTP_PORT", "65536"),
        ("ETABLI_SMTP_PORT", "٢٥"),
    ],
)
def test_a_mail_server_that_cannot_work_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadInput):
        MailRelay.from_environment({**MAIL, name: value})


def test_no_password_goes_to_a_far_server_without_tls() -> None:
    with pytest.raises(BadInput, match="without TLS"):
        MailRelay.from_environment({**MAIL, "ETABLI_SMTP_TLS": "none", "ETABLI_SMTP_USER": "u"})
