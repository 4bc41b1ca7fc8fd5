import json
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from lti.errors import KeySetError, LaunchError, LtiError
from lti.keys import (
    COOL_DOWN,
    MAX_AGE,
    MAX_DOCUMENT,
    MAX_STALE,
    PUBLISH_AFTER_RETIREMENT,
    PUBLISH_BEFORE_SIGNING,
    PlatformKeys,
    StoredKeySet,
    ToolKey,
    generate_key,
    public_key_set,
    sign,
    signing_key,
)
from tests.conformance.launches import stranger
from tests.lti.platform import KID, NOW, REGISTRATION, MemoryStore, Website, document, jwk_of, platform_key

URL = REGISTRATION.jwks_url
SECOND = timedelta(seconds=1)
OUT_OF_REACH = ConnectionError("refused")


@pytest.fixture(scope="module")
def first() -> ToolKey:
    return generate_key(NOW)


@pytest.fixture(scope="module")
def second() -> ToolKey:
    return generate_key(NOW + timedelta(days=90))


def retired(key: ToolKey, at: Any) -> ToolKey:
    return ToolKey(kid=key.kid, private_pem=key.private_pem, created_at=key.created_at, retired_at=at)


def kids(key_set: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [jwk["kid"] for jwk in key_set["keys"]]


class TestToolKeys:
    def test_published_key_is_public(self, first: ToolKey):
        (jwk,) = public_key_set([first], NOW)["keys"]
        assert set(jwk) == {"kty", "kid", "use", "alg", "n", "e"}
        assert (jwk["kty"], jwk["kid"], jwk["use"], jwk["alg"]) == ("RSA", first.kid, "sig", "RS256")

    def test_private_part_is_not_shown(self, first: ToolKey):
        assert "PRIVATE" not in repr(first)
        assert first.kid in repr(first)

    def test_what_is_signed_verifies_by_the_published_set(self, first: ToolKey, second: ToolKey):
        token = sign({"iss": "client-1"}, second)
        key_set = KeySet.import_key_set(json.loads(json.dumps(public_key_set([first, second], NOW))))
        read = jwt.decode(token, key_set, algorithms=["RS256"])
        assert (read.header["kid"], read.claims) == (second.kid, {"iss": "client-1"})

    def test_new_key_is_published_before_it_signs(self, first: ToolKey, second: ToolKey):
        keys, created = [first, second], second.created_at
        assert kids(public_key_set(keys, created)) == [first.kid, second.kid]
        assert signing_key(keys, created + PUBLISH_BEFORE_SIGNING - SECOND) == first
        assert signing_key(keys, created + PUBLISH_BEFORE_SIGNING) == second

    def test_old_key_signs_until_it_retires_and_stays_published_for_a_while(self, first: ToolKey, second: ToolKey):
        at = second.created_at + PUBLISH_BEFORE_SIGNING
        keys = [retired(first, at), second]
        assert signing_key(keys, at - SECOND).kid == first.kid
        assert signing_key(keys, at) == second
        assert kids(public_key_set(keys, at + PUBLISH_AFTER_RETIREMENT - SECOND)) == [first.kid, second.kid]
        assert kids(public_key_set(keys, at + PUBLISH_AFTER_RETIREMENT)) == [second.kid]

    def test_first_key_signs_at_once(self, first: ToolKey):
        assert signing_key([first], NOW) == first

    def test_no_key_to_sign_with(self, first: ToolKey):
        for keys in ([], [retired(first, NOW)]):
            with pytest.raises(KeySetError) as refusal:
                signing_key(keys, NOW)
            assert refusal.value.code == "signing_key_missing"

    def test_publishing_again_does_not_check_the_primes_again(self, first: ToolKey):
        public_key_set([first], NOW)
        begun = time.perf_counter()
        for _ in range(20):
            public_key_set([first], NOW)
        assert time.perf_counter() - begun < 0.5


class TestPlatformKeys:
    def test_found_by_its_name(self):
        website = Website(document(jwk_of(stranger(), "other"), jwk_of(platform_key())))
        found = PlatformKeys(website, MemoryStore()).find(URL, KID, now=NOW)
        assert found.as_dict(private=False)["n"] == platform_key().as_dict(private=False)["n"]

    @pytest.mark.parametrize("changes", [{"use": None}, {"alg": None}, {"use": None, "alg": None}, {"x5c": ["a"]}])
    def test_sparse_keys_are_taken(self, changes: dict[str, Any]):
        assert PlatformKeys(Website(document(jwk_of(platform_key(), **changes))), MemoryStore()).find(URL, KID, now=NOW)

    @pytest.mark.parametrize(
        "changes",
        [{"use": "enc"}, {"alg": "RS384"}, {"kty": "EC"}, {"kty": None}, {"n": 1}, {"n": None}, {"e": "="}, {"kid": 1}],
    )
    def test_keys_for_other_uses_are_not_seen(self, changes: dict[str, Any]):
        jwk = {**jwk_of(platform_key()), **{n: v for n, v in changes.items() if v is not None}}
        for name in [n for n, v in changes.items() if v is None]:
            del jwk[name]
        keys = PlatformKeys(Website(document(jwk, 1, None, [])), MemoryStore())
        with pytest.raises(LaunchError) as refusal:
            keys.find(URL, KID, now=NOW)
        assert refusal.value.code == "unknown_kid"

    def test_key_for_another_use_does_not_hide_one_of_the_same_name(self):
        website = Website(document(jwk_of(stranger(), use="enc"), jwk_of(platform_key())))
        found = PlatformKeys(website, MemoryStore()).find(URL, KID, now=NOW)
        assert found.as_dict(private=False)["n"] == platform_key().as_dict(private=False)["n"]

    def test_private_and_symmetric_keys_do_not_reach_the_store(self):
        store = MemoryStore()
        leaked = {**platform_key().as_dict(private=True), "kid": KID}
        website = Website(document(leaked, OctKey.generate_key(256).as_dict(private=True)))
        PlatformKeys(website, store).find(URL, KID, now=NOW)
        (jwk,) = store.key_sets[URL].document["keys"]
        assert set(jwk) == {"kty", "kid", "n", "e"}

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"n": "AQAB"}, "key_too_short"),
            ({"n": "_" * 340}, "key_too_short"),
            ({"n": "_" * 4096}, "key_malformed"),
            ({"n": "_"}, "key_malformed"),
            ({"e": "AA"}, "key_malformed"),
            ({"e": "AQ"}, "key_malformed"),
        ],
    )
    def test_unfit_key(self, changes: dict[str, Any], code: str):
        keys = PlatformKeys(Website(document(jwk_of(platform_key(), **changes))), MemoryStore())
        with pytest.raises(KeySetError) as refusal:
            keys.find(URL, KID, now=NOW)
        assert refusal.value.code == code

    def test_short_key_of_a_real_platform(self):
        with pytest.warns(UserWarning, match="2048"):
            short = RSAKey.generate_key(1024)
        with pytest.raises(KeySetError, match="1024 bits"):
            PlatformKeys(Website(document(jwk_of(short))), MemoryStore()).find(URL, KID, now=NOW)

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "key_set_malformed"),
            (b"<html>503</html>", "key_set_malformed"),
            (b"[]", "key_set_malformed"),
            (b'{"error": "down"}', "key_set_malformed"),
            (b'{"keys": {}}', "key_set_malformed"),
            (b'{"keys": NaN}', "key_set_malformed"),
            (b"\xff\xfe", "key_set_malformed"),
            (b"[" * 100_000, "key_set_malformed"),
            (b" " * (MAX_DOCUMENT + 1), "key_set_too_large"),
            (OUT_OF_REACH, "key_set_unavailable"),
            (KeySetError("key_set_unavailable", "503"), "key_set_unavailable"),
        ],
    )
    def test_error_is_not_kept(self, body: bytes | Exception, code: str):
        website, store = Website(body), MemoryStore()
        keys = PlatformKeys(website, store)
        with pytest.raises(KeySetError) as refusal:
            keys.find(URL, KID, now=NOW)
        assert (refusal.value.code, store.key_sets) == (code, {})
        website.body = document(jwk_of(platform_key()))
        assert keys.find(URL, KID, now=NOW + SECOND)

    def test_set_is_read_once_while_it_is_fresh(self):
        website, store = Website(document(jwk_of(platform_key()))), MemoryStore()
        PlatformKeys(website, store).find(URL, KID, now=NOW)
        PlatformKeys(website, store).find(URL, KID, now=NOW + MAX_AGE - SECOND)
        assert website.visits == 1
        PlatformKeys(website, store).find(URL, KID, now=NOW + MAX_AGE)
        assert website.visits == 2
        assert store.key_sets[URL].fetched_at == NOW + MAX_AGE

    def test_rotated_key_is_found_at_once_after_the_cool_down(self):
        website = Website(document(jwk_of(stranger(), "old")))
        keys = PlatformKeys(website, MemoryStore())
        keys.find(URL, "old", now=NOW)
        website.body = document(jwk_of(platform_key()))
        with pytest.raises(LaunchError):
            keys.find(URL, KID, now=NOW + COOL_DOWN - SECOND)
        assert website.visits == 1
        assert keys.find(URL, KID, now=NOW + COOL_DOWN)
        assert website.visits == 2

    def test_made_up_names_ask_the_platform_once_in_a_cool_down(self):
        website = Website(document(jwk_of(platform_key())))
        keys = PlatformKeys(website, MemoryStore())
        for after in range(59):
            with pytest.raises(LaunchError):
                keys.find(URL, f"made-up-{after}", now=NOW + after * SECOND)
        assert website.visits == 2

    @pytest.mark.parametrize("body", [OUT_OF_REACH, b'{"error": "down"}'])
    def test_stale_set_is_used_while_the_platform_fails(self, body: bytes | Exception):
        website, store = Website(document(jwk_of(platform_key()))), MemoryStore()
        keys = PlatformKeys(website, store)
        keys.find(URL, KID, now=NOW)
        website.body = body
        for after in (MAX_AGE, MAX_AGE + SECOND, MAX_AGE + COOL_DOWN - SECOND):
            assert keys.find(URL, KID, now=NOW + after)
        assert website.visits == 2
        assert store.key_sets[URL] == StoredKeySet(
            document=store.key_sets[URL].document, fetched_at=NOW, tried_at=NOW + MAX_AGE
        )

    def test_stale_set_is_not_used_for_ever(self):
        website = Website(document(jwk_of(platform_key())))
        keys = PlatformKeys(website, MemoryStore())
        keys.find(URL, KID, now=NOW)
        website.body = OUT_OF_REACH
        assert keys.find(URL, KID, now=NOW + MAX_STALE - SECOND)
        with pytest.raises(KeySetError) as refusal:
            keys.find(URL, KID, now=NOW + MAX_STALE + COOL_DOWN)
        assert refusal.value.code == "key_set_unavailable"
        website.body = document(jwk_of(platform_key()))
        assert keys.find(URL, KID, now=NOW + MAX_STALE + 2 * COOL_DOWN)

    def test_unknown_name_is_not_called_wrong_while_the_platform_fails(self):
        website = Website(document(jwk_of(platform_key())))
        keys = PlatformKeys(website, MemoryStore())
        keys.find(URL, KID, now=NOW)
        website.body = OUT_OF_REACH
        with pytest.raises(KeySetError) as refusal:
            keys.find(URL, "new", now=NOW + COOL_DOWN)
        assert refusal.value.code == "key_set_unavailable"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_jwk = st.fixed_dictionaries(
    {"kty": st.sampled_from(["RSA", "EC"]) | _json, "kid": st.just(KID) | _json},
    optional={
        "use": st.sampled_from(["sig", "enc"]) | _json,
        "alg": st.just("RS256") | _json,
        "key_ops": _json,
        "n": st.text("AQ_-=", max_size=600) | _json,
        "e": st.sampled_from(["AQAB", "AA", ""]) | _json,
        "d": _json,
    },
)


@given(st.binary(max_size=200) | st.builds(json.dumps, _json | st.fixed_dictionaries({"keys": _json})).map(str.encode))
def test_any_document_gives_no_key_but_an_error_of_ours(body: bytes):
    with pytest.raises(LtiError):
        PlatformKeys(Website(body), MemoryStore()).find(URL, KID, now=NOW)


@given(st.lists(_jwk | _json, max_size=3))
def test_any_keys_beside_a_good_one_leave_it_usable(jwks: list[Any]):
    good = jwk_of(platform_key(), "good")
    found = PlatformKeys(Website(document(*jwks, good)), MemoryStore()).find(URL, "good", now=NOW)
    signed = jws.serialize_compact({"alg": "RS256"}, b"x", platform_key(), ["RS256"])
    assert jws.deserialize_compact(signed, found, ["RS256"]).payload == b"x"


@given(_jwk)
def test_any_key_is_used_or_refused_by_an_error_of_ours(jwk: dict[str, Any]):
    try:
        key = PlatformKeys(Website(document(jwk)), MemoryStore()).find(URL, KID, now=NOW)
    except LtiError:
        return
    assert key.raw_value.key_size >= 2048


@given(st.dictionaries(st.text(), _json), st.text())
def test_any_stored_document_is_read(stored: dict[str, Any], kid: str):
    store = MemoryStore({URL: StoredKeySet(document=stored, fetched_at=NOW)})
    with pytest.raises(LaunchError):
        PlatformKeys(Website(OUT_OF_REACH), store).find(URL, kid, now=NOW)
