"""The same class in a double-blind review: Vera hands in, reviews and answers, and does nothing else."""

import io
import re
import uuid

from sqlalchemy import select, update

from connector.activities.models import Activity, Kind, Placement
from connector.peer_review import rubrics, rules
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.models.setup import CriterionKind
from connector.peer_review.rubrics import CriterionForm
from tests import make
from tests.connector.anonymity.scene import FILE, NAME, Scene, picture
from tests.connector.content import documents
from tests.make import NOW

GIVEN = {"bo": "vera", "vera": "cai", "cai": "bo", "dora": "vera"}
"""Who reviews whose work."""
TITLE = "A plan on one page"


def set_up(scene: Scene) -> uuid.UUID:
    """Make the activity, and see to it who reviews whom; return its id."""
    with scene.database.session(writes=True) as session:
        trainer = session.merge(scene.actors["tine"].member)
        course = session.get_one(Activity, scene.activity.id).course
        activity = make.activity(session, course=course, title=TITLE)
        activity.kind, activity.score_maximum = Kind.PEER_REVIEW, 100.0
        session.execute(update(Placement).where(Placement.activity_id == activity.id).values(opened_at=NOW))
        values = {"reviews_each": 1, "needed": 1, "reviewing_maximum": 10.0}
        rules.set_rules(session, activity, trainer, values)
        scale = [(str(each), float(each)) for each in range(1, 6)]
        criteria = [
            CriterionForm(kind=CriterionKind.SCALE, title="Is it clear?", levels=scale),
            CriterionForm(kind=CriterionKind.COMMENT, title="What would you change?"),
        ]
        rubrics.set_rubric(session, activity, trainer, criteria, now=NOW)
        for reviewer, author in GIVEN.items():
            two = {"reviewer_id": scene.actors[reviewer].member.id, "author_id": scene.actors[author].member.id}
            rules.set_pairing(session, activity, trainer, is_must=True, **two)
        session.commit()
        return activity.id


def play_reviews(scene: Scene, activity_id: uuid.UUID) -> None:
    """Let everybody hand in, review each other and write about it."""
    at = f"/peer_reviews/{activity_id}"
    scene.see("vera", at)
    scene.act("vera", f"/drafts/hand-in {activity_id}", base="0", fields='{"body": "Not handed in yet."}')
    sent = scene.act("vera", "/attachments", file=(picture(), f"{FILE}.jpg"), is_decorative="1")
    mark = f"![](attachment:{re.findall('attachments/([0-9a-f-]{36})', sent.text)[0]})"
    scene.act("vera", f"{at}/work", body=f"My plan.\n\n{mark}", file=(io.BytesIO(b"1;2"), f"{FILE}.csv"))
    scene.act(
        "vera",
        f"{at}/work",
        body="My better plan.",
        file=(io.BytesIO(documents.pdf(NAME)), f"{FILE}.pdf"),
        language="da",
    )
    for name in ("bo", "cai", "dora"):
        scene.act(name, f"{at}/work", body="What I plan.")
    for reviewer in GIVEN:
        _review(scene, at, reviewer)
    _answer(scene, at, author="vera", reviewer="bo")
    _answer(scene, at, author="cai", reviewer="vera")
    learners = [str(actor.member.id) for actor in scene.actors.values()]
    scene.act("tine", f"{at}/grades", member=learners)
    scene.act("dora", f"{at}/work/withdraw")


def _review(scene: Scene, at: str, reviewer: str) -> None:
    given = scene.act(reviewer, f"{at}/reviews").location
    page = re.sub(r"^.*?/s/[^/]+", "", given)
    fields = re.findall(r'name="((?:level|comment)-[0-9a-f-]{36})"', scene.see(reviewer, page).text)
    filled = {name: "3" if name.startswith("level") else "Say what it costs." for name in fields}
    field = scene.act(reviewer, f"{page}/passages", words="plan").location.partition("#")[2]
    scene.act(reviewer, page, **filled, **{field: "Which one?"}, summary="I liked it.", act="send")
    scene.act(reviewer, f"{page}/send")


def _answer(scene: Scene, at: str, *, author: str, reviewer: str) -> None:
    """Let an author read, rate, ask, and ask a trainer; and the reviewer answer."""
    review = review_of(scene, reviewer)
    scene.see(author, f"{at}/feedback")
    scene.act(author, f"{at}/received/{review}/rate", usefulness="2")
    scene.act(author, f"{at}/received/{review}/say", message="What do you mean by cost?")
    scene.act(reviewer, f"{at}/reviews/{review}/say", message="The time of others.")
    scene.act(author, f"{at}/received/{review}/appeal", reason="I do not agree.")


def review_of(scene: Scene, reviewer: str) -> uuid.UUID:
    """Return the id of somebody's review."""
    with scene.database.session(writes=False) as session:
        return session.scalars(select(Review.id).where(Review.reviewer_id == scene.actors[reviewer].member.id)).one()


def ids(scene: Scene) -> list[uuid.UUID]:
    """Return the ids of all work and all reviews."""
    with scene.database.session(writes=False) as session:
        return [*session.scalars(select(Submission.id)), *session.scalars(select(Review.id))]
