"""The pages of a course's knowledge pool: the list, an entry, and what people do with it."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.origins import list_origin_courses
from connector.content.comparing import compare
from connector.content.drafts import discard_draft
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.pool import lending, reading, services, solving, taking
from connector.pool.access import get_entry, may_keep, may_propose, standing_of
from connector.pool.finding import find_entries
from connector.pool.making import entry_tags
from connector.pool.models import Entry
from connector.pool.pages import blueprint, keepers, pool_bar
from connector.pool.reading import Show
from connector.pool.schemas import OwnerForm, PromoteForm
from connector.pool.words import show_names, standing_in_words
from connector.threads.access import get_post, get_thread, look, may_read
from connector.threads.addresses import link_to
from connector.threads.models import Post, Thread, ThreadKind
from connector.threads.services import NewThread, start_thread
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now

_FOUND = 30


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the pool, or what was looked for in it."""
    session = current_session()
    member, at = current_member(session), now()
    asked = request.args.get("q", "").strip()[:200]
    show = next((each for each in Show if each.value == request.args.get("show")), Show.ALL)
    tag = request.args.get("tag") or None
    return render(
        "pool/index.html",
        bar={**pool_bar(session, member), "search_url": None},
        member=member,
        asked=asked,
        found=find_entries(session, member, asked, now=at, limit=_FOUND) if asked else [],
        entries=reading.list_entries(
            session, member, show=show, tag=tag, page=request.args.get("page", 1, type=int), now=at
        ),
        show=show,
        shows=show_names(),
        tag=tag,
        is_keeper=may_keep(member),
        has_origins=bool(list_origin_courses(session, member)),
        standing_in_words=standing_in_words,
        name_of=name_of,
        address=lambda **change: _address(**{"show": show.value, "tag": tag, **change}),
        toasts=_toasts(),
    )


@blueprint.get("/<uuid:entry_id>")
def show(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show an entry."""
    session = current_session()
    member, at = current_member(session), now()
    entry = get_entry(session, member, entry_id)
    is_keeper = may_keep(member)
    return render(
        "pool/show.html",
        bar=pool_bar(session, member),
        entry=entry,
        member=member,
        standing=standing_in_words(standing_of(entry, now=at)),
        is_outdated=entry.outdated_at is not None,
        tags=entry_tags(session, [entry.id]).get(entry.id, []),
        attribution=reading.attribution(entry),
        source=lending.source_of(session, member, entry, now=at),
        name_of=name_of,
        is_keeper=is_keeper,
        may_propose=may_propose(member),
        may_remove=is_keeper and (member.is_staff or entry.owner_id == member.id),
        own=reading.own_proposal(session, entry, member),
        proposals=[
            {"proposal": each, "title": compare(entry.title, each.title), "pieces": compare(entry.body, each.body)}
            for each in (reading.list_proposals(session, entry, member) if is_keeper else ())
        ],
        keepers=keepers(session, member) if is_keeper else [],
        is_saved=reading.is_saved(session, entry, member),
        thread_url=_thread_url(member, entry),
        solved=[(each, link_to(each)) for each in solving.list_solved(session, member, entry, now=at)],
        toasts=_toasts(),
    )


@blueprint.get("/<uuid:entry_id>/versions")
def versions(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show what an entry has said, and what changed each time."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    found = reading.list_versions(session, entry)
    return render(
        "pool/versions.html",
        bar=pool_bar(session, member),
        entry=entry,
        versions=[
            {
                "version": version,
                "by": name_of(version.by) if version.by else reading.attribution(entry),
                "title": compare(before.title, version.title) if before else None,
                "pieces": compare(before.body, version.body) if before else None,
            }
            for version, before in zip(found, [*found[1:], None], strict=True)
        ],
    )


@blueprint.post("/promote")
def promote() -> ResponseReturnValue:
    """Take a post into the pool."""
    session = current_session()
    member = current_member(session)
    post = session.get(Post, load(PromoteForm())["post"])
    if post is None or post.thread.activity.course_id != member.course_id:
        raise NotFoundError
    sight = look(session, member, post.thread.activity, now=now())
    post = get_post(session, sight, post.id)
    if not may_read(sight, post):
        raise NotFoundError
    entry = services.promote(session, post, member, now=now())
    session.commit()
    return _to(entry, "promoted")


@blueprint.post("/<uuid:entry_id>/confirm")
def confirm(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Say that an entry is still right, or that it is not."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    act = services.call_outdated if request.form.get("outdated") else services.confirm
    act(session, entry, member, now=now())
    session.commit()
    return _to(entry, "outdated" if request.form.get("outdated") else "confirmed")


@blueprint.post("/<uuid:entry_id>/save")
def save(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Keep an entry to find it again, or no longer."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    taking.keep(session, entry, member, is_kept=not request.form.get("undo"), now=now())
    session.commit()
    return _to(entry)


@blueprint.post("/<uuid:entry_id>/owner")
def hand_over(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody else look after an entry."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    owner = session.get(Membership, load(OwnerForm())["owner"])
    if owner is None:
        raise NotFoundError
    services.hand_over(session, entry, member, owner)
    session.commit()
    return _to(entry, "handed")


@blueprint.post("/<uuid:entry_id>/remove")
def remove(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take an entry out of the pool."""
    session = current_session()
    member = current_member(session)
    services.remove(session, get_entry(session, member, entry_id), member, now=now())
    session.commit()
    return redirect(url_for("pool.index", done="removed"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:entry_id>/proposals/<uuid:proposal_id>")
def decide(entry_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Take a proposed change, or not."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    if not may_keep(member):
        raise NotFoundError
    proposal = reading.get_proposal(session, entry, member, proposal_id)
    services.decide(session, proposal, member, is_taken=not request.form.get("no"), now=now())
    session.commit()
    return _to(entry, "decided")


@blueprint.post("/<uuid:entry_id>/discuss")
def discuss(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Begin the thread in which an entry is talked about, or lead to it."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    if _thread_url(member, entry) is None:
        text = _("What do you know about “%(title)s” that is not in the knowledge pool yet?", title=entry.title)
        new = NewThread(title=entry.title, body=text, kind=ThreadKind.DISCUSSION, language=entry.language)
        thread = start_thread(session, entry.activity, member, new, key=uuid.uuid5(entry.id, "thread"), now=now())
        entry.thread = thread
        discard_draft(session, member, f"pool {entry.id}")
    session.commit()
    return redirect(_thread_url(member, entry) or url_for("pool.show", entry_id=entry.id), HTTPStatus.SEE_OTHER)


def _thread_url(member: Membership, entry: Entry) -> str | None:
    """Return where an entry is talked about, as far as the member may see that."""
    if entry.thread_id is None:
        return None
    session = current_session()
    thread = session.get(Thread, entry.thread_id)
    if thread is None or not thread.activity.is_open:
        return None
    try:
        thread = get_thread(session, look(session, member, thread.activity, now=now()), thread.id)
    except NotFoundError:
        return None
    return url_for(f"{thread.activity.kind}.show", activity_id=thread.activity_id, thread_id=thread.id)


def _address(**asked: Any) -> str:
    always = {"show": Show.ALL.value, "page": 1}
    return url_for(
        "pool.index", **{name: value for name, value in asked.items() if value not in {None, always.get(name)}}
    )


def _toasts() -> list[str]:
    told = {
        "lent": _("It is in the knowledge pool, as long as its authors agree."),
        "promoted": _("It is in the knowledge pool. Later changes of the post do not change it here."),
        "saved": _("Saved."),
        "proposed": _("Your proposal is on its way to who looks after the entry."),
        "confirmed": _("Confirmed: it is right."),
        "outdated": _("Marked as outdated."),
        "handed": _("Somebody else looks after it now."),
        "removed": _("It is no longer in the knowledge pool."),
        "decided": _("Done."),
        "copied": _("Taken over. Look at each and confirm it: nobody in this course has yet."),
    }
    done = request.args.get("done", "")
    return [told[done]] if done in told else []


def _to(entry: Entry, done: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("pool.show", entry_id=entry.id, done=done), HTTPStatus.SEE_OTHER)
