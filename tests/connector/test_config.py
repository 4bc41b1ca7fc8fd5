import pytest

from connector.config import MailServer, SettingsError, load_settings

GOOD = {"KRING_SECRET_KEY": "x" * 32}


def test_defaults_need_a_secret_only():
    settings = load_settings(GOOD)
    assert (settings.public_url, settings.database_url) == ("http://localhost:8000", "sqlite:///kring.sqlite")


def test_secret_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("y" * 40 + "\n")
    assert load_settings({"KRING_SECRET_KEY_FILE": str(file)}).secret_key == "y" * 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KRING_SECRET_KEY", "short"),
        ("KRING_SECRET_KEY_FILE", "/nowhere"),
        ("KRING_PUBLIC_URL", "kring.example"),
        ("KRING_PUBLIC_URL", "https://kring.example/tool"),
        ("KRING_PUBLIC_URL", "https://kring.example?x=1"),
        ("KRING_PUBLIC_URL", "https://kring.example:port"),
        ("KRING_PUBLIC_URL", "https://me:secret@kring.example"),
        ("KRING_PUBLIC_URL", "https://[kring"),
        ("KRING_PROXY_HOPS", "one"),
        ("KRING_ALLOW_PRIVATE_ADDRESSES", "perhaps"),
        ("KRING_LOG_FORMAT", "xml"),
        ("KRING_MAIL_URL", "mail.example"),
        ("KRING_MAIL_URL", "smtp://"),
        ("KRING_MAIL_URL", "smtp://mail.example:port"),
        ("KRING_MAIL_URL", "smtp://mail.example?tls=perhaps"),
        ("KRING_MAIL_URL", "smtp://me:secret@mail.example?tls=none"),
        ("KRING_MAIL_FROM", "Kring <kring@example.org>"),
        ("KRING_MAIL_FROM", "kring@example.org\r\nBcc: all@example.org"),
        ("KRING_TIME_ZONE", "Kopenhagen"),
    ],
)
def test_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings(GOOD | {name: value})


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer(host="mail.example", port=587, tls="starttls")),
        ("smtps://mail.example", MailServer(host="mail.example", port=465, tls="implicit")),
        ("smtp://localhost:1025?tls=none", MailServer(host="localhost", port=1025, tls="none")),
        (
            "smtp://me%40example.org:p%2Fw@mail.example:25?tls=starttls",
            MailServer(host="mail.example", port=25, tls="starttls", username="me@example.org", password="p/w"),
        ),
    ],
)
def test_mail_server(url, server):
    settings = load_settings(GOOD | {"KRING_MAIL_URL": url, "KRING_MAIL_FROM": "kring@example.org"})
    assert settings.mail_server == server
    assert "p/w" not in repr(settings)


def test_mail_needs_a_sender():
    with pytest.raises(SettingsError, match="KRING_MAIL_FROM"):
        load_settings(GOOD | {"KRING_MAIL_URL": "smtp://mail.example"})


def test_secret_is_not_shown():
    assert "x" * 32 not in repr(load_settings(GOOD))
