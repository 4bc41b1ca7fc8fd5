"""Tells three peer reviews: one that people hand in to, one in which they review each other, one whose results are shown."""

import html
import json
import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

from deploy.story.acts import ZONE, Act
from deploy.story.essays import MAIL, NEWCOMER, WEEK, WEEK_DRAFT, Task
from deploy.story.teller import Guest, Teller
from deploy.story.verdicts import CRITERIA, EVERYWHERE, OF_MAIL, OF_NEWCOMER, TYPED, Verdict
from deploy.visitor import Form, Page, taken
from lti.sandbox.people import find_person

_FIELD = re.compile(r'name="((level|comment)-[0-9a-f-]{36})"')
_PLACE = re.compile(r'name="place" value="(\d+-\d+)"')
_LANGUAGES = {"amelia": "en", "fatima": "en", "rasmus": "da", "freja": "da", "soren": "da", "asa": "sv", "bjorn": "sv"}
_LANGUAGES |= {"linnea": "sv", "daan": "nl", "willemijn": "nl", "anais": "nl"}

REVIEWS = (
    *(("freja", "40h"), ("fatima", "38h"), ("daan", "30h"), ("freja", "28h"), ("amelia", "26h")),
    *(("willemijn", "21h"), ("fatima", "20h"), ("asa", "6h"), ("daan", "3h")),
)
"""Who has reviewed a job that was explained, and when."""
BEGUN = (("amelia", "50m"), ("willemijn", "2h"))
MAIL_REVIEWS = tuple(
    (who, f"{days}d {hour:02}:{minute}")
    for days, minute in ((5, 15), (3, 40))
    for who, hour in (("amelia", 8), ("freja", 9), ("soren", 11), ("linnea", 13), ("anais", 15))
)


class PeerTeller:
    """Tells what happens in one peer review."""

    def __init__(
        self, teller: Teller, task: Task, activity: str, start: str, said: dict[str, tuple[Verdict, ...]]
    ) -> None:
        """Take the activity's id, where people open something of the course, and what is said of each work."""
        self._teller, self._task, self._activity, self._start = teller, task, activity, start
        self._left = {name: list(verdicts) for name, verdicts in said.items()}

    def set_up(self, *, reviews_each: int, needed: int) -> None:
        """Let the trainer say what is asked for, with words for each level."""
        ingrid = self._guest("ingrid", "10d 08:00")
        form = ingrid.visitor.get(f"{self._home(ingrid)}/setup").form("/setup")
        values = {name: text for name, text in form.fields.items() if not re.match(r"(level|label|points)-", name)}
        values |= {"reviews_each": str(reviews_each), "needed": str(needed), "act": "save", "zone": ZONE.key}
        values |= {"due_at": self._date(self._task.due_in), "reviews_due_at": self._date(self._task.reviews_due_in)}
        values |= {"has_reminders": "1", "count": str(len(CRITERIA))}
        for number, (kind, title, levels) in enumerate(CRITERIA):
            values |= {f"kind-{number}": kind, f"title-{number}": title, f"about-{number}": ""}
            for place, label in enumerate(levels):
                values |= {f"label-{number}-{place}": label, f"points-{number}-{place}": str(place)}
        taken(ingrid.visitor.send(Form(form.action), values))

    def hand_in(self) -> None:
        """Let everybody hand in; the first one opens it from the LMS, and so it stands in the list of the course."""
        works = sorted(self._task.works, key=lambda work: Act(by=work.by, when=work.when).at(self._teller.now))
        self._teller.enter(works[0].by, self._start)
        for work in works:
            guest = self._guest(work.by, work.when)
            self._send(guest, "/work", body=work.body, language=work.language)

    def draft(self, person: str, when: str, body: str) -> None:
        """Let somebody begin, and not hand in."""
        guest = self._guest(person, when)
        path = f"/drafts/{quote(f'hand-in {self._activity}')}"
        form = Form(guest.base + path, {"csrf_token": guest.token})
        taken(guest.visitor.send(form, {"base": "0", "fields": json.dumps({"body": body})}, follows=False))

    def review(self, person: str, when: str) -> None:
        """Let somebody take what is given to them, and send what they say of it."""
        guest = self._guest(person, when)
        page = self._take(guest)
        verdict = self._verdict(guest, page, person)
        filled = self._filled(guest, page, verdict)
        for words, comment in verdict.passages:
            filled[self._mark(guest, page, words=words)] = comment
        self._send(guest, f"/{page}", **filled, act="send")
        self._send(guest, f"/{page}/send")

    def begin(self, person: str, when: str) -> None:
        """Let somebody begin a review."""
        guest = self._guest(person, when)
        page = self._take(guest)
        filled = self._filled(guest, page, TYPED)
        place = _PLACE.findall(self._page)[-1]
        filled[self._mark(guest, page, place=place)] = "This is the sentence that I would begin with."
        self._send(guest, f"/{page}", **filled, act="save")

    def answer(self, person: str, when: str) -> None:
        """Let an author read, say how useful it was, and ask; and the reviewer answer."""
        guest = self._guest(person, when)
        read = guest.visitor.get(f"{self._home(guest)}/feedback").html
        first, second = list(dict.fromkeys(re.findall(r"/received/([0-9a-f-]{36})/rate", read)))[:2]
        self._send(guest, f"/received/{first}/rate", usefulness="3")
        said = "You are right about the delivery. Would “delivered one week later” in the first line be enough?"
        self._send(guest, f"/received/{first}/say", message=said)
        for other in _LANGUAGES:
            if other != person and self._answers(other, first):
                break
        self._send(guest, f"/received/{second}/rate", usefulness="2")

    def ask_trainer(self, person: str, when: str, reason: str) -> None:
        """Let an author ask a trainer to look at the last review."""
        guest = self._guest(person, when)
        read = guest.visitor.get(f"{self._home(guest)}/feedback").html
        last = re.findall(r"/received/([0-9a-f-]{36})/appeal", read)[-1]
        self._send(guest, f"/received/{last}/appeal", reason=reason)

    def show(self, person: str, *, note: str, title: str, tags: str) -> None:
        """Let the trainer ask for somebody's work as a good example, them agree, and a copy go to the knowledge pool."""
        ingrid = self._guest("ingrid", "17h")
        board = ingrid.visitor.get(f"{self._home(ingrid)}/overview").html
        name = re.escape(html.escape(find_person(person).name))
        work = re.findall(rf'/works/([0-9a-f-]{{36}})">{name}<', board)[0]
        self._send(ingrid, f"/works/{work}/exemplar", note=note, pool="1")
        author = self._guest(person, "16h")
        self._send(author, "/exemplars/mine", answer="named", pool="1")
        ingrid = self._guest("ingrid", "15h")
        self._send(ingrid, f"/works/{work}/pool", title=title, tags=tags)

    def look(self, person: str, when: str) -> None:
        """Let somebody open the activity."""
        guest = self._guest(person, when)
        taken(guest.visitor.get(self._home(guest)))

    def _answers(self, person: str, review: str) -> bool:
        """Let somebody answer, if it is their review: nobody else can."""
        guest = self._guest(person, "20h")
        form = Form(f"{self._home(guest)}/reviews/{review}/say", {"csrf_token": guest.token})
        said = "Yes! And then the rest of the paragraph can go."
        return guest.visitor.send(form, {"message": said}, follows=False).status < 400  # noqa: PLR2004 -- not refused

    def _mark(self, guest: Guest, page: str, **meant: str) -> str:
        """Let a reviewer mark words of the work, and return the name of the comment's field."""
        return urlsplit(self._send(guest, f"/{page}/passages", **meant).url).fragment

    def _take(self, guest: Guest) -> str:
        given = self._send(guest, "/reviews")
        return urlsplit(given.url).path.partition(f"{self._activity}/")[2]

    def _verdict(self, guest: Guest, page: str, person: str) -> Verdict:
        """Return what somebody says of the work that they were given; in their language, where there is a choice."""
        self._page = guest.visitor.get(f"{self._home(guest)}/{page}").html
        shown = re.sub(r"<[^>]+>", "", html.unescape(self._page))
        author = next(work.by for work in self._task.works if _begins(work.body) in shown)
        left = self._left[author]
        if not left:
            return EVERYWHERE
        mine = next((each for each in left if each.language == _LANGUAGES[person]), left[0])
        left.remove(mine)
        return mine

    def _filled(self, guest: Guest, page: str, verdict: Verdict) -> dict[str, str]:
        if verdict is TYPED:
            self._page = guest.visitor.get(f"{self._home(guest)}/{page}").html
        names = list(dict.fromkeys(name for name, _kind in _FIELD.findall(self._page)))
        levels = [name for name in names if name.startswith("level")]
        comments = [name for name in names if name.startswith("comment")]
        said = (verdict.why, "", verdict.strongest, verdict.change)
        found = dict(zip(levels, (str(verdict.task), str(verdict.reading)), strict=True))
        return found | dict(zip(comments, said, strict=True))

    def _guest(self, person: str, when: str) -> Guest:
        return self._teller.put_at(Act(by=person, when=when), self._start)

    def _home(self, guest: Guest) -> str:
        return f"{guest.base}/peer_reviews/{self._activity}"

    def _send(self, guest: Guest, path: str, **values: str) -> Page:
        form = Form(self._home(guest) + path, {"csrf_token": guest.token})
        return taken(guest.visitor.send(form, values, follows=False))

    def _date(self, days: int) -> str:
        day = (self._teller.now.astimezone(ZONE) + timedelta(days=days)).replace(hour=17, minute=0)
        return f"{day:%Y-%m-%dT%H:%M}"


def _begins(body: str) -> str:
    """Return the beginning of a text as a page shows it: up to the first mark or break."""
    return re.split(r"[*\n]", body.replace("**Subject: ", "").lstrip("*"))[0][:40]


def tell_reviews(teller: Teller, activities: dict[str, tuple[str, str]]) -> None:
    """Tell all three.

    Args:
        activities: By title: their ids, and where people open them in the LMS.
    """
    mail = PeerTeller(teller, MAIL, *activities[MAIL.title], OF_MAIL)
    mail.set_up(reviews_each=2, needed=2)
    mail.hand_in()
    newcomer = PeerTeller(teller, NEWCOMER, *activities[NEWCOMER.title], OF_NEWCOMER)
    newcomer.set_up(reviews_each=2, needed=2)
    for person, when in MAIL_REVIEWS:
        mail.review(person, when)
    newcomer.hand_in()
    week = PeerTeller(teller, WEEK, *activities[WEEK.title], {})
    week.set_up(reviews_each=3, needed=2)
    week.hand_in()
    for person, when in REVIEWS:
        newcomer.review(person, when)
    for person, when in BEGUN:
        newcomer.begin(person, when)
    mail.answer("amelia", "22h")
    mail.ask_trainer(
        "linnea", "18h", "The gate stands in the third sentence; I think that this review is about an earlier version."
    )
    mail.show(
        "amelia",
        note="The change is in the first line, and so is the day. What stays as it was has a sentence, too.",
        title="A mail about a change that nobody had to ask about",
        tags="mails, examples",
    )
    newcomer.look("rasmus", "44h")
    week.draft("amelia", "95m", WEEK_DRAFT)
    teller.go_on()
