"""Discussions, as pages for a whole course and the picker see them."""

from collections.abc import Sequence

from connector.activities.kinds import Idea, KindParts
from connector.activities.models import Kind
from connector.discussion.copying import copy_settings
from connector.threads.writings import count_news, list_holdings
from connector.web.i18n import gettext as _


def _ideas() -> Sequence[Idea]:
    return [
        Idea(
            title=_("How do we do it today?"),
            prompt=_(
                "Tell in a few lines how you go about it now: what works well, and what costs you time? "
                "Then answer two others: what would you like to try?"
            ),
        ),
        Idea(
            title=_("What went wrong, and what we learned"),
            prompt=_(
                "Tell of something that failed: what did you expect, what happened, and what do you do since then? "
                "Answer with questions, not with advice."
            ),
        ),
        Idea(
            title=_("A problem for the group"),
            prompt=_(
                "Here is a case without one right answer. In your group: what would you do first, and why? "
                "Agree on one way, and write down what speaks against it."
            ),
        ),
        Idea(
            title=_("A buddy for the first weeks"),
            prompt=_(
                "New here? Say what you wonder about, however small. Here for longer? Take somebody under your wing: answer, "
                "and tell what you would have liked to know in your first week."
            ),
        ),
        Idea(
            title=_("One thing to try this week"),
            prompt=_(
                "Name one thing from the course that you will try. Come back in a week and tell how it went; "
                "cheer on two others."
            ),
        ),
    ]


PARTS = KindParts(
    kind=Kind.DISCUSSION,
    icon="chat",
    label=lambda: _("Discuss"),
    about=lambda: _("Everybody can begin a thread and answer each other. All see what is new for them."),
    ideas=_ideas,
    count_news=count_news,
    list_holdings=list_holdings,
    copy_settings=copy_settings,
)
