import pytest

from xapi import profile

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_profile_is_served_to_everybody(client):
    response = client.get("/xapi/profile")
    assert (response.mimetype, response.headers["Access-Control-Allow-Origin"]) == ("application/ld+json", "*")
    assert response.get_json(force=True) == profile.document()
