from datetime import timedelta

from connector.platforms.lms import DatabaseTokens
from connector.platforms.models import ServiceToken
from lti.access_tokens import AccessToken
from tests.make import NOW

SECRET = "s" * 32
READ = frozenset({"read"})
BOTH = frozenset({"read", "write"})


def token(value="opaque"):
    return AccessToken(value=value, use_until=NOW + timedelta(hours=1))


def test_token_comes_back(database):
    tokens = DatabaseTokens(database, SECRET)
    tokens.save("one", READ, token())
    assert tokens.load("one", READ) == token()


def test_token_of_one_registration_is_not_given_to_another(database):
    tokens = DatabaseTokens(database, SECRET)
    tokens.save("one", READ, token())
    assert (tokens.load("two", READ), tokens.load("one", BOTH)) == (None, None)


def test_token_is_sealed(database, session):
    DatabaseTokens(database, SECRET).save("one", READ, token())
    assert b"opaque" not in session.query(ServiceToken.value).scalar()


def test_refused_token_is_forgotten_and_a_newer_one_is_not(database):
    tokens = DatabaseTokens(database, SECRET)
    tokens.save("one", READ, token("old"))
    tokens.save("one", READ, token("new"))
    tokens.drop("one", READ, token("old"))
    assert tokens.load("one", READ) == token("new")
    tokens.drop("one", READ, token("new"))
    assert tokens.load("one", READ) is None
