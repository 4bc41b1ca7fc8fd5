"""The guard of `connector._py311`, judged by what the interpreter does and not by luck under load."""

import gc

import pytest
from sqlalchemy import inspect

from connector.platforms.models import Tenant
from tests import make


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_closing_a_session_turns_no_state_into_a_dict(session, database):
    for _ in range(20):
        make.tenant(session)
    session.commit()
    with database.session(writes=False) as other:
        rows = other.query(Tenant).all()
        states = [inspect(row) for row in rows]
    converted = [
        state
        for state in states
        if any(isinstance(part, dict) and "_strong_obj" in part for part in gc.get_referents(state))
    ]
    assert converted == []
