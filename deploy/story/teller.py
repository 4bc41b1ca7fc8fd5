"""The people of the story at their browsers: who does what an act says, through the pages that everybody uses."""

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatchmethod
from urllib.parse import quote, urlsplit

from flask import Flask

from connector.db import utc_now
from deploy.servers import Demo
from deploy.story import acts, files
from deploy.story.outside import open_link
from deploy.visitor import Form, Inside, Page, Visitor, taken
from lti.sandbox.people import find_person


class StoryClock:
    """A clock that can be put back: what happened days ago is stored so."""

    def __init__(self) -> None:
        """Go with the world."""
        self.at: datetime | None = None

    def __call__(self) -> datetime:
        """Return the time of the story, or the time now."""
        return self.at or utc_now()


@dataclass
class Guest:
    """Somebody in the course: their browser, their session's address, and the token of its forms."""

    visitor: Visitor
    base: str
    token: str


@dataclass(frozen=True)
class Place:
    """Where a post is."""

    activity: str
    thread: str
    post: str
    is_opening: bool
    home: str = "discussions"
    """How addresses call the kind of activity that it is in."""


class Teller:
    """Lets people act, each with one launch."""

    def __init__(self, demo: Demo, application: Flask, clock: StoryClock) -> None:
        """Take the tool as it runs in this process, and its clock."""
        self.demo = demo
        self._inside = Inside(demo.tool_url, application.wsgi_app)
        self._clock = clock
        self._now = utc_now()
        self._guests: dict[str, Guest] = {}
        self._places: dict[str, Place] = {}

    def enter(self, person: str, start: str) -> tuple[Guest, Page]:
        """Let somebody open an activity in the LMS, and return their session and the page that they see."""
        visitor = self._guests[person].visitor if person in self._guests else Visitor(self._inside)
        self._clock.at = None  # the LMS signs with the time that it is
        page = visitor.launch(self.demo.enter_as(person), f"{self.demo.lms_url}{start}")
        _, session, *_ = urlsplit(page.url).path.lstrip("/").split("/")
        base = f"{self.demo.tool_url}/s/{session}"
        # Some pages have no form; that of somebody's own wishes always has.
        seen = page if _tokens(page) else visitor.get(f"{base}/notices/settings")
        self._guests[person] = Guest(visitor, base, _tokens(seen)[0])
        return self._guests[person], page

    def put_at(self, act: acts.Act, start: str) -> Guest:
        """Put the clock to the time of an act, and return who does it.

        Args:
            start: Where people open something of the course in the LMS, who have not come yet.
        """
        if act.by not in self._guests:
            self.enter(act.by, start)
        self._clock.at = act.at(self._now)
        return self._guests[act.by]

    def go_on(self) -> None:
        """Let the clock go with the world again."""
        self._clock.at = None

    def tell(self, activity: str, happened: tuple[acts.Act, ...], start: str) -> None:
        """Let everything happen in its order.

        Args:
            activity: The activity's id in the tool.
            start: Where people open something of the course in the LMS.
        """
        for act in sorted(happened, key=lambda act: act.at(self._now)):
            self._do(act, self.put_at(act, start), activity)
        self.go_on()

    @property
    def now(self) -> datetime:
        """When the story is told."""
        return self._now

    @singledispatchmethod
    def _do(self, act: acts.Act, _guest: Guest, _activity: str) -> None:
        raise TypeError(f"nobody knows how to {act!r}")

    @_do.register
    def _begin(self, act: acts.Begin, guest: Guest, activity: str) -> None:
        home = f"{guest.base}/discussions/{activity}"
        form = guest.visitor.get(f"{home}/new").form("/threads")
        values = {"title": act.title, "body": act.body, "kind": act.kind, "tags": act.tags, "language": act.language}
        values |= {"anonymous": "1"} if act.is_hidden else {}
        values |= {"private": "1"} if act.is_private else {}
        page = taken(guest.visitor.send(form, self._with_files(guest, act, values)))
        self._note(act.key, activity, page, is_opening=True)

    @_do.register
    def _ask(self, act: acts.Ask, guest: Guest, activity: str) -> None:
        form = guest.visitor.get(f"{guest.base}/expert_qas/{activity}/ask").form("/questions")
        values = {"title": act.title, "body": act.body, "tags": act.tags, "language": act.language}
        values |= {"anonymous": "1"} if act.is_hidden else {}
        self._note(act.key, activity, taken(guest.visitor.send(form, values)), is_opening=True)

    @_do.register
    def _ask_back(self, act: acts.AskBack, guest: Guest, activity: str) -> None:
        thread = self._places[act.to].thread
        self._send(guest, f"/expert_qas/{activity}/threads/{thread}/info", wanted=act.wanted)

    @_do.register
    def _promote(self, act: acts.Promote, guest: Guest, _activity: str) -> None:
        self._send(guest, "/pool/promote", post=self._places[act.to].post)

    @_do.register
    def _write_entry(self, act: acts.WriteEntry, guest: Guest, _activity: str) -> None:
        form = guest.visitor.get(f"{guest.base}/pool/new").form("/pool/new")
        due = act.at(self._now) + timedelta(days=act.review_in_days)
        values = {"title": act.title, "body": act.body, "tags": act.tags, "language": act.language}
        taken(guest.visitor.send(form, values | {"review_on": f"{due:%Y-%m-%d}"}))

    @_do.register
    def _invite(self, act: acts.Invite, guest: Guest, activity: str) -> None:
        values = {"name": act.name, "address": act.address, "note": act.note, "locale": "en", "days": "14"}
        self._send(guest, f"/activities/{activity}/guests", thread=self._places[act.to].thread, **values)

    @_do.register
    def _answer_from_outside(self, act: acts.AnswerFromOutside, _guest: Guest, _activity: str) -> None:
        self.go_on()  # a code is good for a quarter of an hour
        visitor = Visitor(self._inside)
        page = open_link(self.demo, visitor, act.address)
        self._clock.at = act.at(self._now)
        page = taken(visitor.send(page.form("/agree"), {"is_recorded": "1"}))
        taken(visitor.send(page.form("/answer"), {"body": act.body}))

    @_do.register
    def _know(self, act: acts.Know, guest: Guest, _activity: str) -> None:
        self._send(guest, "/experts/own", tags=act.topics)
        self._send(guest, "/experts/introduction")

    @_do.register
    def _name_topic(self, act: acts.NameTopic, guest: Guest, _activity: str) -> None:
        self._send(guest, "/experts/topics", tag=act.topic, words=act.words)

    @_do.register
    def _limit(self, act: acts.Limit, guest: Guest, _activity: str) -> None:
        self._send(guest, "/inbox/availability", weekly_capacity=str(act.most))

    @_do.register
    def _point(self, act: acts.Point, guest: Guest, activity: str) -> None:
        page = guest.visitor.get(f"{guest.base}/expert_qas/{activity}/threads/{self._places[act.to].thread}")
        taken(guest.visitor.send(page.form("/pool"), {}))

    @_do.register
    def _confirm(self, act: acts.Confirm, guest: Guest, _activity: str) -> None:
        page = guest.visitor.get(f"{guest.base}/experts")
        name = html.escape(find_person(act.person).name)
        member = re.search(rf'/([0-9a-f-]{{36}})"[^>]*>(?:<bdi>)?{re.escape(name)}<', page.html)
        if member is None:
            raise RuntimeError(f"{page.url} does not name {name}")
        if act.topic:
            self._send(guest, f"/experts/{member[1]}/topic", tag=act.topic, decision="confirm")
        else:
            self._send(guest, f"/experts/{member[1]}/standing", standing="expert")

    @_do.register
    def _claim(self, act: acts.Claim, guest: Guest, _activity: str) -> None:
        self._send(guest, f"/inbox/{self._places[act.to].thread}/claim")

    @_do.register
    def _reply(self, act: acts.Reply, guest: Guest, activity: str) -> None:
        to = self._places[act.to]
        address = self._thread(guest, to)
        page = guest.visitor.get(address if to.is_opening else f"{address}?to={to.post}")
        values = {"body": act.body, "language": act.language} | ({"anonymous": "1"} if act.is_hidden else {})
        filled = self._with_files(guest, act, values)
        page = taken(guest.visitor.send(page.form("/replies"), filled, follows=False))
        if act.key:
            self._note(act.key, activity, page, is_opening=False)

    @_do.register
    def _react(self, act: acts.React, guest: Guest, activity: str) -> None:
        self._send(guest, f"/activities/{activity}/reactions", on=f"{act.sign} {self._places[act.to].post}")

    @_do.register
    def _thank(self, act: acts.Thank, guest: Guest, activity: str) -> None:
        post = self._places[act.to].post
        self._send(guest, f"/activities/{activity}/reactions/{post}/thanks", reason=act.reason)

    @_do.register
    def _accept(self, act: acts.Accept, guest: Guest, activity: str) -> None:
        self._send(guest, f"/discussions/{activity}/posts/{self._places[act.to].post}/accept")

    @_do.register
    def _edit(self, act: acts.Edit, guest: Guest, activity: str) -> None:
        page = guest.visitor.get(f"{guest.base}/discussions/{activity}/posts/{self._places[act.to].post}/edit")
        taken(guest.visitor.send(page.form("/edit"), {"body": act.body}, follows=False))

    @_do.register
    def _report(self, act: acts.Report, guest: Guest, activity: str) -> None:
        post = self._places[act.to].post
        path = f"/discussions/{activity}/moderation/posts/{post}/report"
        self._send(guest, path, complaint=act.complaint, note=act.note)

    @_do.register
    def _moderate(self, act: acts.Moderate, guest: Guest, activity: str) -> None:
        place = self._places[act.to]
        found = place.thread if act.of == "threads" else place.post
        self._send(guest, f"/discussions/{activity}/moderation/{act.of}/{found}/{act.act}", reason=act.reason)

    @_do.register
    def _shape(self, act: acts.Shape, guest: Guest, _activity: str) -> None:
        page = guest.visitor.get(f"{self._thread(guest, self._places[act.to])}/shape")
        due = (self._now.astimezone(acts.ZONE) + timedelta(days=act.due_in_days)).replace(hour=17, minute=0)
        values = {"zone": acts.ZONE.key, "due_at": f"{due:%Y-%m-%dT%H:%M}"}
        values["shows_after_posts"] = str(act.shows_after_posts)
        taken(guest.visitor.send(page.form("/shape"), values))

    @_do.register
    def _read(self, act: acts.Read, guest: Guest, _activity: str) -> None:
        taken(guest.visitor.get(self._thread(guest, self._places[act.to])))

    @_do.register
    def _follow(self, act: acts.Follow, guest: Guest, _activity: str) -> None:
        thread = self._places[act.to].thread
        self._send(guest, "/notices/subscriptions", scope="thread", id=thread, level=act.level)

    @_do.register
    def _draft(self, act: acts.Draft, guest: Guest, _activity: str) -> None:
        path = f"/drafts/{quote(f'reply {self._places[act.to].post}')}"
        self._send(guest, path, base="0", fields=json.dumps({"body": act.body}))

    def _with_files(
        self, guest: Guest, act: acts.Begin | acts.Reply, values: dict[str, str]
    ) -> dict[str, str | list[str]]:
        """Send an act's files, and put them into its text where their names stand in braces."""
        body, ids = act.body, []
        for name in act.files:
            described = {"csrf_token": guest.token, "alt": files.ALTS.get(name, "")}
            sent = taken(guest.visitor.send(Form(f"{guest.base}/attachments"), described, [files.FILES[name]()]))
            mark = re.search(r"!?\[[^\]]*\]\(attachment:([0-9a-f-]{36})\)", html.unescape(sent.html))
            if mark is None:
                raise RuntimeError(f"{sent.url} does not say how to show {name}")
            body = body.replace(f"{{{name}}}", mark[0])
            ids.append(mark[1])
        return {**values, "body": body, "attachment": ids}

    def press(self, person: str, path: str, **values: str) -> Page:
        """Let somebody who is here press a button."""
        return self._send(self._guests[person], path, **values)

    def _thread(self, guest: Guest, place: Place) -> str:
        return f"{guest.base}/{place.home}/{place.activity}/threads/{place.thread}"

    def _send(self, guest: Guest, path: str, **values: str) -> Page:
        """Press a button of a page that the story has no need to look at."""
        return taken(guest.visitor.send(Form(guest.base + path, {"csrf_token": guest.token}), values, follows=False))

    def _note(self, key: str, activity: str, page: Page, *, is_opening: bool) -> None:
        address, _, post = page.url.partition("#post-")
        place, _, thread = urlsplit(address).path.rpartition("/threads/")
        home = place.split("/")[-2]
        if not post:  # the address of an opening post is its thread's
            post = page.html.partition('id="post-')[2].partition('"')[0]
        self._places[key] = Place(activity, thread, post, is_opening, home)


def _tokens(page: Page) -> list[str]:
    return [form.fields["csrf_token"] for form in page.forms if "csrf_token" in form.fields]
