"""Writes what the world has of threads, posts, files and drafts, through the services, as people do."""

import io
import itertools
import random
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.attachments import add_attachment, attach
from connector.content.doors import file_store
from connector.content.drafts import save_draft
from connector.content.inspecting import inspect
from connector.courses.models import Course, Membership
from connector.moderation import moving, proposing
from connector.moderation import services as moderation
from connector.moderation.models import Alike, Complaint
from connector.notebook.services import add_note
from connector.reactions import services as reactions
from connector.reactions.models import Sign
from connector.threads import changing, services
from connector.threads.models import Post, PostState, Thread, ThreadKind
from connector.threads.services import NewThread
from tests.connector.access.world import EVERYBODY, HOME, IN_A, IN_B, LEADERS, WHO, Thing
from tests.make import NOW

WRITTEN = frozenset({PostState.VISIBLE, PostState.HELD})


class Writer:
    """Writes in one session."""

    def __init__(self, app: Flask, session: Session) -> None:
        """Begin with nothing."""
        self.app, self.session = app, session
        self.settings = app.extensions["kring"].settings
        self.chance = random.Random(7)  # noqa: S311 -- test data
        self.things: list[Thing] = []
        self.words: dict[str, frozenset[str]] = {}
        self.meanings: dict[str, str] = {}
        self.members: dict[str, Membership] = {}
        self.courses: dict[str, Course] = {}
        self.group_ids: dict[str, uuid.UUID] = {}
        self._minutes = itertools.count(1)

    def word(self, meaning: str, readers: Iterable[str]) -> str:
        """Return a new word that only some may read."""
        word = "zq" + "".join(self.chance.choice("bdfgklmnprtv") + self.chance.choice("aeiou") for _ in range(5))
        self.words[word], self.meanings[word] = frozenset(readers), meaning
        return word

    def add(self, kind: str, name: str, value: Any, **more: Any) -> Thing:
        """Note a thing."""
        thing = Thing(kind, name, value, **more)
        thing = thing if thing.seers else replace(thing, seers=thing.readers)
        self.things.append(thing)
        return thing

    def time(self) -> datetime:
        """Return a time after all before."""
        return NOW + timedelta(seconds=next(self._minutes))

    # --- threads --------------------------------------------------------------------------------------------------------
    def build_threads(self, forum: Activity, open_: Activity) -> None:
        """Make a thread of each kind, with posts of each state."""
        tine = self.members["tine"]
        for_all = self.thread("for all", forum, "tine", EVERYBODY)
        self.reply("Bert's", for_all, "bert", EVERYBODY)
        self.reply("held", for_all, "clea", LEADERS | {"clea"}, state=PostState.HELD)
        removed = self.reply("removed", for_all, "bert", LEADERS, seers=EVERYBODY)
        reason = self.word("reason of a removal", LEADERS | {"bert"})
        moderation.remove(self.session, removed, tine, reason, now=self.time())
        withdrawn = self.reply("withdrawn", for_all, "anna", LEADERS, seers=EVERYBODY)
        changing.withdraw_post(self.session, withdrawn, self.members["anna"], now=self.time())
        self.reply("hidden", for_all, "clea", EVERYBODY, is_anonymous=True)

        of_a = self.thread("of group A", forum, "anna", IN_A, group_id=self.group_ids["A"], kind=ThreadKind.QUESTION)
        self.reply("an answer in A", of_a, "eva", IN_A)
        self.thread("of group B", forum, "bert", IN_B, group_id=self.group_ids["B"])
        private = self.thread("private", forum, "anna", LEADERS | {"anna"}, is_private=True)
        pair = Alike(post_id=private.opening.id, other_id=for_all.opening.id, found_at=self.time())
        self.session.add(pair)
        self.session.flush()
        self.add("alike", "two posts", pair.id, more={"activity_id": forum.id}, readers=LEADERS)
        why = self.word("why a thread should be opened", LEADERS | {"anna"})
        wish = proposing.propose(self.session, private, tine, why, now=self.time())
        told = {"activity_id": forum.id}
        self.add("proposal", "of the private thread", wish.id, more=told, readers=frozenset({"anna"}), owner="anna")
        held = self.thread("held", forum, "anna", LEADERS | {"anna"}, group_id=self.group_ids["A"])
        reason = self.word("reason of a holding", LEADERS | {"anna"})
        moderation.hold(self.session, held.opening, tine, reason, now=self.time())
        scheduled = self.thread("scheduled", forum, "tine", LEADERS)
        scheduled.opens_at = NOW + timedelta(days=7)
        first = self.thread("post first", forum, "tine", EVERYBODY)
        first.shows_after_posts = 1
        self.reply("after one's own", first, "bert", LEADERS | {"bert"})
        away = self.thread("withdrawn", forum, "anna", LEADERS, seers=IN_A, group_id=self.group_ids["A"])
        changing.withdraw_post(self.session, away.opening, self.members["anna"], now=self.time())

        kept = self.thread("in the open forum", open_, "clea", EVERYBODY, is_anonymous=True)
        merged = self.thread("merged", open_, "bert", EVERYBODY)
        split = self.reply("split", kept, "bert", EVERYBODY)
        title = self.word("title of a thread that was split off", EVERYBODY)
        reason = self.word("reason of a split", LEADERS | {"bert"})
        act = moving.split(self.session, split, tine, title, reason, now=self.time())
        self.add("act", "split", act.id, more={"activity_id": open_.id}, readers=LEADERS)
        reason = self.word("reason of a merge", LEADERS | {"bert"})
        moving.merge(self.session, merged, kept, tine, reason, now=self.time())
        self.things = [replace(each, is_moved=each.is_moved or each.value == merged.id) for each in self.things]
        self.build_acts(of_a, forum)

    def build_acts(self, of_a: Thread, forum: Activity) -> None:
        """Do something about a post of group A, all of which its group may not know."""
        session, opening = self.session, of_a.opening
        anna, eva = self.members["anna"], self.members["eva"]
        former = opening.body
        changing.edit_post(session, opening, anna, self._text("text after a change", IN_A), now=self.time())
        for word in former.split():
            if word in self.words:
                self.words[word] = LEADERS | {"anna"}
        moderation.report(
            session,
            opening,
            eva,
            Complaint.OTHER,
            self.word("note of a report", LEADERS),
            now=self.time(),
        )
        reactions.react(session, opening, eva, Sign.HELPFUL, now=self.time())
        reactions.thank(session, opening, eva, self.word("reason of thanks", IN_A), now=self.time())
        for name in ("anna", "tine"):
            reactions.save(session, opening, self.members[name], now=self.time())
        reason = self.word("reason of a mute", LEADERS | {"clea"})
        moderation.mute(
            session,
            self.members["clea"],
            forum,
            by=self.members["tine"],
            until=NOW + timedelta(minutes=30),
            reason=reason,
            now=self.time(),
        )
        self.add_draft("anna", forum)
        self.add_draft("bert", forum)
        self.add_note("anna", opening)
        self.add_note("tine", opening)
        self.add_note("clea", None)

    def thread(
        self,
        name: str,
        activity: Activity,
        author: str,
        readers: Iterable[str],
        *,
        course: str = HOME,
        seers: Iterable[str] = (),
        **more: Any,
    ) -> Thread:
        """Begin a thread with a file."""
        seers = frozenset(seers or readers)
        new = NewThread(
            title=self.word(f"title of the thread {name}", seers),
            body=self._text(f"text of the thread {name}", readers),
            tags=(self.word(f"tag of the thread {name}", seers),),
            **more,
        )
        by, key = self.members[author], uuid.uuid4()
        made = services.start_thread(self.session, activity, by, new, key=key, now=self.time())
        told = {"activity_id": activity.id, "thread_id": made.id}
        common: dict[str, Any] = {"course": course, "readers": frozenset(readers), "seers": seers, "owner": author}
        self.add("thread", name, made.id, more={"activity_id": activity.id}, **common)
        self.add("post", f"opening of {name}", made.opening.id, more=told, **common)
        self.file(made.opening, by, f"the thread {name}", common)
        return made

    def reply(
        self,
        name: str,
        thread: Thread,
        author: str,
        readers: Iterable[str],
        *,
        seers: Iterable[str] = (),
        state: PostState = PostState.VISIBLE,
        **more: Any,
    ) -> Post:
        """Reply to a thread, with a file."""
        by, body = self.members[author], self._text(f"text of the reply {name}", readers)
        made = services.post_reply(self.session, thread.opening, by, body, key=uuid.uuid4(), now=self.time(), **more)
        made.state = state
        self.session.flush()
        seers = frozenset(seers or readers)
        common: dict[str, Any] = {"readers": frozenset(readers), "seers": seers, "owner": author}
        told = {"activity_id": thread.activity_id, "thread_id": thread.id}
        self.add("post", name, made.id, more=told, **common)
        self.file(made, by, f"the reply {name}", common)
        return made

    def file(self, post: Post, by: Membership, of: str, common: dict[str, Any]) -> None:
        """Attach a file to a post."""
        readers = common["readers"]
        content = self.word(f"content of the file of {of}", readers).encode()
        ready = inspect(io.BytesIO(content), f"{self.word(f'name of the file of {of}', readers)}.txt", self.settings)
        row = add_attachment(self.session, by, ready, alt=None, settings=self.settings, now=NOW)
        file_store().put(row.storage_key, ready.content)
        attach(self.session, by, [row.id], "post", post.id)
        self.add("file", f"of {of}", row.id, **common)

    def add_draft(self, name: str, activity: Activity) -> None:
        """Let somebody type something, and send a file that belongs to nothing yet."""
        place, by = f"thread {activity.id} {name}", self.members[name]
        typed = {"body": self.word(f"draft of {name}", {name})}
        save_draft(self.session, by, place, typed, base=0, now=NOW)
        course = WHO[name][0]
        mine: dict[str, Any] = {"course": course, "readers": frozenset({name}), "owner": name}
        self.add("draft", f"of {name}", place, **mine)
        content = self.word(f"content of the loose file of {name}", {name}).encode()
        ready = inspect(
            io.BytesIO(content), f"{self.word(f'name of the loose file of {name}', {name})}.txt", self.settings
        )
        row = add_attachment(self.session, by, ready, alt=None, settings=self.settings, now=NOW)
        file_store().put(row.storage_key, ready.content)
        self.add("file", f"loose, of {name}", row.id, **mine)

    def add_note(self, name: str, post: Post | None) -> None:
        """Let somebody write a note for themselves."""
        body = self._text(f"note of {name}", {name})
        made = add_note(self.session, self.members[name], body, key=uuid.uuid4(), now=self.time(), post=post)
        self.add("note", f"of {name}", made.id, readers=frozenset({name}), owner=name)

    def _text(self, meaning: str, readers: Iterable[str]) -> str:
        return f"Look at {self.word(meaning, readers)} please."
