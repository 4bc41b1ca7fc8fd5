from connector.platforms.manual import as_registration, complete, name_of, prefilled


def test_blackboards_keys_follow_from_the_client_id():
    values = complete("blackboard", {"issuer": "https://blackboard.com", "client_id": "abc"})
    assert values["jwks_url"].endswith("/applications/abc/jwks.json")
    assert values["token_url"].startswith("https://developer.blackboard.com/")


def test_moodles_addresses_follow_from_its_own():
    values = complete("moodle", {"issuer": "https://lms.example/moodle/", "client_id": "abc", "jwks_url": ""})
    assert values["authorization_url"] == "https://lms.example/moodle/mod/lti/auth.php"
    assert values["jwks_url"] == "https://lms.example/moodle/mod/lti/certs.php"


def test_what_was_typed_stays():
    values = complete("moodle", {"issuer": "https://lms.example", "client_id": "abc", "token_url": "https://x.example"})
    assert values["token_url"] == "https://x.example"


def test_canvas_is_called_by_its_own_host():
    values = prefilled("canvas") | {"product": "canvas", "name": "", "client_id": "1"}
    values["token_url"] = "https://college.instructure.com/login/oauth2/token"
    assert name_of(values) == "Canvas (college.instructure.com)"
    assert as_registration(values).issuer == "https://canvas.instructure.com"
