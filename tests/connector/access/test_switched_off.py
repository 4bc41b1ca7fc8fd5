"""A course that was never enabled, or in which all is switched off, shows nobody but its trainers what is in it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from connector.activities.models import Activity
from connector.notifications.gathering import gather
from connector.notifications.letters import write
from connector.notifications.models import Mail
from tests.connector.access.test_guests import enter
from tests.connector.access.walking import ask, contents, tries
from tests.connector.access.world import LATER, World

SECRETS = re.compile(r"zq(?:[bdfgklmnprtv][aeiou]){5}")
WAYS = {
    "switched off": {"switched_off_at": LATER},
    "never published": {"prepared_at": LATER},
    "copied, and nobody took it over": {"copied_from_id": Activity.id},
}
"""What makes an activity one that is not open."""
WHO = ("anna", "eva", "olaf")
"""A learner, an expert and an observer."""

OWN = {"attachment", "draft", "expert", "mail_preference", "note", "notice", "consent_decision"}
"""What people do by themselves: drafts and notes, what they want to be told, and that they have seen it."""


@pytest.fixture(params=WAYS)
def closed(world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """The world with nothing open in it, and as it was afterwards."""
    values = WAYS[request.param]
    with world.database.session(writes=True) as session:
        kept = [
            tuple(row) for row in session.execute(select(Activity.id, *(getattr(Activity, each) for each in values)))
        ]
        session.execute(update(Activity).values(values))
        session.commit()
    yield world
    with world.database.session(writes=True) as session:
        for id_, value in kept:
            session.execute(update(Activity).where(Activity.id == id_).values(dict.fromkeys(values, value)))
        session.commit()


def is_own(world: World, word: str, who: str, endpoint: str) -> bool:
    """Return whether a word is of the course itself, or of somebody's own: what they wrote for nobody, and who they are."""
    meaning = world.meanings[word]
    is_known = meaning in {"title of the course home", f"name of {who}"} or meaning.endswith(f" of {who}")
    of_groups = endpoint == "profiles.show" and meaning.startswith("name of group")
    # The LMS shows the link's title to whom it shows the link, and one's own note says where it was begun.
    may_name = endpoint == "course.setup" or endpoint.startswith("notebook.")
    return is_known or of_groups or (may_name and meaning.startswith("title of "))


def test_nobody_reads_anything(closed: World) -> None:
    wrong = set()
    for attempt in tries(closed, "GET"):
        for who in WHO:
            answer = ask(closed, closed.visitors[who], attempt)
            said = answer.get_data(as_text=True) if answer.mimetype.startswith(("text", "application/j")) else ""
            for word in SECRETS.findall(said + str(answer.headers)):
                if not is_own(closed, word, who, attempt.endpoint):
                    wrong.add(f"{who}: {attempt.endpoint}: {closed.meanings[word]}")
    assert not wrong, "\n" + "\n".join(sorted(wrong))


def test_trainers_find_the_way_to_switch_it_on(closed: World) -> None:
    tine = closed.visitors["tine"]
    page = tine.client.get(f"/s/{tine.sid}/course")
    assert (page.status_code, "title of forum" in {closed.meanings[each] for each in SECRETS.findall(page.text)}) == (
        200,
        True,
    )


def test_no_mail_tells_of_it_and_no_guest_finds_it(closed: World) -> None:
    settings = replace(closed.app.extensions["kring"].settings, mail_from="kring@kring.example")
    at = LATER + timedelta(days=1)
    told = {}
    with closed.database.session(writes=True) as session:
        gather(session, default_zone="UTC", now=at)
        for mail in session.scalars(select(Mail).where(Mail.person_id.is_not(None))):
            if message := write(closed.app, session, mail, settings, now=at):
                told[mail.person.name] = {closed.meanings[each] for each in SECRETS.findall(message.as_string())}
        session.rollback()
    # Who leads the course is told of what is being prepared.
    leaders = {"Asta", "Tine", "Lars", "Mats"}
    assert {name: words for name, words in told.items() if name.partition(" ")[0] not in leaders} == {}
    client, path = enter(closed)
    for page in ("", *(f"/questions/{each.value}" for each in closed.of("thread"))):
        text = client.get(path + page, follow_redirects=True).text
        assert {closed.meanings[each] for each in SECRETS.findall(text)} == set()


@pytest.mark.parametrize("closed", ["switched off"], indirect=True)
def test_learners_change_nothing_in_it(closed: World) -> None:
    before = contents(closed)
    for attempt in tries(closed, "POST"):
        ask(closed, closed.visitors["bert"], attempt)
    after = contents(closed)
    assert {name for name in before if before[name] != after[name]} <= OWN
