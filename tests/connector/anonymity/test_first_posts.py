"""Under their name and behind an alias everybody is new once, on each database."""

import pytest

from connector.discussion.overview import get_overview
from connector.participation.counting import count
from connector.participation.models import Participation
from connector.threads.models import Moderation, PostState, Rules
from tests import make
from tests.connector.threads import build


@pytest.fixture
def _first_posts_wait(session, activity):
    session.add(
        Rules(
            activity_id=activity.id,
            learners_start=True,
            allows_anonymous=True,
            allows_private=True,
            moderation=Moderation.FIRST,
            hold_after_reports=0,
        )
    )
    session.flush()


@pytest.mark.usefixtures("_first_posts_wait", "translated")
@pytest.mark.parametrize("hides_first", [True, False])
def test_one_post_that_stands_does_not_let_the_other_kind_pass(session, activity, ana, trainer, *, hides_first):
    thread = build.thread(session, activity=activity, author=trainer)
    earlier = build.reply(session, thread, author=ana, body="One.", is_anonymous=hides_first)
    earlier.state = PostState.VISIBLE
    session.flush()
    same = build.reply(session, thread, author=ana, body="Two.", is_anonymous=hides_first)
    other = build.reply(session, thread, author=ana, body="Three.", is_anonymous=not hides_first)
    assert (same.state, other.state) == (PostState.VISIBLE, PostState.HELD)


@pytest.mark.usefixtures("translated")
def test_figures_beside_a_name_leave_hidden_posts_out(session, activity, ana, bo, trainer):
    session.add(
        Rules(
            activity_id=activity.id,
            learners_start=True,
            allows_anonymous=True,
            allows_private=True,
            moderation=Moderation.NONE,
            hold_after_reports=0,
        )
    )
    thread = build.thread(session, activity=activity, author=bo)
    build.reply(session, thread, author=ana, is_anonymous=True)
    overview = get_overview(session, activity, trainer, now=make.NOW)
    rule = Participation(activity_id=activity.id, threads=1, replies=1, posts=0, due_at=None)
    assert [learner.id for learner in overview.silent] == [ana.id]
    assert (overview.thread_count, overview.reply_count) == (1, 1)
    assert set(count(session, activity, rule)) == {bo.id}
