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
        ("KRING_FILES_URL", "/var/lib/kring"),
        ("KRING_FILES_URL", "file://host/folder"),
        ("KRING_FILES_URL", "s3:///folder"),
        ("KRING_FILES_URL", "s3://name:secret@bucket/folder"),
        ("KRING_FILES_URL", "https://bucket.example"),
        ("KRING_PICTURE_MEGABYTES", "many"),
        ("KRING_SCAN_COMMAND", "scan 'it"),
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


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"KRING_DATABASE_URL": "sqlite:////srv/kring/main.sqlite"}, "file:///srv/kring/main-files"),
        ({"KRING_FILES_URL": "file:///srv/files"}, "file:///srv/files"),
        ({"KRING_FILES_URL": "s3://bucket/kring"}, "s3://bucket/kring"),
    ],
)
def test_files_are_kept_beside_the_database_unless_it_is_said_where(values, place):
    assert load_settings(GOOD | values).files_location == place


def test_files_have_a_place_on_postgresql_as_well():
    settings = load_settings(GOOD | {"KRING_DATABASE_URL": "postgresql+psycopg://kring@localhost/kring"})
    assert settings.files_location.endswith("/kring-files")


def test_the_largest_file_is_of_the_kind_that_may_be_largest():
    assert load_settings(GOOD | {"KRING_VIDEO_MEGABYTES": "5"}).largest_file == 25_000_000
