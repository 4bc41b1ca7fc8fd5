"""Builds questions and answers through the services, as members do."""

import uuid
from datetime import timedelta

from connector.expert_qa import services
from connector.expert_qa.models import Choice
from connector.expert_qa.services import NewQuestion
from connector.reactions.models import Sign
from connector.reactions.services import react
from connector.threads import changing
from connector.threads.services import post_reply
from tests import make


def at(minutes=0):
    return make.NOW + timedelta(minutes=minutes)


def ask(session, activity, author, *, title="How do I file?", body="Tell me.", after=0, **more):
    new = NewQuestion(title=title, body=body, **more)
    return services.ask(session, activity, author, new, key=uuid.uuid4(), now=at(after))


def answer(session, thread, author, body="By date.", *, parent=None, after=0, **more):
    return post_reply(session, parent or thread.opening, author, body, key=uuid.uuid4(), now=at(after), **more)


def endorse(session, post, by, *, after=0):
    return react(session, post, by, Sign.ENDORSED, now=at(after))


def vote(session, post, by, *, after=0):
    return react(session, post, by, Sign.HELPFUL, now=at(after))


def accept(session, post, by=None, *, after=0):
    changing.accept_answer(session, post, by or post.thread.author, now=at(after))


def choices(session, activity, count):
    """Let people have said of similar questions that they are the same, and of others that they are not."""
    for number in range(count):
        is_same = number % 2 == 0
        likeness = 0.9 if is_same else 0.2
        session.add(Choice(activity_id=activity.id, likeness=likeness, lead=0.3, tags=0.0, is_same=is_same))
    session.flush()
