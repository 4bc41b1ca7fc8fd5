"""A peer review in which nobody sees whose work it is: handed in, reviewed, answered, and one review questioned."""

import io
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from connector.activities.models import Activity, Kind, Placement
from connector.content.attachments import add_attachment
from connector.content.doors import file_store
from connector.content.inspecting import inspect
from connector.peer_review import filling, intending, rubrics, rules
from connector.peer_review.board import standing
from connector.peer_review.examples import examples
from connector.peer_review.examples.examples import ExampleForm
from connector.peer_review.exemplars import exemplars
from connector.peer_review.matching import assigning
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.models.setup import CriterionKind
from connector.peer_review.reviews import conversing, feedback, reviewing
from connector.peer_review.rubrics import CriterionForm
from connector.peer_review.works import handing_in
from connector.peer_review.works.handing_in import Handing
from tests import make
from tests.connector.access.world import EVERYBODY, HOME, LEADERS
from tests.connector.access.writing import Writer
from tests.make import NOW

GIVEN = (("bert", "anna"), ("anna", "bert"), ("bert", "clea"))
"""Who reviewed whose work, and sent it."""
BEGUN = ("clea", "anna")
"""Who has begun to."""


class PeerWriter(Writer):
    """Makes the peer review in one session."""

    def build_exercise(self) -> None:
        """Make all of it."""
        activity = self._set_up()
        works = {name: self._hand_in(activity, name) for name in ("anna", "bert", "clea")}
        reviews = {pair: self._give(activity, works, *pair) for pair in (*GIVEN, BEGUN)}
        for reviewer, author in GIVEN:
            self._send(reviews[reviewer, author], reviewer, author)
        self._begin(reviews[BEGUN])
        self._talk(activity, reviews["bert", "anna"])
        self._add_example(activity)
        note = self.word("what a trainer finds good about a work", LEADERS | {"anna"})
        exemplars.ask(self.session, works["anna"], self.members["tine"], note=note, now=self.time())
        meant = self.word("what an author means to change", {"anna"})
        row = intending.intend(self.session, works["anna"], self.members["anna"], meant, now=self.time())
        here = {"activity_id": activity.id}
        self.add("intention", "of anna", row.id, more=here, readers=frozenset({"anna"}), owner="anna")

    def _set_up(self) -> Activity:
        title = self.word("title of an exercise", EVERYBODY)
        activity = make.activity(self.session, course=self.courses[HOME], title=title)
        activity.kind = Kind.PEER_REVIEW
        activity.prompt = self.word("prompt of an exercise", EVERYBODY)
        opened = update(Placement).where(Placement.activity_id == activity.id)
        self.session.execute(opened.values(opened_at=NOW))
        self.add("exercise", "an exercise", activity.id, readers=EVERYBODY)
        tine = self.members["tine"]
        values = {"reviews_each": 1, "needed": 1, "has_self_review": True, "reviewing_maximum": 10.0}
        rules.set_rules(self.session, activity, tine, values)
        words = CriterionForm(kind=CriterionKind.COMMENT, title=self.word("title of what is looked at", EVERYBODY))
        chosen = CriterionForm(kind=CriterionKind.YES_NO, title="Is it clear?", levels=[("No", 0.0), ("Yes", 1.0)])
        rubrics.set_rubric(self.session, activity, tine, [words, chosen], now=self.time())
        pair = {"reviewer_id": self.members["clea"].id, "author_id": self.members["bert"].id}
        rules.set_pairing(self.session, activity, tine, is_must=False, **pair)
        return activity

    def _hand_in(self, activity: Activity, author: str) -> Submission:
        """Let somebody hand in a text with a file: for them, their reviewers and who leads."""
        readers = LEADERS | {author} | {who for who, whose in (*GIVEN, BEGUN) if whose == author}
        member = self.members[author]
        file_id = self._file_of(author, readers)
        handing = Handing(body=self._text(f"work of {author}", readers), file_ids=[file_id])
        body = f"{handing.body}\n\n[{self._lost}.txt](attachment:{file_id})"
        handing = Handing(body=body, file_ids=handing.file_ids)
        work = handing_in.hand_in(self.session, activity, member, handing, now=self.time())
        here = {"activity_id": activity.id}
        known = {**here, "author_id": member.id}
        self.add("work", f"of {author}", work.id, more=known, readers=readers, owner=author)
        self.add("author", author, member.id, more=here, readers=LEADERS, owner=author)
        return work

    def _file_of(self, author: str, readers: Iterable[str]) -> uuid.UUID:
        content = self.word(f"content of the file in the work of {author}", readers).encode()
        # The name that its author gave it is told to nobody.
        self._lost = self.word(f"name of the file in the work of {author}", ())
        ready = inspect(io.BytesIO(content), f"{self._lost}.txt", self.settings)
        row = add_attachment(self.session, self.members[author], ready, alt=None, settings=self.settings, now=NOW)
        file_store().put(row.storage_key, ready.content)
        self.add("file", f"in the work of {author}", row.id, readers=frozenset(readers), owner=author)
        return row.id

    def _give(self, activity: Activity, works: dict[str, Submission], reviewer: str, author: str) -> Review:
        found = rules.hold(self.session, activity)
        more: dict[str, Any] = {"why": "lot", "lease": timedelta(days=1), "now": self.time()}
        review = assigning.give(self.session, activity, found, self.members[reviewer], works[author], **more)
        here = {"activity_id": activity.id}
        self.add("review", f"{reviewer} of {author}", review.id, more=here, readers={reviewer}, owner=reviewer)
        return review

    def _send(self, review: Review, reviewer: str, author: str) -> None:
        readers = LEADERS | {reviewer, author}
        said = self.word(f"what {reviewer} says of {author}", readers)
        reviewing.start(self.session, review, now=self.time())
        summary = {filling.SUMMARY: self.word(f"what {reviewer} says of {author} in short", readers)}
        reviewing.submit(self.session, review, _everywhere(review, said) | summary, now=self.time())
        here = {"activity_id": review.activity_id}
        self.add("received", f"{reviewer} of {author}", review.id, more=here, readers=frozenset({author}), owner=author)

    def _begin(self, review: Review) -> None:
        """Let somebody type, and not send: that is for their own eyes."""
        reviewer = BEGUN[0]
        reviewing.start(self.session, review, now=self.time())
        typed = _everywhere(review, self.word(f"what {reviewer} has typed and not sent", {reviewer}))
        reviewing.save(self.session, review, typed, now=self.time())

    def _add_example(self, activity: Activity) -> None:
        """Let a trainer add an example to practise on: all who have handed in may."""
        readers = LEADERS | {"anna", "bert", "clea"}
        rubric = rubrics.need_rubric(self.session, activity, now=self.time())
        form = ExampleForm(
            body=self.word("an example to practise on", readers),
            levels={each.id: 0 for each in examples.scored_of(rubric)},
            rationale=self.word("what a trainer thinks of an example", LEADERS),
        )
        example = examples.set_example(self.session, activity, self.members["tine"], form, now=self.time())
        self.add("example", "an example", example.id, more={"activity_id": activity.id}, readers=readers)

    def _talk(self, activity: Activity, review: Review) -> None:
        """Let an author and a reviewer write to each other, and the author ask a trainer to look."""
        anna, bert = self.members["anna"], self.members["bert"]
        for by, name in ((anna, "anna"), (bert, "bert")):
            said = self.word(f"message about a review, by {name}", LEADERS | {"anna", "bert"})
            conversing.say(self.session, review, by, said, key=uuid.uuid4(), now=self.time())
        at: datetime = self.time()
        received = standing.look(self.session, activity, anna, now=at).received
        if received is None:
            raise RuntimeError("Anna has handed in")
        reason = self.word("why an author asked a trainer to look", LEADERS | {"anna"})
        feedback.rate(self.session, review, received, 2, by=anna, now=at)
        feedback.appeal(self.session, review, received, reason, by=anna, now=at)


def _everywhere(review: Review, said: str) -> dict[str, str]:
    """Return a form that says the same of everything."""
    criteria = review.rubric.criteria if review.rubric else ()
    levels = {filling.fields_of(each)[0]: "1" for each in criteria if each.is_scored}
    return {filling.fields_of(each)[1]: said for each in criteria} | levels
