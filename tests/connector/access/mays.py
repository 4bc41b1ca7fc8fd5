"""Who may do something, as functions of the one who wants to and of the thing that it is done to."""

from collections.abc import Callable

from connector.courses.models import Role
from tests.connector.access.world import Thing, Visitor

May = Callable[[Visitor, Thing], bool]


def anybody(_visitor: Visitor, _thing: Thing) -> bool:
    """Everybody on earth: what is there holds nothing of a course, or opens by a secret in its address."""
    return True


def nobody(_visitor: Visitor, _thing: Thing) -> bool:
    """Nobody who walks here: it is for visits of another kind."""
    return False


def operators(visitor: Visitor, _thing: Thing) -> bool:
    """Who is signed in to the administrators' pages."""
    return visitor.is_operator


def visitors(visitor: Visitor, _thing: Thing) -> bool:
    """Who is in a visit: it is about themselves alone."""
    return visitor.is_here


def writers_here(visitor: Visitor, _thing: Thing) -> bool:
    """The same, but for who only looks on."""
    return visitor.is_here and visitor.can_write


def trainers_here(visitor: Visitor, _thing: Thing) -> bool:
    """Trainers, in their own course."""
    return visitor.is_here and visitor.role is Role.TRAINER


def leaders_here(visitor: Visitor, _thing: Thing) -> bool:
    """Who leads a course, in their own."""
    return visitor.is_here and visitor.is_staff


def onlookers_here(visitor: Visitor, _thing: Thing) -> bool:
    """Who leads a course, or looks on."""
    return visitor.is_here and (visitor.is_staff or visitor.role is Role.OBSERVER)


def recorded(visitor: Visitor, _thing: Thing) -> bool:
    """Who is in a visit, but for test students."""
    return visitor.is_here and visitor.role is not Role.TEST_STUDENT


def members(visitor: Visitor, thing: Thing) -> bool:
    """The people of the course."""
    return visitor.is_here and visitor.course == thing.course


def writers(visitor: Visitor, thing: Thing) -> bool:
    """The people of the course, but for who only looks on."""
    return members(visitor, thing) and visitor.can_write


def leaders(visitor: Visitor, thing: Thing) -> bool:
    """Who leads the course."""
    return members(visitor, thing) and visitor.is_staff


def seers(visitor: Visitor, thing: Thing) -> bool:
    """Who may know that it is there."""
    return visitor.is_here and visitor.name in thing.seers


def readers(visitor: Visitor, thing: Thing) -> bool:
    """Who may read it."""
    return visitor.is_here and visitor.name in thing.readers


def leading_readers(visitor: Visitor, thing: Thing) -> bool:
    """Who leads the course, of things that they can still see."""
    return leaders(visitor, thing) and readers(visitor, thing) and not thing.is_moved


def writing_seers(visitor: Visitor, thing: Thing) -> bool:
    """Who may know of it and write."""
    return seers(visitor, thing) and visitor.can_write


def standing_seers(visitor: Visitor, thing: Thing) -> bool:
    """Who may know of it, as long as it stands where it stood."""
    return seers(visitor, thing) and not thing.is_moved


def learning_writers(visitor: Visitor, thing: Thing) -> bool:
    """Who writes and does not lead."""
    return writers(visitor, thing) and not visitor.is_staff


def others(visitor: Visitor, thing: Thing) -> bool:
    """Who may read it and write, and did not write it."""
    return readers(visitor, thing) and visitor.can_write and visitor.name != thing.owner


def owners(visitor: Visitor, thing: Thing) -> bool:
    """Whose it is, as long as they may read it."""
    return readers(visitor, thing) and visitor.name == thing.owner


def owners_and_leaders(visitor: Visitor, thing: Thing) -> bool:
    """Whose it is, and who leads the course."""
    return owners(visitor, thing) or leading_readers(visitor, thing)


def senders(visitor: Visitor, thing: Thing) -> bool:
    """Who sent it, whatever became of what it belongs to."""
    return visitor.is_here and visitor.name == thing.owner


def withdrawers(visitor: Visitor, thing: Thing) -> bool:
    """Whose it is, also where they took it back already."""
    return writing_seers(visitor, thing) and visitor.name == thing.owner


def askers(visitor: Visitor, thing: Thing) -> bool:
    """Who asked the question that it answers, and who leads the course."""
    return thing.name == "an answer in A" and readers(visitor, thing) and (visitor.is_staff or visitor.name == "anna")


def signing_up(visitor: Visitor, thing: Thing) -> bool:
    """Who may sign up for it: whoever sees it, writes and does not lead."""
    return writing_seers(visitor, thing) and not visitor.is_staff and thing.name == "asked"


def answering(visitor: Visitor, _thing: Thing) -> bool:
    """Who is in a visit and can answer questions: neither looks on only, nor is a trainer's second self."""
    return visitor.is_here and visitor.can_write and visitor.role is not Role.TEST_STUDENT


def appointing(visitor: Visitor, thing: Thing) -> bool:
    """Who leads the course, of those who can be made experts."""
    is_helper = (
        thing.kind == "learner" or thing.name == "eva"
    )  # an expert already, whom the list of people has with those who lead
    return leaders(visitor, thing) and is_helper and thing.name not in {"gone", "test"}


def learners_of_leaders(visitor: Visitor, thing: Thing) -> bool:
    """Who leads the course, of learners."""
    return leaders(visitor, thing) and thing.kind == "learner"


def authors(visitor: Visitor, thing: Thing) -> bool:
    """Who has handed in."""
    return members(visitor, thing) and visitor.name in {"anna", "bert", "clea"}


def asked_to_show(visitor: Visitor, thing: Thing) -> bool:
    """Whose work a trainer would like to show."""
    return members(visitor, thing) and visitor.name == "anna"


def knowing(visitor: Visitor, thing: Thing) -> bool:
    """Who may read it and should know the answer: experts, and who leads the course."""
    return readers(visitor, thing) and (visitor.is_staff or visitor.role is Role.EXPERT)


def showing(visitor: Visitor, thing: Thing) -> bool:
    """Whose question it is, and who leads the course, where only they read it as yet."""
    return owners_and_leaders(visitor, thing) and thing.name == "a private question"


def keepers_here(visitor: Visitor, _thing: Thing) -> bool:
    """Who keeps the knowledge pool of their own course: who leads it, and experts."""
    return visitor.is_here and (visitor.is_staff or visitor.role is Role.EXPERT)
