"""A question as one member reads it: what was asked, the answers from the best on, and what was said of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.expert_qa.desk import get_question
from connector.expert_qa.merging import former_questions
from connector.expert_qa.models import Hour, Question
from connector.expert_qa.states import Facts, State, state_of
from connector.reactions.models import Sign
from connector.reactions.reading import NOTHING, Tally, tallies
from connector.threads import limits
from connector.threads.access import Sight, may_read
from connector.threads.models import Post, PostState, Thread, Visit
from connector.threads.news import GONE
from connector.threads.outline import get_outline
from connector.web.paging import turn_to

ANSWERS_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Said:
    """A post on the page of a question."""

    post: Post
    is_new: bool
    answered: Post | None = None
    """What a comment replies to, where that is not the answer itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and the comments on it."""

    said: Said
    comments: Sequence[Said]
    former_title: str | None
    """Where the post asked a question that was merged into this one: its title. It is no answer then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One page of a question."""

    thread: Thread
    question: Question
    hour: Hour | None
    opening: Said
    answers: Sequence[Answer]
    """Of this page: the accepted one, those that somebody vouches for, then by votes."""
    same: Sequence[Answer]
    """The questions that were merged into this one."""
    state: State
    facts: Facts
    page: int
    pages: int
    new_count: int
    """In the whole thread."""
    last_number: int
    was_visited_today: bool
    tally: Mapping[uuid.UUID, Tally]
    """What was said of each post."""

    @property
    def shown(self) -> list[Said]:
        """Everything on the page."""
        both = (*self.answers, *self.same)
        return [self.opening, *(said for each in both for said in (each.said, *each.comments))]


def read_question(session: Session, sight: Sight, thread: Thread, *, page: int = 1, post: int | None = None) -> Asked:
    """Return a page of a question; the same few queries however much was said.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
        post: The number of a post that the page must show; goes before the page.
    """
    posts = _posts(session, sight, thread)
    question, former = get_question(session, thread), former_questions(session, thread)
    is_new = {line.id: line.is_new for line in get_outline(session, sight, thread).lines()}
    tally = tallies(session, sight.member, [each.id for each in posts if may_read(sight, each)])
    found = _answers(posts, is_new, {iri: each.title for iri, each in former.items()})
    answers = [each for each in found if each.former_title is None and not _is_empty(each)]
    answers.sort(key=lambda each: _order(thread, each, tally))
    place = _place(answers, post)
    wanted = place // ANSWERS_A_PAGE + 1 if place is not None else page
    page, pages = turn_to(wanted, len(answers), most=ANSWERS_A_PAGE)
    visit = session.get(Visit, (sight.member.id, thread.id))
    hour = session.get(Hour, question.hour_id) if question.hour_id else None
    facts = _facts(sight, question, hour, thread=thread, answers=answers, tally=tally)
    return Asked(
        thread=thread,
        question=question,
        hour=hour,
        opening=Said(posts[0], is_new.get(posts[0].number, False)),
        answers=answers[(page - 1) * ANSWERS_A_PAGE : page * ANSWERS_A_PAGE],
        same=[each for each in found if each.former_title is not None],
        state=state_of(facts),
        facts=facts,
        page=page,
        pages=pages,
        new_count=sum(is_new.values()),
        last_number=max(is_new, default=posts[0].number),
        was_visited_today=visit is not None and visit.day >= sight.now.date(),
        tally=tally,
    )


def _posts(session: Session, sight: Sight, thread: Thread) -> Sequence[Post]:
    """Return all posts that the member may see, the opening one first."""
    return session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.thread_id == thread.id, sight.posts_within())
        .order_by(Post.number)
        .options(joinedload(Post.author).joinedload(Membership.person))
    ).all()


def _answers(posts: Sequence[Post], is_new: Mapping[int, bool], former: Mapping[str, str]) -> list[Answer]:
    """Return the answers with everything that was said below each, in the order they came."""
    by_id = {post.id: post for post in posts}
    below: dict[uuid.UUID, list[Said]] = {}
    root: dict[uuid.UUID, uuid.UUID] = {}
    answers: list[Post] = []
    for post in posts:
        if post.is_opening:
            continue
        parent = by_id.get(post.parent_id) if post.parent_id else None
        if parent is None or parent.is_opening:
            answers.append(post)
            root[post.id] = post.id
            continue
        root[post.id] = root.get(parent.id, post.id)
        answered = parent if parent.id != root[post.id] else None
        below.setdefault(root[post.id], []).append(Said(post, is_new.get(post.number, False), answered))
    return [
        Answer(Said(post, is_new.get(post.number, False)), below.get(post.id, ()), former.get(post.iri))
        for post in answers
    ]


def _is_empty(answer: Answer) -> bool:
    """Return whether nothing is left of an answer: it is gone, and nobody said anything of it."""
    return answer.said.post.state in GONE and not answer.comments


def _order(thread: Thread, answer: Answer, tally: Mapping[uuid.UUID, Tally]) -> tuple[bool, bool, bool, int, int]:
    post = answer.said.post
    said = tally.get(post.id, NOTHING)
    votes = said.counts.get(Sign.HELPFUL, 0)
    return (post.state in GONE, post.id != thread.accepted_id, not said.endorsements, -votes, post.number)


def _place(answers: Sequence[Answer], number: int | None) -> int | None:
    """Return which of the answers a post belongs to."""
    if number is None:
        return None
    for place, each in enumerate(answers):
        if number in {each.said.post.number, *(said.post.number for said in each.comments)}:
            return place
    return None


def _facts(
    sight: Sight,
    question: Question,
    hour: Hour | None,
    *,
    thread: Thread,
    answers: Sequence[Answer],
    tally: Mapping[uuid.UUID, Tally],
) -> Facts:
    standing = [each.said.post for each in answers if each.said.post.state is PostState.VISIBLE]
    return Facts(
        is_held=thread.opening.state is PostState.HELD,
        is_gone=thread.opening.state in GONE,
        is_closed=not limits.is_open(thread, now=sight.now),
        answers=len(standing),
        endorsed=sum(bool(tally.get(post.id, NOTHING).endorsements) for post in standing),
        has_accepted=any(post.id == thread.accepted_id for post in standing),
        is_resolved=question.resolved_at is not None and thread.accepted_id is None,
        is_info_wanted=question.info_asked_at is not None,
        is_for_hour=hour is not None and sight.now < hour.ends_at,
    )
