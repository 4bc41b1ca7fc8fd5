"""What people do in a peer review, through the services."""

from datetime import timedelta

from connector.peer_review import rules
from connector.peer_review.filling import fields_of
from connector.peer_review.matching import assigning
from connector.peer_review.reviews import reviewing
from connector.peer_review.works import handing_in
from connector.peer_review.works.handing_in import Handing
from tests.make import NOW


def set_rules(session, activity, trainer, **values):
    """Change the rules."""
    return rules.set_rules(session, activity, trainer, values)


def hand_in(session, activity, author, *, body="My plan.", after=0, **more):
    """Hand in, some minutes after `NOW`."""
    return handing_in.hand_in(session, activity, author, Handing(body=body, **more), now=NOW + timedelta(minutes=after))


def take(session, activity, reviewer, *, after=0):
    """Ask for work."""
    return assigning.take(session, activity, reviewer, now=NOW + timedelta(minutes=after))


def answers(review, level=2, comment="Because."):
    """Return a form that says the same everywhere."""
    found = {}
    for each in review.rubric.criteria:
        level_name, comment_name = fields_of(each)
        if each.is_scored:
            found[level_name] = str(min(level, len(each.levels) - 1))
        found[comment_name] = comment
    return found


def send(session, review, *, level=2, after=0, comment="Because."):
    """Begin a review and send it."""
    at = NOW + timedelta(minutes=after)
    reviewing.start(session, review, now=at)
    return reviewing.submit(session, review, answers(review, level, comment), now=at)


def review_one(session, activity, reviewer, *, level=2, after=0):
    """Ask for work, and review it."""
    return send(session, take(session, activity, reviewer, after=after), level=level, after=after)
