import pytest

from connector.config import SettingsError, load_settings

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
    ],
)
def test_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings(GOOD | {name: value})


def test_secret_is_not_shown():
    assert "x" * 32 not in repr(load_settings(GOOD))
