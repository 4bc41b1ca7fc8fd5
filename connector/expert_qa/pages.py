"""What the pages about questions begin with: the way in, and what they say of a question in words."""

import uuid

from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.activities.services import get_activity
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.expert_qa.finding import Rank
from connector.expert_qa.listing import Show
from connector.expert_qa.models import Hour
from connector.expert_qa.pooling import Pooled
from connector.expert_qa.states import State
from connector.threads.access import Sight, look
from connector.threads.bylines import byline
from connector.threads.models import Thread
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import in_words
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("expert_qa", __name__, url_prefix="/s/<sid>/expert_qas/<uuid:activity_id>")
"""All pages about questions; the modules whose names end in `views` add theirs."""


def enter(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return what the member of this launch session sees of an activity for questions.

    Raises:
        NotFoundError: There is no such activity in the member's course.
    """
    member = current_member(session)
    activity: Activity = get_activity(session, member, activity_id, Kind.EXPERT_QA)
    return look(session, member, activity, now=now())


def enter_to_write(activity_id: uuid.UUID) -> Sight:
    """Return the same, in the request's own session, for who may write.

    Raises:
        NotFoundError: There is no such activity, or they may only look on.
    """
    sight = enter(current_session(), activity_id)
    if not sight.member.can_write:
        raise NotFoundError
    return sight


def lead(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return the same for who leads the course.

    Raises:
        NotFoundError: They do not.
    """
    sight = enter(session, activity_id)
    if not sight.member.is_staff:
        raise NotFoundError
    return sight


def state_names() -> dict[State, tuple[str, str, str | None]]:
    """Return the states in a word or two, with the kind of chip and its icon."""
    return {
        State.HELD: (_("Waits for a trainer"), "warn", "clock"),
        State.GONE: (_("Taken from sight"), "", None),
        State.SOLVED: (_("Solved"), "good", "check"),
        State.CLOSED: (_("Closed"), "", "lock"),
        State.NEEDS_INFO: (_("Needs more information"), "warn", "info"),
        State.ENDORSED: (_("Endorsed answer"), "good", "check-circle"),
        State.ANSWERED: (_("Answered"), "accent", "chat"),
        State.COLLECTED: (_("Collected for an hour"), "", "clock"),
        State.OPEN: (_("No answer yet"), "warn", "question"),
    }


def rank_names() -> dict[Rank, tuple[str, str, str | None]]:
    """Return how far one can rely on what was found, in words, with the kind of chip and its icon."""
    return {
        Rank.POOL: (_("From the knowledge pool"), "good", "book"),
        Rank.ACCEPTED: (_("Accepted answer"), "good", "check"),
        Rank.ENDORSED: (_("Endorsed answer"), "good", "check-circle"),
        Rank.ANSWERED: (_("Answered"), "accent", "chat"),
        Rank.OPEN: (_("No answer yet"), "warn", "question"),
    }


def show_names() -> dict[Show, str]:
    """Return what can be looked for, in words."""
    return {
        Show.WAITING: _("Needs an answer"),
        Show.UNANSWERED: _("Unanswered"),
        Show.SOLVED: _("Solved"),
        Show.MINE: _("Mine"),
        Show.ALL: _("All"),
    }


def state_line(
    thread: Thread,
    state: State,
    reader: Membership,
    *,
    answers: int,
    wanted_by: str | None = None,
    hour: Hour | None = None,
    on_the_way: str = "",
    pooled: Pooled | None = None,
) -> str:
    """Return where a question stands, in a sentence.

    Args:
        answers: How many the reader may read.
        wanted_by: The name of who asked for more information.
        on_the_way: Who was asked, and by when an answer is expected, in a sentence; empty where nobody was.
        pooled: What the knowledge pool answers, as somebody who leads the course says.
    """
    asked = byline(thread.opening, reader)
    others = {
        State.HELD: _("It waits until a trainer has looked at it. Then the others can read it."),
        State.GONE: _("It was taken from sight."),
        State.SOLVED: _("Solved: an answer was accepted.")
        if thread.accepted_id
        else _pooled_line(pooled)
        if pooled
        else _("Solved: %(name)s needs no further answer.", name=asked.name),
        State.CLOSED: _("Closed: nobody can answer any more."),
        State.NEEDS_INFO: _(
            "It waits for %(asker)s: %(name)s needs to know more.", asker=asked.name, name=wanted_by or "–"
        ),
        State.ENDORSED: _("An answer was endorsed by somebody who should know."),
        State.ANSWERED: ngettext("%(num)s answer, not accepted yet.", "%(num)s answers, none accepted yet.", answers),
        State.COLLECTED: _("Collected for “%(title)s”, %(time)s.", title=hour.title, time=in_words(hour.begins_at))
        if hour
        else _("Waits for an answer."),
        State.OPEN: _("Only the trainers can read and answer it.")
        if thread.is_private
        else on_the_way or _("Waits for an answer."),
    }
    return {**others, **(_own_lines(thread, answers, wanted_by) if asked.is_own else {})}[state]


def _pooled_line(pooled: Pooled) -> str:
    if pooled.entry is None:
        return _("Solved by an entry that is no longer in the knowledge pool.")
    return _("Solved: the knowledge pool answers it.")


def _own_lines(thread: Thread, answers: int, wanted_by: str | None) -> dict[State, str]:
    """Return what is said differently to who asked."""
    lines = {
        State.NEEDS_INFO: _("It waits for you: %(name)s needs to know more.", name=wanted_by or "–"),
        State.ENDORSED: _("An answer was endorsed by somebody who should know. Did it solve your question?"),
        State.ANSWERED: ngettext(
            "%(num)s answer. Did it solve your question?",
            "%(num)s answers. Did one of them solve your question?",
            answers,
        ),
    }
    return {**lines, State.SOLVED: _("Solved: you accepted the answer that helped.")} if thread.accepted_id else lines
