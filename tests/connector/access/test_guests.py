"""A guest with a browser that counts finds the one question that they were invited to, no name in it, and nothing else."""

import re
import uuid

from sqlalchemy import select

from connector.guests.models import GuestDevice, Invitation
from connector.guests.secrets import link_token
from connector.threads.models import Post, Thread
from connector.web.sessions import digest
from tests.connector.access.world import KEY, LATER, World
from tests.connector.nesting import misplaced

SECRETS = re.compile(r"zq(?:[bdfgklmnprtv][aeiou]){5}")


def enter(world: World):
    """Return a client, and the path of Gita's link."""
    secret = uuid.uuid4().hex
    with world.database.session(writes=True) as session:
        row = session.scalars(select(Invitation)).one()
        session.add(GuestDevice(invitation_id=row.id, secret_hash=digest(secret), created_at=LATER))
        session.commit()
        path = f"/guest/{link_token(KEY, row.id, row.serial)}"
        client = world.app.test_client()
        client.set_cookie(f"__Host-kring-guest-{row.id.hex[:12]}", secret, secure=True)
    return client, path


def test_a_guest_finds_one_question_and_no_name(world: World) -> None:
    client, path = enter(world)
    found = {
        each.name for each in world.of("thread") if client.get(f"{path}/questions/{each.value}").status_code == 200
    }
    assert found == {"of group A"}
    with world.database.session(writes=False) as session:
        thread = session.get_one(Thread, world.get("thread", "of group A").value)
        posts = session.scalars(select(Post).where(Post.thread_id == thread.id)).all()
        own = {*SECRETS.findall(thread.title), *(word for post in posts for word in SECRETS.findall(post.body))}
        note = SECRETS.findall(session.scalars(select(Invitation)).one().note)
    for page in ("", f"/questions/{thread.id}"):
        text = client.get(path + page, follow_redirects=True).text
        assert {*SECRETS.findall(text)} == {*own, *note}
        assert misplaced(text) == []
    assert misplaced(world.app.test_client().get(path, follow_redirects=True).text) == []


def test_a_guest_finds_the_files_of_that_question_under_no_name(world: World) -> None:
    client, path = enter(world)
    answers = {each.name: client.get(f"{path}/files/{each.value}") for each in world.of("file")}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == {
        "of the thread of group A",
        "of the reply an answer in A",
    }
    assert not [name for name, answer in answers.items() if SECRETS.search(str(answer.headers))]


def test_what_opens_for_a_guest_opens_nothing_of_a_visit(world: World) -> None:
    client, path = enter(world)
    for visitor in world.visitors.values():
        if visitor.sid:
            assert client.get(f"/s/{visitor.sid}/course").status_code == 401
    assert client.get(f"{path}/course").status_code == 404
